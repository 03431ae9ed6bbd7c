/* Text cut into rows: in small blocks, as a file is read, the same cells come out as of the whole
 * text at once. Of some a file is made, which may be packed. */
#include "memory_file.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "data/text_rows.h"
#include "short_memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool same) {
    if (!same)
        abort();
}

static void compare_rows(const loci_text_rows *a, const loci_text_rows *b) {
    check(a->count == b->count && a->start == b->start && a->line == b->line);
    for (size_t c = 0; c < a->count; c++) {
        const loci_cell *x = &a->cells[c], *y = &b->cells[c];
        check(x->length == y->length && x->quoted == y->quoted &&
              memcmp(x->text, y->text, x->length + 1) == 0 && x->text[x->length] == '\0');
    }
}

/* Leaves out the first line of both, where there is one. */
static int skip_line(loci_text_rows *rows, size_t *skipped) {
    const char *text, *end;
    size_t size;
    int status = loci_text_rows_peek(rows, 1, &text, &size, NULL);
    end = status == LOCI_OK && size > 0 ? memchr(text, '\n', size) : NULL;
    *skipped = end != NULL ? (size_t)(end - text) + 1 : 0;
    if (end != NULL)
        loci_text_rows_skip(rows, *skipped, 1);
    return status;
}

/* Whether the same comes of both, or the same refusal. Closes them. */
static bool compare(loci_text_source a, loci_text_source b, char separator, bool skip) {
    loci_text_rows whole, cut;
    size_t skipped[2] = {0, 0};
    int status = loci_text_rows_open(&whole, a, NULL);
    int other = loci_text_rows_open(&cut, b, NULL);
    loci_text_rows_separate(&whole, separator);
    loci_text_rows_separate(&cut, separator);
    if (skip && status == LOCI_OK && other == LOCI_OK) {
        status = skip_line(&whole, &skipped[0]);
        other = skip_line(&cut, &skipped[1]);
        check(status != LOCI_OK || other != LOCI_OK || skipped[0] == skipped[1]);
    }
    while (status == LOCI_OK && other == LOCI_OK) {
        status = loci_text_rows_next(&whole, NULL);
        other = loci_text_rows_next(&cut, NULL);
        if (status != LOCI_OK || other != LOCI_OK)
            break;
        check(loci_text_rows_narrow(&whole, 3) == loci_text_rows_narrow(&cut, 3));
        compare_rows(&whole, &cut);
        if (whole.count == 0)
            break;
    }
    loci_text_rows_close(&whole);
    loci_text_rows_close(&cut);
    return status == other;
}

/* A text that is packed, or none, read from a file in blocks of two sizes. */
static void compare_files(const uint8_t *data, size_t size, char separator, size_t block) {
    char path[32];
    loci_text_source sources[2] = {{0}, {0}};
    int fd = memory_file(data, size, path);
    bool open = fd >= 0 && loci_text_source_open(&sources[0], path, NULL) == LOCI_OK;
    if (open && loci_text_source_open(&sources[1], path, NULL) == LOCI_OK) {
        sources[1].block = block;
        bool same = compare(sources[0], sources[1], separator, false);
        /* a fault is met when its block is read */
        bool faulty = memchr(data, '\0', size) != NULL || (size > 1 && data[0] == 0x1f);
        check(same || faulty || memory_was_short());
    } else if (open) {
        loci_text_source_close(&sources[0]);
    }
    if (fd >= 0)
        close(fd);
}

static int run(const uint8_t *data, size_t size) {
    static const char separators[] = {',', ';', '\t', LOCI_BLANKS, '|'};
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ data[i]) * 16777619u;
    for (size_t s = 0; s < sizeof separators; s++) {
        size_t block = 4 + (hash >> (3 * s)) % 40;
        loci_text_source whole = loci_text_source_of((const char *)data, size, ""), cut = whole;
        cut.block = block;
        /* a 0 is seen at once in the whole text, else when its block is read */
        check(compare(whole, cut, separators[s], (hash >> s & 1) != 0) || memory_was_short() ||
              memchr(data, '\0', size) != NULL);
    }
    if (hash % 8 == 0 || (size > 1 && data[0] == 0x1f))
        compare_files(data, size, ',', 4 + (hash >> 8) % 40);
    return 0;
}

WITH_SHORT_MEMORY(run)
