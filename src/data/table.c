#include "data/table.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/table_row.h"

/* ---- the table ---- */

/* Which columns are words by what options say; their names. */
static int begin_schema(loci_table *table, const loci_data_options *options, loci_error *error) {
    const loci_columns *x = &table->columns;
    loci_schema *schema = &table->schema;
    char own[32];
    if (!loci_schema_make(schema, x->inputs))
        return loci_fail_memory(error, table->where);
    schema->header = table->dialect.header;
    schema->missing = options->missing;
    schema->pixels = options->pixels != 0;
    schema->width = x->width;
    for (size_t i = 0; i < x->inputs; i++) {
        schema->column[i].place = x->input[i];
        schema->column[i].name = strdup(loci_columns_name(x, x->input[i], own));
        if (schema->column[i].name == NULL)
            return loci_fail_memory(error, table->where);
    }
    bool *asked;
    int status = loci_columns_listed(x, options->one_hot, table->where, &asked, error);
    for (size_t c = 0; status == LOCI_OK && c < x->inputs; c++)
        schema->column[c].asked = asked[x->input[c]];
    free(asked);
    return status;
}

static loci_other_column describe(const loci_columns *x, size_t column, bool *lost) {
    char own[32];
    loci_other_column out = {.place = column};
    out.name = column == SIZE_MAX ? NULL : strdup(loci_columns_name(x, column, own));
    *lost |= column != SIZE_MAX && out.name == NULL;
    return out;
}

static int name_roles(loci_table *table, loci_error *error) {
    const loci_columns *x = &table->columns;
    loci_schema *schema = &table->schema;
    bool lost = false;
    schema->label = describe(x, x->label, &lost);
    schema->weight = describe(x, x->weight, &lost);
    schema->group = describe(x, x->group, &lost);
    schema->target = loci_alloc(x->targets, sizeof *schema->target);
    lost |= schema->target == NULL;
    for (size_t k = 0; k < x->targets && !lost; k++)
        schema->target[schema->targets++] = describe(x, x->target[k], &lost);
    return lost ? loci_fail_memory(error, table->where) : LOCI_OK;
}

static int copy_schema(loci_table *table, const loci_schema *known, loci_error *error) {
    json_t *json = loci_schema_json(known);
    char *text = json == NULL ? NULL : loci_json_print(json, JSON_COMPACT);
    json_decref(json);
    int status = text == NULL ? loci_fail_memory(error, table->where)
                              : loci_schema_from_text(&table->schema, text, table->where, error);
    free(text);
    return status;
}

static int begin(loci_table *table, const loci_text_rows *text, const loci_data_options *options,
                 bool regress, const loci_schema *known, loci_error *error) {
    int status = loci_columns_find(&table->columns, text->cells, text->count, table->dialect.header,
                                   options, regress, known, table->where, error);
    const loci_columns *x = &table->columns;
    table->stored = x->inputs + x->targets + (x->weight != SIZE_MAX);
    if (status == LOCI_OK)
        status =
            known != NULL ? copy_schema(table, known, error) : begin_schema(table, options, error);
    if (status == LOCI_OK && known == NULL)
        status = name_roles(table, error);
    table->slot = loci_alloc(x->inputs, sizeof *table->slot);
    table->empty_line = loci_alloc(x->inputs, sizeof *table->empty_line);
    table->span = loci_alloc(x->inputs + x->targets, sizeof *table->span);
    bool lost = table->slot == NULL || table->empty_line == NULL || table->span == NULL;
    if (status == LOCI_OK && lost)
        status = loci_fail_memory(error, table->where);
    for (size_t i = 0; status == LOCI_OK && i < x->inputs + x->targets; i++)
        table->span[i] = loci_span_none();
    for (size_t i = 0; status == LOCI_OK && i < x->inputs; i++)
        table->slot[i] = i;
    return status;
}

static int find_dialect(loci_table *table, loci_text_rows *text, const loci_data_options *options,
                        loci_error *error) {
    const char *separator = options->separator;
    char given = separator == NULL || separator[0] == '\0' ? 0 : loci_separator_of(separator);
    if (separator != NULL && separator[0] != '\0' && given == 0)
        return loci_fail(error, LOCI_E_ARGUMENT, "separator",
                         "'%s' separates no cells; give a character that is no letter or digit, or "
                         "comma, semicolon, tab, space",
                         LOCI_SHOWN(40, separator));
    /* what version 0.1 had no option for, or could not read, it did not read otherwise */
    bool first = options->reading == LOCI_READING_FIRST && given == 0 &&
                 options->header == LOCI_HEADER_FOUND;
    int status = LOCI_OK;
    if (first)
        status = loci_dialect_of_first_edition(&table->dialect, text, SIZE_MAX, &first, error);
    if (first || status != LOCI_OK)
        return status;
    return loci_dialect_find(&table->dialect, text, given, options->header, error);
}

/* A first row unlike all others is a title, or lacks a name; a single cell was cut by the wrong
 * separator. One as wide as a schema's table may end in values that are missing. */
static int check_first_row(loci_table *table, loci_text_rows *text, const loci_schema *known,
                           loci_error *error) {
    const loci_dialect *dialect = &table->dialect;
    if (known != NULL && (text->count == known->width || text->count == known->count))
        return LOCI_OK;
    if (dialect->width > 0 && dialect->width < text->count)
        text->count = dialect->width;
    if (dialect->below > 1 && dialect->below != text->count)
        return loci_fail(error, LOCI_E_FORMAT, table->where,
                         "line %zu: %zu cell%s, but the rows below have %zu; each column needs a "
                         "name, and nothing may stand above the names",
                         text->start, text->count, text->count == 1 ? "" : "s", dialect->below);
    if (text->count > 1 || known != NULL)
        return LOCI_OK;
    bool bar = strchr(text->cells[0].text, '|') != NULL;
    return loci_fail(error, LOCI_E_FORMAT, table->where,
                     "line %zu: a single cell; cells are separated by commas, semicolons, tabs, "
                     "spaces, or what --separator says%s",
                     text->start, bar ? ", such as --separator '|'" : "");
}

/* A first row that has names which are asked for names the columns. */
static int settle_header(loci_table *table, const loci_text_rows *text,
                         const loci_data_options *options, const loci_schema *known,
                         loci_error *error) {
    loci_column_names names;
    bool lost = !loci_column_names_open(&names, text->count);
    for (size_t c = 0; c < text->count && !lost; c++)
        lost = !loci_column_names_put(&names, c, text->cells[c].text);
    bool asked = !lost && ((known != NULL && known->header && loci_columns_known(&names, known)) ||
                           loci_columns_named(&names, options));
    loci_column_names_free(&names);
    if (lost)
        return loci_fail_memory(error, table->where);
    if (asked) {
        table->dialect.header = true;
        table->dialect.doubtful = false;
    } else if (known != NULL && table->dialect.doubtful) {
        table->dialect.header = table->dialect.doubtful = false; /* data as good as names */
    }
    return LOCI_OK;
}

static int read_rows(loci_reader *r, loci_text_rows *text, const loci_data_options *options,
                     bool regress, const loci_schema *known, loci_error *error) {
    loci_table *table = r->table;
    int status = find_dialect(table, text, options, error);
    if (status == LOCI_OK)
        status = loci_text_rows_next(text, error);
    if (status != LOCI_OK)
        return status;
    if (text->count == 0)
        return loci_fail(error, LOCI_E_FORMAT, table->where, "the file is empty");
    status = check_first_row(table, text, known, error);
    if (status != LOCI_OK)
        return status;
    if (options->header == LOCI_HEADER_FOUND)
        status = settle_header(table, text, options, known, error);
    if (status != LOCI_OK)
        return status;
    status = begin(table, text, options, regress, known, error);
    if (status == LOCI_OK && table->dialect.header)
        status = loci_text_rows_next(text, error);
    while (status == LOCI_OK && text->count > 0) {
        status = loci_table_take_row(r);
        if (status == LOCI_OK)
            status = loci_text_rows_next(text, error);
    }
    if (status == LOCI_OK && table->rows == 0)
        return loci_fail(error, LOCI_E_FORMAT, table->where, "a header and no rows");
    return status;
}

int loci_table_read(loci_table *table, loci_text_source source, const loci_data_options *options,
                    bool regress, const loci_schema *known, loci_error *error) {
    *table = (loci_table){.where = source.where,
                          .whole = true,
                          .missing = options->missing,
                          .unlabelled = options->unlabelled != 0};
    loci_error inner = {0};
    table->numbers = loci_float_store_new(0, source.where);
    loci_text_rows text;
    loci_reader reader = {table, &text, known != NULL, &inner};
    int status = loci_text_rows_open(&text, source, &inner);
    if (status == LOCI_OK)
        status = read_rows(&reader, &text, options, regress, known, &inner);
    loci_text_rows_close(&text);
    if (status != LOCI_OK && error != NULL)
        *error = inner;
    return status != LOCI_OK ? inner.code : LOCI_OK;
}

void loci_table_leave_out(loci_table *table, size_t input) {
    loci_schema *schema = &table->schema;
    size_t after = schema->count - input - 1;
    free(schema->column[input].name);
    free(schema->column[input].mean);
    loci_words_free(&schema->column[input].words);
    memmove(schema->column + input, schema->column + input + 1, after * sizeof *schema->column);
    memmove(table->slot + input, table->slot + input + 1, after * sizeof *table->slot);
    schema->count--;
}

void loci_table_free(loci_table *table) {
    loci_columns_free(&table->columns);
    loci_schema_free(&table->schema);
    loci_float_store_free(&table->numbers);
    loci_words_free(&table->labels);
    loci_words_free(&table->groups);
    free(table->slot);
    free(table->span);
    free(table->label);
    free(table->group);
    free(table->label_line);
    free(table->empty_line);
    *table = (loci_table){0};
    table->numbers.file = -1;
}
