/* What is inside a loci_export.
 *
 * In integers, everything a layer takes, sums or sends on is a whole number times a unit that only
 * the exporter knows; where numbers are floats all units are 1. Whatever way the source gets at its
 * weights, the twin that runs in the library (source_twin.c) has them expanded, computed by the
 * very operations of the source (expand.c, expand_real.c). */
#ifndef LOCI_CODEGEN_EXPORT_H
#define LOCI_CODEGEN_EXPORT_H

#include <loci/codegen.h>
#include <stdbool.h>

#include "base/arena.h"
#include "codegen/fixed_activation.h"
#include "codegen/fixed_delay.h"
#include "codegen/fixed_law.h"
#include "codegen/fixed_softmax.h"
#include "codegen/input.h"
#include "codegen/linear_scale.h"
#include "codegen/names.h"
#include "network/rounding.h"

enum {
    LOCI_CODEGEN_NAME = 48,   /* the longest name */
    LOCI_CODEGEN_PIXEL = 255, /* the largest input that is a byte */
    LOCI_CODEGEN_MOST = 4095, /* the largest output of a hidden neuron: finer than any weight */
    LOCI_CODEGEN_GAIN = 255,  /* the largest gain */
    LOCI_SQUARE_BITS = 8,     /* squared distances have so many bits more than positions */
    LOCI_BETA_BITS = 15,      /* the decay of a membrane, in 2^-15 */
    /* what membranes and adaptations of adaptive neurons are held within: no bound follows from the
     * numbers themselves */
    LOCI_CODEGEN_HELD = 1 << 28
};

/* How much of what is there is covered by the whole numbers a layer pair is stored in: 1 all of it;
 * with less the ends are cut off for the sake of a finer step. */
enum loci_cover {
    LOCI_COVER_POSITION,
    LOCI_COVER_AXON,
    LOCI_COVER_DENDRITE,
    LOCI_COVER_WEIGHT,
    LOCI_COVERS
};

/* Positions and charges as whole numbers of at most 8 bits. */
typedef struct loci_placed {
    int8_t *p;            /* [n, A, C]; NULL: a sheet */
    int8_t *c;            /* [n, A]; NULL: all 1 */
    int8_t *q;            /* [m, D, C] */
    int8_t *e;            /* [m, D]; NULL: all 1 */
    double step;          /* what a position of 1 is */
    double charge;        /* what an axon charge of 1 times a dendrite charge of 1 is */
    int32_t grid_pitch;   /* of a sheet: a pixel, in steps / 256 */
    int32_t *grid_origin; /* [C] of a sheet: the first pixel, likewise */
    /* as in layer_positions_fixed.c */
    uint32_t base, reach, cutoff, near;
    int32_t strong;
    uint32_t root_shift, charge_shift, weight_shift;
    loci_fixed_law law;     /* of another than the inverse */
    loci_fixed_delay delay; /* where spikes take time */
} loci_placed;

/* A layer pair in integers. */
typedef struct loci_pair_fixed {
    loci_placed placed;    /* positions mode, else all 0 */
    int8_t *stored;        /* [n, m] the other modes */
    uint8_t *gain;         /* [m] likewise, by loci_codegen_has_gains(); NULL: all 1 */
    int32_t *w;            /* [n, m] expanded, gain left out */
    int64_t *worst;        /* [m] the largest sum that what enters can make, bias left out */
    int32_t *bias;         /* [m] */
    int32_t *beta;         /* [m] of spiking nets, in 2^-15 */
    int32_t *threshold;    /* [m] likewise, in units of a sum */
    uint32_t output_shift; /* of hidden neurons that do not spike: ReLU, or another */
    loci_fixed_activation activation;
    loci_linear_scale linear;       /* of options.linear: what hidden neurons send */
    double unit_in, unit, unit_out; /* of what enters, a sum times its gain, what these send */
    /* [m] of adaptive neurons: what is left of an adaptation, and what a membrane adds, in 2^-15;
     * what a spike adds, in units of a sum */
    int32_t *adaptation[3];
    int32_t spike; /* of a layer to itself: what a spike counts, in the unit of the layer's sums */
} loci_pair_fixed;

/* The same in floats. */
typedef struct loci_pair_real {
    float *w; /* [n, m] scale left out */
    float scale;
    float *bias, *beta, *threshold; /* [m] */
    float *adaptation[3];           /* [m] of adaptive neurons */
    float *ones; /* [m] charges of dendrites that have none where others have; else NULL */
    float spike; /* of a layer to itself: its scale by that of the pair before it */
    float near;  /* largest squared distance of connected neurons, of a cut by distance */
} loci_pair_real;

/* The connections of a pruned pair, sender by sender. */
typedef struct loci_lists {
    size_t count;   /* entries */
    int32_t *start; /* [n + 1] where a sender's begin */
    uint8_t *step;  /* [count] from one receiver to the next; of signs the receiver itself */
    int8_t *small;  /* [count] weights, in integers; of signs NULL */
    uint8_t *plus; /* [n] of signs: how many of a sender's are 1; the others, behind them, are -1 */
    float *real;   /* [count] or in floats; the other is NULL */
} loci_lists;

/* What goes from a layer to the next, or to itself. Where spikes take time, its weights are those
 * of all taps, one after the other: of a weight [n, m] there are [n, taps, m]. */
typedef struct loci_codegen_pair {
    size_t n, m;
    uint32_t taps; /* 1 where nothing takes time */
    size_t width;  /* taps * m */
    bool own;      /* a layer to itself */
    loci_pair_fixed fixed;
    loci_pair_real real;
    loci_lists lists;   /* pruned mode */
    uint64_t *products; /* [n] multiply-adds that sending costs */
    uint64_t *roots;    /* [n] reciprocal roots */
} loci_codegen_pair;

/* How large a weight of 1 is to receiver j. */
static inline int32_t loci_codegen_gain(const loci_pair_fixed *fixed, size_t j) {
    return fixed->gain != NULL ? fixed->gain[j] : 1;
}

/* The samples of the self-test: the first of those that are measured. */
typedef struct loci_codegen_cases {
    size_t count;
    int32_t *given; /* [count, given] as a run takes them */
    double *logits; /* [count, classes] what comes of them */
    float *sample;  /* [given] room for one as measured */
} loci_codegen_cases;

/* What running costs. */
typedef struct loci_codegen_tally {
    double multiply_adds, roots;
} loci_codegen_tally;

struct loci_export {
    const loci_network *network;
    const loci_spec *spec;
    loci_export_options options; /* name replaced by the one below */
    char name[LOCI_CODEGEN_NAME + 1];
    loci_acting acting;
    loci_arena arena;   /* of all arrays of the pairs */
    size_t pairs;       /* layers but the input: those are the first projections */
    size_t projections; /* pairs, and layers to themselves */
    size_t coordinates, pixels;
    size_t given;         /* numbers that a sample is: pixels, of temporal data in each time step */
    uint32_t charge_bits; /* of charges, as options.bits of all else */
    bool fixed, spiking;
    bool delays, adapts;            /* spikes take time; neurons adapt */
    bool events;                    /* what enters in each step is given */
    bool stepped;                   /* layers take each step together: c/run_steps.c */
    uint32_t slots[LOCI_MAX_PAIRS]; /* of stepped nets: steps whose currents a layer remembers */
    uint32_t most_events;           /* of events: on a channel in a step, in the training data */
    bool wide_starts;               /* lists begin beyond 65535 somewhere */
    double cover[LOCI_MAX_PROJECTIONS][LOCI_COVERS];
    loci_codegen_input input;
    loci_fixed_softmax softmax; /* of the readout that sums it up, in integers */
    loci_codegen_names names;
    loci_codegen_pair pair[LOCI_MAX_PROJECTIONS];
    loci_codegen_cases cases;
    loci_codegen_tally preparing; /* part of each run: making maps' stencils of positions */
    loci_export_report report;
};

/* Neurons of layer l; of its pair, which maps share, there are fewer receivers. */
static inline size_t loci_codegen_neurons(const loci_export *export, uint32_t l) {
    return export->acting.size[l];
}

/* export_facts.c: whether any dendrite has a charge of its own: then all have, if only 1. */
bool loci_codegen_has_dendrite_charges(const loci_export *export);
/* Whether charges are stored in other bits than positions. */
bool loci_codegen_stores_charges_apart(const loci_export *export);
/* Whether its outputs are numbers to predict. */
bool loci_codegen_regresses(const loci_export *export);
/* Whether its samples are rows of a table, not images: words differ. */
bool loci_codegen_is_table(const loci_export *export);
/* Whether the source itself brings them into units of the data. */
bool loci_codegen_has_units(const loci_export *export);
/* Output k in units of the data is offset + scale * output, all in floats. */
void loci_codegen_to_units(const loci_export *export, size_t k, float *offset, float *scale);
/* Whether the source has NAME_scale(): measurements are scaled in floats before a run. */
bool loci_codegen_scales(const loci_export *export);
/* Whether it takes images of bytes and nothing else: its source is then that of version 0.1. */
bool loci_codegen_takes_pixels(const loci_export *export);
/* enum loci_activation: of hidden neurons that do not spike. */
int loci_codegen_activation(const loci_export *export);
/* Whether the source looks it up in tables. */
bool loci_codegen_has_activation_tables(const loci_export *export);
/* Whether the source looks its law of distance up in tables. */
bool loci_codegen_has_law_tables(const loci_export *export);
/* The last moment of an input under latency coding, in 2^-12 of a step. */
uint32_t loci_codegen_latest(const loci_export *export);
/* Whether the readout is a softmax of membranes, summed over the steps. */
bool loci_codegen_sums_softmax(const loci_export *export);
/* Whether layers take each step together, as c/run_steps.c does. */
bool loci_codegen_is_stepped(const loci_spec *spec);
/* Whether layer l + 1 is wired to itself: by projection `pairs` + l. */
bool loci_codegen_has_loop(const loci_export *export, uint32_t l);
/* Whether lists hold the signs of weights, which are all 1 or -1: then nothing is multiplied. */
bool loci_codegen_lists_signs(const loci_export *export);
/* Whether the axons of pair l are the dendrites of the pair before. */
bool loci_codegen_is_tied(const loci_export *export, uint32_t l);
/* choose_input.c: what the source is given, and what of it enters. LOCI_E_UNSUPPORTED with a hint,
 * LOCI_E_ARGUMENT or LOCI_E_MEMORY. */
int loci_codegen_choose_input(loci_export *export, loci_error *error);
/* input.c: sample i of some data [pixels] as the source is given it; scratch [pixels]. */
void loci_codegen_give(const loci_export *export, const loci_dataset *data, enum loci_split split,
                       size_t i, float *scratch, int32_t *given);
/* input.c: what enters input neuron i when `given` [pixels] is given. */
int32_t loci_codegen_enter(const loci_export *export, const int32_t *given, size_t i);
/* input.c: what the network sees of a whole number that enters, by the source's operations in
 * floats. */
float loci_codegen_input_real(const loci_export *export, int32_t number);

/* names.c: LOCI_E_MEMORY. Needs the export's pixels and data. */
int loci_codegen_read_names(loci_export *export, loci_error *error);

/* open_pairs.c: what acts in the network, and room for what follows from it. LOCI_E_MEMORY. */
int loci_codegen_open_pairs(loci_export *export, loci_error *error);

/* quantise.c: whether positions and charges were trained rounded, to no more bits than there are:
 * then no scale of theirs is chosen. */
bool loci_codegen_has_rulers(const loci_export *export);
/* Whether weights were, likewise: then they are stored as they were trained. */
bool loci_codegen_has_units_of_weights(const loci_export *export);
/* Whether stored weights have gains: not those that were trained rounded, where what enters is more
 * than a spike. */
bool loci_codegen_has_gains(const loci_export *export);
/* Positions and charges of pair l in whole numbers, by these scales or as its cover says. */
void loci_codegen_place(loci_export *export, uint32_t l);

/* expand.c: from them its weights and biases, in the finest unit with which no sum can pass 31
 * bits. LOCI_E_UNSUPPORTED where there is none, or LOCI_E_MEMORY. */
int loci_codegen_expand(loci_export *export, uint32_t l, loci_error *error);
/* store.c: the same with weights that are stored. moments [n, n] of what enters: weights are
 * rounded so that sums change least (round.h); NULL: each to the nearest. */
int loci_codegen_store(loci_export *export, uint32_t l, const float *moments, loci_error *error);

/* bound.c: the largest number that enters pair l. */
int32_t loci_codegen_largest_input(const loci_export *export, uint32_t l);
/* Biases and neuron constants of pair l in units of a sum; correction [m], real, is added to
 * biases, NULL = none. False unless every sum then stays within bounds. */
bool loci_codegen_settle(loci_export *export, uint32_t l, const double *correction);

/* expand_real.c: weights of a projection in the source's own float arithmetic. */
int loci_codegen_expand_real(loci_export *export, uint32_t p, loci_error *error);
/* expand_taps.c: how many taps it takes for the longest connection of a projection. */
uint32_t loci_codegen_taps(const loci_export *export, uint32_t p);
/* From positions, scale left out: real.w [n, taps, m]; cut connections are 0. LOCI_E_MEMORY. */
int loci_codegen_expand_taps(loci_export *export, uint32_t p, loci_error *error);

#endif
