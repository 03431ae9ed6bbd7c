/* The kept connections of a layer pair as lists, for running on them alone. */
#ifndef LOCI_SYNAPSE_CONNECTIONS_H
#define LOCI_SYNAPSE_CONNECTIONS_H

#include <stdbool.h>

#include "synapse/selection.h"

/* Connections are numbered by receiving neuron, and of one neuron by sender. */
typedef struct loci_connections {
    size_t n, m, count;
    uint32_t *receiver_start; /* [m + 1] connections of receiving neuron j: receiver_start[j] ..
                                 [j+1]-1 */
    uint32_t *sender;         /* [count] */
    uint32_t *sender_start; /* [n + 1] those of sender i: places sender_start[i] .. [i+1]-1 of what
                               follows */
    uint32_t *receiver;     /* [count] */
    uint32_t *connection;   /* [count] of the connection at that place */
} loci_connections;

/* LOCI_E_MEMORY. */
int loci_connections_create(loci_connections **out, const loci_selection *selection,
                            loci_error *error);
void loci_connections_free(loci_connections *connections);

/* Whether running on kept connections alone is faster than multiplying with all, zeros included:
 * functions of shape and density alone, whose constants `make bench` checks. In training and
 * evaluation, where the other way skips inputs that are 0: */
bool loci_connections_pay(size_t n, size_t m, size_t count);
/* With weights that are prepared once, for many inputs, where the other way is a dense product: */
bool loci_connections_pay_many(size_t n, size_t m, size_t count);
/* Likewise for one input at a time, of which the other way skips what is 0: as long as all weights
 * stay in the second-level cache, hardly anything beats that. */
bool loci_connections_pay_alone(size_t n, size_t m, size_t count);

#endif
