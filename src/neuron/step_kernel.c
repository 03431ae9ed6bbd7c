/* Neurons a step at a time: plain loops over a row, compiled once per instruction set. */
#include <stdbool.h>

#include <loci/spec.h>

#include "base/isa.h"
#include "neuron/step.h"

#define loci_step_kernels_isa LOCI_ISA_NAME(loci_step_kernels)
extern const loci_step_kernels loci_step_kernels_isa;

#define INLINE static inline __attribute__((always_inline))

/* The surrogate h(x) of slope k. */
INLINE float surrogate(const int kind, float k, float x) {
    float scaled = k * x, size = scaled < 0 ? -scaled : scaled;
    if (kind == LOCI_SURROGATE_FAST_SIGMOID)
        return 1 / ((1 + size) * (1 + size));
    if (kind == LOCI_SURROGATE_ARCTANGENT)
        return 1 / (1 + scaled * scaled * 2.46740110027f); /* (pi / 2)^2 */
    return size < 1 ? 1 - size : 0;
}

INLINE void forward_as(const loci_stepped *layer, const loci_step *x, const bool adapts) {
    const loci_lif *lif = layer->lif;
    bool zero = lif->reset == LOCI_RESET_ZERO, subtract = lif->reset == LOCI_RESET_SUBTRACT;
    for (size_t j = 0; j < lif->padded; j++) {
        float fired = x->s_before[j], last = x->u_before[j], adapted = 0;
        if (adapts) {
            adapted =
                layer->rho[j] * x->adapted_before[j] + layer->a[j] * last + layer->b[j] * fired;
            x->adapted[j] = adapted;
        }
        float kept = zero && fired != 0 ? 0 : last, in = x->current[j] + lif->bias[j];
        float taken = subtract && fired != 0 ? lif->theta[j] : 0;
        float u = lif->beta[j] * kept + in;
        u = adapts ? u - adapted : u;
        u = u - taken;
        x->u[j] = u;
        x->s[j] = u > lif->theta[j] ? 1 : 0;
    }
}

static void forward(const loci_stepped *layer, const loci_step *x) {
    if (layer->rho != NULL)
        forward_as(layer, x, true);
    else
        forward_as(layer, x, false);
}

INLINE void backward_as(const loci_stepped *layer, const loci_step *x, const int kind,
                        const bool adapts) {
    const loci_lif *lif = layer->lif;
    bool zero = lif->reset == LOCI_RESET_ZERO, subtract = lif->reset == LOCI_RESET_SUBTRACT;
    for (size_t j = 0; j < lif->padded; j++) {
        float theta = lif->theta[j], beta = lif->beta[j];
        float fired = x->s[j], last = x->u_before[j], last_fired = x->s_before[j];
        float later = adapts ? x->g_a[j] : 0;
        float g_s = adapts ? x->g_s[j] + layer->b[j] * later : x->g_s[j];
        float through = g_s * surrogate(kind, lif->slope, x->u[j] - theta);
        float g = through + beta * (zero && fired != 0 ? 0 : x->g_u[j]);
        g = adapts ? g + layer->a[j] * later : g;
        x->g_u[j] = g;
        if (adapts) {
            float g_a = layer->rho[j] * later - g;
            x->g_a[j] = g_a;
            if (x->g_rho != NULL) {
                x->g_rho[j] += g_a * x->adapted_before[j];
                x->g_by_u[j] += g_a * last;
                x->g_by_s[j] += g_a * last_fired;
            }
        }
        if (x->g_beta != NULL) {
            x->g_beta[j] += g * (zero && last_fired != 0 ? 0 : last);
            x->g_theta[j] -= through + (subtract && last_fired != 0 ? g : 0);
        }
    }
}

static void backward(const loci_stepped *layer, const loci_step *x) {
    bool adapts = layer->rho != NULL;
#define RUN(kind)                                                                                  \
    do {                                                                                           \
        if (adapts)                                                                                \
            backward_as(layer, x, kind, true);                                                     \
        else                                                                                       \
            backward_as(layer, x, kind, false);                                                    \
    } while (0)
    if (layer->lif->surrogate == LOCI_SURROGATE_FAST_SIGMOID)
        RUN(LOCI_SURROGATE_FAST_SIGMOID);
    else if (layer->lif->surrogate == LOCI_SURROGATE_ARCTANGENT)
        RUN(LOCI_SURROGATE_ARCTANGENT);
    else
        RUN(LOCI_SURROGATE_TRIANGULAR);
#undef RUN
}

const loci_step_kernels loci_step_kernels_isa = {forward, backward};
