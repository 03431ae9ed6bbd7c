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
#include "codegen/fixed_law.h"
#include "network/acting.h"

enum {
    LOCI_CODEGEN_NAME = 48,   /* the longest name */
    LOCI_CODEGEN_PIXEL = 255, /* the largest input */
    LOCI_CODEGEN_MOST = 4095, /* the largest output of a hidden neuron: finer than any weight */
    LOCI_CODEGEN_GAIN = 255,  /* the largest gain */
    LOCI_SQUARE_BITS = 8,     /* squared distances have so many bits more than positions */
    LOCI_BETA_BITS = 15       /* the decay of a membrane, in 2^-15 */
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
    loci_fixed_law law; /* of another than the inverse */
} loci_placed;

/* A layer pair in integers. */
typedef struct loci_pair_fixed {
    loci_placed placed;    /* positions mode, else all 0 */
    int8_t *stored;        /* [n, m] the other modes */
    uint8_t *gain;         /* [m] likewise; NULL: all 1 */
    int32_t *w;            /* [n, m] expanded, gain left out */
    int64_t *worst;        /* [m] the largest sum that what enters can make, bias left out */
    int32_t *bias;         /* [m] */
    int32_t *beta;         /* [m] of spiking nets, in 2^-15 */
    int32_t *threshold;    /* [m] likewise, in units of a sum */
    uint32_t output_shift; /* of hidden neurons that do not spike: ReLU, or another */
    loci_fixed_activation activation;
    double unit_in, unit, unit_out; /* of what enters, a sum times its gain, what these send */
} loci_pair_fixed;

/* The same in floats. */
typedef struct loci_pair_real {
    float *w; /* [n, m] scale left out */
    float scale;
    float *bias, *beta, *threshold; /* [m] */
    float *ones; /* [m] charges of dendrites that have none where others have; else NULL */
    float near;  /* largest squared distance of connected neurons, of a cut by distance */
} loci_pair_real;

/* The connections of a pruned pair, sender by sender. */
typedef struct loci_lists {
    size_t count;   /* entries */
    int32_t *start; /* [n + 1] where a sender's begin */
    uint8_t *step;  /* [count] from one receiver to the next */
    int8_t *small;  /* [count] weights, in integers */
    float *real;    /* [count] or in floats; the other is NULL */
} loci_lists;

typedef struct loci_codegen_pair {
    size_t n, m;
    loci_pair_fixed fixed;
    loci_pair_real real;
    loci_lists lists;   /* pruned mode */
    uint32_t *products; /* [n] multiply-adds that sending costs */
    uint32_t *roots;    /* [n] reciprocal roots */
} loci_codegen_pair;

struct loci_export {
    const loci_network *network;
    const loci_spec *spec;
    loci_export_options options; /* name replaced by the one below */
    char name[LOCI_CODEGEN_NAME + 1];
    loci_acting acting;
    loci_arena arena; /* of all arrays of the pairs */
    size_t pairs, coordinates, pixels;
    /* [pixels] or NULL: a measurement is level (raw - low) / span, cut to 0..1, of a byte */
    float *input_low, *input_span;
    bool fixed, spiking;
    bool wide_starts; /* lists begin beyond 65535 somewhere */
    double cover[LOCI_MAX_PAIRS][LOCI_COVERS];
    loci_codegen_pair pair[LOCI_MAX_PAIRS];
    loci_export_report report;
};

/* What running costs. */
typedef struct loci_codegen_tally {
    double multiply_adds, roots;
} loci_codegen_tally;

/* export_facts.c: whether any dendrite has a charge of its own: then all have, if only 1. */
bool loci_codegen_has_dendrite_charges(const loci_export *export);
/* Whether its outputs are numbers to predict. */
bool loci_codegen_regresses(const loci_export *export);
/* Whether these have names, not only numbers. */
bool loci_codegen_has_output_names(const loci_export *export);
/* Whether the source itself brings them into units of the data. */
bool loci_codegen_has_units(const loci_export *export);
/* Output k in units of the data is offset + scale * output, all in floats. */
void loci_codegen_to_units(const loci_export *export, size_t k, float *offset, float *scale);
/* enum loci_activation: of hidden neurons that do not spike. */
int loci_codegen_activation(const loci_export *export);
/* Whether the source looks it up in tables. */
bool loci_codegen_has_activation_tables(const loci_export *export);
/* Whether the source looks its law of distance up in tables. */
bool loci_codegen_has_law_tables(const loci_export *export);
/* Whether the axons of pair l are the dendrites of the pair before. */
bool loci_codegen_is_tied(const loci_export *export, uint32_t l);
/* Sample i of the data as the pixels [pixels] the network takes. LOCI_E_MEMORY. */
int loci_codegen_pixels(const loci_export *export, enum loci_split split, size_t i,
                        uint8_t *pixels);

/* quantise.c: positions and charges of pair l in whole numbers, as its cover says. */
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

/* expand_real.c: weights in the source's own float arithmetic. */
int loci_codegen_expand_real(loci_export *export, uint32_t l, loci_error *error);

#endif
