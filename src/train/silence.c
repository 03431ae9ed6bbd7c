#include "train/silence.h"

#include <stdio.h>
#include <string.h>

void loci_silence_step(loci_silence *silence, const loci_trainer *trainer) {
    loci_pass *pass = loci_trainer_pass(trainer);
    silence->batches++;
    silence->active |= pass->active;
    pass->active = 0;
}

/* Adam's first moment is 0 where no gradient has come for hundreds of steps. */
static bool learns(const loci_trainer *trainer) {
    size_t i = 0;
    while (i < trainer->count && trainer->moment1[i] == 0)
        i++;
    return i < trainer->count;
}

static const char *remedy(const loci_spec *spec) {
    if (loci_spec_spikes(spec))
        return "lower --threshold, or raise --beta or --time-steps";
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(spec); l++)
        if (spec->range[l] > 0)
            return "raise --range, or lower --lr";
    return "lower --lr, or start elsewhere (--seed)";
}

/* The first layer that sent nothing: those after it get nothing to send. */
static uint32_t silent_layer(const loci_silence *silence, const loci_spec *spec) {
    bool output = loci_spec_fires(spec, loci_spec_hidden_layers(spec) + 1);
    uint32_t l = 0, layers = loci_spec_hidden_layers(spec) + (output ? 1 : 0);
    while (l < layers && (silence->active >> l & 1) != 0)
        l++;
    return l < layers ? l + 1 : 0;
}

static void describe(const loci_silence *silence, const loci_trainer *trainer,
                     char note[LOCI_RUN_NOTE]) {
    const loci_spec *spec = &trainer->network->spec;
    const char *verb = loci_spec_spikes(spec) ? "fired" : "was active";
    uint32_t layer = silent_layer(silence, spec);
    const char *nothing = learns(trainer) ? "" : " and no gradient reached any parameter";
    if (layer > loci_spec_hidden_layers(spec))
        snprintf(note, LOCI_RUN_NOTE, "no output neuron %s in epoch %u%s; %s", verb,
                 trainer->state.epoch, nothing, remedy(spec));
    else if (layer > 0)
        snprintf(note, LOCI_RUN_NOTE, "no neuron of hidden layer %u %s in epoch %u%s; %s", layer,
                 verb, trainer->state.epoch, nothing, remedy(spec));
    else if (*nothing != '\0')
        snprintf(note, LOCI_RUN_NOTE, "no gradient reached any parameter in epoch %u; %s",
                 trainer->state.epoch, remedy(spec));
}

void loci_silence_epoch(loci_silence *silence, const loci_trainer *trainer,
                        char note[LOCI_RUN_NOTE]) {
    note[0] = '\0';
    if (silence->batches == trainer->batches && !silence->told)
        describe(silence, trainer, note);
    silence->told |= note[0] != '\0';
    silence->batches = 0;
    silence->active = 0;
}
