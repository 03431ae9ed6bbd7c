#define _GNU_SOURCE
#include "train/metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "infer/regression.h"
#include "train/run_folder.h"

enum { MOST_METRICS = 1 << 28, MOST_SUMMARY = 1 << 20 };

static json_t *accuracy(double value) {
    return value < 0 ? json_null() : json_real(value);
}

/* ---- metrics.jsonl ---- */

/* How good something is, under "PART_accuracy", or of a regressor "PART_r2", "PART_mae" and
 * "PART_rmse"; null where it was not measured. */
static int add_score(json_t *json, const char *part, int task, double share,
                     const loci_regression *regression) {
    char key[64];
    if (task == LOCI_TASK_CLASSIFY) {
        snprintf(key, sizeof key, "%s_accuracy", part);
        return json_object_set_new(json, key, accuracy(share));
    }
    const struct {
        const char *name;
        double value;
    } scores[] = {{"r2", regression->r2}, {"mae", regression->mae}, {"rmse", regression->rmse}};
    int failed = 0;
    for (size_t i = 0; i < 3; i++) {
        snprintf(key, sizeof key, "%s_%s", part, scores[i].name);
        failed |= json_object_set_new(
            json, key, isfinite(scores[i].value) ? json_real(scores[i].value) : json_null());
    }
    return failed;
}

/* The other way round; *task follows from what is there. */
static bool score_in(const json_t *json, const char *part, int *task, double *share,
                     loci_regression *regression) {
    char key[64];
    snprintf(key, sizeof key, "%s_r2", part);
    *share = -1;
    *regression = loci_regression_none();
    *task = json_object_get(json, key) != NULL ? LOCI_TASK_REGRESS : LOCI_TASK_CLASSIFY;
    if (*task == LOCI_TASK_CLASSIFY) {
        snprintf(key, sizeof key, "%s_accuracy", part);
        return loci_json_real(json, key, share);
    }
    const struct {
        const char *name;
        double *value;
    } scores[] = {{"r2", &regression->r2}, {"mae", &regression->mae}, {"rmse", &regression->rmse}};
    for (size_t i = 0; i < 3; i++) {
        snprintf(key, sizeof key, "%s_%s", part, scores[i].name);
        const json_t *value = json_object_get(json, key);
        if (json_is_number(value))
            *scores[i].value = json_number_value(value);
        else if (!json_is_null(value))
            return false;
    }
    return true;
}

/* Both parts are of one task. */
static bool scores_in(const json_t *json, int *task, double *validation_share,
                      loci_regression *validation, double *test_share, loci_regression *test) {
    int of_validation;
    return score_in(json, "validation", &of_validation, validation_share, validation) &&
           score_in(json, "test", task, test_share, test) && *task == of_validation;
}

static char *line_of(const loci_metrics *m) {
    json_t *json = json_pack("{s:I, s:f, s:f}", "epoch", (json_int_t)m->epoch, "learning_rate",
                             m->learning_rate, "train_loss", m->train_loss);
    bool failed =
        json == NULL ||
        (m->task == LOCI_TASK_CLASSIFY &&
         json_object_set_new(json, "train_accuracy", json_real(m->train_accuracy)) != 0) ||
        add_score(json, "validation", m->task, m->validation_accuracy, &m->validation) != 0 ||
        add_score(json, "test", m->task, m->test_accuracy, &m->test) != 0 ||
        json_object_set_new(json, "seconds", json_real(m->seconds)) != 0;
    char *line = failed ? NULL : loci_json_print(json, JSON_COMPACT | JSON_REAL_PRECISION(9));
    json_decref(json);
    return line;
}

static bool write_all(int fd, const char *text, size_t size) {
    while (size > 0) {
        ssize_t written = write(fd, text, size);
        if (written < 0 && errno != EINTR)
            return false;
        if (written == 0)
            errno = ENOSPC;
        if (written == 0)
            return false;
        text += written > 0 ? written : 0;
        size -= written > 0 ? (size_t)written : 0;
    }
    return true;
}

/* Whoever takes the folder over puts another file in this one's place: it is open before the lock
 * is looked at, and nothing goes by its name from then on. */
int loci_metrics_append(const char *path, const loci_metrics *metrics, const loci_lease *lease,
                        loci_error *error) {
    char *line = line_of(metrics);
    if (line == NULL)
        return loci_fail_memory(error, path);
    struct stat info;
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666), err = 0;
    size_t length = strlen(line);
    line[length] = '\n'; /* in place of its end: written at once */
    bool failed = fd < 0 || fstat(fd, &info) != 0;
    if (failed)
        err = errno;
    int status = !failed && lease != NULL ? loci_lease_check(lease, error) : LOCI_OK;
    if (!failed && status == LOCI_OK && !write_all(fd, line, length + 1)) {
        failed = true;
        err = errno;
        if (ftruncate(fd, info.st_size) != 0)
            err = errno; /* half a line stays; loci_metrics_cut() drops it */
    }
    free(line);
    if (fd >= 0 && close(fd) != 0 && !failed) {
        failed = true;
        err = errno;
    }
    return failed ? loci_fail_errno(error, LOCI_E_IO, path, err, "cannot write") : status;
}

int loci_metrics_sync(const char *path, loci_error *error) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return LOCI_OK;
    bool failed = fd < 0 || fsync(fd) != 0;
    int err = errno;
    if (fd >= 0)
        close(fd);
    return failed ? loci_fail_errno(error, LOCI_E_IO, path, err, "cannot write") : LOCI_OK;
}

/* The epoch of a line, 0 when it is no line of metrics, -1 when memory is short. */
static json_int_t epoch_of(const char *line, size_t length) {
    json_error_t why;
    json_t *json = loci_json_read(line, length, &why);
    if (loci_json_is_short(json, &why))
        return -1;
    json_int_t epoch = json_integer_value(json_object_get(json, "epoch"));
    json_decref(json);
    return epoch > 0 ? epoch : 0;
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
        if (here < 0) { /* nothing is lost for that */
            free(bytes);
            return loci_fail_memory(error, path);
        }
        if (here <= before || here > epoch)
            break;
        before = here;
        kept += length + 1;
    }
    status = loci_file_write(path, bytes, kept, error);
    free(bytes);
    return status;
}

static bool metrics_in(const json_t *json, loci_metrics *m) {
    uint64_t epoch;
    bool whole = loci_json_count(json, "epoch", UINT32_MAX, &epoch) &&
                 loci_json_real(json, "learning_rate", &m->learning_rate) &&
                 loci_json_real(json, "train_loss", &m->train_loss) &&
                 scores_in(json, &m->task, &m->validation_accuracy, &m->validation,
                           &m->test_accuracy, &m->test) &&
                 loci_json_real(json, "seconds", &m->seconds);
    m->train_accuracy = -1;
    whole = whole && (m->task == LOCI_TASK_REGRESS ||
                      loci_json_real(json, "train_accuracy", &m->train_accuracy));
    m->epoch = whole ? (uint32_t)epoch : 0;
    return whole;
}

static size_t count_lines(const unsigned char *bytes, size_t size) {
    size_t lines = 0;
    for (size_t i = 0; i < size; i++)
        lines += bytes[i] == '\n';
    return lines;
}

/* Fills metrics [lines]. */
static int read_lines(const char *text, size_t lines, const char *path, loci_metrics *metrics,
                      loci_error *error) {
    for (size_t i = 0; i < lines; i++) {
        size_t length = (size_t)(strchr(text, '\n') - text);
        json_error_t why;
        json_t *json = loci_json_read(text, length, &why);
        if (loci_json_is_short(json, &why))
            return loci_fail_memory(error, path);
        bool sound = metrics_in(json, &metrics[i]);
        json_decref(json);
        if (!sound || metrics[i].epoch <= (i > 0 ? metrics[i - 1].epoch : 0))
            return loci_fail(error, LOCI_E_FORMAT, path, "line %zu is not the next epoch of a run",
                             i + 1);
        text += length + 1;
    }
    return LOCI_OK;
}

int loci_metrics_read(loci_metrics **out, size_t *count, const char *directory, loci_error *error) {
    char path[4096];
    unsigned char *bytes;
    size_t size;
    int status = loci_path_join(path, sizeof path, directory, LOCI_RUN_METRICS, error);
    if (status == LOCI_OK)
        status = loci_file_read(path, MOST_METRICS, &bytes, &size, error);
    if (status != LOCI_OK)
        return status;
    /* a 0 within would hide the line feeds after it */
    size_t lines = count_lines(bytes, size);
    loci_metrics *metrics = loci_alloc(lines, sizeof *metrics);
    if (metrics == NULL)
        status = loci_fail_memory(error, path);
    else if (memchr(bytes, 0, size) != NULL)
        status = loci_fail(error, LOCI_E_FORMAT, path, "is not text");
    else
        status = read_lines((const char *)bytes, lines, path, metrics, error);
    free(bytes);
    if (status != LOCI_OK) {
        free(metrics);
        return status;
    }
    *out = metrics;
    *count = lines;
    return LOCI_OK;
}

/* ---- summary.json ---- */

static json_t *activity_of(const loci_summary *s) {
    const loci_activity *a = &s->activity;
    json_t *rates = json_array();
    bool failed = rates == NULL;
    for (uint32_t l = 0; !failed && l < a->layers; l++)
        failed = json_array_append_new(rates, json_real(a->layer_rate[l])) != 0;
    if (failed) {
        json_decref(rates);
        return NULL;
    }
    return json_pack("{s:I, s:f, s:o, s:f, s:f, s:f, s:f, s:{s:f, s:f, s:s}}", "time_steps",
                     (json_int_t)s->time_steps, "spike_rate", a->spike_rate, "spike_rate_per_layer",
                     rates, "spikes", a->spikes, "synaptic_operations", a->synaptic_operations,
                     "input_operations", a->input_operations, "dense_operations",
                     a->dense_operations, "energy_estimate_joule", "spiking", s->energy.spiking,
                     "dense", s->energy.dense, "source", LOCI_ENERGY_SOURCE);
}

json_t *loci_summary_to_json(const loci_summary *s) {
    json_t *json =
        json_pack("{s:s, s:s, s:I, s:I, s:i}", "preset", s->preset, "dataset", s->dataset, "seed",
                  (json_int_t)s->seed, "epochs", (json_int_t)s->epochs, "threads", s->threads);
    bool failed =
        json == NULL || add_score(json, "test", s->task, s->test_accuracy, &s->test) != 0 ||
        add_score(json, "validation", s->task, s->validation_accuracy, &s->validation) != 0;
    json_t *rest =
        json_pack("{s:f, s:I, s:I, s:I, s:f, s:f, s:f}", "train_loss", s->train_loss, "parameters",
                  (json_int_t)s->parameters, "connections", (json_int_t)s->connections,
                  "connections_kept", (json_int_t)s->connections_kept, "sparsity", s->sparsity,
                  "seconds_total", s->seconds_total, "seconds_per_epoch", s->seconds_per_epoch);
    failed |= json_object_update_new(json, rest) != 0;
    if (!failed && s->time_steps > 0)
        failed = json_object_update_new(json, activity_of(s)) != 0;
    if (!failed)
        return json;
    json_decref(json);
    return NULL;
}

int loci_summary_save(const char *path, const loci_summary *s, loci_error *error) {
    /* 15 digits: 0.9726 is written so, not as the binary number nearest to it */
    return loci_json_write(path, loci_summary_to_json(s), JSON_INDENT(2) | JSON_REAL_PRECISION(15),
                           error);
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
    if (!loci_json_count(json, "time_steps", UINT32_MAX, &steps) || steps == 0 ||
        !json_is_array(rates) || json_array_size(rates) > LOCI_MAX_PAIRS)
        return false;
    s->time_steps = (uint32_t)steps;
    a->layers = (uint32_t)json_array_size(rates);
    for (uint32_t l = 0; l < a->layers; l++) {
        const json_t *rate = json_array_get(rates, l);
        if (!json_is_number(rate))
            return false;
        a->layer_rate[l] = json_number_value(rate);
    }
    return loci_json_real(json, "spike_rate", &a->spike_rate) &&
           loci_json_real(json, "spikes", &a->spikes) &&
           loci_json_real(json, "synaptic_operations", &a->synaptic_operations) &&
           loci_json_real(json, "input_operations", &a->input_operations) &&
           loci_json_real(json, "dense_operations", &a->dense_operations) &&
           loci_json_real(energy, "spiking", &s->energy.spiking) &&
           loci_json_real(energy, "dense", &s->energy.dense);
}

static bool summary_in(const json_t *json, loci_summary *s) {
    uint64_t epochs, threads, parameters, connections, kept;
    bool whole = loci_json_text(json, "preset", s->preset, sizeof s->preset) &&
                 loci_json_text(json, "dataset", s->dataset, sizeof s->dataset) &&
                 loci_json_count(json, "seed", INT64_MAX, &s->seed) &&
                 loci_json_count(json, "epochs", UINT32_MAX, &epochs) &&
                 loci_json_count(json, "threads", INT32_MAX, &threads) &&
                 loci_json_count(json, "parameters", SIZE_MAX, &parameters) &&
                 loci_json_count(json, "connections", SIZE_MAX, &connections) &&
                 loci_json_count(json, "connections_kept", SIZE_MAX, &kept) &&
                 scores_in(json, &s->task, &s->validation_accuracy, &s->validation,
                           &s->test_accuracy, &s->test) &&
                 loci_json_real(json, "train_loss", &s->train_loss) &&
                 loci_json_real(json, "sparsity", &s->sparsity) &&
                 loci_json_real(json, "seconds_total", &s->seconds_total) &&
                 loci_json_real(json, "seconds_per_epoch", &s->seconds_per_epoch) &&
                 activity_in(json, s);
    if (!whole)
        return false;
    s->epochs = (uint32_t)epochs;
    s->threads = (int)threads;
    s->parameters = (size_t)parameters;
    s->connections = (size_t)connections;
    s->connections_kept = (size_t)kept;
    return true;
}

static int load_summary(loci_summary *summary, const char *folder, const char *name,
                        loci_error *error) {
    char path[4096];
    json_error_t why;
    json_t *json;
    int status = loci_json_load(&json, folder, name, MOST_SUMMARY, path, &why, error);
    if (status != LOCI_OK)
        return status;
    loci_summary loaded;
    if (summary_in(json, &loaded))
        *summary = loaded;
    else
        status = loci_fail(error, LOCI_E_FORMAT, path, "is not the summary of a run");
    json_decref(json);
    return status;
}

int loci_summary_load(const char *path, loci_summary *summary, loci_error *error) {
    return load_summary(summary, path, NULL, error);
}

int loci_summary_read(loci_summary *out, const char *directory, loci_error *error) {
    return load_summary(out, directory, LOCI_RUN_SUMMARY, error);
}
