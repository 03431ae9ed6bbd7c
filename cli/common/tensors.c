/* Finding a network's numbers by name. */
#include <math.h>

#include <stdint.h>
#include <string.h>

#include "common/cli.h"

const float *cli_values(const loci_network *network, const loci_tensor *tensor) {
    /* the network is only looked at */
    return loci_network_parameters((loci_network *)(uintptr_t)network) + tensor->offset;
}

const loci_tensor *cli_tensor(const loci_network *network, const char *scope, uint32_t index,
                              const char *name) {
    char full[64];
    const loci_tensor *tensor;
    snprintf(full, sizeof full, "%s%u.%s", scope, index, name);
    for (size_t i = 0; (tensor = loci_network_tensor(network, i)) != NULL; i++)
        if (strcmp(tensor->name, full) == 0)
            return tensor;
    return NULL;
}

const loci_tensor *cli_positions(const loci_network *network, uint32_t pair, bool axons) {
    const loci_tensor *own =
        cli_tensor(network, "pair", pair, axons ? "axon.position" : "dendrite.position");
    return own != NULL ? own : cli_tensor(network, "layer", pair + !axons, "position");
}

void cli_widen(double limits[2], const float *values, size_t count, size_t stride) {
    float least = INFINITY, most = -INFINITY; /* gcc 12 for aarch64 fails where these are widened */
    for (size_t i = 0; i < count; i++) {
        least = fminf(least, values[i * stride]);
        most = fmaxf(most, values[i * stride]);
    }
    limits[0] = fmin(limits[0], (double)least);
    limits[1] = fmax(limits[1], (double)most);
}
