#include "linear/sell.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"

static uint32_t length(const loci_sparse *s, uint32_t row) {
    return s->end[row] - s->start[row];
}

/* Rows by falling length, those of one length in their order: by counting. */
static bool sort_rows(const loci_sparse *s, uint32_t *sorted) {
    uint32_t longest = 0;
    for (uint32_t row = 0; row < s->rows; row++)
        longest = length(s, row) > longest ? length(s, row) : longest;
    uint32_t *first = loci_alloc((size_t)longest + 2, sizeof *first);
    if (first == NULL)
        return false;
    for (uint32_t row = 0; row < s->rows; row++)
        first[longest - length(s, row) + 1]++;
    for (uint32_t k = 0; k <= longest; k++)
        first[k + 1] += first[k];
    for (uint32_t row = 0; row < s->rows; row++)
        sorted[first[longest - length(s, row)]++] = row;
    free(first);
    return true;
}

static void fill_slice(loci_slices *out, const loci_sparse *s, size_t k) {
    for (size_t lane = 0; lane < LOCI_SLICE; lane++) {
        uint32_t row = out->row[k * LOCI_SLICE + lane];
        uint32_t count = row < s->rows ? length(s, row) : 0;
        for (uint32_t t = 0; t < count; t++) {
            size_t at = ((size_t)out->start[k] + t) * LOCI_SLICE + lane;
            out->index[at] = (uint16_t)s->index[s->start[row] + t];
            out->value[at] = s->value[s->start[row] + t];
        }
    }
}

int loci_slices_create(loci_slices *out, const loci_sparse *s, loci_error *error) {
    size_t slices = (s->rows + LOCI_SLICE - 1) / LOCI_SLICE;
    *out = (loci_slices){.rows = s->rows, .slices = slices};
    out->start = loci_arena_take(&out->arena, slices + 1, sizeof *out->start);
    out->row = loci_arena_take(&out->arena, slices * LOCI_SLICE, sizeof *out->row);
    if (out->arena.failed || !sort_rows(s, out->row))
        return loci_fail_memory(error, "weights");
    for (size_t i = s->rows; i < slices * LOCI_SLICE; i++)
        out->row[i] = (uint32_t)s->rows;
    for (size_t k = 0; k < slices; k++) /* the first of a slice is its longest */
        out->start[k + 1] = out->start[k] + length(s, out->row[k * LOCI_SLICE]);
    size_t steps = out->start[slices];
    out->index = loci_arena_take(&out->arena, steps * LOCI_SLICE, sizeof *out->index);
    out->value = loci_arena_floats(&out->arena, steps, LOCI_SLICE);
    out->sum = loci_arena_floats(&out->arena, slices, LOCI_SLICE);
    for (size_t k = 0; k < slices && !out->arena.failed; k++)
        fill_slice(out, s, k);
    return loci_arena_status(&out->arena, "weights", error);
}

void loci_slices_clear(loci_slices *slices) {
    loci_arena_clear(&slices->arena);
    *slices = (loci_slices){0};
}
