/* The directory of a zip archive is at its end: a record says where it begins, and how many entries
 * it has; in archives beyond 4 GB a second one does. Each entry says where the member's own header
 * is, behind which its bytes follow. Numbers are little-endian. */
#include "data/zip_place.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

enum {
    END = 22,        /* bytes of the last record, without its comment */
    COMMENT = 65535, /* and the most of that */
    LOCATOR = 20,    /* before it in archives beyond 4 GB: where the second record is, */
    END_64 = 56,     /* which has so many bytes */
    ENTRY = 46,      /* of the directory, before name, extra and comment */
    HEADER = 30,     /* of a member, before name and extra */
    MOST_ENTRIES = 1 << 16,
};

static bool read_at(int file, uint64_t at, void *out, size_t size) {
    return pread(file, out, size, (off_t)at) == (ssize_t)size;
}

static bool is(const unsigned char *p, const char mark[2]) {
    return p[0] == 'P' && p[1] == 'K' && p[2] == (unsigned char)mark[0] &&
           p[3] == (unsigned char)mark[1];
}

/* Where the directory begins, and how many entries it has. */
static bool find_directory(int file, uint64_t whole, uint64_t *at, uint64_t *entries) {
    size_t size = whole < END + COMMENT ? (size_t)whole : END + COMMENT, end;
    unsigned char *tail = malloc(size + 1), far[LOCATOR], record[END_64];
    bool found = tail != NULL && size >= END && read_at(file, whole - size, tail, size);
    for (end = size; found && end >= END; end--) {
        const unsigned char *p = tail + end - END;
        if (is(p, "\5\6") && end + loci_u16le(p + 20) == size)
            break;
    }
    found = found && end >= END;
    if (found) {
        const unsigned char *p = tail + end - END;
        *entries = loci_u16le(p + 10);
        *at = loci_u32le(p + 16);
        uint64_t record_at = whole - size + end - END;
        if (record_at >= LOCATOR && read_at(file, record_at - LOCATOR, far, LOCATOR) &&
            is(far, "\6\7")) {
            found = read_at(file, loci_u64le(far + 8), record, END_64) && is(record, "\6\6");
            *entries = found ? loci_u64le(record + 32) : 0;
            *at = found ? loci_u64le(record + 48) : 0;
        }
    }
    free(tail);
    return found && *entries <= MOST_ENTRIES;
}

/* Sizes and place of an entry, from its extra field where they are beyond 32 bits. */
static bool read_sizes(const unsigned char *entry, const unsigned char *extra, size_t length,
                       uint64_t *size, uint64_t *at) {
    uint64_t value[3] = {loci_u32le(entry + 24), loci_u32le(entry + 20), loci_u32le(entry + 42)};
    for (size_t i = 0; i + 4 <= length; i += 4 + (size_t)loci_u16le(extra + i + 2)) {
        size_t from = i + 4, end = from + loci_u16le(extra + i + 2);
        for (int k = 0; loci_u16le(extra + i) == 1 && k < 3 && end <= length; k++)
            if (value[k] == UINT32_MAX && from + 8 <= end) {
                value[k] = loci_u64le(extra + from);
                from += 8;
            }
    }
    *size = value[0];
    *at = value[2];
    return value[0] == value[1]; /* as large as it is packed */
}

/* Where the member's bytes begin: its header's name and extra field have lengths of their own. */
static bool find_bytes(int file, uint64_t whole, uint64_t size, uint64_t *at) {
    unsigned char header[HEADER];
    if (*at > whole || !read_at(file, *at, header, HEADER) || !is(header, "\3\4") ||
        loci_u16le(header + 8) != 0)
        return false;
    *at += HEADER + (uint64_t)loci_u16le(header + 26) + loci_u16le(header + 28);
    return *at <= whole && size <= whole - *at;
}

bool loci_zip_place(int file, uint64_t whole, const char *name, uint64_t size, uint64_t *at) {
    uint64_t place, entries;
    unsigned char entry[ENTRY], *text = NULL; /* name and extra field of an entry, [room] */
    size_t room = 0;
    bool found = false, sound = find_directory(file, whole, &place, &entries);
    for (uint64_t i = 0; sound && !found && i < entries; i++) {
        sound = read_at(file, place, entry, ENTRY) && is(entry, "\1\2");
        size_t length = sound ? loci_u16le(entry + 28) : 0,
               extra = sound ? loci_u16le(entry + 30) : 0;
        if (sound && length + extra > room) {
            free(text);
            text = malloc(room = length + extra);
        }
        sound = sound && (room == 0 || text != NULL) &&
                read_at(file, place + ENTRY, text, length + extra);
        if (sound && room > 0 && length == strlen(name) && memcmp(text, name, length) == 0) {
            uint64_t there;
            found = true;
            sound = loci_u16le(entry + 10) == 0 &&
                    read_sizes(entry, text + length, extra, &there, at) && there == size &&
                    find_bytes(file, whole, size, at);
        }
        place += ENTRY + length + extra + (sound ? loci_u16le(entry + 32) : 0);
    }
    free(text);
    return sound && found;
}
