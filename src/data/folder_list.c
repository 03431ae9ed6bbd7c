#include "data/folder_list.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/dataset.h"
#include "data/picture.h"

/* ---- the entries of one folder ---- */

typedef struct entries {
    char **names; /* [count], sorted */
    size_t count, room;
} entries;

static void free_entries(entries *e) {
    for (size_t i = 0; i < e->count; i++)
        free(e->names[i]);
    free(e->names);
    *e = (entries){0};
}

static int add_name(entries *e, const char *name) {
    if (e->count == e->room) {
        size_t room = e->room == 0 ? 64 : 2 * e->room;
        char **more =
            room > SIZE_MAX / sizeof *more ? NULL : realloc(e->names, room * sizeof *more);
        if (more == NULL)
            return LOCI_E_MEMORY;
        e->names = more;
        e->room = room;
    }
    e->names[e->count] = strdup(name);
    return e->names[e->count] == NULL ? LOCI_E_MEMORY : (e->count++, LOCI_OK);
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All but what is hidden, by name. */
static int read_entries(entries *out, const char *folder, loci_error *error) {
    *out = (entries){0};
    DIR *open = opendir(folder);
    if (open == NULL)
        return loci_fail_errno(error, LOCI_E_IO, folder, errno, "cannot open");
    int status = LOCI_OK;
    struct dirent *entry;
    while (status == LOCI_OK && (entry = readdir(open)) != NULL)
        if (entry->d_name[0] != '.')
            status = add_name(out, entry->d_name);
    closedir(open);
    if (status != LOCI_OK) {
        free_entries(out);
        return loci_fail_memory(error, folder);
    }
    if (out->count > 0)
        qsort(out->names, out->count, sizeof *out->names, by_name);
    return LOCI_OK;
}

static bool is_folder(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* Whether there is an entry of that kind; path [4096] receives the first one. */
static bool find_entry(char *path, const char *folder, bool (*is)(const char *path)) {
    entries all;
    bool found = false;
    if (read_entries(&all, folder, NULL) != LOCI_OK)
        return false;
    for (size_t i = 0; i < all.count && !found; i++)
        found = loci_path_join(path, 4096, folder, all.names[i], NULL) == LOCI_OK && is(path);
    free_entries(&all);
    return found;
}

bool loci_folder_has_folders(const char *folder) {
    char path[4096];
    return find_entry(path, folder, is_folder);
}

static bool is_picture(const char *path) {
    return loci_picture_named(path) && !is_folder(path);
}

bool loci_folder_has_pictures(const char *folder) {
    char path[4096];
    return find_entry(path, folder, is_picture);
}

static bool holds_class(const char *path) {
    char inside[4096];
    return is_folder(path) && find_entry(inside, path, loci_folder_has_pictures);
}

/* Where no class is found; one folder further in there may be some. */
static int fail_classes(const char *folder, loci_error *error) {
    char inside[4096];
    bool deeper = find_entry(inside, folder, holds_class);
    return loci_fail(error, LOCI_E_FORMAT, folder,
                     "no sub-folder holds a PNG or JPEG picture; each class has one, named after "
                     "it%s%s%s",
                     deeper ? ", as in " : "", deeper ? LOCI_SHOWN(300, inside) : "",
                     deeper ? "; name that folder" : "");
}

/* ---- classes and their pictures ---- */

static int leave_out(loci_folder_list *list, const char *path) {
    if (list->others++ == 0)
        list->left_out = strdup(path);
    return list->left_out == NULL ? LOCI_E_MEMORY : LOCI_OK;
}

static int add_picture(loci_folder_list *list, size_t *room, const char *path, uint32_t label) {
    if (list->count == *room) {
        size_t more = *room == 0 ? 256 : 2 * *room;
        loci_folder_picture *pictures = more > SIZE_MAX / sizeof *pictures
                                            ? NULL
                                            : realloc(list->pictures, more * sizeof *pictures);
        if (pictures == NULL)
            return LOCI_E_MEMORY;
        list->pictures = pictures;
        *room = more;
    }
    list->pictures[list->count] = (loci_folder_picture){strdup(path), label};
    return list->pictures[list->count].path == NULL ? LOCI_E_MEMORY : (list->count++, LOCI_OK);
}

static int list_class(loci_folder_list *list, size_t *room, const char *folder, uint32_t label,
                      loci_error *error) {
    entries all;
    char path[4096];
    int status = read_entries(&all, folder, error);
    for (size_t i = 0; i < all.count && status == LOCI_OK; i++) {
        status = loci_path_join(path, sizeof path, folder, all.names[i], error);
        if (status != LOCI_OK)
            break;
        if ((is_picture(path) ? add_picture(list, room, path, label) : leave_out(list, path)) !=
            LOCI_OK)
            status = loci_fail_memory(error, folder);
    }
    free_entries(&all);
    return status;
}

/* The number of a class in another list; its class_count when it is not there. */
static size_t find_class(const loci_folder_list *known, const char *name) {
    char **found =
        bsearch(&name, known->classes, known->class_count, sizeof *known->classes, by_name);
    return found != NULL ? (size_t)(found - known->classes) : known->class_count;
}

static int add_class(loci_folder_list *list, const char *name, const char *where,
                     loci_error *error) {
    if (list->class_count == LOCI_MAX_CLASSES)
        return loci_fail(error, LOCI_E_FORMAT, where, "more than %d sub-folders, each a class",
                         LOCI_MAX_CLASSES);
    list->classes[list->class_count] = strdup(name);
    return list->classes[list->class_count] == NULL ? loci_fail_memory(error, where)
                                                    : (list->class_count++, LOCI_OK);
}

/* One sub-folder: a class, unless there is no picture in it. */
static int list_folder(loci_folder_list *list, size_t *room, const char *path, const char *name,
                       const loci_folder_list *known, loci_error *error) {
    size_t before = list->count,
           label = known == NULL ? list->class_count : find_class(known, name);
    int status = list_class(list, room, path, (uint32_t)label, error);
    if (status != LOCI_OK)
        return status;
    if (list->count == before)
        return leave_out(list, path) == LOCI_OK ? LOCI_OK : loci_fail_memory(error, path);
    if (known != NULL && label == known->class_count)
        return loci_fail(error, LOCI_E_FORMAT, path,
                         "a class that the training part does not have");
    return add_class(list, name, path, error);
}

int loci_folder_list_read(loci_folder_list *out, const char *folder, const loci_folder_list *known,
                          loci_error *error) {
    entries all;
    char path[4096];
    size_t room = 0;
    *out = (loci_folder_list){0};
    int status = read_entries(&all, folder, error);
    if (status != LOCI_OK)
        return status;
    out->classes = loci_alloc(all.count < LOCI_MAX_CLASSES ? all.count : LOCI_MAX_CLASSES,
                              sizeof *out->classes);
    if (out->classes == NULL)
        status = loci_fail_memory(error, folder);
    for (size_t i = 0; i < all.count && status == LOCI_OK; i++) {
        status = loci_path_join(path, sizeof path, folder, all.names[i], error);
        if (status != LOCI_OK)
            break;
        if (is_folder(path))
            status = list_folder(out, &room, path, all.names[i], known, error);
        else if (leave_out(out, path) != LOCI_OK)
            status = loci_fail_memory(error, folder);
    }
    free_entries(&all);
    if (status == LOCI_OK && out->count == 0)
        status = fail_classes(folder, error);
    return status;
}

void loci_folder_list_free(loci_folder_list *list) {
    for (size_t c = 0; c < list->class_count; c++)
        free(list->classes[c]);
    for (size_t i = 0; i < list->count; i++)
        free(list->pictures[i].path);
    free(list->classes);
    free(list->pictures);
    free(list->left_out);
    *list = (loci_folder_list){0};
}
