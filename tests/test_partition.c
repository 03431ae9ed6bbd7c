/* How a pair's weights are cut into tiles: each weight once, within the bounds that the kernels
 * rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "synapse/partition.h"

static const size_t sizes[] = {1,   2,   7,   15,  16,  17,  31,  63,   64,   65,
                               127, 128, 200, 255, 256, 257, 784, 1000, 2048, 5000};
enum { SIZES = sizeof sizes / sizeof *sizes };

/* Marks, tile by tile, which rows and columns are covered. Tiles form a grid, so rows and columns
 * can be counted apart. */
static void cover(size_t count, size_t piece, size_t pieces) {
    unsigned char *times = calloc(count, 1);
    assert_non_null(times);
    for (size_t t = 0; t < pieces; t++) {
        assert_true(t * piece < count); /* no tile is empty */
        for (size_t i = t * piece; i < (t + 1) * piece && i < count; i++)
            times[i]++;
    }
    for (size_t i = 0; i < count; i++)
        assert_int_equal(times[i], 1);
    free(times);
}

static void each_weight_is_in_one_tile(void **state) {
    (void)state;
    for (size_t a = 0; a < SIZES; a++)
        for (size_t b = 0; b < SIZES; b++)
            for (int streamed = 0; streamed < 2; streamed++) {
                loci_partition part = loci_partition_of(sizes[a], sizes[b], streamed);
                cover(sizes[a], part.height, part.rows);
                cover(sizes[b], part.width, part.columns);
                assert_int_equal(part.width % 16, 0);
                assert_in_range(part.width, 16, 64);
            }
}

static void large_pairs_give_four_threads_work(void **state) {
    (void)state;
    assert_true(loci_partition_of(784, 256, 1).columns >= 4);
    assert_true(loci_partition_of(784, 2048, 1).columns >= 4);
    loci_partition last = loci_partition_of(2048, 10, 0);
    assert_true(last.rows * last.columns >= 4);
    loci_partition few = loci_partition_of(784, 128, 1); /* on the way back, even two: the last
                                                            tile is what the others wait for */
    assert_true(few.rows * few.columns >= 16);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_weight_is_in_one_tile),
        cmocka_unit_test(large_pairs_give_four_threads_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
