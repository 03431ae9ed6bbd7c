/* Columns as a schema says that is known already. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/column_search.h"

/* Of several columns of a name each input takes the next one. */
static int find_by_name(const loci_column_search *s, const loci_schema *known) {
    loci_columns *x = s->x;
    const loci_column_names *names = &x->names;
    char lacking[200] = "";
    bool lacks = false;
    size_t *next = loci_alloc(names->words.count, sizeof *next); /* [words] */
    if (next == NULL)
        return loci_fail_memory(s->error, s->where);
    memcpy(next, names->first, names->words.count * sizeof *next);
    for (size_t c = 0; c < known->count; c++) {
        const char *name = known->column[c].name;
        uint32_t word = loci_words_find(&names->words, name, strlen(name));
        size_t column = word != LOCI_NO_WORD ? next[word] : SIZE_MAX;
        lacks |= column == SIZE_MAX;
        if (column == SIZE_MAX) {
            loci_column_list(lacking, sizeof lacking, name);
        } else {
            x->role[column] = LOCI_ROLE_INPUT;
            next[word] = names->next[column];
        }
        x->input[c] = column;
    }
    free(next);
    if (lacks)
        return loci_fail(s->error, LOCI_E_MISMATCH, s->where,
                         "lacks what the model was trained on: %s", lacking);
    return LOCI_OK;
}

/* Without names, columns are where they were: in the whole table, or in one of inputs alone. */
static int find_by_place(const loci_column_search *s, const loci_schema *known) {
    loci_columns *x = s->x;
    bool whole = x->width == known->width;
    if (!whole && x->width != known->count)
        return loci_fail(
            s->error, LOCI_E_MISMATCH, s->where,
            "%zu columns without a header; the model was trained on a table of %zu, %zu "
            "of them its inputs",
            x->width, known->width, known->count);
    for (size_t c = 0; c < known->count; c++) {
        x->input[c] = whole ? known->column[c].place : c;
        x->role[x->input[c]] = LOCI_ROLE_INPUT;
    }
    return LOCI_OK;
}

/* A column by what options call it, else as the schema knows it: by name, or by its place. One that
 * is something else here is none. */
static int find_known(const loci_column_search *s, const char *wanted,
                      const loci_other_column *known, int role, size_t *column) {
    loci_columns *x = s->x;
    if (loci_is_given(wanted)) {
        int status = loci_column_find(s, wanted, column);
        return status == LOCI_OK ? loci_column_give(s, *column, LOCI_ROLE_OUT, role) : status;
    }
    *column = known->name != NULL ? loci_column_names_find(&x->names, known->name) : SIZE_MAX;
    if (x->name == NULL && known->name != NULL && known->place < x->width)
        *column = known->place;
    if (*column != SIZE_MAX && x->role[*column] != LOCI_ROLE_OUT)
        *column = SIZE_MAX;
    if (*column != SIZE_MAX)
        x->role[*column] = (unsigned char)role;
    return LOCI_OK;
}

/* Columns that have names of what the model predicts, but in another order, are a mistake: each
 * prediction would be held against another column. */
static int check_targets(const loci_column_search *s, const loci_schema *known) {
    const loci_columns *x = s->x;
    char own[32];
    if (x->targets != known->targets)
        return loci_fail(s->error, LOCI_E_MISMATCH, s->where,
                         "%zu target column%s; the model predicts %zu numbers, %s first",
                         x->targets, x->targets == 1 ? "" : "s", known->targets,
                         LOCI_SHOWN(40, known->target[0].name));
    loci_column_names names = {0};
    bool lost = !loci_column_names_open(&names, known->targets);
    for (size_t i = 0; i < known->targets && !lost; i++)
        lost = !loci_column_names_put(&names, i, known->target[i].name);
    int status = lost ? loci_fail_memory(s->error, s->where) : LOCI_OK;
    for (size_t k = 0; k < x->targets && status == LOCI_OK; k++) {
        const char *name = loci_columns_name(x, x->target[k], own);
        size_t i = loci_column_names_find(&names, name);
        if (i != SIZE_MAX && i != k && strcmp(known->target[k].name, name) != 0)
            status = loci_fail(s->error, LOCI_E_MISMATCH, s->where,
                               "target %zu is %s, but the model predicts %s there; name them in "
                               "its order",
                               k + 1, LOCI_SHOWN(40, known->target[i].name),
                               LOCI_SHOWN(40, known->target[k].name));
    }
    loci_column_names_free(&names);
    return status;
}

/* A label column is what numbers are predicted of where no other is named. */
static int find_known_targets(const loci_column_search *s, const loci_schema *known) {
    loci_columns *x = s->x;
    const char *named = loci_is_given(s->options->target_columns) ? s->options->target_columns
                                                                  : s->options->label_column;
    if (loci_is_given(named)) {
        int status = loci_column_targets(s, named, LOCI_ROLE_OUT);
        return status == LOCI_OK && known->targets > 0 ? check_targets(s, known) : status;
    }
    for (size_t k = 0; k < known->targets; k++) {
        size_t column;
        int status = find_known(s, NULL, &known->target[k], LOCI_ROLE_TARGET, &column);
        if (status != LOCI_OK)
            return status;
        if (column != SIZE_MAX)
            x->target[x->targets++] = column;
    }
    return LOCI_OK;
}

static int check_learnt(const loci_column_search *s, const loci_schema *known, bool regress) {
    const loci_columns *x = s->x;
    bool there = regress ? x->targets > 0 && x->targets >= known->targets : x->label != SIZE_MAX;
    if (there)
        return LOCI_OK;
    const char *name = regress && known->targets > 0 ? known->target[0].name : known->label.name;
    return loci_fail(s->error, LOCI_E_MISMATCH, s->where,
                     "no %s%s, which holds what is to be predicted; %s names it, and `loci "
                     "predict` needs none",
                     name != NULL ? loci_column_word(name) : "column ",
                     name != NULL ? LOCI_SHOWN(40, name) : "of labels",
                     regress ? "--target" : "--label");
}

int loci_columns_follow(const loci_column_search *s, bool regress, const loci_schema *known) {
    loci_columns *x = s->x;
    x->inputs = known->count;
    int status = x->name != NULL ? find_by_name(s, known) : find_by_place(s, known);
    const loci_data_options *o = s->options;
    if (o->unlabelled) /* nothing else of a row counts */
        return status;
    if (status == LOCI_OK && regress)
        status = find_known_targets(s, known);
    else if (status == LOCI_OK)
        status = find_known(s, o->label_column, &known->label, LOCI_ROLE_LABEL, &x->label);
    if (status == LOCI_OK)
        status = find_known(s, o->weight_column, &known->weight, LOCI_ROLE_WEIGHT, &x->weight);
    if (status == LOCI_OK)
        status = find_known(s, o->group_column, &known->group, LOCI_ROLE_GROUP, &x->group);
    return status == LOCI_OK ? check_learnt(s, known, regress) : status;
}
