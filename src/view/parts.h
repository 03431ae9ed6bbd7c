/* What, beside positions, a network follows from as it is trained, and how it acts: the parts that
 * a page needs to run the network of a moment. */
#ifndef LOCI_VIEW_PARTS_H
#define LOCI_VIEW_PARTS_H

#include "view/payload.h"

/* Keys of a pair, or of a layer to itself, in the payload; only those are here that are trained.
 * Charges, which are many, are rounded as positions are; the others are few, and small at the
 * start. */
enum loci_part {
    LOCI_PART_CHANNEL_CHARGE, /* of a sheet: that of each channel, which its inputs have */
    LOCI_PART_AXON_CHARGE,
    LOCI_PART_DENDRITE_CHARGE,
    LOCI_PART_BASE,
    LOCI_PART_SCALE,
    LOCI_PART_LENGTH,
    LOCI_PART_INVERSE_RANGE,
    LOCI_PART_CUTOFF,
    LOCI_PART_SPEED,
    LOCI_PART_BIAS, /* from here on, of the neurons that a pair leads to */
    LOCI_PART_BETA,
    LOCI_PART_THRESHOLD,
    LOCI_PART_ADAPTATION_DECAY,
    LOCI_PART_ADAPTATION_MEMBRANE,
    LOCI_PART_ADAPTATION_SPIKE,
    LOCI_PARTS
};

/* A network with other parameters than its own. */
typedef struct loci_part_view {
    loci_network network; /* all but its parameters borrowed */
    loci_acting acting;
    float *neurons; /* scratch, as many as the largest layer has */
} loci_part_view;

/* Takes room for parameters, which are not set. LOCI_OK or LOCI_E_MEMORY; to be closed anyway. */
int loci_part_view_open(loci_part_view *view, const loci_network *network, loci_error *error);
void loci_part_view_close(loci_part_view *view);

/* Whether training changes that part of projection p. */
bool loci_part_trained(const loci_network *network, size_t p, enum loci_part part);
/* Its shape; name and frames are left open. */
loci_track loci_part_track(const loci_part_view *view, size_t p, enum loci_part part);
/* "pair0.scale"; of a layer to itself, "recurrent1.scale". */
void loci_part_name(const loci_network *network, size_t p, enum loci_part part, char *name,
                    size_t size);
/* Its `count` numbers as they act, after loci_acting_update(). */
void loci_part_copy(const loci_part_view *view, size_t p, enum loci_part part, size_t count,
                    float *to);
bool loci_part_is_charge(enum loci_part part);

#endif
