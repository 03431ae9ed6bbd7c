/* Little of Exif is read: of the first directory the one entry. What does not hold together says
 * nothing; a picture is none the worse for it. */
#include "data/orientation.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/error.h"
#include "base/memory.h"

/* ---- what is noted ---- */

/* A piece of the file, its numbers in either order of bytes. */
typedef struct piece {
    const unsigned char *bytes;
    size_t size;
    bool little;
} piece;

/* Two bytes at a place that is there. */
static unsigned word(const piece *p, size_t at) {
    unsigned first = p->bytes[at], second = p->bytes[at + 1];
    return p->little ? second << 8 | first : first << 8 | second;
}

static uint32_t long_word(const piece *p, size_t at) {
    uint32_t first = word(p, at), second = word(p, at + 2);
    return p->little ? second << 16 | first : first << 16 | second;
}

/* A TIFF: its order of bytes, where its directory is, and in that entries of 12 bytes. */
static int of_tiff(const unsigned char *bytes, size_t size) {
    enum { TAG = 0x0112, SHORT = 3, ENTRY = 12 };
    piece tiff = {bytes, size, false};
    if (size < 8)
        return 1;
    tiff.little = bytes[0] == 'I' && bytes[1] == 'I';
    if ((!tiff.little && (bytes[0] != 'M' || bytes[1] != 'M')) || word(&tiff, 2) != 42)
        return 1;
    size_t at = long_word(&tiff, 4);
    if (at > size - 2)
        return 1;
    size_t entries = word(&tiff, at), most = (size - at - 2) / ENTRY;
    for (size_t i = 0; i < entries && i < most; i++) {
        size_t entry = at + 2 + i * ENTRY;
        if (word(&tiff, entry) != TAG)
            continue;
        unsigned value = word(&tiff, entry + 8);
        bool sound = word(&tiff, entry + 2) == SHORT && long_word(&tiff, entry + 4) == 1;
        return sound && value >= 1 && value <= 8 ? (int)value : 1;
    }
    return 1;
}

/* Segments up to the picture itself: a marker, and of most a length that counts itself. */
static int of_jpeg(const unsigned char *bytes, size_t size) {
    static const char name[6] = "Exif\0";
    const piece file = {bytes, size, false};
    for (size_t at = 2; at + 4 <= size && bytes[at] == 0xff;) {
        unsigned marker = bytes[at + 1];
        if (marker == 0xff) { /* filling */
            at++;
            continue;
        }
        size_t length = word(&file, at + 2);
        bool bare = marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8);
        if (bare) {
            at += 2;
            continue;
        }
        if (marker == 0xd9 || marker == 0xda || length < 2 || length > size - at - 2)
            return 1;
        const unsigned char *content = bytes + at + 4;
        if (marker == 0xe1 && length - 2 >= sizeof name && memcmp(content, name, sizeof name) == 0)
            return of_tiff(content + sizeof name, length - 2 - sizeof name);
        at += 2 + length;
    }
    return 1;
}

/* Chunks: a length, a name, so many bytes, and their check sum. */
static int of_png(const unsigned char *bytes, size_t size) {
    const piece file = {bytes, size, false};
    for (size_t at = 8; size - at >= 12;) {
        size_t length = long_word(&file, at);
        if (length > size - at - 12)
            return 1;
        if (memcmp(bytes + at + 4, "eXIf", 4) == 0) {
            uint32_t sum = (uint32_t)crc32(0, bytes + at + 4, (unsigned)length + 4);
            return sum == long_word(&file, at + 8 + length) ? of_tiff(bytes + at + 8, length) : 1;
        }
        at += 12 + length;
    }
    return 1;
}

int loci_orientation_of(const unsigned char *bytes, size_t size) {
    if (loci_png_begins(bytes, size))
        return of_png(bytes, size);
    return loci_jpeg_begins(bytes, size) ? of_jpeg(bytes, size) : 1;
}

/* ---- turning ---- */

int loci_orientation_turn(loci_picture *p, int orientation, const char *where, loci_error *error) {
    if (orientation == 1)
        return LOCI_OK;
    bool exchanged = orientation >= 5;
    bool bottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    bool right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    size_t pixel = p->deep ? 8 : 4;
    uint32_t rows = exchanged ? p->columns : p->rows, columns = exchanged ? p->rows : p->columns;
    unsigned char *to = loci_alloc_raw((size_t)rows * columns, pixel);
    if (to == NULL)
        return loci_fail_memory(error, where);
    for (size_t i = 0; i < (size_t)rows * columns; i++) {
        size_t y = exchanged ? i % columns : i / columns, x = exchanged ? i / columns : i % columns;
        size_t from_y = bottom ? p->rows - 1 - y : y, from_x = right ? p->columns - 1 - x : x;
        memcpy(to + i * pixel,
               (const unsigned char *)p->pixels + (from_y * p->columns + from_x) * pixel, pixel);
    }
    free(p->pixels);
    p->pixels = to;
    p->rows = rows;
    p->columns = columns;
    return LOCI_OK;
}
