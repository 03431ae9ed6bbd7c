/* Model files: whatever the bytes are, they are refused, or give a network that can be run. */
#include "memory_file.h"

#include "../no_sync.h"

#include "accepted_network.h"
#include "mutate_safetensors.h"
#include "short_memory.h"
#include "target_folder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Read, written and read again, a network is the same. */
static void save_and_load(const loci_network *network) {
    static const char *const names[] = {"model.safetensors"};
    loci_network *again = NULL;
    if (loci_network_parameter_count(network) > 4096)
        return; /* nothing new, and slow */
    target_folder_make(names, 1);
    if (loci_network_save(network, target_paths[0], NULL) != LOCI_OK ||
        loci_network_load(&again, target_paths[0], NULL) != LOCI_OK)
        abort();
    size_t count = loci_network_parameter_count(network);
    char *one = loci_spec_json(loci_network_spec(network));
    char *other = loci_spec_json(loci_network_spec(again));
    if (loci_network_parameter_count(again) != count || one == NULL || other == NULL ||
        strcmp(one, other) != 0 ||
        memcmp(loci_network_parameters((loci_network *)(uintptr_t)network),
               loci_network_parameters(again), count * sizeof(float)) != 0)
        abort();
    free(one);
    free(other);
    loci_network_free(again);
}

static int run(const uint8_t *data, size_t size) {
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
    bool same = loci_network_restore(&other, data, size, path, NULL) == status &&
                (other != NULL) == (network != NULL);
    if (!same && !memory_was_short())
        abort();
    memory_is_enough();
    loci_network_free(other);
    if (status == LOCI_OK) {
        use_network(network);
        save_and_load(network);
    }
    loci_network_free(network);
    return 0;
}

WITH_SHORT_MEMORY(run)

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed) {
    return mutate_safetensors(data, size, max_size, 0, seed);
}
