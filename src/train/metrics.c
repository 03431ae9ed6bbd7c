#define _GNU_SOURCE
#include "train/metrics.h"

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"

enum { MOST_METRICS = 1 << 28, MOST_SUMMARY = 1 << 20 };

static json_t *accuracy(double value) {
    return value < 0 ? json_null() : json_real(value);
}

/* ---- metrics.jsonl ---- */

static char *line_of(const loci_metrics *m) {
    json_t *json =
        json_pack("{s:I, s:f, s:f, s:f, s:o, s:o, s:f}", "epoch", (json_int_t)m->epoch,
                  "learning_rate", m->learning_rate, "train_loss", m->train_loss, "train_accuracy",
                  m->train_accuracy, "validation_accuracy", accuracy(m->validation_accuracy),
                  "test_accuracy", accuracy(m->test_accuracy), "seconds", m->seconds);
    char *line = json != NULL ? json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(9)) : NULL;
    json_decref(json);
    return line;
}

int loci_metrics_append(const char *path, const loci_metrics *metrics, loci_error *error) {
    char *line = line_of(metrics);
    if (line == NULL)
        return loci_fail_memory(error, path);
    struct stat info;
    FILE *file = fopen(path, "ae");
    if (file == NULL || fstat(fileno(file), &info) != 0) {
        int err = errno;
        free(line);
        if (file != NULL)
            fclose(file);
        return loci_fail_errno(error, LOCI_E_IO, path, err, "cannot write");
    }
    errno = 0;
    bool failed = fprintf(file, "%s\n", line) < 0 || fflush(file) != 0;
    int err = errno;
    free(line);
    if (fclose(file) != 0 && !failed) {
        failed = true;
        err = errno;
    }
    if (!failed)
        return LOCI_OK;
    if (truncate(path, info.st_size) != 0)
        err = errno; /* half a line stays; loci_metrics_cut() drops it */
    return loci_fail_errno(error, LOCI_E_IO, path, err, "cannot write");
}

/* The epoch of a line, 0 when it is no line of metrics. */
static json_int_t epoch_of(const char *line, size_t length) {
    json_t *json = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
    json_int_t epoch = json_integer_value(json_object_get(json, "epoch"));
    json_decref(json);
    return epoch;
}

int loci_metrics_cut(const char *path, uint32_t epoch, loci_error *error) {
    unsigned char *bytes;
    size_t size, kept = 0;
    int status = loci_file_read(path, MOST_METRICS, &bytes, &size, error);
    if (status == LOCI_E_NOT_FOUND)
        return LOCI_OK;
    if (status != LOCI_OK)
        return status;
    json_int_t before = 0;
    for (const unsigned char *end; (end = memchr(bytes + kept, '\n', size - kept)) != NULL;) {
        size_t length = (size_t)(end - bytes) - kept;
        json_int_t here = epoch_of((const char *)bytes + kept, length);
        if (here <= before || here > epoch)
            break;
        before = here;
        kept += length + 1;
    }
    free(bytes);
    if (kept < size && truncate(path, (off_t)kept) != 0)
        return loci_fail_errno(error, LOCI_E_IO, path, errno, "cannot write");
    return LOCI_OK;
}

/* ---- summary.json ---- */

static json_t *activity_of(const loci_summary *s) {
    const loci_activity *a = &s->activity;
    json_t *rates = json_array();
    for (uint32_t l = 0; l < a->layers; l++)
        json_array_append_new(rates, json_real(a->layer_rate[l]));
    return json_pack("{s:I, s:f, s:o, s:f, s:f, s:f, s:f, s:{s:f, s:f, s:s}}", "time_steps",
                     (json_int_t)s->time_steps, "spike_rate", a->spike_rate, "spike_rate_per_layer",
                     rates, "spikes", a->spikes, "synaptic_operations", a->synaptic_operations,
                     "input_operations", a->input_operations, "dense_operations",
                     a->dense_operations, "energy_estimate_joule", "spiking", s->energy.spiking,
                     "dense", s->energy.dense, "source", LOCI_ENERGY_SOURCE);
}

static json_t *summary_of(const loci_summary *s) {
    json_t *json = json_pack(
        "{s:s, s:s, s:I, s:I, s:i, s:o, s:o, s:f, s:I, s:I, s:I, s:f, s:f, s:f}", "preset",
        s->preset, "dataset", s->dataset, "seed", (json_int_t)s->seed, "epochs",
        (json_int_t)s->epochs, "threads", s->threads, "test_accuracy", accuracy(s->test_accuracy),
        "validation_accuracy", accuracy(s->validation_accuracy), "train_loss", s->train_loss,
        "parameters", (json_int_t)s->parameters, "connections", (json_int_t)s->connections,
        "connections_kept", (json_int_t)s->connections_kept, "sparsity", s->sparsity,
        "seconds_total", s->seconds_total, "seconds_per_epoch", s->seconds_per_epoch);
    if (s->time_steps == 0 || json_object_update_new(json, activity_of(s)) == 0)
        return json;
    json_decref(json);
    return NULL;
}

int loci_summary_save(const char *path, const loci_summary *s, loci_error *error) {
    /* 15 digits: 0.9726 is written so, not as the binary number nearest to it */
    json_t *json = summary_of(s);
    char *text = json != NULL ? json_dumps(json, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) : NULL;
    json_decref(json);
    if (text == NULL)
        return loci_fail_memory(error, path);
    size_t length = strlen(text);
    text[length++] = '\n'; /* in place of the 0 */
    int status = loci_file_write(path, text, length, error);
    free(text);
    return status;
}

static bool text_in(const json_t *json, const char *key, char *out, size_t size) {
    const char *text = json_string_value(json_object_get(json, key));
    if (text == NULL || strlen(text) >= size)
        return false;
    strcpy(out, text);
    return true;
}

static bool count_in(const json_t *json, const char *key, uint64_t most, uint64_t *out) {
    const json_t *value = json_object_get(json, key);
    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        (uint64_t)json_integer_value(value) > most)
        return false;
    *out = (uint64_t)json_integer_value(value);
    return true;
}

/* null is -1 */
static bool real_in(const json_t *json, const char *key, double *out) {
    const json_t *value = json_object_get(json, key);
    *out = json_is_null(value) ? -1 : json_number_value(value);
    return json_is_number(value) || json_is_null(value);
}

/* A summary without these figures is that of a net that does not spike. */
static bool activity_in(const json_t *json, loci_summary *s) {
    loci_activity *a = &s->activity;
    uint64_t steps;
    s->time_steps = 0;
    *a = (loci_activity){0};
    s->energy = (loci_energy){0};
    if (json_object_get(json, "time_steps") == NULL)
        return true;
    const json_t *rates = json_object_get(json, "spike_rate_per_layer");
    const json_t *energy = json_object_get(json, "energy_estimate_joule");
    if (!count_in(json, "time_steps", UINT32_MAX, &steps) || steps == 0 || !json_is_array(rates) ||
        json_array_size(rates) > LOCI_MAX_PAIRS)
        return false;
    s->time_steps = (uint32_t)steps;
    a->layers = (uint32_t)json_array_size(rates);
    for (uint32_t l = 0; l < a->layers; l++) {
        const json_t *rate = json_array_get(rates, l);
        if (!json_is_number(rate))
            return false;
        a->layer_rate[l] = json_number_value(rate);
    }
    return real_in(json, "spike_rate", &a->spike_rate) && real_in(json, "spikes", &a->spikes) &&
           real_in(json, "synaptic_operations", &a->synaptic_operations) &&
           real_in(json, "input_operations", &a->input_operations) &&
           real_in(json, "dense_operations", &a->dense_operations) &&
           real_in(energy, "spiking", &s->energy.spiking) &&
           real_in(energy, "dense", &s->energy.dense);
}

static bool summary_in(const json_t *json, loci_summary *s) {
    uint64_t epochs, threads, parameters, connections, kept;
    bool whole = text_in(json, "preset", s->preset, sizeof s->preset) &&
                 text_in(json, "dataset", s->dataset, sizeof s->dataset) &&
                 count_in(json, "seed", INT64_MAX, &s->seed) &&
                 count_in(json, "epochs", UINT32_MAX, &epochs) &&
                 count_in(json, "threads", INT32_MAX, &threads) &&
                 count_in(json, "parameters", SIZE_MAX, &parameters) &&
                 count_in(json, "connections", SIZE_MAX, &connections) &&
                 count_in(json, "connections_kept", SIZE_MAX, &kept) &&
                 real_in(json, "test_accuracy", &s->test_accuracy) &&
                 real_in(json, "validation_accuracy", &s->validation_accuracy) &&
                 real_in(json, "train_loss", &s->train_loss) &&
                 real_in(json, "sparsity", &s->sparsity) &&
                 real_in(json, "seconds_total", &s->seconds_total) &&
                 real_in(json, "seconds_per_epoch", &s->seconds_per_epoch) && activity_in(json, s);
    if (!whole)
        return false;
    s->epochs = (uint32_t)epochs;
    s->threads = (int)threads;
    s->parameters = (size_t)parameters;
    s->connections = (size_t)connections;
    s->connections_kept = (size_t)kept;
    return true;
}

int loci_summary_load(const char *path, loci_summary *summary, loci_error *error) {
    unsigned char *bytes;
    size_t size;
    int status = loci_file_read(path, MOST_SUMMARY, &bytes, &size, error);
    if (status != LOCI_OK)
        return status;
    json_t *json = json_loadb((const char *)bytes, size, JSON_REJECT_DUPLICATES, NULL);
    free(bytes);
    loci_summary loaded;
    if (summary_in(json, &loaded))
        *summary = loaded;
    else
        status = loci_fail(error, LOCI_E_FORMAT, path, "is not the summary of a run");
    json_decref(json);
    return status;
}
