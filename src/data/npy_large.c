/* Samples of a .npy array that memory should not hold. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "data/arrays.h"
#include "data/float_store.h"
#include "data/npy.h"
#include "data/row_file.h"
#include "data/temporary_file.h"

/* A header is shorter; and bytes that are read at a time. */
enum { HEAD = 1 << 16, PIECE = 1 << 20 };

static int fail_short(const loci_array *array, loci_error *error) {
    return loci_fail(error, LOCI_E_FORMAT, array->where, "is not as long as it says");
}

/* Exactly `size` bytes. */
static int read_all(const loci_array *array, void *out, size_t size, loci_error *error) {
    size_t got;
    int status = array->stream.read(array->stream.context, out, size, &got, error);
    return status == LOCI_OK && got < size ? fail_short(array, error) : status;
}

/* The header, which is read and no more. */
static int read_header(const loci_array *array, loci_npy *npy, loci_error *error) {
    unsigned char *head = malloc(HEAD);
    if (head == NULL)
        return loci_fail_memory(error, array->where);
    int status = read_all(array, head, 12, error);
    size_t start = head[6] == 1 ? 10 : 12;
    size_t length = head[6] == 1 ? loci_u16le(head + 8) : loci_u32le(head + 8);
    if (status == LOCI_OK && (length < 2 || length > HEAD - start))
        status = loci_fail(error, LOCI_E_FORMAT, array->where, "the .npy header is damaged");
    if (status == LOCI_OK)
        status = read_all(array, head + 12, start + length - 12, error);
    if (status == LOCI_OK)
        status = loci_npy_parse(head, array->size, array->where, npy, error);
    free(head);
    return status;
}

/* What follows the last item is nothing; with that the archive's checksum was verified. */
static int check_end(const loci_array *array, loci_error *error) {
    size_t got;
    char more;
    int status = array->stream.read(array->stream.context, &more, 1, &got, error);
    return status == LOCI_OK && got > 0 ? fail_short(array, error) : status;
}

/* Goes through all items; they are written to a file unless that is -1. */
static int pass_bytes(const loci_array *array, size_t size, int to, loci_error *error) {
    unsigned char *piece = malloc(PIECE);
    int status = piece == NULL ? loci_fail_memory(error, array->where) : LOCI_OK;
    while (size > 0 && status == LOCI_OK) {
        size_t count = size < PIECE ? size : PIECE;
        status = read_all(array, piece, count, error);
        if (status == LOCI_OK && to >= 0)
            status = loci_temporary_write(to, piece, count, error);
        size -= count;
    }
    free(piece);
    return status == LOCI_OK ? check_end(array, error) : status;
}

static int take_bytes(loci_samples *part, const loci_array *array, const loci_npy *npy,
                      loci_error *error) {
    bool there = array->stream.file >= 0;
    int own = there ? fcntl(array->stream.file, F_DUPFD_CLOEXEC, 0) : loci_temporary_file(error);
    if (own < 0)
        return there ? loci_fail_errno(error, LOCI_E_IO, array->where, errno, "cannot open again")
                     : LOCI_E_IO;
    int status = pass_bytes(array, npy->count, there ? -1 : own, error);
    if (status != LOCI_OK) {
        close(own);
        return status;
    }
    return loci_row_file_use(part, own, there ? array->stream.at + npy->offset : 0,
                             npy->count / npy->shape[0], NULL, array->where, error);
}

/* `error` is not NULL: it says why nothing could be stored. */
static int store_floats(loci_float_store *store, const loci_array *array, const loci_npy *npy,
                        loci_error *error) {
    enum { ITEMS = PIECE / 8 };
    unsigned char *piece = malloc(PIECE);
    loci_npy some = *npy;
    int status = piece == NULL ? loci_fail_memory(error, array->where) : LOCI_OK;
    some.offset = 0;
    for (size_t done = 0; done < npy->count && status == LOCI_OK; done += some.count) {
        some.count = npy->count - done < ITEMS ? npy->count - done : ITEMS;
        status = read_all(array, piece, some.count * npy->item, error);
        float *to = status == LOCI_OK ? loci_float_store_add(store, some.count, error) : NULL;
        if (to == NULL)
            status = status != LOCI_OK ? status : error->code;
        else if (npy->kind == 'f' && npy->item == 4)
            loci_npy_items(&some, piece, to);
        for (size_t i = 0; to != NULL && !(npy->kind == 'f' && npy->item == 4) && i < some.count;
             i++)
            to[i] = (float)loci_npy_number(&some, piece, i);
    }
    free(piece);
    return status == LOCI_OK ? check_end(array, error) : status;
}

static int take_floats(loci_samples *part, const loci_array *array, const loci_npy *npy,
                       loci_error *error) {
    loci_float_store store = loci_float_store_new(0, array->where);
    loci_error inner = {0};
    int status = store_floats(&store, array, npy, &inner);
    if (status == LOCI_OK)
        status = loci_float_store_take(&store, &part->values, &part->mapped, &inner);
    loci_float_store_free(&store);
    if (status == LOCI_OK && part->mapped > 0) {
        part->touched = calloc(1, sizeof *part->touched);
        status = part->touched == NULL ? loci_fail_memory(&inner, array->where) : LOCI_OK;
    }
    if (status != LOCI_OK && error != NULL)
        *error = inner;
    return status;
}

int loci_npy_large(loci_dataset *data, loci_samples *part, const loci_array *array,
                   loci_error *error) {
    loci_npy npy;
    int status = read_header(array, &npy, error);
    if (status != LOCI_OK)
        return status;
    bool bytes = npy.kind == 'u' && npy.item == 1;
    if (npy.fortran)
        return loci_fail(error, LOCI_E_UNSUPPORTED, array->where,
                         "is too large to be turned around in memory; save "
                         "numpy.ascontiguousarray() of it");
    status = loci_dataset_set_shape(data, npy.rank, npy.shape, bytes, array->where, error);
    if (status != LOCI_OK)
        return status;
    part->count = npy.shape[0];
    data->deep = npy.kind == 'u' && npy.item == 2 && npy.rank >= 3;
    return bytes ? take_bytes(part, array, &npy, error) : take_floats(part, array, &npy, error);
}
