/* The kernels of spiking neurons, for every instruction set this machine runs, against the same
 * equations written for one neuron in float64: strips and their padding, every stride, everything
 * that can be asked for or left out. Forward is exact on dyadic numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

#include <loci/spec.h>

#include "base/random.h"
#include "compare.h"
#include "neuron/integrator.h"
#include "neuron/lif.h"

enum { STEPS = 5, MOST = 192, STRIDE = MOST + 16, SIZES = 5 };
static const size_t sizes[SIZES] = {1, 63, 64, 65, 130};

static const double PI = 3.14159265358979323846;

/* A layer of some neurons, one sample's currents, and what is asked of it. Everything dyadic. */
struct layer {
    size_t m;
    loci_lif lif;
    float beta[MOST], theta[MOST], bias[MOST], weight[STEPS];
    float current[STEPS * STRIDE]; /* past the neurons 0 */
    float g_spikes[STEPS * STRIDE], g_weighted[MOST];
};

static void draw_layer(struct layer *x, size_t m, int reset, int surrogate, uint64_t seed) {
    const loci_random stream = {seed, LOCI_RANDOM_TEST, 40};
    uint64_t at = 0;
    memset(x, 0, sizeof *x);
    x->m = m;
    x->lif = (loci_lif){.padded = (m + LOCI_LIF_STRIP - 1) / LOCI_LIF_STRIP * LOCI_LIF_STRIP,
                        .steps = STEPS,
                        .reset = reset,
                        .surrogate = surrogate,
                        .slope = 1.5f,
                        .beta = x->beta,
                        .theta = x->theta,
                        .bias = x->bias};
    for (size_t j = 0; j < MOST; j++)
        x->theta[j] = 1;
    for (size_t j = 0; j < m; j++) {
        x->beta[j] = (float)loci_random_below(&stream, at++, 9) / 8;
        x->theta[j] = (float)(1 + loci_random_below(&stream, at++, 6)) / 4;
        x->bias[j] = (float)loci_random_below(&stream, at++, 8) / 16 - 0.125f;
        x->g_weighted[j] = (float)loci_random_below(&stream, at++, 15) / 8 - 0.8125f;
        for (size_t t = 0; t < STEPS; t++) {
            x->current[t * STRIDE + j] = (float)loci_random_below(&stream, at++, 32) / 16 - 0.5f;
            x->g_spikes[t * STRIDE + j] = (float)loci_random_below(&stream, at++, 15) / 8 - 0.9375f;
        }
    }
    for (size_t t = 0; t < STEPS; t++)
        x->weight[t] = (float)(t + 1) / 4;
}

/* One neuron over all steps. */
struct plain {
    double u[STEPS + 1], s[STEPS + 1]; /* from step 0 on, where both are 0 */
    double count, weighted;
    double g_current[STEPS], g_beta, g_theta;
};

static double kept(const struct layer *x, double s) {
    return x->lif.reset == LOCI_RESET_ZERO ? 1 - s : 1;
}

static double surrogate(const struct layer *x, double v) {
    double k = x->lif.slope;
    if (x->lif.surrogate == LOCI_SURROGATE_FAST_SIGMOID)
        return 1 / pow(1 + k * fabs(v), 2);
    if (x->lif.surrogate == LOCI_SURROGATE_ARCTANGENT)
        return 1 / (1 + pow(PI * k * v / 2, 2));
    return fmax(0, 1 - k * fabs(v));
}

/* g [STEPS] = dL/dS. */
static void run_plain(const struct layer *x, size_t j, bool constant, const double *g,
                      struct plain *out) {
    memset(out, 0, sizeof *out);
    double beta = x->beta[j], theta = x->theta[j], *u = out->u, *s = out->s;
    for (size_t t = 1; t <= STEPS; t++) {
        double current = (double)x->current[constant ? j : (t - 1) * STRIDE + j] + x->bias[j];
        u[t] = beta * kept(x, s[t - 1]) * u[t - 1] + current;
        if (x->lif.reset == LOCI_RESET_SUBTRACT)
            u[t] -= theta * s[t - 1];
        s[t] = u[t] > theta;
        out->count += s[t];
        out->weighted += x->weight[t - 1] * s[t];
    }
    double after = 0;
    for (size_t t = STEPS; t >= 1; t--) {
        double through = g[t - 1] * surrogate(x, u[t] - theta);
        after = through + beta * kept(x, s[t]) * after;
        out->g_current[t - 1] = after;
        out->g_beta += after * kept(x, s[t - 1]) * u[t - 1];
        out->g_theta -= through;
        if (x->lif.reset == LOCI_RESET_SUBTRACT)
            out->g_theta -= after * s[t - 1];
    }
}

/* Everything a call writes, with a mark in what it must leave alone. */
static const float MARK = -7777;
struct written {
    float spikes[STEPS * STRIDE], membrane[STEPS * STRIDE], g_current[STEPS * STRIDE];
    float weighted[MOST], count[MOST], g_beta[MOST], g_theta[MOST];
};

static void mark(struct written *w) {
    float *all = (float *)w;
    for (size_t i = 0; i < sizeof *w / sizeof *all; i++)
        all[i] = MARK;
    for (size_t j = 0; j < MOST; j++)
        w->count[j] = w->g_beta[j] = w->g_theta[j] = 2; /* added to */
}

static void check_forward(const struct layer *x, const loci_lif_kernels *kernels, bool constant) {
    static struct written w;
    static const double none[STEPS];
    mark(&w);
    for (size_t j = 0; j < x->lif.padded; j += LOCI_LIF_STRIP) {
        const loci_lif_strip strip = {.current = x->current + j,
                                      .current_stride = constant ? 0 : STRIDE,
                                      .spikes = w.spikes + j,
                                      .spikes_stride = STRIDE,
                                      .weight = x->weight,
                                      .weighted = w.weighted + j,
                                      .count = w.count + j,
                                      .membrane = w.membrane + j,
                                      .membrane_stride = STRIDE};
        kernels->forward(&x->lif, j, &strip);
    }
    for (size_t j = 0; j < STRIDE; j++) {
        struct plain p = {0};
        if (j < x->lif.padded)
            run_plain(x, j, constant, none, &p);
        if (j >= x->m)
            assert_true(p.count == 0); /* padding is silent */
        for (size_t t = 0; t < STEPS; t++) {
            bool inside = j < x->lif.padded;
            assert_true(w.spikes[t * STRIDE + j] == (inside ? (float)p.s[t + 1] : MARK));
            assert_true(w.membrane[t * STRIDE + j] == (inside ? (float)p.u[t + 1] : MARK));
        }
        if (j < MOST) {
            assert_true(w.count[j] == 2 + (float)p.count);
            assert_true(w.weighted[j] == (j < x->lif.padded ? (float)p.weighted : MARK));
        }
    }
}

/* Spikes may be written over the currents, and everything but the currents left out. */
static void check_in_place(const struct layer *x, const loci_lif_kernels *kernels) {
    static float buffer[STEPS * STRIDE];
    static const double none[STEPS];
    memcpy(buffer, x->current, sizeof buffer);
    for (size_t j = 0; j < x->lif.padded; j += LOCI_LIF_STRIP) {
        const loci_lif_strip strip = {.current = buffer + j,
                                      .current_stride = STRIDE,
                                      .spikes = buffer + j,
                                      .spikes_stride = STRIDE};
        kernels->forward(&x->lif, j, &strip);
    }
    for (size_t j = 0; j < x->m; j++) {
        struct plain p;
        run_plain(x, j, false, none, &p);
        for (size_t t = 0; t < STEPS; t++)
            assert_true(buffer[t * STRIDE + j] == (float)p.s[t + 1]);
    }
}

static void near(double a, double b, double terms) {
    if (!(fabs(a - b) <= 1e-5 * terms))
        fail_msg("%.9g instead of %.9g", a, b);
}

/* summed: dL/dS comes as weight[t] dL/dweighted, and the gradient of a constant current is wanted
 * as its sum. */
static void check_backward(const struct layer *x, const loci_lif_kernels *kernels, bool constant,
                           bool summed, bool constants) {
    static struct written w;
    static float scratch[2 * STEPS * LOCI_LIF_STRIP];
    mark(&w);
    for (size_t j = 0; j < x->lif.padded; j += LOCI_LIF_STRIP) {
        const loci_lif_strip strip = {.current = x->current + j,
                                      .current_stride = constant ? 0 : STRIDE,
                                      .weight = x->weight,
                                      .g_spikes = summed ? NULL : x->g_spikes + j,
                                      .g_stride = STRIDE,
                                      .g_weighted = summed ? x->g_weighted + j : NULL,
                                      .g_current = w.g_current + j,
                                      .g_current_stride = constant ? 0 : STRIDE,
                                      .g_beta = constants ? w.g_beta + j : NULL,
                                      .g_theta = constants ? w.g_theta + j : NULL,
                                      .scratch = scratch};
        kernels->backward(&x->lif, j, &strip);
    }
    for (size_t j = 0; j < x->lif.padded; j++) {
        struct plain p;
        double g[STEPS], sum = 0;
        for (size_t t = 0; t < STEPS; t++)
            g[t] = summed ? (double)x->weight[t] * x->g_weighted[j] : x->g_spikes[t * STRIDE + j];
        run_plain(x, j, constant, g, &p);
        for (size_t t = 0; t < STEPS; t++) {
            sum += p.g_current[t];
            if (!constant)
                near(w.g_current[t * STRIDE + j], p.g_current[t], 4);
            else if (t > 0)
                assert_true(w.g_current[t * STRIDE + j] == MARK);
        }
        if (constant)
            near(w.g_current[j], sum, 8);
        near(w.g_beta[j], constants ? 2 + p.g_beta : 2, 16);
        near(w.g_theta[j], constants ? 2 + p.g_theta : 2, 16);
    }
    for (size_t j = x->lif.padded; j < STRIDE; j++)
        assert_true(w.g_current[j] == MARK && w.g_current[(STEPS - 1) * STRIDE + j] == MARK);
}

static void test_kernels(void **state) {
    (void)state;
    static struct layer x;
    for (int isa = 0; isa <= (int)loci_isa_best(); isa++)
        for (size_t i = 0; i < SIZES * 9; i++) {
            const loci_lif_kernels *kernels = loci_lif_kernels_for((enum loci_isa)isa);
            draw_layer(&x, sizes[i / 9], (int)(i / 3 % 3), (int)(i % 3), i + 1);
            check_forward(&x, kernels, false);
            check_forward(&x, kernels, true);
            check_in_place(&x, kernels);
            for (int ask = 0; ask < 8; ask++)
                check_backward(&x, kernels, ask & 1, ask & 2, ask & 4);
        }
}

/* A spike takes more than the threshold: at it a neuron stays silent. */
static void test_threshold_itself_is_silent(void **state) {
    (void)state;
    static struct layer x;
    static float spikes[STEPS * STRIDE];
    draw_layer(&x, 2, LOCI_RESET_NONE, 0, 1);
    memset(x.current, 0, sizeof x.current);
    x.beta[0] = x.beta[1] = 0;
    x.theta[0] = x.theta[1] = x.bias[0] = 0.75f;
    x.bias[1] = nextafterf(0.75f, 1);
    for (int isa = 0; isa <= (int)loci_isa_best(); isa++) {
        const loci_lif_strip strip = {.current = x.current,
                                      .current_stride = STRIDE,
                                      .spikes = spikes,
                                      .spikes_stride = STRIDE};
        loci_lif_kernels_for((enum loci_isa)isa)->forward(&x.lif, 0, &strip);
        for (size_t t = 0; t < STEPS; t++)
            assert_true(spikes[t * STRIDE] == 0 && spikes[t * STRIDE + 1] == 1);
    }
}

/* The linear readouts as weighted sums: weight such that out = sum_t weight[t] I[t]. */
static void test_integrator_weights(void **state) {
    (void)state;
    enum { T = 4, M = 3 };
    const float beta[M] = {0.9375f, 0, 1}, bias[M] = {0.25f, 0, -0.5f};
    const float current[T * M] = {1, 2, -1, 0.5f, -1, 3, 0.25f, 0, 1, -2, 4, 0.5f};
    const int readouts[] = {LOCI_READOUT_MEMBRANE_MEAN, LOCI_READOUT_MEMBRANE_LAST};
    for (size_t r = 0; r < 2; r++) {
        float membrane[T * M], out[M], weight[T];
        const loci_integrator layer = {M, T, readouts[r], beta, bias, NULL};
        loci_integrator_forward(&layer, current, M, membrane, M, out);
        for (size_t j = 0; j < M; j++) {
            double v = 0, sum = 0, weighted = 0;
            loci_integrator_weights(readouts[r], beta[j], T, weight);
            for (size_t t = 0; t < T; t++) {
                v = beta[j] * v + current[t * M + j] + bias[j];
                assert_true(membrane[t * M + j] == (float)v);
                sum += v;
                weighted += (double)weight[t] * ((double)current[t * M + j] + bias[j]);
            }
            assert_true(out[j] == (float)(readouts[r] == LOCI_READOUT_MEMBRANE_MEAN ? sum / T : v));
            assert_true(out[j] == (float)weighted);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kernels),
        cmocka_unit_test(test_threshold_itself_is_silent),
        cmocka_unit_test(test_integrator_weights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
