/* What is between two layers whose neurons stand in maps: a stencil, the same over every place.
 *
 * A map is a group of neurons, one at every place of a grid; the maps of a place stand side by
 * side. The stencil's weights are those of a wiring of window * window * in senders, place by place
 * of the window, and `out` receivers (network/acting_maps.c has where they sit). */
#ifndef LOCI_SYNAPSE_STENCIL_H
#define LOCI_SYNAPSE_STENCIL_H

#include <stdint.h>

#include "linear/conv.h"
#include "linear/maxpool.h"

typedef struct loci_stencil {
    size_t height, width, in; /* the sending grid and its maps */
    size_t out;               /* receiving maps */
    size_t window, stride;    /* window odd; the stencil is laid over every stride-th place */
    size_t pool;              /* of pool * pool places the largest current is what arrives */
} loci_stencil;

/* The grid that the stencil is laid over, before pooling. */
static inline loci_maxpool loci_stencil_pool(const loci_stencil *s) {
    return (loci_maxpool){loci_conv_places(s->height, s->stride),
                          loci_conv_places(s->width, s->stride), s->out, s->pool};
}

/* Sending and receiving neurons. */
static inline size_t loci_stencil_senders(const loci_stencil *s) {
    return s->height * s->width * s->in;
}
static inline size_t loci_stencil_receivers(const loci_stencil *s) {
    const loci_maxpool pool = loci_stencil_pool(s);
    return loci_maxpool_floats(&pool);
}

/* Places along one side, [first, end), under whose window place `at` of the sending grid lies: of
 * place p it is number at + window / 2 - stride * p. */
typedef struct loci_reached {
    size_t first, end;
} loci_reached;
loci_reached loci_stencil_reached(size_t at, size_t window, size_t stride, size_t places);

/* fan_out [senders]: how many connections lead from each neuron to places that something follows
 * from; row [entries]: how many receiving maps each entry of the stencil leads to, NULL = all. */
void loci_stencil_fan_out(const loci_stencil *stencil, const uint32_t *row, uint32_t *fan_out);
/* Their sum where nothing is cut: multiply-adds of one sample. */
double loci_stencil_operations(const loci_stencil *stencil);

/* Senders of the stencil's wiring. */
static inline size_t loci_stencil_entries(const loci_stencil *s) {
    return s->window * s->window * s->in;
}

#endif
