/* Kernels of linear algebra that no sum is taken in, in every compilation this machine can run:
 * listing what is not zero, bytes as numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "linear/linear.h"

/* What is not zero, listed; zeros of both signs and NaN are in it, and numbers that are not heard.
 */
static void check_listing(enum loci_isa isa, size_t n, bool some) {
    enum { MOST = 100 };
    const loci_random stream = {n, LOCI_RANDOM_TEST, 11};
    float x[MOST], value[MOST + LOCI_SLICE];
    uint32_t index[MOST + LOCI_SLICE];
    uint16_t heard[MOST / LOCI_SLICE + 1];
    loci_bits bits;
    loci_bits_fill(&bits);
    for (size_t k = 0; k < sizeof heard / sizeof *heard; k++)
        heard[k] = (uint16_t)loci_random_below(&stream, 1000 + k, 65536);
    for (size_t i = 0; i < n; i++)
        x[i] = i % 7 == 3   ? NAN
               : i % 5 == 1 ? -0.0f
               : i % 3 != 0 ? 0
                            : (float)loci_random_normal(&stream, i);
    size_t count =
        loci_linear_kernels_for(isa)->compact(&bits, some ? heard : NULL, x, n, index, value);
    size_t listed = 0;
    for (size_t i = 0; i < n; i++) {
        bool is_heard = !some || (heard[i / LOCI_SLICE] >> i % LOCI_SLICE & 1) != 0;
        if (x[i] == 0 || !is_heard)
            continue;
        assert_true(listed < count && index[listed] == i);
        assert_memory_equal(&value[listed], &x[i], sizeof *x);
        listed++;
    }
    assert_int_equal(listed, count);
}

static void test_listing(void **state) {
    (void)state;
    for (int isa = 0; isa <= (int)loci_isa_best(); isa++)
        for (size_t n = 0; n <= 100; n++) {
            check_listing((enum loci_isa)isa, n, false);
            check_listing((enum loci_isa)isa, n, true);
        }
}

/* Every byte, at every place of a vector. */
static void test_levels(void **state) {
    (void)state;
    enum { BYTES = 256 + 63 };
    uint8_t bytes[BYTES];
    float level[BYTES];
    for (int i = 0; i < BYTES; i++)
        bytes[i] = (uint8_t)i;
    for (int isa = 0; isa <= (int)loci_isa_best(); isa++)
        for (size_t first = 0; first < 64; first++) {
            loci_linear_kernels_for((enum loci_isa)isa)->levels(bytes + first, 256, level);
            for (size_t i = 0; i < 256; i++)
                assert_true(level[i] == (float)bytes[first + i] / 255.0f);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_listing),
        cmocka_unit_test(test_levels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
