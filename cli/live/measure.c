#include "live/measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "common/command_line.h"

enum { PIECE = 64, MOST_CLASSES = 100 };
/* Times as long as it took nothing is measured afterwards. */
static const double rest = 9;

/* What is added up over the test part. */
typedef struct tally {
    size_t outputs, samples, inputs; /* inputs: numbers of a sample */
    size_t right;
    size_t *confusion; /* [outputs, outputs] of a classifier, a row a true class */
    double *square, *absolute, *sum, *sum_of_squares; /* [outputs] of a regressor */
    float *x, *y;                                     /* [PIECE, inputs], [PIECE, outputs] */
} tally;

static bool is_regressor(const loci_network *network) {
    return loci_network_spec(network)->task == LOCI_TASK_REGRESS;
}

static void clear(tally *t) {
    free(t->confusion);
    free(t->square);
    free(t->x);
    free(t->y);
}

static bool open_tally(tally *t, const loci_network *network) {
    const loci_spec *spec = loci_network_spec(network);
    bool temporal = spec->neuron != LOCI_NEURON_RELU && spec->coding == LOCI_CODING_EVENTS;
    size_t k = spec->classes;
    *t = (tally){.outputs = k,
                 .inputs = (size_t)spec->height * spec->width * spec->channels *
                           (temporal ? spec->time_steps : 1)};
    t->confusion = calloc(k * k, sizeof *t->confusion);
    t->square = calloc(4 * k, sizeof *t->square);
    t->x = calloc(PIECE * t->inputs, sizeof *t->x);
    t->y = calloc(PIECE * k, sizeof *t->y);
    if (t->confusion == NULL || t->square == NULL || t->x == NULL || t->y == NULL)
        return false;
    t->absolute = t->square + k;
    t->sum = t->square + 2 * k;
    t->sum_of_squares = t->square + 3 * k;
    return true;
}

static size_t largest(const float *values, size_t count) {
    size_t best = 0;
    for (size_t k = 1; k < count; k++)
        if (values[k] > values[best])
            best = k;
    return best;
}

static void add_class(tally *t, const float *y, size_t label) {
    size_t seen = largest(y, t->outputs);
    t->right += seen == label;
    if (label < t->outputs)
        t->confusion[label * t->outputs + seen]++;
}

static void add_numbers(tally *t, const float *y, const float *target) {
    for (size_t k = 0; k < t->outputs; k++) {
        double off = (double)y[k] - (double)target[k];
        t->square[k] += off * off;
        t->absolute[k] += fabs(off);
        t->sum[k] += (double)target[k];
        t->sum_of_squares[k] += (double)target[k] * (double)target[k];
    }
}

static bool add_piece(tally *t, const loci_network *network, const loci_dataset *data, size_t first,
                      size_t count, loci_error *error) {
    for (size_t i = 0; i < count; i++)
        if (loci_network_sample(network, data, LOCI_TEST, first + i, t->x + i * t->inputs) !=
            LOCI_OK) {
            cli_sample_error(data, error);
            return false;
        }
    if (loci_network_run(network, NULL, t->x, count, t->y, error) != LOCI_OK)
        return false;
    for (size_t i = 0; i < count; i++) {
        const float *y = t->y + i * t->outputs;
        if (is_regressor(network))
            add_numbers(t, y, loci_dataset_target(data, LOCI_TEST, first + i));
        else
            add_class(t, y, (size_t)loci_dataset_label(data, LOCI_TEST, first + i));
    }
    t->samples += count;
    return true;
}

/* ---- as JSON ---- */

static json_t *confusion_of(const tally *t) {
    if (t->outputs > MOST_CLASSES)
        return json_null();
    json_t *rows = json_array();
    for (size_t c = 0; c < t->outputs; c++) {
        json_t *row = json_array();
        for (size_t k = 0; k < t->outputs; k++)
            json_array_append_new(row, json_integer((json_int_t)t->confusion[c * t->outputs + k]));
        json_array_append_new(rows, row);
    }
    return rows;
}

static double r2_of(const tally *t, size_t k) {
    double n = (double)t->samples, mean = t->sum[k] / n;
    double about = t->sum_of_squares[k] - n * mean * mean;
    return about > 0 ? 1 - t->square[k] / about : 0;
}

static json_t *outputs_of(const tally *t, json_t **all) {
    json_t *list = json_array();
    double r2 = 0, mae = 0, rmse = 0, n = (double)t->samples;
    for (size_t k = 0; k < t->outputs; k++) {
        double one = r2_of(t, k), off = t->absolute[k] / n, root = sqrt(t->square[k] / n);
        r2 += one / (double)t->outputs;
        mae += off / (double)t->outputs;
        rmse += root / (double)t->outputs;
        json_array_append_new(list, json_pack("{s:o, s:o, s:o}", "r2", cli_json_real(one), "mae",
                                              cli_json_real(off), "rmse", cli_json_real(root)));
    }
    *all = json_pack("{s:o, s:o, s:o}", "r2", cli_json_real(r2), "mae", cli_json_real(mae), "rmse",
                     cli_json_real(rmse));
    return list;
}

/* Keys of the page's payload. */
static live_bytes *tell(const tally *t, bool regress) {
    json_t *json, *all = NULL;
    if (regress) {
        json_t *outputs = outputs_of(t, &all);
        json =
            json_pack("{s:o, s:o}", "outputs",
                      t->outputs <= MOST_CLASSES ? json_incref(outputs) : json_null(), "test", all);
        json_decref(outputs);
    } else {
        json = json_pack("{s:o, s:f}", "confusion", confusion_of(t), "test_accuracy",
                         (double)t->right / (double)t->samples);
    }
    char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
    live_bytes *bytes = text != NULL ? live_bytes_text(text) : NULL;
    free(text);
    json_decref(json);
    return bytes;
}

/* ---- the thread ---- */

/* Whether to go on: nobody wants the data back. */
static bool goes_on(live_measure *m) {
    live_lock(m->state);
    bool on = m->source->training && !m->state->closing;
    live_unlock(m->state);
    return on;
}

static live_bytes *measure(live_measure *m) {
    tally t;
    loci_error error = {0};
    const loci_dataset *data = m->source->data;
    size_t all = loci_dataset_count(data, LOCI_TEST);
    bool good = open_tally(&t, m->network);
    for (size_t at = 0; good && at < all; at += PIECE)
        good = goes_on(m) &&
               add_piece(&t, m->network, data, at, all - at < PIECE ? all - at : PIECE, &error);
    if (error.code != LOCI_OK)
        live_source_trouble(m->state, m->run, &error);
    live_bytes *bytes = good ? tell(&t, is_regressor(m->network)) : NULL;
    clear(&t);
    return bytes;
}

static void publish(live_measure *m, live_bytes *bytes, double seconds) {
    live_run *run = &m->state->runs[m->run];
    live_lock(m->state);
    m->source->users--;
    m->busy = false;
    m->next = loci_seconds() + rest * seconds;
    if (bytes != NULL) {
        live_bytes_drop(run->measured);
        run->measured = bytes;
        run->measured_number++;
        live_changed(m->state, run);
    }
    pthread_cond_broadcast(&m->state->going);
}

static void *run(void *user) {
    live_measure *m = user;
    live_state *state = m->state;
    live_be_nice();
    live_lock(state);
    for (;;) {
        while (!m->busy && !state->closing)
            pthread_cond_wait(&m->due, &state->lock);
        if (state->closing && !m->busy)
            break;
        live_unlock(state);
        double before = loci_seconds();
        live_bytes *bytes = measure(m);
        loci_network_free(m->network);
        m->network = NULL;
        publish(m, bytes, loci_seconds() - before); /* leaves the lock held */
    }
    live_unlock(state);
    return NULL;
}

bool live_measure_start(live_measure *m, live_state *state) {
    m->state = state;
    pthread_cond_init(&m->due, NULL);
    m->started = pthread_create(&m->thread, NULL, run, m) == 0;
    return m->started;
}

void live_measure_stop(live_measure *m) {
    if (!m->started)
        return;
    live_lock(m->state);
    pthread_cond_signal(&m->due);
    live_unlock(m->state);
    pthread_join(m->thread, NULL);
    pthread_cond_destroy(&m->due);
}

/* A network of its own, with the parameters of now. */
static loci_network *copy_of(const live_source *source) {
    void *bytes;
    size_t size;
    loci_network *copy = NULL;
    if (loci_network_store(source->network, &bytes, &size, NULL) != LOCI_OK)
        return NULL;
    if (loci_network_restore(&copy, bytes, size, "live", NULL) == LOCI_OK)
        memcpy(loci_network_parameters(copy), source->slot, source->parameters * sizeof(float));
    free(bytes);
    return copy;
}

void live_measure_offer(live_measure *m, live_source *source, size_t i) {
    live_lock(m->state);
    bool wanted = source->tested && source->training && !m->busy && m->started && source->full &&
                  source->network != NULL && loci_seconds() >= m->next &&
                  atomic_load(&m->state->watchers) > 0;
    wanted = wanted && source->data != NULL && loci_dataset_count(source->data, LOCI_TEST) > 0;
    source->users += wanted; /* from now on the training waits before it gives the data away */
    live_unlock(m->state);
    if (!wanted)
        return;
    loci_network *copy = copy_of(source);
    live_lock(m->state);
    source->users -= copy == NULL;
    if (copy != NULL) {
        source->tested = false;
        m->network = copy;
        m->source = source;
        m->run = i;
        m->busy = true;
        pthread_cond_signal(&m->due);
    }
    pthread_cond_broadcast(&m->state->going);
    live_unlock(m->state);
}
