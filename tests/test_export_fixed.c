/* What exported C of networks in time computes by tables: delays and softmax, beside the real ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "codegen/fixed_delay.h"
#include "codegen/fixed_softmax.h"

/* In steps / 256, of a square with 8 bits more than a distance of 1 has. */
static double real_delay(double square, double pace, uint32_t first, uint32_t taps) {
    double late = 256 * (sqrt(square / 256) * pace - first);
    return fmin(fmax(late, 0), 256.0 * (taps - 1));
}

static void test_delays(void **state) {
    (void)state;
    static const double paces[] = {0, 1e-9, 0.0007, 0.013, 0.25, 1, 3.7, 60, LOCI_LARGEST_PACE};
    uint16_t table[LOCI_SQUARE_ROOTS];
    loci_square_root_table(table);
    for (size_t p = 0; p < sizeof paces / sizeof *paces; p++)
        for (uint32_t first = 0; first < 2; first++)
            for (uint32_t taps = 1; taps < 1000; taps = 3 * taps + 2) {
                loci_fixed_delay delay = loci_fixed_delay_make(paces[p], first, taps);
                for (uint64_t square = 1; square < UINT32_MAX; square += 1 + square / 37) {
                    double real = real_delay((double)square, paces[p], first, taps);
                    double late = loci_fixed_delay_of(table, (uint32_t)square, &delay);
                    assert_true(late <= 256.0 * (taps - 1));
                    if (fabs(late - real) > 1.5 + 2e-4 * (real + 256 * first))
                        fail_msg("%g steps a unit, square %llu: %g, not %g", paces[p],
                                 (unsigned long long)square, late, real);
                }
            }
}

static void test_powers(void **state) {
    (void)state;
    for (double unit = 1e-7; unit < 100; unit *= 1.7) {
        loci_fixed_softmax softmax;
        loci_fixed_softmax_make(&softmax, unit);
        uint32_t before = 1 << LOCI_SHARE_BITS;
        assert_int_equal(loci_fixed_power(&softmax, 0), before);
        for (uint64_t below = 0; below <= UINT32_MAX; below += 1 + below / 53) {
            uint32_t power = loci_fixed_power(&softmax, (uint32_t)below);
            double real = ldexp(exp(-(double)below * unit), LOCI_SHARE_BITS);
            assert_true(power <= before); /* it falls */
            before = power;
            if (fabs(power - real) > 1.5 + 1e-3 * real)
                fail_msg("unit %g, %llu below: %u, not %g", unit, (unsigned long long)below, power,
                         real);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_delays),
                                       cmocka_unit_test(test_powers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
