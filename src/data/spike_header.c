#include "data/spike_header.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "data/spike_message.h"

/* Pieces of a header and bytes of one: more than any data set here has. */
enum { MOST_PIECES = 64, MOST_BYTES = 1 << 20 };

typedef struct piece {
    uint64_t address, size;
} piece;

/* A header as it is read; of the second version messages are told in other words. */
typedef struct header {
    bool second, ordered; /* ordered: messages have a number each */
    bool lost;            /* memory was short */
    piece pieces[MOST_PIECES];
    size_t count;
    void (*visit)(void *context, unsigned kind, const unsigned char *bytes, size_t size);
    void *context;
} header;

/* False: the object is not to be opened. What is shared lies elsewhere, where it is not looked at.
 */
static bool take(header *h, unsigned kind, bool shared, const unsigned char *bytes, size_t size) {
    if (shared || !loci_spike_message_is_sound(kind, bytes, size))
        return false;
    if (h->visit != NULL)
        h->visit(h->context, kind, bytes, size);
    if (kind != LOCI_SPIKE_CONTINUED)
        return true;
    if (h->count == MOST_PIECES)
        return false;
    h->pieces[h->count++] = (piece){loci_u64le(bytes), loci_u64le(bytes + 8)};
    return true;
}

static bool take_messages(header *h, const unsigned char *bytes, size_t size) {
    size_t head = !h->second ? 8 : h->ordered ? 6 : 4;
    while (size >= head) {
        unsigned kind = h->second ? bytes[0] : loci_u16le(bytes);
        size_t length = loci_u16le(bytes + (h->second ? 1 : 2));
        bool shared = (bytes[h->second ? 3 : 4] & 2) != 0;
        if (length > size - head || !take(h, kind, shared, bytes + head, length))
            return false;
        bytes += head + length;
        size -= head + length;
    }
    return true;
}

/* Of a piece that goes on with a header; of the second version it has a mark and a check sum. */
static bool take_piece(header *h, const loci_spike_heap *heap, piece at, bool first) {
    size_t frame = h->second && !first ? 4 : 0; /* either */
    if (at.size > MOST_BYTES || at.size < 2 * frame)
        return false;
    unsigned char *bytes = loci_alloc_raw(at.size, 1);
    h->lost = bytes == NULL;
    bool sound = bytes != NULL && loci_spike_heap_read(heap, at.address, bytes, at.size) &&
                 take_messages(h, bytes + frame, at.size - 2 * frame);
    free(bytes);
    return sound;
}

/* The first piece, behind what stands before its messages. */
static bool open_header(header *h, const loci_spike_heap *heap, uint64_t address) {
    unsigned char bytes[16];
    h->count = 1;
    if (!loci_spike_heap_read(heap, address, bytes, sizeof bytes))
        return false;
    if (bytes[0] == 1) {
        h->pieces[0] = (piece){address + 16, loci_u32le(bytes + 8)};
        return true;
    }
    if (memcmp(bytes, "OHDR\2", 5) != 0)
        return false;
    unsigned flags = bytes[5], width = 1u << (flags & 3);
    uint64_t at = address + 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0);
    if (!loci_spike_heap_read(heap, at, bytes, width))
        return false;
    h->second = true;
    h->ordered = (flags & 4) != 0;
    h->pieces[0] = (piece){at + width, loci_ule(bytes, width)};
    return true;
}

int loci_spike_header_visit(const loci_spike_heap *heap, uint64_t address,
                            void (*visit)(void *context, unsigned kind, const unsigned char *bytes,
                                          size_t size),
                            void *context) {
    header h = {.visit = visit, .context = context};
    bool sound = open_header(&h, heap, address);
    for (size_t i = 0; i < h.count && sound; i++)
        sound = take_piece(&h, heap, h.pieces[i], i == 0);
    return h.lost ? LOCI_E_MEMORY : sound ? LOCI_OK : LOCI_E_FORMAT;
}
