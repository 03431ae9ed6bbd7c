/* Making a pruned model smaller. */
#include <errno.h>
#include <stdlib.h>
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

/* Shrinks the model in folder `from` into folder `to`, which may be the same, and says what went.
 * *out is to be freed. CLI_GO_ON or an exit code. */
static int shrink(loci_network **out, const char *from, const char *to) {
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
    if (status == LOCI_OK) {
        *out = small;
        return CLI_GO_ON;
    }
    loci_network_free(small);
    return cli_error(&error);
}

/* ---- what a run says of its network ---- */

/* Of a spiking net, whose rates are of fewer neurons now. Without a test part the whole training
 * part is looked at: which of it was held out the data alone do not tell. */
static int measure_activity(json_t *summary, loci_summary *of, const loci_network *small,
                            const loci_dataset *data, loci_pool *pool, loci_error *error) {
    const loci_spec *spec = loci_network_spec(small);
    enum loci_split split = loci_dataset_count(data, LOCI_TEST) > 0 ? LOCI_TEST : LOCI_TRAIN;
    loci_evaluation evaluation;
    if (!loci_spec_spikes(spec))
        return LOCI_OK;
    int status = loci_evaluate(small, data, split, pool, 0, &evaluation, error);
    if (status != LOCI_OK)
        return status;
    of->activity = evaluation.activity;
    loci_activity_energy(spec, &of->activity, &of->energy);
    cli_activity_json(summary, spec, &of->activity);
    loci_evaluation_clear(&evaluation);
    return LOCI_OK;
}

static int count_anew(json_t *summary, loci_summary *of, const loci_network *small,
                      loci_error *error) {
    int status = loci_network_count_kept(small, &of->connections_kept, error);
    of->parameters = loci_network_parameter_count(small);
    of->sparsity = 1 - (double)of->connections_kept / (double)of->connections;
    json_object_set_new(summary, "parameters", json_integer((json_int_t)of->parameters));
    json_object_set_new(summary, "connections_kept",
                        json_integer((json_int_t)of->connections_kept));
    json_object_set_new(summary, "sparsity", json_real(of->sparsity));
    return status;
}

static int write_summary(const json_t *summary, const char *folder, loci_error *error) {
    char path[CLI_PATH + 32], *end;
    char *text = json_dumps(summary, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
    if (text == NULL)
        return LOCI_E_MEMORY;
    snprintf(path, sizeof path, "%s/summary.json", folder);
    end = text + strlen(text);
    *end++ = '\n'; /* in place of the 0 */
    int status = loci_write_file(path, text, (size_t)(end - text), error);
    free(text);
    return status;
}

int prune_shrink_run(train_run *run, const loci_dataset *data, loci_pool *pool) {
    loci_network *small;
    loci_error error = {0};
    int status = shrink(&small, run->directory, run->directory);
    if (status != CLI_GO_ON)
        return status;
    json_t *summary = train_read_summary(run);
    if (summary == NULL) {
        loci_network_free(small);
        return CLI_FAILED;
    }
    status = count_anew(summary, &run->summary, small, &error);
    if (status == LOCI_OK)
        status = measure_activity(summary, &run->summary, small, data, pool, &error);
    if (status == LOCI_OK)
        status = write_summary(summary, run->directory, &error);
    json_decref(summary);
    loci_network_free(small);
    if (status == LOCI_E_MEMORY)
        return cli_fail("prune", "out of memory");
    return status == LOCI_OK ? CLI_GO_ON : cli_error(&error);
}

/* ---- a model alone ---- */

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
    loci_network *small = NULL;
    status = shrink(&small, request->model, out);
    loci_network_free(small);
    return status == CLI_GO_ON ? CLI_DONE : status;
}
