/* Inference with weights computed once: what is prepared, and how inputs are shared out. */
#include <loci/prepared.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "infer/activity.h"
#include "infer/prepared_contents.h"
#include "linear/linear.h"
#include "network/kept.h"
#include "network/maps.h"
#include "network/timeline.h"

/* Leaves out the connections to neurons that nothing follows from, unless their spikes are counted;
 * pairs are prepared from the last to the first. */
static size_t drop_mute(const loci_prepared *p, uint32_t l, uint8_t *mask, float *weights) {
    size_t n = p->pass->acting.wiring[l].n, m = p->pass->acting.wiring[l].m, kept = 0;
    bool heard = l + 1 == p->pass->pairs || p->pass->spiking != NULL;
    for (size_t j = 0; j < m; j++) {
        bool mute = !heard && !loci_fixed_sends(&p->weights[l + 1], j);
        for (size_t i = 0; i < n; i++) {
            mask[i * m + j] &= !mute;
            weights[i * m + j] = mask[i * m + j] != 0 ? weights[i * m + j] : 0;
            kept += mask[i * m + j];
        }
    }
    return kept;
}

/* Of a stencil nothing is left out: it is small, and laid over many places. */
static int prepare_stencil(loci_prepared *p, uint32_t l, loci_error *error) {
    const loci_stencil stencil = loci_stencil_of(&p->network->spec, l);
    float *weights = loci_alloc(loci_stencil_entries(&stencil), stencil.out * sizeof *weights);
    if (weights == NULL)
        return loci_fail_memory(error, "weights");
    int status = loci_acting_weights(&p->pass->acting, l, weights, error);
    if (status == LOCI_OK)
        status = loci_fixed_create_shared(&p->weights[l], &stencil, weights, error);
    free(weights);
    return status;
}

/* The weights of all connections, or of those that are kept. */
static int prepare_whole(loci_prepared *p, uint32_t l, loci_error *error) {
    size_t n = p->pass->acting.wiring[l].n, m = p->pass->acting.wiring[l].m, kept = n * m;
    bool pruned = p->pass->acting.kept[l] != NULL;
    float *weights = loci_alloc(n, m * sizeof *weights);
    uint8_t *mask = loci_alloc(pruned ? n : 0, m);
    int status = weights == NULL || mask == NULL
                     ? loci_fail_memory(error, "weights")
                     : loci_acting_weights(&p->pass->acting, l, weights, error);
    if (status == LOCI_OK && pruned) {
        loci_kept_count(&p->pass->acting, l, mask);
        kept = drop_mute(p, l, mask, weights);
    }
    if (status == LOCI_OK)
        status =
            loci_fixed_create(&p->weights[l], n, m, weights, pruned ? mask : NULL, kept, error);
    free(weights);
    free(mask);
    return status;
}

static size_t larger(size_t a, size_t b) {
    return a > b ? a : b;
}

static int prepare_pair(loci_prepared *p, uint32_t l, loci_error *error) {
    const loci_acting *acting = &p->pass->acting;
    size_t n = acting->size[l], m = acting->size[l + 1];
    int status = loci_has_stencil(&p->network->spec, l) ? prepare_stencil(p, l, error)
                                                        : prepare_whole(p, l, error);
    p->bias[l] = loci_alloc(m, sizeof *p->bias[l]);
    if (status == LOCI_OK && p->bias[l] == NULL)
        status = loci_fail_memory(error, "weights");
    if (status != LOCI_OK)
        return status;
    memcpy(p->bias[l], loci_acting_bias(acting, l), m * sizeof *p->bias[l]);
    p->listed |= p->weights[l].connections != NULL && p->pass->spiking == NULL && p->together > 1;
    p->widest = larger(p->widest, larger(n, loci_leading(m)));
    p->scratch = larger(p->scratch, loci_fixed_scratch(&p->weights[l]));
    return LOCI_OK;
}

static void free_runners(loci_runner *runner, size_t count) {
    for (size_t i = 0; i < count; i++)
        loci_runner_clear(&runner[i]);
    free(runner);
}

/* At least so many runners, each with room for so many rows. Those there are stay until there is
 * memory for the others. */
static int provide(loci_prepared *p, size_t runners, size_t rows, loci_error *error) {
    if (p->runners >= runners && p->runner[0].rows >= rows)
        return LOCI_OK;
    loci_runner *made = calloc(runners, sizeof *made);
    if (made == NULL)
        return loci_fail_memory(error, "prepared network");
    int status = LOCI_OK;
    for (size_t i = 0; i < runners && status == LOCI_OK; i++) {
        status = loci_runner_create(&made[i], p->network, rows, p->widest, p->scratch, error);
        made[i].number = i;
    }
    for (size_t l = 0; l < p->pass->pairs && p->pass->spiking == NULL && status == LOCI_OK; l++)
        status = loci_fixed_provide(&p->weights[l], runners, error);
    if (status != LOCI_OK) {
        free_runners(made, runners);
        return status;
    }
    free_runners(p->runner, p->runners);
    p->runner = made;
    p->runners = runners;
    return LOCI_OK;
}

int loci_prepared_create(loci_prepared **out, const loci_network *network, loci_error *error) {
    int status = loci_check_matrices(network, "prepared", error);
    if (status != LOCI_OK)
        return status;
    loci_prepared *p = calloc(1, sizeof *p);
    if (p == NULL)
        return loci_fail_memory(error, "prepared network");
    p->network = network;
    p->activate = loci_activation_kernels_for(loci_isa_best());
    loci_bits_fill(&p->bits);
    p->travels = loci_takes_steps(&network->spec);
    p->together = network->spec.maps_count > 0 ? 1 : LOCI_FIXED_STRIP;
    p->steps = loci_spec_spikes(&network->spec) ? network->spec.time_steps : 1;
    status = loci_pass_create_bare(&p->pass, network, error);
    for (uint32_t l = loci_spec_hidden_layers(&network->spec) + 1; status == LOCI_OK && l-- > 0;)
        status = prepare_pair(p, l, error);
    if (status == LOCI_OK)
        status = provide(p, 1, p->steps, error);
    if (status != LOCI_OK) {
        loci_prepared_free(p);
        return status;
    }
    if (p->pass->spiking != NULL) {
        loci_acting_update(&p->pass->acting); /* what delays follow knows its masks by now */
        loci_spiking_wire(p->pass);
    }
    *out = p;
    return LOCI_OK;
}

void loci_prepared_free(loci_prepared *p) {
    if (p == NULL)
        return;
    free_runners(p->runner, p->runners);
    loci_pass_free(p->pass);
    for (uint32_t l = 0; l < LOCI_MAX_PAIRS; l++) {
        loci_fixed_clear(&p->weights[l]);
        free(p->bias[l]);
    }
    free(p->strips);
    free(p);
}

/* LOCI_E_ARGUMENT unless all numbers of inputs [count, pixels] are finite. */
static int check(const loci_prepared *p, const float *inputs, size_t count, loci_error *error) {
    size_t pixels = loci_spec_inputs(&p->network->spec);
    if (p->weights[0].kernels->finite(inputs, count * pixels))
        return LOCI_OK;
    for (size_t i = 0; i < count * pixels; i++)
        if (!isfinite(inputs[i]))
            return loci_fail(error, LOCI_E_ARGUMENT, "input",
                             "number %zu of input %zu is not finite", i % pixels, i / pixels);
    return LOCI_OK;
}

int loci_prepared_run(loci_prepared *p, const float *input, uint32_t number, float *logits,
                      loci_activity *activity, loci_error *error) {
    loci_tally tally = {.samples = 1};
    loci_runner *runner = &p->runner[0];
    if (p->pass->spiking == NULL) {
        if (!loci_prepared_rows(p, runner, input, 1, logits))
            return check(p, input, 1, error);
    } else {
        int status = check(p, input, 1, error);
        if (status == LOCI_OK)
            status = loci_prepared_events(p, runner, input, number, logits, &tally, error);
        if (status != LOCI_OK)
            return status;
    }
    loci_network_to_units(p->network, logits, 1);
    if (activity != NULL)
        loci_tally_activity(&tally, &p->network->spec, activity);
    return LOCI_OK;
}

struct batch {
    loci_prepared *prepared;
    const float *inputs; /* [count, pixels] */
    float *logits;       /* [count, classes] */
    size_t count;
    atomic_bool wrong;    /* an input was not finite */
    atomic_bool shortage; /* of memory */
};

static void run_task(void *context, size_t task, size_t worker) {
    struct batch *batch = context;
    loci_prepared *p = batch->prepared;
    size_t first = task * LOCI_FIXED_STRIP, left = batch->count - first;
    size_t rows = left < LOCI_FIXED_STRIP ? left : LOCI_FIXED_STRIP,
           classes = p->weights[p->pass->pairs - 1].m;
    size_t pixels = loci_spec_inputs(&p->network->spec);
    const float *inputs = batch->inputs + first * pixels;
    float *logits = batch->logits + first * classes;
    loci_tally ignored = {0};
    if (p->pass->spiking != NULL) {
        for (size_t i = 0; i < rows; i++)
            if (loci_prepared_events(p, &p->runner[worker], inputs + i * pixels,
                                     (uint32_t)(first + i), logits + i * classes, &ignored,
                                     NULL) != LOCI_OK)
                atomic_store(&batch->shortage, true);
        loci_network_to_units(p->network, logits, rows);
        return;
    }
    bool fine = true;
    if (p->listed)
        fine = loci_prepared_strip(p, worker, inputs, rows, logits);
    for (size_t i = 0; i < rows && !p->listed && fine; i += p->together)
        fine = loci_prepared_rows(p, &p->runner[worker], inputs + i * pixels,
                                  rows - i < p->together ? rows - i : p->together,
                                  logits + i * classes);
    loci_network_to_units(p->network, logits, rows);
    if (!fine)
        atomic_store(&batch->wrong, true);
}

int loci_prepared_run_batch(loci_prepared *p, loci_pool *pool, const float *inputs, size_t count,
                            float *logits, loci_error *error) {
    bool spiking = p->pass->spiking != NULL;
    pool = p->travels ? NULL : pool;
    size_t workers = (size_t)loci_pool_threads(pool);
    int status = spiking ? check(p, inputs, count, error) : LOCI_OK;
    if (status == LOCI_OK)
        status = p->listed ? loci_prepared_provide_strips(p, workers, error)
                           : provide(p, workers, spiking ? p->steps : p->together, error);
    if (status != LOCI_OK)
        return status;
    struct batch batch = {.prepared = p, .inputs = inputs, .logits = logits, .count = count};
    loci_parallel(pool, (count + LOCI_FIXED_STRIP - 1) / LOCI_FIXED_STRIP, run_task, &batch);
    if (atomic_load(&batch.shortage))
        return loci_fail_memory(error, "prepared network");
    return atomic_load(&batch.wrong) ? check(p, inputs, count, error) : LOCI_OK;
}
