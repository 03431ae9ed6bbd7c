/* Taps from positions, and gradients of taps back into sums for each site, in float32; compiled
 * once per instruction set. Distances and weights are vector loops; which taps they go to differs
 * from one neuron to the next, so that is done one by one. */
#include <stdbool.h>
#include <string.h>

#include "base/isa.h"
#include "wiring/delay.h"
#include "wiring/law.h"

#define loci_delay_kernels_isa LOCI_ISA_NAME(loci_delay_kernels)
extern const loci_delay_kernels loci_delay_kernels_isa;

/* Most receivers of a tile. */
enum { MOST = 64 };
#define EACH static inline __attribute__((always_inline)) void

/* One axon site against dendrite b of a tile's receivers. */
typedef struct meeting {
    float weight[MOST];  /* F(r), what the sites are worth but for their charges */
    float slope[MOST];   /* -F'(r) / r */
    float inverse[MOST]; /* 1/r */
    float square[MOST];
    float phi[MOST];
    float late[MOST];   /* d where it follows from r, 0 where it is clamped */
    uint32_t tap[MOST]; /* k - first */
} meeting;

EACH meet_as(const loci_wiring *w, const loci_delay *delay, const int law, const bool within,
             const loci_tile *tile, const float *p, size_t b, meeting *x) {
    size_t C = w->coordinates, n = tile->padded, D = w->dendrites;
    float inverse_length = loci_law_has_length(law) ? 1 / w->length : 0;
    float low = (float)delay->first, high = low + (float)(delay->taps - 1);
    for (size_t t = 0; t < n; t++)
        x->square[t] = w->base;
    for (size_t k = 0; k < C; k++) {
        const float *restrict q = tile->q + (k * D + b) * n;
        float pk = p[k];
        for (size_t t = 0; t < n; t++)
            x->square[t] += (pk - q[t]) * (pk - q[t]);
    }
    for (size_t t = 0; t < n; t++) {
        float inverse = loci_inverse_root(x->square[t]), r = x->square[t] * inverse;
        const loci_law_distance at = {x->square[t], inverse};
        float f = loci_law_value(law, at, inverse_length), near = within ? f - w->cutoff : f;
        bool out = within && near < 0;
        float d = r * delay->inverse_speed;
        bool clamped = !(d >= low) || d >= high;
        /* what is no number stays within the taps, too */
        float held = d > low ? (d < high ? d : high) : low, from = held - low;
        uint32_t tap = (uint32_t)from;
        x->weight[t] = out ? 0 : near;
        x->slope[t] = out ? 0 : loci_law_slope(law, at, f, inverse_length);
        x->inverse[t] = inverse;
        x->tap[t] = tap;
        x->phi[t] = from - (float)tap;
        x->late[t] = clamped ? 0 : d;
    }
}

static void meet(const loci_wiring *w, const loci_delay *delay, const loci_tile *tile,
                 const float *p, size_t b, meeting *x) {
#define RUN(law)                                                                                   \
    do {                                                                                           \
        if (w->cutoff > 0)                                                                         \
            meet_as(w, delay, law, true, tile, p, b, x);                                           \
        else                                                                                       \
            meet_as(w, delay, law, false, tile, p, b, x);                                          \
    } while (0)
    LOCI_LAW_CHOOSE(w->law, RUN)
#undef RUN
}

static void clear_own(size_t i, const loci_tile *tile, float *x, size_t taps, size_t ld) {
    if (i >= tile->j0 && i < tile->j0 + tile->width)
        for (size_t k = 0; k < taps; k++)
            x[k * ld + i - tile->j0] = 0;
}

static bool is_cut(const loci_wiring *w, const loci_tile *tile, size_t i, size_t t) {
    return w->mask != NULL && w->mask[i * loci_mask_leading(w->m) + tile->j0 + t] == 0;
}

static void expand(const loci_wiring *w, const loci_delay *delay, const loci_tile *tile, size_t i,
                   bool own, float *out, size_t ld, loci_reach *reach) {
    size_t n = tile->padded, A = w->axons;
    uint32_t first = reach->first, end = reach->end;
    meeting x;
    for (size_t k = 0; k < delay->taps; k++)
        memset(out + k * ld, 0, n * sizeof *out);
    for (size_t a = 0; a < A; a++) {
        const float *p = w->p + (i * A + a) * w->coordinates;
        float c = w->c == NULL ? 1 : w->c[i * A + a];
        for (size_t b = 0; b < w->dendrites; b++) {
            const float *e = tile->e + b * n;
            meet(w, delay, tile, p, b, &x);
            for (size_t t = 0; t < tile->width; t++) {
                first = x.tap[t] < first ? x.tap[t] : first;
                end = x.tap[t] + 2 > end ? x.tap[t] + 2 : end;
            }
            for (size_t t = 0; t < n; t++) {
                float weight = c * (e[t] * x.weight[t]), later = x.phi[t] * weight;
                float *tap = out + x.tap[t] * ld + t;
                tap[0] += weight - later;
                if (x.tap[t] + 1 < delay->taps)
                    tap[ld] += later;
            }
        }
    }
    reach->first = first;
    reach->end = end < delay->taps ? end : delay->taps;
    for (size_t t = 0; t < tile->width; t++)
        for (size_t k = 0; k < delay->taps && is_cut(w, tile, i, t); k++)
            out[k * ld + t] = 0;
    if (own)
        clear_own(i, tile, out, delay->taps, ld);
}

/* dL/dw and dL/dd / w of each receiver's site, from G. */
static void gather(const loci_delay *delay, const loci_tile *tile, const meeting *x, const float *g,
                   size_t ld, float *now, float *change) {
    for (size_t t = 0; t < tile->padded; t++) {
        const float *tap = g + x->tap[t] * ld + t;
        float here = tap[0], next = x->tap[t] + 1 < delay->taps ? tap[ld] : here;
        now[t] = here + x->phi[t] * (next - here);
        change[t] = x->late[t] > 0 ? next - here : 0;
    }
}

/* The sums of one axon site and dendrite b. */
static void add(const loci_wiring *w, const loci_delay *delay, const loci_tile *tile,
                const meeting *x, const float *p, float c, size_t b, const float *now,
                const float *change, float *axon, float *dendrite, float *late) {
    size_t n = tile->padded, C = w->coordinates, D = w->dendrites;
    const float *restrict e = tile->e + b * n;
    float *restrict de = dendrite + (loci_dendrite_value(C) * D + b) * n;
    float u[MOST], value = 0, slope = 0, reach = 0, length = 0, wait = 0;
    bool finite = w->cutoff > 0, has_length = loci_law_has_length(w->law);
    for (size_t t = 0; t < n; t++) {
        float inside = finite && x->weight[t] == 0 ? 0 : now[t], ge = inside * e[t];
        float moved = change[t] * (e[t] * x->weight[t]);
        /* what a longer way costs: by the law, less by what comes of arriving later */
        u[t] = ge * x->slope[t] - moved * delay->inverse_speed * x->inverse[t];
        de[t] += c * (inside * x->weight[t]);
        value += ge * x->weight[t];
        slope += u[t];
        reach += ge;
        length += ge * x->slope[t] * x->square[t];
        wait += moved * x->late[t];
    }
    axon[LOCI_AXON_VALUE] += value;
    axon[loci_axon_slope(C)] += slope;
    if (finite)
        axon[loci_axon_reach(C)] += reach;
    if (has_length)
        axon[loci_axon_length(C)] += length / w->length - (finite ? w->length_cutoff * reach : 0);
    *late += wait;
    for (size_t k = 0; k < C; k++) {
        const float *restrict q = tile->q + (k * D + b) * n;
        float *restrict dq = dendrite + ((LOCI_DENDRITE_POSITION + k) * D + b) * n;
        float pull = 0;
        for (size_t t = 0; t < n; t++) {
            float v = u[t] * (p[k] - q[t]);
            dq[t] += c * v;
            pull += v;
        }
        axon[LOCI_AXON_POSITION + k] -= c * pull;
    }
}

static void contract(const loci_wiring *w, const loci_delay *delay, const loci_tile *tile, size_t i,
                     bool own, const float *g, size_t ld, float *axon, float *dendrite,
                     float *late) {
    size_t A = w->axons, n = tile->padded;
    meeting x;
    float now[MOST], change[MOST];
    for (size_t a = 0; a < A; a++) {
        const float *p = w->p + (i * A + a) * w->coordinates;
        float c = w->c == NULL ? 1 : w->c[i * A + a];
        for (size_t b = 0; b < w->dendrites; b++) {
            meet(w, delay, tile, p, b, &x);
            gather(delay, tile, &x, g, ld, now, change);
            for (size_t t = 0; t < n; t++)
                if (is_cut(w, tile, i, t) || (own && tile->j0 + t == i))
                    now[t] = change[t] = 0;
            add(w, delay, tile, &x, p, c, b, now, change, axon + a * loci_axon_sums(w->coordinates),
                dendrite, late + a);
        }
    }
}

/* Four at a time, so that y is read and written once for all of them. */
static void add_taps(size_t count, const float *value, const float *const *x, size_t n,
                     float *restrict y) {
    size_t k = 0;
    for (; k + 4 <= count; k += 4) {
        const float *restrict a = x[k], *restrict b = x[k + 1], *restrict c = x[k + 2],
                              *restrict d = x[k + 3];
        float va = value[k], vb = value[k + 1], vc = value[k + 2], vd = value[k + 3];
        for (size_t t = 0; t < n; t++)
            y[t] = (((y[t] + va * a[t]) + vb * b[t]) + vc * c[t]) + vd * d[t];
    }
    for (; k < count; k++) {
        const float *restrict a = x[k];
        float va = value[k];
        for (size_t t = 0; t < n; t++)
            y[t] += va * a[t];
    }
}

EACH send_as(const size_t count, const size_t width, const float *value, const float *const *taps,
             size_t rows, float *restrict y, size_t stride) {
    for (size_t k = 0; k < rows; k++, y += stride)
        for (size_t t = 0; t < width; t++) {
            float sum = y[t];
            for (size_t i = 0; i < count; i++)
                sum += value[i] * taps[i][k * LOCI_DELAY_WIDTH + t];
            y[t] = sum;
        }
}

static void send(size_t count, const float *value, const float *const *taps, size_t rows,
                 size_t columns, float *y, size_t stride) {
#define RUN(count)                                                                                 \
    if (columns >= LOCI_DELAY_WIDTH)                                                               \
        send_as(count, LOCI_DELAY_WIDTH, value, taps, rows, y, stride);                            \
    else                                                                                           \
        send_as(count, 16, value, taps, rows, y, stride)
    switch (count) {
    case 1:
        RUN(1);
        break;
    case 2:
        RUN(2);
        break;
    case 3:
        RUN(3);
        break;
    default:
        RUN(4);
        break;
    }
#undef RUN
}

const loci_delay_kernels loci_delay_kernels_isa = {send, add_taps, expand, contract};
