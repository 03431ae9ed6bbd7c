#include "data/npy.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

/* The header's text, read from the left. It is a dictionary in Python's spelling with three keys.
 */
typedef struct loci_cursor {
    const char *at, *end;
} loci_cursor;

static void skip_space(loci_cursor *cursor) {
    while (cursor->at < cursor->end && (*cursor->at == ' ' || *cursor->at == '\n'))
        cursor->at++;
}

static bool take(loci_cursor *cursor, char wanted) {
    skip_space(cursor);
    if (cursor->at == cursor->end || *cursor->at != wanted)
        return false;
    cursor->at++;
    return true;
}

static bool take_word(loci_cursor *cursor, const char *word) {
    size_t length = strlen(word);
    skip_space(cursor);
    if ((size_t)(cursor->end - cursor->at) < length || memcmp(cursor->at, word, length) != 0)
        return false;
    cursor->at += length;
    return true;
}

/* A quoted text of up to size - 1 characters, without escapes. */
static bool take_text(loci_cursor *cursor, char *out, size_t size) {
    skip_space(cursor);
    if (cursor->at == cursor->end || (*cursor->at != '\'' && *cursor->at != '"'))
        return false;
    char quote = *cursor->at++;
    size_t length = 0;
    while (cursor->at < cursor->end && *cursor->at != quote && length + 1 < size)
        out[length++] = *cursor->at++;
    out[length] = '\0';
    return take(cursor, quote);
}

static bool take_size(loci_cursor *cursor, size_t *out) {
    skip_space(cursor);
    const char *start = cursor->at;
    size_t value = 0;
    for (; cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9'; cursor->at++)
        if (__builtin_mul_overflow(value, (size_t)10, &value) ||
            __builtin_add_overflow(value, (size_t)(*cursor->at - '0'), &value))
            return false;
    *out = value;
    return cursor->at > start;
}

/* "(3, 4)", "(3,)" or "()". */
static bool take_shape(loci_cursor *cursor, loci_npy *npy) {
    if (!take(cursor, '('))
        return false;
    for (npy->rank = 0; !take(cursor, ')'); npy->rank++) {
        if (npy->rank == LOCI_NPZ_MAX_RANK || !take_size(cursor, &npy->shape[npy->rank]))
            return false;
        if (!take(cursor, ',')) {
            npy->rank++;
            return npy->rank > 1 && take(cursor, ')'); /* "(3)" is a number, not a shape */
        }
    }
    return true;
}

/* "U5" or "S5": so many characters of 4 bytes, or bytes. */
static bool take_text_type(const char *type, loci_npy *npy) {
    enum { MOST_CHARACTERS = 99999999 };
    size_t characters;
    loci_cursor number = {type + 1, type + strlen(type)};
    if ((type[0] != 'U' && type[0] != 'S') || !take_size(&number, &characters) ||
        number.at != number.end || characters > MOST_CHARACTERS)
        return false;
    npy->kind = type[0];
    npy->item = (type[0] == 'U' ? 4 : 1) * (uint32_t)characters;
    return true;
}

static bool take_dtype(const char *descr, loci_npy *npy) {
    static const char *const known[] = {"b1", "u1", "u2", "u4", "u8", "i1",
                                        "i2", "i4", "i8", "f2", "f4", "f8"};
    const int big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    if (descr[0] == '\0' || strchr("<>|=", descr[0]) == NULL)
        return false;
    npy->swapped = descr[0] == (big ? '<' : '>');
    if (take_text_type(descr + 1, npy))
        return true;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(descr + 1, known[i]) == 0) {
            npy->kind = descr[1];
            npy->item = (uint32_t)(descr[2] - '0');
            npy->swapped &= npy->item > 1;
            return npy->item == 1 || descr[0] != '|';
        }
    return false;
}

/* What cannot be read, and how to save it instead. descr: NULL of structures. */
static int fail_dtype(const char *descr, const char *where, loci_error *error) {
    char kind = descr != NULL && descr[0] != '\0' ? descr[1] : '\0';
    if (kind == 'O')
        return loci_fail(error, LOCI_E_FORMAT, where,
                         "an array of objects, which only Python's pickle can read; save texts by "
                         "array.astype(str), numbers by array.astype(float)");
    if (kind == 'M' || kind == 'm')
        return loci_fail(error, LOCI_E_FORMAT, where,
                         "dates or times; save numbers, by array.astype('int64') or a difference");
    return loci_fail(error, LOCI_E_FORMAT, where,
                     "items of a type that is not read: %s; numbers (bool, integers, float16 to "
                     "float64) and texts (U, S) are",
                     descr != NULL ? LOCI_SHOWN(24, descr) : "structures");
}

static int parse_dictionary(loci_cursor *cursor, const char *where, loci_npy *npy,
                            loci_error *error) {
    enum { DESCR = 1, ORDER = 2, SHAPE = 4 };
    int seen = 0;
    if (!take(cursor, '{'))
        return loci_fail(error, LOCI_E_FORMAT, where, "the .npy header is no dictionary");
    while (!take(cursor, '}')) {
        char key[32], descr[32];
        int found;
        if (!take_text(cursor, key, sizeof key) || !take(cursor, ':'))
            return loci_fail(error, LOCI_E_FORMAT, where, "the .npy header is damaged");
        if (strcmp(key, "descr") == 0) {
            found = DESCR;
            bool text = take_text(cursor, descr, sizeof descr);
            if (!text || !take_dtype(descr, npy))
                return fail_dtype(text ? descr : NULL, where, error);
        } else if (strcmp(key, "fortran_order") == 0) {
            found = ORDER;
            npy->fortran = take_word(cursor, "True");
            if (!npy->fortran && !take_word(cursor, "False"))
                return loci_fail(error, LOCI_E_FORMAT, where, "the .npy header is damaged");
        } else if (strcmp(key, "shape") == 0) {
            found = SHAPE;
            if (!take_shape(cursor, npy))
                return loci_fail(error, LOCI_E_FORMAT, where,
                                 "a shape that is damaged or has more than %d dimensions",
                                 LOCI_NPZ_MAX_RANK);
        } else
            return loci_fail(error, LOCI_E_FORMAT, where, "unknown key '%s' in the .npy header",
                             key);
        if (seen & found)
            return loci_fail(error, LOCI_E_FORMAT, where, "'%s' twice in the .npy header", key);
        seen |= found;
        if (!take(cursor, ',')) {
            if (!take(cursor, '}'))
                return loci_fail(error, LOCI_E_FORMAT, where, "the .npy header is damaged");
            break;
        }
    }
    skip_space(cursor);
    if (seen != (DESCR | ORDER | SHAPE) || cursor->at != cursor->end)
        return loci_fail(error, LOCI_E_FORMAT, where, "the .npy header is damaged");
    return LOCI_OK;
}

int loci_npy_header(const unsigned char *bytes, size_t size, const char *where, loci_npy *out,
                    loci_error *error) {
    if (size < 10 || memcmp(bytes, "\x93NUMPY", 6) != 0)
        return loci_fail(error, LOCI_E_FORMAT, where, "not a .npy array");
    if (bytes[6] < 1 || bytes[6] > 3)
        return loci_fail(error, LOCI_E_FORMAT, where, ".npy version %u; 1 to 3 are read", bytes[6]);
    /* version 1 has a length of 2 bytes, later ones of 4 */
    size_t start = bytes[6] == 1 ? 10 : 12;
    size_t length = loci_u16le(bytes + 8);
    if (bytes[6] > 1 && size >= start)
        length = loci_u32le(bytes + 8);
    if (size < start || length > size - start)
        return loci_fail(error, LOCI_E_FORMAT, where, "cut short in the .npy header");

    loci_npy npy = {.offset = start + length, .count = 1};
    for (int r = 0; r < LOCI_NPZ_MAX_RANK; r++)
        npy.shape[r] = 1;
    loci_cursor cursor = {(const char *)bytes + start, (const char *)bytes + start + length};
    int status = parse_dictionary(&cursor, where, &npy, error);
    if (status != LOCI_OK)
        return status;
    size_t claimed = npy.item;
    for (uint32_t r = 0; r < npy.rank; r++) {
        if (__builtin_mul_overflow(claimed, npy.shape[r], &claimed))
            return loci_fail(error, LOCI_E_FORMAT, where, "a shape that overflows");
        npy.stride[r] = npy.count;
        npy.count *= npy.shape[r];
    }
    if (claimed != size - npy.offset)
        return loci_fail(error, LOCI_E_FORMAT, where,
                         "the header claims %zu bytes of items, %zu are there", claimed,
                         size - npy.offset);
    *out = npy;
    return LOCI_OK;
}

int loci_npy_parse(const unsigned char *bytes, size_t size, const char *where, loci_npy *out,
                   loci_error *error) {
    loci_npy npy;
    int status = loci_npy_header(bytes, size, where, &npy, error);
    if (status != LOCI_OK)
        return status;
    if (npy.kind == 'U' || npy.kind == 'S')
        return loci_fail(error, LOCI_E_FORMAT, where, "a text where numbers are wanted");
    *out = npy;
    return LOCI_OK;
}

size_t loci_npy_place(const loci_npy *npy, size_t i) {
    size_t place = 0;
    if (!npy->fortran)
        return npy->offset + i * npy->item;
    for (uint32_t r = npy->rank; r-- > 0; i /= npy->shape[r])
        place += i % npy->shape[r] * npy->stride[r];
    return npy->offset + place * npy->item;
}

/* Copies one item, turning its bytes around where needed. */
static void fetch_item(const loci_npy *npy, const unsigned char *bytes, size_t i,
                       unsigned char *out) {
    const unsigned char *from = bytes + loci_npy_place(npy, i);
    for (uint32_t b = 0; b < npy->item; b++)
        out[b] = from[npy->swapped ? npy->item - 1 - b : b];
}

void loci_npy_items(const loci_npy *npy, const unsigned char *bytes, void *out) {
    if (!npy->swapped && !npy->fortran)
        memcpy(out, bytes + npy->offset, npy->count * npy->item);
    else
        for (size_t i = 0; i < npy->count; i++)
            fetch_item(npy, bytes, i, (unsigned char *)out + i * npy->item);
}

/* A number of IEEE 754's half precision. */
static double from_half(uint16_t half) {
    uint32_t exponent = half >> 10 & 31, fraction = half & 1023;
    uint32_t bits = (exponent == 31 ? 255 : exponent + 112) << 23 | fraction << 13;
    float magnitude;
    memcpy(&magnitude, &bits, sizeof magnitude);
    if (exponent == 0)
        magnitude = (float)fraction * 0x1p-24f;
    return half >> 15 ? -(double)magnitude : (double)magnitude;
}

double loci_npy_number(const loci_npy *npy, const unsigned char *bytes, size_t i) {
    union {
        unsigned char raw[8];
        uint8_t u1;
        uint16_t u2;
        uint32_t u4;
        uint64_t u8;
        int8_t i1;
        int16_t i2;
        int32_t i4;
        int64_t i8;
        float f4;
        double f8;
    } item;
    fetch_item(npy, bytes, i, item.raw);
    switch (npy->kind) {
    case 'b':
        return item.u1 != 0;
    case 'u':
        return npy->item == 1   ? item.u1
               : npy->item == 2 ? item.u2
               : npy->item == 4 ? item.u4
                                : (double)item.u8;
    case 'i':
        return npy->item == 1   ? item.i1
               : npy->item == 2 ? item.i2
               : npy->item == 4 ? item.i4
                                : (double)item.i8;
    default:
        return npy->item == 2 ? from_half(item.u2) : npy->item == 4 ? (double)item.f4 : item.f8;
    }
}
