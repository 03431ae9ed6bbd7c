/* The wiring rule and its gradient in float64, as plainly as they can be written. Nothing runs on
 * this but tests: it is what the fast kernels are held against, and stays for ever. */
#include "reference/wiring_twin.h"

#include <math.h>

static double charge(const double *charges, size_t site) {
    return charges == NULL ? 1 : charges[site];
}

/* A term as it enters a sum. */
static double size(const loci_reference *w, double term) {
    return w->absolute ? fabs(term) : term;
}

double loci_reference_distance(const loci_reference *w, size_t ia, size_t jb) {
    double squared = w->gap * w->gap + w->softening * w->softening;
    for (size_t x = 0; x < w->coordinates; x++) {
        double d = w->p[ia * w->coordinates + x] - w->q[jb * w->coordinates + x];
        squared += d * d;
    }
    return sqrt(squared);
}

double loci_reference_law(const loci_reference *w, double r) {
    switch (w->law) {
    case LOCI_LAW_INVERSE_SQUARE:
        return 1 / (r * r);
    case LOCI_LAW_EXPONENTIAL:
        return exp(-r / w->length);
    case LOCI_LAW_GAUSSIAN:
        return exp(-r * r / (2 * w->length * w->length));
    default:
        return 1 / r;
    }
}

double loci_reference_law_slope(const loci_reference *w, double r) {
    switch (w->law) {
    case LOCI_LAW_INVERSE_SQUARE:
        return -2 / (r * r * r);
    case LOCI_LAW_EXPONENTIAL:
        return -loci_reference_law(w, r) / w->length;
    case LOCI_LAW_GAUSSIAN:
        return -loci_reference_law(w, r) * r / (w->length * w->length);
    default:
        return -1 / (r * r);
    }
}

double loci_reference_law_length(const loci_reference *w, double r) {
    switch (w->law) {
    case LOCI_LAW_EXPONENTIAL:
        return loci_reference_law(w, r) * r / (w->length * w->length);
    case LOCI_LAW_GAUSSIAN:
        return loci_reference_law(w, r) * r * r / (w->length * w->length * w->length);
    default:
        return 0;
    }
}

static double kernel(const loci_reference *w, size_t ia, size_t jb) {
    return loci_reference_law(w, loci_reference_distance(w, ia, jb));
}

/* What k counts for: all of it, or what is left of it within a finite range. */
static double reach(const loci_reference *w, double k) {
    if (w->absolute && k > w->cutoff)
        return k + w->cutoff;
    return w->cutoff == 0 ? k : k > w->cutoff ? k - w->cutoff : 0;
}

double loci_reference_charges(const loci_reference *w, size_t ia, size_t jb) {
    return charge(w->c, ia) * charge(w->e, jb);
}

double loci_reference_worth(const loci_reference *w, double r) {
    return reach(w, loci_reference_law(w, r));
}

bool loci_reference_kept(const loci_reference *w, size_t i, size_t j) {
    return w->mask == NULL || w->mask[i * w->m + j] != 0;
}

uint64_t loci_reference_reach(const loci_reference *w, uint64_t hash) {
    for (size_t ia = 0; w->cutoff > 0 && ia < w->n * w->axons; ia++)
        for (size_t jb = 0; jb < w->m * w->dendrites; jb++)
            hash = (hash ^ (kernel(w, ia, jb) > w->cutoff)) * 1099511628211u;
    return hash;
}

void loci_reference_weights(const loci_reference *w, double *out) {
    for (size_t i = 0; i < w->n; i++)
        for (size_t j = 0; j < w->m; j++) {
            double sum = 0;
            for (size_t ia = i * w->axons; ia < (i + 1) * w->axons; ia++)
                for (size_t jb = j * w->dendrites; jb < (j + 1) * w->dendrites; jb++)
                    sum +=
                        size(w, charge(w->c, ia) * charge(w->e, jb) * reach(w, kernel(w, ia, jb)));
            out[i * w->m + j] = loci_reference_kept(w, i, j) ? w->scale * sum : 0;
        }
}

/* What one pair of sites contributes; g = dL/dw of their neurons. */
static void backward_sites(const loci_reference *w, size_t ia, size_t jb, double g,
                           const loci_reference_gradient *out) {
    double c = charge(w->c, ia), e = charge(w->e, jb), r = loci_reference_distance(w, ia, jb),
           k = loci_reference_law(w, r);
    /* dL/d(squared distance) = -pull / 2 */
    double s = w->scale, pull = s * g * c * e * -loci_reference_law_slope(w, r) / r;
    if (k <= w->cutoff)
        return;
    if (out->c != NULL)
        out->c[ia] += size(w, s * g * e * reach(w, k));
    if (out->e != NULL)
        out->e[jb] += size(w, s * g * c * reach(w, k));
    for (size_t x = 0; x < w->coordinates; x++) {
        double d = w->p[ia * w->coordinates + x] - w->q[jb * w->coordinates + x];
        if (out->p != NULL)
            out->p[ia * w->coordinates + x] += size(w, -pull * d);
        if (out->q != NULL)
            out->q[jb * w->coordinates + x] += size(w, pull * d);
    }
    if (out->gap != NULL)
        *out->gap += size(w, -pull * w->gap);
    if (out->log_scale != NULL)
        *out->log_scale += size(w, s * g * c * e * reach(w, k));
    if (out->cutoff != NULL)
        *out->cutoff += size(w, -s * g * c * e);
    if (out->length != NULL) {
        double far = w->absolute ? -w->length_cutoff : w->length_cutoff;
        *out->length += size(w, s * g * c * e * (loci_reference_law_length(w, r) - far));
    }
}

void loci_reference_backward(const loci_reference *w, const double *g,
                             const loci_reference_gradient *out) {
    for (size_t i = 0; i < w->n; i++)
        for (size_t j = 0; j < w->m; j++)
            for (size_t ia = i * w->axons; ia < (i + 1) * w->axons; ia++)
                for (size_t jb = j * w->dendrites; jb < (j + 1) * w->dendrites; jb++)
                    backward_sites(w, ia, jb, loci_reference_kept(w, i, j) ? g[i * w->m + j] : 0,
                                   out);
}
