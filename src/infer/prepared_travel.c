/* One input through a spiking net whose spikes travel, or come back: its taps and weights are
 * prepared, and work follows the spikes. */
#include <string.h>

#include "infer/prepared_contents.h"
#include "network/timeline.h"

/* The currents of layer l + 1 over the steps, from what is active. */
static void cross(const loci_prepared *p, loci_runner *runner, uint32_t l,
                  const loci_sparse *active) {
    loci_spiking *s = p->pass->spiking;
    size_t ld = p->weights[l].ld;
    bool constant = l == 0 && !s->coded;
    if (s->delayed[l] != NULL) {
        const loci_over_time in = {active, NULL, s->steps, constant};
        loci_delayed_forward(s->delayed[l], &in, s->current[l], NULL);
        return;
    }
    loci_fixed_events(&p->weights[l], active, constant ? runner->current : s->current[l],
                      runner->scratch);
    for (uint32_t t = 0; constant && t < s->steps; t++)
        memcpy(s->current[l] + t * ld, runner->current, ld * sizeof(float));
}

/* A layer of LIF neurons through all steps: its spikes, or of an output that is counted their sums.
 */
static double fire_lif(loci_spiking *s, uint32_t l, size_t m) {
    size_t ld = loci_leading(m);
    bool summed = s->spikes[l] == NULL;
    float count[LOCI_LIF_STRIP];
    double total = 0;
    for (size_t j = 0; j < s->layer[l].padded; j += LOCI_LIF_STRIP) {
        memset(count, 0, sizeof count);
        const loci_lif_strip strip = {.current = s->current[l] + j,
                                      .current_stride = ld,
                                      .spikes = summed ? NULL : s->spikes[l] + j,
                                      .spikes_stride = ld,
                                      .weight = s->weight,
                                      .weighted = summed ? s->weighted + j : NULL,
                                      .count = count};
        s->kernels->forward(&s->layer[l], j, &strip);
        for (size_t i = 0; i < LOCI_LIF_STRIP && j + i < m; i++)
            total += count[i];
    }
    return total;
}

/* A layer that fires: its spikes over the steps stand in s->spikes. */
static void fire(const loci_prepared *p, uint32_t l, loci_tally *tally) {
    loci_spiking *s = p->pass->spiking;
    if (s->stepped[l])
        loci_timeline_fire(p->pass, l, 1);
    else
        s->spike_total[l] = fire_lif(s, l, p->pass->acting.size[l + 1]);
    tally->spikes[l] += s->spike_total[l];
    if (l + 1 < p->pass->pairs)
        tally->crossings[l + 1] += s->loop_crossings[l];
}

static void read_out(const loci_prepared *p, loci_runner *runner, uint32_t l, float *logits,
                     loci_tally *tally) {
    loci_spiking *s = p->pass->spiking;
    const loci_spec *spec = &p->network->spec;
    size_t m = p->pass->acting.size[l + 1], ld = loci_leading(m);
    if (spec->readout == LOCI_READOUT_COUNT) {
        fire(p, l, tally);
        for (size_t j = 0; j < m; j++) {
            logits[j] = 0;
            for (uint32_t t = 0; s->stepped[l] && t < s->steps; t++)
                logits[j] += s->spikes[l][t * ld + j];
            if (!s->stepped[l])
                logits[j] = s->weighted[j];
        }
    } else {
        const loci_integrator layer = {m,          s->steps,   spec->readout,
                                       s->beta[l], s->bias[l], s->softmax};
        loci_integrator_forward(&layer, s->current[l], s->ld[l], runner->value, m, logits);
    }
    for (size_t j = 0; j < m; j++)
        logits[j] *= (float)spec->logit_scale;
}

void loci_prepared_travel(const loci_prepared *p, loci_runner *runner, float *logits,
                          loci_tally *tally) {
    loci_spiking *s = p->pass->spiking;
    loci_sparse active = runner->batch->by_sample;
    for (uint32_t l = 0; l < p->pass->pairs; l++) {
        tally->crossings[l] += loci_count_crossings(&active, p->pass->fan_out[l], p->weights[l].m);
        cross(p, runner, l, &active);
        if (l == s->hidden) {
            read_out(p, runner, l, logits, tally);
            return;
        }
        fire(p, l, tally);
        active = loci_runner_compact(runner, &p->bits, &p->weights[l + 1], s->spikes[l], s->steps,
                                     p->weights[l].ld);
    }
}
