/* Memory whose size is a product that may not overflow. */
#ifndef LOCI_BASE_MEMORY_H
#define LOCI_BASE_MEMORY_H

#include <stddef.h>

/* count * size zeroed bytes aligned to 64 (a cache line, an AVX-512 register); NULL when the
 * product overflows or memory is short. count 0 gives a valid pointer. Free with free(). */
void *loci_alloc(size_t count, size_t size);
/* Likewise, but with anything in it: what is never written to takes no memory. */
void *loci_alloc_raw(size_t count, size_t size);

/* Rounds n up to a multiple of 16 floats: the widest vector register. */
static inline size_t loci_pad16(size_t n) {
    return (n + 15) & ~(size_t)15;
}

#endif
