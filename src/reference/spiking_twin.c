#include "reference/spiking_twin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reference/loss_twin.h"
#include "reference/pair_twin.h"

static const double PI = 3.14159265358979323846;

/* A layer, and the pair that leads to it. Arrays over time are [T, count, m]. */
struct layer {
    loci_reference_pair pair;
    bool fires;           /* else it integrates */
    double *beta, *theta; /* [m] as they act */
    double *u;            /* membranes */
    double *s;            /* spikes */
    double *g_s;          /* dloss/dspikes; of an integrator, dloss/du by the readout alone */
    double *g_current;    /* dloss/dcurrent = dloss/du */
};

struct run {
    const loci_spiking_reference_input *in;
    const loci_spec *spec;
    size_t count, steps, layers;
    double *logits, *g_logits; /* [count, classes] */
    struct layer layer[LOCI_MAX_PAIRS];
    double nearest;
    uint64_t pieces;
};

/* ---- the spike and its surrogate, x = U - theta ---- */

static double surrogate(const loci_spec *spec, double x) {
    double k = spec->slope;
    if (spec->surrogate == LOCI_SURROGATE_FAST_SIGMOID)
        return 1 / ((1 + k * fabs(x)) * (1 + k * fabs(x)));
    if (spec->surrogate == LOCI_SURROGATE_ARCTANGENT)
        return 1 / (1 + (PI * k * x / 2) * (PI * k * x / 2));
    return fmax(0, 1 - k * fabs(x));
}

static double antiderivative(const loci_spec *spec, double x) {
    double k = spec->slope;
    if (spec->surrogate == LOCI_SURROGATE_FAST_SIGMOID)
        return 0.5 + x / (1 + k * fabs(x));
    if (spec->surrogate == LOCI_SURROGATE_ARCTANGENT)
        return 0.5 + 2 / (PI * k) * atan(PI * k * x / 2);
    double inside = fmax(-1 / k, fmin(1 / k, x));
    return 0.5 + inside - k * inside * fabs(inside) / 2;
}

static double spike(const struct run *run, double x) {
    return run->in->smooth ? antiderivative(run->spec, x) : x > 0;
}

/* FNV-1a. */
static void note_piece(struct run *run, uint64_t piece) {
    run->pieces = (run->pieces ^ piece) * 1099511628211u;
}

/* ---- forward ---- */

/* What enters pair l in step t of sample b: [n]. */
static const double *sent(const struct run *run, uint32_t l, size_t t, size_t b) {
    size_t n = run->layer[l].pair.n, row = b * run->steps + t;
    if (l > 0)
        return run->layer[l - 1].s + row * n;
    return run->in->inputs + (run->spec->coding == LOCI_CODING_CONSTANT ? b : row) * n;
}

/* The spike that resets neuron j of sample b in step t: the one of the step before. */
static double reset_spike(const struct run *run, uint32_t l, size_t t, size_t b, size_t j) {
    if (t == 0)
        return 0;
    const double *s = run->in->held == NULL ? run->layer[l].s : run->in->held[l];
    return s[(b * run->steps + t - 1) * run->layer[l].pair.m + j];
}

/* What a spike r leaves of the membrane it resets. */
static double left_by(const struct run *run, double r) {
    return run->spec->reset == LOCI_RESET_ZERO ? 1 - r : 1;
}

static void step_forward(struct run *run, uint32_t l, size_t t, size_t b, size_t j) {
    struct layer *layer = &run->layer[l];
    size_t n = layer->pair.n, m = layer->pair.m, at = (b * run->steps + t) * m + j;
    double current = run->in->parameters[layer->pair.layer->bias + j];
    for (size_t i = 0; i < n; i++)
        current += sent(run, l, t, b)[i] * layer->pair.w[i * m + j];
    double before = t == 0 ? 0 : layer->u[at - m];
    layer->u[at] = layer->beta[j] * before + current;
    if (!layer->fires)
        return;
    double r = reset_spike(run, l, t, b, j);
    layer->u[at] = layer->beta[j] * left_by(run, r) * before + current;
    if (run->spec->reset == LOCI_RESET_SUBTRACT)
        layer->u[at] -= layer->theta[j] * r;
    double x = layer->u[at] - layer->theta[j];
    layer->s[at] = spike(run, x);
    run->nearest = fmin(run->nearest, fabs(x));
    note_piece(run, (uint64_t)(x > 0) + 2 * (uint64_t)(fabs(x) * run->spec->slope < 1));
}

/* The constants of a layer as they act. */
static void constants(struct run *run, uint32_t l) {
    struct layer *layer = &run->layer[l];
    const loci_layer *v = layer->pair.layer;
    for (size_t j = 0; j < layer->pair.m; j++) {
        size_t beta = run->spec->train_beta == LOCI_TRAINED_NEURON ? j : 0;
        size_t theta = run->spec->train_threshold == LOCI_TRAINED_NEURON ? j : 0;
        layer->beta[j] = v->beta == LOCI_NONE
                             ? run->spec->beta
                             : fmax(0, fmin(1, run->in->parameters[v->beta + beta]));
        layer->theta[j] = v->threshold == LOCI_NONE ? run->spec->threshold
                                                    : run->in->parameters[v->threshold + theta];
    }
}

static void forward(struct run *run, uint32_t l) {
    loci_reference_pair_wire(&run->layer[l].pair, run->in->parameters, false);
    constants(run, l);
    for (size_t t = 0; t < run->steps; t++)
        for (size_t b = 0; b < run->count; b++)
            for (size_t j = 0; j < run->layer[l].pair.m; j++)
                step_forward(run, l, t, b, j);
}

/* ---- the readout ---- */

/* The step in which a membrane is largest, the first of equals. */
static size_t largest_step(const struct run *run, size_t b, size_t k) {
    const double *u = run->layer[run->layers - 1].u;
    size_t classes = run->spec->classes, best = 0;
    for (size_t t = 1; t < run->steps; t++)
        if (u[(b * run->steps + t) * classes + k] > u[(b * run->steps + best) * classes + k])
            best = t;
    return best;
}

/* How much of step t's spike or membrane is in the logit. */
static double share(const struct run *run, size_t t, size_t b, size_t k) {
    switch (run->spec->readout) {
    case LOCI_READOUT_COUNT:
        return 1;
    case LOCI_READOUT_MEMBRANE_MEAN:
        return 1 / (double)run->steps;
    case LOCI_READOUT_MEMBRANE_MAX:
        return t == largest_step(run, b, k);
    default:
        return t + 1 == run->steps;
    }
}

static void read_out(struct run *run) {
    const struct layer *last = &run->layer[run->layers - 1];
    const double *read = last->fires ? last->s : last->u;
    size_t classes = run->spec->classes;
    for (size_t b = 0; b < run->count; b++)
        for (size_t k = 0; k < classes; k++) {
            double sum = 0;
            for (size_t t = 0; t < run->steps; t++)
                sum += share(run, t, b, k) * read[(b * run->steps + t) * classes + k];
            run->logits[b * classes + k] = run->spec->logit_scale * sum;
            if (run->spec->readout == LOCI_READOUT_MEMBRANE_MAX)
                note_piece(run, largest_step(run, b, k));
        }
}

/* ---- backward ---- */

static void unread(struct run *run) {
    struct layer *last = &run->layer[run->layers - 1];
    size_t classes = run->spec->classes;
    for (size_t t = 0; t < run->steps; t++)
        for (size_t b = 0; b < run->count; b++)
            for (size_t k = 0; k < classes; k++)
                last->g_s[(b * run->steps + t) * classes + k] =
                    share(run, t, b, k) * run->g_logits[b * classes + k];
}

/* One neuron of one sample from the last step to the first. */
static void through_time(struct run *run, uint32_t l, size_t b, size_t j, double *g_beta,
                         double *g_theta) {
    struct layer *layer = &run->layer[l];
    size_t m = layer->pair.m;
    double later = 0; /* dloss/du of the step after */
    for (size_t t = run->steps; t-- > 0;) {
        size_t at = (b * run->steps + t) * m + j;
        double before = t == 0 ? 0 : layer->u[at - m], through = layer->g_s[at];
        if (layer->fires) {
            through *= surrogate(run->spec, layer->u[at] - layer->theta[j]);
            *g_theta -= through;
            later *= left_by(run, reset_spike(run, l, t + 1, b, j));
        }
        double g = through + layer->beta[j] * later;
        layer->g_current[at] = later = g;
        double r = layer->fires ? reset_spike(run, l, t, b, j) : 0;
        *g_beta += g * left_by(run, r) * before;
        if (run->spec->reset == LOCI_RESET_SUBTRACT)
            *g_theta -= g * r;
    }
}

static void add(double *gradient, size_t offset, int trained, size_t j, double g) {
    if (offset != LOCI_NONE)
        gradient[offset + (trained == LOCI_TRAINED_NEURON ? j : 0)] += g;
}

static void layer_backward(struct run *run, uint32_t l, double *gradient) {
    const loci_layer *v = run->layer[l].pair.layer;
    for (size_t j = 0; j < run->layer[l].pair.m; j++) {
        double g_beta = 0, g_theta = 0;
        for (size_t b = 0; b < run->count; b++)
            through_time(run, l, b, j, &g_beta, &g_theta);
        add(gradient, v->beta, run->spec->train_beta, j, g_beta);
        add(gradient, v->threshold, run->spec->train_threshold, j, g_theta);
    }
}

/* From currents to what caused them: bias, weights, and the spikes of the layer before. */
static void cross_back(struct run *run, uint32_t l, double *gradient) {
    struct layer *layer = &run->layer[l];
    loci_reference_pair *pair = &layer->pair;
    memset(pair->g, 0, pair->n * pair->m * sizeof *pair->g);
    for (size_t row = 0; row < run->steps * run->count; row++) {
        size_t b = row / run->steps, t = row % run->steps;
        const double *g = layer->g_current + row * pair->m, *x = sent(run, l, t, b);
        for (size_t j = 0; j < pair->m; j++)
            gradient[pair->layer->bias + j] += g[j];
        for (size_t i = 0; i < pair->n; i++) {
            double sum = 0;
            for (size_t j = 0; j < pair->m; j++) {
                pair->g[i * pair->m + j] += x[i] * g[j];
                sum += g[j] * pair->w[i * pair->m + j];
            }
            if (l > 0)
                run->layer[l - 1].g_s[row * pair->n + i] = sum;
        }
    }
    loci_reference_pair_differentiate(pair, run->in->parameters, gradient);
}

/* Beta acts clamped: at a bound nothing changes further out. */
static void hold_bounds(const struct run *run, double *gradient) {
    for (size_t i = 0; i < run->in->network->tensor_count; i++) {
        const loci_tensor *tensor = &run->in->network->tensors[i];
        for (size_t k = tensor->offset; k < tensor->offset + tensor->count; k++) {
            double beta = run->in->parameters[k];
            bool outward = (beta <= 0 && gradient[k] > 0) || (beta >= 1 && gradient[k] < 0);
            if (tensor->kind == LOCI_TENSOR_BETA && outward)
                gradient[k] = 0;
        }
    }
}

static void backward(struct run *run, double *gradient) {
    memset(gradient, 0, run->in->network->parameter_count * sizeof *gradient);
    unread(run);
    for (uint32_t l = (uint32_t)run->layers; l-- > 0;) {
        layer_backward(run, l, gradient);
        cross_back(run, l, gradient);
    }
    hold_bounds(run, gradient);
}

/* ---- a run ---- */

static double *take(size_t count, bool *lost) {
    double *array = loci_alloc(count, sizeof *array);
    *lost |= array == NULL;
    return array;
}

static bool prepare(struct run *run) {
    bool lost = false;
    for (uint32_t l = 0; l < run->layers; l++) {
        struct layer *layer = &run->layer[l];
        lost |= !loci_reference_pair_open(&layer->pair, run->in->network, l);
        size_t m = layer->pair.m, all = run->steps * run->count * m;
        layer->fires = l + 1 < run->layers || run->spec->readout == LOCI_READOUT_COUNT;
        layer->beta = take(m, &lost);
        layer->theta = take(m, &lost);
        layer->u = take(all, &lost);
        layer->s = take(all, &lost);
        layer->g_s = take(all, &lost);
        layer->g_current = take(all, &lost);
    }
    run->logits = take(run->count * run->spec->classes, &lost);
    run->g_logits = take(run->count * run->spec->classes, &lost);
    return !lost;
}

static void release(struct run *run) {
    for (uint32_t l = 0; l < run->layers; l++) {
        struct layer *layer = &run->layer[l];
        loci_reference_pair_close(&layer->pair);
        double *const arrays[] = {layer->beta, layer->theta, layer->u,
                                  layer->s,    layer->g_s,   layer->g_current};
        for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
            free(arrays[i]);
    }
    free(run->logits);
    free(run->g_logits);
}

static void copy(double *to, const double *from, size_t count) {
    if (to != NULL)
        memcpy(to, from, count * sizeof *to);
}

int loci_spiking_reference(const loci_spiking_reference_input *input,
                           loci_spiking_reference_result *result) {
    const loci_spec *spec = &input->network->spec;
    struct run run = {.in = input,
                      .spec = spec,
                      .count = input->count,
                      .steps = spec->time_steps,
                      .layers = spec->hidden_count + 1,
                      .nearest = INFINITY,
                      .pieces = 14695981039346656037u};
    const loci_reference_targets of_labels = {.loss = LOCI_LOSS_CROSS_ENTROPY,
                                              .labels = input->labels};
    const loci_reference_targets *targets = input->targets != NULL ? input->targets : &of_labels;
    bool enough = prepare(&run);
    if (enough) {
        for (uint32_t l = 0; l < run.layers; l++)
            forward(&run, l);
        read_out(&run);
        result->loss = loci_reference_loss(spec, run.logits, targets, run.count, run.g_logits);
        if (result->gradient != NULL)
            backward(&run, result->gradient);
        result->nearest = run.nearest;
        for (uint32_t l = 0; l < run.layers; l++)
            run.pieces = loci_reference_reach(&run.layer[l].pair.wiring, run.pieces);
        result->pieces =
            loci_reference_loss_pieces(spec, run.logits, targets, run.count, run.pieces);
        copy(result->logits, run.logits, run.count * spec->classes);
        for (uint32_t l = 0; l < run.layers; l++) {
            size_t all = run.steps * run.count * run.layer[l].pair.m;
            copy(result->membrane[l], run.layer[l].u, all);
            copy(result->spikes[l], run.layer[l].s, all);
        }
    }
    release(&run);
    return enough ? LOCI_OK : LOCI_E_MEMORY;
}
