/* Listing what is not zero. */
#include <string.h>
#ifdef __AVX512F__
#include <immintrin.h>
#endif

#include "linear/linear_kernels.h"

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

typedef int32_t wide __attribute__((vector_size(4 * LOCI_SLICE), may_alias));
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

size_t LOCI_ISA_NAME(loci_compact)(const loci_bits *bits, const uint16_t *heard, const float *x,
                                   size_t n, uint32_t *index, float *value) {
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
