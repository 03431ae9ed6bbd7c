/* Laying a block of receiving neurons, or of chosen senders, out for the vector kernels. */
#include "base/memory.h"
#include "wiring/wiring.h"

/* The sites of one side of a wiring. */
struct side {
    const float *position; /* [neurons, sites, C] */
    const float *charge;   /* [neurons, sites], or NULL */
    size_t sites, coordinates;
    float scale;
};

static size_t floats(const struct side *side, size_t count) {
    return side->sites * (side->coordinates + 1) * loci_pad16(count);
}

/* Lays out neurons index[0 .. count-1], or, without an index, first and on. */
static void lay_out(const struct side *side, const uint32_t *index, size_t first, size_t count,
                    float *buffer, loci_tile *tile) {
    size_t padded = loci_pad16(count), S = side->sites, C = side->coordinates;
    *tile = (loci_tile){first, count, padded, buffer, buffer + S * C * padded};
    for (size_t t = 0; t < padded; t++) {
        size_t at = t < count ? t : count - 1, neuron = index == NULL ? first + at : index[at];
        for (size_t site = 0; site < S; site++) {
            const float *from = side->position + (neuron * S + site) * C;
            for (size_t x = 0; x < C; x++)
                tile->q[(x * S + site) * padded + t] = from[x];
            float charge = side->charge == NULL ? 1 : side->charge[neuron * S + site];
            tile->e[site * padded + t] = t < count ? side->scale * charge : 0;
        }
    }
}

static struct side dendrites_of(const loci_wiring *w) {
    return (struct side){w->q, w->e, w->dendrites, w->coordinates, w->scale};
}

static struct side axons_of(const loci_wiring *w) {
    return (struct side){w->p, w->c, w->axons, w->coordinates, w->scale};
}

size_t loci_tile_floats(const loci_wiring *w, size_t width) {
    const struct side side = dendrites_of(w);
    return floats(&side, width);
}

void loci_tile_pack(const loci_wiring *w, size_t j0, size_t width, float *buffer, loci_tile *tile) {
    const struct side side = dendrites_of(w);
    lay_out(&side, NULL, j0, width, buffer, tile);
}

size_t loci_gather_floats(const loci_wiring *w, size_t count) {
    const struct side side = axons_of(w);
    return floats(&side, count);
}

loci_wiring loci_tile_gather(const loci_wiring *w, size_t j, const uint32_t *index, size_t count,
                             float *buffer, loci_tile *tile) {
    const struct side side = axons_of(w);
    size_t D = w->dendrites;
    lay_out(&side, index, 0, count, buffer, tile);
    return (loci_wiring){
        .n = 1,
        .m = count,
        .axons = D,
        .dendrites = w->axons,
        .coordinates = w->coordinates,
        .p = w->q + j * D * w->coordinates,
        .c = w->e == NULL ? NULL : w->e + j * D,
        .base = w->base,
        .scale = w->scale,
        .law = w->law,
        .length = w->length,
        .inverse_range = w->inverse_range,
        .cutoff = w->cutoff,
        .length_cutoff = w->length_cutoff,
    };
}
