/* Model files: whatever the bytes are, they are refused, or give a network that can be run. */
#include "memory_file.h"

#include "accepted_network.h"
#include "mutate_safetensors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[32];
    loci_network *network = NULL;
    loci_error error = {0};
    int fd = memory_file(data, size, path);
    if (fd < 0)
        abort();
    int status = loci_network_load(&network, path, &error);
    close(fd);
    if (status != LOCI_OK && (network != NULL || error.code != status || error.message[0] == '\0'))
        abort();
    /* from memory it is the same */
    loci_network *other = NULL;
    if (loci_network_restore(&other, data, size, path, NULL) != status ||
        (other != NULL) != (network != NULL))
        abort();
    loci_network_free(other);
    if (status == LOCI_OK)
        use_network(network);
    loci_network_free(network);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed) {
    return mutate_safetensors(data, size, max_size, 0, seed);
}
