#include "data/table_fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "data/cell.h"
#include "data/disguise.h"

enum { PLACE = 140 };

/* "line 3, column 2 (age)". */
static const char *place(const loci_reader *r, size_t line, size_t column, char out[PLACE]) {
    const loci_columns *x = &r->table->columns;
    bool named = x->name != NULL && x->name[column][0] != '\0';
    snprintf(out, PLACE, "line %zu, column %zu%s%s%s", line, column + 1, named ? " (" : "",
             named ? LOCI_SHOWN(40, x->name[column]) : "", named ? ")" : "");
    return out;
}

#define PLACE_OF(r, column) place(r, (r)->text->start, column, (char[PLACE]){0})
#define CELL_OF(r, column) LOCI_SHOWN(40, (r)->text->cells[column].text)

/* Without fractions, which loci_fail() alone writes with a point. */
static int fail(const loci_reader *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static int fail(const loci_reader *r, const char *format, ...) {
    char line[sizeof r->error->message];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    return loci_fail(r->error, LOCI_E_FORMAT, r->table->where, "%s", line);
}

int loci_fault_cells(const loci_reader *r) {
    size_t count = r->text->count, width = r->table->columns.width;
    return fail(r, "line %zu: %zu cell%s; the first row has %zu%s", r->text->start, count,
                count == 1 ? "" : "s", width,
                count > width ? "; if a separator is part of a cell, the cell needs quotes" : "");
}

/* What is wrong with a cell that looks like a number, as a hint; NULL where it does not. */
static const char *disguise(const loci_reader *r, const loci_cell *cell) {
    double value;
    char point = r->table->dialect.point;
    if (loci_decimal_read(cell->text, cell->length, point == ',' ? ',' : '.', &value))
        return "; it is too large";
    if (loci_decimal_read(cell->text, cell->length, point == ',' ? '.' : ',', &value) &&
        r->table->dialect.separator != ',')
        return point == ',' ? "; elsewhere a comma stands before fractions"
                            : "; elsewhere a point stands before fractions";
    if (!loci_disguised_number(cell->text))
        return NULL;
    return cell->text[strcspn(cell->text, "0123456789")] == '\0'
               ? "; values are finite"
               : "; numbers are digits without units and without separators of thousands";
}

int loci_fault_number(const loci_reader *r, size_t column, const char *what, bool input) {
    const loci_cell *cell = &r->text->cells[column];
    const char *hint = disguise(r, cell);
    char own[32], ways[200] = "";
    const char *name = LOCI_SHOWN(40, loci_columns_handle(&r->table->columns, column, own));
    if (input)
        snprintf(ways, sizeof ways,
                 "; --without %s leaves the column out, --one-hot %s takes its cells as words",
                 name, name);
    return fail(r, "%s: '%s' is no number%s%s%s", PLACE_OF(r, column), CELL_OF(r, column),
                hint == NULL ? what : "", hint == NULL ? "" : hint, ways);
}

int loci_fault_among_words(const loci_reader *r, size_t column) {
    char own[32];
    const char *name = LOCI_SHOWN(40, loci_columns_handle(&r->table->columns, column, own));
    return fail(r,
                "%s: '%s' is a number, what stands above it is a word; --without %s leaves the "
                "column out, --one-hot %s takes its cells as words",
                PLACE_OF(r, column), CELL_OF(r, column), name, name);
}

int loci_fault_missing(const loci_reader *r, size_t column, size_t line, const char *text) {
    char shown[60] = "";
    if (text[0] != '\0')
        snprintf(shown, sizeof shown, " ('%s')", LOCI_SHOWN(40, text));
    return fail(r, "%s: the value is missing%s; --missing mean puts the column's mean there%s",
                place(r, line, column, (char[PLACE]){0}), shown,
                r->table->unlabelled ? "" : ", --missing drop leaves such rows out");
}

int loci_fault_lacks(const loci_reader *r, size_t column, const char *what) {
    return fail(r, "%s: %s is missing; --missing drop leaves such rows out", PLACE_OF(r, column),
                what);
}

int loci_fault_weight(const loci_reader *r, size_t column, double weight) {
    return loci_fail(r->error, LOCI_E_FORMAT, r->table->where,
                     "%s: the weight %g; weights are not below 0", PLACE_OF(r, column), weight);
}

int loci_fault_encoding(const loci_reader *r, size_t column, const char *what) {
    return fail(r, "%s: the %s '%s' is not UTF-8; save the table as UTF-8", PLACE_OF(r, column),
                what, CELL_OF(r, column));
}

int loci_fault_pixel(const loci_reader *r, double value) {
    return loci_fail(r->error, LOCI_E_FORMAT, r->table->where,
                     "line %zu: %g, but pixels are whole numbers from 0 to 255", r->text->start,
                     value);
}

int loci_fault_many(const loci_reader *r, size_t column, size_t most, const char *what) {
    char own[32], way[80];
    const loci_columns *x = &r->table->columns;
    bool label = column == x->label;
    snprintf(way, sizeof way, "--without %s leaves it out",
             LOCI_SHOWN(40, loci_columns_handle(x, column, own)));
    return fail(r, "column %zu (%s) holds more than %zu different %ss; %s", column + 1,
                LOCI_SHOWN(40, loci_columns_name(x, column, own)), most, what,
                label ? "to predict numbers give --task regress" : way);
}
