/* What the graphs of all networks have. */
#include "exchange/onnx_parts.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "network/model_file.h"

int loci_onnx_too_large(const char *path, loci_error *error) {
    return loci_fail(error, LOCI_E_UNSUPPORTED, path,
                     "not written: more than the 2 GiB that an ONNX file can have");
}

const char *loci_onnx_label(loci_onnx_name *name, uint32_t layer, const char *part, uint32_t step) {
    if (step > 0)
        snprintf(name->text, sizeof name->text, "layer%u.%s.%u", layer, part, step);
    else
        snprintf(name->text, sizeof name->text, "layer%u.%s", layer, part);
    return name->text;
}

int loci_onnx_pair_constants(loci_onnx *model, const loci_acting *acting, uint32_t l,
                             const char *path, loci_error *error) {
    size_t shape[2] = {acting->wiring[l].n, acting->wiring[l].m};
    char weight[LOCI_MODEL_NAME];
    loci_onnx_name bias;
    float *weights;
    int status = loci_exchange_weights(acting, l, path, &weights, error);
    if (status != LOCI_OK)
        return status;
    loci_onnx_floats(model, loci_model_name(weight, l, "weight"), 2, shape, weights);
    loci_onnx_floats(model, loci_onnx_label(&bias, l + 1, "bias", 0), 1, &shape[1],
                     loci_exchange_bias(acting->network, l));
    free(weights);
    return LOCI_OK;
}

void loci_onnx_current(loci_onnx *model, uint32_t l, const char *from, const char *current) {
    char weight[LOCI_MODEL_NAME], product[LOCI_ONNX_NAME + 8];
    loci_onnx_name bias;
    snprintf(product, sizeof product, "%s.sum", current);
    loci_onnx_node2(model, "MatMul", product, from, loci_model_name(weight, l, "weight"));
    loci_onnx_node2(model, "Add", current, product, loci_onnx_label(&bias, l + 1, "bias", 0));
}
