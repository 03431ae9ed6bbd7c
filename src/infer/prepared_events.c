/* One input through a spiking net whose weights are prepared, event by event. */
#include <string.h>

#include "infer/activity.h"
#include "infer/prepared_contents.h"

/* A firing layer: current [T, ld], or [1, ld] for all steps, becomes spikes [T, ld]. */
static double fire(const loci_prepared *p, loci_runner *runner, uint32_t l, bool constant) {
    loci_spiking *s = p->pass->spiking;
    size_t m = p->pass->acting.size[l + 1], ld = loci_leading(m);
    for (size_t t = p->steps; constant && t-- > 1;)
        memcpy(runner->current + t * ld, runner->current, ld * sizeof *runner->current);
    float count[LOCI_LIF_STRIP];
    double total = 0;
    for (size_t j = 0; j < s->layer[l].padded; j += LOCI_LIF_STRIP) {
        memset(count, 0, sizeof count);
        /* a step's current is read before its spikes are written over it */
        loci_lif_strip strip = {.current = runner->current + j,
                                .current_stride = ld,
                                .spikes = runner->current + j,
                                .spikes_stride = ld,
                                .count = count};
        s->kernels->forward(&s->layer[l], j, &strip);
        /* past m stands what an earlier layer left */
        for (size_t i = 0; i < LOCI_LIF_STRIP && j + i < m; i++)
            total += count[i];
    }
    return total;
}

static void read_out(const loci_prepared *p, loci_runner *runner, uint32_t l, bool constant,
                     float *logits, loci_tally *tally) {
    loci_spiking *s = p->pass->spiking;
    const loci_spec *spec = &p->network->spec;
    size_t m = p->pass->acting.size[l + 1], ld = loci_leading(m);
    if (spec->readout == LOCI_READOUT_COUNT) {
        tally->spikes[l] = fire(p, runner, l, constant);
        for (size_t j = 0; j < m; j++) {
            logits[j] = 0;
            for (size_t t = 0; t < p->steps; t++)
                logits[j] += runner->current[t * ld + j];
        }
    } else {
        /* what a runner works in is its own: the pass is that of all */
        const loci_integrator layer = {m,          s->steps,   spec->readout,
                                       s->beta[l], s->bias[l], runner->next};
        loci_integrator_forward(&layer, runner->current, constant ? 0 : ld, runner->value, m,
                                logits);
    }
    for (size_t j = 0; j < m; j++)
        logits[j] *= (float)spec->logit_scale;
}

static void run_events(const loci_prepared *p, loci_runner *runner, float *logits,
                       loci_tally *tally) {
    const loci_spec *spec = &p->network->spec;
    loci_sparse active = runner->batch->by_sample;
    for (uint32_t l = 0;; l++) {
        bool constant = l == 0 && spec->coding == LOCI_CODING_CONSTANT;
        tally->crossings[l] = loci_count_crossings(&active, p->pass->fan_out[l], p->weights[l].m);
        loci_fixed_events(&p->weights[l], &active, runner->current, runner->scratch);
        if (l == loci_spec_hidden_layers(spec)) {
            read_out(p, runner, l, constant, logits, tally);
            return;
        }
        tally->spikes[l] = fire(p, runner, l, constant);
        active = loci_runner_compact(runner, &p->bits, &p->weights[l + 1], runner->current,
                                     p->steps, p->weights[l].ld);
    }
}

int loci_prepared_events(const loci_prepared *p, loci_runner *runner, const float *input,
                         uint32_t number, float *logits, loci_tally *tally, loci_error *error) {
    int status = loci_batch_fill_rows(runner->batch, input, 1, number, error);
    if (status == LOCI_OK && p->travels)
        loci_prepared_travel(p, runner, logits, tally);
    else if (status == LOCI_OK)
        run_events(p, runner, logits, tally);
    return status;
}
