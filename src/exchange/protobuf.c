#include "exchange/protobuf.h"

#include <stdlib.h>
#include <string.h>

enum { VARINT = 0, LENGTH = 2, LONGEST = 10 };

/* Room for `size` more bytes, NULL when memory is short. */
static unsigned char *extend(loci_protobuf *p, size_t size) {
    if (!p->lost && size > p->room - p->size) {
        size_t room = p->size + size > 2 * p->room ? p->size + size : 2 * p->room;
        unsigned char *bytes = room < size ? NULL : realloc(p->bytes, room);
        p->lost = bytes == NULL;
        if (bytes != NULL) {
            p->bytes = bytes;
            p->room = room;
        }
    }
    if (p->lost)
        return NULL;
    p->size += size;
    return p->bytes + p->size - size;
}

/* Seven bits a byte, the lowest first; the top bit says that more follow. Returns how many bytes.
 */
static size_t varint(uint64_t value, unsigned char out[LONGEST]) {
    size_t used = 0;
    do {
        out[used++] = (unsigned char)((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
        value >>= 7;
    } while (value > 0);
    return used;
}

static void put_varint(loci_protobuf *p, uint64_t value) {
    unsigned char digits[LONGEST];
    size_t used = varint(value, digits);
    unsigned char *to = extend(p, used);
    if (to != NULL)
        memcpy(to, digits, used);
}

static void put_key(loci_protobuf *p, uint32_t field, unsigned type) {
    put_varint(p, (uint64_t)field << 3 | type);
}

void loci_protobuf_number(loci_protobuf *p, uint32_t field, uint64_t value) {
    put_key(p, field, VARINT);
    put_varint(p, value);
}

unsigned char *loci_protobuf_room(loci_protobuf *p, uint32_t field, size_t size) {
    put_key(p, field, LENGTH);
    put_varint(p, size);
    return extend(p, size);
}

static void put_bytes(loci_protobuf *p, uint32_t field, const void *bytes, size_t size) {
    unsigned char *to = loci_protobuf_room(p, field, size);
    if (to != NULL && size > 0)
        memcpy(to, bytes, size);
}

void loci_protobuf_text(loci_protobuf *p, uint32_t field, const char *text) {
    put_bytes(p, field, text, strlen(text));
}

size_t loci_protobuf_begin(loci_protobuf *p, uint32_t field) {
    put_key(p, field, LENGTH);
    return p->size;
}

/* The length stands before the content, and how many bytes it takes is only known now. */
void loci_protobuf_end(loci_protobuf *p, size_t begin) {
    unsigned char digits[LONGEST];
    size_t length = p->size - begin, used = varint(length, digits);
    if (extend(p, used) == NULL)
        return;
    memmove(p->bytes + begin + used, p->bytes + begin, length);
    memcpy(p->bytes + begin, digits, used);
}
