/* A first column that only counts the rows: an index that a program wrote beside the data. It would
 * be learnt from, and rows that stand in the order of their classes make it an easy answer. */
#include "data/row_numbers.h"

#include <string.h>

#include "base/error.h"

/* Fewer rows could count by chance. */
enum { FEWEST_ROWS = 10 };

/* An index has no name as pandas and R write it; read and written again, pandas calls it so. */
static bool is_unnamed(const loci_table *table, size_t column) {
    const char *name = table->columns.name != NULL ? table->columns.name[column] : NULL;
    return name != NULL && (name[0] == '\0' || strncmp(name, "Unnamed: ", 9) == 0);
}

static int note_left_out(loci_dataset *data, const loci_table *table, size_t column) {
    return loci_dataset_note_down(data,
                                  "%s: column %zu has no name and counts the rows from %d; it is "
                                  "left out (give it a name to learn from it)",
                                  table->where, column + 1, (int)table->leading[column].from);
}

/* Notes a column that is learnt from and may be an index. One with a name is taken as meant. */
static int note_doubt(loci_dataset *data, const loci_table *table, size_t column) {
    if (is_unnamed(table, column))
        return loci_dataset_note_down(data,
                                      "%s: column %zu has no name, and is learnt from; --without "
                                      "%zu leaves it out if it is an index",
                                      table->where, column + 1, column + 1);
    if (table->columns.name == NULL && table->leading[column].counts && table->rows >= FEWEST_ROWS)
        return loci_dataset_note_down(data,
                                      "%s: column %zu counts the rows from %d, and is learnt from; "
                                      "--without %zu leaves it out if it is an index",
                                      table->where, column + 1, (int)table->leading[column].from,
                                      column + 1);
    return LOCI_OK;
}

int loci_row_numbers_leave(loci_dataset *data, loci_table *table, loci_error *error) {
    size_t column = 0;
    int status = LOCI_OK;
    while (status == LOCI_OK && column < LOCI_LEADING && table->schema.count > 0 &&
           table->schema.column[0].place == column && is_unnamed(table, column) &&
           table->leading[column].counts) {
        status = note_left_out(data, table, column++);
        loci_table_leave_out(table, 0);
    }
    if (status == LOCI_OK && table->schema.count > 0 && column < LOCI_LEADING &&
        table->schema.column[0].place == column &&
        table->schema.column[0].kind != LOCI_COLUMN_UNKNOWN)
        status = note_doubt(data, table, column);
    if (status != LOCI_OK)
        return loci_fail_memory(error, table->where);
    if (table->schema.count == 0)
        return loci_fail(error, LOCI_E_FORMAT, table->where,
                         "nothing but row numbers beside what is to be learnt");
    return LOCI_OK;
}
