/* The product of a matrix in slices with a vector. */
#include "linear/linear_kernels.h"
#include "linear/vector.h"

/* Vector gathers take 32-bit columns; in 16 bits they leave room in the cache. */
typedef uint16_t narrow __attribute__((vector_size(2 * LOCI_SLICE), aligned(2), may_alias));
typedef int32_t wide __attribute__((vector_size(4 * LOCI_SLICE), may_alias));
static inline void widen(int32_t *to, const uint16_t *from) {
    *(wide *)(void *)to = __builtin_convertvector(*(const narrow *)(const void *)from, wide);
}

void LOCI_ISA_NAME(loci_sell_spmv)(const loci_slices *s, const float *x, float *out) {
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
