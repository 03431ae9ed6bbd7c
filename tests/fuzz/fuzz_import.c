/* Networks as .npz: whatever the bytes are, they are refused, or give a network that can be run. */
#include "memory_file.h"

#include <math.h>
#include <stdlib.h>

#include <loci/exchange.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(loci_network *network) {
    const loci_spec *spec = loci_network_spec(network);
    size_t inputs = loci_spec_pixels(spec);
    const float *parameters = loci_network_parameters(network);
    for (size_t i = 0; i < loci_network_parameter_count(network); i++)
        if (!isfinite(parameters[i]))
            abort();
    if (inputs > 4096 || spec->classes > 4096 || loci_spec_connections(spec) > 1 << 20)
        return; /* slow, not wrong */
    float *input = calloc(inputs, sizeof *input), *logits = calloc(spec->classes, sizeof *logits);
    if (input == NULL || logits == NULL ||
        loci_network_run(network, NULL, input, 1, logits, NULL) != LOCI_OK)
        abort();
    free(input);
    free(logits);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[32];
    loci_network *network = NULL;
    loci_import_report report;
    loci_error error = {0};
    int fd = memory_file(data, size, path);
    if (fd < 0)
        return 0;
    int status = loci_import_npz(&network, path, &report, &error);
    close(fd);
    if (status != LOCI_OK && (network != NULL || error.code != status || error.message[0] == '\0'))
        abort();
    if (status == LOCI_OK)
        use(network);
    loci_network_free(network);
    return 0;
}
