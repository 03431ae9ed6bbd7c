#include "train/teacher_list.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"

bool loci_teacher_next(const char **list, char path[LOCI_TEACHER_PATH]) {
    size_t length = strcspn(*list, "\n");
    if (length == 0 || length >= LOCI_TEACHER_PATH)
        return false;
    memcpy(path, *list, length);
    path[length] = '\0';
    *list += length;
    *list += **list == '\n';
    return true;
}

bool loci_teacher_add(char *list, size_t size, const char *path) {
    size_t used = strlen(list), length = strlen(path);
    if (length == 0 || length >= LOCI_TEACHER_PATH || used + length + 2 > size)
        return false;
    snprintf(list + used, size - used, "%s%s", used > 0 ? "\n" : "", path);
    return true;
}

/* ---- as it is written ---- */

static bool has(const char *list, const char *path) {
    char entry[LOCI_TEACHER_PATH];
    while (loci_teacher_next(&list, entry))
        if (strcmp(entry, path) == 0)
            return true;
    return false;
}

static int add(char *list, size_t size, const char *path, size_t count, loci_error *error) {
    if (path[0] == '\0')
        return loci_fail(error, LOCI_E_ARGUMENT, "teacher",
                         "a name is missing; models are separated by one comma");
    if (count == LOCI_MOST_TEACHERS)
        return loci_fail(error, LOCI_E_ARGUMENT, "teacher", "at most %d models",
                         LOCI_MOST_TEACHERS);
    if (has(list, path))
        return loci_fail(error, LOCI_E_ARGUMENT, "teacher", "%s is there twice",
                         LOCI_SHOWN(200, path));
    if (strchr(path, '\n') != NULL)
        return loci_fail(error, LOCI_E_ARGUMENT, "teacher", "a name has a line feed in it");
    if (!loci_teacher_add(list, size, path))
        return loci_fail(error, LOCI_E_ARGUMENT, "teacher",
                         "a name has more than %d bytes, or all of them more than %zu",
                         LOCI_TEACHER_PATH - 1, size - 1);
    return LOCI_OK;
}

int loci_teacher_read(loci_config *config, const char *text, loci_error *error) {
    char list[sizeof config->teacher] = "", path[sizeof config->teacher];
    bool one = strchr(text, ',') == NULL || access(text, F_OK) == 0;
    int status = LOCI_OK;
    for (size_t count = 0; status == LOCI_OK; count++) {
        size_t length = one ? strlen(text) : strcspn(text, ",");
        if (count == 0 && length == 0 && text[0] == '\0')
            break; /* none */
        snprintf(path, sizeof path, "%.*s", (int)(length < sizeof path ? length : sizeof path),
                 text);
        status = add(list, sizeof list, path, count, error);
        text += length;
        if (*text == '\0')
            break;
        text++;
    }
    if (status == LOCI_OK)
        strcpy(config->teacher, list);
    return status;
}

int loci_teacher_check(const char *list, loci_error *error) {
    char path[LOCI_TEACHER_PATH];
    size_t count = 0;
    while (loci_teacher_next(&list, path))
        count++;
    if (*list != '\0' || count > LOCI_MOST_TEACHERS)
        return loci_fail(error, LOCI_E_ARGUMENT, "teacher",
                         "is no list of at most %d models, one a line of at most %d bytes",
                         LOCI_MOST_TEACHERS, LOCI_TEACHER_PATH - 1);
    return LOCI_OK;
}

/* ---- as config.json has it ---- */

json_t *loci_teacher_to_json(const char *list) {
    char path[LOCI_TEACHER_PATH];
    if (strchr(list, '\n') == NULL)
        return json_string(list);
    json_t *array = json_array();
    bool failed = array == NULL;
    while (!failed && loci_teacher_next(&list, path))
        failed = json_array_append_new(array, json_string(path)) != 0;
    if (!failed)
        return array;
    json_decref(array);
    return NULL;
}

bool loci_teacher_from_json(char *list, size_t size, const json_t *json) {
    size_t count = json_array_size(json);
    bool good = count >= 2 && count <= LOCI_MOST_TEACHERS;
    list[0] = '\0';
    for (size_t i = 0; good && i < count; i++) {
        const char *path = json_string_value(json_array_get(json, i));
        good = path != NULL && strchr(path, '\n') == NULL && loci_teacher_add(list, size, path);
    }
    return good;
}
