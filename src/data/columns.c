#include "data/columns.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/column_search.h"
#include "data/decimal.h"

/* ---- as options say ---- */

static int give_one(const loci_column_search *s, const char *wanted, int role, size_t *column) {
    int status = loci_is_given(wanted) ? loci_column_find(s, wanted, column) : LOCI_OK;
    return status == LOCI_OK && loci_is_given(wanted)
               ? loci_column_give(s, *column, LOCI_ROLE_INPUT, role)
               : status;
}

static int give_list(const loci_column_search *s, const char *list, int from, int to) {
    char name[LOCI_COLUMN_NAME];
    size_t column;
    int status = LOCI_OK;
    while (status == LOCI_OK && loci_column_next(&list, name)) {
        status = loci_column_find(s, name, &column);
        if (status == LOCI_OK)
            status = loci_column_give(s, column, from, to);
    }
    return status;
}

/* What is to be learnt: the columns named, else the last one. */
static int find_learnt(const loci_column_search *s, bool regress) {
    loci_columns *x = s->x;
    if (loci_is_given(s->options->target_columns))
        return loci_column_targets(s, s->options->target_columns, LOCI_ROLE_INPUT);
    size_t column = x->width - 1;
    int status = loci_is_given(s->options->label_column)
                     ? loci_column_find(s, s->options->label_column, &column)
                     : LOCI_OK;
    if (status != LOCI_OK)
        return status;
    if (!loci_is_given(s->options->label_column) && x->role[column] != LOCI_ROLE_INPUT) {
        char own[32];
        const char *name = loci_columns_name(x, column, own);
        return loci_fail(s->error, LOCI_E_ARGUMENT, s->where,
                         "%s%s is the last one, which is to be learnt unless another is named; "
                         "give --label or --target",
                         loci_column_word(name), LOCI_SHOWN(40, name));
    }
    if (regress)
        x->target[x->targets++] = column;
    else
        x->label = column;
    return loci_column_give(s, column, LOCI_ROLE_INPUT,
                            regress ? LOCI_ROLE_TARGET : LOCI_ROLE_LABEL);
}

/* With --columns nothing else is an input. */
static int choose_inputs(const loci_column_search *s) {
    loci_columns *x = s->x;
    enum { CHOSEN = 100 };
    int status = give_list(s, s->options->without, LOCI_ROLE_INPUT, LOCI_ROLE_OUT);
    if (status != LOCI_OK || !loci_is_given(s->options->columns))
        return status;
    status = give_list(s, s->options->columns, LOCI_ROLE_INPUT, CHOSEN);
    for (size_t c = 0; c < x->width; c++)
        if (x->role[c] == LOCI_ROLE_INPUT || x->role[c] == CHOSEN)
            x->role[c] = x->role[c] == CHOSEN ? LOCI_ROLE_INPUT : LOCI_ROLE_OUT;
    return status;
}

static int sort_out(const loci_column_search *s, bool regress) {
    loci_columns *x = s->x;
    memset(x->role, LOCI_ROLE_INPUT, x->width);
    int status = give_one(s, s->options->weight_column, LOCI_ROLE_WEIGHT, &x->weight);
    if (status == LOCI_OK)
        status = give_one(s, s->options->group_column, LOCI_ROLE_GROUP, &x->group);
    if (status == LOCI_OK && !s->options->unlabelled)
        status = find_learnt(s, regress);
    if (status == LOCI_OK)
        status = choose_inputs(s);
    for (size_t c = 0; c < x->width; c++)
        if (x->role[c] == LOCI_ROLE_INPUT)
            x->input[x->inputs++] = c;
    if (status == LOCI_OK && x->inputs == 0)
        return loci_fail(s->error, LOCI_E_ARGUMENT, s->where, "no column is left to learn from");
    return status;
}

/* ---- all of it ---- */

static int copy_names(loci_columns *x, const loci_cell *first, const char *where,
                      loci_error *error) {
    char own[32];
    x->name = loci_alloc(x->width, sizeof *x->name);
    bool lost = x->name == NULL || !loci_column_names_open(&x->names, x->width);
    for (size_t c = 0; !lost && c < x->width; c++) {
        if (!loci_is_utf8(first[c].text))
            return loci_fail(error, LOCI_E_FORMAT, where,
                             "the name of column %zu, '%s', is not UTF-8; save the table as UTF-8",
                             c + 1, LOCI_SHOWN(40, first[c].text));
        lost = (x->name[c] = strdup(first[c].text)) == NULL ||
               !loci_column_names_put(&x->names, c, loci_columns_name(x, c, own));
    }
    return lost ? loci_fail_memory(error, where) : LOCI_OK;
}

int loci_columns_find(loci_columns *x, const loci_cell *first, size_t width, bool header,
                      const loci_data_options *options, bool regress, const loci_schema *known,
                      const char *where, loci_error *error) {
    *x = (loci_columns){.width = width, .label = SIZE_MAX, .weight = SIZE_MAX, .group = SIZE_MAX};
    const loci_column_search s = {x, options, where, error};
    size_t most = known != NULL && known->count > width ? known->count : width;
    x->input = loci_alloc(most, sizeof *x->input);
    x->target = loci_alloc(width + (known != NULL ? known->targets : 0), sizeof *x->target);
    x->role = loci_alloc(width, 1);
    if (x->input == NULL || x->target == NULL || x->role == NULL)
        return loci_fail_memory(error, where);
    int status = header ? copy_names(x, first, where, error) : LOCI_OK;
    if (status != LOCI_OK)
        return status;
    return known != NULL ? loci_columns_follow(&s, regress, known) : sort_out(&s, regress);
}

int loci_columns_listed(const loci_columns *x, const char *list, const char *where, bool **out,
                        loci_error *error) {
    loci_columns own = *x;
    const loci_column_search s = {&own, NULL, where, error};
    char name[LOCI_COLUMN_NAME];
    size_t column;
    int status = LOCI_OK;
    *out = loci_alloc(x->width, sizeof **out);
    if (*out == NULL)
        return loci_fail_memory(error, where);
    while (status == LOCI_OK && loci_column_next(&list, name)) {
        status = loci_column_find(&s, name, &column);
        if (status == LOCI_OK)
            (*out)[column] = true;
    }
    return status;
}

void loci_columns_free(loci_columns *x) {
    for (size_t c = 0; x->name != NULL && c < x->width; c++)
        free(x->name[c]);
    free(x->name);
    loci_column_names_free(&x->names);
    free(x->role);
    free(x->input);
    free(x->target);
    *x = (loci_columns){0};
}

bool loci_columns_named(const loci_column_names *first, const loci_data_options *options) {
    const char *const lists[] = {options->label_column,  options->target_columns,
                                 options->weight_column, options->group_column,
                                 options->columns,       options->without,
                                 options->one_hot};
    char name[LOCI_COLUMN_NAME];
    double ignored;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (const char *list = lists[i]; loci_column_next(&list, name);)
            if (loci_column_names_find(first, name) != SIZE_MAX &&
                !loci_decimal_read(name, strlen(name), '.', &ignored))
                return true;
    return false;
}

bool loci_columns_known(const loci_column_names *first, const loci_schema *known) {
    for (size_t i = 0; i < known->count; i++)
        if (loci_column_names_find(first, known->column[i].name) != SIZE_MAX)
            return true;
    return false;
}
