/* Activations as nodes of a graph. */
#include "exchange/onnx_parts.h"

void loci_onnx_activation_constants(loci_onnx *model, int activation) {
    if (activation != LOCI_ACTIVATION_GELU)
        return;
    loci_onnx_scalar(model, "gelu.root", 0.707106781f); /* 1 / sqrt 2 */
    loci_onnx_scalar(model, "gelu.one", 1);
    loci_onnx_scalar(model, "gelu.half", 0.5f);
}

/* u (1 + erf(u / sqrt 2)) / 2; a Gelu of its own came with opset 20. */
static void put_gelu(loci_onnx *model, uint32_t layer, const char *output, const char *current) {
    loci_onnx_name share, error, above, twice;
    loci_onnx_label(&share, layer, "gelu.share", 0);
    loci_onnx_label(&error, layer, "gelu.erf", 0);
    loci_onnx_label(&above, layer, "gelu.above", 0);
    loci_onnx_label(&twice, layer, "gelu.twice", 0);
    loci_onnx_node2(model, "Mul", share.text, current, "gelu.root");
    loci_onnx_node1(model, "Erf", error.text, share.text);
    loci_onnx_node2(model, "Add", above.text, error.text, "gelu.one");
    loci_onnx_node2(model, "Mul", twice.text, current, above.text);
    loci_onnx_node2(model, "Mul", output, twice.text, "gelu.half");
}

void loci_onnx_activation(loci_onnx *model, int activation, uint32_t layer, const char *output,
                          const char *current) {
    switch (activation) {
    case LOCI_ACTIVATION_LEAKY_RELU: /* its alpha is 0.01 unless it says otherwise */
        loci_onnx_node1(model, "LeakyRelu", output, current);
        break;
    case LOCI_ACTIVATION_TANH:
        loci_onnx_node1(model, "Tanh", output, current);
        break;
    case LOCI_ACTIVATION_GELU:
        put_gelu(model, layer, output, current);
        break;
    case LOCI_ACTIVATION_SINE:
        loci_onnx_node1(model, "Sin", output, current);
        break;
    default:
        loci_onnx_node1(model, "Relu", output, current);
    }
}
