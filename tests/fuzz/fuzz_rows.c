/* Text cut into rows: in small blocks, as a file is read, the same cells come out as of the whole
 * text at once. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "data/text_rows.h"

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

static void compare(const char *text, size_t size, char separator, size_t block) {
    loci_text_rows whole, cut;
    loci_text_source pieces = loci_text_source_of(text, size, "");
    pieces.block = block;
    int status = loci_text_rows_open(&whole, loci_text_source_of(text, size, ""), NULL);
    int other = loci_text_rows_open(&cut, pieces, NULL);
    loci_text_rows_separate(&whole, separator);
    loci_text_rows_separate(&cut, separator);
    while (status == LOCI_OK && other == LOCI_OK) {
        status = loci_text_rows_next(&whole, NULL);
        other = loci_text_rows_next(&cut, NULL);
        if (status != LOCI_OK || other != LOCI_OK)
            break;
        compare_rows(&whole, &cut);
        if (whole.count == 0)
            break;
    }
    /* a 0 is seen at once in the whole text, else when its block is read */
    check(status == other || memchr(text, '\0', size) != NULL);
    loci_text_rows_close(&whole);
    loci_text_rows_close(&cut);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char separators[] = {',', ';', '\t', LOCI_BLANKS, '|'};
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ data[i]) * 16777619u;
    for (size_t s = 0; s < sizeof separators; s++)
        compare((const char *)data, size, separators[s], 4 + (hash >> (3 * s)) % 40);
    return 0;
}
