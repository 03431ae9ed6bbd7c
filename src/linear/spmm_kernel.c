/* The product of a sparse matrix with a dense block, and with a sparse vector.
 *
 * A strip of the output row stays in registers while the row's entries go by; each entry costs one
 * load and one multiply-add per vector. Every sum goes through its entries in their order, in one
 * register, multiplied and added at once where the machine can: so it is the same bits in a strip
 * of any width, by list or by slice, and with zeros among the entries or without. */
#include "linear/linear_kernels.h"
#include "linear/vector.h"

/* Vectors that one row keeps at most: they hide how long each addition takes. */
enum { HELD = 8 };

/* `vectors` is a constant where this is inlined, so that the sums are registers. */
static inline __attribute__((always_inline)) void strip(int vectors, const loci_sparse *s,
                                                        size_t row, const float *m, size_t ldm,
                                                        float *out, int add) {
    vector a[HELD] = {{0}};
    for (int k = 0; add && k < vectors; k++)
        a[k] = AT(out + k * LANES);
    for (uint32_t t = s->start[row]; t < s->end[row]; t++) {
        const float *from = m + s->index[t] * ldm;
        float v = s->value[t];
        for (int k = 0; k < vectors; k++)
            a[k] += v * AT(from + k * LANES);
    }
    for (int k = 0; k < vectors; k++)
        STORE(out + k * LANES, a[k]);
}

/* Of 16 columns a row would wait for itself at each entry: several take turns. */
enum { NARROW = 16, TURNS = HELD * LANES / NARROW };

static inline void narrow_rows(const loci_sparse *s, size_t row, const float *m, size_t ldm,
                               float *out, size_t ldo, int add) {
    const uint32_t *start = s->start + row, *end = s->end + row;
    uint32_t shared = UINT32_MAX;
    vector a[TURNS][NARROW / LANES] = {{{0}}};
    for (int r = 0; r < TURNS; r++) {
        shared = end[r] - start[r] < shared ? end[r] - start[r] : shared;
        for (int k = 0; add && k < NARROW / LANES; k++)
            a[r][k] = AT(out + (size_t)r * ldo + k * LANES);
    }
    for (uint32_t t = 0; t < shared; t++)
        for (int r = 0; r < TURNS; r++)
            for (int k = 0; k < NARROW / LANES; k++)
                a[r][k] +=
                    s->value[start[r] + t] * AT(m + s->index[start[r] + t] * ldm + k * LANES);
    for (int r = 0; r < TURNS; r++) {
        for (uint32_t t = start[r] + shared; t < end[r]; t++)
            for (int k = 0; k < NARROW / LANES; k++)
                a[r][k] += s->value[t] * AT(m + s->index[t] * ldm + k * LANES);
        for (int k = 0; k < NARROW / LANES; k++)
            STORE(out + (size_t)r * ldo + k * LANES, a[r][k]);
    }
}

static void narrow_product(const loci_sparse *s, size_t r0, size_t r1, const float *m, size_t ldm,
                           float *out, size_t ldo, int add) {
    size_t row = r0;
    for (; row + TURNS <= r1; row += TURNS)
        narrow_rows(s, row, m, ldm, out + (row - r0) * ldo, ldo, add);
    for (; row < r1; row++)
        strip(NARROW / LANES, s, row, m, ldm, out + (row - r0) * ldo, add);
}

/* Some columns of all rows: `vectors` is a constant here, too, and asked for once. */
static inline __attribute__((always_inline)) void columns(int vectors, const loci_sparse *s,
                                                          size_t r0, size_t r1, const float *m,
                                                          size_t ldm, float *out, size_t ldo,
                                                          int add) {
    for (size_t row = r0; row < r1; row++)
        if (!add || s->start[row] < s->end[row])
            strip(vectors, s, row, m, ldm, out + (row - r0) * ldo, add);
}

void LOCI_ISA_NAME(loci_spmm)(const loci_sparse *s, size_t r0, size_t r1, const float *m,
                              size_t ldm, float *out, size_t ldo, size_t width, int add) {
    enum { WIDE = HELD * LANES, MOST = WIDE / NARROW };
    size_t x = 0;
    for (; x + WIDE <= width; x += WIDE)
        columns(HELD, s, r0, r1, m + x, ldm, out + x, ldo, add);
    switch ((width - x) / NARROW) {
    case 0:
        break;
    case 1:
        narrow_product(s, r0, r1, m + x, ldm, out + x, ldo, add);
        break;
#define COLUMNS(n)                                                                                 \
    case n:                                                                                        \
        columns(((n) < MOST ? (n) : MOST) * NARROW / LANES, s, r0, r1, m + x, ldm, out + x, ldo,   \
                add);                                                                              \
        break;
        COLUMNS(2)
        COLUMNS(3)
        COLUMNS(4)
        COLUMNS(5)
        COLUMNS(6)
        COLUMNS(7)
#undef COLUMNS
    }
}

void LOCI_ISA_NAME(loci_spmspv)(const uint32_t *restrict start, const uint32_t *restrict receiver,
                                const float *restrict weight, const loci_sparse *active, size_t row,
                                float *restrict out) {
    for (uint32_t t = active->start[row]; t < active->end[row]; t++) {
        float value = active->value[t];
        uint32_t i = active->index[t];
        for (uint32_t place = start[i]; place < start[i + 1]; place++)
            out[receiver[place]] += value * weight[place];
    }
}
