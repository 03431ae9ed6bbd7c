/* Which data go with a model: what a run folder knows, and whether their outputs are the model's.
 */
#include <string.h>

#include "common/command_line.h"

int cli_data_of_run(cli_data *data, const char *run, loci_config *config, loci_error *error) {
    int status = cli_load_run(config, run, error);
    if (status != LOCI_OK) {
        config->data[0] = '\0';
        return status;
    }
    data->options.task = config->spec.task;
    data->options.split_always = config->reading[0] != '\0'; /* version 0.1 split no arrays */
    if (data->options.test_file != NULL)                     /* others are asked for */
        config->test_file[0] = config->test_fingerprint[0] = '\0';
    if (data->options.label_column != NULL || data->options.target_columns != NULL)
        config->label_column[0] = config->target_columns[0] = '\0';
    if (data->options.label_column != NULL || data->options.target_columns != NULL ||
        data->options.weight_column != NULL)
        config->train_fingerprint[0] = config->test_fingerprint[0] = '\0';
    status = loci_config_locate(config, run, error);
    if (status != LOCI_OK)
        return status;
    data->name = config->data;
    cli_data_of_config(data, config);
    return LOCI_OK;
}

static bool differs(const loci_dataset *data, enum loci_split split, const char *known) {
    char found[LOCI_FINGERPRINT];
    if (known[0] == '\0' || (split == LOCI_TEST && loci_dataset_count(data, split) == 0))
        return false; /* not known, or left out */
    loci_dataset_fingerprint(data, split, found);
    return strcmp(found, known) != 0;
}

static void note_changes(const loci_dataset *data, const char *name, const loci_config *config) {
    bool train = differs(data, LOCI_TRAIN, config->train_fingerprint);
    bool test = differs(data, LOCI_TEST, config->test_fingerprint);
    const char *what = train && test ? "the training and the test part are"
                       : train       ? "the training part is"
                                     : "the test part is";
    if (train || test)
        cli_note("%s: %s not what the run was started with", name, what);
}

/* What data are opened by. */
typedef struct opening {
    const char *name;
    loci_data_options options;
    const loci_spec *network; /* they are for, or NULL */
} opening;

/* Opens them in the shape that their network takes. */
static int open_fitting(loci_dataset **out, const opening *x, loci_error *error) {
    int status = loci_dataset_open(out, x->name, &x->options, error);
    if (status == LOCI_OK && x->network != NULL)
        status = loci_dataset_fit(*out, x->network, error);
    return status;
}

/* Pictures of another size than a network takes are scaled, as those of `loci predict` are. */
static void open_scaled(loci_dataset **out, const opening *x, int *status) {
    const loci_spec *spec = x->network;
    opening scaled = *x;
    loci_dataset *other = NULL;
    char size[CLI_WORD];
    bool known = *status == LOCI_OK && loci_dataset_fits(*out, spec);
    if (known || (*status != LOCI_OK && *status != LOCI_E_FORMAT) || !cli_is_folder(x->name) ||
        x->options.image_size != NULL)
        return;
    snprintf(size, sizeof size, "%ux%u", spec->height, spec->width);
    scaled.options.image_size = size;
    if (open_fitting(&other, &scaled, NULL) != LOCI_OK || !loci_dataset_fits(other, spec)) {
        loci_dataset_free(other);
        return;
    }
    cli_note("%s: pictures are scaled to %s, as the network takes them", x->name, size);
    if (*status == LOCI_OK)
        loci_dataset_free(*out);
    *out = other;
    *status = LOCI_OK;
}

/* Of options that are texts to the program. */
void cli_name_option(loci_error *error) {
    static const char *const options[] = {
        "colour", "image-size",       "separator", "header",         "missing",
        "pixels", "validation-group", "duration",  "group-channels", "bias-input"};
    char name[sizeof error->where];
    for (size_t i = 0; error->code == LOCI_E_ARGUMENT && i < sizeof options / sizeof *options; i++)
        if (strcmp(error->where, options[i]) == 0) {
            snprintf(name, sizeof name, "--%s", options[i]);
            strcpy(error->where, name);
            return;
        }
}

int cli_open_named(loci_dataset **out, const char *name, const loci_data_options *options,
                   const loci_spec *network, const loci_config *config, loci_error *error) {
    const char *note;
    const opening x = {name, *options, network};
    int status = open_fitting(out, &x, error);
    if (network != NULL)
        open_scaled(out, &x, &status);
    if (status != LOCI_OK)
        cli_name_option(error);
    for (size_t i = 0; status == LOCI_OK && (note = loci_dataset_note(*out, i)) != NULL; i++)
        cli_note("%s", note);
    if (status == LOCI_OK && config != NULL)
        note_changes(*out, name, config);
    return status;
}

int cli_open_data(loci_dataset **out, cli_data *data, const loci_config *config,
                  loci_error *error) {
    const loci_data_options *given = &data->options;
    loci_data_options options;
    loci_config own;
    loci_config_defaults(&own);
    if (cli_data_to_config(&own, data) != CLI_GO_ON)
        return LOCI_E_ARGUMENT; /* which is said */
    int status = loci_config_data(&own, &options, error);
    if (status != LOCI_OK) {
        cli_name_option(error);
        return status;
    }
    options.skip_test = given->skip_test;
    options.test_optional = given->test_optional;
    options.task = given->task;
    options.keep_row_numbers = given->keep_row_numbers;
    options.reading = given->reading;
    options.split_always = given->split_always;
    options.known_columns = given->known_columns;
    options.known_outputs = given->known_outputs;
    options.unlabelled = given->unlabelled;
    options.time_steps = given->time_steps;
    options.event_channels = given->event_channels;
    if (given->duration > 0)
        options.duration = given->duration;
    if (given->group_channels > 0)
        options.group_channels = given->group_channels;
    return cli_open_named(out, own.data, &options, data->network, config, error);
}

static const char *or_null(const char *text) {
    return text[0] != '\0' ? text : NULL;
}

int cli_data_for(cli_data *data, const loci_network *network, loci_error *error) {
    loci_data_options *options = &data->options;
    options->task = loci_network_spec(network)->task;
    options->known_columns = or_null(loci_network_note(network, "columns"));
    if (options->task == LOCI_TASK_CLASSIFY)
        options->known_outputs = or_null(loci_network_note(network, "classes"));
    if (options->known_columns != NULL)
        options->reading = LOCI_READING_SECOND;
    else if (options->reading == LOCI_READING_NEWEST)
        options->reading = LOCI_READING_FIRST;
    data->network = loci_network_spec(network);
    return loci_data_options_for(options, network, error);
}

static int fail_name(const loci_network *network, const loci_dataset *data, uint32_t k,
                     const char *name, const char *known) {
    if (loci_network_spec(network)->task == LOCI_TASK_REGRESS)
        return cli_fail(loci_dataset_name(data),
                        "its target %u is '%s', the model predicts '%s'; name that column with "
                        "--target",
                        k + 1, name, known);
    return cli_fail(loci_dataset_name(data),
                    "its class %u is '%s', the model's is '%s'; these data do not fit", k, name,
                    known);
}

/* The model was trained on numbers of another kind, or by version 0.1, which told bytes apart less:
 * it takes those at hand as it took its own. */
static void note_range(const loci_dataset *data, const float *span) {
    const char *name = loci_dataset_name(data);
    if (loci_dataset_is_bytes(data))
        cli_note(
            "%s: this model was trained on bytes as value / 255, and takes them so, though they "
            "go up to %g only",
            name, (double)span[0]);
    else
        cli_note("%s: values go beyond 0 to 1, all that the model was trained on; they are used as "
                 "they are",
                 name);
}

void cli_sample_error(const loci_dataset *data, loci_error *error) {
    error->code = LOCI_E_IO;
    snprintf(error->where, sizeof error->where, "%s", CLI_SHOWN(loci_dataset_name(data)));
    snprintf(error->message, sizeof error->message, "cannot be read; the file has changed");
}

int cli_fail_sample(const loci_dataset *data) {
    loci_error error;
    cli_sample_error(data, &error);
    return cli_error(&error);
}

/* Targets of arrays are called by their numbers, which says nothing of another file's columns. */
static bool is_unnamed(const loci_spec *spec, uint32_t k, const char *known) {
    char number[16];
    snprintf(number, sizeof number, "%u", k);
    return spec->task == LOCI_TASK_REGRESS && strcmp(known, number) == 0;
}

int cli_check_outputs(const loci_network *network, const loci_dataset *data) {
    const loci_spec *spec = loci_network_spec(network);
    if (!loci_dataset_fits(data, spec) || loci_dataset_task(data) != spec->task)
        return CLI_GO_ON; /* the library has more to say */
    json_t *names = cli_output_names(network);
    int status = CLI_GO_ON;
    for (uint32_t k = 0; k < loci_dataset_outputs(data) && status == CLI_GO_ON; k++) {
        const char *name = loci_dataset_output_name(data, k);
        const char *known = json_string_value(json_array_get(names, k));
        if (known != NULL && strcmp(name, known) != 0 && !is_unnamed(spec, k, known))
            status = fail_name(network, data, k, name, known);
    }
    json_decref(names);
    const float *known, *own, *span;
    loci_network_input_scaling(network, &known, &span);
    loci_dataset_input_scaling(data, &own, &span);
    if (status == CLI_GO_ON && known == NULL && own != NULL)
        note_range(data, span);
    return status;
}
