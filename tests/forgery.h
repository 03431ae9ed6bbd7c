/* A model file taken apart, open to changes: for files that claim what is not so. */
#ifndef LOCI_TESTS_FORGERY_H
#define LOCI_TESTS_FORGERY_H

#include "scratch_folder.h"

#include <loci/network.h>

#include "base/memory.h"
#include "base/safetensors.h"

enum { FORGERY_ARRAYS = 32, FORGERY_NOTES = 5 };

typedef struct forgery {
    loci_safetensors *file; /* names and texts are its own */
    loci_stored arrays[FORGERY_ARRAYS];
    /* What each array's `data` points to, with some room to spare. */
    void *data[FORGERY_ARRAYS];
    size_t count;
    loci_stored_note notes[FORGERY_NOTES];
    size_t note_count;
} forgery;

static inline void forgery_open(forgery *f, const loci_network *network) {
    static const char *const keys[] = {"format", "version", "spec", "pruning"};
    const char *path = scratch_path(folder, "honest");
    loci_error error = {0};
    *f = (forgery){.file = NULL};
    if (loci_network_save(network, path, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    assert_int_equal(loci_safetensors_open(&f->file, path, NULL), LOCI_OK);
    f->count = loci_safetensors_count(f->file);
    assert_in_range(f->count, 1, FORGERY_ARRAYS - 1);
    for (size_t i = 0; i < f->count; i++) {
        f->arrays[i] = *loci_safetensors_array(f->file, i);
        f->data[i] = loci_alloc(loci_stored_count(&f->arrays[i]) + 64, 8);
        assert_non_null(f->data[i]);
        assert_int_equal(loci_safetensors_read(f->file, &f->arrays[i], f->data[i], NULL), LOCI_OK);
        f->arrays[i].data = f->data[i];
    }
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *text = loci_safetensors_note(f->file, keys[i]);
        if (text != NULL)
            f->notes[f->note_count++] = (loci_stored_note){keys[i], text};
    }
}

static inline void forgery_close(forgery *f) {
    for (size_t i = 0; i < f->count; i++)
        free(f->data[i]);
    loci_safetensors_close(f->file);
}

/* The array of that name; fails where there is none. */
static inline size_t forgery_find(const forgery *f, const char *name) {
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->arrays[i].name, name) == 0)
            return i;
    fail_msg("no array %s", name);
    return 0;
}

static inline void forgery_drop(forgery *f, const char *name) {
    size_t at = forgery_find(f, name);
    free(f->data[at]);
    f->count--;
    memmove(f->arrays + at, f->arrays + at + 1, (f->count - at) * sizeof *f->arrays);
    memmove(f->data + at, f->data + at + 1, (f->count - at) * sizeof *f->data);
}

/* One more array of bytes, all 0. */
static inline void forgery_add(forgery *f, const char *name, size_t bytes) {
    f->data[f->count] = loci_alloc(bytes, 1);
    f->arrays[f->count] =
        (loci_stored){.name = name, .dtype = LOCI_U8, .rank = 1, .shape = {bytes}};
    f->arrays[f->count].data = f->data[f->count];
    f->count++;
}

static inline void forgery_note(forgery *f, const char *key, const char *text) {
    size_t at = 0;
    while (at < f->note_count && strcmp(f->notes[at].key, key) != 0)
        at++;
    assert_in_range(at, 0, FORGERY_NOTES - 1);
    f->notes[at] = (loci_stored_note){key, text};
    if (at == f->note_count)
        f->note_count++;
}

/* What loading it comes to. Where it fails, nothing is given out, and the error names the file and
 * says `part`. */
static inline int forgery_load(const forgery *f, const char *part) {
    const char *path = scratch_path(folder, "forgery");
    loci_network *network = NULL;
    loci_error error = {0};
    assert_int_equal(
        loci_safetensors_write(path, f->arrays, f->count, f->notes, f->note_count, NULL), LOCI_OK);
    int status = loci_network_load(&network, path, &error);
    if (status != LOCI_OK) {
        assert_null(network);
        assert_int_equal(error.code, status);
        assert_string_equal(error.where, path);
        if (strstr(error.message, part) == NULL)
            fail_msg("'%s' does not contain '%s'", error.message, part);
    }
    loci_network_free(network);
    return status;
}

#endif
