#include "linear/conv_events.h"

#include "base/isa.h"
#include "base/memory.h"

#define DECLARE(isa) extern loci_conv_events_kernel loci_conv_events_##isa;
LOCI_EACH_ISA(DECLARE)

loci_conv_events_kernel *loci_conv_events_for(enum loci_isa isa) {
    return LOCI_CHOOSE_ISA(isa, loci_conv_events);
}

static void find_phases(loci_conv_events *c) {
    const loci_conv_shape *s = &c->shape;
    for (size_t r = 0; r < s->stride; r++) {
        size_t count = r < s->window ? (s->window - r + s->stride - 1) / s->stride : 0;
        c->phase[r] = (loci_conv_phase){c->line, count};
        c->line += loci_pad16(count * s->out);
    }
}

/* Entry (dy, dx, n) of the stencil is where the places that it reaches from lie side by side. */
static void arrange(const loci_conv_events *c, const float *k, size_t ld) {
    const loci_conv_shape *s = &c->shape;
    for (size_t entry = 0; entry < s->window * s->window * s->in; entry++) {
        size_t n = entry % s->in, dx = entry / s->in % s->window, dy = entry / s->in / s->window;
        const loci_conv_phase *phase = &c->phase[dx % s->stride];
        size_t tap = phase->count - 1 - dx / s->stride;
        float *to = c->k + (n * s->window + dy) * c->line + phase->at + tap * s->out;
        for (size_t m = 0; m < s->out; m++)
            to[m] = k[entry * ld + m];
    }
}

void loci_conv_events_open(loci_conv_events *c, const loci_conv_shape *shape, size_t pool,
                           const float *k, size_t ld, loci_arena *arena) {
    *c = (loci_conv_events){.shape = *shape,
                            .down = loci_conv_places(shape->height, shape->stride) / pool * pool,
                            .wide = loci_conv_places(shape->width, shape->stride)};
    c->across = c->wide / pool * pool;
    find_phases(c);
    c->k = loci_arena_floats(arena, shape->in * shape->window, c->line);
    if (c->k != NULL)
        arrange(c, k, ld);
}
