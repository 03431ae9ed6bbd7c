/* What a weight of 1 is where weights are rounded. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "network/rounding.h"

int loci_weight_unit(double *unit, const loci_acting *acting, size_t p, double cover, uint32_t bits,
                     loci_error *error) {
    const loci_wiring *w = &acting->wiring[p];
    float *weights = loci_alloc(w->n, w->m * sizeof *weights);
    if (weights == NULL)
        return loci_fail_memory(error, "training");
    int status = loci_acting_weights(acting, p, weights, error);
    float exact = 1;
    if (status == LOCI_OK)
        exact = (float)loci_charge_unit(weights, w->n * w->m, cover, bits);
    free(weights);
    *unit = isnormal(exact) ? (double)exact : 1;
    return status;
}
