/* The connections of a layer pair as a list: the form in which it is known what is kept. A mask, a
 * set of bits, a cut, a range are ways to make one. */
#ifndef LOCI_SYNAPSE_CONNECTIONS_H
#define LOCI_SYNAPSE_CONNECTIONS_H

#include <stdbool.h>

#include "base/arena.h"
#include "synapse/strength.h"

/* Connections are numbered by receiving neuron, and of one neuron by sender. */
typedef struct loci_connections {
    size_t n, m, count;
    /* [m + 1] receiver j has the connections receiver_start[j] .. receiver_start[j+1]-1 */
    uint32_t *receiver_start;
    uint32_t *sender; /* [count] */
    /* and the other way round: [n + 1] sender i has the places sender_start[i] ..
     * sender_start[i+1]-1 */
    uint32_t *sender_start;
    uint32_t *receiver;   /* [count] */
    uint32_t *connection; /* [count] which connection stands at that place */
    loci_arena arena;
} loci_connections;

/* Of a mask [n, ld], 0 where a connection is cut. LOCI_E_MEMORY. */
int loci_connections_of_mask(loci_connections **out, size_t n, size_t m, const uint8_t *mask,
                             size_t ld, loci_error *error);

/* Of a bitmap of n m bits, row-major, bit i in byte i / 8, least significant first. LOCI_E_MEMORY.
 */
int loci_connections_of_bitmap(loci_connections **out, size_t n, size_t m, const uint8_t *bitmap,
                               loci_error *error);

/* Any number of connections may be left. */
#define LOCI_ANY_COUNT ((size_t)-1)

/* Of a cut: what is stronger, and of those exactly as strong the first by sender and receiver,
 * until there are `count`. So one number and one count are enough to store a set of any size.
 * LOCI_E_MISMATCH when that many are not left, or LOCI_E_MEMORY. */
int loci_connections_of_cut(loci_connections **out, const loci_wiring *w, enum loci_rank rank,
                            float cut, size_t count, loci_pool *pool, loci_error *error);

/* Leaves those out whose nearest sites are as far apart as 1 / inverse_range, or further.
 * LOCI_E_MEMORY, and all stay. */
int loci_connections_leave_out(loci_connections **connections, const loci_wiring *w,
                               float inverse_range, loci_pool *pool, loci_error *error);

/* Of what is nearer than 1 / inverse_range, > 0, of a spatial wiring: what a cut there would list,
 * found by what is near, so that time and memory follow what is. LOCI_E_MEMORY. */
int loci_connections_within(loci_connections **out, const loci_wiring *w, float inverse_range,
                            loci_pool *pool, loci_error *error);
/* How many that would be. LOCI_E_MEMORY. */
int loci_connections_count_within(const loci_wiring *w, float inverse_range, size_t *count,
                                  loci_pool *pool, loci_error *error);

/* How many are stronger than a cut. LOCI_E_MEMORY. */
int loci_connections_count(const loci_wiring *w, enum loci_rank rank, float cut, size_t *count,
                           loci_pool *pool, loci_error *error);

void loci_connections_free(loci_connections *connections);
/* Bytes set aside. */
size_t loci_connections_bytes(const loci_connections *connections);

/* mask [n, ld] becomes 1 where there is a connection, else 0. */
void loci_connections_mask(const loci_connections *connections, uint8_t *mask, size_t ld);

/* weights [n, m] become 0 where there is none. */
void loci_connections_clear_others(const loci_connections *connections, float *weights);

size_t loci_bitmap_bytes(size_t n, size_t m);
/* bitmap [loci_bitmap_bytes()] likewise. */
void loci_connections_bitmap(const loci_connections *connections, uint8_t *bitmap);

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
