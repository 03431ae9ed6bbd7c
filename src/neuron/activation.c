#include "neuron/activation.h"

#include "base/isa.h"
#include "linear/block.h"

#define DECLARE(isa) extern const loci_activation_kernels loci_activation_kernels_##isa;
LOCI_EACH_ISA(DECLARE)

const loci_activation_kernels *loci_activation_kernels_for(enum loci_isa isa) {
    return LOCI_CHOOSE_ISA(isa, &loci_activation_kernels);
}

void loci_activation_bias(const loci_activation_layer *layer, size_t count, float *bias_gradient) {
    for (size_t first = 0; first < count; first += LOCI_AFTER_ROWS) {
        const float *sum = layer->sums + first / LOCI_AFTER_ROWS * layer->ld;
        for (size_t j = 0; j < layer->m; j++)
            bias_gradient[j] += sum[j];
    }
}

double loci_activation_constant(int activation, double u) {
    return activation == LOCI_ACTIVATION_RELU ? fmax(u, 0)
                                              : (double)loci_activation_value(activation, (float)u);
}
