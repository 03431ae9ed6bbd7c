/* Gradients of spiking networks beside those of the twin. */
#ifndef LOCI_TESTS_SPIKING_COMPARE_H
#define LOCI_TESTS_SPIKING_COMPARE_H

#include "spiking_fixture.h"

#include "compare.h"

static const double TOLERANCE = 1e-4;

/* Most entries are sums of which cancellation leaves little: an entry is compared with at least the
 * share `floor` of its tensor's largest; a tensor of a single number, which may have lost as much,
 * to 1e-3 of itself. */
static inline void compare_gradient(const char *name, const fixture *f, const float *a,
                                    const double *b, double floor) {
    const loci_tensor *t;
    for (size_t n = 0; (t = loci_network_tensor(f->network, n)) != NULL; n++) {
        const double *right = b + t->offset, largest = largest_of(right, t->count);
        double tolerance = t->count == 1 ? 10 * TOLERANCE : TOLERANCE;
        for (size_t i = 0; i < t->count; i++)
            if (excess(a[t->offset + i], right[i], tolerance, floor * largest) > 1)
                fail_msg("%s: gradient of %s[%zu] is %.9g instead of %.9g, largest %.3g", name,
                         t->name, i, (double)a[t->offset + i], right[i], largest);
    }
}

#endif
