/* What is inside a loci_network. */
#ifndef LOCI_NETWORK_NETWORK_H
#define LOCI_NETWORK_NETWORK_H

#include <stdbool.h>

#include <loci/network.h>

/* Most tensors a network can have: six per pair, and bias, beta and threshold per layer. */
enum { LOCI_MAX_TENSORS = LOCI_MAX_PAIRS * 9 + 1 };

/* Where a layer pair's numbers stand in the flat array; LOCI_NONE where there are none. */
#define LOCI_NONE ((size_t)-1)
typedef struct loci_pair_views {
    size_t axon_position;     /* [n, A, coords] */
    size_t axon_charge;       /* [n, A] */
    size_t dendrite_position; /* [m, D, coords]; tied: the receiving layer's position */
    size_t dendrite_charge;   /* [m, D] */
    size_t gap;               /* [1] */
    size_t log_scale;         /* [1] */
    size_t weight;            /* [n, m], conventional only */
    size_t bias;              /* [m], of the receiving layer */
    size_t beta;              /* [1] or [m], of the receiving layer, where it is trained */
    size_t threshold;         /* likewise */
} loci_pair_views;

struct loci_network {
    loci_spec spec; /* resolved */
    size_t parameter_count;
    float *parameters; /* [parameter_count] */
    size_t tensor_count;
    loci_tensor tensors[LOCI_MAX_TENSORS]; /* file order = order in the flat array */
    loci_pair_views views[LOCI_MAX_PAIRS];
    float *sheet;      /* [inputs, coords]: the fixed input positions of a sheet, else NULL; not
                          parameters */
    char *notes[3];    /* "preset", "dataset", "classes"; NULL = "" */
    float *low, *span; /* [inputs] or NULL */
};

/* Names of the notes in the order of network.notes; NULL-terminated. */
extern const char *const loci_note_keys[4];

/* As loci_network_create(), with all parameters 0: for a model file to fill. */
int loci_network_create_empty(loci_network **out, const loci_spec *spec, loci_error *error);

#endif
