/* The way back through a spiking network: through time within each layer, then across its synapse.
 */
#include <string.h>

#include "base/parallel.h"
#include "network/crossing.h"
#include "network/spiking.h"
#include "network/timeline.h"

struct layer_pass {
    loci_pass *pass;
    uint32_t l;
    size_t samples, ld, stride;
    bool constants; /* dL/dbeta or dL/dtheta are wanted */
};

static void unfire(void *context, size_t task, size_t worker) {
    const struct layer_pass *x = context;
    loci_spiking *s = x->pass->spiking;
    const loci_lif *layer = &s->layer[x->l];
    bool summed = s->spikes[x->l] == NULL;
    size_t first = task * LOCI_SPIKING_CHUNK;
    size_t end = first + LOCI_SPIKING_CHUNK < x->samples ? first + LOCI_SPIKING_CHUNK : x->samples;
    float *g_beta = s->g_constants + task * 2 * s->widest, *g_theta = g_beta + s->widest;
    memset(g_beta, 0, 2 * s->widest * sizeof *g_beta);
    for (size_t j = 0; j < layer->padded; j += LOCI_LIF_STRIP)
        for (size_t b = first; b < end; b++) {
            size_t at = b * x->ld + j, over_time = b * s->steps * x->ld + j;
            size_t from = loci_spiking_row(s, x->l, b) * x->ld + j;
            loci_lif_strip strip = {
                .current = s->current[x->l] + from,
                .current_stride = x->stride,
                .weight = s->weight,
                .g_weighted = summed ? s->g_weighted + at : NULL,
                .g_spikes = summed ? NULL : s->g_spikes[x->l] + over_time,
                .g_stride = x->ld,
                .g_current = s->g_current[x->l] + from,
                .g_current_stride = x->stride,
                .g_beta = x->constants ? g_beta + j : NULL,
                .g_theta = x->constants ? g_theta + j : NULL,
                .scratch = s->scratch + worker * s->steps * LOCI_LIF_STRIP,
            };
            s->kernels->backward(layer, j, &strip);
        }
}

static void unfire_layer(loci_pass *pass, uint32_t l, size_t samples, float *gradient) {
    loci_spiking *s = pass->spiking;
    if (s->stepped[l]) {
        loci_timeline_unfire(pass, l, samples, gradient);
        return;
    }
    const loci_network *network = pass->network;
    const loci_spec *spec = &network->spec;
    const loci_layer *v = &network->layer[l + 1];
    struct layer_pass x = {
        .pass = pass, .l = l, .samples = samples, .ld = loci_leading(pass->acting.size[l + 1])};
    x.stride = loci_spiking_stride(s, l, x.ld);
    x.constants = v->beta != LOCI_NONE || v->threshold != LOCI_NONE;
    size_t tasks = (samples + LOCI_SPIKING_CHUNK - 1) / LOCI_SPIKING_CHUNK;
    loci_parallel(pass->pool, tasks, unfire, &x);
    for (size_t task = 0; x.constants && task < tasks; task++) {
        const float *g_beta = s->g_constants + task * 2 * s->widest, *g_theta = g_beta + s->widest;
        loci_acting_chain_constant(&pass->acting, l, v->beta, spec->train_beta, g_beta, gradient);
        loci_acting_chain_constant(&pass->acting, l, v->threshold, spec->train_threshold, g_theta,
                                   gradient);
    }
}

struct columns {
    const float *g;
    float *sum;
    size_t rows, m, ld;
};

/* A neuron's bias enters every row of its current; one task sums a strip of neurons in row order.
 * Over many time steps large terms of both signs meet, hence double. */
static void sum_columns(void *context, size_t task, size_t worker) {
    (void)worker;
    const struct columns *x = context;
    size_t j0 = task * LOCI_LIF_STRIP;
    size_t width = x->m - j0 < LOCI_LIF_STRIP ? x->m - j0 : LOCI_LIF_STRIP;
    double sum[LOCI_LIF_STRIP] = {0};
    for (size_t row = 0; row < x->rows; row++)
        for (size_t j = 0; j < LOCI_LIF_STRIP && j0 + j < x->ld; j++)
            sum[j] += x->g[row * x->ld + j0 + j];
    for (size_t j = 0; j < width; j++)
        x->sum[j0 + j] += (float)sum[j];
}

static void bias_gradient(loci_pass *pass, uint32_t l, size_t samples, float *gradient) {
    loci_spiking *s = pass->spiking;
    size_t m = pass->acting.size[l + 1];
    bool shared = pass->acting.bias[l] != NULL;
    struct columns x = {s->g_current[l],
                        shared ? pass->shared_bias : gradient + pass->network->layer[l + 1].bias,
                        s->over_time[l] ? samples * s->steps : samples, m, s->ld[l]};
    if (shared)
        memset(x.sum, 0, m * sizeof *x.sum);
    loci_parallel(pass->pool, (m + LOCI_LIF_STRIP - 1) / LOCI_LIF_STRIP, sum_columns, &x);
    if (shared)
        loci_acting_chain_bias(&pass->acting, l, pass->shared_bias, gradient);
}

struct unreading {
    loci_pass *pass;
    size_t samples, m, ld;
    const float *g_out;
    float *g_beta; /* [m], or NULL: not wanted */
};

static void unread_chunk(void *context, size_t task, size_t worker) {
    const struct unreading *x = context;
    loci_spiking *s = x->pass->spiking;
    size_t l = s->hidden, first = task * LOCI_SPIKING_CHUNK;
    size_t end = first + LOCI_SPIKING_CHUNK < x->samples ? first + LOCI_SPIKING_CHUNK : x->samples;
    const loci_integrator layer = {x->m,       s->steps,   x->pass->network->spec.readout,
                                   s->beta[l], s->bias[l], s->softmax + worker * 2 * x->ld};
    for (size_t b = first; b < end; b++)
        loci_integrator_backward(&layer, s->membrane + b * s->steps * x->ld, x->ld,
                                 x->g_out + b * x->ld,
                                 s->g_current[l] + loci_spiking_row(s, (uint32_t)l, b) * s->ld[l],
                                 loci_spiking_stride(s, (uint32_t)l, s->ld[l]), x->g_beta);
}

/* A trained beta sums over all samples, in order. */
static void unread_membrane(loci_pass *pass, size_t samples, const float *g_out, float *gradient) {
    loci_spiking *s = pass->spiking;
    const loci_network *network = pass->network;
    size_t beta = network->layer[s->hidden + 1].beta, m = pass->acting.size[s->hidden + 1];
    struct unreading x = {pass, samples, m, loci_leading(m), g_out, NULL};
    if (beta != LOCI_NONE)
        x.g_beta = memset(s->g_constants, 0, m * sizeof *x.g_beta);
    loci_parallel(beta == LOCI_NONE ? pass->pool : NULL,
                  (samples + LOCI_SPIKING_CHUNK - 1) / LOCI_SPIKING_CHUNK, unread_chunk, &x);
    loci_acting_chain_constant(&pass->acting, s->hidden, beta, network->spec.train_beta,
                               s->g_constants, gradient);
}

/* From dL/dlogits to dL/dcurrent of the output, or, where the readout is linear, straight to the
 * weighted sum. */
static const float *unread(loci_pass *pass, size_t samples, float *gradient) {
    loci_spiking *s = pass->spiking;
    uint32_t l = (uint32_t)s->hidden;
    size_t m = pass->acting.size[l + 1], ld = loci_leading(m);
    float *g = pass->delta[l], scale = (float)pass->network->spec.logit_scale;
    for (size_t b = 0; b < samples; b++)
        for (size_t j = 0; j < m; j++)
            g[b * ld + j] *= scale;
    if (s->linear) {
        for (size_t b = 0; b < samples; b++)
            for (size_t j = 0; j < m; j++)
                gradient[pass->network->layer[l + 1].bias + j] +=
                    (float)s->weight_sum * g[b * ld + j];
        return g;
    }
    if (pass->network->spec.readout == LOCI_READOUT_COUNT) {
        memcpy(s->g_weighted, g, samples * ld * sizeof *g);
        for (size_t row = 0; s->stepped[l] && row < samples * s->steps; row++)
            memcpy(s->g_spikes[l] + row * ld, g + row / s->steps * ld, ld * sizeof *g);
        unfire_layer(pass, l, samples, gradient);
    } else {
        unread_membrane(pass, samples, g, gradient);
    }
    bias_gradient(pass, l, samples, gradient);
    return s->g_current[l];
}

/* dL/d(a current that is the same in all steps), from those of the steps. */
static const float *gather(loci_pass *pass, size_t samples) {
    loci_spiking *s = pass->spiking;
    size_t ld = loci_leading(pass->acting.size[1]);
    memset(s->constant, 0, samples * ld * sizeof *s->constant);
    for (size_t row = 0; row < samples * s->steps; row++)
        for (size_t j = 0; j < ld; j++)
            s->constant[row / s->steps * ld + j] += s->g_current[0][row * ld + j];
    return s->constant;
}

void loci_spiking_backward(loci_pass *pass, float *gradient) {
    loci_spiking *s = pass->spiking;
    size_t samples = loci_spiking_samples(s, s->from[0].count);
    for (uint32_t l = (uint32_t)pass->pairs; l-- > 0;) {
        const float *g = s->g_current[l];
        if (l == s->hidden) {
            g = unread(pass, samples, gradient);
        } else {
            unfire_layer(pass, l, samples, gradient);
            bias_gradient(pass, l, samples, gradient);
        }
        if (s->delayed[l] != NULL) {
            loci_timeline_cross_back(pass, l, &s->from[l], samples, gradient);
            continue;
        }
        if (l == 0 && s->constant != NULL)
            g = gather(pass, samples);
        float *g_in = l == 0 ? NULL : s->spikes[l - 1] == NULL ? s->g_weighted : s->g_spikes[l - 1];
        loci_pass_cross_back(pass, l, &s->from[l], g, g_in, NULL, gradient);
    }
}
