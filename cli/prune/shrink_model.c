/* Making a pruned model smaller. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "prune/prune.h"

static double size_of(const char *folder) {
    char path[CLI_PATH + 32];
    struct stat info;
    snprintf(path, sizeof path, "%s/model.safetensors", folder);
    if (stat(path, &info) != 0 && stat(folder, &info) != 0)
        return 0;
    return (double)info.st_size;
}

/* "784, 128, 10" */
static const char *layers_of(char *text, size_t size, const loci_network *network) {
    const loci_spec *spec = loci_network_spec(network);
    size_t used = 0;
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(spec) + 1 && used + 1 < size; l++)
        used += (size_t)snprintf(text + used, size - used, "%s%zu", l == 0 ? "" : "-",
                                 loci_spec_layer_size(spec, l));
    return text;
}

/* What a run folder keeps of the larger network: there is no going on with it, and its frames show
 * neurons that are gone. */
static void forget(const char *folder) {
    static const char *const names[] = {"frames.npz", "checkpoint.safetensors",
                                        "checkpoint.previous.safetensors"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[CLI_PATH + 64];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
}

int prune_shrink(const char *from, const char *to) {
    loci_error error = {0};
    loci_network *network = NULL, *small = NULL;
    char path[CLI_PATH + 32], a[512], b[512], c[CLI_WORD], d[CLI_WORD];
    double before = size_of(from);
    int status = loci_network_load(&network, from, &error);
    if (status == LOCI_OK)
        status = loci_network_shrink(&small, network, &error);
    snprintf(path, sizeof path, "%s/model.safetensors", to);
    if (status == LOCI_OK)
        status = loci_network_save(small, path, &error);
    if (status == LOCI_OK)
        forget(to);
    if (status == LOCI_OK)
        cli_note("neurons %s became %s; %s became %s", layers_of(a, sizeof a, network),
                 layers_of(b, sizeof b, small), cli_bytes(c, before), cli_bytes(d, size_of(to)));
    loci_network_free(network);
    loci_network_free(small);
    return status == LOCI_OK ? CLI_GO_ON : cli_error(&error);
}

int prune_shrink_only(const prune_request *request) {
    const char *out = request->run.out;
    struct stat info;
    char path[CLI_PATH + 32];
    int n = snprintf(path, sizeof path, "%s/model.safetensors", out);
    if (n < 0 || n >= CLI_PATH)
        return cli_usage("--out", "longer than %d bytes", CLI_PATH - 32);
    if (!request->run.force && stat(path, &info) == 0)
        return cli_fail(out, "a model is there already; replace it with --force, or choose another "
                             "--out");
    int status = cli_check_output("--out", path, request->model, NULL);
    if (status != CLI_GO_ON)
        return status;
    if (mkdir(out, 0777) != 0 && errno != EEXIST)
        return cli_fail(out, "cannot make the folder: %s", strerror(errno));
    status = prune_shrink(request->model, out);
    return status == CLI_GO_ON ? CLI_DONE : status;
}
