/* From positions and charges in whole numbers to weights, by the operations of the C source. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "codegen/export.h"
#include "codegen/fixed_root.h"

/* A pair under way. */
struct expansion {
    const loci_export *export;
    const loci_wiring *wiring;
    const loci_placed *placed;
    uint32_t l;
    size_t C;
    uint16_t roots[LOCI_ROOT_ENTRIES];
    int32_t *sums;           /* [n, A, m] over a receiver's dendrites, charges of axons left out */
    uint64_t *nearest;       /* [n, m] of a cut by distance, squared; else NULL */
    uint64_t least, largest; /* squared distance of two sites */
};

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
        place[c] = (placed->grid_origin[c] + (int32_t)step * placed->grid_pitch) >> 8;
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

/* What one axon site sees of a receiver. */
static int32_t sum_of_receiver(const struct expansion *x, const int32_t *place, size_t j) {
    const loci_placed *placed = x->placed;
    size_t D = x->wiring->dendrites;
    int32_t sum = 0;
    for (size_t b = j * D; b < (j + 1) * D; b++) {
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

/* Fills sums; returns the largest number that charges make of them. */
static int64_t sum_up(struct expansion *x) {
    const loci_wiring *w = x->wiring;
    int64_t largest = 0;
    for (size_t ia = 0; ia < w->n * w->axons; ia++) {
        int32_t place[64];
        find_axon(x, ia, place);
        int64_t charge = x->placed->c != NULL ? x->placed->c[ia] : 1;
        for (size_t j = 0; j < w->m; j++) {
            int32_t sum = sum_of_receiver(x, place, j);
            int64_t product = llabs(charge * sum) + llabs(charge);
            x->sums[ia * w->m + j] = sum;
            largest = product > largest ? product : largest;
        }
    }
    return largest;
}

static bool is_kept(const struct expansion *x, size_t at, int32_t weight) {
    if (x->nearest != NULL && x->nearest[at] > x->placed->near)
        return false;
    return x->export->acting.pruned_by != LOCI_PRUNE_BY_WEIGHT || abs(weight) > x->placed->strong;
}

/* The weights with the shifts as they are, and what sums can come to. */
static void weigh(const struct expansion *x, loci_pair_fixed *fixed) {
    const loci_wiring *w = x->wiring;
    const loci_placed *placed = x->placed;
    int32_t input = loci_codegen_largest_input(x->export, x->l);
    memset(fixed->worst, 0, w->m * sizeof *fixed->worst);
    for (size_t i = 0; i < w->n; i++)
        for (size_t j = 0; j < w->m; j++) {
            int32_t weight = 0;
            int64_t size = 0;
            for (size_t ia = i * w->axons; ia < (i + 1) * w->axons; ia++) {
                int32_t sum = x->sums[ia * w->m + j];
                if (placed->c != NULL)
                    sum = placed->c[ia] * (sum >> placed->charge_shift);
                weight += sum >> placed->weight_shift;
                size += abs(sum >> placed->weight_shift);
            }
            bool keep = is_kept(x, i * w->m + j, weight);
            fixed->w[i * w->m + j] = keep ? weight : 0;
            fixed->worst[j] += keep ? size * input : 0;
        }
}

/* Tries finer units before coarser ones. */
static int choose_unit(struct expansion *x, loci_export *export, double closeness,
                       loci_error *error) {
    loci_pair_fixed *fixed = &export->pair[x->l].fixed;
    loci_placed *placed = &fixed->placed;
    for (placed->weight_shift = 0; placed->weight_shift < 31; placed->weight_shift++) {
        double unit = placed->charge * closeness *
                      ldexp(1, (int)(placed->charge_shift + placed->weight_shift));
        double cut = fmax(export->network->cut[x->l].value, 0);
        placed->strong = (int32_t)fmin(cut / unit, INT32_MAX);
        fixed->unit = fixed->unit_in * (double)x->wiring->scale * unit;
        weigh(x, fixed);
        if (loci_codegen_settle(export, x->l, NULL))
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

static int expand(struct expansion *x, loci_export *export, loci_error *error) {
    loci_placed *placed = &export->pair[x->l].fixed.placed;
    survey(x);
    if (x->largest > UINT32_MAX)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "export",
                         "the pixel grid of layer %u is too large for steps this small; export it "
                         "as floats (--bits 32)",
                         x->l + 1);
    double closeness = make_law(x, placed);
    placed->cutoff = (uint32_t)lround((double)x->wiring->cutoff / closeness);
    int64_t largest = sum_up(x);
    placed->charge_shift = 0;
    while (placed->c != NULL && largest >> placed->charge_shift > INT32_MAX)
        placed->charge_shift++;
    return choose_unit(x, export, closeness, error);
}

int loci_codegen_expand(loci_export *export, uint32_t l, loci_error *error) {
    const loci_wiring *w = &export->acting.wiring[l];
    struct expansion x = {.export = export,
                          .wiring = w,
                          .placed = &export->pair[l].fixed.placed,
                          .l = l,
                          .C = export->coordinates};
    bool near = export->acting.pruned_by == LOCI_PRUNE_BY_DISTANCE;
    loci_arena arena = {0};
    x.sums = loci_arena_take(&arena, w->n * w->axons, w->m * sizeof *x.sums);
    x.nearest = near ? loci_arena_take(&arena, w->n, w->m * sizeof *x.nearest) : NULL;
    loci_root_table(x.roots);
    int status = loci_arena_status(&arena, "export", error);
    if (status == LOCI_OK && near)
        memset(x.nearest, 0xff, w->n * w->m * sizeof *x.nearest);
    if (status == LOCI_OK)
        status = expand(&x, export, error);
    loci_arena_clear(&arena);
    return status;
}
