#include "data/spike_message.h"

#include <stdint.h>
#include <string.h>

#include "base/file.h"

/* Where numbers are; what else there is lies in other files. */
enum { COMPACT = 0, CONTIGUOUS = 1, CHUNKED = 2 };
/* Classes of types, and the bytes that each has behind size and bits of its class. */
enum { INTEGER = 0, FRACTION = 1, TEXT = 3, LIST = 9, TYPE_HEAD = 8 };

/* Sides of `width` bytes each: none may be 0. */
static bool has_sides(const unsigned char *bytes, size_t size, size_t count, size_t width) {
    if (count == 0 || width == 0 || size / width < count)
        return false;
    for (size_t i = 0; i < count; i++, bytes += width) {
        bool any = false;
        for (size_t k = 0; k < width; k++)
            any |= bytes[k] != 0;
        if (!any)
            return false;
    }
    return true;
}

static bool is_layout(const unsigned char *bytes, size_t size) {
    if (size < 2 || (bytes[0] != 3 && bytes[0] != 4) || bytes[1] > CHUNKED)
        return false;
    if (bytes[1] == COMPACT)
        return size >= 4 && loci_u16le(bytes + 2) <= size - 4;
    if (bytes[1] != CHUNKED)
        return size >= 2 + 16;
    if (bytes[0] == 3) /* how many sides, an address, the sides */
        return size > 11 && has_sides(bytes + 11, size - 11, bytes[2], 4);
    return size > 5 && has_sides(bytes + 5, size - 5, bytes[3], bytes[4]);
}

/* Compounds and the like hold names, and types within types: nothing here is of them. */
static bool is_type(const unsigned char *bytes, size_t size) {
    if (size < TYPE_HEAD)
        return false;
    switch (bytes[0] & 15) {
    case INTEGER:
        return size >= TYPE_HEAD + 4;
    case FRACTION:
        return size >= TYPE_HEAD + 12;
    case TEXT:
        return true;
    case LIST:
        return size >= 2 * TYPE_HEAD && (bytes[TYPE_HEAD] & 15) != LIST &&
               is_type(bytes + TYPE_HEAD, size - TYPE_HEAD);
    default:
        return false;
    }
}

/* A number of bytes at a place, and so many behind it. */
static bool holds(const unsigned char *bytes, size_t size, size_t at) {
    return size >= at + 4 && loci_u32le(bytes + at) <= size - at - 4;
}

static bool is_fill(const unsigned char *bytes, size_t size) {
    if (size < 2)
        return false;
    if (bytes[0] == 3)
        return (bytes[1] & 0x20) == 0 || holds(bytes, size, 2);
    return bytes[0] <= 2 && size >= 4 &&
           ((bytes[0] == 2 && bytes[3] == 0) || holds(bytes, size, 4));
}

/* Filters one after another: what it is, the length of its name, flags, how many values; its name,
 * which ends within its length, and the values. The second version names few. */
static bool is_filters(const unsigned char *bytes, size_t size) {
    if (size < 2 || bytes[0] < 1 || bytes[0] > 2)
        return false;
    bool first = bytes[0] == 1;
    size_t count = bytes[1], at = first ? 8 : 2;
    for (size_t i = 0; i < count; i++) {
        if (size < at + 6)
            return false;
        bool named = first || loci_u16le(bytes + at) >= 256;
        size_t name = named ? loci_u16le(bytes + at + 2) : 0, head = named ? 8 : 6;
        if (size < at + head)
            return false;
        size_t values = loci_u16le(bytes + at + head - 2);
        at += head;
        if (name > size - at || (name > 0 && memchr(bytes + at, '\0', name) == NULL))
            return false;
        at += first ? (name + 7) / 8 * 8 : name;
        at += 4 * (first ? (values + 1) / 2 * 2 : values);
        if (at > size)
            return false;
    }
    return true;
}

/* How many links there may be, where those are that have no room in the header, and how to find
 * these: nowhere. */
static bool is_links(const unsigned char *bytes, size_t size) {
    size_t at = 2 + (size >= 2 && (bytes[1] & 1) != 0 ? 8 : 0);
    return size >= at + 8 && loci_u64le(bytes + at) == UINT64_MAX;
}

bool loci_spike_message_is_sound(unsigned kind, const unsigned char *bytes, size_t size) {
    switch (kind) {
    case LOCI_SPIKE_TYPE:
        return is_type(bytes, size);
    case LOCI_SPIKE_OLD_FILL:
        return holds(bytes, size, 0);
    case LOCI_SPIKE_FILL:
        return is_fill(bytes, size);
    case LOCI_SPIKE_LAYOUT:
        return is_layout(bytes, size);
    case LOCI_SPIKE_FILTERS:
        return is_filters(bytes, size);
    case LOCI_SPIKE_LINKS:
        return is_links(bytes, size);
    case LOCI_SPIKE_CONTINUED:
    case LOCI_SPIKE_TABLE:
        return size >= 16;
    default:
        return kind != LOCI_SPIKE_EXTERNAL;
    }
}
