#include "data/npy_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"

/* Appends a character as UTF-8; how many bytes. */
static size_t encode(uint32_t character, char *to) {
    static const uint32_t limits[] = {0x80, 0x800, 0x10000};
    static const unsigned char lead[] = {0, 0xc0, 0xe0, 0xf0};
    size_t more = 0;
    while (more < 3 && character >= limits[more])
        more++;
    for (size_t i = more; i > 0; i--, character >>= 6)
        to[i] = (char)(0x80 | (character & 0x3f));
    to[0] = (char)(lead[more] | character);
    return more + 1;
}

static uint32_t character_at(const unsigned char *p, int swapped) {
    uint32_t native;
    memcpy(&native, p, sizeof native);
    return swapped ? __builtin_bswap32(native) : native;
}

/* Four bytes a character, as UTF-8. */
static int decode(const unsigned char *from, size_t characters, int swapped, const char *where,
                  char **out, loci_error *error) {
    size_t used = 0;
    while (characters > 0 && character_at(from + 4 * (characters - 1), swapped) == 0)
        characters--;
    char *text = malloc(4 * characters + 1);
    if (text == NULL)
        return loci_fail_memory(error, where);
    for (size_t i = 0; i < characters; i++) {
        uint32_t character = character_at(from + 4 * i, swapped);
        if (character == 0 || character > 0x10ffff || (character >= 0xd800 && character < 0xe000)) {
            free(text);
            return loci_fail(error, LOCI_E_FORMAT, where, "holds what is no character");
        }
        used += encode(character, text + used);
    }
    text[used] = '\0';
    *out = text;
    return LOCI_OK;
}

/* Bytes, which must be UTF-8. */
static int copy_bytes(const unsigned char *from, size_t size, const char *where, char **out,
                      loci_error *error) {
    while (size > 0 && from[size - 1] == 0)
        size--;
    char *text = malloc(size + 1);
    if (text == NULL)
        return loci_fail_memory(error, where);
    if (size > 0)
        memcpy(text, from, size);
    text[size] = '\0';
    if (strlen(text) < size || !loci_is_utf8(text)) {
        free(text);
        return loci_fail(error, LOCI_E_FORMAT, where,
                         "holds bytes that are not UTF-8; save texts by array.astype(str)");
    }
    *out = text;
    return LOCI_OK;
}

int loci_npy_text_item(const loci_npy *npy, const unsigned char *bytes, size_t i, const char *where,
                       char **out, loci_error *error) {
    const unsigned char *from = bytes + loci_npy_place(npy, i);
    return npy->kind == 'U' ? decode(from, npy->item / 4, npy->swapped, where, out, error)
                            : copy_bytes(from, npy->item, where, out, error);
}

int loci_npy_text(const unsigned char *bytes, size_t size, const char *where, char **out,
                  loci_error *error) {
    loci_npy npy;
    int status = loci_npy_header(bytes, size, where, &npy, error);
    if (status != LOCI_OK)
        return status;
    if (npy.kind != 'U' || npy.count != 1)
        return loci_fail(error, LOCI_E_FORMAT, where, "is not one text; save numpy.array('...')");
    return loci_npy_text_item(&npy, bytes, 0, where, out, error);
}

unsigned char *loci_npy_from_text(const char *text, size_t *characters) {
    size_t used = 0;
    unsigned char *items = loci_alloc(strlen(text) + 1, 4);
    if (items == NULL)
        return NULL;
    while (*text != '\0') {
        uint32_t character = '?';
        size_t length = loci_character(text, &character);
        text += length > 0 ? length : 1;
        for (int b = 0; b < 4; b++)
            items[4 * used + (size_t)b] = (unsigned char)(character >> (8 * b));
        used++;
    }
    *characters = used > 0 ? used : 1;
    return items;
}
