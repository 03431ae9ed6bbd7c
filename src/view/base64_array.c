/* Numbers as text. */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "view/payload.h"

static const struct {
    const char *name;
    size_t size; /* bytes of a number */
} types[] = {
    [LOCI_VIEW_F32] = {"f32", 4}, [LOCI_VIEW_U16] = {"u16", 2}, [LOCI_VIEW_U8] = {"u8", 1}};

/* The numbers' bytes, the lowest first whatever this machine does; NULL when memory is short. */
static unsigned char *little_endian(const void *values, size_t count, size_t size) {
    unsigned char *bytes = loci_alloc(count, size);
    if (bytes == NULL)
        return NULL;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    memcpy(bytes, values, count * size);
#else
    for (size_t i = 0; i < count; i++)
        for (size_t b = 0; b < size; b++)
            bytes[i * size + b] = ((const unsigned char *)values)[i * size + size - 1 - b];
#endif
    return bytes;
}

/* Bytes at a time: EVP_EncodeBlock() counts in int, and a multiple of 3 needs no padding within. */
enum { BLOCK = 3 << 20 };

static json_t *base64(const unsigned char *bytes, size_t size) {
    size_t room = (size + 2) / 3 * 4 + 1, length = 0;
    unsigned char *text = malloc(room);
    if (text == NULL)
        return NULL;
    for (size_t at = 0; at < size; at += BLOCK) {
        size_t part = size - at < BLOCK ? size - at : BLOCK;
        length += (size_t)EVP_EncodeBlock(text + length, bytes + at, (int)part);
    }
    json_t *string = json_stringn((const char *)text, length);
    free(text);
    return string;
}

json_t *loci_view_counts(const size_t *values, size_t count) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        if (json_array_append_new(list, json_integer((json_int_t)values[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

json_t *loci_view_array(loci_view_type type, const void *values, uint32_t rank,
                        const size_t *shape) {
    if (values == NULL)
        return json_null();
    size_t count = 1;
    for (uint32_t d = 0; d < rank; d++)
        count *= shape[d];
    unsigned char *bytes = little_endian(values, count, types[type].size);
    json_t *data = bytes != NULL ? base64(bytes, count * types[type].size) : NULL;
    free(bytes);
    return json_pack("{s:s, s:o, s:o}", "type", types[type].name, "shape",
                     loci_view_counts(shape, rank), "data", data);
}
