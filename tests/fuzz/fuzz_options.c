/* Options as somebody typed them, "NAME VALUE" a line: each is refused with a reason, or its value
 * has a text that sets the same. Then a run is planned by all of them. */
#include <loci/train.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mutate_words.h"
#include "train/teacher_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 4096, GIVEN = 24, VALUE = 512 };

/* Of the two tables: text, value and text again. */
static void check_same(const loci_config *config, const char *name) {
    char text[VALUE], second[VALUE];
    loci_spec spec = config->spec;
    loci_train_options train = config->train;
    if (loci_spec_get(&spec, name, text, sizeof text) == LOCI_OK) {
        if (loci_spec_set(&spec, name, text, NULL) != LOCI_OK ||
            loci_spec_get(&spec, name, second, sizeof second) != LOCI_OK ||
            strcmp(text, second) != 0)
            abort();
    } else if (loci_spec_set(&spec, name, "1", NULL) == LOCI_OK) {
        abort(); /* what can be set can be read */
    } else if (loci_train_get(&train, name, text, sizeof text) == LOCI_OK) {
        if (loci_train_set(&train, name, text, NULL) != LOCI_OK ||
            loci_train_get(&train, name, second, sizeof second) != LOCI_OK ||
            strcmp(text, second) != 0)
            abort();
    }
}

/* Cuts text into lines and these into names and values. */
static size_t read_lines(char *text, loci_given given[GIVEN]) {
    size_t count = 0;
    char *line = text, *next;
    for (; line != NULL && *line != '\0' && count < GIVEN; line = next) {
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        char *value = strchr(line, ' ');
        if (value != NULL)
            *value++ = '\0';
        given[count++] = (loci_given){line, value != NULL ? value : ""};
    }
    return count;
}

/* Of the teachers: what was read is what config.json has, and what is checked. */
static void use_teachers(const loci_config *config) {
    char again[sizeof config->teacher];
    loci_error error = {0};
    if (loci_teacher_check(config->teacher, &error) != LOCI_OK && error.message[0] == '\0')
        abort();
    json_t *json = loci_teacher_to_json(config->teacher);
    if (json_is_array(json) &&
        (!loci_teacher_from_json(again, sizeof again, json) || strcmp(again, config->teacher) != 0))
        abort();
    json_decref(json);
}

/* What was found to be possible has a form in JSON, and sizes that can be counted. */
static void use(const loci_config *config) {
    loci_data_options options;
    loci_config copy = *config;
    loci_spec spec = config->spec;
    loci_error error = {0};
    use_teachers(config);
    if (loci_config_data(&copy, &options, &error) != LOCI_OK && error.message[0] == '\0')
        abort();
    spec.inputs = spec.inputs > 0 ? spec.inputs : 4;
    char *json = loci_spec_json(&spec);
    if (json == NULL)
        abort();
    free(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static loci_config config;
    char text[MOST + 1];
    loci_given given[GIVEN];
    if (size > MOST)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    size_t count = read_lines(text, given);
    loci_config_defaults(&config);
    for (size_t i = 0; i < count; i++) {
        loci_error error = {0};
        int status = loci_config_set(&config, given[i].name, given[i].text, &error);
        if (status != LOCI_OK && (status != LOCI_E_ARGUMENT || error.message[0] == '\0'))
            abort();
        if (status == LOCI_OK)
            check_same(&config, given[i].name);
    }
    use(&config);
    loci_error error = {0};
    bool preset = count > 0 && strcmp(given[0].name, "preset") == 0;
    int status = loci_config_plan(&config, preset ? given[0].text : "", given + preset,
                                  count - preset, &error);
    if (status == LOCI_OK)
        use(&config);
    else if (error.message[0] == '\0')
        abort();
    return 0;
}

MUTATE_WORDS
