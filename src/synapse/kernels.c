/* Products of sparse matrices, and what goes along with them, compiled once per instruction set. */
#include <string.h>
#ifdef __AVX512F__
#include <immintrin.h>
#endif

#include "base/finite.h"
#include "base/isa.h"
#include "synapse/sparse.h"

#define loci_sparse_kernels_isa LOCI_ISA_NAME(loci_sparse_kernels)
extern const loci_sparse_kernels loci_sparse_kernels_isa;

/* 16 floats, as one register or as several: the compiler splits it to what the machine has. */
typedef float vector __attribute__((vector_size(64), aligned(4), may_alias));

/* Macros, because passing such a vector to a function is an ABI question on machines without it. */
#define AT(p) (*(const vector *)(const void *)(p))
#define STORE(p, v) (*(vector *)(void *)(p) = (v))

/* A register of the machine, and how many hold a strip of a product's row while the row's entries
 * go by: each entry costs one load and one multiply-add a register. */
#if defined(__AVX512F__)
enum { FLOATS = 16, MOST = 8 };
#elif defined(__AVX2__)
enum { FLOATS = 8, MOST = 8 };
#else
enum { FLOATS = 4, MOST = 8 };
#endif
typedef float reg __attribute__((vector_size(4 * FLOATS), aligned(4), may_alias));
#define REG(p) (*(const reg *)(const void *)(p))

/* A strip of `count` registers, known when this is compiled. */
static inline __attribute__((always_inline)) void strip_of(int count, const loci_sparse *s,
                                                           size_t row, const float *m, size_t ldm,
                                                           float *out, int add) {
    reg a[MOST] = {{0}};
    for (int k = 0; add && k < count; k++)
        a[k] = REG(out + FLOATS * k);
    for (uint32_t t = s->start[row]; t < s->end[row]; t++) {
        const float *from = m + s->index[t] * ldm;
        float v = s->value[t];
        for (int k = 0; k < count; k++)
            a[k] += v * REG(from + FLOATS * k);
    }
    for (int k = 0; k < count; k++)
        *(reg *)(void *)(out + FLOATS * k) = a[k];
}

/* A strip of 16 * pieces columns. */
enum { PER = 16 / FLOATS, PIECES = MOST / PER };
static inline void strip(size_t pieces, const loci_sparse *s, size_t row, const float *m,
                         size_t ldm, float *out, int add) {
    switch (pieces) {
#define STRIP(n)                                                                                   \
    case n:                                                                                        \
        strip_of((n)*PER, s, row, m, ldm, out, add);                                               \
        break;
        STRIP(1)
        STRIP(2)
#ifdef __AVX2__
        STRIP(3)
        STRIP(4)
#endif
#ifdef __AVX512F__
        STRIP(5)
        STRIP(6)
        STRIP(7)
        STRIP(8)
#endif
#undef STRIP
    }
}

static void product(const loci_sparse *s, size_t r0, size_t r1, const float *m, size_t ldm,
                    float *out, size_t ldo, size_t width, int add) {
    for (size_t row = r0; row < r1; row++) {
        float *to = out + (row - r0) * ldo;
        if (add && s->start[row] == s->end[row])
            continue;
        /* strips of about the same width: one register alone would wait for itself at each entry */
        size_t left = width / 16, strips = (left + PIECES - 1) / PIECES;
        for (size_t x = 0; strips > 0; strips--) {
            size_t pieces = (left + strips - 1) / strips;
            strip(pieces, s, row, m + x, ldm, to + x, add);
            left -= pieces;
            x += 16 * pieces;
        }
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

/* Vector gathers take 32-bit columns; in 16 bits they leave room in the cache. */
typedef uint16_t narrow __attribute__((vector_size(2 * LOCI_SLICE), aligned(2), may_alias));
typedef int32_t wide __attribute__((vector_size(4 * LOCI_SLICE), may_alias));
static inline void widen(int32_t *to, const uint16_t *from) {
    *(wide *)(void *)to = __builtin_convertvector(*(const narrow *)(const void *)from, wide);
}

static void sliced(const loci_slices *s, const float *x, float *out) {
    for (size_t k = 0; k < s->slices; k++) {
        vector sum = {0};
        for (uint32_t t = s->start[k]; t < s->start[k + 1]; t++) {
            int32_t at[LOCI_SLICE] __attribute__((aligned(64)));
            float entry[LOCI_SLICE] __attribute__((aligned(64)));
            widen(at, s->index + (size_t)t * LOCI_SLICE);
#pragma omp simd
            for (int lane = 0; lane < LOCI_SLICE; lane++)
                entry[lane] = x[at[lane]];
            sum += AT(s->value + (size_t)t * LOCI_SLICE) * AT(entry);
        }
        STORE(s->sum + k * LOCI_SLICE, sum);
    }
    for (size_t i = 0; i < s->rows; i++)
        out[s->row[i]] = s->sum[i];
}

/* Four floats: a register everywhere, with shuffles that need no more than SSE. */
typedef float four __attribute__((vector_size(16), aligned(4), may_alias));
#if defined(__clang__)
#define SHUFFLE(x, y, ...) __builtin_shufflevector(x, y, __VA_ARGS__)
#else
typedef int32_t which __attribute__((vector_size(16)));
#define SHUFFLE(x, y, ...) __builtin_shuffle(x, y, (which){__VA_ARGS__})
#endif
#define AT4(p) (*(const four *)(const void *)(p))
#define STORE4(p, v) (*(four *)(void *)(p) = (v))

static inline void turn_4x4(const float *from, size_t ldf, float *to, size_t ldt) {
    four a = AT4(from), b = AT4(from + ldf), c = AT4(from + 2 * ldf), d = AT4(from + 3 * ldf);
    four ab0 = SHUFFLE(a, b, 0, 4, 1, 5), ab1 = SHUFFLE(a, b, 2, 6, 3, 7);
    four cd0 = SHUFFLE(c, d, 0, 4, 1, 5), cd1 = SHUFFLE(c, d, 2, 6, 3, 7);
    STORE4(to, SHUFFLE(ab0, cd0, 0, 1, 4, 5));
    STORE4(to + ldt, SHUFFLE(ab0, cd0, 2, 3, 6, 7));
    STORE4(to + 2 * ldt, SHUFFLE(ab1, cd1, 0, 1, 4, 5));
    STORE4(to + 3 * ldt, SHUFFLE(ab1, cd1, 2, 3, 6, 7));
}

/* Block by block, so that neither side's rows leave the first-level cache half read. */
static void turn(const float *from, size_t ldf, size_t rows, size_t columns, float *to,
                 size_t ldt) {
    size_t rows4 = rows & ~(size_t)3, columns4 = columns & ~(size_t)3;
    for (size_t j = 0; j < columns4; j += 4)
        for (size_t i = 0; i < rows4; i += 4)
            turn_4x4(from + i * ldf + j, ldf, to + j * ldt + i, ldt);
    for (size_t i = rows4; i < rows; i++)
        for (size_t j = 0; j < columns4; j++)
            to[j * ldt + i] = from[i * ldf + j];
    for (size_t j = columns4; j < columns; j++)
        for (size_t i = 0; i < rows; i++)
            to[j * ldt + i] = from[i * ldf + j];
}

#ifdef __AVX512F__
/* The machine leaves out lanes by itself; no plain loop says so to the compiler. */
static inline size_t list_16(const loci_bits *bits, const float *x, uint32_t base, uint32_t heard,
                             uint32_t *index, float *value) {
    (void)bits;
    const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    __m512 v = _mm512_loadu_ps(x);
    __mmask16 mask = _mm512_cmp_ps_mask(v, _mm512_setzero_ps(), _CMP_NEQ_UQ) & (__mmask16)heard;
    __m512i at = _mm512_add_epi32(lanes, _mm512_set1_epi32((int32_t)base));
    _mm512_storeu_si512(index, _mm512_maskz_compress_epi32(mask, at));
    _mm512_storeu_ps(value, _mm512_maskz_compress_ps(mask, v));
    return (size_t)__builtin_popcount(mask);
}
#else
/* Vectors of 8 and of 4 whole numbers. */
typedef int32_t eight __attribute__((vector_size(32), aligned(4), may_alias));
typedef int32_t quad __attribute__((vector_size(16), aligned(4), may_alias));

/* Bit k: lane k is not 0. */
static inline uint32_t nonzero(const float *x) {
    static const wide powers = {1 << 0,  1 << 1,  1 << 2,  1 << 3, 1 << 4,  1 << 5,
                                1 << 6,  1 << 7,  1 << 8,  1 << 9, 1 << 10, 1 << 11,
                                1 << 12, 1 << 13, 1 << 14, 1 << 15};
    const vector zero = {0};
    wide lanes = (wide)(AT(x) != zero) & powers;
    eight halves[2];
    memcpy(halves, &lanes, sizeof halves);
    eight half = halves[0] | halves[1];
    quad quarters[2];
    memcpy(quarters, &half, sizeof quarters);
    quad quarter = quarters[0] | quarters[1];
    return (uint32_t)(quarter[0] | quarter[1] | quarter[2] | quarter[3]);
}

/* Eight entries at a time are written, and as many of them counted as there are. */
static inline size_t list_8(const loci_bits *bits, const float *x, uint32_t byte, uint32_t base,
                            uint32_t *index, float *value) {
    eight at = *(const eight *)(const void *)bits->set[byte];
    for (int k = 0; k < 8; k++)
        value[k] = x[at[k]];
    *(eight *)(void *)index = at + (int32_t)base;
    return bits->count[byte];
}

static inline size_t list_16(const loci_bits *bits, const float *x, uint32_t base, uint32_t heard,
                             uint32_t *index, float *value) {
    uint32_t mask = nonzero(x) & heard;
    size_t low = list_8(bits, x, mask & 255, base, index, value);
    return low + list_8(bits, x + 8, mask >> 8, base + 8, index + low, value + low);
}
#endif

static size_t active(const loci_bits *bits, const uint16_t *heard, const float *x, size_t n,
                     uint32_t *index, float *value) {
    size_t count = 0, i = 0;
    for (; i + LOCI_SLICE <= n; i += LOCI_SLICE) {
        uint32_t mask = heard == NULL ? UINT16_MAX : heard[i / LOCI_SLICE];
        count += list_16(bits, x + i, (uint32_t)i, mask, index + count, value + count);
    }
    for (; i < n; i++) {
        index[count] = (uint32_t)i;
        value[count] = x[i];
        count += x[i] != 0 && (heard == NULL || (heard[i / LOCI_SLICE] >> i % LOCI_SLICE & 1) != 0);
    }
    return count;
}

static void rectify(float *restrict x, const float *restrict bias, size_t n) {
    for (size_t j = 0; j < n; j++) {
        float u = x[j] + bias[j];
        x[j] = u < 0 ? 0 : u;
    }
}

static void levels(const uint8_t *restrict bytes, size_t n, float *restrict to) {
    for (size_t i = 0; i < n; i++)
        to[i] = (float)bytes[i] / 255;
}

static bool all_finite(const float *numbers, size_t count) {
    return loci_all_finite(numbers, count);
}

const loci_sparse_kernels loci_sparse_kernels_isa = {product, inner,   sliced, turn,
                                                     active,  rectify, levels, all_finite};
