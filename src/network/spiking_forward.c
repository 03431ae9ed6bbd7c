/* A batch forward through a spiking network. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "network/crossing.h"
#include "network/maps.h"
#include "network/spiking.h"
#include "network/timeline.h"

struct layer_pass {
    loci_pass *pass;
    uint32_t l;
    size_t samples, m, ld, stride;
};

/* Some samples through all strips of a firing layer. */
static void fire(void *context, size_t task, size_t worker) {
    (void)worker;
    const struct layer_pass *x = context;
    loci_spiking *s = x->pass->spiking;
    const loci_lif *layer = &s->layer[x->l];
    bool summed = s->spikes[x->l] == NULL;
    size_t first = task * LOCI_SPIKING_CHUNK;
    size_t end = first + LOCI_SPIKING_CHUNK < x->samples ? first + LOCI_SPIKING_CHUNK : x->samples;
    float *count = s->count[x->l] + task * layer->padded;
    memset(count, 0, layer->padded * sizeof *count);
    for (size_t j = 0; j < layer->padded; j += LOCI_LIF_STRIP)
        for (size_t b = first; b < end; b++) {
            size_t at = b * x->ld + j, over_time = b * s->steps * x->ld + j;
            loci_lif_strip strip = {
                .current = s->current[x->l] + loci_spiking_row(s, x->l, b) * x->ld + j,
                .current_stride = x->stride,
                .spikes = summed ? NULL : s->spikes[x->l] + over_time,
                .spikes_stride = x->ld,
                .weight = s->weight,
                .weighted = summed ? s->weighted + at : NULL,
                .count = count + j,
            };
            s->kernels->forward(layer, j, &strip);
        }
}

/* The output's spikes, summed up. */
static void sum_spikes(loci_pass *pass, uint32_t l, size_t samples) {
    loci_spiking *s = pass->spiking;
    size_t ld = loci_leading(pass->acting.size[l + 1]);
    memset(s->weighted, 0, samples * ld * sizeof *s->weighted);
    for (size_t row = 0; row < samples * s->steps; row++)
        for (size_t j = 0; j < ld; j++)
            s->weighted[row / s->steps * ld + j] += s->spikes[l][row * ld + j];
}

static void fire_layer(loci_pass *pass, uint32_t l, size_t samples) {
    loci_spiking *s = pass->spiking;
    struct layer_pass x = {.pass = pass, .l = l, .samples = samples, .m = pass->acting.size[l + 1]};
    x.ld = loci_leading(x.m);
    x.stride = loci_spiking_stride(s, l, x.ld);
    size_t tasks = (samples + LOCI_SPIKING_CHUNK - 1) / LOCI_SPIKING_CHUNK;
    if (s->stepped[l])
        loci_timeline_fire(pass, l, samples);
    else
        loci_parallel(pass->pool, tasks, fire, &x);
    bool output = l + 1 == pass->pairs;
    const uint32_t *fan_out = output ? NULL : pass->fan_out[l + 1];
    if (output && s->stepped[l])
        sum_spikes(pass, l, samples);
    double crossings = 0;
    if (s->stepped[l]) {
        const float *spikes = s->spikes[l];
        for (size_t row = 0; fan_out != NULL && row < samples * s->steps; row++)
            for (size_t j = 0; j < x.m; j++)
                crossings += spikes[row * x.ld + j] * (double)fan_out[j];
    } else {
        s->spike_total[l] = 0;
    }
    for (size_t i = 0; i < tasks && !s->stepped[l]; i++)
        for (size_t j = 0; j < x.m; j++) {
            double spikes = s->count[l][i * s->layer[l].padded + j];
            s->spike_total[l] += spikes;
            crossings += fan_out != NULL ? spikes * fan_out[j] : 0;
        }
    if (!output)
        s->crossings[l + 1] =
            (fan_out != NULL ? crossings : s->spike_total[l] * (double)pass->acting.size[l + 2]) +
            s->loop_crossings[l];
}

/* A constant current in every step, for a layer that takes its steps in order. */
static void spread(loci_pass *pass, size_t samples) {
    loci_spiking *s = pass->spiking;
    size_t ld = loci_leading(pass->acting.size[1]);
    for (size_t row = 0; row < samples * s->steps; row++)
        memcpy(s->current[0] + row * ld, s->constant + row / s->steps * ld, ld * sizeof(float));
}

/* What arrives at layer l + 1. */
static void cross(loci_pass *pass, uint32_t l, const loci_activations *from, size_t samples) {
    loci_spiking *s = pass->spiking;
    if (s->delayed[l] != NULL) {
        loci_timeline_cross(pass, l, from, samples);
        return;
    }
    bool to_logits = l == s->hidden && s->linear, constant = l == 0 && s->constant != NULL;
    float *to = to_logits ? pass->output[l] : constant ? s->constant : s->current[l];
    loci_pass_cross(pass, l, from, to, NULL);
    if (constant)
        spread(pass, samples);
}

static int make_room(loci_spike_rows *r, size_t rows, size_t entries, loci_error *error) {
    if (entries > UINT32_MAX)
        return loci_fail(error, LOCI_E_MEMORY, "spiking network",
                         "a batch of more than 2^32 spikes; use a smaller --batch");
    if (r->start == NULL)
        r->start = loci_alloc(rows + 1, sizeof *r->start);
    if (entries > r->room) {
        size_t room = entries + entries / 4;
        free(r->index);
        free(r->value);
        r->index = loci_alloc(room, sizeof *r->index);
        r->value = loci_alloc(room, sizeof *r->value);
        r->room = r->index == NULL || r->value == NULL ? 0 : room;
        for (size_t i = 0; i < r->room; i++)
            r->value[i] = 1;
    }
    return r->start == NULL || r->room == 0 ? loci_fail_memory(error, "spiking network") : LOCI_OK;
}

/* Spikes as sparse rows, so that the next product skips silence. */
static int collect(loci_pass *pass, uint32_t l, size_t samples, loci_activations *out,
                   loci_error *error) {
    loci_spiking *s = pass->spiking;
    loci_spike_rows *r = &s->rows[l];
    size_t m = pass->acting.size[l + 1], ld = loci_leading(m), rows = samples * s->steps;
    int status = make_room(r, pass->most * s->steps, (size_t)s->spike_total[l] + 1, error);
    if (status != LOCI_OK)
        return status;
    uint32_t end = 0;
    for (size_t row = 0; row < rows; row++) {
        const float *spikes = s->spikes[l] + row * ld;
        r->start[row] = end;
        for (size_t j = 0; j < m; j++) {
            /* written always, kept only where it fired; room has one place more */
            r->index[end] = (uint32_t)j;
            end += spikes[j] != 0;
        }
    }
    r->start[rows] = end;
    r->by_sample = loci_sparse_rows(rows, r->start, r->index, r->value);
    *out = (loci_activations){.count = rows, .by_sample = &r->by_sample};
    bool stencil = l + 1 < pass->pairs && loci_has_stencil(&pass->network->spec, l + 1);
    if (s->g_spikes[l] == NULL || stencil) /* whose gradient goes sample by sample */
        return LOCI_OK;
    out->by_input = &r->by_input;
    return loci_sparse_transpose(&r->by_input, &r->by_sample, m, pass->pool, error);
}

static void read_linear(loci_pass *pass, size_t samples) {
    loci_spiking *s = pass->spiking;
    size_t m = pass->acting.size[s->hidden + 1], ld = loci_leading(m);
    float *logits = pass->output[s->hidden], scale = (float)pass->network->spec.logit_scale;
    for (size_t b = 0; b < samples; b++)
        for (size_t j = 0; j < m; j++)
            logits[b * ld + j] =
                scale * (logits[b * ld + j] + (float)s->weight_sum * s->bias[s->hidden][j]);
}

static void read_count(loci_pass *pass, size_t samples) {
    loci_spiking *s = pass->spiking;
    size_t m = pass->acting.size[s->hidden + 1], ld = loci_leading(m);
    float scale = (float)pass->network->spec.logit_scale;
    fire_layer(pass, (uint32_t)s->hidden, samples);
    for (size_t b = 0; b < samples; b++)
        for (size_t j = 0; j < m; j++)
            pass->output[s->hidden][b * ld + j] = scale * s->weighted[b * ld + j];
}

static void read_chunk(void *context, size_t task, size_t worker) {
    const struct layer_pass *x = context;
    loci_spiking *s = x->pass->spiking;
    size_t l = s->hidden, first = task * LOCI_SPIKING_CHUNK;
    size_t end = first + LOCI_SPIKING_CHUNK < x->samples ? first + LOCI_SPIKING_CHUNK : x->samples;
    const loci_spec *spec = &x->pass->network->spec;
    float scale = (float)spec->logit_scale;
    const loci_integrator layer = {x->m,       s->steps,   spec->readout,
                                   s->beta[l], s->bias[l], s->softmax + worker * 2 * x->ld};
    for (size_t b = first; b < end; b++) {
        float *logits = x->pass->output[l] + b * x->ld;
        loci_integrator_forward(&layer,
                                s->current[l] + loci_spiking_row(s, (uint32_t)l, b) * s->ld[l],
                                loci_spiking_stride(s, (uint32_t)l, s->ld[l]),
                                s->membrane + b * s->steps * x->ld, x->ld, logits);
        for (size_t j = 0; j < x->m; j++)
            logits[j] *= scale;
    }
}

static void read_membrane(loci_pass *pass, size_t samples) {
    size_t m = pass->acting.size[pass->spiking->hidden + 1];
    struct layer_pass x = {.pass = pass, .samples = samples, .m = m, .ld = loci_leading(m)};
    loci_parallel(pass->pool, (samples + LOCI_SPIKING_CHUNK - 1) / LOCI_SPIKING_CHUNK, read_chunk,
                  &x);
}

int loci_spiking_forward(loci_pass *pass, const loci_activations *in, loci_error *error) {
    loci_spiking *s = pass->spiking;
    size_t samples = loci_spiking_samples(s, in->count);
    loci_spiking_wire(pass);
    loci_activations from = *in;
    for (uint32_t l = 0; l < pass->pairs; l++) {
        bool output = l == s->hidden;
        s->from[l] = from;
        cross(pass, l, &from, samples);
        if (output)
            break;
        fire_layer(pass, l, samples);
        if (s->spikes[l] == NULL) {
            from = (loci_activations){.count = samples,
                                      .dense = s->weighted,
                                      .ld = loci_leading(pass->acting.size[l + 1])};
            continue;
        }
        int status = collect(pass, l, samples, &from, error);
        if (status != LOCI_OK)
            return status;
    }
    if (s->linear)
        read_linear(pass, samples);
    else if (pass->network->spec.readout == LOCI_READOUT_COUNT)
        read_count(pass, samples);
    else
        read_membrane(pass, samples);
    return LOCI_OK;
}
