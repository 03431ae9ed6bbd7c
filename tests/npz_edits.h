/* An exported .npz taken apart, open to changes. */
#ifndef LOCI_TESTS_NPZ_EDITS_H
#define LOCI_TESTS_NPZ_EDITS_H

#include "scratch_folder.h"

#include <loci/exchange.h>

#include "base/memory.h"
#include "data/npy_text.h"
#include "data/npz.h"

enum { EDITS_ARRAYS = 48 };

typedef struct edits {
    loci_npz_array arrays[EDITS_ARRAYS];
    char name[EDITS_ARRAYS][LOCI_NPZ_NAME];
    char dtype[EDITS_ARRAYS][16];
    void *data[EDITS_ARRAYS];
    size_t count;
} edits;

/* Replaces a text. */
static inline void edits_text(edits *e, size_t i, const char *text) {
    size_t characters;
    free(e->data[i]);
    e->data[i] = loci_npy_from_text(text, &characters);
    assert_non_null(e->data[i]);
    snprintf(e->dtype[i], sizeof e->dtype[i], "<U%zu", characters);
    e->arrays[i] = (loci_npz_array){.name = e->name[i], .dtype = e->dtype[i], .data = e->data[i]};
}

static inline void edits_open(edits *e, const loci_network *network) {
    const char *path = scratch_path(folder, "honest.npz");
    loci_npz_file file;
    loci_error error = {0};
    *e = (edits){.count = 0};
    if (loci_exchange_npz(network, path, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    assert_int_equal(loci_npz_open(&file, path, NULL), LOCI_OK);
    e->count = loci_npz_count(&file);
    assert_in_range(e->count, 1, EDITS_ARRAYS - 2);
    for (size_t i = 0; i < e->count; i++) {
        loci_npz_loaded array;
        char *text;
        loci_npz_name(&file, i, e->name[i]);
        if (loci_npz_take_text(&file, e->name[i], &text, NULL) == LOCI_OK) {
            edits_text(e, i, text);
            free(text);
            continue;
        }
        assert_int_equal(loci_npz_take(&file, e->name[i], NULL, &array, NULL), LOCI_OK);
        snprintf(e->dtype[i], sizeof e->dtype[i], "%s%s", array.dtype[1] == '1' ? "|" : "<",
                 array.dtype);
        e->data[i] = array.data;
        e->arrays[i] = (loci_npz_array){
            .name = e->name[i], .dtype = e->dtype[i], .rank = array.rank, .data = array.data};
        memcpy(e->arrays[i].shape, array.shape, sizeof array.shape);
    }
    loci_npz_close(&file);
}

static inline void edits_close(edits *e) {
    for (size_t i = 0; i < e->count; i++)
        free(e->data[i]);
}

/* The array of that name; fails where there is none. */
static inline size_t edits_find(const edits *e, const char *name) {
    for (size_t i = 0; i < e->count; i++)
        if (strcmp(e->name[i], name) == 0)
            return i;
    fail_msg("no array %s", name);
    return 0;
}

static inline float *edits_floats(edits *e, const char *name) {
    return e->data[edits_find(e, name)];
}

static inline void edits_remove(edits *e, const char *name) {
    size_t i = edits_find(e, name);
    free(e->data[i]);
    for (e->count--; i < e->count; i++) {
        memcpy(e->name[i], e->name[i + 1], sizeof e->name[i]);
        memcpy(e->dtype[i], e->dtype[i + 1], sizeof e->dtype[i]);
        e->data[i] = e->data[i + 1];
        e->arrays[i] = e->arrays[i + 1];
        e->arrays[i].name = e->name[i];
        e->arrays[i].dtype = e->dtype[i];
    }
}

/* As numpy makes of it when an array of float32 meets one of float64. */
static inline void edits_widen(edits *e, size_t i) {
    size_t count = 1;
    for (uint32_t d = 0; d < e->arrays[i].rank; d++)
        count *= e->arrays[i].shape[d];
    double *wide = loci_alloc(count, sizeof *wide);
    for (size_t k = 0; k < count; k++)
        wide[k] = ((const float *)e->data[i])[k];
    free(e->data[i]);
    e->arrays[i].data = e->data[i] = wide;
    strcpy(e->dtype[i], "<f8");
}

/* Writes the file and imports it: LOCI_OK, or the status after a look at what the error says. */
static inline int edits_import(const edits *e, loci_network **network, loci_import_report *report,
                               loci_error *error) {
    const char *path = scratch_path(folder, "edited.npz");
    *error = (loci_error){0};
    *report = (loci_import_report){0};
    assert_int_equal(loci_npz_write(path, e->arrays, e->count, NULL), LOCI_OK);
    *network = NULL;
    int status = loci_import_npz(network, path, report, error);
    assert_true((status == LOCI_OK) == (*network != NULL));
    if (status != LOCI_OK) {
        assert_int_equal(error->code, status);
        assert_string_equal(error->where, path);
    }
    return status;
}

/* Is accepted; free the network. */
static inline loci_network *edits_accepted(const edits *e, loci_import_report *report) {
    loci_network *network;
    loci_error error;
    if (edits_import(e, &network, report, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    return network;
}

/* Is refused with an error that says `words`. */
static inline void edits_refused(const edits *e, const char *words) {
    loci_network *network;
    loci_import_report report;
    loci_error error;
    int status = edits_import(e, &network, &report, &error);
    if (status == LOCI_OK)
        fail_msg("accepted; expected '%s'", words);
    if (strstr(error.message, words) == NULL)
        fail_msg("refused because: %s; expected '%s'", error.message, words);
}

#endif
