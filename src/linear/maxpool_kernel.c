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
static inline float larger(float a, float b) {
    return ((b <= a) | (a != a)) ? a : b;
}

/* Which of four it was, the first of equal ones. */
static void find_winner_of_four(const float *restrict y, size_t below, size_t maps,
                                const float *restrict out, uint8_t *restrict winner) {
    const float *restrict right = y + maps, *restrict under = y + below;
    for (size_t j = 0; j < maps; j++) {
        int32_t last = under[j] == out[j] ? 2 : 3, second = right[j] == out[j] ? 1 : last;
        winner[j] = (uint8_t)(y[j] == out[j] ? 0 : second);
    }
}

static void find_winner(const loci_maxpool *p, const float *y, size_t row, size_t column,
                        const float *restrict out, uint8_t *restrict winner) {
    const float *first = y + place_of(p, row, column, 0);
    if (p->side == 2) {
        find_winner_of_four(first, p->width * p->maps, p->maps, out, winner);
        return;
    }
    for (size_t j = 0; j < p->maps; j++) {
        winner[j] = 0;
        for (size_t k = p->side * p->side; first[j] != out[j] && k-- > 1;)
            if (y[place_of(p, row, column, k) + j] == out[j])
                winner[j] = (uint8_t)k;
    }
}

static void largest_of_four(const float *restrict y, size_t below, size_t maps,
                            float *restrict out) {
    const float *restrict right = y + maps, *restrict under = y + below,
                          *restrict last = under + maps;
    for (size_t j = 0; j < maps; j++)
        out[j] = larger(larger(larger(y[j], right[j]), under[j]), last[j]);
}

static void largest(const loci_maxpool *p, const float *y, size_t row, size_t column,
                    float *restrict out) {
    const float *first = y + place_of(p, row, column, 0);
    if (p->side == 2) {
        largest_of_four(first, p->width * p->maps, p->maps, out);
        return;
    }
    memcpy(out, first, p->maps * sizeof *out);
    for (size_t k = 1; k < p->side * p->side; k++) {
        const float *restrict from = y + place_of(p, row, column, k);
        for (size_t j = 0; j < p->maps; j++)
            out[j] = larger(out[j], from[j]);
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

/* dL/dy of a square's place k. */
static void give_back(const float *restrict g, const uint8_t *restrict winner, uint8_t k,
                      size_t maps, float *restrict to) {
    for (size_t j = 0; j < maps; j++)
        to[j] = winner[j] == k ? g[j] : 0;
}

static void backward(const loci_maxpool *p, const float *g, const uint8_t *winner, float *g_y) {
    bool whole = p->height % p->side == 0 && p->width % p->side == 0;
    if (!whole)
        memset(g_y, 0, p->height * p->width * p->maps * sizeof *g_y);
    for (size_t row = 0; row < p->height / p->side; row++)
        for (size_t column = 0; column < p->width / p->side; column++) {
            for (size_t k = 0; k < p->side * p->side; k++)
                give_back(g, winner, (uint8_t)k, p->maps, g_y + place_of(p, row, column, k));
            g += p->maps;
            winner += p->maps;
        }
}

const loci_maxpool_kernels loci_maxpool_kernels_isa = {forward, backward};
