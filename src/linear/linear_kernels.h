/* For the files of kernels: what each compilation of them is called. */
#ifndef LOCI_LINEAR_LINEAR_KERNELS_H
#define LOCI_LINEAR_LINEAR_KERNELS_H

#include "base/isa.h"
#include "linear/linear.h"

/* The members of loci_linear_kernels, as functions of one instruction set. */
#define LOCI_DECLARE_LINEAR(isa)                                                                   \
    void loci_spmm_##isa(const loci_sparse *s, size_t r0, size_t r1, const float *m, size_t ldm,   \
                         float *out, size_t ldo, size_t width, int add);                           \
    void loci_spmspv_##isa(const uint32_t *start, const uint32_t *receiver, const float *weight,   \
                           const loci_sparse *active, size_t row, float *out);                     \
    void loci_sddmm_##isa(const uint32_t *index, size_t count, const float *x, size_t ldx,         \
                          const float *g, size_t width, float *out);                               \
    void loci_sell_spmv_##isa(const loci_slices *s, const float *x, float *out);                   \
    void loci_transpose_##isa(const float *from, size_t ldf, size_t rows, size_t columns,          \
                              float *to, size_t ldt);                                              \
    size_t loci_compact_##isa(const loci_bits *bits, const uint16_t *heard, const float *x,        \
                              size_t n, uint32_t *index, float *value);                            \
    void loci_levels_##isa(const uint8_t *bytes, size_t n, float *to);                             \
    bool loci_finite_##isa(const float *numbers, size_t count);
LOCI_EACH_ISA(LOCI_DECLARE_LINEAR)

#endif
