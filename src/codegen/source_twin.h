/* The twin of the C source: runs the expanded weights. */
#ifndef LOCI_CODEGEN_SOURCE_TWIN_H
#define LOCI_CODEGEN_SOURCE_TWIN_H

#include "codegen/export.h"
#include "neuron/activation.h"

/* Numbers in integers or in floats, as the export has them. */
typedef union loci_number {
    int32_t fixed;
    float real;
} loci_number;

/* Room that one run needs. One caller at a time. */
typedef struct loci_codegen_room {
    loci_arena arena;                  /* of all below, and of what else the caller needs as long */
    loci_number *input;                /* [neurons of layer 0]; of events [given] */
    loci_number *logits;               /* [classes] */
    loci_number *sums[LOCI_MAX_PAIRS]; /* [m] */
    loci_number *membrane[LOCI_MAX_PAIRS]; /* [m] of spiking nets */
    loci_number *adapted[LOCI_MAX_PAIRS];  /* [m] of those that adapt */
    uint8_t *fired[LOCI_MAX_PAIRS];        /* [m] of spiking nets */
    /* of nets whose layers take each step together: */
    loci_number *ring[LOCI_MAX_PAIRS]; /* [slots, m] currents of this step and of later ones */
    uint32_t now[LOCI_MAX_PAIRS];      /* the slot of this step */
    loci_number *constant;             /* [m of layer 1] current of a constant input by now */
    loci_number *arriving;             /* [taps, m] what it brings in each step */
} loci_codegen_room;

/* Close it even when it failed: memory was short. */
bool loci_codegen_room_open(loci_codegen_room *room, const loci_export *export);
void loci_codegen_room_close(loci_codegen_room *room);

/* Runs one sample, given [given]; logits [classes], of a regressor its outputs as the source has
 * them. */
void loci_codegen_run_one(const loci_export *export, const int32_t *given, loci_codegen_room *room,
                          double *logits, loci_codegen_tally *tally);

/* The same in floats, whatever the export has: the network's own logits, of a regressor before
 * they are brought into units. */
void loci_codegen_run_network(const loci_export *export, const int32_t *given,
                              loci_codegen_room *room, double *logits);

/* What a hidden neuron that does not spike makes of a sum, in integers; activation as
 * loci_codegen_activation() has it. */
static inline int32_t loci_codegen_act_fixed(const loci_pair_fixed *part, int activation,
                                             int32_t sum) {
    if (part->linear.scale > 0)
        return loci_linear_scale_of(part->linear,
                                    loci_activation_value(activation, (float)(sum * part->unit)));
    if (part->activation.table != NULL)
        return loci_fixed_activation_of(&part->activation, sum);
    sum = sum > 0 ? sum >> part->output_shift : 0;
    return sum < LOCI_CODEGEN_MOST ? sum : LOCI_CODEGEN_MOST;
}

/* The sums of pair l over what enters it, biases added: in [n], out [m]. For calibration. */
void loci_codegen_sums_fixed(const loci_export *export, uint32_t l, const int32_t *in,
                             int32_t *out);
void loci_codegen_sums_real(const loci_export *export, uint32_t l, const float *in, float *out);

#endif
