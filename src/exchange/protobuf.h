/* Writing protocol buffers (protobuf.dev/programming-guides/encoding), as far as ONNX needs it. */
#ifndef LOCI_EXCHANGE_PROTOBUF_H
#define LOCI_EXCHANGE_PROTOBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A message under way. Start with zeros; free() the bytes. Once memory was short, `lost` is set and
 * nothing more is written. */
typedef struct loci_protobuf {
    unsigned char *bytes;
    size_t size, room;
    bool lost;
} loci_protobuf;

void loci_protobuf_number(loci_protobuf *p, uint32_t field, uint64_t value);
void loci_protobuf_text(loci_protobuf *p, uint32_t field, const char *text);

/* A message inside another: what is written between begin and end, which takes what begin returned,
 * is in it. */
size_t loci_protobuf_begin(loci_protobuf *p, uint32_t field);
void loci_protobuf_end(loci_protobuf *p, size_t begin);

/* A field of `size` bytes, to be filled by the caller at once; NULL when memory was short. */
unsigned char *loci_protobuf_room(loci_protobuf *p, uint32_t field, size_t size);

#endif
