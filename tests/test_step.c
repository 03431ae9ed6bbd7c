/* Spiking neurons a step at a time, for every instruction set this machine runs, against the
 * float64 twin: adaptive ones and those that are not, every reset and surrogate, padding. Forward
 * is exact on dyadic numbers, spikes and membranes alike, and so are plain neurons beside the
 * kernel that takes all steps at once. The way back is near to 1e-5 of what is summed; beside that
 * other kernel, too, which divides by other means. */
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
#include "neuron/step.h"
#include "reference/step_twin.h"

enum { STEPS = 5, MOST = 192, SIZES = 5, CONSTANTS = 5 };
static const size_t sizes[SIZES] = {1, 63, 64, 65, 130};

/* A layer and one sample's currents. Everything dyadic, small enough to be exact for all steps. */
struct layer {
    size_t m;
    bool adapts;
    loci_lif lif;
    loci_stepped stepped;
    float beta[MOST], theta[MOST], bias[MOST], rho[MOST], a[MOST], b[MOST];
    float current[STEPS][MOST], g_s[STEPS][MOST]; /* past the neurons 0 */
};

static void draw_layer(struct layer *x, size_t m, int reset, int surrogate, bool adapts,
                       uint64_t seed) {
    const loci_random stream = {seed, LOCI_RANDOM_TEST, 44};
    uint64_t at = 0;
    memset(x, 0, sizeof *x);
    x->m = m;
    x->adapts = adapts;
    x->lif = (loci_lif){.padded = (m + LOCI_LIF_STRIP - 1) / LOCI_LIF_STRIP * LOCI_LIF_STRIP,
                        .steps = STEPS,
                        .reset = reset,
                        .surrogate = surrogate,
                        .slope = 1.5f,
                        .beta = x->beta,
                        .theta = x->theta,
                        .bias = x->bias};
    x->stepped = (loci_stepped){&x->lif, adapts ? x->rho : NULL, x->a, x->b};
    for (size_t j = 0; j < MOST; j++)
        x->theta[j] = 1;
    for (size_t j = 0; j < m; j++) {
        x->beta[j] = (float)loci_random_below(&stream, at++, 9) / 8;
        x->theta[j] = (float)(1 + loci_random_below(&stream, at++, 6)) / 4;
        x->bias[j] = (float)loci_random_below(&stream, at++, 8) / 16 - 0.125f;
        x->rho[j] = (float)loci_random_below(&stream, at++, 9) / 8;
        x->a[j] = (float)loci_random_below(&stream, at++, 5) / 8 - 0.25f;
        x->b[j] = (float)loci_random_below(&stream, at++, 9) / 8 - 0.25f;
        for (size_t t = 0; t < STEPS; t++) {
            x->current[t][j] = (float)loci_random_below(&stream, at++, 32) / 16 - 0.5f;
            x->g_s[t][j] = (float)loci_random_below(&stream, at++, 15) / 8 - 0.9375f;
        }
    }
}

/* ---- the twin ---- */

static loci_reference_neuron neuron_of(const struct layer *x, size_t j) {
    return (loci_reference_neuron){.reset = x->lif.reset,
                                   .surrogate = x->lif.surrogate,
                                   .slope = x->lif.slope,
                                   .beta = x->beta[j],
                                   .theta = x->theta[j],
                                   .rho = x->adapts ? x->rho[j] : 0,
                                   .a = x->adapts ? x->a[j] : 0,
                                   .b = x->adapts ? x->b[j] : 0};
}

/* One neuron over all steps. */
struct plain {
    loci_reference_state at[STEPS + 1]; /* from before the first step on */
    double g_current[STEPS];
    loci_reference_step_gradient g;
};

static void run_plain(const struct layer *x, size_t j, struct plain *out) {
    const loci_reference_neuron neuron = neuron_of(x, j);
    memset(out, 0, sizeof *out);
    for (size_t t = 0; t < STEPS; t++)
        out->at[t + 1] = loci_reference_step(&neuron, &out->at[t], out->at[t].s,
                                             (double)x->current[t][j] + x->bias[j]);
    for (size_t t = STEPS; t-- > 0;) {
        const loci_reference_step_gradient later = out->g;
        loci_reference_unstep(&neuron, &out->at[t], out->at[t].s, &out->at[t + 1], out->at[t + 1].s,
                              x->g_s[t][j], &later, &out->g);
        out->g_current[t] = out->g.u;
    }
}

/* ---- the kernel ---- */

struct states {
    float u[STEPS + 1][MOST], adapted[STEPS + 1][MOST], s[STEPS + 1][MOST];
    float g_u[MOST], g_a[MOST], g_current[STEPS][MOST], g[CONSTANTS][MOST];
};

static const float MARK = -7777;

static void run_forward(const struct layer *x, const loci_step_kernels *kernels,
                        struct states *out) {
    for (size_t t = 1; t <= STEPS; t++)
        for (size_t j = 0; j < MOST; j++)
            out->u[t][j] = out->adapted[t][j] = out->s[t][j] = MARK;
    for (size_t t = 0; t < STEPS; t++) {
        const loci_step step = {.current = x->current[t],
                                .u_before = out->u[t],
                                .adapted_before = x->adapts ? out->adapted[t] : NULL,
                                .s_before = out->s[t],
                                .u = out->u[t + 1],
                                .adapted = x->adapts ? out->adapted[t + 1] : NULL,
                                .s = out->s[t + 1]};
        kernels->forward(&x->stepped, &step);
    }
}

static void run_backward(const struct layer *x, const loci_step_kernels *kernels, bool constants,
                         struct states *out) {
    memset(out->g_u, 0, sizeof out->g_u);
    memset(out->g_a, 0, sizeof out->g_a);
    for (size_t k = 0; k < CONSTANTS; k++)
        for (size_t j = 0; j < MOST; j++)
            out->g[k][j] = 2; /* added to */
    for (size_t t = STEPS; t-- > 0;) {
        const loci_step step = {.u_before = out->u[t],
                                .adapted_before = out->adapted[t],
                                .s_before = out->s[t],
                                .u = out->u[t + 1],
                                .s = out->s[t + 1],
                                .g_s = x->g_s[t],
                                .g_u = out->g_u,
                                .g_a = out->g_a,
                                .g_beta = constants ? out->g[0] : NULL,
                                .g_theta = constants ? out->g[1] : NULL,
                                .g_rho = constants ? out->g[2] : NULL,
                                .g_by_u = constants ? out->g[3] : NULL,
                                .g_by_s = constants ? out->g[4] : NULL};
        kernels->backward(&x->stepped, &step);
        memcpy(out->g_current[t], out->g_u, sizeof out->g_u);
    }
}

/* ---- both ---- */

static void near(double a, double b, double terms) {
    if (!(fabs(a - b) <= 1e-5 * terms))
        fail_msg("%.9g instead of %.9g", a, b);
}

static size_t fired; /* spikes seen */

static void check_states(const struct layer *x, size_t j, const struct plain *p,
                         const struct states *got) {
    for (size_t t = 1; t <= STEPS; t++) {
        bool inside = j < x->lif.padded;
        assert_true(got->u[t][j] == (inside ? (float)p->at[t].u : MARK));
        assert_true(got->s[t][j] == (inside ? (float)p->at[t].s : MARK));
        assert_true(got->adapted[t][j] == (inside && x->adapts ? (float)p->at[t].adapted : MARK));
        fired += got->s[t][j] == 1;
        assert_true(j < x->m || got->s[t][j] != 1); /* padding is silent */
    }
}

static void check_gradients(const struct layer *x, size_t j, const struct plain *p, bool constants,
                            const struct states *got) {
    const double g[CONSTANTS] = {p->g.beta, p->g.theta, p->g.rho, p->g.a, p->g.b};
    for (size_t t = 0; t < STEPS; t++)
        near(got->g_current[t][j], p->g_current[t], 8);
    for (size_t k = 0; k < CONSTANTS; k++) {
        bool wanted = constants && (k < 2 || x->adapts);
        near(got->g[k][j], wanted ? 2 + g[k] : 2, 64);
    }
}

static void check_layer(const struct layer *x, const loci_step_kernels *kernels) {
    static struct states got;
    memset(&got, 0, sizeof got);
    run_forward(x, kernels, &got);
    for (int constants = 0; constants < 2; constants++) {
        run_backward(x, kernels, constants, &got);
        for (size_t j = 0; j < MOST; j++) {
            struct plain p = {0};
            if (j < x->lif.padded)
                run_plain(x, j, &p);
            check_states(x, j, &p, &got);
            if (j < x->lif.padded)
                check_gradients(x, j, &p, constants, &got);
        }
    }
}

static void test_kernels(void **state) {
    (void)state;
    static struct layer x;
    for (int isa = 0; isa <= (int)loci_isa_best(); isa++)
        for (size_t i = 0; i < SIZES * 18; i++) {
            draw_layer(&x, sizes[i / 18], (int)(i / 6 % 3), (int)(i / 2 % 3), i % 2, i + 1);
            check_layer(&x, loci_step_kernels_for((enum loci_isa)isa));
        }
    assert_true(fired > 1000);
}

/* Neurons that do not adapt are those of lif_kernel.c: the same membranes and spikes, bit for bit
 * on these numbers, and gradients near to 1e-5. */
static void check_beside_lif(const struct layer *x, enum loci_isa isa) {
    static struct states got;
    static float u[STEPS * MOST], s[STEPS * MOST], g[STEPS * MOST], scratch[2 * STEPS * 64];
    memset(&got, 0, sizeof got);
    run_forward(x, loci_step_kernels_for(isa), &got);
    run_backward(x, loci_step_kernels_for(isa), false, &got);
    for (size_t j = 0; j < x->lif.padded; j += LOCI_LIF_STRIP) {
        const loci_lif_strip strip = {.current = x->current[0] + j,
                                      .current_stride = MOST,
                                      .spikes = s + j,
                                      .spikes_stride = MOST,
                                      .membrane = u + j,
                                      .membrane_stride = MOST,
                                      .g_spikes = x->g_s[0] + j,
                                      .g_stride = MOST,
                                      .g_current = g + j,
                                      .g_current_stride = MOST,
                                      .scratch = scratch};
        loci_lif_kernels_for(isa)->forward(&x->lif, j, &strip);
        loci_lif_kernels_for(isa)->backward(&x->lif, j, &strip);
    }
    for (size_t t = 0; t < STEPS; t++)
        for (size_t j = 0; j < x->m; j++) {
            assert_true(got.u[t + 1][j] == u[t * MOST + j]);
            assert_true(got.s[t + 1][j] == s[t * MOST + j]);
            near(got.g_current[t][j], g[t * MOST + j], 4);
        }
}

static void test_beside_lif(void **state) {
    (void)state;
    static struct layer x;
    for (int isa = 0; isa <= (int)loci_isa_best(); isa++)
        for (size_t i = 0; i < SIZES * 9; i++) {
            draw_layer(&x, sizes[i / 9], (int)(i / 3 % 3), (int)(i % 3), false, i + 1);
            check_beside_lif(&x, (enum loci_isa)isa);
        }
}

/* By hand: two steps of one neuron that adapts to its membrane and its spike. */
static void test_by_hand(void **state) {
    (void)state;
    const loci_reference_neuron neuron = {.reset = LOCI_RESET_SUBTRACT,
                                          .slope = 1,
                                          .beta = 0.5,
                                          .theta = 1,
                                          .rho = 0.5,
                                          .a = 0.25,
                                          .b = 2};
    loci_reference_state x = {0};
    x = loci_reference_step(&neuron, &x, 0, 4);
    assert_true(x.u == 4 && x.adapted == 0 && x.s == 1);
    x = loci_reference_step(&neuron, &x, x.s, 4); /* A = 1 + 2, U = 2 + 4 - 3 - 1 */
    assert_true(x.adapted == 3 && x.u == 2 && x.s == 1);
    x = loci_reference_step(&neuron, &x, x.s, 4); /* A = 1.5 + 0.5 + 2, U = 1 + 4 - 4 - 1 */
    assert_true(x.adapted == 4 && x.u == 0 && x.s == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_kernels),
        cmocka_unit_test(test_beside_lif),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
