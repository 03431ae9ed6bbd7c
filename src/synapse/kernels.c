/* The product of a sparse matrix with a dense block, compiled once per instruction set.
 *
 * A strip of the output row stays in registers while the row's entries go by; each entry costs one
 * load and one multiply-add per vector. Strips are 64 floats: four AVX-512 registers, eight of
 * AVX2, sixteen of SSE. */
#include "base/isa.h"
#include "synapse/sparse.h"

#define loci_sparse_kernels_isa LOCI_ISA_NAME(loci_sparse_kernels)
extern const loci_sparse_kernels loci_sparse_kernels_isa;

/* 16 floats, as one register or as several: the compiler splits it to what the machine has. */
typedef float vector __attribute__((vector_size(64), aligned(4), may_alias));

/* Macros, because passing such a vector to a function is an ABI question on machines without it. */
#define AT(p) (*(const vector *)(const void *)(p))
#define STORE(p, v) (*(vector *)(void *)(p) = (v))

static inline void strip64(const loci_sparse *s, size_t row, const float *m, size_t ldm, float *out,
                           int add) {
    vector a0 = {0}, a1 = {0}, a2 = {0}, a3 = {0};
    if (add) {
        a0 = AT(out);
        a1 = AT(out + 16);
        a2 = AT(out + 32);
        a3 = AT(out + 48);
    }
    for (uint32_t t = s->start[row]; t < s->start[row + 1]; t++) {
        const float *from = m + s->index[t] * ldm;
        float v = s->value[t];
        a0 += v * AT(from);
        a1 += v * AT(from + 16);
        a2 += v * AT(from + 32);
        a3 += v * AT(from + 48);
    }
    STORE(out, a0);
    STORE(out + 16, a1);
    STORE(out + 32, a2);
    STORE(out + 48, a3);
}

static inline void strip32(const loci_sparse *s, size_t row, const float *m, size_t ldm, float *out,
                           int add) {
    vector a0 = {0}, a1 = {0};
    if (add) {
        a0 = AT(out);
        a1 = AT(out + 16);
    }
    for (uint32_t t = s->start[row]; t < s->start[row + 1]; t++) {
        const float *from = m + s->index[t] * ldm;
        float v = s->value[t];
        a0 += v * AT(from);
        a1 += v * AT(from + 16);
    }
    STORE(out, a0);
    STORE(out + 16, a1);
}

static inline void strip16(const loci_sparse *s, size_t row, const float *m, size_t ldm, float *out,
                           int add) {
    vector a = {0};
    if (add)
        a = AT(out);
    for (uint32_t t = s->start[row]; t < s->start[row + 1]; t++)
        a += s->value[t] * AT(m + s->index[t] * ldm);
    STORE(out, a);
}

static void product(const loci_sparse *s, size_t r0, size_t r1, const float *m, size_t ldm,
                    float *out, size_t ldo, size_t width, int add) {
    for (size_t row = r0; row < r1; row++) {
        float *to = out + (row - r0) * ldo;
        if (add && s->start[row] == s->start[row + 1])
            continue;
        size_t x = 0;
        for (; x + 64 <= width; x += 64)
            strip64(s, row, m + x, ldm, to + x, add);
        for (; x + 32 <= width; x += 32)
            strip32(s, row, m + x, ldm, to + x, add);
        for (; x < width; x += 16)
            strip16(s, row, m + x, ldm, to + x, add);
    }
}

/* x_row . g, both [width] */
static inline float dot(const float *x, const float *g, size_t width) {
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t b = 0; b < width; b++)
        sum += x[b] * g[b];
    return sum;
}

static void inner(const uint32_t *index, size_t count, const float *x, size_t ldx, const float *g,
                  size_t width, float *out) {
    for (size_t t = 0; t < count; t++)
        out[t] += dot(x + index[t] * ldx, g, width);
}

const loci_sparse_kernels loci_sparse_kernels_isa = {product, inner};
