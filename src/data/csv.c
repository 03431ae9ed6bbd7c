/* A data set from tables: rows become samples of two parts. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/classes.h"
#include "data/formats.h"
#include "data/table.h"
#include "data/table_inputs.h"
#include "data/table_part.h"
#include "data/table_split.h"

/* What all tables of a data set are read by. */
typedef struct table_reading {
    const loci_data_options *options;
    bool regress;
    loci_schema known; /* of a model, or of the training table; count 0 = none yet */
    char separator;    /* of the training table; 0 = not read yet */
} table_reading;

static bool first_edition(const table_reading *x) {
    return x->options->reading == LOCI_READING_FIRST;
}

static int read_table(loci_table *table, const char *path, const table_reading *x,
                      loci_error *error) {
    loci_text_source source;
    loci_data_options options = *x->options;
    bool known = x->known.count > 0;
    /* as in training; but no row to predict is dropped */
    if (known && options.missing == LOCI_MISSING_REFUSE &&
        (!options.unlabelled || x->known.missing != LOCI_MISSING_DROP))
        options.missing = x->known.missing;
    *table = (loci_table){.numbers = loci_float_store_new(0, path)};
    int status = loci_text_source_open(&source, path, error);
    if (status != LOCI_OK)
        return status;
    return loci_table_read(table, source, &options, x->regress, known ? &x->known : NULL, error);
}

/* ---- what was understood ---- */

static int note_dialect(loci_dataset *data, const loci_table *table, const table_reading *x) {
    const loci_dialect *dialect = &table->dialect;
    char own[4], list[100] = "";
    size_t used = 0;
    int status = LOCI_OK;
    if (first_edition(x))
        return LOCI_OK;
    char said = x->separator != 0 ? x->separator : ',';
    if (dialect->separator != said && !loci_is_given(x->options->separator))
        status = loci_dataset_note_down(
            data, "%s: cells are separated by %s%s", table->where,
            loci_separator_name(dialect->separator, own),
            dialect->point == ',' ? ", and a comma stands before fractions" : "");
    for (size_t c = 0; c < table->columns.width && dialect->doubtful && used < 60; c++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", c > 0 ? ", " : "",
                                 LOCI_SHOWN(30, table->columns.name[c]));
    if (status == LOCI_OK && dialect->doubtful)
        status = loci_dataset_note_down(data,
                                        "%s: the first row is taken for the names of the columns "
                                        "(%s%s); --no-header if it is data",
                                        table->where, list, used >= 60 ? ", ..." : "");
    if (status == LOCI_OK && x->known.header && !dialect->header)
        status = loci_dataset_note_down(data,
                                        "%s: no column has a name; they are taken to stand in the "
                                        "order of those that were trained on",
                                        table->where);
    return status;
}

static bool is_known(const loci_schema *known, const char *name) {
    const loci_other_column *const others[] = {&known->label, &known->weight, &known->group};
    bool is = false;
    for (size_t i = 0; i < 3; i++)
        is |= others[i]->name != NULL && strcmp(others[i]->name, name) == 0;
    for (size_t k = 0; k < known->targets && !is; k++)
        is = strcmp(known->target[k].name, name) == 0;
    for (size_t i = 0; i < known->lefts && !is; i++)
        is = strcmp(known->left[i], name) == 0;
    return is;
}

/* Columns that the training table did not have. */
static int note_unknown(loci_dataset *data, const loci_table *table, const loci_schema *known) {
    const loci_columns *x = &table->columns;
    char list[120] = "", own[32];
    size_t used = 0, count = 0;
    for (size_t c = 0; x->name != NULL && c < x->width; c++) {
        const char *name = loci_columns_name(x, c, own);
        if (x->role[c] != LOCI_ROLE_OUT || x->name[c][0] == '\0' || is_known(known, name))
            continue;
        if (used < 60)
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", count > 0 ? ", " : "",
                                     LOCI_SHOWN(30, name));
        count++;
    }
    if (count == 0)
        return LOCI_OK;
    return loci_dataset_note_down(data,
                                  "%s: the model does not know the column%s %s%s, which %s no "
                                  "part in it",
                                  table->where, count == 1 ? "" : "s", list,
                                  used >= 60 ? ", ..." : "", count == 1 ? "has" : "have");
}

/* Inputs and targets whose rows floats can not tell apart. */
static int note_precision(loci_dataset *data, const loci_table *table) {
    const loci_schema *schema = &table->schema;
    const loci_span *first = NULL;
    const char *name = NULL;
    size_t count = 0;
    for (size_t i = 0; i < schema->count + schema->targets; i++) {
        bool input = i < schema->count;
        size_t at = input ? table->slot[i] : table->columns.inputs + i - schema->count;
        if ((input && schema->column[i].kind != LOCI_COLUMN_NUMBER) ||
            !loci_span_is_coarse(&table->span[at]) || count++ > 0)
            continue;
        first = &table->span[at];
        name = input ? schema->column[i].name : schema->target[i - schema->count].name;
    }
    return count == 0 ? LOCI_OK : loci_span_note(data, table->where, name, first, count - 1);
}

/* ---- outputs ---- */

/* Targets are called as their columns are. */
static int name_targets(loci_dataset *data, const loci_table *table, loci_error *error) {
    const loci_schema *schema = &table->schema;
    data->output_names = calloc(schema->targets > 0 ? schema->targets : 1, sizeof(char *));
    if (data->output_names == NULL)
        return loci_fail_memory(error, data->name);
    data->outputs = (uint32_t)schema->targets;
    for (size_t k = 0; k < schema->targets; k++)
        if ((data->output_names[k] = strdup(schema->target[k].name)) == NULL)
            return loci_fail_memory(error, data->name);
    return LOCI_OK;
}

static int find_outputs(loci_dataset *data, loci_table *table, const table_reading *x,
                        uint32_t **rank, loci_error *error) {
    data->task = x->regress ? LOCI_TASK_REGRESS : LOCI_TASK_CLASSIFY;
    if (x->regress)
        return name_targets(data, table, error);
    if (table->label == NULL)
        return LOCI_OK; /* rows to predict */
    bool asked = x->options->task == LOCI_TASK_CLASSIFY || loci_is_given(x->options->known_outputs);
    return loci_classes_find(data, table, asked, rank, error);
}

/* ---- parts ---- */

/* Both parts from a table of their own. The training file alone decides what columns are, so that
 * the same network results whether or not the test file is read. */
static int fill_test(loci_dataset *data, table_reading *x, loci_error *error) {
    const char *path = x->options->test_file;
    loci_table table;
    loci_table_inputs inputs = {0};
    loci_table_split all = {0};
    uint32_t *rank = NULL;
    int status = read_table(&table, path, x, error);
    if (status == LOCI_OK && note_dialect(data, &table, x) != LOCI_OK)
        status = loci_fail_memory(error, path);
    if (status == LOCI_OK)
        status = loci_table_inputs_settle(&inputs, &table, true, x->options, data, error);
    if (status == LOCI_OK && !x->regress)
        status = loci_classes_match(data, &table, &rank, error);
    if (status == LOCI_OK)
        status = loci_table_split_none(&all, &inputs, LOCI_TEST, data, error);
    if (status == LOCI_OK)
        status = loci_table_fill(data, &inputs, &all, rank, error);
    free(rank);
    loci_table_split_free(&all);
    loci_table_inputs_free(&inputs);
    loci_table_free(&table);
    return status;
}

static int fill_training(loci_dataset *data, loci_table *table, loci_table_inputs *inputs,
                         const uint32_t *rank, const table_reading *x, loci_error *error) {
    loci_table_split split = {0};
    bool whole = loci_is_given(x->options->test_file) || x->options->unlabelled;
    int status = whole ? loci_table_split_none(&split, inputs, LOCI_TRAIN, data, error)
                       : loci_table_split_rows(&split, inputs, rank, x->options, data, error);
    if (status == LOCI_OK && x->known.count == 0)
        status = loci_table_means(table, inputs, &split, error);
    data->parted = !whole && !x->options->skip_test;
    if (x->options->skip_test && !whole)
        split.count[LOCI_TEST] = 0;
    if (status == LOCI_OK)
        status = loci_table_fill(data, inputs, &split, rank, error);
    if (status == LOCI_OK && !first_edition(x))
        status = loci_table_hold_out(data, inputs, &split, x->options, error);
    loci_table_split_free(&split);
    return status;
}

/* Names of the columns that are nothing to the model, so that no later table is asked about them.
 */
static int name_left(loci_table *table, loci_error *error) {
    loci_schema *schema = &table->schema;
    const loci_columns *x = &table->columns;
    bool *used = loci_alloc(x->width, sizeof *used);
    char own[32];
    schema->left = loci_alloc(x->width, sizeof *schema->left);
    if (used == NULL || schema->left == NULL) {
        free(used);
        return loci_fail_memory(error, table->where);
    }
    for (size_t c = 0; c < x->width; c++)
        used[c] = x->role[c] != LOCI_ROLE_INPUT && x->role[c] != LOCI_ROLE_OUT;
    for (size_t c = 0; c < schema->count; c++)
        used[schema->column[c].place] = true;
    bool lost = false;
    for (size_t c = 0; c < x->width && !lost; c++)
        if (!used[c])
            lost = (schema->left[schema->lefts++] = strdup(loci_columns_name(x, c, own))) == NULL;
    schema->lefts -= lost;
    free(used);
    return lost ? loci_fail_memory(error, table->where) : LOCI_OK;
}

/* What a model of these data needs to know of their columns. */
static int keep_schema(loci_dataset *data, loci_table *table, table_reading *x, loci_error *error) {
    if (!first_edition(x)) {
        int status = x->known.count == 0 ? name_left(table, error) : LOCI_OK;
        if (status != LOCI_OK)
            return status;
        json_t *json = loci_schema_json(&table->schema);
        data->columns = json == NULL ? NULL : loci_json_print(json, JSON_COMPACT);
        json_decref(json);
        data->reading = LOCI_READING_SECOND;
        if (data->columns == NULL)
            return loci_fail_memory(error, data->name);
    }
    if (table->schema.header &&
        (data->column_names = loci_table_inputs_names(&table->schema)) == NULL)
        return loci_fail_memory(error, data->name);
    x->separator = table->dialect.separator;
    loci_schema_free(&x->known);
    x->known = table->schema;
    table->schema = (loci_schema){0};
    return LOCI_OK;
}

static int fill(loci_dataset *data, loci_table *table, const char *path, table_reading *x,
                loci_error *error) {
    loci_table_inputs inputs = {0};
    uint32_t *rank = NULL;
    bool known = x->known.count > 0;
    int status = note_dialect(data, table, x) == LOCI_OK &&
                         (!known || note_unknown(data, table, &x->known) == LOCI_OK)
                     ? LOCI_OK
                     : loci_fail_memory(error, path);
    if (status == LOCI_OK)
        status = loci_table_inputs_settle(&inputs, table, known, x->options, data, error);
    if (status == LOCI_OK && !known && note_precision(data, table) != LOCI_OK)
        status = loci_fail_memory(error, path);
    if (status == LOCI_OK)
        status = find_outputs(data, table, x, &rank, error);
    if (first_edition(x))
        table->schema.pixels = table->whole && table->largest >= 128;
    if (status == LOCI_OK)
        status = fill_training(data, table, &inputs, rank, x, error);
    loci_table_inputs_free(&inputs);
    free(rank);
    if (status == LOCI_OK)
        status = keep_schema(data, table, x, error);
    if (status == LOCI_OK && loci_is_given(x->options->test_file) && !x->options->skip_test &&
        !x->options->unlabelled)
        status = fill_test(data, x, error);
    return status;
}

static int check_options(const loci_data_options *options, const char *path, loci_error *error) {
    if (options->validation_groups > 0 && !loci_is_given(options->group_column))
        return loci_fail(error, LOCI_E_ARGUMENT, path, "groups are held out, but of no column");
    if (!loci_is_given(options->target_columns))
        return LOCI_OK;
    if (loci_is_given(options->label_column))
        return loci_fail(error, LOCI_E_ARGUMENT, path,
                         "a label column holds classes, target columns hold numbers; name one of "
                         "the two");
    if (options->task == LOCI_TASK_CLASSIFY)
        return loci_fail(error, LOCI_E_ARGUMENT, path,
                         "target columns hold numbers, not classes; name the classes' column with "
                         "--label");
    return LOCI_OK;
}

int loci_csv_fill(loci_dataset *data, const char *path, const loci_data_options *options,
                  loci_error *error) {
    table_reading x = {.options = options,
                       .regress = loci_is_given(options->target_columns) ||
                                  options->task == LOCI_TASK_REGRESS};
    loci_table table = {.numbers = loci_float_store_new(0, path)};
    int status = check_options(options, path, error);
    if (status == LOCI_OK && loci_is_given(options->known_columns))
        status = loci_schema_from_text(&x.known, options->known_columns, path, error);
    if (status == LOCI_OK)
        status = read_table(&table, path, &x, error);
    if (status == LOCI_OK)
        status = fill(data, &table, path, &x, error);
    loci_table_free(&table);
    loci_schema_free(&x.known);
    return status;
}
