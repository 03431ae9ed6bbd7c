/* The gradient of any network at a point, three ways: in float32, in the float64 twin, and by
 * central differences of the twin's loss along a direction in each tensor. Of a spiking net
 * differences are taken of the smooth loss, its spikes held (test_spiking_gradients.c). */
#ifndef LOCI_TESTS_GRADIENT_POINT_H
#define LOCI_TESTS_GRADIENT_POINT_H

#include "spiking_fixture.h"

#include "compare.h"
#include "reference/network_twin.h"

/* Distance between the points of a difference; its error is of sixth order, its round-off about
 * 1e-16 of the loss over it. */
static const double POINT_STEP = 1e-4;

typedef struct gradient_point {
    fixture f; /* its network is borrowed */
    size_t count;
    double *gradient, *terms; /* [count] the twin's; of a spiking net the smooth one's, no terms */
    double *exact;            /* [count] of a spiking net the twin's with steps */
    float *fast;              /* [count] */
    double *held[LOCI_MAX_PAIRS];
    double loss, largest_logit;
    uint64_t kinks;         /* the point's hash of which side of every kink it is on */
    size_t tensors, lively; /* of them with a gradient worth comparing */
    bool crossed;           /* a step went over one: what it measured means nothing */
    char why[512];          /* what is wrong with the gradient; "" while nothing is */
} gradient_point;

/* A batch for the network: [count] samples of pixels in 0..1. */
static inline void point_open(gradient_point *p, loci_network *network, const float *pixels,
                              const int32_t *labels, size_t count) {
    const loci_spec *spec = &network->spec;
    size_t inputs = loci_spec_layer_size(spec, 0);
    *p = (gradient_point){.count = network->parameter_count};
    p->f = (fixture){.network = network, .count = count};
    const loci_coding_options coding = loci_coding_of(spec, 3);
    assert_int_equal(loci_batch_create(&p->f.batch, count, inputs, true, &coding, NULL), LOCI_OK);
    assert_int_equal(loci_batch_fill_rows(p->f.batch, pixels, count, 0, NULL), LOCI_OK);
    memcpy(p->f.batch->labels, labels, count * sizeof *labels);
    const loci_sparse *rows = &p->f.batch->by_sample;
    p->f.inputs = loci_alloc(rows->rows * inputs, sizeof *p->f.inputs);
    for (size_t row = 0; row < rows->rows; row++)
        for (uint32_t k = rows->start[row]; k < rows->end[row]; k++)
            p->f.inputs[row * inputs + rows->index[k]] = rows->value[k];
    p->f.parameters = loci_alloc(p->count, sizeof(double));
    p->gradient = loci_alloc(p->count, sizeof(double));
    p->terms = loci_alloc(p->count, sizeof(double));
    p->exact = loci_alloc(p->count, sizeof(double));
    p->fast = loci_alloc(p->count, sizeof(float));
    for (uint32_t l = 0; loci_spec_spikes(spec) && l <= loci_spec_hidden_layers(spec); l++)
        p->held[l] = loci_alloc(spec->time_steps * count * loci_spec_layer_size(spec, l + 1),
                                sizeof(double));
}

static inline void point_close(gradient_point *p) {
    p->f.network = NULL;
    fixture_close(&p->f);
    free(p->gradient);
    free(p->terms);
    free(p->exact);
    free(p->fast);
    for (uint32_t l = 0; l < LOCI_MAX_PAIRS; l++)
        free(p->held[l]);
}

static inline bool point_spikes(const gradient_point *p) {
    return loci_spec_spikes(&p->f.network->spec);
}

static inline void point_twin(const gradient_point *p, loci_reference_result *result) {
    const loci_reference_targets targets = fixture_targets(&p->f);
    assert_int_equal(loci_network_reference_of(p->f.network, p->f.parameters, p->f.inputs, &targets,
                                               p->f.count, result),
                     LOCI_OK);
}

/* Parameters near those the network has, off what is 0 or at a kink by accident; false when too
 * near one for float32. */
static inline bool point_move(gradient_point *p, const float *from, uint64_t seed) {
    const loci_random stream = {seed, LOCI_RANDOM_TEST, 40};
    const loci_tensor *t;
    float *to = p->f.network->parameters;
    for (size_t i = 0; i < p->count; i++)
        to[i] =
            from[i] + 0.03f * fmaxf(fabsf(from[i]), 0.1f) * (float)loci_random_normal(&stream, i);
    for (size_t n = 0; (t = loci_network_tensor(p->f.network, n)) != NULL; n++)
        for (size_t i = t->offset; fixture_decays(t) && i < t->offset + t->count; i++)
            to[i] = fminf(fmaxf(to[i], 0.02f), 0.98f); /* what is clamped has no derivative */
    fixture_sync(&p->f);
    p->crossed = false;
    size_t all = p->f.count * p->f.network->spec.classes;
    double *logits = loci_alloc(all, sizeof *logits);
    bool far = true;
    if (point_spikes(p)) {
        loci_spiking_reference_result plain = {.gradient = p->exact, .logits = logits},
                                      smooth = {.gradient = p->gradient};
        memcpy(smooth.spikes, p->held, sizeof smooth.spikes);
        fixture_twin(&p->f, false, NULL, &plain);
        fixture_twin(&p->f, true, NULL, &smooth);
        p->loss = smooth.loss;
        p->kinks = smooth.pieces;
        far = plain.nearest > 1e-4 && plain.nearest_delay > 1e-5 && plain.nearest_pool > 1e-5;
    } else {
        loci_reference_result result = {
            .gradient = p->gradient, .gradient_terms = p->terms, .logits = logits};
        point_twin(p, &result);
        memcpy(p->exact, p->gradient, p->count * sizeof(double));
        p->loss = result.loss;
        p->kinks = result.firing;
        far = result.nearest_pool > 1e-5;
    }
    p->largest_logit = largest_of(logits, all);
    free(logits);
    return far;
}

static inline double point_loss(gradient_point *p) {
    if (point_spikes(p)) {
        loci_spiking_reference_result result = {0};
        fixture_twin(&p->f, true, p->held, &result);
        p->crossed |= result.pieces != p->kinks;
        return result.loss;
    }
    loci_reference_result result = {0};
    point_twin(p, &result);
    p->crossed |= result.firing != p->kinks;
    return result.loss;
}

/* The slope along a direction that every entry of a tensor has a part in. */
static inline double point_slope(gradient_point *p, const loci_tensor *t, const loci_random *signs,
                                 double *analytic, double *terms) {
    static const double weights[3] = {45, -9, 1};
    double sum = 0, length = sqrt((double)t->count), *at = p->f.parameters + t->offset;
    double *kept = loci_alloc(t->count, sizeof *kept);
    memcpy(kept, at, t->count * sizeof *kept);
    *analytic = *terms = 0;
    for (size_t i = 0; i < t->count; i++) {
        double sign = loci_random_below(signs, t->offset + i, 2) ? 1 / length : -1 / length;
        *analytic += sign * p->gradient[t->offset + i];
        *terms += fabs(sign * p->gradient[t->offset + i]);
    }
    for (int s = -3; s <= 3 && !p->crossed; s++) {
        if (s == 0)
            continue;
        for (size_t i = 0; i < t->count; i++)
            at[i] = kept[i] +
                    (loci_random_below(signs, t->offset + i, 2) ? s : -s) * POINT_STEP / length;
        sum += (s < 0 ? -1 : 1) * weights[abs(s) - 1] * point_loss(p);
    }
    memcpy(at, kept, t->count * sizeof *kept);
    free(kept);
    return sum / (60 * POINT_STEP);
}

/* Every tensor by differences; false when a kink was crossed. What is wrong goes into `why`. */
static inline bool point_by_differences(gradient_point *p, uint64_t seed) {
    const loci_random signs = {seed, LOCI_RANDOM_TEST, 41};
    const loci_tensor *t;
    for (size_t n = 0; (t = loci_network_tensor(p->f.network, n)) != NULL && !p->crossed; n++) {
        double analytic, terms, numeric = point_slope(p, t, &signs, &analytic, &terms);
        double allowed = 1e-5 * terms + 1e-10 * (1 + p->loss) + 1e-7 * p->largest_logit * 1e-4;
        if (!p->crossed && !(fabs(analytic - numeric) <= allowed))
            snprintf(p->why, sizeof p->why, "along %s the slope is %.9g, by differences %.9g",
                     t->name, analytic, numeric);
    }
    return !p->crossed;
}

/* The float32 gradient. Errors grow with the logits, which a softmax takes as they are. Of a
 * spiking net it is not known what an entry was summed from: a single number may have lost most of
 * it. */
static inline void point_in_float(gradient_point *p) {
    loci_pass *pass;
    const loci_tensor *t;
    double tolerance = 1e-4 * fmax(1, p->largest_logit),
           all_largest = largest_of(p->exact, p->count);
    size_t all = p->f.count * p->f.network->spec.classes;
    float *logits = loci_alloc(all, sizeof *logits);
    assert_int_equal(loci_pass_create(&pass, p->f.network, p->f.count, true, NULL, NULL), LOCI_OK);
    fixture_pass(&p->f, pass, logits, p->fast);
    for (size_t n = 0; (t = loci_network_tensor(p->f.network, n)) != NULL; n++) {
        double largest = largest_of(p->exact + t->offset, t->count);
        p->tensors++;
        p->lively += largest > 1e-5;
        for (size_t i = t->offset; i < t->offset + t->count; i++) {
            double terms = point_spikes(p) ? 10 * largest + 0.1 * all_largest : p->terms[i];
            if (!(fabs(p->fast[i] - p->exact[i]) <= tolerance * terms + 1e-9))
                snprintf(p->why, sizeof p->why, "%s[%zu] is %.9g in float32, %.9g in the twin",
                         t->name, i - t->offset, (double)p->fast[i], p->exact[i]);
        }
    }
    loci_pass_free(pass);
    free(logits);
}

/* Checks the gradient near where the network stands, at the first point that is away from kinks;
 * false when there is none, or `why` says what is wrong. */
static inline bool point_check(gradient_point *p, uint64_t most) {
    float *from = loci_alloc(p->count, sizeof *from);
    bool found = false;
    memcpy(from, p->f.network->parameters, p->count * sizeof *from);
    for (uint64_t seed = 1; seed <= most && !found && p->why[0] == '\0'; seed++)
        if (point_move(p, from, seed) && point_by_differences(p, seed)) {
            point_in_float(p);
            found = true;
        }
    if (!found && p->why[0] == '\0')
        snprintf(p->why, sizeof p->why, "no point away from kinks");
    free(from);
    return p->why[0] == '\0';
}

#endif
