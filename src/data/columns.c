#include "data/columns.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/text.h"
#include "data/decimal.h"

enum { NAME = 256 };

/* What the columns are looked for with. */
typedef struct loci_search {
    loci_columns *x;
    const loci_data_options *options;
    const char *where;
    loci_error *error;
} loci_search;

static bool given(const char *text) {
    return text != NULL && text[0] != '\0';
}

/* Cuts the next name off a list; false at its end. */
static bool next_name(const char **list, char text[NAME]) {
    if (!given(*list))
        return false;
    size_t length = strcspn(*list, ","), kept = length < NAME - 1 ? length : NAME - 1;
    memcpy(text, *list, kept);
    text[kept] = '\0';
    *list += length;
    *list += **list == ',';
    return true;
}

const char *loci_columns_handle(const loci_columns *x, size_t column, char own[32]) {
    bool named = x->name != NULL && x->name[column][0] != '\0' &&
                 strchr(x->name[column], ',') == NULL && strchr(x->name[column], ' ') == NULL;
    if (named)
        return x->name[column];
    snprintf(own, 32, "%zu", column + 1);
    return own;
}

const char *loci_columns_name(const loci_columns *x, size_t column, char own[32]) {
    if (x->name != NULL && x->name[column][0] != '\0')
        return x->name[column];
    snprintf(own, 32, "column %zu", column + 1);
    return own;
}

/* ---- by name or number ---- */

/* Adds a name to a list for a message; where that is full, dots. */
static void list_name(char *list, size_t size, const char *name) {
    size_t used = strlen(list);
    if (used + 50 < size)
        snprintf(list + used, size - used, "%s%s", used > 0 ? ", " : "", LOCI_SHOWN(40, name));
    else if (list[used - 1] != '.')
        snprintf(list + used, size - used, ", ...");
}

static int fail_unknown(const loci_search *s, const char *wanted) {
    const loci_columns *x = s->x;
    loci_nearest nearest = {.wanted = wanted, .distance = SIZE_MAX};
    char list[200] = "";
    bool word = strlen(wanted) >= 3; /* of shorter ones every name would be near */
    for (size_t c = 0; x->name != NULL && c < x->width; c++) {
        if (word)
            loci_nearest_offer(&nearest, x->name[c]);
        list_name(list, sizeof list, x->name[c]);
    }
    if (nearest.best != NULL)
        return loci_fail(s->error, LOCI_E_ARGUMENT, s->where, "no column %s; did you mean %s?",
                         LOCI_SHOWN(40, wanted), LOCI_SHOWN(40, nearest.best));
    return loci_fail(s->error, LOCI_E_ARGUMENT, s->where, "no column %s among %zu%s%s",
                     LOCI_SHOWN(40, wanted), x->width,
                     x->name == NULL ? "; the file has no header" : ": ", list);
}

/* A column by its name, else by its 1-based number. A name that several have is refused. */
static int find(const loci_search *s, const char *wanted, size_t *out) {
    const loci_columns *x = s->x;
    double number;
    size_t found = SIZE_MAX;
    for (size_t c = loci_column_names_find(&x->names, wanted); c != SIZE_MAX;
         c = x->names.next[c]) {
        if (x->name[c][0] == '\0')
            continue; /* "column N" is no name to ask for */
        if (found != SIZE_MAX)
            return loci_fail(s->error, LOCI_E_ARGUMENT, s->where,
                             "columns %zu and %zu are both called %s; give a number", found + 1,
                             c + 1, LOCI_SHOWN(40, wanted));
        found = c;
    }
    if (found == SIZE_MAX && loci_decimal_read(wanted, strlen(wanted), '.', &number) &&
        number >= 1 && number <= (double)x->width && number == floor(number))
        found = (size_t)number - 1;
    *out = found;
    return found != SIZE_MAX ? LOCI_OK : fail_unknown(s, wanted);
}

/* Gives a column a role; it may have had `from`. */
static int give(const loci_search *s, size_t column, int from, int to) {
    char own[32];
    unsigned char *role = &s->x->role[column];
    if (*role != from)
        return loci_fail(s->error, LOCI_E_ARGUMENT, s->where, "column %s is %s",
                         LOCI_SHOWN(40, loci_columns_name(s->x, column, own)),
                         from == LOCI_ROLE_OUT && *role == LOCI_ROLE_INPUT
                             ? "one that the model takes for an input"
                             : "named twice");
    *role = (unsigned char)to;
    return LOCI_OK;
}

static int give_one(const loci_search *s, const char *wanted, int role, size_t *column) {
    int status = given(wanted) ? find(s, wanted, column) : LOCI_OK;
    return status == LOCI_OK && given(wanted) ? give(s, *column, LOCI_ROLE_INPUT, role) : status;
}

static int give_list(const loci_search *s, const char *list, int from, int to) {
    char name[NAME];
    size_t column;
    int status = LOCI_OK;
    while (status == LOCI_OK && next_name(&list, name)) {
        status = find(s, name, &column);
        if (status == LOCI_OK)
            status = give(s, column, from, to);
    }
    return status;
}

/* ---- as options say ---- */

/* from: the role that they may have had. */
static int find_targets(const loci_search *s, const char *list, int from) {
    loci_columns *x = s->x;
    char name[NAME];
    int status = LOCI_OK;
    while (status == LOCI_OK && next_name(&list, name)) {
        size_t column;
        status = find(s, name, &column);
        if (status == LOCI_OK)
            status = give(s, column, from, LOCI_ROLE_TARGET);
        if (status == LOCI_OK)
            x->target[x->targets++] = column;
    }
    return status;
}

/* What is to be learnt: the columns named, else the last one. */
static int find_learnt(const loci_search *s, bool regress) {
    loci_columns *x = s->x;
    if (given(s->options->target_columns))
        return find_targets(s, s->options->target_columns, LOCI_ROLE_INPUT);
    size_t column = x->width - 1;
    int status =
        given(s->options->label_column) ? find(s, s->options->label_column, &column) : LOCI_OK;
    if (status != LOCI_OK)
        return status;
    if (!given(s->options->label_column) && x->role[column] != LOCI_ROLE_INPUT) {
        char own[32];
        return loci_fail(
            s->error, LOCI_E_ARGUMENT, s->where,
            "column %s is the last one, which is to be learnt unless another is named; "
            "give --label or --target",
            LOCI_SHOWN(40, loci_columns_name(x, column, own)));
    }
    if (regress)
        x->target[x->targets++] = column;
    else
        x->label = column;
    return give(s, column, LOCI_ROLE_INPUT, regress ? LOCI_ROLE_TARGET : LOCI_ROLE_LABEL);
}

/* With --columns nothing else is an input. */
static int choose_inputs(const loci_search *s) {
    loci_columns *x = s->x;
    enum { CHOSEN = 100 };
    int status = give_list(s, s->options->without, LOCI_ROLE_INPUT, LOCI_ROLE_OUT);
    if (status != LOCI_OK || !given(s->options->columns))
        return status;
    status = give_list(s, s->options->columns, LOCI_ROLE_INPUT, CHOSEN);
    for (size_t c = 0; c < x->width; c++)
        if (x->role[c] == LOCI_ROLE_INPUT || x->role[c] == CHOSEN)
            x->role[c] = x->role[c] == CHOSEN ? LOCI_ROLE_INPUT : LOCI_ROLE_OUT;
    return status;
}

static int sort_out(const loci_search *s, bool regress) {
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

/* ---- as a schema says ---- */

/* Of several columns of a name each input takes the next one. */
static int find_by_name(const loci_search *s, const loci_schema *known) {
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
            list_name(lacking, sizeof lacking, name);
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
static int find_by_place(const loci_search *s, const loci_schema *known) {
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
static int find_known(const loci_search *s, const char *wanted, const loci_other_column *known,
                      int role, size_t *column) {
    loci_columns *x = s->x;
    if (given(wanted)) {
        int status = find(s, wanted, column);
        return status == LOCI_OK ? give(s, *column, LOCI_ROLE_OUT, role) : status;
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
static int check_targets(const loci_search *s, const loci_schema *known) {
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
static int find_known_targets(const loci_search *s, const loci_schema *known) {
    loci_columns *x = s->x;
    const char *named =
        given(s->options->target_columns) ? s->options->target_columns : s->options->label_column;
    if (given(named)) {
        int status = find_targets(s, named, LOCI_ROLE_OUT);
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

static int check_learnt(const loci_search *s, const loci_schema *known, bool regress) {
    const loci_columns *x = s->x;
    bool there = regress ? x->targets > 0 && x->targets >= known->targets : x->label != SIZE_MAX;
    if (there)
        return LOCI_OK;
    const char *name = regress && known->targets > 0 ? known->target[0].name : known->label.name;
    return loci_fail(s->error, LOCI_E_MISMATCH, s->where,
                     "no column %s, which holds what is to be predicted; %s names it, and `loci "
                     "predict` needs none",
                     name != NULL ? LOCI_SHOWN(40, name) : "of labels",
                     regress ? "--target" : "--label");
}

static int follow(const loci_search *s, bool regress, const loci_schema *known) {
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
    const loci_search s = {x, options, where, error};
    size_t most = known != NULL && known->count > width ? known->count : width;
    x->input = loci_alloc(most, sizeof *x->input);
    x->target = loci_alloc(width + (known != NULL ? known->targets : 0), sizeof *x->target);
    x->role = loci_alloc(width, 1);
    if (x->input == NULL || x->target == NULL || x->role == NULL)
        return loci_fail_memory(error, where);
    int status = header ? copy_names(x, first, where, error) : LOCI_OK;
    if (status != LOCI_OK)
        return status;
    return known != NULL ? follow(&s, regress, known) : sort_out(&s, regress);
}

int loci_columns_listed(const loci_columns *x, const char *list, const char *where, bool **out,
                        loci_error *error) {
    loci_columns own = *x;
    const loci_search s = {&own, NULL, where, error};
    char name[NAME];
    size_t column;
    int status = LOCI_OK;
    *out = loci_alloc(x->width, sizeof **out);
    if (*out == NULL)
        return loci_fail_memory(error, where);
    while (status == LOCI_OK && next_name(&list, name)) {
        status = find(&s, name, &column);
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
    char name[NAME];
    double ignored;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (const char *list = lists[i]; next_name(&list, name);)
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
