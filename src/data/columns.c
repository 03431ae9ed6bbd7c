#include "data/columns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/text.h"

enum role { FEATURE, TARGET, WEIGHT };

/* Cuts the next name off a list; false at its end. */
static bool next_name(const char **list, char text[256]) {
    if (*list == NULL || **list == '\0')
        return false;
    size_t length = strcspn(*list, ","), kept = length < 255 ? length : 255;
    memcpy(text, *list, kept);
    text[kept] = '\0';
    *list += length;
    *list += **list == ',';
    return true;
}

const char *loci_columns_first(const char *list, char text[256]) {
    return next_name(&list, text) ? text : NULL;
}

/* A column by its name, else by its 1-based number in the file. */
static int find(const loci_table *table, const char *wanted, const char *where, size_t *out,
                loci_error *error) {
    double number;
    loci_nearest nearest = {.wanted = wanted, .distance = SIZE_MAX};
    for (size_t c = 0; table->names != NULL && c < table->columns; c++) {
        *out = c;
        if (strcmp(table->names[c], wanted) == 0)
            return LOCI_OK;
        loci_nearest_offer(&nearest, table->names[c]);
    }
    double first = (double)table->left_out + 1;
    if (loci_table_number(wanted, &number) && number >= first &&
        number < first + (double)table->columns && number == floor(number)) {
        *out = (size_t)(number - first);
        return LOCI_OK;
    }
    if (nearest.best != NULL)
        return loci_fail(error, LOCI_E_ARGUMENT, where, "no column %s; did you mean %s?",
                         LOCI_SHOWN(40, wanted), LOCI_SHOWN(40, nearest.best));
    return loci_fail(error, LOCI_E_ARGUMENT, where, "no column %s among %zu%s",
                     LOCI_SHOWN(40, wanted), table->columns + table->left_out,
                     table->names == NULL ? "; the file has no header" : "");
}

static int give(unsigned char *role, size_t column, enum role to, const char *name,
                const char *where, loci_error *error) {
    if (role[column] != FEATURE)
        return loci_fail(error, LOCI_E_ARGUMENT, where, "column %s is named twice",
                         LOCI_SHOWN(40, name));
    role[column] = (unsigned char)to;
    return LOCI_OK;
}

static int find_targets(loci_columns *x, const loci_table *table, unsigned char *role,
                        const char *list, const char *where, loci_error *error) {
    char name[256];
    int status = LOCI_OK;
    while (status == LOCI_OK && next_name(&list, name)) {
        size_t column;
        status = find(table, name, where, &column, error);
        if (status == LOCI_OK)
            status = give(role, column, TARGET, name, where, error);
        if (status == LOCI_OK)
            x->target[x->targets++] = column;
    }
    return status;
}

static int sort_out(loci_columns *x, const loci_table *table, unsigned char *role,
                    const loci_data_options *options, bool regress, const char *where,
                    loci_error *error) {
    const char *weight = options->weight_column, *targets = options->target_columns;
    bool named = targets != NULL && targets[0] != '\0';
    int status = LOCI_OK;
    if (regress && named)
        status = find_targets(x, table, role, targets, where, error);
    else
        role[table->label] = TARGET;
    if (regress && !named)
        x->target[x->targets++] = table->label;
    if (status == LOCI_OK && weight != NULL && weight[0] != '\0') {
        status = find(table, weight, where, &x->weight, error);
        const char *label = options->label_column;
        if (status == LOCI_OK && !named && (label == NULL || label[0] == '\0') &&
            x->weight == table->label)
            return loci_fail(error, LOCI_E_ARGUMENT, where,
                             "column %s is the last one, which is to be learnt unless another is "
                             "named; give --label or --target",
                             LOCI_SHOWN(40, weight));
        if (status == LOCI_OK)
            status = give(role, x->weight, WEIGHT, weight, where, error);
    }
    for (size_t c = 0; c < table->columns; c++)
        if (role[c] == FEATURE)
            x->feature[x->features++] = c;
    if (status == LOCI_OK && x->features == 0)
        return loci_fail(error, LOCI_E_ARGUMENT, where, "no column is left to learn from");
    return status;
}

int loci_columns_find(loci_columns *x, const loci_table *table, const loci_data_options *options,
                      bool regress, const char *where, loci_error *error) {
    *x = (loci_columns){.weight = SIZE_MAX};
    x->feature = loci_alloc(table->columns, sizeof *x->feature);
    x->target = loci_alloc(table->columns, sizeof *x->target);
    unsigned char *role = loci_alloc(table->columns, 1);
    int status = x->feature == NULL || x->target == NULL || role == NULL
                     ? loci_fail_memory(error, where)
                     : sort_out(x, table, role, options, regress, where, error);
    free(role);
    return status;
}

void loci_columns_free(loci_columns *x) {
    free(x->feature);
    free(x->target);
    *x = (loci_columns){0};
}

float loci_columns_number(const loci_table *table, size_t row, size_t column) {
    return table->values[row * (table->columns - 1) + column - (column > table->label)];
}

int loci_columns_target(const loci_table *table, size_t row, size_t column, const char *where,
                        float *out, loci_error *error) {
    double value;
    if (column != table->label) {
        *out = loci_columns_number(table, row, column);
        return LOCI_OK;
    }
    if (!loci_table_number(table->texts[row], &value) || !isfinite((float)value))
        return loci_fail(error, LOCI_E_FORMAT, where,
                         "line %zu, column %zu: '%s' is no number to predict", table->lines[row],
                         table->left_out + column + 1, LOCI_SHOWN(40, table->texts[row]));
    *out = (float)value;
    return LOCI_OK;
}
