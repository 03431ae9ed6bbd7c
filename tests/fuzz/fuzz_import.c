/* Networks as .npz: whatever the bytes are, they are refused, or give a network that can be run. */
#include "memory_file.h"

#include <loci/exchange.h>

#include "accepted_network.h"
#include "mutate_zip.h"
#include "short_memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run(const uint8_t *data, size_t size) {
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
    memory_is_enough();
    if (status == LOCI_OK)
        use_network(network);
    loci_network_free(network);
    return 0;
}

WITH_SHORT_MEMORY(run)
MUTATE_ZIP
