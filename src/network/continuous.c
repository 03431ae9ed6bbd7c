#include "network/continuous.h"

#include <string.h>

#include "linear/block.h"
#include "network/crossing.h"
#include "neuron/activation.h"
#include "neuron/output.h"

/* dL/dbias from what the activation's way back left. */
static void add_bias(const loci_pass *pass, uint32_t l, const loci_activation_layer *layer,
                     size_t count, float *gradient) {
    if (pass->acting.bias[l] == NULL) {
        loci_activation_bias(layer, count, gradient + pass->network->layer[l + 1].bias);
        return;
    }
    memset(pass->shared_bias, 0, layer->m * sizeof *pass->shared_bias);
    loci_activation_bias(layer, count, pass->shared_bias);
    loci_acting_chain_bias(&pass->acting, l, pass->shared_bias, gradient);
}

void loci_continuous_forward(loci_pass *pass, const loci_activations *in) {
    uint32_t last = (uint32_t)pass->pairs - 1;
    const loci_activation_kernels *kernels = loci_activation_kernels_for(loci_isa_best());
    loci_activations from = *in;
    for (uint32_t l = 0; l <= last; l++) {
        size_t m = pass->acting.size[l + 1], ld = loci_leading(m);
        loci_activation_layer layer = {.activation = pass->network->spec.activation,
                                       .bias = loci_acting_bias(&pass->acting, l),
                                       .m = m,
                                       .ld = ld,
                                       .input = pass->input[l]};
        const loci_after activate = {kernels->forward, &layer};
        loci_pass_cross(pass, l, &from, pass->output[l], l == last ? NULL : &activate);
        from = (loci_activations){.count = in->count, .dense = pass->output[l], .ld = ld};
    }
    loci_linear_forward(pass->output[last], loci_acting_bias(&pass->acting, last),
                        (float)pass->network->spec.logit_scale, in->count,
                        pass->acting.size[last + 1], from.ld);
}

void loci_continuous_backward(loci_pass *pass, const loci_activations *in, float *gradient) {
    uint32_t last = (uint32_t)pass->pairs - 1;
    size_t classes = pass->acting.size[last + 1];
    const loci_activation_kernels *kernels = loci_activation_kernels_for(loci_isa_best());
    loci_linear_backward(pass->delta[last], gradient + pass->network->layer[last + 1].bias,
                         (float)pass->network->spec.logit_scale, in->count, classes,
                         loci_leading(classes));
    for (uint32_t l = last; l > 0; l--) {
        size_t m = pass->acting.size[l], ld = loci_leading(m);
        loci_activation_layer layer = {.activation = pass->network->spec.activation,
                                       .m = m,
                                       .ld = ld,
                                       .input = pass->input[l - 1],
                                       .output = pass->output[l - 1],
                                       .sums = pass->bias_sums};
        const loci_after activate = {kernels->backward, &layer};
        const loci_activations from = {.count = in->count, .dense = pass->output[l - 1], .ld = ld};
        loci_pass_cross_back(pass, l, &from, pass->delta[l], pass->delta[l - 1], &activate,
                             gradient);
        add_bias(pass, l - 1, &layer, in->count, gradient);
    }
    loci_pass_cross_back(pass, 0, in, pass->delta[0], NULL, NULL, gradient);
}

/* Where it does, the first few numbers tell. */
bool loci_continuous_sends(const loci_pass *pass, uint32_t l, size_t rows) {
    size_t count = rows * loci_leading(pass->acting.size[l + 1]), i = 0;
    while (i < count && pass->output[l][i] == 0)
        i++;
    return i < count;
}
