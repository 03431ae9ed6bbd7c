/* What a training option needs to have something to act on. */
#ifndef LOCI_TRAIN_TRAINING_USE_H
#define LOCI_TRAIN_TRAINING_USE_H

/* A row of the table of options names those that it needs, joined by |; what it needs by `nets`
 * goes without saying. */
enum loci_training_need {
    LOCI_NEEDS_PRUNING = 1 << 0,
    LOCI_NEEDS_GRADUAL = 1 << 1,
    LOCI_NEEDS_RANKED = 1 << 2,     /* what pruning is to go by is there to go by */
    LOCI_NEEDS_KEPT = 1 << 3,       /* a set of connections that may be kept */
    LOCI_NEEDS_LAYERS = 1 << 4,     /* more than one pair of layers */
    LOCI_NEEDS_VALIDATION = 1 << 5, /* samples held out */
    LOCI_NEEDS_TEST = 1 << 6,       /* a test part that is read */
    LOCI_NEEDS_TEACHER = 1 << 7,
    LOCI_NEEDS_TAUGHT = 1 << 8,  /* a share of the loss that the teacher has */
    LOCI_NEEDS_CLASSES = 1 << 9, /* classes to tell apart */
    LOCI_NEEDS_EVENTS = 1 << 10, /* temporal data */
    LOCI_NEEDS_NO_PATIENCE = 1 << 11,
    LOCI_NEEDS_NO_AVERAGE = 1 << 12,
    LOCI_NEEDS_ROUNDING = 1 << 13,
    LOCI_NEEDS_CHARGES = 1 << 14,   /* charges that are rounded */
    LOCI_NEEDS_ROUNDABLE = 1 << 15, /* something to round: loci_quantise_check() */
};

#endif
