/* Weights of kept connections alone, and their gradients back to sites. */
#include <string.h>

#include "base/memory.h"
#include "synapse/gathered.h"
#include "synapse/gradient.h"

/* Senders that are gathered at a time. */
enum { SENDERS = 64 };

static size_t pack_floats(const loci_wiring *w) {
    return w->weight != NULL ? 0 : loci_gather_floats(w, SENDERS);
}

size_t loci_gathered_floats(const loci_wiring *w) {
    size_t C = w->coordinates, A = w->axons, D = w->dendrites;
    return pack_floats(w) + SENDERS + A * loci_dendrite_sums(C) * SENDERS +
           loci_pad16(D * loci_axon_sums(C));
}

/* Calls of one receiving neuron are for at most SENDERS senders each. */
static size_t part(const loci_connections *c, size_t j, uint32_t first) {
    size_t left = c->receiver_start[j + 1] - first;
    return left < SENDERS ? left : SENDERS;
}

void loci_gathered_weights(const loci_connections *c, const loci_wiring *w, size_t first,
                           size_t end, float *weight, float *scratch) {
    const loci_wiring_kernels *kernels = loci_wiring_kernels_for(loci_isa_best());
    float *row = scratch + pack_floats(w);
    for (size_t j = first; j < end; j++)
        for (uint32_t t = c->receiver_start[j]; t < c->receiver_start[j + 1]; t += SENDERS) {
            size_t count = part(c, j, t);
            if (w->weight != NULL) {
                for (size_t k = 0; k < count; k++)
                    weight[t + k] = w->weight[c->sender[t + k] * w->m + j];
                continue;
            }
            loci_tile tile;
            loci_wiring turned = loci_tile_gather(w, j, c->sender + t, count, scratch, &tile);
            kernels->weights(&turned, &tile, 0, 1, row, tile.padded);
            memcpy(weight + t, row, count * sizeof *weight);
        }
}

/* Adds what one call found for the sites of neuron j. */
static void add_receiver(const loci_wiring *w, size_t j, const float *axon,
                         const loci_gathered_gradient *out) {
    size_t C = w->coordinates, D = w->dendrites;
    for (size_t b = 0; b < D; b++) {
        const float *from = axon + b * loci_axon_sums(C);
        float charge = w->e == NULL ? 1 : w->e[j * D + b];
        loci_gradient_of_receiver(out->q, out->e, out->sums, C, j * D + b, charge, from);
    }
}

/* Adds what one call found for the sites of its senders. */
static void add_senders(const loci_wiring *w, const uint32_t *sender, const loci_tile *tile,
                        const float *dendrite, float *to) {
    size_t C = w->coordinates, A = w->axons;
    for (size_t k = 0; k < tile->width; k++)
        for (size_t a = 0; a < A; a++) {
            float *site = to + (sender[k] * A + a) * loci_dendrite_sums(C);
            for (size_t x = 0; x < loci_dendrite_sums(C); x++)
                site[x] += dendrite[(x * A + a) * tile->padded + k];
        }
}

void loci_gathered_contract(const loci_connections *c, const loci_wiring *w, size_t first,
                            size_t end, const float *dw, const loci_gathered_gradient *out,
                            float *scratch) {
    const loci_wiring_kernels *kernels = loci_wiring_kernels_for(loci_isa_best());
    size_t C = w->coordinates, A = w->axons;
    float *row = scratch + pack_floats(w), *dendrite = row + SENDERS;
    float *axon = dendrite + A * loci_dendrite_sums(C) * SENDERS;
    for (size_t j = first; j < end; j++)
        for (uint32_t t = c->receiver_start[j]; t < c->receiver_start[j + 1]; t += SENDERS) {
            size_t count = part(c, j, t);
            loci_tile tile;
            loci_wiring turned = loci_tile_gather(w, j, c->sender + t, count, scratch, &tile);
            memset(row, 0, tile.padded * sizeof *row);
            memcpy(row, dw + t, count * sizeof *row);
            memset(dendrite, 0, A * loci_dendrite_sums(C) * tile.padded * sizeof *dendrite);
            kernels->contract(&turned, &tile, 0, 1, row, tile.padded, axon, dendrite);
            add_receiver(w, j, axon, out);
            add_senders(w, c->sender + t, &tile, dendrite, out->senders);
        }
}
