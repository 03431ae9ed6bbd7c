/* The training options, one line each, and their defaults. */
#include <loci/train.h>
#include <stddef.h>

#include "option/fields.h"
#include "train/shards.h"
#include "train/training_use.h"

static const char *const schedules[] = {"constant", "cosine", "linear", "flat-cosine", NULL};

static const char *const losses[] = {"auto", "cross-entropy", "squared", "huber", NULL};
static const char *const class_weights[] = {"none", "balanced", NULL};
static const char *const whens[] = {"none", "after", "during", "gradual", NULL};
static const char *const by[] = {"distance", "weight", "range", NULL};
static const char *const scopes[] = {"layer", "net", NULL};
static const char *const switches[] = {"no", "yes", NULL};
static const char *const bits[] = {"no", "8", "4", "2", "ternary", NULL};
static const char *const rounded[] = {"auto", "positions", "weights", NULL};
static const char *const charge_bits[] = {"same", "8", "4", "2", NULL};

#define AT(member) offsetof(loci_train_options, member)
/* A row's end: the option acts only where there is all of that. */
#define NEEDS(what) .needs = LOCI_NEEDS_##what

/* Younger than version 0.1, where it was as if it had that value. */
#define SECOND(value) .since = 2, .before = (value)

/* A row leaves out what is 0. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

static const loci_field fields[] = {
    {"epochs", "N", "passes over the training data", LOCI_FIELD_UINT, AT(epochs), 0, 100000, NULL,
     LOCI_NETS_ALL},
    {"batch", "N", "samples a step", LOCI_FIELD_UINT, AT(batch), 1, 65536, NULL, LOCI_NETS_ALL},
    {"shards", "N",
     "parts of a step: N processes, or a divisor of N, can share them out without changing a byte",
     LOCI_FIELD_UINT, AT(shards), 1, LOCI_MOST_SHARDS, NULL, LOCI_NETS_ALL, SECOND(1)},
    {"lr", "RATE", "Adam's step size", LOCI_FIELD_REAL, AT(lr), 1e-12, 1e3, NULL, LOCI_NETS_ALL},
    {"lr-positions", "FACTOR", "times --lr, for positions; 0 = they stay", LOCI_FIELD_REAL,
     AT(lr_positions), 0, 1000, NULL, LOCI_NETS_SPATIAL},
    {"lr-charges", "FACTOR", "times --lr, for charges; 0 = they stay", LOCI_FIELD_REAL,
     AT(lr_charges), 0, 1000, NULL, LOCI_NETS_SPATIAL},
    {"schedule", "NAME",
     "the rate over a run: constant, cosine (falls to 0), linear (likewise, along a line), "
     "flat-cosine (stays for three quarters of the run, then falls)",
     LOCI_FIELD_NAME, AT(schedule), 0, 0, schedules, LOCI_NETS_ALL},
    {"warmup", "STEPS",
     "the rate rises from 0 over so many steps; a shorter training never reaches it, and says so",
     LOCI_FIELD_UINT, AT(warmup), 0, 1e9, NULL, LOCI_NETS_ALL},
    {"shift", "PIXELS", "move each image at random by up to so many pixels", LOCI_FIELD_UINT,
     AT(shift), 0, 256, NULL, LOCI_NETS_ALL},
    {"rotate", "DEGREES", "turn each image at random by up to so many degrees", LOCI_FIELD_REAL,
     AT(rotate), 0, 180, NULL, LOCI_NETS_ALL},
    {"zoom", "SHARE", "make each image larger or smaller by up to this share, each axis by itself",
     LOCI_FIELD_REAL, AT(zoom), 0, 0.9, NULL, LOCI_NETS_ALL},
    {"shear", "SHARE", "slant each image by up to so many columns a row", LOCI_FIELD_REAL,
     AT(shear), 0, 2, NULL, LOCI_NETS_ALL},
    {"elastic", "PIXELS", "bend each image: pull the nodes of a 5 x 5 grid by up to so many pixels",
     LOCI_FIELD_REAL, AT(elastic), 0, 16, NULL, LOCI_NETS_ALL},
    {"flip", NULL, "mirror every other image, left for right, at random", LOCI_FIELD_SWITCH,
     AT(flip), 0, 0, switches, LOCI_NETS_ALL, SECOND(0)},
    {"time-shift", "STEPS", "move each sample's events by up to so many steps, in each epoch anew",
     LOCI_FIELD_UINT, AT(time_shift), 0, 999, NULL, LOCI_NETS_ALL, NEEDS(EVENTS), SECOND(0)},
    {"channel-shift", "N", "move them by up to so many channels", LOCI_FIELD_UINT,
     AT(channel_shift), 0, 65535, NULL, LOCI_NETS_ALL, NEEDS(EVENTS), SECOND(0)},
    {"time-stretch", "SHARE", "make them last longer or shorter by up to this share",
     LOCI_FIELD_REAL, AT(time_stretch), 0, 0.9, NULL, LOCI_NETS_ALL, NEEDS(EVENTS), SECOND(0)},
    {"drop", "SHARE", "leave out this share of them", LOCI_FIELD_REAL, AT(drop), 0, 0.9, NULL,
     LOCI_NETS_ALL, NEEDS(EVENTS), SECOND(0)},
    {"loss", "NAME",
     "what training makes small: cross-entropy of classes; of numbers squared, or huber, which "
     "minds outliers less; auto",
     LOCI_FIELD_NAME, AT(loss), 0, 0, losses, LOCI_NETS_ALL, SECOND(LOCI_LOSS_AUTO)},
    {"class-weight", "NAME", "how much samples count: none (all the same), balanced (all classes)",
     LOCI_FIELD_NAME, AT(class_weight), 0, 0, class_weights, LOCI_NETS_ALL, NEEDS(CLASSES),
     SECOND(LOCI_CLASS_WEIGHT_NONE)},
    {"validation", "N", "training samples held out, to choose by", LOCI_FIELD_UINT, AT(validation),
     0, 1e9, NULL, LOCI_NETS_ALL},
    {"patience", "N",
     "stop after N epochs without a better validation accuracy, or R2; keep the best",
     LOCI_FIELD_UINT, AT(patience), 0, 100000, NULL, LOCI_NETS_ALL,
     NEEDS(VALIDATION | LOCI_NEEDS_NO_AVERAGE)},
    {"average", "N",
     "keep the mean of the parameters over the last N epochs; 0 = those of the last step",
     LOCI_FIELD_UINT, AT(average), 0, 100000, NULL, LOCI_NETS_ALL, NEEDS(NO_PATIENCE), SECOND(0)},
    {"test-every", "N", "measure the test part every N epochs; 0 = at the end only",
     LOCI_FIELD_UINT, AT(test_every), 0, 100000, NULL, LOCI_NETS_ALL, NEEDS(TEST)},
    {"prune", "WHEN:F",
     "cut a share F of the connections: none, after:F (once, at the end), during:F (in every "
     "step), gradual:F (over the ramp, then in every step)",
     LOCI_FIELD_PLAN, AT(prune), 0, 1, whens, LOCI_NETS_ALL},
    {"prune-by", "NAME",
     "what goes: distance (the longest), weight (the smallest |w|), range (the longest, by a "
     "range at which weights fall to 0)",
     LOCI_FIELD_NAME, AT(prune.by), 0, 0, by, LOCI_NETS_ALL, NEEDS(PRUNING | LOCI_NEEDS_RANKED)},
    {"prune-scope", "NAME", "the share is one of each layer, or of the whole net", LOCI_FIELD_NAME,
     AT(prune_scope), 0, 0, scopes, LOCI_NETS_ALL, NEEDS(PRUNING | LOCI_NEEDS_LAYERS)},
    {"prune-ramp", "SHARE", "of the steps, that gradual pruning takes", LOCI_FIELD_REAL,
     AT(prune_ramp), 0, 1, NULL, LOCI_NETS_ALL, NEEDS(GRADUAL)},
    {"freeze-mask", NULL,
     "once pruned, keep the set of connections as it is; without --prune, that of --init",
     LOCI_FIELD_SWITCH, AT(freeze_mask), 0, 0, switches, LOCI_NETS_ALL, NEEDS(KEPT)},
    {"quantise", "BITS",
     "round numbers to 8, 4 or 2 bits, as the C that is exported will, and train through that: "
     "no, 8, 4, 2, ternary (weights of -1, 0, 1, which are 2 bits)",
     LOCI_FIELD_NAME, AT(quantise), 0, 0, bits, LOCI_NETS_ALL, NEEDS(ROUNDABLE),
     SECOND(LOCI_QUANTISE_NO)},
    {"quantise-what", "NAME",
     "positions (and charges), weights (those that follow, stencils too, for exports that store "
     "them), auto (weights of a conventional net, and in three values; else positions)",
     LOCI_FIELD_NAME, AT(quantise_what), 0, 0, rounded, LOCI_NETS_ALL,
     NEEDS(ROUNDING | LOCI_NEEDS_ROUNDABLE), SECOND(LOCI_QUANTISE_AUTO)},
    {"quantise-charges", "BITS", "bits of charges: same (as positions), 8, 4, 2", LOCI_FIELD_NAME,
     AT(quantise_charges), 0, 0, charge_bits, LOCI_NETS_SPATIAL,
     NEEDS(ROUNDING | LOCI_NEEDS_CHARGES), SECOND(LOCI_QUANTISE_NO)},
    {"quantise-start", "SHARE",
     "of the steps, before that begins and its scales are chosen; -1 = 0.1, and 0 with --init",
     LOCI_FIELD_REAL, AT(quantise_start), -1, 1, NULL, LOCI_NETS_ALL, NEEDS(ROUNDING), SECOND(-1)},
    {"distillation", "SHARE",
     "with --teacher: share of the loss that its answers have, the data have the rest",
     LOCI_FIELD_REAL, AT(distillation), 0, 1, NULL, LOCI_NETS_TAUGHT},
    {"temperature", "T", "with --teacher: divides the logits of both before they are compared",
     LOCI_FIELD_REAL, AT(temperature), 0.01, 1000, NULL, LOCI_NETS_TAUGHT,
     NEEDS(TAUGHT | LOCI_NEEDS_CLASSES)},
};

void loci_train_options_defaults(loci_train_options *options) {
    *options = (loci_train_options){
        .epochs = 20,
        .batch = 128,
        .shards = 1,
        .lr = 0.01,
        .lr_positions = 1,
        .lr_charges = 1,
        .schedule = LOCI_SCHEDULE_COSINE,
        .test_every = 1,
        .prune_ramp = 0.5,
        .quantise_start = -1,
        .distillation = 0.7,
        .temperature = 2,
    };
}

const loci_field *loci_train_fields(size_t *count) {
    *count = sizeof fields / sizeof *fields;
    return fields;
}

int loci_train_set(loci_train_options *options, const char *name, const char *text,
                   loci_error *error) {
    return loci_field_set(fields, sizeof fields / sizeof *fields, options, name, text, error);
}

int loci_train_get(const loci_train_options *options, const char *name, char *text, size_t size) {
    return loci_field_get(fields, sizeof fields / sizeof *fields, options, name, text, size);
}
