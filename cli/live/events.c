#include "live/events.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "live/request.h"

/* Epochs that are sent at once; of more, every second, third, ... and the last. */
enum { MOST_EPOCHS = 1000 };

static json_t *real(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *share(double value) {
    return value < 0 ? json_null() : real(value);
}

static json_t *epoch_of(const loci_metrics *m) {
    bool regress = m->task == LOCI_TASK_REGRESS;
    json_t *epoch =
        json_pack("{s:I, s:o}", "epoch", (json_int_t)m->epoch, "train_loss", real(m->train_loss));
    if (regress) {
        json_object_set_new(epoch, "validation_r2", real(m->validation.r2));
        json_object_set_new(epoch, "test_r2", real(m->test.r2));
    } else {
        json_object_set_new(epoch, "train_accuracy", share(m->train_accuracy));
        json_object_set_new(epoch, "validation_accuracy", share(m->validation_accuracy));
        json_object_set_new(epoch, "test_accuracy", share(m->test_accuracy));
    }
    return epoch;
}

/* Epochs from `first` on; of the very first ones that it says so: what a page had is of another
 * past. */
static json_t *metrics_of(const live_run *run, size_t number, size_t first) {
    json_t *list = json_array();
    size_t count = run->metrics_count - first, step = 1 + (count - 1) / MOST_EPOCHS;
    for (size_t i = 0; i < count; i++)
        if (i % step == 0 || i + 1 == count)
            json_array_append_new(list, epoch_of(&run->metrics[first + i]));
    return json_pack("{s:I, s:b, s:o}", "run", (json_int_t)number, "anew", first == 0, "epochs",
                     list);
}

static json_t *state_of(const live_state *state, const live_run *run, size_t number) {
    char generation[LIVE_TOKEN + 16];
    snprintf(generation, sizeof generation, "%s-%u", state->session, run->generation);
    return json_pack(
        "{s:I, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:f, s:I, s:I, s:I, s:I}", "run",
        (json_int_t)number, "generation", generation, "status", live_status_name(run->status),
        "trouble", run->trouble, "epoch", (json_int_t)run->epoch, "epochs", (json_int_t)run->epochs,
        "done", (json_int_t)run->samples_done, "samples", (json_int_t)run->samples, "loss",
        real(run->loss), "rate", real(run->rate), "left", real(run->left), "quiet", run->quiet,
        "key", (json_int_t)run->key_number, "frame", (json_int_t)run->frame_number, "measured",
        (json_int_t)run->measured_number, "kept", (json_int_t)run->kept_number);
}

/* JSON in one line is what an event takes. False: memory is short. */
static bool put_event(FILE *to, const char *name, json_t *data) {
    char *text = data != NULL ? json_dumps(data, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
    if (text != NULL)
        fprintf(to, "event: %s\ndata: %s\n\n", name, text);
    bool put = text != NULL;
    free(text);
    json_decref(data);
    return put;
}

static bool put_run(FILE *to, const live_state *state, size_t number, live_told *told) {
    const live_run *run = &state->runs[number];
    bool put = true;
    if (told->change == run->change)
        return true;
    if (told->history != run->history || told->metrics > run->metrics_count)
        told->metrics = 0;
    if (run->metrics_count > told->metrics || told->history != run->history)
        put = put_event(
            to, "metrics",
            run->metrics_count > told->metrics
                ? metrics_of(run, number, told->metrics)
                : json_pack("{s:I, s:b, s:[]}", "run", (json_int_t)number, "anew", 1, "epochs"));
    put = put && put_event(to, "state", state_of(state, run, number));
    *told = (live_told){run->change, run->history, run->metrics_count};
    return put;
}

live_bytes *live_events(const live_state *state, long run, live_told *told) {
    char *text = NULL;
    size_t size = 0;
    live_told *now = malloc(state->count * sizeof *now); /* told once it is sure to be heard */
    FILE *memory = now != NULL ? open_memstream(&text, &size) : NULL;
    bool lost = memory == NULL;
    if (!lost)
        memcpy(now, told, state->count * sizeof *now);
    for (size_t i = 0; !lost && i < state->count; i++)
        if (run == LIVE_ALL_RUNS || (size_t)run == i)
            lost = !put_run(memory, state, i, &now[i]);
    if (memory != NULL) {
        lost |= ferror(memory) != 0;
        lost |= fclose(memory) != 0;
    }
    live_bytes *bytes = !lost && size > 0 ? live_bytes_copy(text, size) : NULL;
    if (!lost && (size == 0 || bytes != NULL))
        memcpy(told, now, state->count * sizeof *now);
    free(text);
    free(now);
    return bytes;
}
