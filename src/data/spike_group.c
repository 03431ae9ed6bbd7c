#include "data/spike_group.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "data/spike_header.h"
#include "data/spike_message.h"

static const uint64_t nowhere = UINT64_MAX;

/* What is read of one group, and how deep its tree is: more than any here. Without the first a file
 * of a few MB has billions of names, by saying that all tables are the same. */
enum { MOST_READS = 1 << 18, MOST_LEVELS = 8, MOST_NAME = 256 };
/* Where things stand in a node of a tree, a table of entries, a heap of names. */
enum { NODE = 24, TABLE = 8, ENTRY = 40, NAMES = 32, FREE = 16, SOFT_LINK = 2 };

/* Looking for one name in a group. */
typedef struct search {
    const loci_spike_heap *heap;
    const char *name;
    size_t length;
    uint64_t found, tree, names; /* where things are; nowhere: there is none */
    uint64_t text, text_size;    /* of the heap of names */
    size_t reads;                /* so far */
} search;

static bool read_part(search *s, uint64_t address, void *out, size_t size) {
    return s->reads++ < MOST_READS && loci_spike_heap_read(s->heap, address, out, size);
}

/* ---- links in headers ---- */

/* Version, flags, and as these say: kind, order, letters; the length of the name, it, the address.
 */
static void take_link(search *s, const unsigned char *bytes, size_t size) {
    if (size < 2 || bytes[0] != 1)
        return;
    unsigned flags = bytes[1];
    size_t width = (size_t)1 << (flags & 3), at = 2;
    if ((flags & 8) != 0 && (size < 3 || bytes[2] != 0))
        return; /* a link to another name or file */
    at += ((flags & 8) != 0) + (size_t)((flags & 4) != 0 ? 8 : 0) + ((flags & 16) != 0);
    if (size < at + width)
        return;
    uint64_t length = loci_ule(bytes + at, width);
    at += width;
    if (length == s->length && size - at >= length + 8 && memcmp(bytes + at, s->name, length) == 0)
        s->found = loci_u64le(bytes + at + length);
}

static void take(void *context, unsigned kind, const unsigned char *bytes, size_t size) {
    search *s = context;
    if (kind == LOCI_SPIKE_LINK)
        take_link(s, bytes, size);
    if (kind == LOCI_SPIKE_TABLE) {
        s->tree = loci_u64le(bytes);
        s->names = loci_u64le(bytes + 8);
    }
}

/* ---- tables ---- */

/* Free places follow each other by their numbers; what comes back to one would never end. */
static bool open_names(search *s) {
    unsigned char bytes[NAMES];
    if (!read_part(s, s->names, bytes, NAMES) || memcmp(bytes, "HEAP\0", 5) != 0)
        return false;
    s->text_size = loci_u64le(bytes + 8);
    s->text = loci_u64le(bytes + 24);
    if (s->text > s->heap->bytes || s->text_size > s->heap->bytes - s->text)
        return false;
    uint64_t at = loci_u64le(bytes + 16), left = s->text_size / FREE;
    for (; at != 1 && at != nowhere; left--) { /* 1: no more */
        if (left == 0 || s->text_size < FREE || at > s->text_size - FREE ||
            !read_part(s, s->text + at, bytes, FREE) || loci_u64le(bytes + 8) > s->text_size - at)
            return false;
        at = loci_u64le(bytes);
    }
    return true;
}

/* Whether a name in the heap is the one that is looked for; false where it cannot be read. */
static bool compare_name(search *s, uint64_t offset, bool *same) {
    char text[MOST_NAME + 1];
    *same = false;
    if (offset > s->text_size)
        return false;
    if (s->length + 1 > s->text_size - offset)
        return true;
    if (!read_part(s, s->text + offset, text, s->length + 1))
        return false;
    *same = memcmp(text, s->name, s->length) == 0 && text[s->length] == '\0';
    return true;
}

static bool search_table(search *s, uint64_t address) {
    unsigned char bytes[ENTRY];
    if (!read_part(s, address, bytes, TABLE) || memcmp(bytes, "SNOD\1", 5) != 0)
        return false;
    size_t count = loci_u16le(bytes + 6);
    for (size_t i = 0; i < count; i++) {
        if (!read_part(s, address + TABLE + i * ENTRY, bytes, ENTRY))
            return false;
        bool same = false;
        if (loci_u32le(bytes + 16) != SOFT_LINK && !compare_name(s, loci_u64le(bytes), &same))
            return false;
        if (same)
            s->found = loci_u64le(bytes + 8);
    }
    return true;
}

/* A node of a level has keys and addresses in turn: of nodes of the next level, of tables in the
 * last. */
static bool search_tree(search *s, uint64_t address, unsigned levels) {
    unsigned char bytes[NODE];
    if (!read_part(s, address, bytes, NODE) || memcmp(bytes, "TREE\0", 5) != 0 ||
        bytes[5] >= levels)
        return false;
    size_t count = loci_u16le(bytes + 6);
    unsigned level = bytes[5];
    for (size_t i = 0; i < count; i++) {
        if (!read_part(s, address + NODE + 16 * i + 8, bytes, 8))
            return false;
        uint64_t child = loci_u64le(bytes);
        if (!(level > 0 ? search_tree(s, child, level) : search_table(s, child)))
            return false;
    }
    return true;
}

static int look_through(search *s, uint64_t group) {
    int status = loci_spike_header_visit(s->heap, group, take, s);
    if (status != LOCI_OK || (s->tree == nowhere && s->names == nowhere))
        return status;
    return open_names(s) && search_tree(s, s->tree, MOST_LEVELS) ? LOCI_OK : LOCI_E_FORMAT;
}

static search search_for(const loci_spike_heap *heap, const char *name, size_t length) {
    return (search){.heap = heap,
                    .name = name,
                    .length = length,
                    .found = nowhere,
                    .tree = nowhere,
                    .names = nowhere};
}

int loci_spike_group_find(const loci_spike_heap *heap, uint64_t group, const char *name,
                          size_t length, uint64_t *address) {
    search s = search_for(heap, name, length);
    *address = nowhere;
    if (length == 0 || length > MOST_NAME)
        return LOCI_OK;
    int status = look_through(&s, group);
    if (status == LOCI_OK)
        *address = s.found;
    return status;
}

/* ---- the file ---- */

/* Where the superblock of each version has its parts. In the first two the entry of the root group
 * says, besides its header, where tree and names are, which libhdf5 goes by where the header is
 * damaged. */
static bool read_superblock(const loci_spike_heap *heap, uint64_t *root, uint64_t table[2]) {
    unsigned char bytes[112];
    memset(bytes, 0, sizeof bytes);
    size_t size = heap->bytes < sizeof bytes ? (size_t)heap->bytes : sizeof bytes;
    if (!loci_spike_heap_read(heap, 0, bytes, size) || memcmp(bytes, "\211HDF\r\n\032\n", 8) != 0)
        return false;
    table[0] = table[1] = nowhere;
    if (bytes[8] >= 2) { /* base, what more there is of it, the end, the root */
        *root = loci_u64le(bytes + 36);
        return bytes[8] <= 3 && bytes[9] == 8 && bytes[10] == 8 && loci_u64le(bytes + 12) == 0 &&
               loci_u64le(bytes + 20) == nowhere;
    }
    const unsigned char *at = bytes + 24 + 4 * bytes[8], *entry = at + 32;
    *root = loci_u64le(entry + 8);
    if (loci_u32le(entry + 16) == 1) {
        table[0] = loci_u64le(entry + 24);
        table[1] = loci_u64le(entry + 32);
    }
    return bytes[13] == 8 && bytes[14] == 8 && loci_u64le(at) == 0 &&
           loci_u64le(at + 24) == nowhere;
}

int loci_spike_group_root(const loci_spike_heap *heap, uint64_t *root, loci_error *error) {
    uint64_t table[2];
    search s = search_for(heap, "", 0);
    if (!read_superblock(heap, root, table))
        return loci_fail(error, LOCI_E_FORMAT, heap->path,
                         "is no HDF5 file, or one that begins in an uncommon way");
    int status = look_through(&s, *root);
    if (status == LOCI_E_MEMORY)
        return loci_fail_memory(error, heap->path);
    if (status != LOCI_OK || (table[0] != nowhere && (table[0] != s.tree || table[1] != s.names)))
        return loci_fail(error, LOCI_E_FORMAT, heap->path,
                         "is damaged, or written in an uncommon way");
    return LOCI_OK;
}
