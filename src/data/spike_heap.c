#include "data/spike_heap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"

enum { HEAD = 16, NUMBERS = 65536 };

static int damaged(const loci_spike_heap *heap, const char *what, loci_error *error) {
    return loci_fail(error, LOCI_E_FORMAT, heap->path, "%s; the file is damaged", what);
}

int loci_spike_heap_open(loci_spike_heap *heap, const char *path, loci_error *error) {
    off_t size;
    *heap = (loci_spike_heap){.descriptor = -1, .path = path};
    int status = loci_file_open(&heap->descriptor, &size, path, error);
    if (status != LOCI_OK)
        return status;
    heap->bytes = (uint64_t)size;
    heap->place = loci_alloc(NUMBERS, sizeof *heap->place);
    return heap->place == NULL ? loci_fail_memory(error, path) : LOCI_OK;
}

void loci_spike_heap_close(loci_spike_heap *heap) {
    if (heap->descriptor >= 0)
        close(heap->descriptor);
    free(heap->collection);
    free(heap->place);
}

bool loci_spike_heap_read(const loci_spike_heap *heap, uint64_t address, void *out, size_t size) {
    size_t done = 0;
    if (address > heap->bytes || size > heap->bytes - address)
        return false;
    while (done < size) {
        ssize_t got = pread(heap->descriptor, (unsigned char *)out + done, size - done,
                            (off_t)(address + done));
        if (got <= 0)
            return false;
        done += (size_t)got;
    }
    return true;
}

/* Notes where objects begin: number, uses, size, then its bytes, filled up to a multiple of 8. */
static bool list_objects(loci_spike_heap *heap) {
    const unsigned char *bytes = heap->collection;
    memset(heap->place, 0, ((size_t)heap->last + 1) * sizeof *heap->place);
    heap->last = 0;
    for (uint64_t at = HEAD; heap->size - at >= HEAD;) {
        uint32_t number = loci_u16le(bytes + at);
        uint64_t size = loci_u64le(bytes + at + 8), room = heap->size - at - HEAD;
        if (number == 0) /* the rest is free */
            return true;
        if (size > room)
            return false;
        heap->place[number] = (uint32_t)at;
        heap->last = number > heap->last ? number : heap->last;
        size = (size + 7) / 8 * 8;
        at += HEAD + (size < room ? size : room);
    }
    return true;
}

static void unload(loci_spike_heap *heap) {
    free(heap->collection);
    heap->collection = NULL;
}

/* Makes the collection at an address the present one; there is none where that fails. */
static int load(loci_spike_heap *heap, uint64_t address) {
    unsigned char head[HEAD];
    if (heap->collection != NULL && heap->address == address)
        return LOCI_OK;
    unload(heap);
    if (!loci_spike_heap_read(heap, address, head, HEAD) || memcmp(head, "GCOL\1", 5) != 0)
        return LOCI_E_FORMAT;
    heap->size = loci_u64le(head + 8);
    if (heap->size < HEAD || heap->size > heap->bytes - address || heap->size > UINT32_MAX)
        return LOCI_E_FORMAT;
    heap->collection = loci_alloc(heap->size, 1);
    heap->address = address;
    if (heap->collection == NULL)
        return LOCI_E_MEMORY;
    if (loci_spike_heap_read(heap, address, heap->collection, heap->size) && list_objects(heap))
        return LOCI_OK;
    unload(heap);
    return LOCI_E_FORMAT;
}

int loci_spike_heap_list(loci_spike_heap *heap, const unsigned char *reference, size_t item,
                         const unsigned char **bytes, size_t *length, loci_error *error) {
    uint32_t number = loci_u32le(reference + 12);
    *length = loci_u32le(reference);
    *bytes = NULL;
    if (*length == 0)
        return LOCI_OK;
    int status = load(heap, loci_u64le(reference + 4));
    if (status == LOCI_E_MEMORY)
        return loci_fail_memory(error, heap->path);
    if (status != LOCI_OK || number == 0 || number > heap->last || heap->place[number] == 0)
        return damaged(heap, "a list is not where it should be", error);
    const unsigned char *object = heap->collection + heap->place[number];
    if (loci_u64le(object + 8) / item < *length)
        return damaged(heap, "a list is longer than its place", error);
    *bytes = object + HEAD;
    return LOCI_OK;
}
