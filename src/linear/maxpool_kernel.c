/* Four maps of a place at once, which stand side by side; this file is compiled once per
 * instruction set. Few maps are common, so that wider registers would often leave all to a loop
 * over single ones. */
#include <string.h>

#include "base/isa.h"
#include "linear/maxpool.h"

#define loci_maxpool_kernels_isa LOCI_ISA_NAME(loci_maxpool_kernels)
extern const loci_maxpool_kernels loci_maxpool_kernels_isa;

enum { LANES = 4 };
typedef float four __attribute__((vector_size(16)));
typedef int32_t which __attribute__((vector_size(16)));
typedef uint8_t places __attribute__((vector_size(4)));

/* The first `lanes` of four; the others are 0. A copy of a constant size is one instruction. */
static inline four load(const float *from, size_t lanes) {
    four v = {0};
    memcpy(&v, from, lanes == LANES ? sizeof v : lanes * sizeof *from);
    return v;
}

static inline void store(float *to, size_t lanes, four v) {
    memcpy(to, &v, lanes == LANES ? sizeof v : lanes * sizeof *to);
}

static inline four choose(which mask, four yes, four no) {
    return (four)((mask & (which)yes) | (~mask & (which)no));
}

/* Where place k of a square stands, from its first one; rows of the grid are `below` apart. */
static inline size_t place_of(size_t k, size_t side, size_t below, size_t maps) {
    return k / side * below + k % side * maps;
}

/* The largest of a square's places, and which it was; what is not a number stays in, to be noticed
 * in the loss. */
static inline void pool(const float *y, size_t side, size_t below, size_t maps, size_t lanes,
                        float *out, uint8_t *winner) {
    four most = load(y, lanes);
    which at = {0};
    for (size_t k = 1; k < side * side; k++) {
        four v = load(y + place_of(k, side, below, maps), lanes);
        which stays = (v <= most) | (most != most);
        most = choose(stays, most, v);
        at = (stays & at) | (~stays & (int32_t)k);
    }
    store(out, lanes, most);
    places winners = __builtin_convertvector(at, places);
    if (winner != NULL)
        memcpy(winner, &winners, lanes == LANES ? sizeof winners : lanes);
}

static inline void forward_of(const loci_maxpool *p, size_t side, const float *y, float *out,
                              uint8_t *winner) {
    size_t maps = p->maps, below = p->width * maps, whole = maps / LANES * LANES;
    for (size_t row = 0; row < p->height / side; row++)
        for (size_t column = 0; column < p->width / side; column++) {
            const float *first = y + row * side * below + column * side * maps;
            uint8_t *to = winner;
            for (size_t j = 0; j < whole; j += LANES)
                pool(first + j, side, below, maps, LANES, out + j, to ? to + j : NULL);
            if (whole < maps)
                pool(first + whole, side, below, maps, maps - whole, out + whole,
                     to ? to + whole : NULL);
            out += maps;
            winner = to ? to + maps : NULL;
        }
}

/* Squares of 2 * 2 are by far the most common. */
static void forward(const loci_maxpool *p, const float *y, float *out, uint8_t *winner) {
    if (p->side == 2)
        forward_of(p, 2, y, out, winner);
    else
        forward_of(p, p->side, y, out, winner);
}

/* dL/dy of all of a square's places. */
static inline void give_back(const float *g, const uint8_t *winner, size_t side, size_t below,
                             size_t maps, size_t lanes, float *g_y) {
    four given = load(g, lanes);
    places winners = {0};
    memcpy(&winners, winner, lanes == LANES ? sizeof winners : lanes);
    which at = __builtin_convertvector(winners, which);
    for (size_t k = 0; k < side * side; k++)
        store(g_y + place_of(k, side, below, maps), lanes,
              choose(at == (int32_t)k, given, (four){0}));
}

static inline void backward_of(const loci_maxpool *p, size_t side, const float *g,
                               const uint8_t *winner, float *g_y) {
    size_t maps = p->maps, below = p->width * maps, whole = maps / LANES * LANES;
    for (size_t row = 0; row < p->height / side; row++)
        for (size_t column = 0; column < p->width / side; column++) {
            float *first = g_y + row * side * below + column * side * maps;
            for (size_t j = 0; j < whole; j += LANES)
                give_back(g + j, winner + j, side, below, maps, LANES, first + j);
            if (whole < maps)
                give_back(g + whole, winner + whole, side, below, maps, maps - whole,
                          first + whole);
            g += maps;
            winner += maps;
        }
}

static void backward(const loci_maxpool *p, const float *g, const uint8_t *winner, float *g_y) {
    if (p->height % p->side != 0 || p->width % p->side != 0)
        memset(g_y, 0, p->height * p->width * p->maps * sizeof *g_y);
    if (p->side == 2)
        backward_of(p, 2, g, winner, g_y);
    else
        backward_of(p, p->side, g, winner, g_y);
}

const loci_maxpool_kernels loci_maxpool_kernels_isa = {forward, backward};
