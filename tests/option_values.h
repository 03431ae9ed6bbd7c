/* Values of every option, derived from its row: an option that is added to a table is walked
 * without anyone saying so. */
#ifndef LOCI_TESTS_OPTION_VALUES_H
#define LOCI_TESTS_OPTION_VALUES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <loci/run.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "option/fields.h"

/* What decides a run, too, and stands in no table: the name is all there is. */
enum { OPTION_TEACHER = 1, OPTION_INIT, OPTION_NO_TEST };

enum { MOST_VALUES = 320, MOST_OPTIONS = 96 };

typedef struct option_value {
    const loci_field *field; /* NULL: one of the above */
    int beside;              /* which */
    bool is_spec;
    bool is_end; /* an end of what is allowed: there is no accuracy there */
    size_t option;
    char name[32], text[48];
} option_value;

typedef struct option_values {
    option_value value[MOST_VALUES];
    size_t count, options;
} option_values;

static inline void add_value(option_values *all, const loci_field *field, bool is_spec, bool is_end,
                             const char *text) {
    assert_true(all->count < MOST_VALUES && strlen(text) < 48);
    option_value *v = &all->value[all->count++];
    *v = (option_value){
        .field = field, .is_spec = is_spec, .is_end = is_end, .option = all->options};
    snprintf(v->name, sizeof v->name, "%s", field->name);
    snprintf(v->text, sizeof v->text, "%s", text);
}

static inline void add_number(option_values *all, const loci_field *field, bool is_spec,
                              bool is_end, double number) {
    char text[48];
    snprintf(text, sizeof text, "%.9g", number);
    add_value(all, field, is_spec, is_end, text);
}

/* A number of a usual size that is not the default. */
static inline double middle(const loci_field *field, double usual) {
    bool whole = field->type == LOCI_FIELD_UINT || field->type == LOCI_FIELD_UINT_LIST;
    double number = usual;
    if (field->low == -1)
        number = 1.5;
    else if (whole)
        number = usual < field->low + 2 ? field->low + 2 : usual / 2;
    else if (usual == 0)
        number = 0.7;
    else
        number = usual < 0.6 ? 1.5 * usual : usual / 2;
    number = whole ? (double)(long)number : number;
    return number > field->high ? field->high : number;
}

static inline void add_numbers(option_values *all, const loci_field *field, bool is_spec,
                               double usual) {
    char text[48];
    double number = middle(field, usual);
    bool list = field->type == LOCI_FIELD_REAL_LIST || field->type == LOCI_FIELD_UINT_LIST;
    /* the lowest whole number is one like others, and so is a share of 0 */
    bool whole = field->type == LOCI_FIELD_UINT || field->type == LOCI_FIELD_UINT_LIST;
    add_number(all, field, is_spec, !whole && field->low != 0 && field->low != -1, field->low);
    add_number(all, field, is_spec, false, number);
    add_number(all, field, is_spec, true, field->high);
    if (field->low == -1)
        add_number(all, field, is_spec, true, 1e-3);
    if (list) {
        snprintf(text, sizeof text, "%.9g,%.9g", number, field->low == -1 ? -1 : 2 * number);
        add_value(all, field, is_spec, false, text);
    }
}

/* A row of a kind that is not known here fails: it needs its values. */
static inline void add_option(option_values *all, const loci_field *field, bool is_spec,
                              const char *usual) {
    char text[48];
    assert_true(all->options < MOST_OPTIONS);
    switch (field->type) {
    case LOCI_FIELD_NAME:
        for (size_t i = 0; field->names[i] != NULL; i++)
            add_value(all, field, is_spec, false, field->names[i]);
        break;
    case LOCI_FIELD_SWITCH:
        add_value(all, field, is_spec, false, "no");
        add_value(all, field, is_spec, false, "yes");
        break;
    case LOCI_FIELD_PLAN:
        add_value(all, field, is_spec, false, field->names[0]);
        for (size_t i = 1; field->names[i] != NULL; i++) {
            snprintf(text, sizeof text, "%s:0.6", field->names[i]);
            add_value(all, field, is_spec, false, text);
            snprintf(text, sizeof text, "%s:0.8", field->names[i]);
            add_value(all, field, is_spec, false, text);
            snprintf(text, sizeof text, "%s:%g", field->names[i], field->low);
            add_value(all, field, is_spec, false, text);
        }
        break;
    case LOCI_FIELD_SIZES:
        add_value(all, field, is_spec, false, "0");
        add_value(all, field, is_spec, false, "7");
        add_value(all, field, is_spec, false, "5,3");
        add_value(all, field, is_spec, true, "1");
        add_value(all, field, is_spec, true, "2,2,2,2,2,2,2,2,2,2,2,2,2,2,2");
        break;
    case LOCI_FIELD_UINT:
    case LOCI_FIELD_REAL:
    case LOCI_FIELD_UINT_LIST:
    case LOCI_FIELD_REAL_LIST:
        add_numbers(all, field, is_spec, strtod(usual, NULL));
        break;
    default:
        fail_msg("--%s: an option of a kind that has no values here", field->name);
    }
    all->options++;
}

/* All values of all options; `usual`: what they are unless given. */
static inline void list_values(option_values *all, const loci_config *usual) {
    static const char *const names[] = {"teacher", "init", "no-test"};
    all->count = all->options = 0;
    for (int table = 0; table < 2; table++) {
        size_t count;
        const loci_field *fields =
            table == 0 ? loci_spec_fields(&count) : loci_train_fields(&count);
        for (size_t i = 0; i < count; i++) {
            char text[256] = "";
            if (table == 0)
                loci_spec_get(&usual->spec, fields[i].name, text, sizeof text);
            else
                loci_train_get(&usual->train, fields[i].name, text, sizeof text);
            add_option(all, &fields[i], table == 0, text);
        }
    }
    for (int i = 0; i < 3; i++) {
        option_value *v = &all->value[all->count++];
        *v = (option_value){.beside = OPTION_TEACHER + i, .option = all->options++};
        snprintf(v->name, sizeof v->name, "%s", names[i]);
    }
}

#endif
