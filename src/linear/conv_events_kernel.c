/* Numbers laid over the places they reach; this file is compiled once per instruction set.
 *
 * Those of one place, of several maps, are laid over together: what they add up to stays in
 * registers while they go by. */
#include <stdbool.h>
#include <string.h>

#include "base/isa.h"
#include "linear/conv_events.h"
#include "linear/vector.h"

#define loci_conv_events_isa LOCI_ISA_NAME(loci_conv_events)
extern loci_conv_events_kernel loci_conv_events_isa;

/* Vectors that are added to at a time. */
enum { HELD = 4 };

/* What is active at one place. */
struct active {
    const uint32_t *map;
    const float *value;
    size_t count;
    uint32_t first; /* number of the place's first map */
    size_t stride;  /* floats from a map's weights to the next one's */
};

static inline __attribute__((always_inline)) void add_vectors(int vectors, const struct active *a,
                                                              const float *k, float *to) {
    vector sum[HELD];
    for (int v = 0; v < vectors; v++)
        sum[v] = AT(to + v * LANES);
    for (size_t t = 0; t < a->count; t++) {
        const float *from = k + (a->map[t] - a->first) * a->stride;
        for (int v = 0; v < vectors; v++)
            sum[v] += a->value[t] * AT(from + v * LANES);
    }
    for (int v = 0; v < vectors; v++)
        STORE(to + v * LANES, sum[v]);
}

/* to [count] += what is active times its weights, from k on. */
static void add_line(const struct active *a, const float *k, float *to, size_t count) {
    size_t i = 0;
    for (; i + HELD * LANES <= count; i += HELD * LANES)
        add_vectors(HELD, a, k + i, to + i);
    for (; i + LANES <= count; i += LANES)
        add_vectors(1, a, k + i, to + i);
    for (; i < count; i++)
        for (size_t t = 0; t < a->count; t++)
            to[i] += a->value[t] * k[(a->map[t] - a->first) * a->stride + i];
}

/* Where a number adds along one side: `count` places from `first` on, through the taps of a phase
 * from `tap` on. */
struct reach {
    size_t first, count, tap;
};

static struct reach reach_of(size_t last, size_t taps, size_t places) {
    struct reach r = {.first = last + 1 > taps ? last + 1 - taps : 0};
    r.tap = last + 1 > taps ? 0 : taps - last - 1;
    size_t end = last + 1 < places ? last + 1 : places;
    r.count = end > r.first ? end - r.first : 0;
    return r;
}

static void add_place(const loci_conv_events *c, const struct active *a, size_t place, float *y) {
    const loci_conv_shape *s = &c->shape;
    size_t x = place % s->width + s->window / 2, v = place / s->width + s->window / 2;
    const loci_conv_phase *phase = &c->phase[x % s->stride];
    size_t last = x / s->stride, bottom = v / s->stride, lines = c->phase[v % s->stride].count;
    const struct reach across = reach_of(last, phase->count, c->across);
    const struct reach down = reach_of(bottom, lines, c->down);
    bool whole = across.count == phase->count; /* zeros follow, which may be added */
    size_t floats = across.count * s->out;
    if (whole)
        floats = (floats + LANES - 1) / LANES * LANES;
    for (size_t row = down.first; across.count > 0 && row < down.first + down.count; row++) {
        size_t dy = v - row * s->stride;
        add_line(a, c->k + dy * c->line + phase->at + across.tap * s->out,
                 y + (row * c->wide + across.first) * s->out, floats);
    }
}

void loci_conv_events_isa(const loci_conv_events *c, const loci_sparse *active, size_t row,
                          float *y) {
    const uint32_t *index = active->index;
    uint32_t end = active->end[row], in = (uint32_t)c->shape.in;
    memset(y, 0, loci_conv_events_floats(c) * sizeof *y);
    for (uint32_t t = active->start[row]; t < end;) {
        uint32_t place = index[t] / in, first = place * in, from = t;
        while (t < end && index[t] - first < in)
            t++;
        const struct active a = {index + from, active->value + from, t - from, first,
                                 c->shape.window * c->line};
        add_place(c, &a, place, y);
    }
}
