/* Random numbers: the published test vectors, and that each kind of draw has the distribution it
 * claims. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"

/* The known answers of Random123 for philox4x32-10: counter, key, result. */
static void philox_gives_the_published_words(void **state) {
    (void)state;
    static const struct {
        uint32_t counter[4], key[2], words[4];
    } known[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        loci_random stream = {(uint64_t)known[i].key[1] << 32 | known[i].key[0],
                              known[i].counter[2], known[i].counter[3]};
        uint32_t words[4];
        loci_random_words(&stream, (uint64_t)known[i].counter[1] << 32 | known[i].counter[0],
                          words);
        assert_memory_equal(words, known[i].words, sizeof words);
    }
}

/* With 100,000 draws the mean of a uniform is within 0.004 of 1/2 with more than 4 standard errors
 * to spare. */
static void moments_are_right(void **state) {
    (void)state;
    enum { DRAWS = 100000 };
    loci_random stream = {7, LOCI_RANDOM_TEST, 3};
    double uniform = 0, normal = 0, square = 0, below = 0;
    for (uint64_t i = 0; i < DRAWS; i++) {
        double u = loci_random_uniform(&stream, i), z = loci_random_normal(&stream, i);
        uint32_t b = loci_random_below(&stream, i, 10);
        assert_true(u >= 0 && u < 1 && isfinite(z) && b < 10);
        uniform += u;
        normal += z;
        square += z * z;
        below += b;
    }
    assert_true(fabs(uniform / DRAWS - 0.5) < 0.004);
    assert_true(fabs(normal / DRAWS) < 0.013);
    assert_true(fabs(square / DRAWS - 1) < 0.02);
    assert_true(fabs(below / DRAWS - 4.5) < 0.04);
}

static void seed_purpose_round_and_index_all_count(void **state) {
    (void)state;
    static const loci_random streams[] = {
        {1, 1, 1}, {2, 1, 1}, {1, 2, 1}, {1, 1, 2}, {1ull << 32, 1, 1}};
    enum { STREAMS = sizeof streams / sizeof *streams };
    double draw[STREAMS + 2];
    for (size_t i = 0; i < STREAMS; i++)
        draw[i] = loci_random_uniform(&streams[i], 0);
    draw[STREAMS] = loci_random_uniform(&streams[0], 1);
    draw[STREAMS + 1] = loci_random_uniform(&streams[0], 1ull << 32);
    for (size_t i = 0; i < STREAMS + 2; i++)
        for (size_t j = 0; j < i; j++)
            assert_true(draw[i] != draw[j]);
    assert_true(loci_random_uniform(&streams[0], 0) == draw[0]);
}

static void a_permutation_has_everything_once(void **state) {
    (void)state;
    enum { COUNT = 1000 };
    loci_random stream = {5, LOCI_RANDOM_TEST, 0};
    uint32_t order[COUNT];
    char seen[COUNT] = {0};
    size_t moved = 0;
    loci_random_permutation(&stream, order, COUNT);
    for (uint32_t i = 0; i < COUNT; i++) {
        assert_true(order[i] < COUNT && !seen[order[i]]);
        seen[order[i]] = 1;
        moved += order[i] != i;
    }
    assert_true(moved > COUNT * 9 / 10);
    loci_random_permutation(&stream, order, 1);
    assert_int_equal(order[0], 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_gives_the_published_words),
        cmocka_unit_test(moments_are_right),
        cmocka_unit_test(seed_purpose_round_and_index_all_count),
        cmocka_unit_test(a_permutation_has_everything_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
