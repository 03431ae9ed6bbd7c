/* The operations of src/codegen/c/run_relu.c, neurons_spiking.c and run_spiking.c, for one kind of
 * number: NUMBER is its type, NAMED(x) gives x a name of its own, PART(pair) is the pair's numbers,
 * SETTLE(part, j, sum) a sum with the bias added, ACT(export, part, sum) what a hidden neuron makes
 * of it, DECAY(membrane, beta) what is left of a membrane after a step, HOLD(number) it within what
 * is held of adaptive neurons, ADD_SOFTMAX(export, membrane, logits) what a step adds to them.
 * Included by source_twin.c, once for each kind. */

/* Adds what sender i sends to the sums of all receivers. */
static void NAMED(send)(const loci_codegen_pair *pair, size_t i, NUMBER x, NUMBER *sums,
                        loci_codegen_tally *tally) {
    const NUMBER *w = PART(pair)->w + i * pair->m;
    for (size_t j = 0; j < pair->m; j++)
        sums[j] += x * w[j];
    tally->multiply_adds += (double)pair->products[i];
    tally->roots += (double)pair->roots[i];
}

#include "codegen/source_twin_maps.h"

static void NAMED(cross)(const loci_codegen_pair *pair, const NUMBER *in, NUMBER *sums,
                         loci_codegen_tally *tally) {
    memset(sums, 0, pair->m * sizeof *sums);
    for (size_t i = 0; i < pair->n; i++)
        if (in[i] != 0)
            NAMED(send)(pair, i, in[i], sums, tally);
}

/* To layer l + 1. */
static void NAMED(cross_layer)(const loci_export *export, uint32_t l, const NUMBER *in,
                               NUMBER *sums, loci_codegen_tally *tally) {
    if (loci_has_stencil(export->spec, l))
        NAMED(cross_maps)(export, l, in, sums, tally);
    else
        NAMED(cross)(&export->pair[l], in, sums, tally);
}

void NAMED(loci_codegen_sums)(const loci_export *export, uint32_t l, const NUMBER *in,
                              NUMBER *out) {
    const loci_codegen_pair *pair = &export->pair[l];
    loci_codegen_tally tally = {0}; /* not wanted here */
    NAMED(cross_layer)(export, l, in, out, &tally);
    for (size_t j = 0; j < loci_codegen_neurons(export, l + 1); j++)
        out[j] = SETTLE(PART(pair), j % pair->m, out[j]);
}

static void NAMED(run_continuous)(const loci_export *export, const NUMBER *in,
                                  loci_codegen_room *room, NUMBER *logits,
                                  loci_codegen_tally *tally) {
    for (uint32_t l = 0; l < export->pairs; l++) {
        const loci_codegen_pair *pair = &export->pair[l];
        bool hidden = l + 1 < export->pairs;
        NUMBER *sums = hidden ? (NUMBER *)room->sums[l] : logits;
        NAMED(cross_layer)(export, l, in, sums, tally);
        for (size_t j = 0; j < loci_codegen_neurons(export, l + 1); j++) {
            NUMBER sum = SETTLE(PART(pair), j % pair->m, sums[j]);
            sums[j] = hidden ? ACT(export, PART(pair), sum) : sum;
        }
        in = sums;
    }
}

/* Whether a pixel spikes in time step t. */
static bool NAMED(spikes)(const loci_export *export, NUMBER level, uint32_t t) {
    uint32_t pixel = LEVEL(level);
    if (export->spec->latency_span != 1) {
        uint32_t part = 2 * (255 - pixel) * loci_codegen_latest(export) + 255 * 4096;
        return pixel != 0 && part - 510 * 4096 * t < 510 * 4096;
    }
    uint32_t moment = 2 * (255 - pixel) * (export->spec->time_steps - 1) + 255;
    return pixel != 0 && moment - 510 * t < 510;
}

/* The adaptation of neuron j after a step. */
static NUMBER NAMED(adapt)(const loci_codegen_pair *pair, size_t j, NUMBER before, NUMBER membrane,
                           bool fired) {
    NUMBER *const *by = PART(pair)->adaptation;
    if (by[0] == NULL)
        return 0; /* of a layer that does not fire */
    NUMBER a = DECAY(before, by[0][j]) + DECAY(membrane, by[1][j]);
    a += fired ? by[2][j] : 0;
    return HOLD(a);
}

/* One time step of layer l + 1, whose currents are in room->sums. */
static void NAMED(step)(const loci_export *export, uint32_t l, loci_codegen_room *room) {
    const loci_codegen_pair *pair = &export->pair[l];
    NUMBER *membrane = (NUMBER *)room->membrane[l], *sums = (NUMBER *)room->sums[l];
    NUMBER *adapted = (NUMBER *)room->adapted[l];
    uint8_t *fired = room->fired[l];
    bool fires = loci_spec_fires(export->spec, l + 1);
    for (size_t j = 0; j < pair->m; j++) {
        NUMBER threshold = PART(pair)->threshold[j];
        bool zero = fired[j] && export->spec->reset == LOCI_RESET_ZERO;
        bool subtract = fired[j] && export->spec->reset == LOCI_RESET_SUBTRACT;
        if (export->adapts)
            adapted[j] = NAMED(adapt)(pair, j, adapted[j], membrane[j], fired[j]);
        NUMBER u = DECAY(zero ? 0 : membrane[j], PART(pair)->beta[j]);
        u += SETTLE(PART(pair), j, sums[j]);
        u -= export->adapts ? adapted[j] : 0;
        u -= subtract ? threshold : 0;
        membrane[j] = export->adapts ? HOLD(u) : u;
        fired[j] = fires && u > threshold;
    }
}

static void NAMED(read_out)(const loci_export *export, uint32_t t, const loci_codegen_room *room,
                            NUMBER *logits) {
    size_t last = export->pairs - 1;
    const NUMBER *membrane = (const NUMBER *)room->membrane[last];
    for (size_t c = 0; t == 0 && c < export->spec->classes; c++)
        logits[c] = 0;
    if (export->spec->readout == LOCI_READOUT_SOFTMAX_SUM) {
        ADD_SOFTMAX(export, membrane, logits);
        return;
    }
    for (size_t c = 0; c < export->spec->classes; c++) {
        NUMBER before = logits[c];
        switch (export->spec->readout) {
        case LOCI_READOUT_COUNT:
            logits[c] = before + room->fired[last][c];
            break;
        case LOCI_READOUT_MEMBRANE_MEAN:
            logits[c] = before + membrane[c];
            break;
        case LOCI_READOUT_MEMBRANE_MAX:
            logits[c] = t == 0 || membrane[c] > before ? membrane[c] : before;
            break;
        default:
            logits[c] = membrane[c];
        }
    }
}

/* What the spikes of this step bring to layer l + 1. */
static void NAMED(cross_spikes)(const loci_export *export, uint32_t l, uint32_t t, const NUMBER *in,
                                loci_codegen_room *room, loci_codegen_tally *tally) {
    const loci_codegen_pair *pair = &export->pair[l];
    NUMBER *sums = (NUMBER *)room->sums[l];
    memset(sums, 0, pair->m * sizeof *sums);
    for (size_t i = 0; i < pair->n; i++)
        if (l == 0 ? NAMED(spikes)(export, in[i], t) : room->fired[l - 1][i] != 0)
            NAMED(send)(pair, i, 1, sums, tally);
}

/* Everything at rest. */
static void NAMED(rest)(const loci_export *export, loci_codegen_room *room) {
    for (uint32_t l = 0; l < export->pairs; l++) {
        size_t m = export->pair[l].m;
        memset(room->membrane[l], 0, m * sizeof(NUMBER));
        memset(room->fired[l], 0, m);
        if (export->adapts)
            memset(room->adapted[l], 0, m * sizeof(NUMBER));
        if (export->stepped)
            memset(room->ring[l], 0, export->slots[l] * m * sizeof(NUMBER));
        room->now[l] = 0;
    }
}

static void NAMED(run_spiking)(const loci_export *export, const NUMBER *in, loci_codegen_room *room,
                               NUMBER *logits, loci_codegen_tally *tally) {
    bool constant = export->spec->coding == LOCI_CODING_CONSTANT;
    NAMED(rest)(export, room);
    if (constant)
        NAMED(cross)(&export->pair[0], in, (NUMBER *)room->sums[0], tally);
    for (uint32_t t = 0; t < export->spec->time_steps; t++) {
        for (uint32_t l = 0; l < export->pairs; l++) {
            if (l > 0 || !constant)
                NAMED(cross_spikes)(export, l, t, in, room, tally);
            NAMED(step)(export, l, room);
        }
        NAMED(read_out)(export, t, room, logits);
    }
}
