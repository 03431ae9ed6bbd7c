#include "reference/delay_twin.h"

#include <math.h>
#include <string.h>

/* When what is r long arrives. */
struct arrival {
    size_t tap; /* k - first */
    double d, phi;
    bool clamped; /* d does not follow from r */
};

static struct arrival arrival_of(const loci_reference_delay *delay, double r) {
    double d = r * delay->inverse_speed, first = (double)delay->first;
    double last = first + (double)(delay->taps - 1), held = fmin(fmax(d, first), last);
    struct arrival x = {.d = held, .clamped = d < first || d >= last};
    x.tap = (size_t)(floor(held) - first);
    x.phi = held - floor(held);
    return x;
}

void loci_reference_taps(const loci_reference *w, const loci_reference_delay *delay, double *k) {
    size_t all = w->n * w->m, D = w->dendrites;
    memset(k, 0, delay->taps * all * sizeof *k);
    for (size_t ia = 0; ia < w->n * w->axons; ia++)
        for (size_t jb = 0; jb < w->m * D; jb++) {
            double r = loci_reference_distance(w, ia, jb);
            double weight =
                w->scale * loci_reference_charges(w, ia, jb) * loci_reference_worth(w, r);
            const struct arrival x = arrival_of(delay, r);
            double *tap = k + x.tap * all + ia / w->axons * w->m + jb / D;
            if (!loci_reference_kept(w, ia / w->axons, jb / D))
                continue;
            if (w->absolute)
                weight = fabs(weight) * (1 + x.d);
            tap[0] += w->absolute ? weight : (1 - x.phi) * weight;
            if (x.tap + 1 < delay->taps)
                tap[all] += w->absolute ? weight : x.phi * weight;
        }
}

/* What a pair of sites sees of dL/dk. */
struct seen {
    double now;    /* dL/dw */
    double change; /* dL/dd / w */
};

static struct seen see(const loci_reference *w, const struct arrival *x, const double *g) {
    size_t all = w->n * w->m;
    double here = g[x->tap * all], next = x->clamped ? here : g[(x->tap + 1) * all];
    if (w->absolute)
        return (struct seen){fabs(here) + (1 + x->d) * (fabs(here) + fabs(next)),
                             x->clamped ? 0 : fabs(here) + fabs(next)};
    return (struct seen){(1 - x->phi) * here + x->phi * next, next - here};
}

static void add(const loci_reference *w, double *to, double term) {
    if (to != NULL)
        *to += w->absolute ? fabs(term) : term;
}

/* dL/dr of a pair of sites goes to where they are, and to the gap. */
static void pull(const loci_reference *w, size_t ia, size_t jb, double of_r, double r,
                 const loci_reference_gradient *out) {
    size_t C = w->coordinates;
    for (size_t x = 0; x < C; x++) {
        double slope = of_r * (w->p[ia * C + x] - w->q[jb * C + x]) / r;
        add(w, out->p == NULL ? NULL : out->p + ia * C + x, slope);
        add(w, out->q == NULL ? NULL : out->q + jb * C + x, -slope);
    }
    add(w, out->gap, of_r * w->gap / r);
}

static void backward_sites(const loci_reference *w, const loci_reference_delay *delay, size_t ia,
                           size_t jb, const double *g, const loci_reference_gradient *out,
                           double *log_speed) {
    double r = loci_reference_distance(w, ia, jb), value = loci_reference_worth(w, r);
    double c = w->c == NULL ? 1 : w->c[ia], e = w->e == NULL ? 1 : w->e[jb], s = w->scale;
    const struct arrival x = arrival_of(delay, r);
    const struct seen of = see(w, &x, g);
    double by_law = s * c * e * of.now * loci_reference_law_slope(w, r);
    double by_delay = s * c * e * value * of.change * delay->inverse_speed;
    if (w->absolute) {
        by_law = fabs(by_law);
        by_delay = fabs(by_delay);
    }
    if (value == 0)
        return; /* out of range */
    add(w, out->c == NULL ? NULL : out->c + ia, s * e * of.now * value);
    add(w, out->e == NULL ? NULL : out->e + jb, s * c * of.now * value);
    pull(w, ia, jb, by_law + by_delay, r, out);
    add(w, out->log_scale, s * c * e * of.now * value);
    add(w, out->cutoff, -s * c * e * of.now);
    double far = w->absolute ? -w->length_cutoff : w->length_cutoff;
    add(w, out->length, s * c * e * of.now * (loci_reference_law_length(w, r) - far));
    add(w, log_speed, -by_delay * r); /* dd/dlog v = -r/v */
}

void loci_reference_taps_backward(const loci_reference *w, const loci_reference_delay *delay,
                                  const double *g, const loci_reference_gradient *out,
                                  double *log_speed) {
    for (size_t ia = 0; ia < w->n * w->axons; ia++)
        for (size_t jb = 0; jb < w->m * w->dendrites; jb++) {
            size_t i = ia / w->axons, j = jb / w->dendrites;
            if (loci_reference_kept(w, i, j))
                backward_sites(w, delay, ia, jb, g + i * w->m + j, out, log_speed);
        }
}

double loci_reference_delay_nearest(const loci_reference *w, const loci_reference_delay *delay) {
    double nearest = INFINITY, last = (double)(delay->first + delay->taps - 1);
    for (size_t ia = 0; ia < w->n * w->axons; ia++)
        for (size_t jb = 0; jb < w->m * w->dendrites; jb++) {
            double d = loci_reference_distance(w, ia, jb) * delay->inverse_speed;
            double whole = fmin(fmax(round(d), (double)delay->first), last);
            nearest = fmin(nearest, fabs(d - whole));
        }
    return nearest;
}

uint64_t loci_reference_delay_pieces(const loci_reference *w, const loci_reference_delay *delay,
                                     uint64_t hash) {
    for (size_t ia = 0; delay->inverse_speed > 0 && ia < w->n * w->axons; ia++)
        for (size_t jb = 0; jb < w->m * w->dendrites; jb++) {
            const struct arrival x = arrival_of(delay, loci_reference_distance(w, ia, jb));
            hash = (hash ^ (2 * x.tap + x.clamped)) * 1099511628211u;
        }
    return hash;
}
