/* --data and its relatives: which data, and how they are read. */
#include <assert.h>
#include <string.h>

#include "common/command_line.h"

static void add_name(cli_options *options, cli_data *data) {
    cli_options_group(options, "Data:");
    cli_options_text(options, "data", 0, "NAME|PATH", &data->name,
                     "glyphs (built in), mnist or another name from 'loci data list'; or a folder "
                     "of IDX files or of pictures, a .npz, or a table: .csv, .tsv, .txt, also .gz");
}

/* An option of the library's table, which is told where its text or its flag goes. */
static const loci_field *row_of(const char *name) {
    size_t count;
    const loci_field *fields = loci_data_fields(&count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    assert(false);
    return NULL;
}

static void add_text(cli_options *options, const char *name, const char **text) {
    const loci_field *row = row_of(name);
    cli_options_text(options, name, 0, row->argument, text, row->help);
}

static void add_flag(cli_options *options, const char *name, bool *flag) {
    cli_options_flag(options, name, flag, row_of(name)->help);
}

/* How tables are read. */
static void add_tables(cli_options *options, cli_data *data) {
    add_text(options, "separator", &data->options.separator);
    cli_options_flag(options, "no-header", &data->no_header,
                     "CSV: the first row is data, no names");
    add_flag(options, "header", &data->header);
    add_text(options, "missing", &data->missing);
}

/* What is decided once, in training. */
static void add_choices(cli_options *options, cli_data *data) {
    add_text(options, "columns", &data->options.columns);
    add_text(options, "without", &data->options.without);
    add_text(options, "one-hot", &data->options.one_hot);
    add_flag(options, "pixels", &data->pixels);
    add_text(options, "validation-group", &data->validation_group);
    add_text(options, "duration", &data->duration_text);
    add_text(options, "group-channels", &data->group_channels_text);
}

static void add_files(cli_options *options, cli_data *data, bool targets) {
    *data = (cli_data){.name = NULL};
    loci_data_options_defaults(&data->options);
    add_text(options, "data-dir", &data->options.directory);
    add_text(options, "label", &data->options.label_column);
    if (targets)
        add_text(options, "target", &data->options.target_columns);
    if (targets)
        add_text(options, "weight", &data->options.weight_column);
    add_text(options, "test", &data->options.test_file);
    add_tables(options, data);
    add_text(options, "colour", &data->options.colour);
    add_text(options, "image-size", &data->options.image_size);
    add_flag(options, "bias-input", &data->bias);
}

void cli_data_add(cli_options *options, cli_data *data) {
    add_name(options, data);
    add_files(options, data, true);
}

void cli_data_add_training(cli_options *options, cli_data *data) {
    cli_data_add(options, data);
    add_choices(options, data);
}

void cli_data_add_reading(cli_options *options, cli_data *data) {
    *data = (cli_data){.name = NULL};
    loci_data_options_defaults(&data->options);
    cli_options_group(options, "Table:");
    add_tables(options, data);
}

void cli_data_add_files(cli_options *options, cli_data *data) {
    add_files(options, data, true);
    add_choices(options, data);
}

void cli_data_add_classes(cli_options *options, cli_data *data) {
    add_name(options, data);
    add_files(options, data, false);
}

/* ---- what a configuration has as texts ---- */

#define IN_DATA(member) offsetof(cli_data, member)
#define IN_CONFIG(member) offsetof(loci_config, member), sizeof((loci_config *)NULL)->member
static const struct {
    const char *option;
    size_t given; /* of a const char * in a cli_data */
    size_t at, size;
    bool of_model; /* a model knows it by itself */
} texts[] = {
    {"--data-dir", IN_DATA(options.directory), IN_CONFIG(data_dir), false},
    {"--label", IN_DATA(options.label_column), IN_CONFIG(label_column), false},
    {"--target", IN_DATA(options.target_columns), IN_CONFIG(target_columns), false},
    {"--weight", IN_DATA(options.weight_column), IN_CONFIG(weight_column), false},
    {"--test", IN_DATA(options.test_file), IN_CONFIG(test_file), false},
    {"--colour", IN_DATA(options.colour), IN_CONFIG(colour), false},
    {"--image-size", IN_DATA(options.image_size), IN_CONFIG(image_size), false},
    {"--bias-input", IN_DATA(bias_text), IN_CONFIG(bias_input), false},
    {"--duration", IN_DATA(duration_text), IN_CONFIG(duration), true},
    {"--group-channels", IN_DATA(group_channels_text), IN_CONFIG(group_channels), true},
    {"--separator", IN_DATA(options.separator), IN_CONFIG(separator), false},
    {"--header", IN_DATA(header_text), IN_CONFIG(header), false},
    {"--columns", IN_DATA(options.columns), IN_CONFIG(columns), true},
    {"--without", IN_DATA(options.without), IN_CONFIG(without), true},
    {"--one-hot", IN_DATA(options.one_hot), IN_CONFIG(one_hot), true},
    {"--missing", IN_DATA(missing_text), IN_CONFIG(missing), false},
    {"--pixels", IN_DATA(pixels_text), IN_CONFIG(pixels), true},
    {"--validation-group", IN_DATA(validation_group), IN_CONFIG(validation_group), false},
};
enum { TEXTS = sizeof texts / sizeof *texts };

static const char **given(cli_data *data, size_t i) {
    return (const char **)((char *)data + texts[i].given);
}

static char *member(loci_config *config, size_t i) {
    return (char *)config + texts[i].at;
}

/* Flags and names as texts of a configuration. */
static int settle(cli_data *data) {
    if (data->header && data->no_header)
        return cli_usage("--header", "--header and --no-header exclude each other");
    if (data->header || data->no_header)
        data->header_text = data->header ? "yes" : "no";
    if (data->pixels)
        data->pixels_text = "yes";
    if (data->bias)
        data->bias_text = "yes";
    if (data->missing == NULL)
        return CLI_GO_ON;
    static const char *const names[] = {"refuse", "mean", "drop"};
    for (size_t i = 0; i < 3; i++)
        if (strcmp(data->missing, names[i]) == 0) {
            data->missing_text = i == 0 ? "" : names[i];
            return CLI_GO_ON;
        }
    return cli_usage("--missing", "'%s' is none of refuse, mean, drop", data->missing);
}

int cli_data_to_config(loci_config *config, cli_data *data) {
    int status = settle(data);
    if (data->options.label_column != NULL) /* one of the two names what is to be learnt */
        config->target_columns[0] = '\0';
    if (data->options.target_columns != NULL)
        config->label_column[0] = '\0';
    if (status == CLI_GO_ON)
        status = cli_copy_text(config->data, sizeof config->data, data->name, "--data");
    for (size_t i = 0; i < TEXTS && status == CLI_GO_ON; i++)
        status = cli_copy_text(member(config, i), texts[i].size, *given(data, i), texts[i].option);
    return status;
}

/* In quotes where a shell would not take a word as it is. */
static void put_word(const char *text) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "./_-,:=+@%";
    if (text[0] != '\0' && text[strspn(text, plain)] == '\0') {
        fputs(text, stdout);
        return;
    }
    putchar('\'');
    for (; *text != '\0'; text++)
        fputs(*text == '\'' ? "'\\''" : (char[2]){*text, '\0'}, stdout);
    putchar('\'');
}

void cli_data_command(cli_data *data) {
    put_word(data->name);
    for (size_t i = 0; i < TEXTS; i++) {
        const char *text = *given(data, i);
        if (text == NULL || text[0] == '\0')
            continue;
        bool flag = given(data, i) == &data->header_text || given(data, i) == &data->pixels_text ||
                    given(data, i) == &data->bias_text;
        printf(" %s", flag && strcmp(text, "no") == 0 ? "--no-header" : texts[i].option);
        if (!flag) {
            putchar(' ');
            put_word(text);
        }
    }
    putchar('\n');
}

void cli_data_forget(loci_config *config) {
    for (size_t i = 0; i < TEXTS; i++)
        member(config, i)[0] = '\0';
    config->keep_row_numbers = 0;
    strcpy(config->reading, "second");
}

void cli_data_of_config(cli_data *data, loci_config *config) {
    bool learnt = data->options.label_column != NULL || data->options.target_columns != NULL;
    for (size_t i = 0; i < TEXTS; i++) {
        bool names_it = member(config, i) == config->label_column ||
                        member(config, i) == config->target_columns;
        if (*given(data, i) == NULL && !texts[i].of_model && !(names_it && learnt) &&
            member(config, i)[0] != '\0')
            *given(data, i) = member(config, i);
    }
    data->options.keep_row_numbers = config->keep_row_numbers;
    data->options.reading = config->reading[0] != '\0' ? LOCI_READING_SECOND : LOCI_READING_FIRST;
}

const char *cli_data_differs(const loci_config *config, cli_data *data, const char **there,
                             const char **here) {
    if (settle(data) != CLI_GO_ON)
        return NULL;
    for (size_t i = 0; i < TEXTS; i++) {
        const char *text = (const char *)config + texts[i].at, *own = *given(data, i);
        bool file =
            strcmp(texts[i].option, "--test") == 0 || strcmp(texts[i].option, "--data-dir") == 0;
        if (file || own == NULL || strcmp(own, text) == 0)
            continue;
        *there = text;
        *here = own;
        return texts[i].option;
    }
    return NULL;
}

bool cli_data_same(const loci_config *a, const loci_config *b) {
    bool same = strcmp(a->data, b->data) == 0 && a->no_test == b->no_test &&
                a->keep_row_numbers == b->keep_row_numbers && strcmp(a->reading, b->reading) == 0;
    for (size_t i = 0; i < TEXTS; i++)
        if (texts[i].at != offsetof(loci_config, data_dir))
            same &= strcmp((const char *)a + texts[i].at, (const char *)b + texts[i].at) == 0;
    return same;
}
