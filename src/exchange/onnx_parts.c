/* What the graphs of all networks have. */
#include "exchange/onnx_parts.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "network/maps.h"
#include "network/model_file.h"

int loci_onnx_too_large(const char *path, loci_error *error) {
    return loci_fail(error, LOCI_E_UNSUPPORTED, path,
                     "not written: more than the 2 GiB that an ONNX file can have");
}

/* "pairL.weight" */
static int put_weights(loci_onnx *model, const loci_acting *acting, uint32_t l, const char *path,
                       loci_error *error) {
    const loci_spec *spec = &acting->network->spec;
    size_t shape[2] = {acting->wiring[l].n, acting->wiring[l].m};
    char name[LOCI_MODEL_NAME];
    float *weights;
    int status = loci_exchange_weights(acting, l, path, &weights, error);
    if (status != LOCI_OK)
        return status;
    if (loci_has_stencil(spec, l))
        status = loci_onnx_stencil_constant(model, spec, l, weights, error);
    else
        loci_onnx_floats(model, loci_model_name(name, l, "weight"), 2, shape, weights);
    free(weights);
    return status;
}

int loci_onnx_pair_constants(loci_onnx *model, const loci_acting *acting, uint32_t l,
                             const char *path, loci_error *error) {
    loci_onnx_name bias;
    int status = put_weights(model, acting, l, path, error);
    if (status == LOCI_OK)
        loci_onnx_floats(model, loci_onnx_label(&bias, l + 1, "bias", 0), 1, &acting->wiring[l].m,
                         loci_exchange_bias(acting->network, l));
    return status;
}

void loci_onnx_current(loci_onnx *model, const loci_spec *spec, uint32_t l, const char *from,
                       const char *current) {
    char weight[LOCI_MODEL_NAME], product[LOCI_ONNX_NAME + 8], row[LOCI_ONNX_NAME + 8];
    loci_onnx_name bias;
    if (loci_has_stencil(spec, l)) {
        loci_onnx_stencil_current(model, spec, l, from, current);
        return;
    }
    snprintf(row, sizeof row, "%s.row", from);
    if (loci_has_grid_senders(spec, l))
        loci_onnx_to_row(model, row, from);
    snprintf(product, sizeof product, "%s.sum", current);
    loci_onnx_node2(model, "MatMul", product, loci_has_grid_senders(spec, l) ? row : from,
                    loci_model_name(weight, l, "weight"));
    loci_onnx_node2(model, "Add", current, product, loci_onnx_label(&bias, l + 1, "bias", 0));
}
