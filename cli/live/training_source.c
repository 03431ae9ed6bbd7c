/* A run that is trained in this process. The training only copies its parameters, now and then, and
 * never waits for the server. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/cli.h"
#include "live/measure.h"

/* A copy may take this share of the training's time: a hundredth. */
static const double most_share = 0.01;
/* Seconds between two copies, at least: more often nobody looks. */
static const double shortest = 0.1;

/* What pages show of the folder is of a run before. */
void live_source_begin(live_source *source, live_state *state, size_t i, const loci_dataset *data,
                       bool prunes) {
    live_run *run = &state->runs[i];
    live_lock(state);
    source->training = true;
    source->data = data;
    source->prunes = prunes;
    source->copied = -1;
    source->interval = 0;
    run->generation++;
    live_bytes_drop(run->page);
    run->page = NULL;
    run->trouble[0] = '\0';
    live_unlock(state);
}

/* Parameter 0 is where the first tensor begins. */
static const float *parameters_of(const loci_network *network) {
    const loci_tensor *first = loci_network_tensor(network, 0);
    return cli_values(network, first) - first->offset;
}

/* All that a network is made of: the first time, and where what is kept of it changes. */
static void offer_model(live_source *source, live_state *state, const loci_network *network) {
    void *model;
    size_t size, count = loci_network_parameter_count(network);
    double before = loci_seconds();
    float *slot = source->slot != NULL ? source->slot : calloc(count, sizeof *slot);
    if (slot == NULL)
        return;
    if (loci_network_store(network, &model, &size, NULL) != LOCI_OK) {
        if (slot != source->slot)
            free(slot);
        return;
    }
    live_lock(state);
    free(source->model);
    source->model = model;
    source->model_size = size;
    source->slot = slot;
    source->parameters = count;
    live_unlock(state);
    source->stored = loci_seconds();
    source->store_interval = (source->stored - before) / most_share;
}

/* Where the training leaves the test part alone, so does the page. */
static bool was_tested(const loci_metrics *finished) {
    return finished != NULL && (finished->task == LOCI_TASK_REGRESS ? !isnan(finished->test.r2)
                                                                    : finished->test_accuracy >= 0);
}

bool live_source_note(live_source *source, const live_state *state, const loci_progress *progress) {
    source->written = source->written || progress->finished != NULL;
    source->tested = source->tested || was_tested(progress->finished);
    source->renew = source->renew || (source->prunes && progress->finished != NULL &&
                                      atomic_load(&state->watchers) > 0 &&
                                      loci_seconds() - source->stored >= source->store_interval);
    bool looked_at = source->copied < 0 || atomic_load(&state->watchers) > 0;
    if (source->renew && !atomic_load(&source->full))
        return true;
    return looked_at && !atomic_load(&source->full) &&
           loci_seconds() - source->copied >= source->interval;
}

void live_source_copy(live_source *source, live_state *state, const loci_network *network) {
    if (source->slot == NULL || source->renew)
        offer_model(source, state, network);
    source->renew = false;
    double before = loci_seconds();
    if (source->slot == NULL)
        return;
    memcpy(source->slot, parameters_of(network), source->parameters * sizeof *source->slot);
    source->copied = loci_seconds();
    source->interval = (source->copied - before) / most_share;
    if (source->interval < shortest)
        source->interval = shortest;
    atomic_store(&source->full, true);
    pthread_cond_signal(&state->work);
}

/* The data are the caller's again, who may free them. */
void live_source_end(live_source *source, live_state *state) {
    live_lock(state);
    source->training = false;
    while (source->users > 0 || atomic_load(&source->full))
        pthread_cond_wait(&state->going, &state->lock);
    source->data = NULL;
    free(source->slot);
    source->slot = NULL;
    source->written = source->ended = true;
    live_unlock(state);
}

static void take_model(live_source *source, live_state *state, size_t i, void *model, size_t size) {
    loci_network *network;
    loci_error error = {0};
    int status = loci_network_restore(&network, model, size, "live", &error);
    free(model);
    if (status != LOCI_OK)
        live_source_trouble(state, i, &error);
    else if (live_source_adopt(source, state, i, network) && source->prunes)
        live_source_kept(source, state, i);
}

void live_source_take(live_source *source, live_state *state, size_t i, live_measure *measure) {
    live_lock(state);
    void *model = source->model;
    size_t size = source->model_size;
    bool full = atomic_load(&source->full);
    source->model = NULL;
    live_unlock(state);
    if (model != NULL)
        take_model(source, state, i, model, size);
    if (!full)
        return;
    if (source->network != NULL &&
        loci_network_parameter_count(source->network) == source->parameters) {
        live_source_show(source, state, i, source->slot);
        live_measure_offer(measure, source, i);
    }
    atomic_store(&source->full, false);
    live_lock(state);
    pthread_cond_broadcast(&state->going);
    live_unlock(state);
}
