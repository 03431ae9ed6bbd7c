#include "data/schema.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/memory.h"
#include "data/dataset.h"

bool loci_schema_make(loci_schema *schema, size_t count) {
    *schema = (loci_schema){.count = count};
    schema->column = loci_alloc(count, sizeof *schema->column);
    if (schema->column == NULL)
        *schema = (loci_schema){0};
    return schema->column != NULL;
}

void loci_schema_free(loci_schema *schema) {
    for (size_t c = 0; c < schema->count; c++) {
        free(schema->column[c].name);
        free(schema->column[c].mean);
        loci_words_free(&schema->column[c].words);
    }
    for (size_t k = 0; k < schema->targets; k++)
        free(schema->target[k].name);
    for (size_t i = 0; i < schema->lefts; i++)
        free(schema->left[i]);
    free(schema->left);
    free(schema->column);
    free(schema->target);
    free(schema->label.name);
    free(schema->weight.name);
    free(schema->group.name);
    *schema = (loci_schema){0};
}

size_t loci_schema_inputs(const loci_schema *schema) {
    size_t inputs = 0;
    for (size_t c = 0; c < schema->count; c++)
        inputs += loci_column_inputs(&schema->column[c]);
    return inputs;
}

/* ---- to JSON ---- */

static const char *const kinds[] = {"empty", "number", "words"};
static const char *const missing_names[] = {"refuse", "mean", "drop"};

static json_t *column_json(const loci_input_column *column) {
    json_t *json = json_pack("{s:s, s:I, s:s}", "name", column->name, "place",
                             (json_int_t)column->place + 1, "kind", kinds[column->kind]);
    bool words = column->kind == LOCI_COLUMN_WORDS;
    json_t *list = json_array(), *means = json_array();
    bool failed = json == NULL || list == NULL || means == NULL;
    for (uint32_t w = 0; w < column->words.count && words && !failed; w++)
        failed |= json_array_append_new(list, json_string(column->words.word[w])) != 0;
    for (size_t i = 0; column->mean != NULL && i < loci_column_inputs(column) && !failed; i++)
        failed |= json_array_append_new(means, json_real((double)column->mean[i])) != 0;
    if (!failed && words)
        failed |= json_object_set(json, "words", list) != 0;
    if (!failed && column->mean != NULL)
        failed |= json_object_set(json, "mean", means) != 0;
    json_decref(list);
    json_decref(means);
    if (!failed)
        return json;
    json_decref(json);
    return NULL;
}

static json_t *other_json(const loci_other_column *column) {
    return json_pack("{s:s, s:I}", "name", column->name, "place", (json_int_t)column->place + 1);
}

static bool put_other(json_t *json, const char *key, const loci_other_column *column) {
    return column->name == NULL || json_object_set_new(json, key, other_json(column)) == 0;
}

json_t *loci_schema_json(const loci_schema *schema) {
    json_t *json = json_object(), *columns = json_array(), *targets = json_array();
    bool made = json != NULL && columns != NULL && targets != NULL;
    for (size_t c = 0; c < schema->count && made; c++)
        made = json_array_append_new(columns, column_json(&schema->column[c])) == 0;
    for (size_t k = 0; k < schema->targets && made; k++)
        made = json_array_append_new(targets, other_json(&schema->target[k])) == 0;
    made = made && json_object_set(json, "columns", columns) == 0 &&
           put_other(json, "label", &schema->label) && put_other(json, "weight", &schema->weight) &&
           put_other(json, "group", &schema->group) &&
           json_object_set_new(json, "missing", json_string(missing_names[schema->missing])) == 0 &&
           json_object_set_new(json, "header", json_boolean(schema->header)) == 0 &&
           json_object_set_new(json, "width", json_integer((json_int_t)schema->width)) == 0;
    if (made && schema->targets > 0)
        made = json_object_set(json, "targets", targets) == 0;
    json_t *left = json_array();
    for (size_t i = 0; i < schema->lefts && made; i++)
        made = json_array_append_new(left, json_string(schema->left[i])) == 0;
    if (made && schema->lefts > 0)
        made = json_object_set(json, "left_out", left) == 0;
    json_decref(left);
    if (made && schema->pixels)
        made = json_object_set_new(json, "pixels", json_true()) == 0;
    json_decref(columns);
    json_decref(targets);
    if (made)
        return json;
    json_decref(json);
    return NULL;
}

/* ---- from JSON ---- */

static int find_name(const json_t *json, const char *const *names, int count) {
    const char *text = json_string_value(json);
    for (int i = 0; text != NULL && i < count; i++)
        if (strcmp(text, names[i]) == 0)
            return i;
    return -1;
}

/* A copy of a text, or NULL where there is none; *lost when memory is short. */
static char *copy_text(const json_t *json, bool *lost) {
    const char *text = json_string_value(json);
    char *copy = text == NULL ? NULL : strdup(text);
    *lost |= text != NULL && copy == NULL;
    return copy;
}

static bool read_means(loci_input_column *column, const json_t *means, bool *lost) {
    size_t inputs = loci_column_inputs(column);
    if (means == NULL)
        return true;
    if (json_array_size(means) != inputs)
        return false;
    column->mean = loci_alloc(inputs, sizeof *column->mean);
    *lost |= column->mean == NULL;
    for (size_t i = 0; i < inputs && column->mean != NULL; i++) {
        double mean = json_number_value(json_array_get(means, i));
        if (!json_is_number(json_array_get(means, i)) || !isfinite((float)mean))
            return false;
        column->mean[i] = (float)mean;
    }
    return true;
}

static bool read_place(const json_t *json, size_t *out) {
    uint64_t place;
    bool read =
        loci_json_count(json, "place", (uint64_t)2 * LOCI_MAX_FEATURES, &place) && place > 0;
    *out = read ? (size_t)place - 1 : 0;
    return read;
}

static bool read_column(loci_input_column *column, const json_t *json, bool *lost) {
    column->name = copy_text(json_object_get(json, "name"), lost);
    if (!read_place(json, &column->place))
        return false;
    column->kind = find_name(json_object_get(json, "kind"), kinds, 3);
    if (column->kind < 0 || (column->name == NULL ? !*lost : column->name[0] == '\0'))
        return false;
    const json_t *words = json_object_get(json, "words");
    size_t count = json_array_size(words);
    if ((column->kind == LOCI_COLUMN_WORDS) != (count > 0) || count > LOCI_MAX_CLASSES)
        return false;
    for (size_t w = 0; w < count && !*lost; w++) {
        const json_t *word = json_array_get(words, w);
        if (!json_is_string(word))
            return false;
        uint32_t number =
            loci_words_add(&column->words, json_string_value(word), json_string_length(word));
        *lost |= number == LOCI_NO_WORD;
        if (!*lost && number != w)
            return false; /* twice */
    }
    *lost |= !*lost && !loci_words_value(&column->words);
    return *lost || read_means(column, json_object_get(json, "mean"), lost);
}

/* One that need not be there. */
static bool read_other(loci_other_column *column, const json_t *json, bool *lost) {
    if (json == NULL)
        return true;
    column->name = copy_text(json_object_get(json, "name"), lost);
    return read_place(json, &column->place) && (column->name != NULL || *lost);
}

static bool read_targets(loci_schema *schema, const json_t *json, bool *lost) {
    size_t count = json_array_size(json);
    if (count > LOCI_MAX_CLASSES)
        return false;
    if (count == 0)
        return true;
    schema->target = loci_alloc(count, sizeof *schema->target);
    *lost |= schema->target == NULL;
    for (size_t k = 0; k < count && !*lost; k++) {
        const json_t *target = json_array_get(json, k);
        if (!read_other(&schema->target[schema->targets++], target, lost))
            return false;
    }
    return true;
}

static bool read_left(loci_schema *schema, const json_t *json, bool *lost) {
    size_t count = json_array_size(json);
    if (count == 0)
        return true;
    schema->left = loci_alloc(count, sizeof *schema->left);
    *lost |= schema->left == NULL;
    for (size_t i = 0; i < count && !*lost; i++) {
        if (!json_is_string(json_array_get(json, i)))
            return false;
        schema->left[schema->lefts++] = copy_text(json_array_get(json, i), lost);
    }
    return true;
}

/* No column lies beyond the table. */
static bool check_places(const loci_schema *schema) {
    bool sound = schema->label.place < schema->width && schema->weight.place < schema->width &&
                 schema->group.place < schema->width;
    for (size_t c = 0; c < schema->count && sound; c++)
        sound = schema->column[c].place < schema->width;
    for (size_t k = 0; k < schema->targets && sound; k++)
        sound = schema->target[k].place < schema->width;
    return sound;
}

static bool read_schema(loci_schema *schema, const json_t *json, bool *lost) {
    const json_t *columns = json_object_get(json, "columns");
    size_t count = json_array_size(columns);
    if (count < 1 || count > LOCI_MAX_FEATURES)
        return false;
    if (!loci_schema_make(schema, count)) {
        *lost = true;
        return false;
    }
    for (size_t c = 0; c < count && !*lost; c++)
        if (!read_column(&schema->column[c], json_array_get(columns, c), lost))
            return false;
    uint64_t width;
    schema->header = json_is_true(json_object_get(json, "header"));
    schema->pixels = json_is_true(json_object_get(json, "pixels"));
    schema->missing = find_name(json_object_get(json, "missing"), missing_names, 3);
    if (schema->missing < 0 ||
        !loci_json_count(json, "width", (uint64_t)2 * LOCI_MAX_FEATURES, &width))
        return false;
    schema->width = (size_t)width;
    return read_other(&schema->label, json_object_get(json, "label"), lost) &&
           read_other(&schema->weight, json_object_get(json, "weight"), lost) &&
           read_other(&schema->group, json_object_get(json, "group"), lost) &&
           read_targets(schema, json_object_get(json, "targets"), lost) &&
           read_left(schema, json_object_get(json, "left_out"), lost) && check_places(schema) &&
           loci_schema_inputs(schema) <= LOCI_MAX_FEATURES;
}

int loci_schema_from_text(loci_schema *schema, const char *text, const char *where,
                          loci_error *error) {
    bool lost = false;
    json_error_t why;
    *schema = (loci_schema){0};
    json_t *json = loci_json_read(text, strlen(text), &why);
    lost = loci_json_is_short(json, &why);
    bool read = json != NULL && read_schema(schema, json, &lost);
    json_decref(json);
    if (read && !lost)
        return LOCI_OK;
    if (lost)
        return loci_fail_memory(error, where);
    return loci_fail(error, LOCI_E_FORMAT, where, "what it says of its columns is damaged");
}
