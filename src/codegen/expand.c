/* From positions and charges in whole numbers to weights, by the operations of the C source. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "codegen/export.h"
#include "codegen/fixed_delay.h"
#include "codegen/fixed_root.h"
#include "network/maps.h"
#include "wiring/delay.h"
#include "wiring/wiring.h"

/* A pair under way. */
struct expansion {
    const loci_export *export;
    const loci_wiring *wiring;
    const loci_placed *placed;
    uint32_t l;
    size_t C;
    uint16_t roots[LOCI_ROOT_ENTRIES];
    uint16_t square_roots[LOCI_SQUARE_ROOTS];
    /* Dendrites of a receiver are summed up, or, where each has a delay of its own, are not. */
    size_t cells;            /* of a receiver: 1 or D */
    int32_t *sums;           /* [n, A, m, cells] over dendrites, charges of axons left out */
    uint32_t *late;          /* [n, A, m, D] delays in steps / 256; NULL where there are none */
    double closeness;        /* what 1 of the law of distance is */
    uint64_t *nearest;       /* [n, m] of a cut by distance, squared; else NULL */
    uint64_t least, largest; /* squared distance of two sites */
};

/* A place from which a squared distance passes 32 bits, but by no more than 64 bits have. */
enum { TOO_FAR = 1 << 23 };

/* Where axon site a is. */
static void find_axon(const struct expansion *x, size_t a, int32_t *place) {
    const loci_placed *placed = x->placed;
    if (placed->p != NULL) {
        for (size_t c = 0; c < x->C; c++)
            place[c] = placed->p[a * x->C + c];
        return;
    }
    size_t pixel = loci_network_pixel(x->export->network, a), width = x->export->spec->width;
    for (size_t c = 0; c < x->C; c++) {
        size_t step = c == 0 ? pixel % width : c == 1 ? pixel / width : 0;
        int64_t at = (placed->grid_origin[c] + (int64_t)step * placed->grid_pitch) >> 8;
        place[c] = (int32_t)(at < -TOO_FAR ? -TOO_FAR : at > TOO_FAR ? TOO_FAR : at);
    }
}

static uint64_t squared_distance(const struct expansion *x, const int32_t *place, size_t b) {
    uint64_t sum = 0;
    for (size_t c = 0; c < x->C; c++) {
        int64_t d = place[c] - x->placed->q[b * x->C + c];
        sum += (uint64_t)(d * d);
    }
    return (sum << LOCI_SQUARE_BITS) + x->placed->base;
}

/* No neuron is wired to itself. */
static bool is_own(const struct expansion *x, size_t i, size_t j) {
    return x->export->pair[x->l].own && i == j;
}

/* The nearest and the furthest sites; distances of neurons, where a cut needs them. */
static void survey(struct expansion *x) {
    const loci_wiring *w = x->wiring;
    x->least = UINT64_MAX;
    x->largest = 0;
    for (size_t ia = 0; ia < w->n * w->axons; ia++) {
        int32_t place[64];
        find_axon(x, ia, place);
        for (size_t jb = 0; jb < w->m * w->dendrites; jb++) {
            uint64_t square = squared_distance(x, place, jb);
            if (is_own(x, ia / w->axons, jb / w->dendrites))
                continue;
            x->least = square < x->least ? square : x->least;
            x->largest = square > x->largest ? square : x->largest;
            if (x->nearest == NULL)
                continue;
            uint64_t *nearest = &x->nearest[ia / w->axons * w->m + jb / w->dendrites];
            *nearest = square < *nearest ? square : *nearest;
        }
    }
}

/* The law of distance at a square. */
static int32_t closeness_at(const struct expansion *x, uint32_t square) {
    return x->wiring->law == LOCI_LAW_INVERSE
               ? loci_fixed_root(x->roots, square, x->placed->root_shift)
               : loci_fixed_law_at(&x->placed->law, square);
}

/* What one axon site sees of a receiver's cell. */
static int32_t sum_of_cell(const struct expansion *x, const int32_t *place, size_t cell) {
    const loci_placed *placed = x->placed;
    size_t D = x->wiring->dendrites / x->cells;
    int32_t sum = 0;
    for (size_t b = cell * D; b < (cell + 1) * D; b++) {
        uint32_t square = (uint32_t)squared_distance(x, place, b);
        if (square >= placed->reach)
            continue;
        int32_t closeness = closeness_at(x, square);
        closeness -= (int32_t)placed->cutoff;
        if (closeness > 0)
            sum += placed->e != NULL ? placed->e[b] * closeness : closeness;
    }
    return sum;
}

/* Fills sums and delays; returns the largest number that charges make of sums. */
static int64_t sum_up(struct expansion *x) {
    const loci_wiring *w = x->wiring;
    size_t cells = w->m * x->cells;
    int64_t largest = 0;
    for (size_t ia = 0; ia < w->n * w->axons; ia++) {
        int32_t place[64];
        find_axon(x, ia, place);
        int64_t charge = x->placed->c != NULL ? x->placed->c[ia] : 1;
        for (size_t k = 0; k < cells; k++) {
            bool own = is_own(x, ia / w->axons, k / x->cells);
            int32_t sum = own ? 0 : sum_of_cell(x, place, k);
            int64_t product = llabs(charge * sum) + llabs(charge);
            x->sums[ia * cells + k] = sum;
            largest = product > largest ? product : largest;
            if (x->late != NULL && !own)
                x->late[ia * cells + k] = loci_fixed_delay_of(
                    x->square_roots, (uint32_t)squared_distance(x, place, k), &x->placed->delay);
        }
    }
    return largest;
}

static bool is_kept(const struct expansion *x, size_t at, int32_t weight) {
    if (x->l >= x->export->pairs)
        return true;
    if (x->nearest != NULL && x->nearest[at] > x->placed->near)
        return false;
    return x->export->acting.pruned_by != LOCI_PRUNE_BY_WEIGHT || abs(weight) > x->placed->strong;
}

/* Weights are shared out between two steps without passing 31 bits. */
enum { MOST_TO_SHARE = (1 << 22) - 1 };

/* Adds what one cell is worth to a connection; returns how large it is. */
static int32_t add_cell(const struct expansion *x, size_t ia, size_t cell, int32_t *weight) {
    const loci_placed *placed = x->placed;
    size_t m = x->wiring->m, at = ia * m * x->cells + cell;
    int32_t sum = x->sums[at];
    if (placed->c != NULL)
        sum = placed->c[ia] * (sum >> placed->charge_shift);
    sum >>= placed->weight_shift;
    if (x->late == NULL) {
        *weight += sum;
        return abs(sum);
    }
    if (sum == 0)
        return 0;
    if (abs(sum) > MOST_TO_SHARE)
        return INT32_MAX;
    uint32_t tap = x->late[at] >> 8, part = x->late[at] & 255;
    int32_t later = sum * (int32_t)part >> 8;
    weight[tap * m] += sum - later;
    if (part > 0)
        weight[(tap + 1) * m] += later;
    return abs(sum - later) + abs(later);
}

/* The weights with the shifts as they are, and what sums can come to, which is added to worst. */
static bool weigh(const struct expansion *x, int64_t input, int64_t *worst) {
    const loci_wiring *w = x->wiring;
    const loci_codegen_pair *pair = &x->export->pair[x->l];
    bool fits = true, stencil = loci_has_stencil(x->export->spec, x->l); /* kept in 16 bits */
    for (size_t i = 0; i < w->n; i++)
        for (size_t j = 0; j < w->m; j++) {
            int32_t *weight = pair->fixed.w + i * pair->width + j;
            int64_t size = 0;
            for (size_t k = 0; k < pair->taps; k++)
                weight[k * w->m] = 0;
            for (size_t ia = i * w->axons; ia < (i + 1) * w->axons; ia++)
                for (size_t k = j * x->cells; k < (j + 1) * x->cells; k++) {
                    int32_t added = add_cell(x, ia, k, weight);
                    fits &= added < INT32_MAX;
                    size += added;
                }
            bool keep = is_kept(x, i * w->m + j, *weight);
            for (size_t k = 0; !keep && k < pair->taps; k++)
                weight[k * w->m] = 0;
            fits &= !stencil || abs(*weight) <= INT16_MAX;
            worst[j] += keep ? size * input : 0;
        }
    return fits;
}

/* What 1 of a weight is with the shifts as they are. */
static double unit_of(const struct expansion *x) {
    const loci_placed *placed = x->placed;
    return placed->charge * x->closeness *
           ldexp(1, (int)(placed->charge_shift + placed->weight_shift));
}

/* What a layer sends itself comes in the unit of what others send it: a spike counts as many times
 * as that takes, the fewest with which it does so to 1 in 256. False: it takes a coarser unit. */
static bool suit(struct expansion *loop, loci_export *export, double unit) {
    loci_placed *placed = &export->pair[loop->l].fixed.placed;
    placed->weight_shift = 0;
    double ratio = (double)loop->wiring->scale * unit_of(loop) / unit;
    for (int32_t spike = 1; spike < 256; spike++) {
        int shift = (int)lround(log2(spike / ratio));
        if (shift < 0 || fabs(ldexp(spike, -shift) / ratio - 1) > 1.0 / 256)
            continue;
        placed->weight_shift = (uint32_t)(shift < 31 ? shift : 31);
        export->pair[loop->l].fixed.spike = spike;
        return true;
    }
    return false;
}

/* Tries finer units before coarser ones; loop: the layer to itself, or NULL. */
static int choose_unit(struct expansion *x, struct expansion *loop, loci_export *export,
                       loci_error *error) {
    loci_pair_fixed *fixed = &export->pair[x->l].fixed;
    loci_placed *placed = &fixed->placed;
    int64_t input = loci_codegen_largest_input(export, x->l);
    for (placed->weight_shift = 0; placed->weight_shift < 31; placed->weight_shift++) {
        double unit = unit_of(x);
        double cut = fmax(export->network->cut[x->l].value, 0);
        placed->strong = (int32_t)fmin(cut / unit, INT32_MAX);
        fixed->unit = fixed->unit_in * (double)x->wiring->scale * unit;
        memset(fixed->worst, 0, x->wiring->m * sizeof *fixed->worst);
        bool fits = weigh(x, input, fixed->worst);
        if (fits && loop != NULL)
            fits = suit(loop, export, fixed->unit) &&
                   weigh(loop, export->pair[loop->l].fixed.spike, fixed->worst);
        if (fits && loci_codegen_settle(export, x->l, NULL))
            return LOCI_OK;
    }
    return loci_fail(error, LOCI_E_UNSUPPORTED, "export",
                     "the biases of layer %u are too large beside its weights for 32-bit sums; "
                     "export it as floats (--bits 32)",
                     x->l + 1);
}

/* The root or the table; returns what 1 of it is. */
static double make_law(const struct expansion *x, loci_placed *placed) {
    const loci_wiring *w = x->wiring;
    if (w->law == LOCI_LAW_INVERSE) {
        placed->root_shift = (uint32_t)__builtin_clz((uint32_t)x->least) / 2;
        return ldexp(16 / (LOCI_ROOT_ONE * placed->step), (int)placed->root_shift - 15);
    }
    uint32_t least = (uint32_t)x->least, largest = (uint32_t)x->largest;
    const loci_law_source source = {
        .law = w->law,
        .length = w->length,
        .step = placed->step,
        .least = least,
        .largest =
            placed->reach < largest ? (placed->reach > least ? placed->reach : least) : largest,
    };
    return loci_fixed_law_make(&placed->law, &source);
}

/* Up to the choice of a unit. */
static int prepare(struct expansion *x, loci_export *export, loci_error *error) {
    loci_placed *placed = &export->pair[x->l].fixed.placed;
    survey(x);
    if (x->largest > UINT32_MAX)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "export",
                         "the pixel grid of layer %u is too large for steps this small; export it "
                         "as floats (--bits 32)",
                         x->l + 1);
    x->closeness = make_law(x, placed);
    placed->cutoff = (uint32_t)lround((double)x->wiring->cutoff / x->closeness);
    if (x->late != NULL) {
        loci_delay delay = loci_acting_delay(&export->acting, x->l);
        double pace = (double)delay.inverse_speed * placed->step;
        if (!(pace <= LOCI_LARGEST_PACE))
            return loci_fail(error, LOCI_E_UNSUPPORTED, "export",
                             "spikes are so slow that a step between two positions takes %.0f time "
                             "steps; use --mode pruned, or floats (--bits 32)",
                             pace);
        placed->delay = loci_fixed_delay_make(pace, delay.first, export->pair[x->l].taps);
    }
    int64_t largest = sum_up(x);
    placed->charge_shift = 0;
    while (placed->c != NULL && largest >> placed->charge_shift > INT32_MAX)
        placed->charge_shift++;
    return LOCI_OK;
}

/* Projection p; what it needs is taken from the arena. */
static int begin(struct expansion *x, loci_export *export, uint32_t p, loci_arena *arena,
                 loci_error *error) {
    const loci_wiring *w = &export->acting.wiring[p];
    bool near = export->acting.pruned_by == LOCI_PRUNE_BY_DISTANCE && p < export->pairs;
    *x = (struct expansion){.export = export,
                            .wiring = w,
                            .placed = &export->pair[p].fixed.placed,
                            .l = p,
                            .cells = export->delays ? w->dendrites : 1,
                            .C = w->coordinates};
    x->sums = loci_arena_take(arena, w->n * w->axons, w->m * x->cells * sizeof *x->sums);
    x->nearest = near ? loci_arena_take(arena, w->n, w->m * sizeof *x->nearest) : NULL;
    if (export->delays)
        x->late = loci_arena_take(arena, w->n * w->axons, w->m * x->cells * sizeof *x->late);
    loci_root_table(x->roots);
    loci_square_root_table(x->square_roots);
    int status = loci_arena_status(arena, "export", error);
    if (status == LOCI_OK && near)
        memset(x->nearest, 0xff, w->n * w->m * sizeof *x->nearest);
    return status == LOCI_OK ? prepare(x, export, error) : status;
}

int loci_codegen_expand(loci_export *export, uint32_t l, loci_error *error) {
    struct expansion x, loop;
    loci_arena arena = {0};
    bool loops = loci_codegen_has_loop(export, l);
    int status = begin(&x, export, l, &arena, error);
    if (status == LOCI_OK && loops)
        status = begin(&loop, export, (uint32_t) export->pairs + l, &arena, error);
    if (status == LOCI_OK)
        status = choose_unit(&x, loops ? &loop : NULL, export, error);
    loci_arena_clear(&arena);
    return status;
}
