#include "synapse/sparse.h"

#include <string.h>

void loci_sparse_transpose(const loci_sparse *s, size_t columns, uint32_t *start, uint32_t *index,
                           float *value) {
    uint32_t entries = s->start[s->rows];
    memset(start, 0, (columns + 1) * sizeof *start);
    for (uint32_t t = 0; t < entries; t++)
        start[s->index[t] + 1]++;
    for (size_t column = 0; column < columns; column++)
        start[column + 1] += start[column];
    for (size_t row = 0; row < s->rows; row++)
        for (uint32_t t = s->start[row]; t < s->start[row + 1]; t++) {
            uint32_t to = start[s->index[t]]++;
            index[to] = (uint32_t)row;
            value[to] = s->value[t];
        }
    memmove(start + 1, start, columns * sizeof *start); /* every start had moved to its end */
    start[0] = 0;
}
