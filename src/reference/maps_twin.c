#include "reference/maps_twin.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* What follows from the sending grid and the options of layer p + 1. */
static void lay_over(loci_reference_maps *maps, const loci_spec *spec, size_t p) {
    maps->out = spec->maps[p];
    maps->window = spec->window[p];
    maps->stride = spec->stride[p];
    maps->pool = spec->pool[p];
    maps->rows = (maps->height + maps->stride - 1) / maps->stride;
    maps->columns = (maps->width + maps->stride - 1) / maps->stride;
    maps->pooled_rows = maps->rows / maps->pool;
    maps->pooled_width = maps->columns / maps->pool;
}

loci_reference_maps loci_reference_maps_of(const loci_spec *spec, size_t p) {
    loci_reference_maps maps = {.height = spec->height, .width = spec->width, .in = spec->channels};
    for (size_t l = 0; l <= p && l < spec->maps_count; l++) {
        lay_over(&maps, spec, l);
        if (l < p) {
            maps.height = maps.pooled_rows;
            maps.width = maps.pooled_width;
            maps.in = maps.out;
        }
    }
    return maps;
}

size_t loci_reference_places(const loci_reference_maps *maps) {
    return maps->rows * maps->columns * maps->out;
}

size_t loci_reference_stencil(const loci_reference_maps *maps) {
    return maps->window * maps->window * maps->in * maps->out;
}

/* Where in a window that lies around `place` of one side a sender is; SIZE_MAX: beyond it. */
static size_t offset(const loci_reference_maps *maps, size_t sender, size_t place) {
    size_t from_first = sender + maps->window / 2, first = place * maps->stride;
    return from_first < first || from_first - first >= maps->window ? SIZE_MAX : from_first - first;
}

/* The number of the stencil that is between sender i and receiver j; SIZE_MAX: none. */
static size_t entry(const loci_reference_maps *maps, size_t i, size_t j) {
    size_t a = i % maps->in, from = i / maps->in, b = j % maps->out, to = j / maps->out;
    size_t dy = offset(maps, from / maps->width, to / maps->columns);
    size_t dx = offset(maps, from % maps->width, to % maps->columns);
    if (dy == SIZE_MAX || dx == SIZE_MAX)
        return SIZE_MAX;
    return ((dy * maps->window + dx) * maps->in + a) * maps->out + b;
}

void loci_reference_unroll(const loci_reference_maps *maps, const double *k, double *w) {
    size_t senders = maps->height * maps->width * maps->in, places = loci_reference_places(maps);
    for (size_t i = 0; i < senders; i++)
        for (size_t j = 0; j < places; j++) {
            size_t e = entry(maps, i, j);
            w[i * places + j] = e == SIZE_MAX ? 0 : k[e];
        }
}

void loci_reference_roll_up(const loci_reference_maps *maps, const double *w, double *k) {
    size_t senders = maps->height * maps->width * maps->in, places = loci_reference_places(maps);
    memset(k, 0, loci_reference_stencil(maps) * sizeof *k);
    for (size_t i = 0; i < senders; i++)
        for (size_t j = 0; j < places; j++) {
            size_t e = entry(maps, i, j);
            if (e != SIZE_MAX)
                k[e] += w[i * places + j];
        }
}

/* Place s of the square of receiver j. */
static size_t place_of(const loci_reference_maps *maps, size_t j, size_t s) {
    size_t map = j % maps->out, square = j / maps->out;
    size_t row = square / maps->pooled_width * maps->pool + s / maps->pool;
    size_t column = square % maps->pooled_width * maps->pool + s % maps->pool;
    return (row * maps->columns + column) * maps->out + map;
}

double loci_reference_pool(const loci_reference_maps *maps, const double *v, size_t *winner) {
    double nearest = INFINITY;
    size_t square = maps->pool * maps->pool;
    for (size_t j = 0; j < maps->pooled_rows * maps->pooled_width * maps->out; j++) {
        winner[j] = place_of(maps, j, 0);
        for (size_t s = 1; s < square; s++)
            if (v[place_of(maps, j, s)] > v[winner[j]])
                winner[j] = place_of(maps, j, s);
        for (size_t s = 0; s < square; s++)
            if (v[place_of(maps, j, s)] < v[winner[j]])
                nearest = fmin(nearest, v[winner[j]] - v[place_of(maps, j, s)]);
    }
    return nearest;
}

void loci_reference_grid(size_t rows, size_t columns, size_t maps, size_t axes,
                         const double *across, double *p) {
    for (size_t row = 0; row < rows; row++)
        for (size_t column = 0; column < columns; column++)
            for (size_t k = 0; k < maps; k++) {
                *p++ = (double)column - 0.5 * (double)(columns - 1);
                *p++ = (double)row - 0.5 * (double)(rows - 1);
                for (size_t x = 0; x < axes; x++)
                    *p++ = across[k * axes + x];
            }
}
