/* Model files: whatever the bytes are, they are refused, or give a network that can be run. */
#define _GNU_SOURCE
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <loci/network.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A network that was accepted holds numbers, and zeros go through it. */
static void use(loci_network *network) {
    const loci_spec *spec = loci_network_spec(network);
    size_t inputs = loci_spec_layer_size(spec, 0);
    float *parameters = loci_network_parameters(network);
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
    char path[64];
    loci_network *network = NULL;
    loci_error error = {0};
    int fd = memfd_create("model", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int status = loci_network_load(&network, path, &error);
    close(fd);
    if (status != LOCI_OK && (network != NULL || error.code != status || error.message[0] == '\0'))
        abort();
    if (status == LOCI_OK)
        use(network);
    loci_network_free(network);
    return 0;
}
