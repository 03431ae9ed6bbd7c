#include "data/table.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/names.h"
#include "base/number.h"
#include "base/text.h"
#include "data/dataset.h"

bool loci_table_number(const char *text, double *out) {
    /* most cells are pixels */
    unsigned whole = 0;
    size_t n = 0;
    for (; n < 9 && text[n] >= '0' && text[n] <= '9'; n++)
        whole = whole * 10 + (unsigned)(text[n] - '0');
    if (n > 0 && text[n] == '\0') {
        *out = whole;
        return true;
    }
    if (text[0] == '\0' || text[strspn(text, "0123456789+-.eE")] != '\0')
        return false;
    char *end;
    double value = loci_number_read(text, &end);
    *out = value;
    return *end == '\0' && isfinite(value);
}

/* Cuts the text into rows and cells, in place. */
typedef struct loci_rows {
    char *at, *end;
    size_t line;  /* of `at` */
    size_t start; /* line on which the last row began */
    char **cells; /* [room] */
    size_t count, room;
    const char *where;
} loci_rows;

static int add_cell(loci_rows *rows, char *cell, loci_error *error) {
    if (rows->count == rows->room) {
        size_t room = rows->room == 0 ? 64 : 2 * rows->room;
        if (room > 2 * (size_t)LOCI_MAX_FEATURES)
            return loci_fail(error, LOCI_E_FORMAT, rows->where, "line %zu: too many columns",
                             rows->start);
        char **cells = realloc(rows->cells, room * sizeof *cells);
        if (cells == NULL)
            return loci_fail_memory(error, rows->where);
        rows->cells = cells;
        rows->room = room;
    }
    rows->cells[rows->count++] = cell;
    return LOCI_OK;
}

/* Removes the quotes of the cell that starts at `at`; leaves `at` behind the closing one. */
static int unquote(loci_rows *rows, char **cell, char **cell_end, loci_error *error) {
    char *from = rows->at + 1, *to = from;
    *cell = from;
    for (;;) {
        if (from == rows->end)
            return loci_fail(error, LOCI_E_FORMAT, rows->where,
                             "line %zu: a quoted cell does not end", rows->start);
        if (*from == '"') {
            if (from + 1 == rows->end || from[1] != '"')
                break;
            from++;
        }
        rows->line += *from == '\n';
        *to++ = *from++;
    }
    *cell_end = to;
    rows->at = from + 1;
    return LOCI_OK;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

static int next_cell(loci_rows *rows, bool *row_ends, loci_error *error) {
    char *cell = rows->at, *cell_end = rows->at;
    while (rows->at < rows->end && is_blank(*rows->at))
        rows->at++;
    if (rows->at < rows->end && *rows->at == '"') {
        int status = unquote(rows, &cell, &cell_end, error);
        if (status != LOCI_OK)
            return status;
        while (rows->at < rows->end && is_blank(*rows->at))
            rows->at++;
    } else {
        cell = rows->at;
        while (rows->at < rows->end && *rows->at != ',' && *rows->at != '\n' && *rows->at != '\r')
            rows->at++;
        cell_end = rows->at;
        while (cell_end > cell && is_blank(cell_end[-1]))
            cell_end--;
    }
    char *stop = rows->at;
    *row_ends = true;
    if (stop < rows->end && *stop == ',') {
        *row_ends = false;
        rows->at++;
    } else if (stop < rows->end && (*stop == '\n' || *stop == '\r')) {
        rows->at += *stop == '\r' && stop + 1 < rows->end && stop[1] == '\n' ? 2 : 1;
        rows->line++;
    } else if (stop < rows->end)
        return loci_fail(error, LOCI_E_FORMAT, rows->where, "line %zu: text after a quoted cell",
                         rows->start);
    *cell_end = '\0'; /* at a place that has been read already, or past the end */
    return add_cell(rows, cell, error);
}

/* The next row that is not blank; count 0 at the end. */
static int next_row(loci_rows *rows, loci_error *error) {
    do {
        bool row_ends = rows->at == rows->end;
        rows->count = 0;
        rows->start = rows->line;
        while (!row_ends) {
            int status = next_cell(rows, &row_ends, error);
            if (status != LOCI_OK)
                return status;
        }
    } while (rows->count == 1 && rows->cells[0][0] == '\0');
    return LOCI_OK;
}

/* Whether the first row, in `rows`, names the columns. `second` is the label of the row after, or
 * NULL. */
static bool is_header(const loci_rows *rows, size_t label, const char *second) {
    size_t words = 0, numbers = 0;
    double ignored;
    for (size_t c = 0; c < rows->count; c++) {
        const char *cell = rows->cells[c];
        if (c == label || cell[0] == '\0')
            continue;
        if (loci_table_number(cell, &ignored))
            numbers++;
        else
            words++;
    }
    if (words > 0 && words >= numbers)
        return true;
    return second != NULL && !loci_table_number(rows->cells[label], &ignored) &&
           loci_table_number(second, &ignored);
}

/* A 1-based column number, 0-based; columns when it is none. */
static size_t column_number(const char *text, size_t columns) {
    double number;
    if (loci_table_number(text, &number) && number >= 1 && number <= (double)columns &&
        number == (double)(size_t)number)
        return (size_t)number - 1;
    return columns;
}

static int fail_label(char **cells, size_t columns, bool header, const char *wanted,
                      const char *where, loci_error *error) {
    loci_nearest nearest = {.wanted = wanted, .distance = SIZE_MAX};
    for (size_t c = 0; header && c < columns; c++)
        loci_nearest_offer(&nearest, cells[c]);
    if (nearest.best != NULL)
        return loci_fail(error, LOCI_E_ARGUMENT, where, "no column %s; did you mean %s?", wanted,
                         nearest.best);
    return loci_fail(error, LOCI_E_ARGUMENT, where, "no column %s among %zu%s", wanted, columns,
                     header ? "" : "; the file has no header");
}

/* Finds the label's column in the first row. *named: it was asked for by a name that stands there.
 */
static int find_label(loci_table *table, const loci_rows *first, const char *wanted, bool *named,
                      loci_error *error) {
    size_t columns = table->columns;
    *named = false;
    table->label = columns - 1;
    if (wanted == NULL)
        return LOCI_OK;
    size_t name = 0, number = column_number(wanted, columns);
    while (name < columns && strcmp(first->cells[name], wanted) != 0)
        name++;
    /* "5" may be a name, but in a row without one it is the fifth column */
    *named = name < columns && (number == columns || is_header(first, name, NULL));
    table->label = *named ? name : number;
    if (table->label == columns)
        return fail_label(first->cells, columns, is_header(first, columns, NULL), wanted,
                          first->where, error);
    return LOCI_OK;
}

static int grow(loci_table *table, const char *where, loci_error *error) {
    size_t room = table->room == 0 ? 256 : 2 * table->room, cells, bytes;
    if (__builtin_mul_overflow(room, table->columns - 1, &cells) ||
        __builtin_mul_overflow(cells, sizeof *table->values, &bytes))
        return loci_fail_memory(error, where);
    float *values = realloc(table->values, bytes);
    if (values != NULL)
        table->values = values;
    const char **texts = realloc(table->texts, room * sizeof *texts);
    if (texts != NULL)
        table->texts = texts;
    size_t *lines = realloc(table->lines, room * sizeof *lines);
    if (lines != NULL)
        table->lines = lines;
    if (values == NULL || texts == NULL || lines == NULL)
        return loci_fail_memory(error, where);
    table->room = room;
    return LOCI_OK;
}

static int add_row(loci_table *table, const loci_rows *row, loci_error *error) {
    const char *where = row->where;
    if (row->count != table->columns)
        return loci_fail(error, LOCI_E_FORMAT, where,
                         "line %zu: %zu cells; the rows before have %zu", row->start, row->count,
                         table->columns);
    if (table->rows == table->room) {
        int status = grow(table, where, error);
        if (status != LOCI_OK)
            return status;
    }
    float *out = table->values + table->rows * (table->columns - 1);
    for (size_t c = 0; c < table->columns; c++) {
        double value = 0;
        if (c == table->label)
            continue;
        if (!loci_table_number(row->cells[c], &value) || !isfinite((float)value))
            return loci_fail(error, LOCI_E_FORMAT, where, "line %zu, column %zu: '%s' is no number",
                             row->start, c + 1, LOCI_SHOWN(40, row->cells[c]));
        *out++ = (float)value;
    }
    const char *label = row->cells[table->label];
    if (label[0] == '\0' || loci_same_letters(label, "nan"))
        return loci_fail(error, LOCI_E_FORMAT, where, "line %zu, column %zu: the label is missing",
                         row->start, table->label + 1);
    if (!loci_is_utf8(label))
        return loci_fail(
            error, LOCI_E_FORMAT, where,
            "line %zu, column %zu: the label '%s' is not UTF-8; save the table as UTF-8",
            row->start, table->label + 1, LOCI_SHOWN(40, label));
    table->texts[table->rows] = label;
    table->lines[table->rows] = row->start;
    table->rows++;
    return LOCI_OK;
}

/* The first row tells the columns; the one after it helps to tell words that are labels from words
 * that are names. */
static int read_rows(loci_table *table, loci_rows *rows, const char *label_column,
                     loci_error *error) {
    bool named;
    int status = next_row(rows, error);
    if (status != LOCI_OK)
        return status;
    if (rows->count == 0)
        return loci_fail(error, LOCI_E_FORMAT, rows->where, "the file is empty");
    if (rows->count == 1)
        return loci_fail(error, LOCI_E_FORMAT, rows->where,
                         "line %zu: a single cell; cells are separated by commas", rows->start);
    loci_rows first = *rows;
    table->columns = first.count;
    table->names = malloc(first.count * sizeof *table->names);
    if (table->names == NULL)
        return loci_fail_memory(error, rows->where);
    memcpy(table->names, rows->cells, first.count * sizeof *table->names);
    first.cells = table->names;
    status = find_label(table, &first, label_column, &named, error);
    if (status == LOCI_OK)
        status = next_row(rows, error);
    if (status != LOCI_OK)
        return status;
    const char *second = rows->count == table->columns ? rows->cells[table->label] : NULL;
    if (!named && !is_header(&first, table->label, second)) {
        status = add_row(table, &first, error);
        free(table->names);
        table->names = NULL;
    }
    while (status == LOCI_OK && rows->count > 0) {
        status = add_row(table, rows, error);
        if (status == LOCI_OK)
            status = next_row(rows, error);
    }
    if (status == LOCI_OK && table->rows == 0)
        return loci_fail(error, LOCI_E_FORMAT, rows->where, "a header and no rows");
    return status;
}

int loci_table_parse(loci_table *table, char *text, size_t size, const char *label_column,
                     const char *where, loci_error *error) {
    *table = (loci_table){.text = text};
    if (memchr(text, '\0', size) != NULL)
        return loci_fail(error, LOCI_E_FORMAT, where, "not a text file");
    loci_rows rows = {.at = text, .end = text + size, .line = 1, .where = where};
    if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        rows.at += 3; /* a byte order mark */
    int status = read_rows(table, &rows, label_column, error);
    free(rows.cells);
    return status;
}

void loci_table_free(loci_table *table) {
    free(table->text);
    free(table->names);
    free(table->values);
    free(table->texts);
    free(table->lines);
    *table = (loci_table){0};
}
