/* Choosing scales on training data: each in turn is tried at several values, and the one kept with
 * which the logits are nearest to the network's. */
#include "codegen/calibrate.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/parallel.h"
#include "codegen/maps.h"
#include "codegen/round.h"
#include "codegen/source_twin.h"
#include "neuron/activation.h"
#include "wiring/wiring.h"

/* Images of one task. */
enum { CHUNK = 16 };

struct calibration {
    loci_export *export;
    loci_arena arena;                  /* of all arrays below */
    size_t count, widest;              /* images; neurons of the widest layer */
    int32_t *entering[LOCI_MAX_PAIRS]; /* [count, n] what enters a pair with the scales so far */
    int32_t *sums;                     /* [count, widest] of a pair under way */
    float *sent;                       /* [count, widest] of options.linear, what they become */
    int32_t *given;                    /* [count, given] what the source is given */
    float *moments;                    /* [n, n] of what enters the pair under way, or NULL */
    float *centre;                     /* [n] around which they are, or NULL: 0 */
    int32_t *patches;                  /* [patches, n] of that, where it enters maps */
    double *logits;                    /* [count, classes] the network's own */
    double *mean[LOCI_MAX_PAIRS];      /* [m] of its sums, biases included */
    double *correction;                /* [widest] added to biases */
    uint32_t l;                        /* pair under way */
    double *distance;                  /* [chunks] of logits from the network's */
};

static size_t chunks(const struct calibration *c) {
    return (c->count + CHUNK - 1) / CHUNK;
}

/* ---- a layer at a time, where nothing spikes ---- */

static void sum_chunk(void *context, size_t task, size_t worker) {
    (void)worker;
    struct calibration *c = context;
    size_t n = loci_codegen_neurons(c->export, c->l), m = loci_codegen_neurons(c->export, c->l + 1);
    for (size_t b = task * CHUNK; b < c->count && b < (task + 1) * CHUNK; b++)
        loci_codegen_sums_fixed(c->export, c->l, c->entering[c->l] + b * n, c->sums + b * m);
}

/* Whether it is known what enters a pair: the spikes of other neurons are not collected. */
static bool has_moments(const loci_export *export, uint32_t l) {
    bool constant = l == 0 && export->spec->coding == LOCI_CODING_CONSTANT && !export->delays;
    bool known = !export->spiking || constant;
    return export->options.mode != LOCI_EXPORT_POSITIONS && known &&
           !loci_codegen_has_units_of_weights(export) && export->pair[l].n <= LOCI_ROUND_SENDERS;
}

/* Makes the integers of a pair. */
static int make_pair(struct calibration *c, loci_error *error) {
    loci_export *export = c->export;
    loci_pair_fixed *fixed = &export->pair[c->l].fixed;
    fixed->unit_in = export->input.unit;
    if (c->l > 0) {
        const loci_pair_fixed *before = &export->pair[c->l - 1].fixed;
        fixed->unit_in = export->spiking ? 1 : before->unit_out;
    } else if (export->events || (export->spiking && export->spec->coding == LOCI_CODING_LATENCY)) {
        fixed->unit_in = 1;
    }
    if (export->options.mode != LOCI_EXPORT_POSITIONS)
        return loci_codegen_store(export, c->l, has_moments(export, c->l) ? c->moments : NULL,
                                  error);
    loci_codegen_place(export, c->l);
    if (loci_codegen_has_loop(export, c->l))
        loci_codegen_place(export, (uint32_t) export->pairs + c->l);
    return loci_codegen_expand(export, c->l, error);
}

/* Adds to biases what they lack for sums to have the network's mean; a correction that does not fit
 * is left out. */
static void correct_biases(struct calibration *c) {
    loci_export *export = c->export;
    const loci_codegen_pair *pair = &export->pair[c->l];
    size_t all = c->count * loci_codegen_neurons(export, c->l + 1), m = pair->m, each = all / m;
    assert(each > 0); /* sums of a receiver */
    for (size_t j = 0; j < m; j++) {
        double sum = 0;
        for (size_t at = j; at < all; at += m)
            sum += c->sums[at];
        c->correction[j] = c->mean[c->l][j] - sum / (double)each * pair->fixed.unit;
        for (size_t at = j; at < all; at += m)
            c->sums[at] -= pair->fixed.bias[j];
    }
    if (!loci_codegen_settle(export, c->l, c->correction))
        loci_codegen_settle(export, c->l, NULL);
    for (size_t at = 0; at < all; at++)
        c->sums[at] += pair->fixed.bias[at % m];
}

/* The scale of what a hidden layer sends, whose `all` sums are there. */
static void choose_linear(struct calibration *c, size_t all) {
    loci_pair_fixed *fixed = &c->export->pair[c->l].fixed;
    int activation = loci_codegen_activation(c->export);
    for (size_t i = 0; i < all; i++)
        c->sent[i] = loci_activation_value(activation, (float)(c->sums[i] * fixed->unit));
    fixed->linear = loci_linear_scale_choose(c->sent, all);
    fixed->unit_out = (double)fixed->linear.scale;
}

/* The same where all of what was seen fits. */
static void choose_shift(struct calibration *c, size_t all) {
    loci_pair_fixed *fixed = &c->export->pair[c->l].fixed;
    int32_t largest = 0, least = 0;
    for (size_t i = 0; i < all; i++) {
        largest = c->sums[i] > largest ? c->sums[i] : largest;
        least = c->sums[i] < least ? c->sums[i] : least;
    }
    fixed->output_shift = 0;
    while (largest >> fixed->output_shift > LOCI_CODEGEN_MOST)
        fixed->output_shift++;
    fixed->unit_out = ldexp(fixed->unit, (int)fixed->output_shift);
    if (fixed->activation.table != NULL)
        fixed->unit_out = loci_fixed_activation_make(
            &fixed->activation, loci_codegen_activation(c->export),
            largest > -(least + 1) ? largest : -(least + 1), fixed->unit);
}

/* From the sums of a hidden layer to what enters the next. */
static void pass_on(struct calibration *c) {
    const loci_pair_fixed *fixed = &c->export->pair[c->l].fixed;
    int activation = loci_codegen_activation(c->export);
    size_t all = c->count * loci_codegen_neurons(c->export, c->l + 1);
    if (c->export->options.linear)
        choose_linear(c, all);
    else
        choose_shift(c, all);
    for (size_t i = 0; i < all; i++)
        c->entering[c->l + 1][i] = loci_codegen_act_fixed(fixed, activation, c->sums[i]);
}

static int pass_layer(struct calibration *c, loci_error *error) {
    int status = make_pair(c, error);
    if (status != LOCI_OK)
        return status;
    loci_parallel(c->export->options.pool, chunks(c), sum_chunk, c);
    correct_biases(c);
    if (c->l + 1 < c->export->pairs)
        pass_on(c);
    return LOCI_OK;
}

/* ---- the whole net ---- */

/* How far the logits of some images are off, squared. */
static void compare_chunk(void *context, size_t task, size_t worker) {
    (void)worker;
    struct calibration *c = context;
    const loci_export *export = c->export;
    size_t classes = export->spec->classes;
    loci_codegen_room room;
    loci_codegen_tally tally = {0};
    double unit = loci_export_unit(export), sum = 0;
    loci_codegen_room_open(&room, export);
    double *logits = loci_arena_take(&room.arena, classes, sizeof *logits);
    bool enough = !room.arena.failed;
    for (size_t b = task * CHUNK; enough && b < c->count && b < (task + 1) * CHUNK; b++) {
        loci_codegen_run_one(export, c->given + b * export->given, &room, logits, &tally);
        for (size_t k = 0; k < classes; k++) {
            double difference = logits[k] * unit - c->logits[b * classes + k];
            sum += difference * difference;
        }
    }
    c->distance[task] = enough ? sum : NAN;
    loci_codegen_room_close(&room);
}

/* Of what enters the pair under way; of maps in patches. */
static void take_moments(struct calibration *c) {
    const loci_export *export = c->export;
    const int32_t *in = c->entering[c->l];
    size_t patches = loci_codegen_patches(export, c->l, c->count);
    if (patches > 0) {
        loci_codegen_gather_patches(export, c->l, in, c->count, c->patches);
        in = c->patches;
    }
    loci_codegen_moments(in, patches > 0 ? patches : c->count, export->pair[c->l].n, c->centre,
                         c->moments);
}

/* Makes pairs from `first` on with the covers as they are; *distance receives how far the logits
 * are off. */
static int build(struct calibration *c, uint32_t first, double *distance, loci_error *error) {
    int status = LOCI_OK;
    for (c->l = first; c->l < c->export->pairs && status == LOCI_OK; c->l++) {
        const loci_export *export = c->export;
        if (has_moments(export, c->l))
            take_moments(c);
        status = export->spiking ? make_pair(c, error) : pass_layer(c, error);
    }
    if (status != LOCI_OK)
        return status;
    if (loci_codegen_sums_softmax(c->export))
        loci_fixed_softmax_make(&c->export->softmax,
                                c->export->pair[c->export->pairs - 1].fixed.unit);
    loci_parallel(c->export->options.pool, chunks(c), compare_chunk, c);
    *distance = 0;
    for (size_t i = 0; i < chunks(c); i++)
        *distance += c->distance[i];
    return isnan(*distance) ? loci_fail_memory(error, "export") : LOCI_OK;
}

/* ---- the search ---- */

static bool matters(const loci_export *export, uint32_t l, int cover) {
    const loci_placed *placed = &export->pair[l].fixed.placed;
    const loci_wiring *w = &export->acting.wiring[l];
    if (export->options.mode != LOCI_EXPORT_POSITIONS)
        return cover == LOCI_COVER_WEIGHT && !loci_codegen_has_units_of_weights(export) &&
               !has_moments(export, l); /* else each receiver chooses */
    if (loci_codegen_has_rulers(export))
        return false;
    switch (cover) {
    case LOCI_COVER_POSITION:
        return l == 0 || export->spec->tied != LOCI_TIED_YES;
    case LOCI_COVER_AXON:
        return placed->c != NULL;
    case LOCI_COVER_DENDRITE:
        return w->e != NULL;
    default:
        return false;
    }
}

/* Tries one cover at several values, from the widest on until it has become much worse. */
static int try_cover(struct calibration *c, uint32_t l, int cover, double *best,
                     loci_error *error) {
    static const double values[] = {0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2};
    double *value = &c->export->cover[l][cover], kept = *value;
    int status = LOCI_OK;
    for (size_t i = 0; i < sizeof values / sizeof *values && status == LOCI_OK; i++) {
        double distance;
        *value = values[i];
        status = build(c, l, &distance, error);
        if (status == LOCI_OK && distance < *best) {
            *best = distance;
            kept = *value;
        } else if (status == LOCI_OK && distance > 4 * *best) {
            break;
        }
    }
    *value = kept;
    return status == LOCI_OK ? build(c, l, best, error) : status;
}

static int search(struct calibration *c, loci_error *error) {
    double best;
    int status = build(c, 0, &best, error);
    for (uint32_t l = 0; l < c->export->pairs; l++)
        for (int cover = 0; cover < LOCI_COVERS && status == LOCI_OK; cover++)
            if (matters(c->export, l, cover))
                status = try_cover(c, l, cover, &best, error);
    return status;
}

/* ---- the network's own numbers ---- */

/* Adds one image to the mean sums of all neurons. */
static void run_layers(struct calibration *c, float *values, float *sums) {
    const loci_export *export = c->export;
    for (uint32_t l = 0; l < export->pairs; l++) {
        size_t neurons = loci_codegen_neurons(export, l + 1), m = export->pair[l].m;
        double each = (double)(c->count * (neurons / m)); /* a map's mean is over its places, too */
        loci_codegen_sums_real(export, l, values, sums);
        for (size_t j = 0; j < neurons; j++) {
            c->mean[l][j % m] += (double)sums[j] / each;
            values[j] = loci_activation_value(loci_codegen_activation(export), sums[j]);
        }
    }
}

static bool run_network(struct calibration *c) {
    const loci_export *export = c->export;
    loci_codegen_room room;
    loci_codegen_room_open(&room, export);
    float *values = loci_arena_floats(&room.arena, c->widest, 1),
          *sums = loci_arena_floats(&room.arena, c->widest, 1);
    bool enough = !room.arena.failed;
    for (size_t b = 0; enough && b < c->count; b++) {
        const int32_t *given = c->given + b * export->given;
        int32_t *entering = c->entering[0] + b * loci_codegen_neurons(export, 0);
        for (size_t i = 0; !export->events && i < loci_codegen_neurons(export, 0); i++) {
            entering[i] = loci_codegen_enter(export, given, i);
            values[i] = loci_codegen_input_real(export, entering[i]);
        }
        loci_codegen_run_network(export, given, &room, c->logits + b * export->spec->classes);
        if (!export->spiking)
            run_layers(c, values, sums);
    }
    loci_codegen_room_close(&room);
    return enough;
}

static void take_arrays(struct calibration *c) {
    const loci_export *export = c->export;
    loci_arena *arena = &c->arena;
    size_t most = 0, patches = 0; /* senders of a pair that has moments; numbers of patches */
    c->widest = loci_codegen_neurons(export, 0);
    for (uint32_t l = 0; l < export->pairs; l++) {
        const loci_codegen_pair *pair = &export->pair[l];
        size_t neurons = loci_codegen_neurons(export, l + 1);
        size_t numbers = loci_codegen_patches(export, l, c->count) * pair->n;
        c->widest = neurons > c->widest ? neurons : c->widest;
        most = has_moments(export, l) && pair->n > most ? pair->n : most;
        patches = has_moments(export, l) && numbers > patches ? numbers : patches;
        c->entering[l] = loci_arena_take(arena, c->count,
                                         loci_codegen_neurons(export, l) * sizeof *c->entering[l]);
        c->mean[l] = loci_arena_take(arena, pair->m, sizeof *c->mean[l]);
    }
    c->sums = loci_arena_take(arena, c->count, c->widest * sizeof *c->sums);
    if (export->options.linear)
        c->sent = loci_arena_floats(arena, c->count, c->widest);
    c->correction = loci_arena_take(arena, c->widest, sizeof *c->correction);
    c->given = loci_arena_take(arena, c->count, export->given * sizeof *c->given);
    c->logits = loci_arena_take(arena, c->count, export->spec->classes * sizeof *c->logits);
    c->moments = most > 0 ? loci_arena_floats(arena, most, most) : NULL;
    c->centre = most > 0 && !export->spiking ? loci_arena_floats(arena, most, 1) : NULL;
    c->patches = loci_arena_take(arena, patches, sizeof *c->patches);
    c->distance = loci_arena_take(arena, chunks(c), sizeof *c->distance);
}

static int open_calibration(struct calibration *c, loci_error *error) {
    const loci_export *export = c->export;
    size_t all = loci_dataset_count(export->options.data, LOCI_TRAIN);
    c->count = export->options.samples < all ? export->options.samples : all;
    take_arrays(c);
    float *scratch = loci_arena_floats(&c->arena, export->given, 1);
    bool lost = c->arena.failed;
    for (size_t b = 0; !lost && b < c->count; b++)
        loci_codegen_give(export, export->options.data, LOCI_TRAIN, b * all / c->count, scratch,
                          c->given + b * export->given);
    return lost || !run_network(c) ? loci_fail_memory(error, "export") : LOCI_OK;
}

int loci_codegen_calibrate(loci_export *export, loci_error *error) {
    struct calibration c = {.export = export};
    int status = open_calibration(&c, error);
    if (status == LOCI_OK)
        status = search(&c, error);
    loci_arena_clear(&c.arena);
    return status;
}
