#include "train/config.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "network/spec_json.h"
#include "option/fields.h"
#include "train/fingerprint.h"
#include "train/run_folder.h"
#include "train/teacher_list.h"

/* The newest version; a file has the lowest that can say what is in it. */
enum { CONFIG_VERSION = 2, MOST_BYTES = 1 << 26 };

/* Whether a text is in every file; the younger ones may be missing, and are "" then. */
enum presence {
    ALWAYS,
    YOUNGER, /* written always, but not in the first files of this version */
    RARE     /* written where it is not "" */
};

/* The texts of a configuration; the numbers are few enough to be written out below. */
static const struct {
    const char *key;
    size_t offset, size;
    enum presence presence;
    bool compared; /* as a text */
} texts[] = {
#define TEXT(member) #member, offsetof(loci_config, member), sizeof((loci_config *)NULL)->member
    {TEXT(preset), ALWAYS, true},
    {TEXT(data), ALWAYS, true},
    {TEXT(data_dir), ALWAYS, false},
    {TEXT(label_column), ALWAYS, true},
    {TEXT(test_file), ALWAYS, true},
    {TEXT(init), ALWAYS, true},
    {TEXT(teacher), YOUNGER, true},
    {TEXT(origin), RARE, false},
    {TEXT(train_fingerprint), RARE, false},
    {TEXT(test_fingerprint), RARE, false},
    {TEXT(init_fingerprint), RARE, false},
    {TEXT(teacher_fingerprint), RARE, false},
    {TEXT(target_columns), RARE, true},
    {TEXT(weight_column), RARE, true},
    {TEXT(separator), RARE, true},
    {TEXT(columns), RARE, true},
    {TEXT(without), RARE, true},
    {TEXT(one_hot), RARE, true},
    {TEXT(header), RARE, true},
    {TEXT(missing), RARE, true},
    {TEXT(pixels), RARE, true},
    {TEXT(validation_group), RARE, true},
    {TEXT(reading), RARE, true},
    {TEXT(colour), RARE, true},
    {TEXT(image_size), RARE, true},
    {TEXT(bias_input), RARE, true},
    {TEXT(duration), RARE, true},
    {TEXT(group_channels), RARE, true},
#undef TEXT
};
enum { TEXTS = sizeof texts / sizeof *texts };

void loci_config_defaults(loci_config *config) {
    memset(config, 0, sizeof *config);
    config->seed = 1;
    strcpy(config->reading, "second");
    loci_spec_defaults(&config->spec);
    loci_train_options_defaults(&config->train);
}

static bool is_teachers(size_t i) {
    return texts[i].offset == offsetof(loci_config, teacher);
}

/* Only younger versions know of several models to learn from. */
static int version_of(const loci_config *config) {
    size_t count;
    const loci_field *fields = loci_train_fields(&count);
    int version = loci_spec_version(&config->spec);
    int of_training = loci_fields_version(fields, count, &config->train);
    version = of_training > version ? of_training : version;
    bool young = config->reading[0] != '\0' || strchr(config->teacher, '\n') != NULL;
    return young ? CONFIG_VERSION : version;
}

/* NULL when memory is short; the texts were checked before. full: with every option, to compare by.
 */
static json_t *to_json(const loci_config *config, bool full) {
    size_t count;
    const loci_field *fields = loci_train_fields(&count);
    json_t *json = json_object();
    bool failed = json_object_set_new(json, "version", json_integer(version_of(config))) != 0;
    for (size_t i = 0; i < TEXTS; i++) {
        const char *text = (const char *)config + texts[i].offset;
        json_t *value = is_teachers(i) ? loci_teacher_to_json(text) : json_string(text);
        if (texts[i].presence != RARE || text[0] != '\0')
            failed |= json_object_set(json, texts[i].key, value) != 0;
        json_decref(value);
    }
    failed |= json_object_set_new(json, "seed", json_integer((json_int_t)config->seed)) != 0;
    failed |= json_object_set_new(json, "no_test", json_boolean(config->no_test)) != 0;
    if (config->keep_row_numbers)
        failed |= json_object_set_new(json, "keep_row_numbers", json_true()) != 0;
    json_t *network =
        full ? loci_spec_to_full_json(&config->spec) : loci_spec_to_json(&config->spec);
    json_t *training = full ? loci_fields_to_full_json(fields, count, &config->train)
                            : loci_fields_to_json(fields, count, &config->train);
    failed |= json_object_set_new(json, "network", network) != 0;
    failed |= json_object_set_new(json, "training", training) != 0;
    if (!failed)
        return json;
    json_decref(json);
    return NULL;
}

/* What JSON, or the tables of options, cannot hold. */
static int check_writable(const loci_config *config, loci_error *error) {
    size_t count;
    const loci_field *fields = loci_spec_fields(&count);
    int status = loci_fields_check(fields, count, &config->spec, error);
    fields = loci_train_fields(&count);
    if (status == LOCI_OK)
        status = loci_fields_check(fields, count, &config->train, error);
    if (status != LOCI_OK)
        return status;
    if (config->seed > INT64_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "seed", "%ju is not below 2^63",
                         (uintmax_t)config->seed);
    for (size_t i = 0; i < TEXTS; i++) {
        json_t *text = json_string((const char *)config + texts[i].offset);
        if (text == NULL)
            return loci_fail(error, LOCI_E_ARGUMENT, texts[i].key, "the text is not UTF-8");
        json_decref(text);
    }
    return LOCI_OK;
}

/* What was found out about a table: for people, and for who reads the run without its data. */
static bool put_table(json_t *json, const loci_dataset *data) {
    json_error_t why;
    if (data == NULL || loci_dataset_columns(data) == NULL)
        return true;
    const char *columns = loci_dataset_columns(data);
    json_t *names = json_array();
    bool put =
        json_object_set_new(json, "table", loci_json_read(columns, strlen(columns), &why)) == 0 &&
        json_object_set(json, "classes", names) == 0;
    for (uint32_t k = 0; put && k < loci_dataset_outputs(data); k++)
        put = json_array_append_new(names, json_string(loci_dataset_output_name(data, k))) == 0;
    json_decref(names);
    return put;
}

int loci_config_save(const loci_config *config, const char *directory, loci_error *error) {
    return loci_config_save_with(config, NULL, directory, error);
}

int loci_config_save_with(const loci_config *config, const loci_dataset *data,
                          const char *directory, loci_error *error) {
    char path[4096];
    int status = check_writable(config, error);
    if (status == LOCI_OK)
        status = loci_path_join(path, sizeof path, directory, LOCI_RUN_CONFIG, error);
    if (status != LOCI_OK)
        return status;
    json_t *json = to_json(config, false);
    if (json != NULL && !put_table(json, data)) {
        json_decref(json);
        json = NULL;
    }
    return loci_json_write(path, json, JSON_INDENT(2) | JSON_REAL_PRECISION(17), error);
}

/* *seen: how many entries of the file are texts of a configuration. */
static int read_texts(loci_config *config, const json_t *json, size_t *seen, const char *path,
                      loci_error *error) {
    *seen = 0;
    for (size_t i = 0; i < TEXTS; i++) {
        const json_t *value = json_object_get(json, texts[i].key);
        const char *text = json_string_value(value);
        if (value == NULL && texts[i].presence != ALWAYS)
            continue;
        (*seen)++;
        if (is_teachers(i) && json_is_array(value)) {
            if (loci_teacher_from_json(config->teacher, sizeof config->teacher, value))
                continue;
            return loci_fail(error, LOCI_E_FORMAT, path, "'%s' is not a list of 2 to %d models",
                             texts[i].key, LOCI_MOST_TEACHERS);
        }
        if (text == NULL || strlen(text) >= texts[i].size)
            return loci_fail(error, LOCI_E_FORMAT, path, "'%s' is not a text of at most %zu bytes",
                             texts[i].key, texts[i].size - 1);
        strcpy((char *)config + texts[i].offset, text);
    }
    return LOCI_OK;
}

static int from_json(loci_config *config, const json_t *json, const char *path, loci_error *error) {
    const json_t *version = json_object_get(json, "version"), *seed = json_object_get(json, "seed");
    const json_t *no_test = json_object_get(json, "no_test");
    if (!json_is_integer(version) || json_integer_value(version) < 1 ||
        json_integer_value(version) > CONFIG_VERSION)
        return loci_fail(error, LOCI_E_FORMAT, path, "is not a configuration of version 1 to %d",
                         CONFIG_VERSION);
    size_t seen;
    config->reading[0] = '\0';
    int status = read_texts(config, json, &seen, path, error);
    if (status != LOCI_OK)
        return status;
    if (!json_is_integer(seed) || json_integer_value(seed) < 0)
        return loci_fail(error, LOCI_E_FORMAT, path, "'seed' is not a whole number from 0");
    if (!json_is_boolean(no_test))
        return loci_fail(error, LOCI_E_FORMAT, path, "'no_test' is neither true nor false");
    config->seed = (uint64_t)json_integer_value(seed);
    config->no_test = json_is_true(no_test);
    const json_t *kept = json_object_get(json, "keep_row_numbers");
    if (kept != NULL && !json_is_true(kept))
        return loci_fail(error, LOCI_E_FORMAT, path, "'keep_row_numbers' is not true");
    /* version 0.1 knew no fingerprints, and learnt from them */
    config->keep_row_numbers = kept != NULL || config->train_fingerprint[0] == '\0';
    size_t told = json_object_get(json, "table") != NULL ? 2 : 0; /* and classes: put_table() */
    if (json_object_size(json) != seen + told + (kept != NULL ? 6 : 5))
        return loci_fail(error, LOCI_E_FORMAT, path,
                         "there are entries this version does not know");
    status = loci_spec_from_json(&config->spec, json_object_get(json, "network"), path, error);
    if (status != LOCI_OK)
        return status;
    size_t count;
    const loci_field *fields = loci_train_fields(&count);
    return loci_fields_from_json(fields, count, &config->train, json_object_get(json, "training"),
                                 path, error);
}

int loci_config_load(loci_config *config, const char *directory, loci_error *error) {
    char path[4096];
    json_error_t why;
    json_t *json;
    int status = loci_json_load(&json, directory, LOCI_RUN_CONFIG, MOST_BYTES, path, &why, error);
    if (status != LOCI_OK)
        return status;
    if (json == NULL)
        return loci_fail(error, LOCI_E_FORMAT, path, "line %d is not JSON: %s", why.line,
                         LOCI_SHOWN(100, why.text));
    loci_config loaded;
    loci_config_defaults(&loaded);
    status = from_json(&loaded, json, path, error);
    json_decref(json);
    if (status == LOCI_OK)
        *config = loaded;
    return status;
}

/* Reports that `key` differs; values as JSON text. */
static int differs(const char *key, const json_t *given, const json_t *stored, loci_error *error) {
    size_t flags = JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(6);
    char name[64], *here = loci_json_print(given, flags), *there = loci_json_print(stored, flags);
    snprintf(name, sizeof name, "%s", key);
    for (char *c = name; *c != '\0'; c++)
        if (*c == '_')
            *c = '-';
    loci_fail(error, LOCI_E_MISMATCH, name,
              "is %s, but the run was started with %s; resume it with its own options, or "
              "start anew",
              LOCI_SHOWN(100, here != NULL ? here : "?"),
              LOCI_SHOWN(100, there != NULL ? there : "?"));
    free(here);
    free(there);
    return LOCI_E_MISMATCH;
}

/* Where data lie does not matter, and fingerprints, which how data are read enters,
 * are compared by themselves. */
static bool is_compared(const char *key) {
    for (size_t i = 0; i < TEXTS; i++)
        if (strcmp(texts[i].key, key) == 0)
            return texts[i].compared;
    return strcmp(key, "keep_row_numbers") != 0;
}

static int compare(const json_t *given, const json_t *stored, loci_error *error) {
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)given, key, value) {
        const json_t *other = json_object_get(stored, key);
        if (strcmp(key, "version") == 0 || !is_compared(key) || json_equal(value, other))
            continue;
        return json_is_object(value) ? compare(value, other, error)
                                     : differs(key, value, other, error);
    }
    return LOCI_OK;
}

/* A list that holds what was usual before it could be given is stored without its repetitions. */
static void resolve(loci_config *config) {
    loci_spec spec = config->spec;
    if (loci_spec_resolve(&spec, NULL) == LOCI_OK)
        config->spec = spec;
}

int loci_config_compare(const loci_config *given, const loci_config *stored, loci_error *error) {
    loci_config asked = *given, whole = *stored;
    int status = check_writable(given, error);
    if (status != LOCI_OK)
        return status;
    resolve(&asked);
    resolve(&whole);
    json_t *a = to_json(&asked, true), *b = to_json(&whole, true);
    status = a != NULL && b != NULL ? compare(a, b, error) : loci_fail_memory(error, "config");
    json_decref(a);
    json_decref(b);
    return status == LOCI_OK ? loci_run_compare_fingerprints(given, stored, error) : status;
}
