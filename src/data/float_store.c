#define _GNU_SOURCE
#include "data/float_store.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "data/temporary_file.h"

enum { FIRST = 1 << 14, WRITTEN = 1 << 18 };

loci_float_store loci_float_store_new(size_t in_memory, const char *where) {
    return (loci_float_store){
        .file = -1, .in_memory = in_memory > 0 ? in_memory : LOCI_STORE_IN_MEMORY, .where = where};
}

void loci_float_store_free(loci_float_store *store) {
    free(store->number);
    if (store->file >= 0)
        close(store->file);
    *store = loci_float_store_new(store->in_memory, store->where);
}

size_t loci_float_store_count(const loci_float_store *store) {
    return store->filed + store->held;
}

static int write_out(loci_float_store *store, loci_error *error) {
    if (store->file < 0 && (store->file = loci_temporary_file(error)) < 0)
        return LOCI_E_IO;
    int status =
        loci_temporary_write(store->file, store->number, store->held * sizeof(float), error);
    if (status != LOCI_OK)
        return status;
    store->filed += store->held;
    store->held = 0;
    if (store->room > 2 * WRITTEN) { /* a small piece is enough from here on */
        free(store->number);
        store->number = NULL;
        store->room = 0;
    }
    return LOCI_OK;
}

static int make_room(loci_float_store *store, size_t count, loci_error *error) {
    size_t wanted, room = store->room == 0 ? FIRST : store->room;
    bool beyond = (store->held + count) * sizeof(float) > store->in_memory;
    if (store->held > 0 && (beyond || (store->file >= 0 && store->held >= WRITTEN))) {
        int status = write_out(store, error);
        if (status != LOCI_OK)
            return status;
        room = store->room == 0 ? FIRST : store->room;
    }
    wanted = store->held + count;
    if (wanted <= store->room)
        return LOCI_OK;
    while (room < wanted)
        room *= 2;
    float *number = realloc(store->number, room * sizeof *number);
    if (number == NULL)
        return loci_fail_memory(error, store->where);
    store->number = number;
    store->room = room;
    return LOCI_OK;
}

float *loci_float_store_add(loci_float_store *store, size_t count, loci_error *error) {
    if (count > SIZE_MAX / 4 / sizeof(float) - store->held) {
        loci_fail_memory(error, store->where);
        return NULL;
    }
    if (store->held + count > store->room || store->held >= WRITTEN) {
        int status = make_room(store, count, error);
        if (status != LOCI_OK)
            return NULL;
    }
    float *added = store->number + store->held;
    store->held += count;
    return added;
}

int loci_float_store_read(const loci_float_store *store, size_t from, size_t count, float *to,
                          loci_error *error) {
    size_t filed = from < store->filed ? store->filed - from : 0;
    filed = filed < count ? filed : count;
    char *at = (char *)to;
    size_t left = filed * sizeof(float), offset = from * sizeof(float);
    while (left > 0) {
        ssize_t got = pread(store->file, at, left, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return loci_fail_errno(error, LOCI_E_IO, "temporary file", got < 0 ? errno : EIO,
                                   "cannot read");
        at += got;
        offset += (size_t)got;
        left -= (size_t)got;
    }
    if (count > filed)
        memcpy(to + filed, store->number + (from + filed - store->filed),
               (count - filed) * sizeof *to);
    return LOCI_OK;
}

int loci_float_store_take(loci_float_store *store, float **numbers, size_t *mapped,
                          loci_error *error) {
    *mapped = 0;
    *numbers = NULL;
    if (store->file < 0) {
        *numbers = store->number;
        store->number = NULL;
        store->held = store->room = 0;
        return LOCI_OK;
    }
    int status = store->held > 0 ? write_out(store, error) : LOCI_OK;
    if (status != LOCI_OK)
        return status;
    size_t bytes = store->filed * sizeof(float);
    void *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, store->file, 0);
    if (map == MAP_FAILED)
        return loci_fail_errno(error, LOCI_E_IO, store->where, errno,
                               "cannot map a temporary file");
    *numbers = map;
    *mapped = bytes;
    loci_float_store_free(store);
    return LOCI_OK;
}
