/* Stored weights as whole numbers of a few bits, each receiver's in a unit of its own: a gain times
 * that of the layer. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "codegen/export.h"
#include "codegen/round.h"

/* A pair under way. */
struct storing {
    loci_export *export;
    uint32_t l;
    const float *moments; /* [n, n] of what enters, or NULL */
    int32_t most;         /* the largest number that is stored */
    double *wanted;       /* [m] the unit each receiver would like */
    double step;          /* the layer's unit; a receiver's is this times its gain */
    bool *lost;           /* [m] memory was short */
};

static double largest_weight(const loci_codegen_pair *pair, size_t j) {
    double largest = 0;
    for (size_t at = j; at < pair->n * pair->width; at += pair->m)
        largest = fmax(largest, fabs((double)pair->real.w[at]));
    return largest;
}

/* The unit with which rounding changes the sums of a receiver least; numbers [n], scratch [2 n]. */
static double best_unit(const struct storing *x, size_t j, double whole, int32_t *numbers,
                        float *scratch) {
    static const double covers[] = {1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3};
    const loci_codegen_pair *pair = &x->export->pair[x->l];
    double best = whole, least = INFINITY;
    for (size_t i = 0; i < sizeof covers / sizeof *covers; i++) {
        double change = loci_codegen_round(x->moments, pair->real.w + j, pair->m, pair->n,
                                           covers[i] * whole, x->most, 2, numbers, scratch);
        if (change < least) {
            least = change;
            best = covers[i] * whole;
        }
    }
    return best;
}

/* One receiver: the unit it would like. */
static void choose_receiver(void *context, size_t j, size_t worker) {
    (void)worker;
    struct storing *x = context;
    const loci_codegen_pair *pair = &x->export->pair[x->l];
    double whole = largest_weight(pair, j) / x->most;
    x->wanted[j] = x->export->cover[x->l][LOCI_COVER_WEIGHT] * whole;
    if (x->moments == NULL || whole == 0)
        return;
    int32_t *numbers = malloc(pair->n * sizeof *numbers);
    float *scratch = malloc(2 * pair->n * sizeof *scratch);
    x->lost[j] = numbers == NULL || scratch == NULL;
    if (!x->lost[j])
        x->wanted[j] = best_unit(x, j, whole, numbers, scratch);
    free(numbers);
    free(scratch);
}

/* One receiver: its weights in the unit that its gain gives it. */
static void store_receiver(void *context, size_t j, size_t worker) {
    (void)worker;
    struct storing *x = context;
    loci_codegen_pair *pair = &x->export->pair[x->l];
    int32_t input = loci_codegen_largest_input(x->export, x->l);
    double gain = fmin(fmax(x->wanted[j] / x->step, 1), LOCI_CODEGEN_GAIN);
    pair->fixed.gain[j] = (uint8_t)lround(gain);
    double unit = x->step * pair->fixed.gain[j];
    int32_t *numbers = malloc(pair->n * sizeof *numbers);
    float *scratch = malloc(2 * pair->n * sizeof *scratch);
    assert(x->moments == NULL || pair->taps == 1);
    bool lost = numbers == NULL || scratch == NULL;
    x->lost[j] = lost;
    if (!lost && x->moments != NULL)
        loci_codegen_round(x->moments, pair->real.w + j, pair->m, pair->n, unit, x->most, 30,
                           numbers, scratch);
    pair->fixed.worst[j] = 0;
    for (size_t i = 0; !lost && i < pair->n * pair->taps; i++) {
        size_t at = i * pair->m + j;
        double units = (double)pair->real.w[at] / unit;
        int32_t number =
            x->moments != NULL ? numbers[i] : (int32_t)lround(fmin(fmax(units, -x->most), x->most));
        pair->fixed.stored[at] = (int8_t)number;
        pair->fixed.w[at] = number;
        pair->fixed.worst[j] += (int64_t)abs(number) * input * pair->fixed.gain[j];
    }
    free(numbers);
    free(scratch);
}

/* ---- a layer to itself ---- */

/* How often a spike counts that a layer sends itself: so that its weights fill the numbers there
 * are, each receiver having the unit of what others send it. */
static int32_t count_spike(const loci_export *export, uint32_t l) {
    const loci_codegen_pair *loop = &export->pair[export->pairs + l];
    const loci_pair_fixed *fixed = &export->pair[l].fixed;
    int most = loci_charge_most(export->options.bits);
    double largest = 0;
    for (size_t at = 0; at < loop->n * loop->width; at++)
        largest = fmax(largest, fabs((double)loop->real.w[at]) / fixed->gain[at % loop->m]);
    return (int32_t)fmin(fmax(ceil(largest / (most * fixed->unit)), 1), 1 << 20);
}

static void store_loop(loci_export *export, uint32_t l) {
    loci_codegen_pair *loop = &export->pair[export->pairs + l];
    loci_pair_fixed *fixed = &export->pair[l].fixed;
    int most = loci_charge_most(export->options.bits);
    loop->fixed.spike = count_spike(export, l);
    for (size_t at = 0; at < loop->n * loop->width; at++) {
        size_t j = at % loop->m;
        double unit = fixed->unit * fixed->gain[j] * loop->fixed.spike;
        double units = fmin(fmax((double)loop->real.w[at] / unit, -most), most);
        loop->fixed.w[at] = (int32_t)lround(units);
        loop->fixed.stored[at] = (int8_t)loop->fixed.w[at];
        fixed->worst[j] += (int64_t)abs(loop->fixed.w[at]) * loop->fixed.spike * fixed->gain[j];
    }
}

/* Runs a task for each receiver; false when memory was short. */
static bool for_receivers(struct storing *x, loci_task *task) {
    size_t m = x->export->pair[x->l].m;
    bool lost = false;
    loci_parallel(x->export->options.pool, m, task, x);
    for (size_t j = 0; j < m; j++)
        lost |= x->lost[j];
    return !lost;
}

static int refuse_sums(uint32_t l, loci_error *error) {
    return loci_fail(error, LOCI_E_UNSUPPORTED, "export",
                     "the sums of layer %u do not fit 32 bits; export it as floats (--bits 32)",
                     l + 1);
}

/* Tries finer units of the layer before coarser ones. */
static int choose_step(struct storing *x, loci_error *error) {
    loci_codegen_pair *pair = &x->export->pair[x->l];
    double largest = 0;
    if (!for_receivers(x, choose_receiver))
        return loci_fail_memory(error, "export");
    for (size_t j = 0; j < pair->m; j++)
        largest = fmax(largest, x->wanted[j]);
    x->step = (largest > 0 ? largest : 1) / LOCI_CODEGEN_GAIN;
    for (int attempt = 0; attempt < 64; attempt++) {
        pair->fixed.unit = pair->fixed.unit_in * x->step;
        if (!for_receivers(x, store_receiver))
            return loci_fail_memory(error, "export");
        if (loci_codegen_has_loop(x->export, x->l))
            store_loop(x->export, x->l);
        if (loci_codegen_settle(x->export, x->l, NULL))
            return LOCI_OK;
        x->step *= 2; /* halves the gains; from 1 on, the precision */
    }
    return refuse_sums(x->l, error);
}

/* ---- trained rounded ---- */

/* Their sums with so large a gain, the same of all receivers. */
static bool fit_trained(loci_export *export, uint32_t l, int32_t gain) {
    loci_codegen_pair *pair = &export->pair[l];
    int64_t most = (int64_t)loci_codegen_largest_input(export, l) * gain;
    memset(pair->fixed.worst, 0, pair->m * sizeof *pair->fixed.worst);
    for (size_t at = 0; at < pair->n * pair->m; at++)
        pair->fixed.worst[at % pair->m] += abs(pair->fixed.w[at]) * most;
    for (size_t j = 0; pair->fixed.gain != NULL && j < pair->m; j++)
        pair->fixed.gain[j] = (uint8_t)gain;
    pair->fixed.unit = pair->fixed.unit_in * export->network->rounding->of[l].weight / gain;
    return loci_codegen_settle(export, l, NULL);
}

/* They are whole numbers of a unit already, all receivers' the same. A spike counts 1, so without a
 * gain a membrane would leak, and a threshold and a bias be rounded, by whole weights. */
static int store_trained(loci_export *export, uint32_t l, loci_error *error) {
    loci_codegen_pair *pair = &export->pair[l];
    double unit = export->network->rounding->of[l].weight;
    for (size_t at = 0; at < pair->n * pair->m; at++) {
        pair->fixed.w[at] = (int32_t)lround((double)pair->real.w[at] / unit);
        pair->fixed.stored[at] = (int8_t)pair->fixed.w[at];
    }
    int32_t gain = pair->fixed.gain != NULL ? LOCI_CODEGEN_GAIN : 1;
    for (; gain > 0; gain /= 2)
        if (fit_trained(export, l, gain))
            return LOCI_OK;
    return refuse_sums(l, error);
}

int loci_codegen_store(loci_export *export, uint32_t l, const float *moments, loci_error *error) {
    if (loci_codegen_has_units_of_weights(export))
        return store_trained(export, l, error);
    size_t m = export->pair[l].m;
    struct storing x = {.export = export,
                        .l = l,
                        .moments = moments,
                        .most = loci_charge_most(export->options.bits),
                        .wanted = loci_alloc(m, sizeof *x.wanted),
                        .lost = loci_alloc(m, sizeof *x.lost)};
    int status = LOCI_OK;
    if (x.wanted == NULL || x.lost == NULL)
        status = loci_fail_memory(error, "export");
    else
        status = choose_step(&x, error);
    free(x.wanted);
    free(x.lost);
    return status;
}
