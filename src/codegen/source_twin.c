#include "codegen/source_twin.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "codegen/maps.h"
#include "network/maps.h"

/* ---- integers ---- */

static inline int32_t act_fixed(const loci_export *export, const loci_pair_fixed *part,
                                int32_t sum) {
    return loci_codegen_act_fixed(part, loci_codegen_activation(export), sum);
}

static inline int32_t settle_fixed(const loci_pair_fixed *part, size_t j, int32_t sum) {
    return (part->gain != NULL ? part->gain[j] * sum : sum) + part->bias[j];
}

/* beta membrane in 2^-15, without 64-bit products */
static inline int32_t decay_fixed(int32_t membrane, int32_t beta) {
    int32_t high = membrane >> LOCI_BETA_BITS, low = membrane & ((1 << LOCI_BETA_BITS) - 1);
    return high * beta + (low * beta >> LOCI_BETA_BITS);
}

/* What adaptive neurons are held within. */
static inline int32_t hold_fixed(int32_t number) {
    return number > LOCI_CODEGEN_HELD    ? LOCI_CODEGEN_HELD
           : number < -LOCI_CODEGEN_HELD ? -LOCI_CODEGEN_HELD
                                         : number;
}

static void add_softmax_fixed(const loci_export *export, const int32_t *membrane, int32_t *logits) {
    size_t classes = export->spec->classes;
    const loci_fixed_softmax *softmax = &export->softmax;
    int32_t most = membrane[0];
    uint32_t sum = 0;
    for (size_t c = 1; c < classes; c++)
        most = membrane[c] > most ? membrane[c] : most;
    for (size_t c = 0; c < classes; c++)
        sum += loci_fixed_power(softmax, (uint32_t)most - (uint32_t)membrane[c]);
    assert(sum > 0); /* the largest one's own term is */
    uint32_t one = 0xffffffffu / sum;
    for (size_t c = 0; c < classes; c++)
        logits[c] +=
            (int32_t)(loci_fixed_power(softmax, (uint32_t)most - (uint32_t)membrane[c]) * one >>
                      17);
}

#define NUMBER int32_t
#define NAMED(x) x##_fixed
#define PART(pair) (&(pair)->fixed)
#define SETTLE settle_fixed
#define ACT act_fixed
#define DECAY decay_fixed
#define HOLD hold_fixed
#define ADD_SOFTMAX add_softmax_fixed
#define LEVEL(x) (uint32_t)(x)
#include "codegen/source_twin_body.h"
#include "codegen/source_twin_steps.h"
#undef NUMBER
#undef NAMED
#undef PART
#undef SETTLE
#undef ACT
#undef DECAY
#undef HOLD
#undef ADD_SOFTMAX
#undef LEVEL

/* ---- floats ---- */

static inline float act_real(const loci_export *export, const loci_pair_real *part, float sum) {
    (void)part;
    return loci_activation_value(loci_codegen_activation(export), sum);
}

static inline float settle_real(const loci_pair_real *part, size_t j, float sum) {
    return part->scale * sum + part->bias[j];
}

static inline float decay_real(float membrane, float beta) {
    return beta * membrane;
}

static void add_softmax_real(const loci_export *export, const float *membrane, float *logits) {
    size_t classes = export->spec->classes;
    float most = membrane[0], sum = 0;
    for (size_t c = 1; c < classes; c++)
        most = membrane[c] > most ? membrane[c] : most;
    for (size_t c = 0; c < classes; c++)
        sum += expf(membrane[c] - most);
    for (size_t c = 0; c < classes; c++)
        logits[c] += expf(membrane[c] - most) / sum;
}

#define NUMBER float
#define NAMED(x) x##_real
#define PART(pair) (&(pair)->real)
#define SETTLE settle_real
#define ACT act_real
#define DECAY decay_real
#define HOLD(x) (x)
#define ADD_SOFTMAX add_softmax_real
#define LEVEL(x) (uint32_t) lroundf((x)*255)
#include "codegen/source_twin_body.h"
#include "codegen/source_twin_steps.h"

/* What to_units() of c/net.c does. */
static void to_units(const loci_export *export, double *outputs) {
    const loci_network *network = export->network;
    for (size_t k = 0; k < export->spec->classes; k++)
        outputs[k] =
            (double)(network->target_mean[k] + network->target_deviation[k] * (float)outputs[k]);
}

/* ---- either ---- */

bool loci_codegen_room_open(loci_codegen_room *room, const loci_export *export) {
    *room = (loci_codegen_room){.input = NULL};
    loci_arena *arena = &room->arena;
    size_t entering = export->events ? export->given : loci_codegen_neurons(export, 0);
    room->input = loci_arena_take(arena, entering, sizeof(loci_number));
    room->logits = loci_arena_take(arena, export->spec->classes, sizeof(loci_number));
    for (size_t l = 0; l < export->pairs; l++) {
        size_t m = loci_codegen_neurons(export, (uint32_t)l + 1), spiking = export->spiking ? m : 0;
        room->sums[l] = loci_arena_take(arena, m, sizeof(loci_number));
        room->membrane[l] = loci_arena_take(arena, spiking, sizeof(loci_number));
        room->fired[l] = loci_arena_take(arena, spiking, 1);
        if (export->adapts)
            room->adapted[l] = loci_arena_take(arena, m, sizeof(loci_number));
        if (export->stepped)
            room->ring[l] = loci_arena_take(arena, export->slots[l], m * sizeof(loci_number));
    }
    if (export->stepped && export->spec->coding == LOCI_CODING_CONSTANT) {
        room->constant = loci_arena_take(arena, export->pair[0].m, sizeof(loci_number));
        room->arriving = loci_arena_take(arena, export->pair[0].width, sizeof(loci_number));
    }
    return !arena->failed;
}

void loci_codegen_room_close(loci_codegen_room *room) {
    loci_arena_clear(&room->arena);
}

static void run_fixed(const loci_export *export, const int32_t *given, loci_codegen_room *room,
                      double *logits, loci_codegen_tally *tally) {
    int32_t *in = (int32_t *)room->input, *out = (int32_t *)room->logits;
    for (size_t i = 0; export->events && i < export->given; i++)
        in[i] = given[i];
    for (size_t i = 0; !export->events && i < loci_codegen_neurons(export, 0); i++)
        in[i] = loci_codegen_enter(export, given, i);
    if (export->stepped)
        run_stepped_fixed(export, in, room, out, tally);
    else if (export->spiking)
        run_spiking_fixed(export, in, room, out, tally);
    else
        run_continuous_fixed(export, in, room, out, tally);
    for (size_t c = 0; c < export->spec->classes; c++)
        logits[c] = out[c];
}

static void run_real(const loci_export *export, const int32_t *given, loci_codegen_room *room,
                     double *logits, loci_codegen_tally *tally) {
    const loci_spec *spec = export->spec;
    float *in = (float *)room->input, *out = (float *)room->logits;
    bool mean = export->spiking && spec->readout == LOCI_READOUT_MEMBRANE_MEAN;
    float scale = (float)(mean ? spec->logit_scale / spec->time_steps : spec->logit_scale);
    for (size_t i = 0; export->events && i < export->given; i++)
        in[i] = (float)given[i];
    for (size_t i = 0; !export->events && i < loci_codegen_neurons(export, 0); i++)
        in[i] = loci_codegen_input_real(export, loci_codegen_enter(export, given, i));
    if (export->stepped)
        run_stepped_real(export, in, room, out, tally);
    else if (export->spiking)
        run_spiking_real(export, in, room, out, tally);
    else
        run_continuous_real(export, in, room, out, tally);
    for (size_t c = 0; c < spec->classes; c++)
        logits[c] = (double)(out[c] * scale);
}

void loci_codegen_run_network(const loci_export *export, const int32_t *given,
                              loci_codegen_room *room, double *logits) {
    loci_codegen_tally tally = {0};
    run_real(export, given, room, logits, &tally);
}

void loci_codegen_run_one(const loci_export *export, const int32_t *given, loci_codegen_room *room,
                          double *logits, loci_codegen_tally *tally) {
    tally->multiply_adds += export->preparing.multiply_adds;
    tally->roots += export->preparing.roots;
    if (export->fixed)
        run_fixed(export, given, room, logits, tally);
    else
        run_real(export, given, room, logits, tally);
    if (loci_codegen_has_units(export))
        to_units(export, logits);
}

int loci_export_run(const loci_export *export, const int32_t *inputs, size_t count, double *logits,
                    loci_error *error) {
    loci_codegen_room room;
    loci_codegen_tally tally = {0};
    bool enough = loci_codegen_room_open(&room, export);
    for (size_t b = 0; enough && b < count; b++)
        loci_codegen_run_one(export, inputs + b * export->given, &room,
                             logits + b * export->spec->classes, &tally);
    loci_codegen_room_close(&room);
    return enough ? LOCI_OK : loci_fail_memory(error, "export");
}
