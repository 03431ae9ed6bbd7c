/* A spiking network as a graph, unrolled over its time steps: one layer, or the input as layer 0,
 * over all of them. Values are called "layerM.PART.t", t = 1 .. T. */
#ifndef LOCI_EXCHANGE_ONNX_UNROLLED_H
#define LOCI_EXCHANGE_ONNX_UNROLLED_H

#include "exchange/onnx_parts.h"

/* How late a spike arrives, in the ways that there are of one projection. */
typedef struct loci_onnx_lates {
    uint32_t *late; /* [count] steps, rising; free() it */
    uint32_t count;
    bool needed; /* else it arrives at once, by the weights */
} loci_onnx_lates;

typedef struct loci_onnx_unrolled {
    loci_onnx *model;
    const loci_spec *spec;
    uint32_t steps;
    bool constant;           /* the input is the same in all steps */
    loci_onnx_name *spike;   /* [steps] what leaves the layer before, then this one */
    loci_onnx_name *current; /* [steps] what enters the layer */
    loci_onnx_name *state;   /* [steps] its membranes */
    loci_onnx_name *adapted; /* [steps] its adaptation */
    loci_onnx_name *sum;     /* [steps + 1] for what is added up */
    loci_onnx_lates pair;    /* of what enters */
    loci_onnx_lates loop;    /* of what the layer sends itself; none of others */
} loci_onnx_unrolled;

/* onnx_coding.c: what enters in each step, from the value `input`: rows [N, inputs], or of events
 * [N, T, inputs]. */
void loci_onnx_coding(const loci_onnx_unrolled *u, const char *input);

/* onnx_crossing.c */

/* LOCI_E_UNSUPPORTED where unrolling takes more nodes, or bytes, than a graph can have. */
int loci_onnx_crossing_fits(const loci_acting *acting, const char *path, loci_error *error);
/* The constants of pair l and of layer l + 1 to itself, and how late they arrive. LOCI_E_DIVERGED
 * or LOCI_E_MEMORY. */
int loci_onnx_crossing_constants(loci_onnx_unrolled *u, loci_acting *acting, uint32_t l,
                                 const char *path, loci_error *error);
/* What enters layer l + 1 in each step; a constant input's products are made once. */
void loci_onnx_currents(const loci_onnx_unrolled *u, uint32_t l, const char *input);
/* Adds what a layer sent itself to its current in step t. */
void loci_onnx_hear(const loci_onnx_unrolled *u, uint32_t layer, uint32_t t);

#endif
