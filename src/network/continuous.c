#include "network/continuous.h"

#include "network/crossing.h"
#include "neuron/activation.h"
#include "neuron/output.h"

static const float *bias_of(const loci_pass *pass, uint32_t l) {
    return pass->network->parameters + pass->network->layer[l + 1].bias;
}

static float *bias_gradient(const loci_pass *pass, uint32_t l, float *gradient) {
    return gradient + pass->network->layer[l + 1].bias;
}

void loci_continuous_forward(loci_pass *pass, const loci_activations *in) {
    uint32_t last = (uint32_t)pass->pairs - 1;
    loci_activations from = *in;
    for (uint32_t l = 0; l <= last; l++) {
        size_t m = pass->acting.wiring[l].m, ld = loci_leading(m);
        loci_activation_layer layer = {.activation = pass->network->spec.activation,
                                       .bias = bias_of(pass, l),
                                       .m = m,
                                       .ld = ld,
                                       .input = pass->input[l]};
        const loci_after activate = {loci_activation_forward, &layer};
        loci_pass_cross(pass, l, &from, pass->output[l], l == last ? NULL : &activate);
        from = (loci_activations){.count = in->count, .dense = pass->output[l], .ld = ld};
    }
    loci_linear_forward(pass->output[last], bias_of(pass, last),
                        (float)pass->network->spec.logit_scale, in->count,
                        pass->acting.wiring[last].m, from.ld);
}

void loci_continuous_backward(loci_pass *pass, const loci_activations *in, float *gradient) {
    uint32_t last = (uint32_t)pass->pairs - 1;
    size_t classes = pass->acting.wiring[last].m;
    loci_linear_backward(pass->delta[last], bias_gradient(pass, last, gradient),
                         (float)pass->network->spec.logit_scale, in->count, classes,
                         loci_leading(classes));
    for (uint32_t l = last; l > 0; l--) {
        size_t m = pass->acting.wiring[l - 1].m, ld = loci_leading(m);
        loci_activation_layer layer = {.activation = pass->network->spec.activation,
                                       .m = m,
                                       .ld = ld,
                                       .input = pass->input[l - 1],
                                       .output = pass->output[l - 1],
                                       .sums = pass->bias_sums};
        const loci_after activate = {loci_activation_backward, &layer};
        const loci_activations from = {.count = in->count, .dense = pass->output[l - 1], .ld = ld};
        loci_pass_cross_back(pass, l, &from, pass->delta[l], pass->delta[l - 1], &activate,
                             gradient);
        loci_activation_bias(&layer, in->count, bias_gradient(pass, l - 1, gradient));
    }
    loci_pass_cross_back(pass, 0, in, pass->delta[0], NULL, NULL, gradient);
}

/* Where it does, the first few numbers tell. */
bool loci_continuous_sends(const loci_pass *pass, uint32_t l, size_t rows) {
    size_t count = rows * loci_leading(pass->acting.wiring[l].m), i = 0;
    while (i < count && pass->output[l][i] == 0)
        i++;
    return i < count;
}
