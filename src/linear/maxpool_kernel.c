/* Plain loops over the maps of a place, which stand side by side; this file is compiled once per
 * instruction set. */
#include <stdbool.h>
#include <string.h>

#include "base/isa.h"
#include "linear/maxpool.h"

#define loci_maxpool_kernels_isa LOCI_ISA_NAME(loci_maxpool_kernels)
extern const loci_maxpool_kernels loci_maxpool_kernels_isa;

/* Where place k of the square at (row, column) of the pooled grid stands. */
static size_t place_of(const loci_maxpool *p, size_t row, size_t column, size_t k) {
    return ((row * p->side + k / p->side) * p->width + column * p->side + k % p->side) * p->maps;
}

/* What is not a number stays in, to be noticed in the loss. */
static void largest(const loci_maxpool *p, const float *y, size_t row, size_t column,
                    float *restrict out) {
    memcpy(out, y + place_of(p, row, column, 0), p->maps * sizeof *out);
    for (size_t k = 1; k < p->side * p->side; k++) {
        const float *from = y + place_of(p, row, column, k);
        for (size_t j = 0; j < p->maps; j++)
            out[j] = from[j] <= out[j] ? out[j] : from[j];
    }
}

/* From the last to the first, so that of equal ones the first stays. */
static void find_winner(const loci_maxpool *p, const float *y, size_t row, size_t column,
                        const float *restrict out, uint8_t *restrict winner) {
    memset(winner, 0, p->maps);
    for (size_t k = p->side * p->side; k-- > 1;) {
        const float *from = y + place_of(p, row, column, k);
        const float *first = y + place_of(p, row, column, 0);
        for (size_t j = 0; j < p->maps; j++)
            winner[j] = first[j] == out[j] ? 0 : from[j] == out[j] ? (uint8_t)k : winner[j];
    }
}

static void forward(const loci_maxpool *p, const float *y, float *out, uint8_t *winner) {
    for (size_t row = 0; row < p->height / p->side; row++)
        for (size_t column = 0; column < p->width / p->side; column++) {
            largest(p, y, row, column, out);
            if (winner != NULL) {
                find_winner(p, y, row, column, out, winner);
                winner += p->maps;
            }
            out += p->maps;
        }
}

static void backward(const loci_maxpool *p, const float *g, const uint8_t *winner, float *g_y) {
    bool whole = p->height % p->side == 0 && p->width % p->side == 0;
    if (!whole)
        memset(g_y, 0, p->height * p->width * p->maps * sizeof *g_y);
    for (size_t row = 0; row < p->height / p->side; row++)
        for (size_t column = 0; column < p->width / p->side; column++) {
            for (size_t k = 0; k < p->side * p->side; k++) {
                float *restrict to = g_y + place_of(p, row, column, k);
                for (size_t j = 0; j < p->maps; j++)
                    to[j] = winner[j] == k ? g[j] : 0;
            }
            g += p->maps;
            winner += p->maps;
        }
}

const loci_maxpool_kernels loci_maxpool_kernels_isa = {forward, backward};
