#include "data/table_row.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "data/cell.h"
#include "data/dataset.h"
#include "data/disguise.h"

/* A column of words may have so many different ones while it is read; the verdict comes later. */
enum { MOST_WORDS = 1000 };

static const loci_cell *cell_of(const loci_reader *r, size_t column) {
    return &r->text->cells[column];
}

/* ---- numbers ---- */

/* The first fraction says how fractions are written, where the first rows did not. */
static bool read_double(loci_table *table, const loci_cell *cell, double *out) {
    char *point = &table->dialect.point;
    if (!loci_decimal_read(cell->text, cell->length, *point == ',' ? ',' : '.', out)) {
        if (*point != 0 || !loci_decimal_read(cell->text, cell->length, ',', out))
            return false;
        *point = ',';
    } else if (*point == 0 && strchr(cell->text, '.') != NULL) {
        *point = '.';
    }
    return isfinite((float)*out);
}

static bool read_number(loci_table *table, const loci_cell *cell, float *out) {
    double value;
    bool is_one = read_double(table, cell, &value);
    *out = is_one ? (float)value : NAN;
    return is_one;
}

/* Input or target i. */
static bool read_column(loci_table *table, size_t i, const loci_cell *cell, float *out) {
    double value;
    if (!read_double(table, cell, &value))
        return false;
    *out = (float)value;
    loci_span_see(&table->span[i], value);
    return true;
}

/* ---- words ---- */

/* Takes a word to the others of its column. */
static int add_word(const loci_reader *r, loci_words *words, size_t column, size_t most,
                    const char *what, uint32_t *out) {
    const loci_cell *cell = cell_of(r, column);
    uint32_t count = words->count;
    *out = loci_words_add(words, cell->text, cell->length);
    if (*out == LOCI_NO_WORD)
        return loci_fail_memory(r->error, r->table->where);
    if (words->count == count)
        return LOCI_OK;
    if (words->count > most)
        return loci_fault_many(r, column, most, what);
    return loci_is_utf8(cell->text) ? LOCI_OK : loci_fault_encoding(r, column, what);
}

/* A word that no training row had is none of those that had inputs. */
static float known_word(const loci_reader *r, const loci_input_column *of, const loci_cell *cell) {
    loci_table *table = r->table;
    char point = table->dialect.point;
    uint32_t number = loci_words_match(&of->words, cell->text, cell->length, point);
    if (number != LOCI_NO_WORD)
        return (float)number;
    if (table->unknown++ == 0) {
        loci_text_show(table->unknown_word, sizeof table->unknown_word, cell->text, SIZE_MAX);
        loci_text_show(table->unknown_column, sizeof table->unknown_column, of->name, SIZE_MAX);
    }
    return -1;
}

/* ---- a row ---- */

static int take_word(const loci_reader *r, size_t i, size_t column, float *out) {
    loci_input_column *of = &r->table->schema.column[i];
    const loci_cell *cell = cell_of(r, column);
    float ignored;
    uint32_t number;
    if (r->known) {
        *out = known_word(r, of, cell);
        return LOCI_OK;
    }
    char c = cell->text[0];
    bool like = loci_is_digit(c) || c == '-' || c == '+' || c == '.' || c == ',';
    if (!of->asked && like && read_number(r->table, cell, &ignored))
        return loci_fault_among_words(r, column);
    int status =
        add_word(r, &of->words, column, of->asked ? LOCI_MAX_CLASSES : MOST_WORDS, "word", &number);
    *out = (float)number;
    return status;
}

static int take_missing(const loci_reader *r, size_t i, size_t column, float *out) {
    loci_table *table = r->table;
    *out = NAN;
    if (table->empty_line[i] == 0)
        table->empty_line[i] = r->text->start;
    bool empty = table->schema.column[i].kind == LOCI_COLUMN_UNKNOWN; /* it may be so all through */
    return table->missing != LOCI_MISSING_REFUSE || empty
               ? LOCI_OK
               : loci_fault_missing(r, column, r->text->start, cell_of(r, column)->text);
}

/* The first value of a column says what it holds. */
static int begin_column(const loci_reader *r, size_t i, size_t column) {
    loci_table *table = r->table;
    loci_input_column *of = &table->schema.column[i];
    const loci_cell *cell = cell_of(r, column);
    float ignored;
    bool number = !of->asked && read_number(table, cell, &ignored);
    if (!number && !of->asked && loci_disguised_number(cell->text))
        return loci_fault_number(r, column, "", true);
    of->kind = number ? LOCI_COLUMN_NUMBER : LOCI_COLUMN_WORDS;
    if (table->empty_line[i] == 0 || table->missing != LOCI_MISSING_REFUSE)
        return LOCI_OK;
    return loci_fault_missing(r, column, table->empty_line[i], "");
}

static int take_input(const loci_reader *r, size_t i, size_t column, float *out) {
    loci_input_column *of = &r->table->schema.column[i];
    const loci_cell *cell = cell_of(r, column);
    if (of->kind == LOCI_COLUMN_NUMBER && read_column(r->table, i, cell, out))
        return LOCI_OK; /* nearly always */
    if (loci_cell_missing(cell))
        return take_missing(r, i, column, out);
    if (of->kind == LOCI_COLUMN_UNKNOWN) {
        int status = begin_column(r, i, column);
        if (status != LOCI_OK)
            return status;
    }
    if (of->kind == LOCI_COLUMN_WORDS)
        return take_word(r, i, column, out);
    if (read_column(r->table, i, cell, out))
        return LOCI_OK;
    return loci_fault_number(r, column, r->known ? "" : ", as what stands above it is", !r->known);
}

static int take_target(const loci_reader *r, size_t k, float *out) {
    size_t column = r->table->columns.target[k];
    bool optional = r->table->missing == LOCI_MISSING_DROP || r->table->unlabelled;
    *out = NAN;
    if (loci_cell_missing(cell_of(r, column)))
        return optional ? LOCI_OK : loci_fault_lacks(r, column, "what is to be predicted");
    if (read_column(r->table, r->table->columns.inputs + k, cell_of(r, column), out))
        return LOCI_OK;
    return loci_fault_number(r, column, " to predict", false);
}

static int take_weight(const loci_reader *r, size_t column, float *out) {
    *out = NAN;
    if (loci_cell_missing(cell_of(r, column)))
        return r->table->missing == LOCI_MISSING_DROP ? LOCI_OK
                                                      : loci_fault_lacks(r, column, "the weight");
    if (!read_number(r->table, cell_of(r, column), out))
        return loci_fault_number(r, column, ", as a weight is", false);
    return *out >= 0 ? LOCI_OK : loci_fault_weight(r, column, (double)*out);
}

static int take_group(const loci_reader *r, uint32_t *out) {
    loci_table *table = r->table;
    size_t column = table->columns.group;
    *out = LOCI_NO_WORD;
    if (loci_cell_missing(cell_of(r, column)) && !table->unlabelled)
        return table->missing == LOCI_MISSING_DROP ? LOCI_OK
                                                   : loci_fault_lacks(r, column, "the group");
    return add_word(r, &table->groups, column, UINT32_MAX, "group", out);
}

static int take_label(const loci_reader *r, uint32_t *out) {
    loci_table *table = r->table;
    size_t column = table->columns.label;
    bool optional = table->missing == LOCI_MISSING_DROP || table->unlabelled;
    *out = LOCI_NO_WORD;
    if (loci_cell_missing(cell_of(r, column)))
        return optional ? LOCI_OK : loci_fault_lacks(r, column, "the label");
    uint32_t before = table->labels.count;
    int status = add_word(r, &table->labels, column, 2 * (size_t)LOCI_MAX_CLASSES, "label", out);
    if (status != LOCI_OK || table->labels.count == before)
        return status;
    if (before == table->label_lines) {
        size_t room = before == 0 ? 64 : 2 * (size_t)before;
        size_t *lines = realloc(table->label_line, room * sizeof *lines);
        if (lines == NULL)
            return loci_fail_memory(r->error, table->where);
        table->label_line = lines;
        table->label_lines = room;
    }
    table->label_line[before] = r->text->start;
    return LOCI_OK;
}

static int grow(loci_table *table, loci_error *error) {
    size_t room = table->room == 0 ? 256 : 2 * table->room;
    uint32_t **const lists[] = {table->columns.label != SIZE_MAX ? &table->label : NULL,
                                table->columns.group != SIZE_MAX ? &table->group : NULL};
    for (size_t i = 0; i < 2; i++) {
        if (lists[i] == NULL)
            continue;
        uint32_t *list = realloc(*lists[i], room * sizeof *list);
        if (list == NULL)
            return loci_fail_memory(error, table->where);
        *lists[i] = list;
    }
    table->room = room;
    return LOCI_OK;
}

/* Whether the first columns still count the rows. */
static void watch_leading(loci_table *table, const float *row) {
    for (size_t i = 0; i < LOCI_LEADING && i < table->columns.inputs; i++) {
        bool *counts = &table->leading[i].counts;
        if (table->rows == 0) {
            table->leading[i].from = row[i];
            *counts = table->columns.input[i] == i && (row[i] == 0 || row[i] == 1);
        }
        *counts &= row[i] == table->leading[i].from + (float)table->rows;
    }
}

/* Whether all numbers could be pixels; what is to be pixels must be. */
static int watch_pixels(const loci_reader *r, const float *row) {
    loci_table *table = r->table;
    if (!table->whole)
        return LOCI_OK;
    for (size_t i = 0; i < table->columns.inputs; i++) {
        float value = row[i];
        if (!(value >= 0 && value <= 255 && value == (float)(int)value)) {
            table->whole = false;
            if (table->schema.pixels)
                return loci_fault_pixel(r, (double)value);
            break;
        }
        table->largest = value > table->largest ? value : table->largest;
    }
    return LOCI_OK;
}

int loci_table_take_row(const loci_reader *r) {
    loci_table *table = r->table;
    const loci_columns *x = &table->columns;
    if (r->text->count != x->width && !loci_text_rows_narrow(r->text, x->width))
        return loci_fault_cells(r);
    int status = table->rows == table->room ? grow(table, r->error) : LOCI_OK;
    if (status != LOCI_OK)
        return status;
    float *row = loci_float_store_add(&table->numbers, table->stored, r->error);
    if (row == NULL)
        return LOCI_E_IO; /* or as the error says */
    for (size_t i = 0; i < x->inputs && status == LOCI_OK; i++)
        status = take_input(r, i, x->input[i], &row[i]);
    if (status == LOCI_OK) {
        watch_leading(table, row);
        status = watch_pixels(r, row);
    }
    for (size_t k = 0; k < x->targets && status == LOCI_OK; k++)
        status = take_target(r, k, &row[x->inputs + k]);
    if (status == LOCI_OK && x->weight != SIZE_MAX)
        status = take_weight(r, x->weight, &row[x->inputs + x->targets]);
    if (status == LOCI_OK && x->label != SIZE_MAX)
        status = take_label(r, &table->label[table->rows]);
    if (status == LOCI_OK && x->group != SIZE_MAX)
        status = take_group(r, &table->group[table->rows]);
    table->rows++;
    return status;
}
