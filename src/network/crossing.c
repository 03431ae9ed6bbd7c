#include "network/crossing.h"
#include "linear/block.h"

void loci_pass_cross(loci_pass *pass, uint32_t l, const loci_activations *from, float *out,
                     const loci_after *after) {
    loci_synapse_forward(pass->synapse[l], &pass->acting.wiring[l], from, out, after, pass->pool);
}

void loci_pass_cross_back(loci_pass *pass, uint32_t l, const loci_activations *from, const float *g,
                          float *g_in, const loci_after *after, float *gradient) {
    loci_wiring_gradient of_acting =
        loci_acting_gradient(&pass->acting, l, gradient, pass->made_gradient);
    loci_synapse_backward(pass->synapse[l], &pass->acting.wiring[l], from, g, g_in, after,
                          &of_acting, pass->pool);
    loci_acting_chain(&pass->acting, l, &of_acting, gradient);
}
