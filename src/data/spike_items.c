#include "data/spike_items.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/file.h"
#include "base/memory.h"
#include "data/spike_header.h"
#include "data/spike_message.h"

enum { MOST_CHUNK = 1 << 24, MOST_FILTERS = 4, SUM = 4 };

/* What is done to the bytes of a chunk before they are stored, one after the other. */
typedef struct filters {
    int count;
    struct {
        H5Z_filter_t kind;
        unsigned item; /* that is shuffled, bytes; lists are not, and have none */
    } of[MOST_FILTERS];
} filters;

/* What is wanted of a data set. */
typedef struct wanted {
    const loci_spike_heap *heap;
    const loci_spike_set *set;
    hid_t creation; /* the properties that it was made with */
    size_t item;
} wanted;

/* A chunk, or what it was before a filter; owned. */
typedef struct piece {
    unsigned char *bytes;
    size_t size;
} piece;

/* ---- filters ---- */

static bool list_filters(filters *f, hid_t creation) {
    f->count = H5Pget_nfilters(creation);
    for (int i = 0; i < f->count && f->count <= MOST_FILTERS; i++) {
        unsigned flags = 0, settings = 0, values[1] = {0};
        size_t count = 1;
        H5Z_filter_t kind =
            H5Pget_filter2(creation, (unsigned)i, &flags, &count, values, 0, NULL, &settings);
        f->of[i].kind = kind;
        f->of[i].item = values[0];
        if (kind != H5Z_FILTER_DEFLATE && kind != H5Z_FILTER_FLETCHER32 &&
            kind != H5Z_FILTER_SHUFFLE)
            return false;
    }
    return f->count >= 0 && f->count <= MOST_FILTERS;
}

static void replace(piece *p, unsigned char *bytes, size_t size) {
    free(p->bytes);
    *p = (piece){bytes, size};
}

/* Fletcher's two sums, of words of two bytes, stand behind the bytes that they are of. */
static int undo_sum(piece *p) {
    uint64_t first = 0, second = 0;
    if (p->size < SUM)
        return LOCI_E_FORMAT;
    p->size -= SUM;
    for (size_t i = 0; i < p->size; i += 2) {
        unsigned low = i + 1 < p->size ? p->bytes[i + 1] : 0;
        first = (first + (p->bytes[i] * 256u + low)) % 65535;
        second = (second + first) % 65535;
    }
    uint32_t stored = loci_u32le(p->bytes + p->size);
    return (stored & 65535) % 65535 == first && (stored >> 16) % 65535 == second ? LOCI_OK
                                                                                 : LOCI_E_FORMAT;
}

/* Where items were shuffled, all their first bytes come first, then all second ones. */
static int undo_shuffle(piece *p, size_t item) {
    if (item == 0)
        return LOCI_E_FORMAT;
    size_t count = p->size / item;
    unsigned char *out = loci_alloc_raw(p->size, 1);
    if (out == NULL)
        return LOCI_E_MEMORY;
    for (size_t i = 0; i < count; i++)
        for (size_t b = 0; b < item; b++)
            out[i * item + b] = p->bytes[b * count + i];
    memcpy(out + count * item, p->bytes + count * item, p->size - count * item);
    replace(p, out, p->size);
    return LOCI_OK;
}

static int undo_deflate(piece *p, size_t most) {
    uLongf size = most;
    unsigned char *out = loci_alloc_raw(most, 1);
    if (out == NULL)
        return LOCI_E_MEMORY;
    int result = uncompress(out, &size, p->bytes, p->size);
    replace(p, out, size);
    return result == Z_OK ? LOCI_OK : result == Z_MEM_ERROR ? LOCI_E_MEMORY : LOCI_E_FORMAT;
}

/* The last filter is undone first; those of the mask were left out. */
static int undo_filters(const filters *f, unsigned mask, piece *p, size_t size) {
    int status = LOCI_OK;
    for (int i = f->count - 1; i >= 0 && status == LOCI_OK; i--) {
        if ((mask >> i & 1) != 0)
            continue;
        status = f->of[i].kind == H5Z_FILTER_DEFLATE   ? undo_deflate(p, size + MOST_FILTERS * SUM)
                 : f->of[i].kind == H5Z_FILTER_SHUFFLE ? undo_shuffle(p, f->of[i].item)
                                                       : undo_sum(p);
    }
    return status == LOCI_OK && p->size != size ? LOCI_E_FORMAT : status;
}

/* ---- chunks ---- */

static bool has_value_to_fill(hid_t creation) {
    H5D_fill_value_t fill = H5D_FILL_VALUE_ERROR;
    return H5Pfill_value_defined(creation, &fill) < 0 || fill == H5D_FILL_VALUE_USER_DEFINED;
}

/* The chunk that begins with an item: *out has `size` bytes then. One that was never written is of
 * zeros, unless another value was to fill it. */
static int read_chunk(const wanted *w, const filters *f, uint64_t first, size_t size, piece *out) {
    hsize_t start[1] = {first}, stored = 0;
    haddr_t address = HADDR_UNDEF;
    unsigned mask = 0;
    if (H5Dget_chunk_info_by_coord(w->set->id, start, &mask, &address, &stored) < 0)
        return LOCI_E_FORMAT;
    bool written = address != HADDR_UNDEF;
    if (written ? stored == 0 || stored > w->heap->bytes : has_value_to_fill(w->creation))
        return LOCI_E_FORMAT;
    out->size = written ? (size_t)stored : size;
    out->bytes = written ? loci_alloc_raw(out->size, 1) : loci_alloc(size, 1);
    if (out->bytes == NULL)
        return LOCI_E_MEMORY;
    if (!written)
        return LOCI_OK;
    if (!loci_spike_heap_read(w->heap, address, out->bytes, out->size))
        return LOCI_E_FORMAT;
    return undo_filters(f, mask, out, size);
}

static int read_chunks(const wanted *w, uint64_t first, size_t count, unsigned char *out) {
    hsize_t chunk[1] = {0};
    filters f;
    if (!list_filters(&f, w->creation) || H5Pget_chunk(w->creation, 1, chunk) != 1 ||
        chunk[0] == 0 || chunk[0] > MOST_CHUNK / w->item)
        return LOCI_E_FORMAT;
    int status = LOCI_OK;
    for (size_t done = 0; done < count && status == LOCI_OK;) {
        size_t from = (size_t)((first + done) % chunk[0]), left = (size_t)chunk[0] - from;
        size_t taken = left < count - done ? left : count - done;
        piece p = {NULL, 0};
        status = read_chunk(w, &f, first + done - from, (size_t)chunk[0] * w->item, &p);
        if (status == LOCI_OK)
            memcpy(out + done * w->item, p.bytes + from * w->item, taken * w->item);
        free(p.bytes);
        done += taken;
    }
    return status;
}

/* ---- in one piece ---- */

/* Bytes of a data set that stand in its header. */
typedef struct compact {
    uint64_t first;
    size_t size;
    unsigned char *out;
    bool found;
} compact;

static void take_compact(void *context, unsigned kind, const unsigned char *bytes, size_t size) {
    compact *c = context;
    const size_t head = 4; /* version, class, how many bytes follow */
    if (kind != LOCI_SPIKE_LAYOUT || size < head || c->found)
        return;
    size_t there = loci_u16le(bytes + 2);
    c->found = there <= size - head && c->first <= there && c->size <= there - c->first;
    if (c->found)
        memcpy(c->out, bytes + head + c->first, c->size);
}

static int read_compact(const wanted *w, uint64_t first, size_t count, unsigned char *out) {
    compact c = {.first = first * w->item, .size = count * w->item, .out = out};
    int status = loci_spike_header_visit(w->heap, w->set->header, take_compact, &c);
    return status == LOCI_OK && !c.found ? LOCI_E_FORMAT : status;
}

static int read_contiguous(const wanted *w, uint64_t first, size_t count, unsigned char *out) {
    haddr_t address = H5Dget_offset(w->set->id);
    return address != HADDR_UNDEF && H5Dget_storage_size(w->set->id) / w->item >= first + count &&
                   loci_spike_heap_read(w->heap, address + first * w->item, out, count * w->item)
               ? LOCI_OK
               : LOCI_E_FORMAT;
}

int loci_spike_items_read(const loci_spike_heap *heap, const loci_spike_set *set, uint64_t first,
                          size_t count, size_t item, unsigned char *out) {
    const wanted w = {heap, set, H5Dget_create_plist(set->id), item};
    H5D_layout_t layout = w.creation >= 0 ? H5Pget_layout(w.creation) : H5D_LAYOUT_ERROR;
    int status = layout == H5D_CONTIGUOUS ? read_contiguous(&w, first, count, out)
                 : layout == H5D_COMPACT  ? read_compact(&w, first, count, out)
                 : layout == H5D_CHUNKED  ? read_chunks(&w, first, count, out)
                                          : LOCI_E_FORMAT;
    if (w.creation >= 0)
        H5Pclose(w.creation);
    return status;
}
