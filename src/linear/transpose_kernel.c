/* The transpose of a dense matrix. */
#include "linear/linear_kernels.h"

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

static inline void transpose_4x4(const float *from, size_t ldf, float *to, size_t ldt) {
    four a = AT4(from), b = AT4(from + ldf), c = AT4(from + 2 * ldf), d = AT4(from + 3 * ldf);
    four ab0 = SHUFFLE(a, b, 0, 4, 1, 5), ab1 = SHUFFLE(a, b, 2, 6, 3, 7);
    four cd0 = SHUFFLE(c, d, 0, 4, 1, 5), cd1 = SHUFFLE(c, d, 2, 6, 3, 7);
    STORE4(to, SHUFFLE(ab0, cd0, 0, 1, 4, 5));
    STORE4(to + ldt, SHUFFLE(ab0, cd0, 2, 3, 6, 7));
    STORE4(to + 2 * ldt, SHUFFLE(ab1, cd1, 0, 1, 4, 5));
    STORE4(to + 3 * ldt, SHUFFLE(ab1, cd1, 2, 3, 6, 7));
}

/* Block by block, so that neither side's rows leave the first-level cache half read. */
void LOCI_ISA_NAME(loci_transpose)(const float *from, size_t ldf, size_t rows, size_t columns,
                                   float *to, size_t ldt) {
    size_t rows4 = rows & ~(size_t)3, columns4 = columns & ~(size_t)3;
    for (size_t j = 0; j < columns4; j += 4)
        for (size_t i = 0; i < rows4; i += 4)
            transpose_4x4(from + i * ldf + j, ldf, to + j * ldt + i, ldt);
    for (size_t i = rows4; i < rows; i++)
        for (size_t j = 0; j < columns4; j++)
            to[j * ldt + i] = from[i * ldf + j];
    for (size_t j = columns4; j < columns; j++)
        for (size_t i = 0; i < rows; i++)
            to[j * ldt + i] = from[i * ldf + j];
}
