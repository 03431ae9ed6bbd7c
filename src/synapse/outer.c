#include "synapse/outer.h"

#include <string.h>

/* Rows far apart cost an address translation each; columns side by side do not. */
static void gather_strip(const loci_outer *x, size_t first, size_t height) {
    size_t left = x->count - first, rows = left < height ? left : height;
    for (size_t row = 0; row < rows; row++)
        memcpy(x->strip + row * x->width, x->g + (first + row) * x->ld + x->j0,
               x->width * sizeof *x->strip);
}

void loci_outer_product(const loci_outer *x, const loci_sparse *block, size_t blocks, size_t height,
                        size_t i0, size_t i1, float *dw, size_t ld) {
    for (size_t k = 0; k < blocks; k++) {
        gather_strip(x, k * height, height);
        x->kernels->spmm(&block[k], i0, i1, x->strip, x->width, dw, ld, x->width, k > 0);
    }
}
