#include "data/classes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/decimal.h"

static double value_of(const char *text, char point) {
    double value = NAN;
    if (!loci_decimal_read(text, strlen(text), point == ',' ? ',' : '.', &value) && point == 0)
        loci_decimal_read(text, strlen(text), ',', &value);
    return value;
}

/* More kinds of numbers than this, of which few stand in several rows, are measured, not named. */
enum { FEW = 20, ROWS_EACH = 4 };

static int check_doubt(const loci_table *table, loci_error *error) {
    size_t count = table->labels.count;
    bool whole = true;
    for (size_t c = 0; c < count && whole; c++) {
        double value = value_of(table->labels.word[c], table->dialect.point);
        whole = value == floor(value);
    }
    bool few = count <= FEW && (whole || table->rows >= 2 * count);
    if (few || (whole && table->rows >= ROWS_EACH * count))
        return LOCI_OK;
    return loci_fail(
        error, LOCI_E_ARGUMENT, table->where,
        "column %zu holds %zu different numbers in %zu rows%s; to predict numbers give "
        "--task regress, or --task classify if each of them is a class",
        table->columns.label + 1, count, table->rows, whole ? "" : ", not all of them whole");
}

int loci_classes_find(loci_dataset *data, loci_table *table, bool asked, uint32_t **rank,
                      loci_error *error) {
    char point = table->dialect.point == ',' ? ',' : '.';
    bool numbers = loci_words_are_numbers(&table->labels, point);
    if (!loci_words_sort(&table->labels, numbers, point, rank))
        return loci_fail_memory(error, table->where);
    size_t count = table->labels.count;
    if (count > LOCI_MAX_CLASSES)
        return loci_fail(error, LOCI_E_FORMAT, table->where,
                         "column %zu has %zu different labels; at most %d are accepted",
                         table->columns.label + 1, count, LOCI_MAX_CLASSES);
    int status = numbers && !asked ? check_doubt(table, error) : LOCI_OK;
    if (status != LOCI_OK)
        return status;
    if (count == 0)
        return loci_fail(error, LOCI_E_FORMAT, table->where, "no row has a label");
    data->output_names = calloc(count, sizeof *data->output_names);
    if (data->output_names == NULL)
        return loci_fail_memory(error, data->name);
    data->outputs = (uint32_t)count;
    for (size_t c = 0; c < count; c++)
        if ((data->output_names[c] = strdup(table->labels.word[c])) == NULL)
            return loci_fail_memory(error, data->name);
    return LOCI_OK;
}

/* The value of a name that is a number. */
typedef struct valued {
    double value;
    uint32_t number;
} valued;

/* A list of names to find texts in: by their bytes or, where all are numbers, by value. */
typedef struct list {
    const loci_words *names;
    valued *by_value; /* [names] sorted; NULL: not all are numbers */
} list;

/* Of equal values the first one. */
static int compare(const void *a, const void *b) {
    const valued *x = a, *y = b;
    int by_value = (x->value > y->value) - (x->value < y->value);
    return by_value != 0 ? by_value : (x->number > y->number) - (x->number < y->number);
}

/* False: memory is short. */
static bool open_list(list *x, const loci_words *names, char point) {
    *x = (list){.names = names};
    if (names->count == 0 || !loci_words_are_numbers(names, point == ',' ? ',' : '.'))
        return true;
    x->by_value = loci_alloc(names->count, sizeof *x->by_value);
    for (uint32_t c = 0; x->by_value != NULL && c < names->count; c++)
        x->by_value[c] = (valued){value_of(names->word[c], point), c};
    if (x->by_value != NULL)
        qsort(x->by_value, names->count, sizeof *x->by_value, compare);
    return x->by_value != NULL;
}

static uint32_t find(const list *x, const char *text, char point) {
    uint32_t number = loci_words_find(x->names, text, strlen(text));
    if (number != LOCI_NO_WORD || x->by_value == NULL)
        return number;
    double wanted = value_of(text, point);
    size_t from = 0, to = x->names->count; /* the first that is not below it */
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (x->by_value[middle].value < wanted)
            from = middle + 1;
        else
            to = middle;
    }
    bool found = from < x->names->count && x->by_value[from].value == wanted;
    return found ? x->by_value[from].number : LOCI_NO_WORD;
}

/* Words out of names; false when memory is short. */
static bool make_words(loci_words *words, char *const *names, size_t count) {
    *words = (loci_words){0};
    for (size_t c = 0; c < count; c++)
        if (loci_words_add(words, names[c], strlen(names[c])) == LOCI_NO_WORD)
            return false;
    return true;
}

int loci_classes_match(const loci_dataset *data, const loci_table *table, uint32_t **rank,
                       loci_error *error) {
    loci_words words;
    int status = LOCI_OK;
    char point = table->dialect.point;
    *rank = loci_alloc(table->labels.count, sizeof **rank);
    list names = {NULL, NULL};
    if (!make_words(&words, data->output_names, data->outputs) || *rank == NULL ||
        !open_list(&names, &words, point))
        status = loci_fail_memory(error, table->where);
    for (uint32_t w = 0; w < table->labels.count && status == LOCI_OK; w++) {
        (*rank)[w] = find(&names, table->labels.word[w], point);
        if ((*rank)[w] == LOCI_NO_WORD)
            status = loci_fail(error, LOCI_E_FORMAT, table->where,
                               "line %zu: label '%s', which no training row has",
                               table->label_line[w], LOCI_SHOWN(40, table->labels.word[w]));
    }
    free(names.by_value);
    loci_words_free(&words);
    return status;
}

/* ---- as a model has them ---- */

static int read_names(loci_words *words, const char *text, const char *where, loci_error *error) {
    json_error_t why;
    json_t *json = loci_json_read(text, strlen(text), &why);
    size_t count = json_array_size(json);
    bool sound = count > 0 && count <= LOCI_MAX_CLASSES, lost = loci_json_is_short(json, &why);
    *words = (loci_words){0};
    for (size_t c = 0; c < count && sound && !lost; c++) {
        const json_t *name = json_array_get(json, c);
        uint32_t number = json_is_string(name) ? loci_words_add(words, json_string_value(name),
                                                                json_string_length(name))
                                               : 0;
        lost = number == LOCI_NO_WORD;
        sound = json_is_string(name) && (lost || number == c);
    }
    json_decref(json);
    if (lost)
        return loci_fail_memory(error, where);
    return sound ? LOCI_OK
                 : loci_fail(error, LOCI_E_FORMAT, where,
                             "what the model says of its classes is damaged");
}

/* Which classes have a sample, [outputs]. */
static void find_occurring(const loci_dataset *data, bool *occurs) {
    for (int s = 0; s < 2; s++)
        for (size_t i = 0; data->part[s].labels != NULL && i < data->part[s].count; i++) {
            int32_t label = data->part[s].labels[i];
            if (label >= 0 && (uint32_t)label < data->outputs)
                occurs[label] = true;
        }
}

/* Labels without names are numbers of classes. */
static bool fits(const loci_dataset *data, uint32_t classes) {
    for (int s = 0; s < 2; s++)
        for (size_t i = 0; data->part[s].labels != NULL && i < data->part[s].count; i++)
            if (data->part[s].labels[i] >= 0 && (uint32_t)data->part[s].labels[i] >= classes)
                return false;
    return true;
}

static void renumber(loci_dataset *data, const uint32_t *to) {
    for (int s = 0; s < 2; s++)
        for (size_t i = 0; data->part[s].labels != NULL && i < data->part[s].count; i++) {
            int32_t *label = &data->part[s].labels[i];
            if (*label >= 0 && (uint32_t)*label < data->outputs) /* others are refused later */
                *label = (int32_t)to[*label];
        }
}

static int take_names(loci_dataset *data, const loci_words *words, loci_error *error) {
    char **names = calloc(words->count, sizeof *names);
    bool lost = names == NULL;
    for (uint32_t c = 0; c < words->count && !lost; c++)
        lost = (names[c] = strdup(words->word[c])) == NULL;
    if (lost) {
        for (uint32_t c = 0; names != NULL && c < words->count; c++)
            free(names[c]);
        free(names);
        return loci_fail_memory(error, data->name);
    }
    for (uint32_t c = 0; data->output_names != NULL && c < data->outputs; c++)
        free(data->output_names[c]);
    free(data->output_names);
    data->output_names = names;
    data->outputs = words->count;
    return LOCI_OK;
}

int loci_classes_follow(loci_dataset *data, const char *text, loci_error *error) {
    loci_words words;
    int status = read_names(&words, text, data->name, error);
    uint32_t *to = loci_alloc(data->outputs, sizeof *to);
    bool *occurs = loci_alloc(data->outputs, sizeof *occurs);
    list names = {NULL, NULL};
    if (status == LOCI_OK && (to == NULL || occurs == NULL || !open_list(&names, &words, '.')))
        status = loci_fail_memory(error, data->name);
    bool same = data->output_names != NULL || fits(data, words.count);
    if (status == LOCI_OK)
        find_occurring(data, occurs);
    for (uint32_t c = 0;
         status == LOCI_OK && same && data->output_names != NULL && c < data->outputs; c++) {
        to[c] = find(&names, data->output_names[c], '.');
        same = to[c] != LOCI_NO_WORD || !occurs[c];
    }
    if (status == LOCI_OK && same && data->output_names != NULL)
        renumber(data, to);
    if (status == LOCI_OK && same)
        status = take_names(data, &words, error);
    free(to);
    free(occurs);
    free(names.by_value);
    loci_words_free(&words);
    return status;
}
