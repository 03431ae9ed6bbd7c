#include "data/column_search.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/names.h"
#include "base/text.h"
#include "data/decimal.h"

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

bool loci_column_next(const char **list, char text[LOCI_COLUMN_NAME]) {
    if (!loci_is_given(*list))
        return false;
    size_t length = strcspn(*list, ","),
           kept = length < LOCI_COLUMN_NAME - 1 ? length : LOCI_COLUMN_NAME - 1;
    memcpy(text, *list, kept);
    text[kept] = '\0';
    *list += length;
    *list += **list == ',';
    return true;
}

void loci_column_list(char *list, size_t size, const char *name) {
    size_t used = strlen(list);
    if (used + 50 < size)
        snprintf(list + used, size - used, "%s%s", used > 0 ? ", " : "", LOCI_SHOWN(40, name));
    else if (list[used - 1] != '.')
        snprintf(list + used, size - used, ", ...");
}

static int fail_unknown(const loci_column_search *s, const char *wanted) {
    const loci_columns *x = s->x;
    loci_nearest nearest = {.wanted = wanted, .distance = SIZE_MAX};
    char list[200] = "";
    bool word = strlen(wanted) >= 3; /* of shorter ones every name would be near */
    for (size_t c = 0; x->name != NULL && c < x->width; c++) {
        if (word)
            loci_nearest_offer(&nearest, x->name[c]);
        loci_column_list(list, sizeof list, x->name[c]);
    }
    if (nearest.best != NULL)
        return loci_fail(s->error, LOCI_E_ARGUMENT, s->where, "no column %s; did you mean %s?",
                         LOCI_SHOWN(40, wanted), LOCI_SHOWN(40, nearest.best));
    return loci_fail(s->error, LOCI_E_ARGUMENT, s->where, "no column %s among %zu%s%s",
                     LOCI_SHOWN(40, wanted), x->width,
                     x->name == NULL ? "; the file has no header" : ": ", list);
}

int loci_column_find(const loci_column_search *s, const char *wanted, size_t *out) {
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

int loci_column_give(const loci_column_search *s, size_t column, int from, int to) {
    char own[32];
    unsigned char *role = &s->x->role[column];
    const char *name = loci_columns_name(s->x, column, own);
    if (*role != from)
        return loci_fail(s->error, LOCI_E_ARGUMENT, s->where, "%s%s is %s", loci_column_word(name),
                         LOCI_SHOWN(40, name),
                         from == LOCI_ROLE_OUT && *role == LOCI_ROLE_INPUT
                             ? "one that the model takes for an input"
                             : "named twice");
    *role = (unsigned char)to;
    return LOCI_OK;
}

int loci_column_targets(const loci_column_search *s, const char *list, int from) {
    loci_columns *x = s->x;
    char name[LOCI_COLUMN_NAME];
    int status = LOCI_OK;
    while (status == LOCI_OK && loci_column_next(&list, name)) {
        size_t column;
        status = loci_column_find(s, name, &column);
        if (status == LOCI_OK)
            status = loci_column_give(s, column, from, LOCI_ROLE_TARGET);
        if (status == LOCI_OK)
            x->target[x->targets++] = column;
    }
    return status;
}
