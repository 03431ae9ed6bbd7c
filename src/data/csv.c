/* A data set from tables: labels become classes or targets, whole numbers 0..255 become pixels,
 * rows become parts. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/text.h"
#include "data/classes.h"
#include "data/columns.h"
#include "data/formats.h"
#include "data/row_numbers.h"
#include "data/table.h"

/* What the columns of all tables of a data set are, and what to make of labels. */
typedef struct loci_reading {
    const loci_data_options *options;
    const char *label; /* what tables are parsed with, or NULL */
    loci_columns columns;
    loci_classes classes;
    bool regress, pixels;
} loci_reading;

static int name_columns(loci_dataset *data, const loci_table *table, const loci_columns *columns,
                        loci_error *error) {
    if (table->names == NULL)
        return LOCI_OK;
    data->column_names = calloc(columns->features, sizeof *data->column_names);
    for (size_t f = 0; data->column_names != NULL && f < columns->features; f++)
        if ((data->column_names[f] = strdup(table->names[columns->feature[f]])) == NULL)
            return loci_fail_memory(error, data->name);
    return data->column_names != NULL ? LOCI_OK : loci_fail_memory(error, data->name);
}

/* Targets are called as their columns are, or after their numbers in the file. */
static int name_targets(loci_dataset *data, const loci_table *table, const loci_columns *columns,
                        loci_error *error) {
    data->outputs = (uint32_t)columns->targets;
    data->output_names = calloc(columns->targets, sizeof *data->output_names);
    for (size_t k = 0; data->output_names != NULL && k < columns->targets; k++) {
        char number[32];
        size_t column = columns->target[k];
        snprintf(number, sizeof number, "column %zu", table->left_out + column + 1);
        data->output_names[k] = strdup(table->names != NULL ? table->names[column] : number);
        if (data->output_names[k] == NULL)
            return loci_fail_memory(error, data->name);
    }
    return data->output_names != NULL ? LOCI_OK : loci_fail_memory(error, data->name);
}

/* ---- pixels ---- */

/* Whole numbers from 0 to 255 that use the upper half too are 8-bit pixels. Smaller ones (ages,
 * counts, grey values from 0 to 16) are numbers like any other, which the scaling of each column
 * brings to [0, 1]. */
static bool holds_pixels(const loci_table *table, const loci_columns *columns) {
    float largest = 0;
    for (size_t i = 0; i < table->rows * columns->features; i++) {
        float value = loci_columns_number(table, i / columns->features,
                                          columns->feature[i % columns->features]);
        if (!(value >= 0 && value <= 255 && value == (float)(int)value))
            return false;
        largest = value > largest ? value : largest;
    }
    return largest >= 128;
}

/* ---- parts ---- */

/* Which rows of a table go into a part: those whose mark is `wanted`; all when marks is NULL. */
typedef struct loci_choice {
    const uint8_t *marks; /* [rows] */
    uint8_t wanted;
    size_t count;
} loci_choice;

static int take_memory(loci_samples *part, size_t count, const loci_reading *x, const char *where,
                       loci_error *error) {
    size_t total = count * x->columns.features; /* no more than the table has */
    bool weighed = x->columns.weight != SIZE_MAX;
    part->bytes = x->pixels ? loci_alloc(total, 1) : NULL;
    part->values = x->pixels ? NULL : loci_alloc(total, sizeof *part->values);
    part->labels = x->regress ? NULL : loci_alloc(count, sizeof *part->labels);
    part->targets =
        x->regress ? loci_alloc(count * x->columns.targets, sizeof *part->targets) : NULL;
    part->weights = weighed ? loci_alloc(count, sizeof *part->weights) : NULL;
    if ((part->bytes == NULL && part->values == NULL) ||
        (part->labels == NULL && part->targets == NULL) || (weighed && part->weights == NULL))
        return loci_fail_memory(error, where);
    part->count = count;
    return LOCI_OK;
}

/* Row `row` of a table becomes sample n of a part. */
static int take_row(loci_samples *part, size_t n, const loci_table *table, size_t row,
                    const loci_reading *x, const char *where, loci_error *error) {
    const loci_columns *columns = &x->columns;
    int status = LOCI_OK;
    for (size_t f = 0; f < columns->features; f++) {
        float value = loci_columns_number(table, row, columns->feature[f]);
        if (x->pixels)
            part->bytes[n * columns->features + f] = (uint8_t)value;
        else
            part->values[n * columns->features + f] = value;
    }
    if (part->weights != NULL)
        part->weights[n] = loci_columns_number(table, row, columns->weight);
    for (size_t k = 0; x->regress && k < columns->targets && status == LOCI_OK; k++)
        status = loci_columns_target(table, row, columns->target[k], where,
                                     &part->targets[n * columns->targets + k], error);
    if (x->regress)
        return status;
    part->labels[n] = loci_classes_of(&x->classes, table->texts[row]);
    if (part->labels[n] < 0)
        return loci_fail(error, LOCI_E_FORMAT, where,
                         "line %zu: label '%s', which no training row has", table->lines[row],
                         LOCI_SHOWN(40, table->texts[row]));
    return LOCI_OK;
}

static int fill_part(loci_dataset *data, loci_samples *part, const loci_table *table,
                     loci_choice choice, const loci_reading *x, const char *where,
                     loci_error *error) {
    size_t n = 0;
    const size_t shape[2] = {choice.count, x->columns.features};
    int status = loci_dataset_set_shape(data, 2, shape, x->pixels, where, error);
    if (status == LOCI_OK)
        status = take_memory(part, choice.count, x, where, error);
    for (size_t i = 0; i < table->rows && status == LOCI_OK; i++)
        if (choice.marks == NULL || choice.marks[i] == choice.wanted)
            status = take_row(part, n++, table, i, x, where, error);
    return status;
}

static int read_table(loci_table *table, const char *path, const char *label_column,
                      loci_error *error) {
    unsigned char *text;
    size_t size;
    int status = loci_file_read(path, LOCI_DATA_MOST, &text, &size, error);
    if (status != LOCI_OK)
        return status;
    return loci_table_parse(table, (char *)text, size, label_column, path, error);
}

/* The test file must have the columns of the training file, in the same order. */
static int check_columns(const loci_table *train, const loci_table *test, const char *where,
                         loci_error *error) {
    if (test->columns != train->columns)
        return loci_fail(error, LOCI_E_FORMAT, where, "%zu columns, but the training file has %zu",
                         test->columns, train->columns);
    if (test->label != train->label)
        return loci_fail(error, LOCI_E_FORMAT, where,
                         "the label is column %zu here and column %zu in the training file",
                         test->left_out + test->label + 1, train->left_out + train->label + 1);
    for (size_t c = 0; train->names != NULL && test->names != NULL && c < train->columns; c++)
        if (strcmp(train->names[c], test->names[c]) != 0)
            return loci_fail(error, LOCI_E_FORMAT, where,
                             "column %zu is called '%s' here and '%s' in the training file",
                             train->left_out + c + 1, LOCI_SHOWN(40, test->names[c]),
                             LOCI_SHOWN(40, train->names[c]));
    return LOCI_OK;
}

/* Pixels where the training file has pixels. */
static int check_pixels(const loci_table *test, const loci_columns *columns, const char *where,
                        loci_error *error) {
    for (size_t i = 0; i < test->rows * columns->features; i++) {
        float value = loci_columns_number(test, i / columns->features,
                                          columns->feature[i % columns->features]);
        if (!(value >= 0 && value <= 255 && value == (float)(int)value))
            return loci_fail(error, LOCI_E_FORMAT, where,
                             "line %zu: %g, but all training values are pixels from 0 to 255",
                             test->lines[i / columns->features], (double)value);
    }
    return LOCI_OK;
}

/* Both parts from a table of their own. The training file alone decides whether values are pixels,
 * so that the same network results whether or not the test file is read. */
static int fill_from_two(loci_dataset *data, const loci_table *train, const char *train_path,
                         const loci_reading *x, loci_error *error) {
    int status = fill_part(data, &data->part[LOCI_TRAIN], train,
                           (loci_choice){.count = train->rows}, x, train_path, error);
    if (status != LOCI_OK || x->options->skip_test)
        return status;
    const char *path = x->options->test_file;
    loci_table test = {0};
    status = read_table(&test, path, x->label, error);
    if (status == LOCI_OK)
        status = loci_row_numbers_follow(&test, train, path, error);
    if (status == LOCI_OK)
        status = check_columns(train, &test, path, error);
    if (status == LOCI_OK && x->pixels)
        status = check_pixels(&test, &x->columns, path, error);
    if (status == LOCI_OK)
        status = fill_part(data, &data->part[LOCI_TEST], &test, (loci_choice){.count = test.rows},
                           x, path, error);
    loci_table_free(&test);
    return status;
}

/* Both parts from one table: a seeded choice of rows is kept for testing; rows keep their order. */
static int fill_from_split(loci_dataset *data, const loci_table *table, const char *path,
                           const loci_reading *x, loci_error *error) {
    const loci_data_options *options = x->options;
    if (!(options->test_fraction > 0 && options->test_fraction < 1))
        return loci_fail(error, LOCI_E_ARGUMENT, "test fraction", "must be between 0 and 1");
    if (table->rows < 2 || table->rows > UINT32_MAX)
        return loci_fail(error, LOCI_E_FORMAT, path, "%zu rows cannot be split in two parts",
                         table->rows);
    size_t tested = (size_t)((double)table->rows * options->test_fraction + 0.5);
    tested = tested < 1 ? 1 : tested > table->rows - 1 ? table->rows - 1 : tested;
    uint32_t *order = loci_alloc(table->rows, sizeof *order);
    uint8_t *marks = loci_alloc(table->rows, 1);
    int status = LOCI_OK;
    if (order == NULL || marks == NULL)
        status = loci_fail_memory(error, path);
    if (status == LOCI_OK) {
        const loci_random stream = {options->split_seed, LOCI_RANDOM_SPLIT, 0};
        loci_random_permutation(&stream, order, (uint32_t)table->rows);
        for (size_t i = 0; i < tested; i++)
            marks[order[i]] = LOCI_TEST;
        status = fill_part(data, &data->part[LOCI_TRAIN], table,
                           (loci_choice){marks, LOCI_TRAIN, table->rows - tested}, x, path, error);
        if (status == LOCI_OK && !options->skip_test)
            status = fill_part(data, &data->part[LOCI_TEST], table,
                               (loci_choice){marks, LOCI_TEST, tested}, x, path, error);
    }
    free(order);
    free(marks);
    return status;
}

static const char *or_null(const char *text) {
    return text != NULL && text[0] != '\0' ? text : NULL;
}

/* What is to be learnt of a table: classes, or numbers. */
static int find_task(loci_reading *x, loci_dataset *data, const loci_table *table, const char *path,
                     loci_error *error) {
    data->task = x->regress ? LOCI_TASK_REGRESS : LOCI_TASK_CLASSIFY;
    int status = loci_columns_find(&x->columns, table, x->options, x->regress, path, error);
    if (status == LOCI_OK && x->regress)
        return name_targets(data, table, &x->columns, error);
    if (status == LOCI_OK)
        status = loci_classes_find(&x->classes, table, path, error);
    if (status == LOCI_OK && x->options->task != LOCI_TASK_CLASSIFY)
        status = loci_classes_doubt(&x->classes, table, path, error);
    return status == LOCI_OK ? loci_classes_name(data, &x->classes, error) : status;
}

static int check_options(const loci_data_options *options, const char *path, loci_error *error) {
    if (or_null(options->target_columns) == NULL)
        return LOCI_OK;
    if (or_null(options->label_column) != NULL)
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
    char first[256];
    const char *targets = or_null(options->target_columns);
    loci_reading x = {.options = options,
                      .label = targets != NULL ? loci_columns_first(targets, first)
                                               : or_null(options->label_column),
                      .regress = targets != NULL || options->task == LOCI_TASK_REGRESS};
    loci_table table = {0};
    int status = check_options(options, path, error);
    if (status == LOCI_OK)
        status = read_table(&table, path, x.label, error);
    if (status == LOCI_OK && !options->keep_row_numbers)
        status = loci_row_numbers_leave(data, &table, path, error);
    if (status == LOCI_OK)
        status = find_task(&x, data, &table, path, error);
    if (status == LOCI_OK)
        x.pixels = holds_pixels(&table, &x.columns);
    if (status == LOCI_OK && or_null(options->test_file) != NULL)
        status = fill_from_two(data, &table, path, &x, error);
    else if (status == LOCI_OK)
        status = fill_from_split(data, &table, path, &x, error);
    if (status == LOCI_OK)
        status = name_columns(data, &table, &x.columns, error);
    free(x.classes.texts);
    loci_columns_free(&x.columns);
    loci_table_free(&table);
    return status;
}
