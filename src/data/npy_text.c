#include "data/npy_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/npy.h"

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

int loci_npy_text(const unsigned char *bytes, size_t size, const char *where, char **out,
                  loci_error *error) {
    loci_npy npy;
    int status = loci_npy_header(bytes, size, where, &npy, error);
    if (status != LOCI_OK)
        return status;
    if (npy.kind != 'U' || npy.count != 1)
        return loci_fail(error, LOCI_E_FORMAT, where, "is not one text; save numpy.array('...')");
    size_t characters = npy.item / 4, used = 0;
    const unsigned char *from = bytes + npy.offset;
    while (characters > 0 && character_at(from + 4 * (characters - 1), npy.swapped) == 0)
        characters--;
    char *text = malloc(4 * characters + 1);
    if (text == NULL)
        return loci_fail_memory(error, where);
    for (size_t i = 0; i < characters; i++) {
        uint32_t character = character_at(from + 4 * i, npy.swapped);
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
