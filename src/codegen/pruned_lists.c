/* The connections of a pruned pair as lists. */
#include "codegen/pruned_lists.h"

#include "base/error.h"

/* The furthest step that a byte holds. What lies further away is reached by way of connections of
 * weight 0. */
enum { STEP = 255 };

static bool is_there(const loci_export *export, const loci_codegen_pair *pair, size_t at) {
    return export->fixed ? pair->fixed.stored[at] != 0 : pair->real.w[at] != 0;
}

static void append(const loci_export *export, const loci_codegen_pair *pair, loci_lists *lists,
                   size_t step, size_t at, bool empty) {
    if (lists->step != NULL) {
        lists->step[lists->count] = (uint8_t)step;
        if (export->fixed)
            lists->small[lists->count] = empty ? 0 : pair->fixed.stored[at];
        else
            lists->real[lists->count] = empty ? 0 : pair->real.w[at];
    }
    lists->count++;
}

/* Receivers whose weight from sender i is `sign`. */
static void append_signs(const loci_codegen_pair *pair, loci_lists *lists, size_t i, int sign) {
    for (size_t j = 0; j < pair->m; j++) {
        if (pair->fixed.stored[i * pair->m + j] != sign)
            continue;
        if (lists->step != NULL)
            lists->step[lists->count] = (uint8_t)j;
        lists->count++;
    }
}

/* As fill(): to each sender those that it adds to, then those that it takes from. */
static void fill_signs(const loci_codegen_pair *pair, loci_lists *lists) {
    lists->count = 0;
    for (size_t i = 0; i < pair->n; i++) {
        size_t first = lists->count;
        append_signs(pair, lists, i, 1);
        if (lists->plus != NULL) {
            lists->start[i] = (int32_t)first;
            lists->plus[i] = (uint8_t)(lists->count - first);
        }
        append_signs(pair, lists, i, -1);
    }
    if (lists->start != NULL)
        lists->start[pair->n] = (int32_t)lists->count;
}

/* Goes through all connections; without arrays only counts. */
static void fill(const loci_export *export, const loci_codegen_pair *pair, loci_lists *lists) {
    if (loci_codegen_lists_signs(export)) {
        fill_signs(pair, lists);
        return;
    }
    lists->count = 0;
    for (size_t i = 0; i < pair->n; i++) {
        size_t before = 0;
        if (lists->start != NULL)
            lists->start[i] = (int32_t)lists->count;
        for (size_t j = 0; j < pair->width; j++) {
            size_t at = i * pair->width + j;
            if (!is_there(export, pair, at))
                continue;
            for (; j - before > STEP; before += STEP)
                append(export, pair, lists, STEP, at, true);
            append(export, pair, lists, j - before, at, false);
            before = j;
        }
    }
    if (lists->start != NULL)
        lists->start[pair->n] = (int32_t)lists->count;
}

int loci_codegen_list(loci_export *export, uint32_t l, loci_error *error) {
    loci_codegen_pair *pair = &export->pair[l];
    loci_lists *lists = &pair->lists;
    bool signs = loci_codegen_lists_signs(export);
    fill(export, pair, lists);
    if (lists->count > INT32_MAX)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "export", "more than 2^31 connections");
    size_t count = lists->count > 0 ? lists->count : 1; /* C has no empty arrays */
    lists->start = loci_arena_take(&export->arena, pair->n + 1, sizeof *lists->start);
    lists->step = loci_arena_take(&export->arena, count, 1);
    if (signs)
        lists->plus = loci_arena_take(&export->arena, pair->n, 1);
    else if (export->fixed)
        lists->small = loci_arena_take(&export->arena, count, 1);
    else
        lists->real = loci_arena_floats(&export->arena, count, 1);
    int status = loci_arena_status(&export->arena, "export", error);
    if (status != LOCI_OK)
        return status;
    export->wide_starts |= lists->count > UINT16_MAX;
    fill(export, pair, lists);
    lists->count = count;
    return LOCI_OK;
}
