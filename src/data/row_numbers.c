/* A first column that only counts the rows: an index that a program wrote beside the data. It would
 * be learnt from, and rows that stand in the order of their classes make it an easy answer. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "data/row_numbers.h"

/* Fewer rows could count by chance. */
enum { FEWEST_ROWS = 10 };

/* An index has no name as pandas and R write it; read and written again, pandas calls it so. */
static bool is_unnamed(const loci_table *table) {
    return table->label > 0 && table->names != NULL &&
           (table->names[0][0] == '\0' || strncmp(table->names[0], "Unnamed: ", 9) == 0);
}

/* Whether the first column goes up by one from 0 or 1. */
static bool counts(const loci_table *table) {
    size_t features = table->columns - 1;
    float first = table->values[0];
    if (table->label == 0 || (first != 0 && first != 1))
        return false;
    for (size_t i = 1; i < table->rows; i++)
        if (table->values[i * features] != first + (float)i)
            return false;
    return true;
}

static int leave_out(loci_table *table, const char *where, loci_error *error) {
    size_t features = table->columns - 1;
    if (features == 1)
        return loci_fail(error, LOCI_E_FORMAT, where, "nothing but row numbers beside the label");
    for (size_t i = 0; i < table->rows; i++)
        memmove(table->values + i * (features - 1), table->values + i * features + 1,
                (features - 1) * sizeof *table->values);
    if (table->names != NULL)
        memmove(table->names, table->names + 1, features * sizeof *table->names);
    table->columns--;
    table->label--;
    table->left_out++;
    return LOCI_OK;
}

/* Notes a column that is learnt from and may be an index. One with a name is taken as meant. */
static int note_doubt(loci_dataset *data, const loci_table *table, const char *where) {
    size_t column = table->left_out + 1;
    if (is_unnamed(table))
        return loci_dataset_note_down(data,
                                      "%s: column %zu has no name, and is learnt from; leave it "
                                      "out of the file if it is an index",
                                      where, column);
    if (table->names == NULL && counts(table) && table->rows >= FEWEST_ROWS)
        return loci_dataset_note_down(data,
                                      "%s: column %zu counts the rows from %d, and is learnt "
                                      "from; leave it out of the file if it is an index",
                                      where, column, (int)table->values[0]);
    return LOCI_OK;
}

int loci_row_numbers_leave(loci_dataset *data, loci_table *table, const char *where,
                           loci_error *error) {
    int status = LOCI_OK;
    while (status == LOCI_OK && is_unnamed(table) && counts(table)) {
        size_t column = table->left_out + 1;
        int first = (int)table->values[0];
        status = leave_out(table, where, error);
        if (status == LOCI_OK &&
            loci_dataset_note_down(data,
                                   "%s: column %zu has no name and counts the rows from %d; it "
                                   "is left out (give it a name to learn from it)",
                                   where, column, first) != LOCI_OK)
            status = loci_fail_memory(error, where);
    }
    if (status == LOCI_OK && note_doubt(data, table, where) != LOCI_OK)
        status = loci_fail_memory(error, where);
    return status;
}

/* Numbers that go on where those of the training file end count as well. */
int loci_row_numbers_follow(loci_table *test, const loci_table *train, const char *where,
                            loci_error *error) {
    int status = LOCI_OK;
    while (
        status == LOCI_OK && is_unnamed(test) &&
        (test->left_out < train->left_out || (counts(test) && test->columns == train->columns + 1)))
        status = leave_out(test, where, error);
    return status;
}
