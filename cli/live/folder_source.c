/* A run as its folder has it: trained elsewhere, or finished. Files are replaced as a whole, but
 * for the metrics, which grow. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/command_line.h"
#include "live/source.h"

/* Seconds between two looks. */
static const double look_every = 0.5;
/* Seconds until what was in trouble, and did not change, is read once more. */
static const double again_after = 5;

static const char *const files[LIVE_FILES] = {"config.json", "metrics.jsonl", "model.safetensors",
                                              "summary.json"};

/* Whether the file changed; then its stamp is the present one. */
static bool has_changed(live_source *source, const char *directory, live_file file) {
    return cli_stamp_changed(&source->stamps[file], directory, files[file]);
}

static bool is_there(const live_source *source, live_file file) {
    return source->stamps[file].inode != 0;
}

/* ---- metrics ---- */

static bool same_metrics(const loci_metrics *a, const loci_metrics *b) {
    return a->epoch == b->epoch && memcmp(&a->train_loss, &b->train_loss, sizeof(double)) == 0;
}

/* Whether what was read goes on from what was known. */
static bool goes_on(const live_run *run, const loci_metrics *metrics, size_t count) {
    return run->metrics_count == 0 ||
           (count >= run->metrics_count &&
            same_metrics(&run->metrics[run->metrics_count - 1], &metrics[run->metrics_count - 1]) &&
            same_metrics(&run->metrics[0], &metrics[0]));
}

static void read_metrics(live_state *state, size_t i, loci_error *error) {
    live_run *run = &state->runs[i];
    loci_metrics *metrics = NULL;
    size_t count = 0;
    loci_error none = {0};
    int status = loci_metrics_read(&metrics, &count, run->directory, error);
    if (status != LOCI_OK && status != LOCI_E_NOT_FOUND)
        return;
    *error = none;
    live_lock(state);
    run->history += !goes_on(run, metrics, count);
    free(run->metrics);
    run->metrics = metrics;
    run->metrics_count = count;
    live_changed(state, run);
    live_unlock(state);
}

/* ---- the rest ---- */

static void read_model(live_source *source, live_state *state, size_t i, loci_error *error) {
    loci_network *network;
    int status = loci_network_load(&network, state->runs[i].directory, error);
    if (status == LOCI_OK && live_source_adopt(source, state, i, network))
        live_source_show(source, state, i, loci_network_parameters(source->network));
}

/* The trouble of now, or that there is none any more. */
static void tell_trouble(live_state *state, size_t i, const loci_error *error) {
    live_run *run = &state->runs[i];
    if (error->code != LOCI_OK) {
        live_source_trouble(state, i, error);
        return;
    }
    live_lock(state);
    if (run->trouble[0] != '\0') {
        run->trouble[0] = '\0';
        live_changed(state, run);
    }
    live_unlock(state);
}

/* Started anew: what pages hold is of the run before. */
static void read_config(live_source *source, live_state *state, size_t i) {
    live_run *run = &state->runs[i];
    loci_config *config = malloc(sizeof *config); /* holds paths: too large for some stacks */
    bool known = config != NULL && loci_config_load(config, run->directory, NULL) == LOCI_OK;
    live_lock(state);
    run->epochs = known ? config->train.epochs : 0;
    if (source->network != NULL) {
        run->generation++;
        live_bytes_drop(run->page);
        run->page = NULL;
    }
    live_changed(state, run);
    live_unlock(state);
    free(config);
}

static double quiet_of(const live_source *source) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    long long last = 0;
    for (int f = 0; f < LIVE_FILES; f++)
        if (source->stamps[f].seconds > last)
            last = source->stamps[f].seconds;
    return last > 0 && now.tv_sec > last ? (double)(now.tv_sec - last) : 0;
}

/* What the files say of how far the run is; of one that was trained here its end is known better.
 */
static void tell(live_source *source, live_state *state, size_t i, bool changed) {
    live_run *run = &state->runs[i];
    double quiet = quiet_of(source);
    live_lock(state);
    live_status before = run->status;
    bool ended = before == LIVE_STOPPED || before == LIVE_FAILED;
    if (is_there(source, LIVE_SUMMARY))
        run->status = LIVE_FINISHED;
    else if (!state->training || !ended)
        run->status = is_there(source, LIVE_CONFIG) ? LIVE_RUNNING : LIVE_WAITING;
    if (run->status == LIVE_FINISHED)
        quiet = 0;
    if (run->status == LIVE_FINISHED && before != LIVE_FINISHED) {
        live_bytes_drop(run->page); /* now there is all of the training to show */
        run->page = NULL;
    }
    if (run->metrics_count > 0) {
        run->epoch = run->metrics[run->metrics_count - 1].epoch;
        run->loss = run->metrics[run->metrics_count - 1].train_loss;
    }
    /* told by the minute: it is no news by itself */
    if (changed || before != run->status || quiet - run->quiet >= 30 || quiet < run->quiet) {
        run->quiet = quiet;
        live_changed(state, run);
    }
    live_unlock(state);
}

static void look(live_source *source, live_state *state, size_t i, bool ended) {
    const char *directory = state->runs[i].directory;
    if (!cli_is_folder(directory)) {
        loci_error error = {0};
        snprintf(error.message, sizeof error.message, "there is no run folder %s yet",
                 CLI_CUT(200, directory));
        if (state->runs[i].trouble[0] == '\0')
            live_source_trouble(state, i, &error);
        return;
    }
    bool config = has_changed(source, directory, LIVE_CONFIG);
    bool metrics = has_changed(source, directory, LIVE_METRICS);
    bool model = has_changed(source, directory, LIVE_MODEL);
    bool summary = has_changed(source, directory, LIVE_SUMMARY);
    bool changed = config || metrics || model || summary;
    /* what was in trouble is looked at once more, as the trouble may have gone */
    live_lock(state);
    bool again = state->runs[i].trouble[0] != '\0' && (changed || loci_seconds() >= source->again);
    live_unlock(state);
    loci_error of_metrics = {0}, of_model = {0};
    if (config && !ended)
        read_config(source, state, i);
    if (metrics || again)
        read_metrics(state, i, &of_metrics);
    if ((model || again) && is_there(source, LIVE_MODEL))
        read_model(source, state, i, &of_model);
    if (metrics || model || again) {
        tell_trouble(state, i, of_model.code != LOCI_OK ? &of_model : &of_metrics);
        source->again = loci_seconds() + again_after;
    }
    tell(source, state, i, changed);
}

void live_source_look(live_source *source, live_state *state, size_t i) {
    live_lock(state);
    bool training = source->training, written = source->written, ended = source->ended;
    source->written = source->ended = false;
    live_unlock(state);
    double now = loci_seconds();
    if (training && written) {
        loci_error error = {0};
        read_metrics(state, i, &error);
        tell_trouble(state, i, &error);
    } else if (!training &&
               (written || source->looked == 0 || now - source->looked >= look_every)) {
        source->looked = now;
        look(source, state, i, ended);
    }
}
