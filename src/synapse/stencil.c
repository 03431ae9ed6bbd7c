/* What of a stencil lies where: at the border a part of it is beyond the edge. */
#include "synapse/stencil.h"

#include <string.h>

/* Places along one side that something follows from: whole squares of those that are pooled. */
static size_t heard(size_t places, size_t pool) {
    return places / pool * pool;
}

loci_reached loci_stencil_reached(size_t at, size_t window, size_t stride, size_t places) {
    size_t half = window / 2, first = at + half < window ? 0 : at + half - window + 1;
    loci_reached reached = {.first = (first + stride - 1) / stride};
    reached.end = (at + half) / stride + 1;
    reached.end = reached.end < places ? reached.end : places;
    reached.end = reached.end > reached.first ? reached.end : reached.first;
    return reached;
}

/* Places that place `at` of a side reaches, and along which line of the window. */
static loci_reached down(const loci_stencil *s, size_t at) {
    return loci_stencil_reached(at, s->window, s->stride,
                                heard(loci_stencil_pool(s).height, s->pool));
}

static loci_reached across(const loci_stencil *s, size_t at) {
    return loci_stencil_reached(at, s->window, s->stride,
                                heard(loci_stencil_pool(s).width, s->pool));
}

/* Adds to fan_out [in] of the neurons of place (y, x). */
static void add_place(const loci_stencil *s, size_t y, size_t x, const uint32_t *row,
                      uint32_t *fan_out) {
    const loci_reached oy = down(s, y), ox = across(s, x);
    for (size_t v = oy.first; v < oy.end; v++)
        for (size_t h = ox.first; h < ox.end; h++) {
            size_t dy = y + s->window / 2 - v * s->stride, dx = x + s->window / 2 - h * s->stride;
            for (size_t k = 0; k < s->in; k++)
                fan_out[k] +=
                    row == NULL ? (uint32_t)s->out : row[(dy * s->window + dx) * s->in + k];
        }
}

void loci_stencil_fan_out(const loci_stencil *s, const uint32_t *row, uint32_t *fan_out) {
    memset(fan_out, 0, loci_stencil_senders(s) * sizeof *fan_out);
    for (size_t y = 0; y < s->height; y++)
        for (size_t x = 0; x < s->width; x++)
            add_place(s, y, x, row, fan_out + (y * s->width + x) * s->in);
}

double loci_stencil_operations(const loci_stencil *s) {
    double vertical = 0, horizontal = 0;
    for (size_t y = 0; y < s->height; y++) {
        const loci_reached oy = down(s, y);
        vertical += (double)(oy.end - oy.first);
    }
    for (size_t x = 0; x < s->width; x++) {
        const loci_reached ox = across(s, x);
        horizontal += (double)(ox.end - ox.first);
    }
    return vertical * horizontal * (double)s->in * (double)s->out;
}
