#include "network/pruning_note.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "network/maps.h"

static const char *const by_names[] = {"distance", "weight", "range", "set", NULL};

const char *loci_pruning_by_name(int by) {
    return by == LOCI_UNPRUNED ? NULL : by_names[by];
}

bool loci_pruning_note_needed(const loci_network *network) {
    return network->pruned_by != LOCI_UNPRUNED ||
           network->connections != loci_spec_connections(&network->spec);
}

void loci_pruning_note_of(loci_pruning_note *note, const loci_network *network) {
    bool cut = network->pruned_by != LOCI_UNPRUNED;
    *note = (loci_pruning_note){.by = network->pruned_by, .connections = network->connections};
    if (cut && network->spec.wiring == LOCI_WIRING_DENSE)
        note->by = LOCI_PRUNE_BY_SET;
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(&network->spec); l++) {
        note->cut[l] = network->cut[l].value;
        note->kept[l] = network->cut[l].kept;
    }
}

/* Whether each pair has a cut: what is stored of all but sets. */
static bool has_cuts(const loci_pruning_note *note) {
    return note->by != LOCI_UNPRUNED && note->by != LOCI_PRUNE_BY_SET;
}

char *loci_pruning_note_to_text(const loci_pruning_note *note, const loci_spec *spec) {
    json_t *json = json_object(), *cut = json_array(), *kept = json_array();
    bool failed =
        json_object_set_new(json, "connections", json_integer((json_int_t)note->connections)) != 0;
    if (note->by != LOCI_UNPRUNED)
        failed |= json_object_set_new(json, "by", json_string(loci_pruning_by_name(note->by))) != 0;
    for (uint32_t l = 0; has_cuts(note) && l <= loci_spec_hidden_layers(spec); l++) {
        failed |= json_array_append_new(cut, json_real((double)note->cut[l])) != 0;
        failed |= json_array_append_new(kept, json_integer((json_int_t)note->kept[l])) != 0;
    }
    if (has_cuts(note)) {
        failed |= json_object_set(json, "cut", cut) != 0;
        failed |= json_object_set(json, "kept", kept) != 0;
    }
    /* nine digits read back as the same float */
    char *text = failed ? NULL : loci_json_print(json, JSON_COMPACT | JSON_REAL_PRECISION(9));
    json_decref(json);
    json_decref(cut);
    json_decref(kept);
    return text;
}

static int wrong(const char *path, const char *what, loci_error *error) {
    return loci_fail(error, LOCI_E_FORMAT, path, "the note on pruning is not valid: %s", what);
}

static int read_by(loci_pruning_note *note, const json_t *json, const char *path,
                   loci_error *error) {
    const char *name = json_string_value(json);
    note->by = LOCI_UNPRUNED;
    for (int i = 0; name != NULL && by_names[i] != NULL; i++)
        if (strcmp(by_names[i], name) == 0)
            note->by = i;
    return json != NULL && note->by == LOCI_UNPRUNED ? wrong(path, "by", error) : LOCI_OK;
}

/* A cut and a count for each pair, the count one that the pair can have. */
static int read_cuts(loci_pruning_note *note, const json_t *json, const loci_spec *spec,
                     const char *path, loci_error *error) {
    const json_t *cut = json_object_get(json, "cut"), *kept = json_object_get(json, "kept");
    size_t pairs = loci_spec_hidden_layers(spec) + 1;
    if (json_array_size(cut) != pairs || json_array_size(kept) != pairs)
        return wrong(path, "not one cut for each layer pair", error);
    for (uint32_t l = 0; l < pairs; l++) {
        const json_t *value = json_array_get(cut, l), *count = json_array_get(kept, l);
        size_t all = loci_pair_connections(spec, l);
        note->cut[l] = (float)json_number_value(value);
        if (!json_is_number(value) || !isfinite(note->cut[l]) || !json_is_integer(count) ||
            json_integer_value(count) < 0 || (uint64_t)json_integer_value(count) > all)
            return wrong(path, "a cut that cannot be", error);
        note->kept[l] = (size_t)json_integer_value(count);
    }
    return LOCI_OK;
}

int loci_pruning_note_from_text(loci_pruning_note *note, const char *text, const loci_spec *spec,
                                const char *path, loci_error *error) {
    json_error_t why;
    json_t *json = loci_json_read(text, strlen(text), &why);
    const json_t *connections = json_object_get(json, "connections");
    *note = (loci_pruning_note){.by = LOCI_UNPRUNED};
    int status = LOCI_OK;
    if (loci_json_is_short(json, &why))
        return loci_fail_memory(error, path);
    if (!json_is_integer(connections) || json_integer_value(connections) < 0 ||
        (uint64_t)json_integer_value(connections) < loci_spec_connections(spec))
        status = wrong(path, "connections", error);
    else
        note->connections = (size_t)json_integer_value(connections);
    if (status == LOCI_OK)
        status = read_by(note, json_object_get(json, "by"), path, error);
    if (status == LOCI_OK && spec->wiring == LOCI_WIRING_DENSE && has_cuts(note))
        status = wrong(path, "a conventional network keeps a set", error);
    if (status == LOCI_OK && has_cuts(note))
        status = read_cuts(note, json, spec, path, error);
    json_decref(json);
    return status;
}
