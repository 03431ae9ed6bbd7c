/* The product of a sparse matrix with a dense block, compiled once per instruction set.
 *
 * A strip of the output row stays in registers while the row's entries go by; each entry costs one
 * load and one multiply-add per vector. Every sum goes through its entries in their order, in one
 * register, multiplied and added at once where the machine can: so it is the same bits in a strip
 * of any width, by list or by slice, and with zeros among the entries or without. */
#include <string.h>
#ifdef __AVX512F__
#include <immintrin.h>
#endif

#include "base/finite.h"
#include "base/isa.h"
#include "synapse/sparse.h"

#define loci_sparse_kernels_isa LOCI_ISA_NAME(loci_sparse_kernels)
extern const loci_sparse_kernels loci_sparse_kernels_isa;

/* As many floats as a register holds: of what is wider, compilers make memory. */
#if defined(__AVX512F__)
enum { LANES = 16 };
#elif defined(__AVX__)
enum { LANES = 8 };
#else
enum { LANES = 4 };
#endif
typedef float vector __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

/* Macros, because passing such a vector to a function is an ABI question on machines without it. */
#define AT(p) (*(const vector *)(const void *)(p))
#define STORE(p, v) (*(vector *)(void *)(p) = (v))

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

static void product(const loci_sparse *s, size_t r0, size_t r1, const float *m, size_t ldm,
                    float *out, size_t ldo, size_t width, int add) {
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
        vector sum[LOCI_SLICE / LANES] = {{0}};
        for (uint32_t t = s->start[k]; t < s->start[k + 1]; t++) {
            const float *value = s->value + (size_t)t * LOCI_SLICE;
            int32_t at[LOCI_SLICE] __attribute__((aligned(64)));
            float sent[LOCI_SLICE] __attribute__((aligned(64)));
            widen(at, s->index + (size_t)t * LOCI_SLICE);
#pragma omp simd
            for (int lane = 0; lane < LOCI_SLICE; lane++)
                sent[lane] = x[at[lane]];
            for (int v = 0; v < LOCI_SLICE / LANES; v++)
                sum[v] += AT(value + v * LANES) * AT(sent + v * LANES);
        }
        for (int v = 0; v < LOCI_SLICE / LANES; v++)
            STORE(s->sum + k * LOCI_SLICE + v * LANES, sum[v]);
    }
    for (size_t i = 0; i < s->rows; i++)
        out[s->row[i]] = s->sum[i];
}

static void scatter(const uint32_t *restrict from, const uint32_t *restrict receiver,
                    const float *restrict weight, const loci_sparse *active, size_t row,
                    float *restrict out) {
    for (uint32_t t = active->start[row]; t < active->end[row]; t++) {
        float value = active->value[t];
        uint32_t i = active->index[t];
        for (uint32_t place = from[i]; place < from[i + 1]; place++)
            out[receiver[place]] += value * weight[place];
    }
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

typedef float sixteen __attribute__((vector_size(64), aligned(4), may_alias));

/* Bit k: lane k is not 0. */
static inline uint32_t nonzero(const float *x) {
    static const wide powers = {1 << 0,  1 << 1,  1 << 2,  1 << 3, 1 << 4,  1 << 5,
                                1 << 6,  1 << 7,  1 << 8,  1 << 9, 1 << 10, 1 << 11,
                                1 << 12, 1 << 13, 1 << 14, 1 << 15};
    const sixteen zero = {0};
    wide lanes = (wide)(*(const sixteen *)(const void *)x != zero) & powers;
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

const loci_sparse_kernels loci_sparse_kernels_isa = {product, inner,   sliced, scatter,   turn,
                                                     active,  rectify, levels, all_finite};
