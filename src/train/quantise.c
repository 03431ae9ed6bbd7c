/* Pair by pair, from the input on: of several shares of what is there, the one whose ruler, or unit
 * of weights, changes the logits least, all pairs before it rounded and none behind it. */
#include "train/quantise.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "network/rounding.h"
#include "train/quantise_check.h"
#include "train/trainer_work.h"

/* Samples that rulers are chosen on. */
enum { LOOKED_AT = 512 };
/* Sites move to where a ruler is best, so that a finer one than suits them where they stand is
 * better: after five epochs from a trained arbor-mlp-10k in 4 bits, 97.5% of MNIST's validation
 * part against 97.0 with the ruler that is chosen, and less with half its step. */
#define FINER 0.75

/* Sites that have moved apart already need a longer ruler, so it is laid early: arbor-mlp-10k with
 * positions in 4 bits and charges in 8, 60 epochs, has 98.2% of MNIST's validation part so, and
 * 97.7 where half of the steps were done before. */
#define EARLY 0.1

/* Bits of all that the options ask for, no scales. */
static loci_rounding asked(const loci_trainer *t) {
    static const uint32_t bits_of[] = {0, 8, 4, 2, 2}; /* by enum loci_quantise */
    const loci_train_options *options = &t->options;
    uint32_t bits = bits_of[options->quantise];
    if (loci_quantise_weights(options, &t->network->spec))
        return (loci_rounding){.weight_bits = bits};
    bool own = options->quantise_charges != 0;
    return (loci_rounding){.position_bits = bits,
                           .charge_bits = own ? bits_of[options->quantise_charges] : bits};
}

bool loci_quantise_done(const loci_trainer *t) {
    const loci_rounding *by = t->network->rounding, wanted = asked(t);
    return t->options.quantise == LOCI_QUANTISE_NO ||
           (by != NULL && by->position_bits == wanted.position_bits &&
            by->charge_bits == wanted.charge_bits && by->weight_bits == wanted.weight_bits);
}

static bool is_due(const loci_trainer *t) {
    double share = t->options.quantise_start < 0 ? EARLY : t->options.quantise_start;
    return (double)t->state.step >= share * (double)t->options.epochs * t->batches;
}

/* ---- the search ---- */

struct search {
    loci_trainer *t;
    loci_rounding *by; /* the network's */
    size_t count;      /* samples */
    uint32_t *index;   /* [count] of them */
    float *wanted;     /* [count, classes] the logits with nothing rounded */
    float *logits;     /* [count, classes] those of the moment */
};

/* Runs all samples: their logits [count, classes], each class around its mean. */
static int run(const struct search *s, float *logits, loci_error *error) {
    struct loci_trainer_work *w = s->t->work;
    size_t classes = s->t->network->spec.classes, most = w->pass->most, ld = loci_leading(classes);
    for (size_t first = 0; first < s->count; first += most) {
        size_t count = s->count - first < most ? s->count - first : most;
        int status = loci_batch_fill(w->batch, s->t->data, LOCI_TRAIN, s->index + first, count,
                                     NULL, 0, error);
        if (status == LOCI_OK)
            status = loci_pass_forward(w->pass, &w->batch->in, error);
        if (status != LOCI_OK)
            return status;
        for (size_t i = 0; i < count * classes; i++)
            logits[first * classes + i] = loci_pass_logits(w->pass)[i / classes * ld + i % classes];
    }
    for (size_t k = 0; k < classes; k++) {
        double mean = 0;
        for (size_t i = k; i < s->count * classes; i += classes)
            mean += (double)logits[i] / (double)s->count;
        for (size_t i = k; i < s->count * classes; i += classes)
            logits[i] -= (float)mean;
    }
    return LOCI_OK;
}

/* How far the logits of the moment are from those wanted, whatever their scale, which training soon
 * mends: else what makes all of them small would win where few bits make them poor. */
static double distance(const struct search *s) {
    double both = 0, own = 0, wanted = 0;
    for (size_t i = 0; i < s->count * s->t->network->spec.classes; i++) {
        both += (double)s->logits[i] * (double)s->wanted[i];
        own += (double)s->logits[i] * (double)s->logits[i];
        wanted += (double)s->wanted[i] * (double)s->wanted[i];
    }
    double cosine = both / sqrt(own * wanted);
    return isnan(cosine) ? 2 : 1 - cosine;
}

/* What of a projection is rounded by a ruler of its own. */
enum part { PLACES, AXON_CHARGES, DENDRITE_CHARGES, WEIGHTS, PARTS };

/* Has what acts in that part rounded by what covers a share of it; before, it is not rounded. */
static void set(const struct search *s, size_t p, enum part part, const loci_rulers *of) {
    size_t first, count;
    loci_ruler_shared_by(&s->t->work->pass->acting, p, &first, &count);
    if (part == AXON_CHARGES)
        s->by->of[p].axon = of->axon;
    if (part == DENDRITE_CHARGES)
        s->by->of[p].dendrite = of->dendrite;
    if (part == WEIGHTS)
        s->by->of[p].weight = of->weight;
    for (size_t k = first; part == PLACES && k < first + count; k++)
        s->by->of[k].place = of->place;
}

/* Shares of a pair's largest weight, which may be much larger than most. */
static double share_of_weights(size_t i) {
    return pow(0.8, (double)i);
}

static int cover(const struct search *s, size_t p, enum part part, double share, loci_rulers *out,
                 loci_error *error) {
    const loci_acting *acting = &s->t->work->pass->acting;
    *out = (loci_rulers){.axon = 0};
    if (part == WEIGHTS)
        return loci_weight_unit(&out->weight, acting, p, share, s->by->weight_bits, error);
    *out = (loci_rulers){.place = loci_ruler_of(acting, p, share, s->by->position_bits),
                         .axon = loci_axon_unit(acting, p, share, s->by->charge_bits),
                         .dendrite = loci_dendrite_unit(acting, p, share, s->by->charge_bits)};
    return LOCI_OK;
}

static int choose(const struct search *s, size_t p, enum part part, loci_error *error) {
    static const double shares[] = {1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2};
    enum { SHARES = 16 };
    const size_t count = part == WEIGHTS ? SHARES : sizeof shares / sizeof *shares;
    const loci_rulers none = {.axon = 0};
    loci_rulers tried[SHARES], kept[SHARES];
    double best = DBL_MAX;
    size_t chosen = 0;
    int status = LOCI_OK;
    set(s, p, part, &none);
    loci_acting_update(&s->t->work->pass->acting);
    for (size_t i = 0; i < count && status == LOCI_OK; i++) {
        double share = part == WEIGHTS ? share_of_weights(i) : shares[i];
        status = cover(s, p, part, share, &tried[i], error);
        if (status == LOCI_OK)
            status = cover(s, p, part, part == PLACES ? FINER * share : share, &kept[i], error);
    }
    for (size_t i = 0; i < count && status == LOCI_OK; i++) {
        set(s, p, part, &tried[i]);
        status = run(s, s->logits, error);
        double off = distance(s);
        if (status == LOCI_OK && off < best) {
            best = off;
            chosen = i;
        }
    }
    if (status == LOCI_OK)
        set(s, p, part, &kept[chosen]);
    return status;
}

static bool has(const struct search *s, size_t p, enum part part) {
    const loci_acting *acting = &s->t->work->pass->acting;
    size_t first, count;
    loci_ruler_shared_by(acting, p, &first, &count);
    if (s->by->weight_bits > 0)
        return part == WEIGHTS;
    return part == WEIGHTS        ? false
           : part == PLACES       ? p == first
           : part == AXON_CHARGES ? acting->wiring[p].c != NULL
                                  : acting->wiring[p].e != NULL;
}

static int choose_all(struct search *s, loci_error *error) {
    int status = run(s, s->wanted, error);
    for (size_t p = 0; p < s->t->network->projection_count; p++)
        for (enum part part = PLACES; part < PARTS && status == LOCI_OK; part++)
            if (has(s, p, part))
                status = choose(s, p, part, error);
    return status;
}

static int search(loci_trainer *t, loci_error *error) {
    loci_arena arena = {0};
    size_t count = t->samples < LOOKED_AT ? t->samples : LOOKED_AT;
    struct search s = {.t = t,
                       .by = t->network->rounding,
                       .count = count,
                       .index = loci_arena_take(&arena, count, sizeof *s.index),
                       .wanted = loci_arena_floats(&arena, count, t->network->spec.classes),
                       .logits = loci_arena_floats(&arena, count, t->network->spec.classes)};
    uint32_t active = t->work->pass->active; /* what is looked at here is no step */
    int status = loci_arena_status(&arena, "training", error);
    for (size_t i = 0; status == LOCI_OK && i < count; i++)
        s.index[i] = t->work->training[i * t->samples / count];
    if (status == LOCI_OK)
        status = choose_all(&s, error);
    t->work->pass->active = active;
    loci_arena_clear(&arena);
    return status;
}

/* The network has its rounding, no scales: as yet nothing is rounded. */
static int choose_scales(loci_trainer *t, loci_error *error) {
    int status = loci_trainer_refresh(t, error);
    if (status == LOCI_OK) /* what is looked at is what is kept */
        status = loci_trainer_cut(t, error);
    if (status == LOCI_OK)
        status = search(t, error);
    loci_trainer_forget_cut(t); /* what is kept follows from what acts */
    return status;
}

int loci_quantise_begin(loci_trainer *t, bool end, loci_error *error) {
    loci_rounding **own = &t->network->rounding, *before = *own;
    if (loci_quantise_done(t) || !(end || is_due(t)))
        return LOCI_OK;
    loci_rounding *by = calloc(1, sizeof *by);
    if (by == NULL)
        return loci_fail_memory(error, "training");
    *by = asked(t);
    *own = by;
    int status = choose_scales(t, error);
    if (status == LOCI_OK) {
        free(before);
        return LOCI_OK;
    }
    *own = before; /* it may be tried again */
    free(by);
    loci_trainer_refresh(t, NULL);
    return status;
}
