/* Positions and charges as whole numbers of a few bits. */
#include <math.h>
#include <string.h>

#include "codegen/export.h"
#include "network/grid.h"

/* Of 8 bits -128 .. 127. */
static int32_t lowest(const loci_export *export) {
    return -(1 << (export->options.bits - 1));
}

static int8_t clamp(const loci_export *export, double number) {
    double low = lowest(export), high = -low - 1;
    return (int8_t)lround(fmin(fmax(number, low), high));
}

/* The coordinates of some sites along each axis: least, largest, sum, count. */
struct extent {
    double least[64], largest[64], sum[64];
    size_t count;
};

static void widen(struct extent *extent, const float *positions, size_t sites, size_t C) {
    for (size_t s = 0; s < sites; s++)
        for (size_t x = 0; x < C; x++) {
            double at = positions[s * C + x];
            bool first = extent->count == 0 && s == 0;
            extent->least[x] = first ? at : fmin(extent->least[x], at);
            extent->largest[x] = first ? at : fmax(extent->largest[x], at);
            extent->sum[x] += at;
        }
    extent->count += sites;
}

/* Where positions are tied, all pairs share one step; a layer to itself has sites of its own. */
static bool shares_ruler(const loci_export *export, uint32_t l) {
    return export->spec->tied == LOCI_TIED_YES && l < export->pairs;
}

/* The sites that share the step of pair l: its own; where positions are tied, all. A sheet's are
 * computed and may lie outside. */
static void measure(const loci_export *export, uint32_t l, struct extent *extent) {
    bool tied = shares_ruler(export, l);
    size_t C = export->acting.wiring[l].coordinates;
    *extent = (struct extent){.count = 0};
    for (uint32_t k = tied ? 0 : l; k < (tied ? export->pairs : l + 1); k++) {
        const loci_wiring *w = &export->acting.wiring[k];
        if (export->pair[k].fixed.placed.p != NULL)
            widen(extent, w->p, w->n * w->axons, C);
        widen(extent, w->q, w->m * w->dendrites, C);
    }
}

/* A ruler along each axis: whole number = (position - zero) / step. */
struct ruler {
    size_t axes;
    double step, zero[64];
};

static struct ruler make_ruler(const loci_export *export, uint32_t l) {
    struct extent extent;
    struct ruler ruler = {.axes = export->acting.wiring[l].coordinates};
    bool tied = shares_ruler(export, l);
    double cover = export->cover[tied ? 0 : l][LOCI_COVER_POSITION], widest = 0, least[64];
    measure(export, l, &extent);
    for (size_t x = 0; x < ruler.axes; x++) {
        double mean = extent.sum[x] / (double)extent.count;
        least[x] = mean + cover * (extent.least[x] - mean);
        widest = fmax(widest, cover * (extent.largest[x] - extent.least[x]));
        ruler.zero[x] = least[x] + cover * (extent.largest[x] - extent.least[x]) / 2;
    }
    double steps = (double)(1 << export->options.bits) - 1;
    ruler.step = widest > 0 ? widest / steps : 1;
    for (size_t x = 0; x < ruler.axes; x++)
        ruler.zero[x] += ruler.step / 2; /* the numbers reach one further down than up */
    return ruler;
}

static void place_sites(const loci_export *export, const struct ruler *ruler, const float *from,
                        size_t sites, int8_t *to) {
    size_t C = ruler->axes;
    for (size_t i = 0; to != NULL && i < sites * C; i++)
        to[i] = clamp(export, (from[i] - ruler->zero[i % C]) / ruler->step);
}

/* Charges in whole numbers; returns what 1 is. */
static double place_charges(const loci_export *export, const float *from, size_t count,
                            double cover, int8_t *to) {
    double largest = 0, most = -lowest(export) - 1;
    if (to == NULL)
        return 1;
    for (size_t i = 0; from != NULL && i < count; i++)
        largest = fmax(largest, fabs((double)from[i]));
    double unit = largest > 0 ? cover * largest / most : 1;
    for (size_t i = 0; i < count; i++)
        /* -8 has no counterpart in four bits */
        to[i] = from == NULL ? 1 : clamp(export, fmax(from[i] / unit, -most));
    return from == NULL ? 1 : unit;
}

static void place_sheet(loci_export *export, uint32_t l, const struct ruler *ruler) {
    loci_placed *placed = &export->pair[l].fixed.placed;
    double scale = (1 << LOCI_SQUARE_BITS) / ruler->step;
    placed->grid_pitch = (int32_t)lround(loci_grid_pitch(export->spec) * scale);
    for (size_t x = 0; x < ruler->axes; x++) {
        double first = loci_spec_pixel_place(export->spec, 0, x);
        /* half a step more, as what follows rounds down */
        placed->grid_origin[x] = (int32_t)lround((first - ruler->zero[x]) * scale) + 128;
    }
}

void loci_codegen_place(loci_export *export, uint32_t l) {
    const loci_wiring *w = &export->acting.wiring[l];
    loci_placed *placed = &export->pair[l].fixed.placed;
    const double *cover = export->cover[l];
    struct ruler ruler = make_ruler(export, l);
    double square = (1 << LOCI_SQUARE_BITS) / (ruler.step * ruler.step);
    place_sites(export, &ruler, w->p, w->n * w->axons, placed->p);
    place_sites(export, &ruler, w->q, w->m * w->dendrites, placed->q);
    if (placed->grid_origin != NULL)
        place_sheet(export, l, &ruler);
    placed->step = ruler.step;
    placed->charge =
        place_charges(export, w->c, w->n * w->axons, cover[LOCI_COVER_AXON], placed->c) *
        place_charges(export, w->e, w->m * w->dendrites, cover[LOCI_COVER_DENDRITE], placed->e);
    placed->base = (uint32_t)fmin(fmax(w->base * square, 1), 1e9);
    double nearness = w->inverse_range;
    placed->reach =
        nearness > 0 ? (uint32_t)fmin(square / (nearness * nearness), UINT32_MAX) : UINT32_MAX;
    placed->near = UINT32_MAX;
    if (export->acting.pruned_by == LOCI_PRUNE_BY_DISTANCE) {
        double cut = export->network->cut[l].value;
        placed->near = cut > 0 ? (uint32_t)fmin(square / (cut * cut), UINT32_MAX) : UINT32_MAX;
    }
}
