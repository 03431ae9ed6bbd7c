/* Numbers to compute with. Include after cmocka.h. */
#ifndef LOCI_TESTS_DRAW_H
#define LOCI_TESTS_DRAW_H

#include "base/memory.h"
#include "base/random.h"

/* [count] normal numbers, the same for the same count and round; free() them. */
static inline float *draw(size_t count, uint32_t round) {
    const loci_random stream = {count, LOCI_RANDOM_TEST, round};
    float *x = loci_alloc(count, sizeof *x);
    assert_non_null(x);
    for (size_t i = 0; i < count; i++)
        x[i] = (float)loci_random_normal(&stream, i);
    return x;
}

#endif
