#include "data/classes.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/decimal.h"

/* More kinds of numbers than this, of which few stand in several rows, are measured, not named. */
enum { FEW = 20, ROWS_EACH = 4 };

static int check_doubt(const loci_table *table, loci_error *error) {
    size_t count = table->labels.count;
    bool whole = true;
    for (size_t c = 0; c < count && whole; c++) {
        const char *word = table->labels.word[c];
        double value = NAN;
        loci_decimal_read_either(word, strlen(word), table->dialect.point, &value);
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

/* Words out of names, to be found by value, too; false when memory is short. */
static bool make_words(loci_words *words, char *const *names, size_t count) {
    *words = (loci_words){0};
    for (size_t c = 0; c < count; c++)
        if (loci_words_add(words, names[c], strlen(names[c])) == LOCI_NO_WORD)
            return false;
    return loci_words_value(words);
}

int loci_classes_match(const loci_dataset *data, const loci_table *table, uint32_t **rank,
                       loci_error *error) {
    loci_words words;
    int status = LOCI_OK;
    char point = table->dialect.point;
    *rank = loci_alloc(table->labels.count, sizeof **rank);
    if (!make_words(&words, data->output_names, data->outputs) || *rank == NULL)
        status = loci_fail_memory(error, table->where);
    for (uint32_t w = 0; w < table->labels.count && status == LOCI_OK; w++) {
        const char *label = table->labels.word[w];
        (*rank)[w] = loci_words_match(&words, label, strlen(label), point);
        if ((*rank)[w] == LOCI_NO_WORD)
            status = loci_fail(error, LOCI_E_FORMAT, table->where,
                               "line %zu: label '%s', which no training row has",
                               table->label_line[w], LOCI_SHOWN(40, label));
    }
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

/* One more than the largest label; of labels with names, how many names there are. */
static uint32_t count_labels(const loci_dataset *data) {
    uint32_t count = data->output_names != NULL ? data->outputs : 0;
    for (int s = 0; s < 2 && data->output_names == NULL; s++)
        for (size_t i = 0; data->part[s].labels != NULL && i < data->part[s].count; i++)
            if (data->part[s].labels[i] >= 0 && (uint32_t)data->part[s].labels[i] >= count)
                count = (uint32_t)data->part[s].labels[i] + 1;
    return count;
}

/* Which classes have a sample, [count]. */
static void find_occurring(const loci_dataset *data, bool *occurs, uint32_t count) {
    for (int s = 0; s < 2; s++)
        for (size_t i = 0; data->part[s].labels != NULL && i < data->part[s].count; i++) {
            int32_t label = data->part[s].labels[i];
            if (label >= 0 && (uint32_t)label < count)
                occurs[label] = true;
        }
}

static void renumber(loci_dataset *data, const uint32_t *to, uint32_t count) {
    for (int s = 0; s < 2; s++)
        for (size_t i = 0; data->part[s].labels != NULL && i < data->part[s].count; i++) {
            int32_t *label = &data->part[s].labels[i];
            if (*label >= 0 && (uint32_t)*label < count) /* others are refused later */
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

/* The model's number of each of so many classes; false: it has no class of that name. Labels
 * without names are called by their numbers, but where the model's names are words they count
 * these. */
static bool match(uint32_t *to, const loci_words *words, const loci_dataset *data,
                  const bool *occurs, uint32_t count) {
    bool counted = data->output_names == NULL && words->by_value == NULL, same = true;
    for (uint32_t c = 0; c < count && same; c++) {
        char number[16];
        snprintf(number, sizeof number, "%" PRIu32, c);
        const char *name = data->output_names != NULL ? data->output_names[c] : number;
        if (counted)
            to[c] = c < words->count ? c : LOCI_NO_WORD;
        else
            to[c] = loci_words_match(words, name, strlen(name), '.');
        same = to[c] != LOCI_NO_WORD || !occurs[c];
    }
    return same;
}

int loci_classes_follow(loci_dataset *data, const char *text, loci_error *error) {
    loci_words words;
    int status = read_names(&words, text, data->name, error);
    uint32_t count = count_labels(data);
    if (count > LOCI_MAX_CLASSES) { /* refused later */
        loci_words_free(&words);
        return status;
    }
    uint32_t *to = loci_alloc(count, sizeof *to);
    bool *occurs = loci_alloc(count, sizeof *occurs);
    if (status == LOCI_OK && (to == NULL || occurs == NULL || !loci_words_value(&words)))
        status = loci_fail_memory(error, data->name);
    if (status == LOCI_OK) {
        find_occurring(data, occurs, count);
        if (match(to, &words, data, occurs, count)) {
            renumber(data, to, count);
            status = take_names(data, &words, error);
        }
    }
    free(to);
    free(occurs);
    loci_words_free(&words);
    return status;
}
