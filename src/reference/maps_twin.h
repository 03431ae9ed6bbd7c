/* Maps in float64, as plainly as they can be written: neurons that share one arbor, so that one
 * stencil of weights is laid over every place of a grid, and pooling of the maximum. The twin of
 * linear/conv.h, linear/maxpool.h and network/acting_maps.h. Nothing runs on this but tests; it
 * stays for ever. */
#ifndef LOCI_REFERENCE_MAPS_TWIN_H
#define LOCI_REFERENCE_MAPS_TWIN_H

#include <loci/spec.h>
#include <stddef.h>

/* Neurons are numbered place by place, row by row; the maps of a place stand side by side. */
typedef struct loci_reference_maps {
    size_t height, width, in;         /* the sending grid, and its maps */
    size_t out;                       /* receiving maps */
    size_t rows, columns;             /* places that the stencil is laid over */
    size_t pooled_rows, pooled_width; /* squares that are pooled: where receivers stand */
    size_t window, stride, pool;
} loci_reference_maps;

/* Of projection p; of the one behind the last layer of maps only the sending grid. */
loci_reference_maps loci_reference_maps_of(const loci_spec *spec, size_t p);

/* Receivers before they are pooled; numbers of the stencil, [window, window, in, out]. */
size_t loci_reference_places(const loci_reference_maps *maps);
size_t loci_reference_stencil(const loci_reference_maps *maps);

/* w [senders, places] from the stencil k: the weight of a sender follows from how far it is from
 * the place, and is 0 beyond the window. */
void loci_reference_unroll(const loci_reference_maps *maps, const double *k, double *w);
/* The way back: k gets the sum of all w that it stands for. */
void loci_reference_roll_up(const loci_reference_maps *maps, const double *w, double *k);

/* winner [receivers]: which of v [places] is the largest of a receiver's square, the first of equal
 * ones. Returns how far, of all squares, the nearest one that differs is below it. */
double loci_reference_pool(const loci_reference_maps *maps, const double *v, size_t *winner);

/* p [rows * columns * maps, 2 + axes]: places a pitch apart around 0, then what maps share, across
 * [maps, axes]. */
void loci_reference_grid(size_t rows, size_t columns, size_t maps, size_t axes,
                         const double *across, double *p);

#endif
