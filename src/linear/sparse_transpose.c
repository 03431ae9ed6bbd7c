#include "linear/sparse_transpose.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"

/* Grows *array, whose content is not kept, to at least `wanted` items. */
static int grow(void *array, size_t *room, size_t wanted, size_t size, loci_error *error) {
    void **at = array;
    if (wanted <= *room)
        return LOCI_OK;
    free(*at);
    *room = 0;
    *at = loci_alloc_raw(wanted + wanted / 4, size); /* gaps between rows take no memory */
    if (*at == NULL)
        return loci_fail_memory(error, "sparse product");
    *room = wanted + wanted / 4;
    return LOCI_OK;
}

/* Rows first .. end-1 by column, their entries placed from `base` on. */
static void transpose_rows(const loci_sparse *s, size_t first, size_t end, size_t columns,
                           uint32_t base, uint32_t *start, uint32_t *index, float *value) {
    memset(start, 0, (columns + 1) * sizeof *start);
    for (size_t row = first; row < end; row++)
        for (uint32_t t = s->start[row]; t < s->end[row]; t++)
            start[s->index[t] + 1]++;
    start[0] = base;
    for (size_t column = 0; column < columns; column++)
        start[column + 1] += start[column];
    for (size_t row = first; row < end; row++)
        for (uint32_t t = s->start[row]; t < s->end[row]; t++) {
            uint32_t to = start[s->index[t]]++;
            index[to] = (uint32_t)(row - first);
            value[to] = s->value[t];
        }
    memmove(start + 1, start, columns * sizeof *start); /* every start had moved to its end */
    start[0] = base;
}

struct transposing {
    const loci_sparse *s;
    loci_sparse_blocks *out;
    size_t columns;
};

static void transpose_block(void *context, size_t k, size_t worker) {
    (void)worker;
    const struct transposing *x = context;
    size_t first = k * x->out->height;
    size_t end = first + x->out->height < x->s->rows ? first + x->out->height : x->s->rows;
    uint32_t *start = x->out->start + k * (x->columns + 1);
    uint32_t base = first < end ? x->s->start[first] : 0; /* where its rows are, gaps included */
    transpose_rows(x->s, first, end, x->columns, base, start, x->out->index, x->out->value);
    x->out->block[k] = loci_sparse_rows(x->columns, start, x->out->index, x->out->value);
}

int loci_sparse_transpose(loci_sparse_blocks *out, const loci_sparse *s, size_t columns,
                          loci_pool *pool, loci_error *error) {
    size_t entries = s->rows == 0 ? 0 : s->end[s->rows - 1];
    /* no rows make one empty block, so that a product with it still writes its zeros */
    out->height = s->rows <= LOCI_BLOCK_ROWS ? LOCI_BLOCK_ROWS / 2 : LOCI_BLOCK_ROWS;
    out->blocks = s->rows == 0 ? 1 : (s->rows + out->height - 1) / out->height;
    size_t index_room = out->room;
    int status = grow(&out->block, &out->block_room, out->blocks, sizeof *out->block, error);
    if (status == LOCI_OK)
        status = grow(&out->start, &out->start_room, out->blocks * (columns + 1),
                      sizeof *out->start, error);
    if (status == LOCI_OK)
        status = grow(&out->index, &index_room, entries, sizeof *out->index, error);
    if (status == LOCI_OK)
        status = grow(&out->value, &out->room, entries, sizeof *out->value, error);
    if (status != LOCI_OK) {
        loci_sparse_blocks_clear(out);
        return status;
    }
    struct transposing x = {s, out, columns};
    loci_parallel(pool, out->blocks, transpose_block, &x);
    return LOCI_OK;
}

void loci_sparse_blocks_clear(loci_sparse_blocks *blocks) {
    free(blocks->block);
    free(blocks->start);
    free(blocks->index);
    free(blocks->value);
    *blocks = (loci_sparse_blocks){0};
}
