#include "live/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "common/cli.h"

/* Frames up to the next key: what moved since is rounded to less the nearer the key. */
enum { KEY_EVERY = 50 };

void live_source_trouble(live_state *state, size_t i, const loci_error *error) {
    live_run *run = &state->runs[i];
    live_lock(state);
    snprintf(run->trouble, sizeof run->trouble, "%s%s%s", CLI_CUT(240, error->where),
             error->where[0] != '\0' ? ": " : "", CLI_CUT(240, error->message));
    live_changed(state, run);
    live_unlock(state);
}

/* How the moments of a network lie, and room for two of them. False when memory is short. */
static bool lay_out(live_source *next, const loci_moment *moment) {
    size_t parts = 0;
    while (loci_moment_part(moment, parts, NULL) != NULL)
        parts++;
    next->counts = calloc(parts, sizeof *next->counts);
    for (size_t p = 0; next->counts != NULL && p < parts; p++)
        loci_moment_part(moment, p, &next->counts[p]);
    next->layout = (live_layout){parts, loci_moment_count(moment), next->counts};
    next->values = calloc(next->layout.numbers, sizeof *next->values);
    next->key_values = calloc(next->layout.numbers, sizeof *next->key_values);
    return next->counts != NULL && next->values != NULL && next->key_values != NULL;
}

static bool same_layout(const live_source *a, const live_source *b) {
    return a->layout.parts == b->layout.parts &&
           memcmp(a->counts, b->counts, a->layout.parts * sizeof *a->counts) == 0;
}

static void clear_network(live_source *source) {
    loci_moment_free(source->moment);
    loci_network_free(source->network);
    free(source->counts);
    free(source->values);
    free(source->key_values);
}

bool live_source_adopt(live_source *source, live_state *state, size_t i, loci_network *network) {
    live_source next = {.network = network};
    if (loci_moment_create(&next.moment, network, NULL) != LOCI_OK ||
        !lay_out(&next, next.moment)) {
        clear_network(&next);
        return false;
    }
    bool same = source->network != NULL && same_layout(source, &next);
    clear_network(source);
    source->network = next.network;
    source->moment = next.moment;
    source->layout = next.layout;
    source->counts = next.counts;
    source->values = next.values;
    source->key_values = next.key_values;
    source->since_key = KEY_EVERY; /* the next frame is a key */
    live_lock(state);
    live_run *run = &state->runs[i];
    run->generation += !same;
    if (!same) {
        live_bytes_drop(run->page);
        run->page = NULL;
    }
    live_unlock(state);
    return true;
}

static void publish(live_state *state, live_run *run, live_bytes *frame, bool is_key) {
    live_lock(state);
    live_bytes_drop(run->frame);
    run->frame = frame;
    run->frame_number++;
    if (is_key) {
        live_bytes_drop(run->key);
        run->key = live_bytes_hold(frame);
        run->key_number++;
    }
    live_changed(state, run);
    live_unlock(state);
}

void live_source_show(live_source *source, live_state *state, size_t i, const float *parameters) {
    live_run *run = &state->runs[i];
    bool is_key = source->since_key >= KEY_EVERY;
    loci_moment_take(source->moment, parameters, source->values);
    /* numbers of frames are written by this thread alone */
    uint32_t key = run->key_number + is_key, frame = run->frame_number + 1;
    live_bytes *bytes =
        is_key ? live_key_frame(&source->layout, source->values, key, frame)
               : live_moved_frame(&source->layout, source->key_values, source->values, key, frame);
    if (bytes == NULL)
        return; /* the next one may find memory */
    if (is_key)
        memcpy(source->key_values, source->values, source->layout.numbers * sizeof *source->values);
    source->since_key = is_key ? 0 : source->since_key + 1;
    publish(state, run, bytes, is_key);
}

/* {"pruned_by", "kept": [of each pair]}, as the payload has them. */
static live_bytes *kept_of(const loci_network *network) {
    loci_view_options options;
    char *text = NULL;
    loci_view_options_defaults(&options);
    if (loci_view_payload(&text, network, &options, NULL) != LOCI_OK)
        return NULL;
    json_t *payload = json_loads(text, 0, NULL), *kept = json_array(), *pair;
    size_t p;
    free(text);
    json_array_foreach(json_object_get(payload, "pairs"), p, pair)
        json_array_append(kept, json_object_get(pair, "kept"));
    json_t *json =
        json_pack("{s:O, s:o}", "pruned_by", json_object_get(payload, "pruned_by"), "kept", kept);
    text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
    live_bytes *bytes = text != NULL ? live_bytes_text(text) : NULL;
    free(text);
    json_decref(json);
    json_decref(payload);
    return bytes;
}

void live_source_kept(live_source *source, live_state *state, size_t i) {
    live_run *run = &state->runs[i];
    live_bytes *kept = kept_of(source->network);
    live_lock(state);
    live_bytes_drop(run->kept);
    run->kept = kept;
    run->kept_number++;
    live_bytes_drop(run->page); /* it was made with what was kept before */
    run->page = NULL;
    live_changed(state, run);
    live_unlock(state);
}

/* The test part is not run as a whole while the network learns: that is done beside. */
static int make_payload(char **text, const live_source *source, const char *directory,
                        const loci_dataset *data, bool learning, loci_error *error) {
    loci_view_options options;
    loci_view_options_defaults(&options);
    options.run = directory;
    options.data = data;
    options.unmeasured = learning;
    return loci_view_payload(text, source->network, &options, error);
}

void live_source_page(live_source *source, live_state *state, size_t i, const live_template *page) {
    live_run *run = &state->runs[i];
    char *text = NULL;
    loci_error error = {0};
    live_lock(state);
    bool due = run->page_wanted && run->page == NULL && source->network != NULL;
    const loci_dataset *lent = due && source->training ? source->data : NULL;
    source->users += lent != NULL;
    live_status status_then = run->status;
    uint32_t generation = run->generation;
    const char *directory = status_then == LIVE_FINISHED ? run->directory : NULL;
    live_unlock(state);
    if (!due)
        return;
    loci_dataset *own = lent == NULL ? live_source_data(run->directory, source->network) : NULL;
    int status =
        make_payload(&text, source, directory, lent != NULL ? lent : own, lent != NULL, &error);
    loci_dataset_free(own);
    live_bytes *bytes = status == LOCI_OK
                            ? live_page(page, state, (long)i, generation, text, source->moment)
                            : NULL;
    free(text);
    if (status != LOCI_OK)
        live_source_trouble(state, i, &error);
    live_lock(state);
    source->users -= lent != NULL;
    live_keep_page(run, bytes, generation, status_then);
    pthread_cond_broadcast(&state->going);
    live_unlock(state);
}

void live_source_clear(live_source *source) {
    clear_network(source);
    free(source->model);
    free(source->slot);
}
