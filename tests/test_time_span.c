/* By when most events of recordings have passed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "data/time_span.h"

static void few_times_are_all_covered(void **state) {
    (void)state;
    loci_time_span span = {0};
    assert_true(loci_time_span_of(&span, 0.995) == 0);
    for (int i = 0; i < 199; i++)
        loci_time_span_add(&span, i < 198 ? 0.001 * i : 7.25);
    assert_true(loci_time_span_of(&span, 0.995) == 7.25);
}

/* Of 100,000 times, evenly over a second, and 100 late ones; in any order. */
static void stragglers_are_left_out(void **state) {
    (void)state;
    for (int late_first = 0; late_first < 2; late_first++) {
        loci_time_span span = {0};
        for (int i = 0; late_first && i < 100; i++)
            loci_time_span_add(&span, 5000 + i);
        for (int i = 0; i < 100000; i++)
            loci_time_span_add(&span, i / 100000.0);
        for (int i = 0; !late_first && i < 100; i++)
            loci_time_span_add(&span, 5000 + i);
        assert_int_equal(span.total, 100100);
        assert_true(span.last == 5099);
        /* a bin is 5099 seconds / 4096 at the most */
        assert_in_range(loci_time_span_of(&span, 0.995) * 1000, 996, 2300);
        assert_true(loci_time_span_of(&span, 1) == 5099);
    }
}

static void bins_are_fine_as_the_times(void **state) {
    (void)state;
    loci_time_span span = {0};
    for (int i = 0; i < 100000; i++)
        loci_time_span_add(&span, (i + 0.5) / 100000.0 * 0.8);
    double half = loci_time_span_of(&span, 0.5);
    assert_true(half > 0.3999 && half < 0.4 + 0.8 / 4096 + 1e-9);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_times_are_all_covered),
        cmocka_unit_test(stragglers_are_left_out),
        cmocka_unit_test(bins_are_fine_as_the_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
