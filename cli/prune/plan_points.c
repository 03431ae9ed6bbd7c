/* From the command line to the configuration of a run that prunes. */
#include <string.h>
#include <sys/stat.h>

#include "prune/prune.h"

/* What the model was trained with: its run's configuration where there is one, else its preset's,
 * else the defaults. */
static int training_of(loci_config *config, const char *model, const loci_network *network) {
    loci_error error = {0};
    loci_spec spec;
    struct stat info;
    const char *preset = loci_network_note(network, "preset");
    if (stat(model, &info) == 0 && S_ISDIR(info.st_mode)) {
        int status = loci_config_load(config, model, &error);
        config->teacher[0] = '\0'; /* may not be there any more, and a mere cut needs none */
        if (status == LOCI_OK || status != LOCI_E_NOT_FOUND)
            return status == LOCI_OK ? CLI_GO_ON : cli_error(&error);
    }
    loci_config_defaults(config);
    if (*preset != '\0' && loci_preset(preset, &spec, &config->train, NULL) == LOCI_OK)
        snprintf(config->preset, sizeof config->preset, "%s", preset);
    return CLI_GO_ON;
}

/* The data the command names, else those of the model's run. */
static int choose_data(loci_config *config, const char *model, const loci_network *network,
                       train_request *request) {
    cli_data *data = &request->data;
    loci_error error = {0};
    if (data->name != NULL) {
        cli_data_forget(config);
        if (loci_network_note(network, "columns")[0] == '\0')
            config->reading[0] = '\0'; /* as the model's were */
        config->train_fingerprint[0] = config->test_fingerprint[0] = '\0';
        config->keep_row_numbers = 0;
    } else if (loci_config_locate(config, model, &error) != LOCI_OK) {
        return cli_error(&error);
    }
    int status = train_copy_texts(config, request);
    if (status == CLI_GO_ON && config->data[0] == '\0')
        return cli_usage("--data", "say which data; the model is in no run folder that knows");
    return status;
}

/* Options of training go by the same name here, but for "prune-by" and "prune-scope". */
static int set_given(loci_config *config, const train_request *request) {
    static const char prefix[] = "prune-";
    for (size_t i = 0; i < request->given_count; i++) {
        loci_error error = {0};
        const char *name = request->given[i].field->name;
        if (loci_train_set(&config->train, name, request->given[i].text, &error) == LOCI_OK)
            continue;
        if (strncmp(name, prefix, strlen(prefix)) == 0)
            snprintf(error.where, sizeof error.where, "%s", name + strlen(prefix));
        return cli_usage_error(&error, "--");
    }
    return CLI_GO_ON;
}

static bool is_given(const train_request *request, const char *name) {
    for (size_t i = 0; i < request->given_count; i++)
        if (strcmp(request->given[i].field->name, name) == 0)
            return true;
    return false;
}

/* What nobody said, neither here nor in the training of the model, is what leaves most of such a
 * net: where charges are free much of what is near is weak, so by weight, and over the whole net;
 * behind a mask the paper's way, by distance, in each layer. */
static void choose_cut(prune_point *point, const prune_request *request) {
    loci_config *config = &point->run.config;
    bool by = is_given(&request->run, "prune-by"), scope = is_given(&request->run, "prune-scope");
    bool free_charges =
        config->spec.wiring != LOCI_WIRING_DENSE && config->spec.sign == LOCI_SIGN_CHARGE;
    if (by || config->train.prune.when != LOCI_PRUNE_NEVER || !free_charges)
        return;
    config->train.prune.by = LOCI_PRUNE_BY_WEIGHT;
    if (!scope && loci_spec_hidden_layers(&config->spec) > 0)
        config->train.prune_scope = LOCI_PRUNE_SCOPE_NET;
    point->chosen = true;
}

/* Cutting at once and training on is pruning in every step, from the first. */
static int set_plan(loci_config *config, const prune_request *request, const char *sparsity) {
    loci_error error = {0};
    char text[64];
    bool on = request->finetune > 0 && strcmp(request->when, "after") == 0;
    loci_prune_plan *plan = &config->train.prune;
    int by = plan->by;
    snprintf(text, sizeof text, "%s:%s", on ? "during" : request->when, sparsity);
    if (loci_train_set(&config->train, "prune", text, &error) != LOCI_OK) {
        snprintf(error.where, sizeof error.where, request->point_count > 0 ? "curve" : "sparsity");
        return cli_usage_error(&error, "--");
    }
    plan->by = by;
    if (request->freeze && by == LOCI_PRUNE_BY_RANGE && config->spec.wiring != LOCI_WIRING_DENSE)
        return cli_usage("--freeze-mask",
                         "a range keeps what it reaches; prune by distance or weight");
    config->train.freeze_mask = request->freeze;
    config->train.epochs = request->finetune;
    config->train.patience = config->train.average = 0;
    return CLI_GO_ON;
}

static int choose_directory(prune_point *point, const prune_request *request) {
    char config[CLI_PATH + 16];
    struct stat info;
    const char *out = request->run.out != NULL ? request->run.out : request->model;
    int n = request->point_count == 0
                ? snprintf(point->run.directory, CLI_PATH, "%s", out)
                : snprintf(point->run.directory, CLI_PATH, "%s/%s", out, point->sparsity);
    if (n < 1 || n >= CLI_PATH)
        return cli_usage("--out", "an empty name, or one of more than %d bytes", CLI_PATH - 32);
    if (request->run.out == NULL && (stat(out, &info) != 0 || !S_ISDIR(info.st_mode)))
        return cli_usage("--out", "'%s' is no run folder; say where to keep the curve: --out DIR",
                         out);
    snprintf(config, sizeof config, "%s/config.json", point->run.directory);
    if (!request->run.force && stat(config, &info) == 0)
        return cli_fail(point->run.directory, "a run is there already; replace it with --force, or "
                                              "choose another --out");
    return cli_check_output("--out", point->run.directory, request->model, &request->run.data);
}

/* Cutting the model as it is tells before anything is made whether something is left. A gradual cut
 * comes when positions have moved: its run will find out. */
static int try_cut(prune_point *point, const prune_request *request, loci_network *network) {
    const loci_train_options *train = &point->run.config.train;
    loci_error error = {0};
    if (train->prune.when == LOCI_PRUNE_GRADUAL)
        return CLI_GO_ON;
    int status = loci_network_prune(network, train->prune.sparsity, train->prune.by,
                                    train->prune_scope, NULL, &error);
    if (status == LOCI_OK)
        return CLI_GO_ON;
    bool share = status == LOCI_E_ARGUMENT && strcmp(error.where, "sparsity") == 0;
    if (!share)
        return cli_error(&error);
    if (request->point_count == 0)
        return cli_usage_error(&error, "--");
    point->disconnected = true;
    return CLI_GO_ON;
}

/* Maps keep their neurons: what says so is asked before anything is trained. */
static int refuse_shrinking(const loci_network *network) {
    loci_error error = {0};
    loci_network *small = NULL;
    int status = loci_network_shrink(&small, network, &error);
    loci_network_free(small);
    return status == LOCI_OK ? CLI_GO_ON : cli_error(&error);
}

int prune_plan(prune_point *point, prune_request *request, size_t n) {
    loci_config *config = &point->run.config;
    loci_error error = {0};
    loci_network *network = NULL;
    point->sparsity = request->point_count > 0 ? request->points[n] : request->sparsity;
    int status = choose_directory(point, request);
    if (status != CLI_GO_ON)
        return status;
    if (cli_load_model(&network, request->model, &error) != LOCI_OK)
        return cli_error(&error);
    status = training_of(config, request->model, network);
    config->spec = *loci_network_spec(network);
    point->run.task = config->spec.task;
    point->run.shaped = true;
    if (status == CLI_GO_ON &&
        loci_network_connections(network) != loci_spec_connections(&config->spec))
        status = cli_fail(request->model, "was shrunk; prune the model it was made from");
    if (status == CLI_GO_ON && request->shrink && config->spec.maps_count > 0)
        status = refuse_shrinking(network);
    if (status == CLI_GO_ON)
        status = choose_data(config, request->model, network, &request->run);
    if (status == CLI_GO_ON)
        status = set_given(config, &request->run);
    if (status == CLI_GO_ON)
        choose_cut(point, request);
    if (status == CLI_GO_ON)
        status = set_plan(config, request, point->sparsity);
    if (status == CLI_GO_ON)
        status = try_cut(point, request, network);
    loci_network_free(network);
    if (status == CLI_GO_ON)
        status = cli_copy_text(config->init, sizeof config->init, request->model, "prune");
    point->untested = config->no_test && request->run.data.name == NULL;
    config->no_test = request->run.no_test;
    if (request->run.seed_count > 0)
        config->seed = request->run.seeds[0];
    return status;
}
