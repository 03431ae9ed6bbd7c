/* What is inside a loci_network. */
#ifndef LOCI_NETWORK_CONTENTS_H
#define LOCI_NETWORK_CONTENTS_H

#include <stdbool.h>

#include <loci/prune.h>

#include "network/projection.h"

/* Most tensors a network can have: nine a projection, bias and five constants a layer, and a
 * layer's position and two of channels more. */
enum { LOCI_MAX_TENSORS = LOCI_MAX_PROJECTIONS * 9 + LOCI_MAX_PAIRS * 6 + 3 };

/* What a pruned layer pair keeps. */
typedef struct loci_cut {
    float value;  /* keeps what is stronger (synapse/connections.h); of a range, 1/R; of a set, 0 */
    size_t kept;  /* connections */
    uint8_t *set; /* bitmap of a set, loci_bitmap_bytes(n, m); else NULL */
} loci_cut;

/* By what positions and charges are rounded: network/rounding.h. */
typedef struct loci_rounding loci_rounding;

struct loci_network {
    loci_spec spec; /* resolved */
    size_t parameter_count;
    float *parameters; /* [parameter_count] */
    size_t tensor_count;
    loci_tensor tensors[LOCI_MAX_TENSORS]; /* file order = order in the flat array */
    size_t projection_count;
    loci_projection projection[LOCI_MAX_PROJECTIONS];
    loci_layer layer[LOCI_MAX_PAIRS + 1]; /* of the input nothing */
    int pruned_by;                        /* enum loci_prune_by, or LOCI_UNPRUNED */
    size_t connections;                   /* neuron pairs of the unpruned net */
    loci_rounding *rounding;              /* NULL: nothing is rounded */
    loci_cut cut[LOCI_MAX_PAIRS];
    /* [inputs, C] the fixed input positions of a sheet, which are no parameters; the coordinate
     * that channels have places in is 0. Else NULL */
    float *sheet;
    char *notes[5];    /* "preset", "dataset", "classes", "columns", "timing"; NULL = "" */
    float *low, *span; /* [pixels] or NULL */
    /* [classes] of a regressor: an output is mean + deviation times what the net gives; or NULL */
    float *target_mean, *target_deviation;
    uint32_t *pixels; /* [inputs] of a shrunk net: each input neuron's pixel, in order; else NULL */
};

/* Names of the notes in the order of network.notes; NULL-terminated. */
extern const char *const loci_note_keys[6];

/* As loci_network_create(), with all parameters 0: for a model file to fill. */
int loci_network_create_empty(loci_network **out, const loci_spec *spec, loci_error *error);

/* Outputs [count, classes] as the net gives them become numbers in units of the data. */
void loci_network_to_units(const loci_network *network, float *outputs, size_t count);

/* Which pixels have an input neuron, spec.inputs of them: bitmap of height * width bits. A sheet is
 * narrowed to them. LOCI_E_MEMORY. */
int loci_network_set_pixels(loci_network *network, const uint8_t *set, loci_error *error);

/* Senders and receivers of projection p: neurons, between maps those of a stencil. */
void loci_projection_shape(const loci_network *network, size_t p, size_t *n, size_t *m);

/* LOCI_E_ARGUMENT unless the network has such a layer pair. */
int loci_check_pair(const loci_network *network, uint32_t pair, loci_error *error);
/* Whether arrays [n, m] of all connections may be made: of a projection of `what`; of every
 * projection of a network. LOCI_E_UNSUPPORTED where there are more than LOCI_MATRIX_MOST. */
int loci_check_matrix(const char *what, size_t n, size_t m, loci_error *error);
int loci_check_matrices(const loci_network *network, const char *what, loci_error *error);

#endif
