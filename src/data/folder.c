/* A data set from a folder of pictures: one sub-folder a class, or train/ and test/ with such. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/folder_list.h"
#include "data/formats.h"
#include "data/picture.h"
#include "data/split.h"

/* ---- which folders ---- */

/* FOLDER/NAME, where that is a folder of folders: a class may be called so, too. */
static bool has_part(char path[4096], const char *folder, const char *name) {
    return loci_path_join(path, 4096, folder, name, NULL) == LOCI_OK &&
           loci_folder_has_folders(path);
}

bool loci_folder_present(const char *folder) {
    return loci_folder_has_folders(folder);
}

/* Sub-folders that other programs keep parts in. */
static bool names_part(const char *name) {
    static const char *const names[] = {"train", "test", "val", "valid", "validation"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* Pictures right in train/ and test/ are of no class; the folders would be taken for two. */
static int check_parts(const char *folder, const loci_folder_list *list, loci_error *error) {
    bool train = false;
    for (size_t c = 0; c < list->class_count; c++) {
        train |= strcmp(list->classes[c], "train") == 0;
        if (!names_part(list->classes[c]))
            return LOCI_OK;
    }
    if (!train)
        return LOCI_OK;
    return loci_fail(error, LOCI_E_FORMAT, folder,
                     "train holds pictures, but no sub-folders; in it each class has one, named "
                     "after it");
}

/* ---- reading one part ---- */

/* A part under way. What the training part is decides for both, so that the same network results
 * whether or not the test part is read. */
typedef struct reading {
    loci_dataset *data;
    const loci_folder_list *list;
    loci_samples *part;
    size_t done;
    uint32_t height, width; /* 0 until the first picture, unless all are scaled */
    bool scaled;
    bool deep, colour, decided;
    float *scratch; /* [height, width, 3] */
} reading;

static uint32_t channels_of(const reading *r) {
    return r->colour ? 3 : 1;
}

/* Room for all samples as they are to be; those that are there already are taken over. */
static int make_room(reading *r, bool colour, bool deep, loci_error *error) {
    const loci_samples old = *r->part;
    size_t pixels = (size_t)r->height * r->width, before = channels_of(r), after = colour ? 3 : 1;
    size_t values;
    if (__builtin_mul_overflow(r->list->count, pixels * after, &values))
        return loci_fail_memory(error, "pictures");
    r->part->bytes = deep ? NULL : loci_alloc(values, 1);
    r->part->values = deep ? loci_alloc(values, sizeof(float)) : NULL;
    bool lost = r->part->bytes == NULL && r->part->values == NULL;
    for (size_t i = 0; !lost && i < r->done * pixels * after; i++) {
        size_t from = before == after ? i : i / after;
        if (!deep)
            r->part->bytes[i] = old.bytes[from];
        else
            r->part->values[i] =
                old.bytes != NULL ? (float)old.bytes[from] / 255 : old.values[from];
    }
    free(old.bytes);
    free(old.values);
    r->colour = colour;
    r->deep = deep;
    return lost ? loci_fail_memory(error, "pictures") : LOCI_OK;
}

/* The first picture says how large all are, unless that is given. */
static int check_size(reading *r, const loci_picture *p, const char *path, loci_error *error) {
    if (r->height == 0) {
        r->height = p->rows;
        r->width = p->columns;
    }
    if (r->scaled || (p->rows == r->height && p->columns == r->width))
        return LOCI_OK;
    return loci_fail(error, LOCI_E_FORMAT, path,
                     "%u x %u pixels (height x width), but the first picture has %u x %u; "
                     "--image-size %ux%u scales all to one size",
                     p->rows, p->columns, r->height, r->width, r->height, r->width);
}

static int begin(reading *r, const loci_picture *p, const char *path, loci_error *error) {
    if (!r->decided) {
        r->colour |= p->colour;
        r->deep |= p->deep;
    }
    int status = LOCI_OK;
    if (!r->decided)
        status = loci_dataset_set_image(r->data, r->height, r->width, 1, path, error);
    if (status == LOCI_OK && (uint64_t)r->height * r->width * 3 > LOCI_MAX_FEATURES)
        status = loci_fail(error, LOCI_E_FORMAT, path,
                           "%u x %u pixels are too many; --image-size HxW makes them fewer",
                           r->height, r->width);
    if (status != LOCI_OK)
        return status;
    r->scratch = loci_alloc((size_t)r->height * r->width * 3, sizeof *r->scratch);
    return r->scratch == NULL ? loci_fail_memory(error, path)
                              : make_room(r, r->colour, r->deep, error);
}

static int store(reading *r, const loci_picture *p, const char *path, loci_error *error) {
    int status = check_size(r, p, path, error);
    if (status == LOCI_OK && r->scratch == NULL)
        status = begin(r, p, path, error);
    bool more = !r->decided && ((p->colour && !r->colour) || (p->deep && !r->deep));
    if (status == LOCI_OK && more)
        status = make_room(r, r->colour || p->colour, r->deep || p->deep, error);
    if (status == LOCI_OK)
        status = loci_picture_values(p, r->height, r->width, channels_of(r), false, r->scratch,
                                     path, error);
    if (status != LOCI_OK)
        return status;
    size_t values = (size_t)r->height * r->width * channels_of(r), i = r->done++, at = i * values;
    for (size_t k = 0; k < values; k++)
        if (r->deep)
            r->part->values[at + k] = r->scratch[k];
        else
            r->part->bytes[at + k] = (uint8_t)lroundf(r->scratch[k] * 255);
    r->part->labels[i] = (int32_t)r->list->pictures[i].label;
    return LOCI_OK;
}

static int read_one(reading *r, size_t i, loci_error *error) {
    const char *path = r->list->pictures[i].path;
    loci_picture picture;
    int status = loci_picture_open(&picture, path, error);
    if (status != LOCI_OK)
        return status;
    status = store(r, &picture, path, error);
    loci_picture_free(&picture);
    return status;
}

/* Reads all pictures of a list. The first call decides size, colour and depth. */
static int read_part(reading *r, enum loci_split split, const loci_folder_list *list,
                     loci_error *error) {
    r->list = list;
    r->part = &r->data->part[split];
    r->done = 0;
    r->part->labels = loci_alloc(list->count, sizeof *r->part->labels);
    int status = r->part->labels == NULL ? loci_fail_memory(error, "pictures") : LOCI_OK;
    free(r->scratch);
    r->scratch = NULL;
    for (size_t i = 0; i < list->count && status == LOCI_OK; i++)
        status = read_one(r, i, error);
    r->part->count = status == LOCI_OK ? list->count : 0;
    r->data->channels = channels_of(r);
    r->data->features = (size_t)r->height * r->width * channels_of(r);
    r->decided = true;
    return status;
}

/* ---- all of it ---- */

static int name_classes(loci_dataset *data, const loci_folder_list *list, loci_error *error) {
    data->output_names = calloc(list->class_count, sizeof *data->output_names);
    data->outputs = data->output_names != NULL ? (uint32_t)list->class_count : 0;
    bool lost = data->output_names == NULL;
    for (size_t c = 0; !lost && c < list->class_count; c++)
        lost = (data->output_names[c] = strdup(list->classes[c])) == NULL;
    return lost ? loci_fail_memory(error, "names of classes") : LOCI_OK;
}

static int tell_left_out(loci_dataset *data, const loci_folder_list *list, loci_error *error) {
    int status = LOCI_OK;
    if (list->others == 1)
        status = loci_dataset_note_down(data, "%s: no picture in a sub-folder; left out",
                                        LOCI_SHOWN(300, list->left_out));
    else if (list->others > 1)
        status =
            loci_dataset_note_down(data, "%s and %zu others: no pictures in sub-folders; left out",
                                   LOCI_SHOWN(300, list->left_out), list->others - 1);
    return status == LOCI_OK ? LOCI_OK : loci_fail_memory(error, "pictures");
}

static int read_all(reading *r, const char *train, const char *test,
                    const loci_data_options *options, loci_error *error) {
    loci_folder_list first = {0}, second = {0};
    r->data->full_range = true; /* a dark picture is one */
    int status = loci_folder_list_read(&first, train, NULL, error);
    if (status == LOCI_OK)
        status = check_parts(train, &first, error);
    if (status == LOCI_OK && test != NULL && !options->skip_test)
        status = loci_folder_list_read(&second, test, &first, error);
    if (status == LOCI_OK)
        status = tell_left_out(r->data, &first, error);
    if (status == LOCI_OK)
        status = tell_left_out(r->data, &second, error);
    if (status == LOCI_OK)
        status = name_classes(r->data, &first, error);
    if (status == LOCI_OK)
        status = read_part(r, LOCI_TRAIN, &first, error);
    if (status == LOCI_OK && second.count > 0)
        status = read_part(r, LOCI_TEST, &second, error);
    if (status == LOCI_OK && test == NULL)
        status = loci_dataset_split(r->data, options, train, error);
    r->list = NULL; /* one of the two */
    loci_folder_list_free(&first);
    loci_folder_list_free(&second);
    return status;
}

/* The digits that a text begins with, as a number; *text goes on behind them. 0: none, or too large
 * a number. */
static uint32_t take_digits(const char **text) {
    uint32_t number = 0;
    for (; **text >= '0' && **text <= '9'; (*text)++)
        number = number > LOCI_MAX_FEATURES ? number : 10 * number + (uint32_t)(**text - '0');
    return number > LOCI_MAX_FEATURES ? 0 : number;
}

/* "HxW". */
static int take_size(reading *r, const char *text, loci_error *error) {
    const char *at = text;
    if (text == NULL || text[0] == '\0')
        return LOCI_OK;
    r->scaled = true;
    r->height = take_digits(&at);
    if (*at == 'x') {
        at++;
        r->width = take_digits(&at);
    }
    if (r->height > 0 && r->width > 0 && *at == '\0')
        return LOCI_OK;
    return loci_fail(error, LOCI_E_ARGUMENT, "image-size",
                     "'%s' is no height and width; give HxW, for example 32x32",
                     LOCI_SHOWN(60, text));
}

/* What other programs call their held-out samples is not read. */
static int tell_validation(loci_dataset *data, const char *folder, loci_error *error) {
    static const char *const names[] = {"val", "valid", "validation"};
    char path[4096];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (has_part(path, folder, names[i]) &&
            loci_dataset_note_down(data,
                                   "%s: not looked at; --validation N holds out training samples",
                                   LOCI_SHOWN(300, path)) != LOCI_OK)
            return loci_fail_memory(error, folder);
    return LOCI_OK;
}

int loci_folder_fill(loci_dataset *data, const char *folder, const loci_data_options *options,
                     loci_error *error) {
    char train[4096], test[4096];
    reading r = {.data = data};
    int status = take_size(&r, options->image_size, error);
    if (status != LOCI_OK)
        return status;
    bool parts = has_part(train, folder, "train"), tests = parts && has_part(test, folder, "test");
    if (parts)
        status = tell_validation(data, folder, error);
    if (status == LOCI_OK)
        status = read_all(&r, parts ? train : folder, tests ? test : NULL, options, error);
    free(r.scratch);
    return status;
}
