/* Making a pruned model smaller. */
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

/* Shrinks the model `from`, a file or a folder. LOCI_OK, or as it failed; *network and *small are
 * to be freed. */
static int shrink(loci_network **network, loci_network **small, const char *from,
                  loci_error *error) {
    int status = loci_network_load(network, from, error);
    return status == LOCI_OK ? loci_network_shrink(small, *network, error) : status;
}

/* Says what went; `before` is the size of the file that there was. */
static void report(const loci_network *network, const loci_network *small, double before,
                   const char *folder) {
    char a[512], b[512], c[CLI_WORD], d[CLI_WORD];
    cli_note("neurons %s became %s; %s became %s", layers_of(a, sizeof a, network),
             layers_of(b, sizeof b, small), cli_bytes(c, before), cli_bytes(d, size_of(folder)));
}

/* Shrinks the model in a folder. *out is to be freed. CLI_GO_ON or an exit code. */
static int shrink_here(loci_network **out, const char *folder) {
    loci_error error = {0};
    loci_network *network = NULL, *small = NULL;
    char path[CLI_PATH + 32];
    double before = size_of(folder);
    int status = shrink(&network, &small, folder, &error);
    snprintf(path, sizeof path, "%s/model.safetensors", folder);
    if (status == LOCI_OK)
        status = loci_network_save(small, path, &error);
    if (status == LOCI_OK) {
        forget(folder);
        report(network, small, before, folder);
        *out = small;
        small = NULL;
    }
    loci_network_free(small);
    loci_network_free(network);
    return status == LOCI_OK ? CLI_GO_ON : cli_error(&error);
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

int prune_shrink_run(train_run *run, const loci_dataset *data, loci_pool *pool) {
    loci_network *small = NULL;
    loci_error error = {0};
    int status = shrink_here(&small, run->directory);
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
    status = status == LOCI_OK ? cli_json_write(summary, run->directory, "summary.json")
                               : cli_error(&error);
    json_decref(summary);
    loci_network_free(small);
    return status;
}

/* ---- a model alone ---- */

static int check_free(const char *out) {
    static const char *const names[] = {"model.safetensors", "config.json"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[CLI_PATH + 32];
        struct stat info;
        snprintf(path, sizeof path, "%s/%s", out, names[i]);
        if (stat(path, &info) == 0)
            return cli_fail(out,
                            "a %s is there already; replace it with --force, or choose "
                            "another --out",
                            i == 0 ? "model" : "run");
    }
    return CLI_GO_ON;
}

int prune_shrink_only(const prune_request *request) {
    const char *out = request->run.out;
    loci_error error = {0};
    loci_network *network = NULL, *small = NULL;
    loci_run_hold *hold = NULL;
    double before = size_of(request->model);
    char model[CLI_PATH + 32];
    if (strlen(out) >= CLI_PATH - 32)
        return cli_usage("--out", "longer than %d bytes", CLI_PATH - 32);
    snprintf(model, sizeof model, "%s/model.safetensors", out);
    int status = request->run.force ? CLI_GO_ON : check_free(out);
    if (status == CLI_GO_ON)
        status = cli_check_output("--out", model, request->model, NULL);
    if (status != CLI_GO_ON)
        return status;
    status = shrink(&network, &small, request->model, &error);
    if (status == LOCI_OK)
        status = loci_run_hold_take(&hold, out, &error);
    if (status == LOCI_OK)
        status = loci_run_hold_replace(hold, small, &error);
    if (status == LOCI_OK)
        report(network, small, before, out);
    loci_run_hold_free(hold);
    loci_network_free(small);
    loci_network_free(network);
    return status == LOCI_OK ? CLI_DONE : cli_error(&error);
}
