#define _GNU_SOURCE
#include "train/run_paths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "data/catalogue.h"
#include "data/formats.h"
#include "train/teacher_list.h"

static bool is_there(const char *path) {
    return access(path, F_OK) == 0;
}

static bool is_relative(const char *path) {
    return path[0] != '\0' && path[0] != '/';
}

/* Whether data are named as the catalogue has them, not as a file. */
static bool is_name(const char *data) {
    return strchr(data, '/') == NULL && loci_catalogue_find(data, NULL) != NULL;
}

/* The path of `to` as seen from the folder `from`, both without links and from the root on; where
 * they share nothing but the root, `to` itself. False when it does not fit. */
static bool see_from(char *out, size_t size, const char *from, const char *to) {
    size_t common = 0, used = 0;
    for (size_t i = 0;; i++) {
        bool ends = from[i] == '\0' || from[i] == '/';
        if (ends && (to[i] == '\0' || to[i] == '/'))
            common = i;
        if (from[i] != to[i] || from[i] == '\0')
            break;
    }
    if (common == 0)
        return snprintf(out, size, "%s", to) < (int)size;
    out[0] = '\0';
    for (const char *c = from + common; *c != '\0' && used < size; c++)
        if (*c == '/')
            used += (size_t)snprintf(out + used, size - used, used > 0 ? "/.." : "..");
    const char *rest = to + common + (to[common] == '/');
    if (used < size && (*rest != '\0' || used == 0))
        used += (size_t)snprintf(out + used, size - used, "%s%s", used > 0 ? "/" : "",
                                 *rest != '\0' ? rest : ".");
    return used < size;
}

/* As see_from(), of paths as they come; false also when one of them is not there. */
static bool see(char *out, size_t size, const char *from, const char *to) {
    char *a = realpath(from, NULL), *b = realpath(to, NULL);
    bool seen = a != NULL && b != NULL && see_from(out, size, a, b);
    free(a);
    free(b);
    return seen;
}

void loci_run_note_origin(loci_config *config, const char *directory) {
    const char *const paths[] = {is_name(config->data) ? "" : config->data, config->data_dir,
                                 config->test_file, config->init};
    char path[LOCI_TEACHER_PATH];
    bool wanted = false;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        wanted |= is_relative(paths[i]) && is_there(paths[i]);
    for (const char *list = config->teacher; loci_teacher_next(&list, path);)
        wanted |= is_relative(path) && is_there(path);
    if (config->origin[0] != '\0')
        return; /* noted when the run was started */
    if (!wanted || !see(config->origin, sizeof config->origin, directory, ".") ||
        !loci_is_utf8(config->origin))
        config->origin[0] = '\0'; /* then paths hold from the current folder */
}

/* The folder that relative paths were meant from; "" where the configuration does not tell. */
static int find_origin(char *out, size_t size, const loci_config *config, const char *directory,
                       loci_error *error) {
    out[0] = '\0';
    if (config->origin[0] == '\0')
        return LOCI_OK;
    return loci_path_join(out, size, config->origin[0] == '/' ? "" : directory, config->origin,
                          error);
}

static int not_found(const char *path, const char *origin, const char *hint, loci_error *error) {
    char seen[4096];
    if (path[0] == '/')
        return loci_fail(error, LOCI_E_NOT_FOUND, path, "is not there; %s", hint);
    if (origin[0] == '\0')
        return loci_fail(error, LOCI_E_NOT_FOUND, path, "is not in the current folder; %s", hint);
    if (!see(seen, sizeof seen, ".", origin))
        snprintf(seen, sizeof seen, "%s", origin);
    if (strcmp(seen, ".") == 0)
        return loci_fail(error, LOCI_E_NOT_FOUND, path,
                         "is not in the current folder, where the run was started; %s", hint);
    return loci_fail(error, LOCI_E_NOT_FOUND, path,
                     "is neither in %s, where the run was started, nor in the current folder; %s",
                     LOCI_SHOWN(200, seen), hint);
}

/* Makes one path of a configuration hold from the current folder. What is where the run was started
 * wins over what has the same name here. */
static int locate(char *path, size_t size, const loci_config *config, const char *directory,
                  const char *hint, loci_error *error) {
    char origin[4096], there[4096], seen[4096];
    if (path[0] == '\0')
        return LOCI_OK;
    int status = find_origin(origin, sizeof origin, config, directory, error);
    if (status == LOCI_OK && is_relative(path) && origin[0] != '\0')
        status = loci_path_join(there, sizeof there, origin, path, error);
    else
        snprintf(there, sizeof there, "%s", path);
    if (status != LOCI_OK)
        return status;
    char *a = realpath(there, NULL), *b = realpath(path, NULL);
    bool found = a != NULL || b != NULL, elsewhere = a != NULL && (b == NULL || strcmp(a, b) != 0);
    free(a);
    free(b);
    if (!found)
        return not_found(path, origin, hint, error);
    if (!elsewhere)
        return LOCI_OK;
    if (!see(seen, sizeof seen, ".", there) || strlen(seen) >= size)
        return loci_fail(error, LOCI_E_ARGUMENT, path, "the path from here to it is too long");
    strcpy(path, seen);
    return LOCI_OK;
}

static int locate_init(loci_config *config, const char *directory, loci_error *error) {
    return locate(config->init, sizeof config->init, config, directory,
                  "the run starts from this model", error);
}

/* Of several the error says which. Nothing changes unless all are there. */
static int locate_teachers(loci_config *config, const char *directory, loci_error *error) {
    char path[LOCI_TEACHER_PATH], all[sizeof config->teacher] = "";
    int status = LOCI_OK;
    for (const char *list = config->teacher; status == LOCI_OK && loci_teacher_next(&list, path);) {
        status =
            locate(path, sizeof path, config, directory, "the run learns from this model", error);
        if (status == LOCI_OK && !loci_teacher_add(all, sizeof all, path))
            status =
                loci_fail(error, LOCI_E_ARGUMENT, path, "the path from here to it is too long");
    }
    if (status == LOCI_OK)
        strcpy(config->teacher, all);
    return status;
}

int loci_run_locate(loci_config *here, loci_config *config, const char *directory, bool resume,
                    loci_error *error) {
    loci_config stored;
    config->origin[0] = '\0';
    if (resume && loci_config_load(&stored, directory, NULL) == LOCI_OK)
        strcpy(config->origin, stored.origin);
    *here = *config;
    locate_init(here, directory, NULL);
    return config->origin[0] != '\0' ? locate_teachers(here, directory, error) : LOCI_OK;
}

/* Recordings may be named by their folder where data are kept, if there is no such file. */
static int locate_data(loci_config *config, const char *directory, loci_error *error) {
    char found[4096];
    loci_error inner = {0};
    int status = locate(config->data, sizeof config->data, config, directory,
                        "name the data with --data", &inner);
    if (status == LOCI_E_NOT_FOUND && strchr(config->data, '/') == NULL &&
        loci_data_folder(found, sizeof found, config->data, config->data_dir,
                         loci_spikes_present) == LOCI_OK)
        return LOCI_OK;
    if (status != LOCI_OK && error != NULL)
        *error = inner;
    return status;
}

int loci_config_locate(loci_config *config, const char *directory, loci_error *error) {
    /* these are needed later, if at all; that one is missing is reported then */
    locate(config->data_dir, sizeof config->data_dir, config, directory, "", NULL);
    locate_init(config, directory, NULL);
    locate_teachers(config, directory, NULL);
    int status = LOCI_OK;
    if (!is_name(config->data))
        status = locate_data(config, directory, error);
    if (status == LOCI_OK)
        status = locate(config->test_file, sizeof config->test_file, config, directory,
                        "name the file with --test", error);
    if (status == LOCI_OK)
        config->origin[0] = '\0';
    return status;
}
