/* What a network that a reader accepted has to stand. */
#ifndef LOCI_TESTS_ACCEPTED_NETWORK_H
#define LOCI_TESTS_ACCEPTED_NETWORK_H

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include <loci/prepared.h>
#include <loci/prune.h>

/* What can be asked of a network that is pruned, or not. */
static inline void use_pruning(const loci_network *network, const float *input, float *logits) {
    size_t kept, all = loci_network_connections(network);
    loci_network *small = NULL;
    loci_error error = {0};
    if (loci_network_count_kept(network, &kept, NULL) != LOCI_OK || kept > all)
        abort();
    int status = loci_network_shrink(&small, network, &error);
    bool refused = status == LOCI_E_ARGUMENT || status == LOCI_E_UNSUPPORTED;
    if (status != LOCI_OK && (!refused || error.message[0] == '\0'))
        abort(); /* nothing may be left; maps and loops keep all */
    if (status == LOCI_OK && loci_network_run(small, NULL, input, 1, logits, NULL) != LOCI_OK)
        abort();
    loci_network_free(small);
}

/* A network that was accepted holds numbers, and zeros go through it, whichever way. */
static inline void use_network(loci_network *network) {
    const loci_spec *spec = loci_network_spec(network);
    size_t inputs = loci_spec_inputs(spec);
    float *parameters = loci_network_parameters(network);
    loci_prepared *prepared = NULL;
    for (size_t i = 0; i < loci_network_parameter_count(network); i++)
        if (!isfinite(parameters[i]))
            abort();
    if (inputs > 4096 || spec->classes > 4096 || loci_spec_connections(spec) > 1 << 20)
        return; /* too slow to try here, not wrong */
    float *input = calloc(inputs, sizeof *input), *logits = calloc(spec->classes, sizeof *logits);
    if (input == NULL || logits == NULL ||
        loci_network_run(network, NULL, input, 1, logits, NULL) != LOCI_OK ||
        loci_prepared_create(&prepared, network, NULL) != LOCI_OK ||
        loci_prepared_run(prepared, input, 0, logits, NULL, NULL) != LOCI_OK ||
        loci_prepared_run_batch(prepared, NULL, input, 1, logits, NULL) != LOCI_OK)
        abort();
    use_pruning(network, input, logits);
    loci_prepared_free(prepared);
    free(input);
    free(logits);
}

#endif
