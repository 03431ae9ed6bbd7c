/* Vectors of floats as wide as a register of the instruction set that a file of kernels is compiled
 * for. */
#ifndef LOCI_LINEAR_VECTOR_H
#define LOCI_LINEAR_VECTOR_H

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

#endif
