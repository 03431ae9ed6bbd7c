#include "data/table_inputs.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/row_numbers.h"

/* More different words than this, or as many as half of the rows, are names, texts or dates. */
enum { MOST_WORDS = 100, FEW_ROWS = 20 };

/* Numbers that are read from a table's store at a time. */
enum { BLOCK = 1 << 16 };

/* A line that lists words. */
enum { LINE = 400 };

static int fail_words(const loci_table *table, const loci_input_column *column, loci_error *error) {
    char own[32];
    const char *handle = loci_columns_handle(&table->columns, column->place, own);
    return loci_fail(error, LOCI_E_FORMAT, table->where,
                     "column %zu (%s) holds %u different words in %zu rows, such as '%s'; "
                     "--without %s leaves it out, --one-hot %s makes an input of each",
                     column->place + 1, LOCI_SHOWN(40, column->name), column->words.count,
                     table->rows, LOCI_SHOWN(40, column->words.word[0]), LOCI_SHOWN(40, handle),
                     LOCI_SHOWN(40, handle));
}

/* Adds to a line for people, as long as it is not too long already. */
static void add_text(char line[LINE], const char *text) {
    size_t used = strlen(line);
    snprintf(line + used, LINE - used, "%s", text);
}

/* "colour (blue, red)", of many words the first. */
static void list_words(char line[LINE], const loci_table *table, const loci_input_column *column) {
    char own[32];
    size_t before = strlen(line);
    add_text(line, LOCI_SHOWN(40, loci_columns_name(&table->columns, column->place, own)));
    for (uint32_t w = 0; w < column->words.count; w++) {
        bool many = strlen(line) - before > 80;
        add_text(line, w == 0 ? " (" : ", ");
        add_text(line, many ? "..." : LOCI_SHOWN(30, column->words.word[w]));
        if (many)
            break;
    }
    add_text(line, ")");
}

/* One line for all columns of words, of many the first. */
static int note_words(const loci_table *table, loci_dataset *data, loci_error *error) {
    const loci_schema *schema = &table->schema;
    char line[LINE] = "", more[32] = "";
    size_t said = 0, left = 0;
    for (size_t c = 0; c < schema->count; c++) {
        if (schema->column[c].kind != LOCI_COLUMN_WORDS)
            continue;
        if (strlen(line) > LINE - 220) {
            left++;
            continue;
        }
        add_text(line, said++ > 0 ? ", " : "");
        list_words(line, table, &schema->column[c]);
    }
    if (said == 0)
        return LOCI_OK;
    if (left > 0)
        snprintf(more, sizeof more, " and %zu more", left);
    return loci_dataset_note_down(data, "%s: an input for each word of %s%s", table->where, line,
                                  more) == LOCI_OK
               ? LOCI_OK
               : loci_fail_memory(error, table->where);
}

static int leave_empty(loci_table *table, loci_dataset *data, loci_error *error) {
    loci_schema *schema = &table->schema;
    for (size_t c = 0; c < schema->count;) {
        const loci_input_column *column = &schema->column[c];
        if (column->kind != LOCI_COLUMN_UNKNOWN) {
            c++;
            continue;
        }
        if (loci_dataset_note_down(
                data, "%s: column %zu (%s) is empty in every row; it is left out", table->where,
                schema->column[c].place + 1, LOCI_SHOWN(40, column->name)) != LOCI_OK)
            return loci_fail_memory(error, table->where);
        loci_table_leave_out(table, c);
    }
    if (schema->count == 0)
        return loci_fail(error, LOCI_E_FORMAT, table->where, "no column is left to learn from");
    return LOCI_OK;
}

static int settle_words(loci_table_inputs *x, loci_table *table, loci_dataset *data,
                        loci_error *error) {
    loci_schema *schema = &table->schema;
    char point = table->dialect.point == ',' ? ',' : '.';
    for (size_t c = 0; c < schema->count; c++) {
        loci_input_column *column = &schema->column[c];
        uint32_t words = column->words.count;
        if (column->kind != LOCI_COLUMN_WORDS)
            continue;
        bool many = words > MOST_WORDS || (table->rows >= FEW_ROWS && words > table->rows / 2);
        if (many && !column->asked)
            return fail_words(table, column, error);
        if (!loci_words_sort(&column->words, loci_words_are_numbers(&column->words, point), point,
                             &x->rank[c]))
            return loci_fail_memory(error, table->where);
    }
    return note_words(table, data, error);
}

int loci_table_inputs_settle(loci_table_inputs *x, loci_table *table, bool known,
                             const loci_data_options *options, loci_dataset *data,
                             loci_error *error) {
    *x = (loci_table_inputs){.table = table};
    x->block_rows = BLOCK / table->stored + 1;
    x->block_first = SIZE_MAX;
    x->block = loci_alloc(x->block_rows * table->stored, sizeof *x->block);
    x->rank = loci_alloc(table->schema.count, sizeof *x->rank);
    if (x->block == NULL || x->rank == NULL)
        return loci_fail_memory(error, table->where);
    int status = LOCI_OK;
    if (!known && !options->keep_row_numbers)
        status = loci_row_numbers_leave(data, table, error);
    if (status == LOCI_OK && !known)
        status = leave_empty(table, data, error);
    if (status == LOCI_OK && !known)
        status = settle_words(x, table, data, error);
    if (status == LOCI_OK && table->unknown > 0 &&
        loci_dataset_note_down(data,
                               "%s: %s%s holds '%s', which it did not in training; what is new "
                               "counts as none of the known words (%zu cell%s)",
                               table->where, loci_column_word(table->unknown_column),
                               table->unknown_column, table->unknown_word, table->unknown,
                               table->unknown == 1 ? "" : "s") != LOCI_OK)
        status = loci_fail_memory(error, table->where);
    x->count = loci_schema_inputs(&table->schema);
    if (status == LOCI_OK && x->count > LOCI_MAX_FEATURES)
        return loci_fail(error, LOCI_E_FORMAT, table->where, "%zu inputs; at most %d are accepted",
                         x->count, LOCI_MAX_FEATURES);
    return status;
}

void loci_table_inputs_free(loci_table_inputs *x) {
    for (size_t c = 0; x->rank != NULL && c < x->table->schema.count; c++)
        free(x->rank[c]);
    free(x->rank);
    free(x->block);
    *x = (loci_table_inputs){0};
}

/* Rows come from the store a block at a time, as they are read in order. */
static int find_row(loci_table_inputs *x, size_t row, loci_error *error) {
    const loci_table *table = x->table;
    size_t stored = table->stored;
    int status = LOCI_OK;
    if (x->block_first == SIZE_MAX || row < x->block_first ||
        row >= x->block_first + x->block_rows) {
        size_t rows = table->rows - row < x->block_rows ? table->rows - row : x->block_rows;
        status =
            loci_float_store_read(&table->numbers, row * stored, rows * stored, x->block, error);
        x->block_first = status == LOCI_OK ? row : SIZE_MAX;
    }
    x->row = status == LOCI_OK ? x->block + (row - x->block_first) * stored : NULL;
    return status;
}

int loci_table_inputs_read(loci_table_inputs *x, size_t row, float *out, loci_error *error) {
    const loci_table *table = x->table;
    const loci_schema *schema = &table->schema;
    int status = find_row(x, row, error);
    for (size_t c = 0; status == LOCI_OK && c < schema->count; c++) {
        const loci_input_column *column = &schema->column[c];
        float value = x->row[table->slot[c]];
        if (column->kind != LOCI_COLUMN_WORDS) {
            *out++ = value;
            continue;
        }
        for (uint32_t w = 0; w < column->words.count; w++)
            out[w] = isnan(value) ? NAN : 0;
        if (value >= 0) /* -1: a word that is not known */
            out[x->rank[c] != NULL ? x->rank[c][(uint32_t)value] : (uint32_t)value] = 1;
        out += column->words.count;
    }
    return status;
}

char **loci_table_inputs_names(const loci_schema *schema) {
    size_t count = loci_schema_inputs(schema), f = 0;
    char **names = calloc(count > 0 ? count : 1, sizeof *names);
    bool lost = names == NULL;
    for (size_t c = 0; c < schema->count && !lost; c++) {
        const loci_input_column *column = &schema->column[c];
        bool words = column->kind == LOCI_COLUMN_WORDS;
        for (size_t w = 0; w < loci_column_inputs(column) && !lost; w++) {
            size_t size = strlen(column->name) + (words ? strlen(column->words.word[w]) : 0) + 2;
            char *name = names[f++] = malloc(size);
            lost = name == NULL;
            if (!lost)
                snprintf(name, size, "%s%s%s", column->name, words ? "=" : "",
                         words ? column->words.word[w] : "");
        }
    }
    if (!lost)
        return names;
    for (size_t i = 0; names != NULL && i < count; i++)
        free(names[i]);
    free(names);
    return NULL;
}
