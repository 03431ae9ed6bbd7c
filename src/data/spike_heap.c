#include "data/spike_heap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>
#include <zlib.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"

enum { HEAD = 16, NUMBERS = 65536, REFERENCE = LOCI_SPIKE_REFERENCE, MOST_CHUNK = 1 << 24 };

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

/* ---- references ---- */

/* A chunk of `count` references, as it is or deflated. */
static bool read_chunk(const loci_spike_heap *heap, uint64_t address, uint64_t size, bool deflated,
                       size_t count, unsigned char *out) {
    uLongf room = count * REFERENCE;
    if (!deflated)
        return size == room && loci_spike_heap_read(heap, address, out, room);
    unsigned char *packed = size <= heap->bytes ? loci_alloc(size, 1) : NULL;
    bool read = packed != NULL && loci_spike_heap_read(heap, address, packed, size) &&
                uncompress(out, &room, packed, size) == Z_OK && room == count * REFERENCE;
    free(packed);
    return read;
}

/* From first to the end of its chunk, or of what is wanted; how many, 0 where they cannot be read.
 */
static size_t take_chunk(const loci_spike_heap *heap, hid_t set, uint64_t first, size_t count,
                         uint64_t chunk, bool deflated, unsigned char *out) {
    hsize_t start[1] = {first / chunk * chunk}, size = 0;
    haddr_t address = HADDR_UNDEF;
    unsigned mask = 0;
    size_t from = (size_t)(first % chunk), left = (size_t)chunk - from;
    size_t taken = left < count ? left : count;
    unsigned char *whole = loci_alloc(chunk, REFERENCE);
    bool read = whole != NULL &&
                H5Dget_chunk_info_by_coord(set, start, &mask, &address, &size) >= 0 && mask == 0;
    if (read && address == HADDR_UNDEF)
        memset(whole, 0, chunk * REFERENCE); /* nothing was ever written there */
    else
        read = read && read_chunk(heap, address, size, deflated, chunk, whole);
    if (read)
        memcpy(out, whole + from * REFERENCE, taken * REFERENCE);
    free(whole);
    return read ? taken : 0;
}

static bool take_chunks(const loci_spike_heap *heap, hid_t set, hid_t creation, uint64_t first,
                        size_t count, unsigned char *out) {
    hsize_t chunk[1] = {0};
    unsigned flags = 0, settings = 0;
    size_t values = 0;
    int filters = H5Pget_nfilters(creation);
    bool deflated = filters == 1 && H5Pget_filter2(creation, 0, &flags, &values, NULL, 0, NULL,
                                                   &settings) == H5Z_FILTER_DEFLATE;
    if ((filters != 0 && !deflated) || H5Pget_chunk(creation, 1, chunk) != 1 || chunk[0] == 0 ||
        chunk[0] > MOST_CHUNK / REFERENCE)
        return false;
    for (size_t done = 0, taken; done < count; done += taken) {
        taken = take_chunk(heap, set, first + done, count - done, chunk[0], deflated,
                           out + done * REFERENCE);
        if (taken == 0)
            return false;
    }
    return true;
}

int loci_spike_heap_references(const loci_spike_heap *heap, hid_t set, uint64_t first, size_t count,
                               unsigned char *out, loci_error *error) {
    hid_t creation = H5Dget_create_plist(set);
    H5D_layout_t layout = creation >= 0 ? H5Pget_layout(creation) : H5D_LAYOUT_ERROR;
    bool read = false;
    if (layout == H5D_CONTIGUOUS) {
        haddr_t address = H5Dget_offset(set);
        read = address != HADDR_UNDEF && H5Dget_storage_size(set) / REFERENCE >= first + count &&
               loci_spike_heap_read(heap, address + first * REFERENCE, out, count * REFERENCE);
    } else if (layout == H5D_CHUNKED) {
        read = take_chunks(heap, set, creation, first, count, out);
    }
    if (creation >= 0)
        H5Pclose(creation);
    return read ? LOCI_OK
                : loci_fail(error, LOCI_E_FORMAT, heap->path,
                            "lists %ju to %ju cannot be read; the file is damaged, or written in "
                            "an uncommon way",
                            (uintmax_t)first + 1, (uintmax_t)(first + count));
}

/* ---- collections of objects ---- */

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

static bool load(loci_spike_heap *heap, uint64_t address) {
    unsigned char head[HEAD];
    if (heap->collection != NULL && heap->address == address)
        return true;
    free(heap->collection);
    heap->collection = NULL;
    if (!loci_spike_heap_read(heap, address, head, HEAD) || memcmp(head, "GCOL\1", 5) != 0)
        return false;
    heap->size = loci_u64le(head + 8);
    if (heap->size < HEAD || heap->size > heap->bytes - address || heap->size > UINT32_MAX)
        return false;
    heap->collection = loci_alloc(heap->size, 1);
    heap->address = address;
    return heap->collection != NULL &&
           loci_spike_heap_read(heap, address, heap->collection, heap->size) && list_objects(heap);
}

int loci_spike_heap_list(loci_spike_heap *heap, const unsigned char *reference, size_t item,
                         const unsigned char **bytes, size_t *length, loci_error *error) {
    uint32_t number = loci_u32le(reference + 12);
    *length = loci_u32le(reference);
    *bytes = NULL;
    if (*length == 0)
        return LOCI_OK;
    if (!load(heap, loci_u64le(reference + 4)) || number == 0 || number > heap->last ||
        heap->place[number] == 0)
        return damaged(heap, "a list is not where it should be", error);
    const unsigned char *object = heap->collection + heap->place[number];
    if (loci_u64le(object + 8) / item < *length)
        return damaged(heap, "a list is longer than its place", error);
    *bytes = object + HEAD;
    return LOCI_OK;
}
