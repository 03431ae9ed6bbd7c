/* Activations, for every instruction set this machine runs, against the float64 twin: values and
 * the way back over all that a neuron may meet, to a few units of float32's last digit; padding,
 * places in a row and kinds of call make no difference to a bit; what is not finite shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <loci/spec.h>
#include <math.h>
#include <string.h>

#include "linear/block.h"
#include "neuron/activation.h"
#include "reference/activation_twin.h"

enum { KINDS = LOCI_ACTIVATION_SINE + 1, WIDTH = 61, LD = 64, ROWS = LOCI_AFTER_ROWS };
enum { LAST_ISA = LOCI_ISA_COUNT };

static const loci_activation_kernels *kernels[LAST_ISA];

static int find_kernels(void **state) {
    (void)state;
    for (int isa = 0; isa <= (int)loci_isa_best(); isa++)
        kernels[isa] = loci_activation_kernels_for((enum loci_isa)isa);
    return 0;
}

#define FOR_KERNELS(isa)                                                                           \
    for (int isa = 0; isa < LAST_ISA; isa++)                                                       \
        if (kernels[isa] != NULL)

/* A row of inputs: dense about 0, where curves bend, then ever further out, both signs, and numbers
 * so small that their squares vanish. */
static float input(size_t i) {
    size_t at = i / 2 % 1500, round = i / 3000;
    double size = at < 1000   ? (double)(at + round) / 125
                  : at < 1400 ? 8 * exp((double)(at - 1000) / 40)
                              : exp(-(double)(at - 1399) * 0.6);
    return (float)(i % 2 == 0 ? size : -size);
}

enum { INPUTS = 3 * 3000 };

/* What float32 allows of h: a part of it, and a part of what it is made from. */
static double allowed(int kind, double u, double exact) {
    double part = fabs(exact) * 6e-7;
    /* u^2 is rounded before the bell is taken of it, which ends at 1e-30
     */
    if (kind == LOCI_ACTIVATION_GELU && u < 0)
        part = fabs(exact) * (6e-7 + 1e-7 * u * u) + 2e-29;
    if (kind == LOCI_ACTIVATION_SINE)
        part += 1.5e-7 + 4e-16 * fabs(u);
    return part;
}

static void test_values(void **state) {
    (void)state;
    FOR_KERNELS(isa)
    for (int kind = 0; kind < KINDS; kind++)
        for (size_t i = 0; i < INPUTS; i++) {
            float u = input(i), h = u;
            kernels[isa]->neuron(kind, &h, 1, 0);
            double exact = loci_reference_activation(kind, (double)u);
            if (!(fabs((double)h - exact) <= allowed(kind, (double)u, exact)))
                fail_msg("isa %d, activation %d: h(%.9g) = %.9g, exactly %.9g", isa, kind,
                         (double)u, (double)h, exact);
        }
}

/* dh/du, by a gradient of 1. */
static void test_slopes(void **state) {
    (void)state;
    FOR_KERNELS(isa)
    for (int kind = 0; kind < KINDS; kind++)
        for (size_t i = 0; i < INPUTS; i++) {
            float u = input(i), bias = 0, h = u, kept = 0, g = 1, sum = 0;
            loci_activation_layer layer = {kind, &bias, 1, LD, &kept, &h, &sum};
            kernels[isa]->forward(&layer, &h, 0, 1, 0, 1);
            kernels[isa]->backward(&layer, &g, 0, 1, 0, 1);
            double exact = loci_reference_activation_slope(kind, (double)u);
            if (u == 0 && loci_reference_activation_is_kinked(kind))
                continue;
            if (!(fabs((double)g - exact) <= 1e-6 + 4e-16 * fabs((double)u)))
                fail_msg("isa %d, activation %d: h'(%.9g) = %.9g, exactly %.9g", isa, kind,
                         (double)u, (double)g, exact);
        }
}

/* A block of a layer, [ROWS, LD] each; the bias is of a power of two, to be added exactly. */
struct block {
    float bias[LD], current[ROWS * LD], input[ROWS * LD], output[ROWS * LD], g[ROWS * LD], sum[LD];
};

static void fill(struct block *x) {
    memset(x, 0, sizeof *x);
    for (size_t j = 0; j < LD; j++)
        x->bias[j] = (float)(j % 5) / 4 - 0.5f;
    for (size_t i = 0; i < ROWS * LD; i++) {
        x->current[i] = input(i * 7 % 2000);
        x->g[i] = (float)(i % 9) / 8 - 0.5f;
    }
}

/* Whichever kernel call a neuron's output comes from, and wherever in a row it stands. */
static void test_kinds_of_call_agree(void **state) {
    (void)state;
    static struct block x;
    FOR_KERNELS(isa)
    for (int kind = 0; kind < KINDS; kind++) {
        fill(&x);
        memcpy(x.output, x.current, sizeof x.output);
        loci_activation_layer layer = {.activation = kind,
                                       .bias = x.bias,
                                       .m = WIDTH,
                                       .ld = LD,
                                       .input = x.input,
                                       .output = x.output,
                                       .sums = x.sum};
        kernels[isa]->forward(&layer, x.output, 0, ROWS, 0, 17);
        kernels[isa]->forward(&layer, x.output + 17, 0, ROWS, 17, WIDTH - 17);
        for (size_t b = 0; b < ROWS; b++) {
            float row[WIDTH];
            memcpy(row, x.current + b * LD, sizeof row);
            kernels[isa]->sample(kind, row, x.bias, WIDTH);
            assert_memory_equal(row, x.output + b * LD, sizeof row);
            for (size_t j = WIDTH; j < LD; j++)
                assert_true(x.output[b * LD + j] == x.current[b * LD + j]);
        }
        for (size_t j = 0; j < WIDTH; j++) {
            float column[ROWS];
            for (size_t b = 0; b < ROWS; b++)
                column[b] = x.current[b * LD + j];
            kernels[isa]->neuron(kind, column, ROWS, x.bias[j]);
            for (size_t b = 0; b < ROWS; b++)
                assert_true(column[b] == x.output[b * LD + j]);
        }
        kernels[isa]->backward(&layer, x.g, 0, ROWS, 0, WIDTH);
        for (size_t j = 0; j < WIDTH; j++) {
            double sum = 0, size = 0;
            for (size_t b = 0; b < ROWS; b++) {
                sum += (double)x.g[b * LD + j];
                size += fabs((double)x.g[b * LD + j]);
            }
            assert_true(fabs(sum - (double)x.sum[j]) <= 1e-5 * size);
        }
    }
}

/* A NaN stays one on both ways, for a loss to show it; an infinity is never a number that looks
 * sound. */
static void test_not_finite_shows(void **state) {
    (void)state;
    FOR_KERNELS(isa)
    for (int kind = 0; kind < KINDS; kind++) {
        float row[2 * WIDTH];
        for (size_t j = 0; j < 2 * WIDTH; j++)
            row[j] = (float)NAN;
        kernels[isa]->neuron(kind, row, 2 * WIDTH, 0.5f);
        for (size_t j = 0; j < 2 * WIDTH; j++)
            assert_true(isnan(row[j]));
        float h = (float)INFINITY, low = -(float)INFINITY;
        kernels[isa]->neuron(kind, &h, 1, 0);
        kernels[isa]->neuron(kind, &low, 1, 0);
        assert_true(kind == LOCI_ACTIVATION_SINE   ? isnan(h) && isnan(low)
                    : kind == LOCI_ACTIVATION_TANH ? h == 1 && low == -1
                                                   : isinf(h) && !(low > 0));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_slopes),
        cmocka_unit_test(test_kinds_of_call_agree),
        cmocka_unit_test(test_not_finite_shows),
    };
    return cmocka_run_group_tests(tests, find_kernels, NULL);
}
