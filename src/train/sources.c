/* Whether what is written would destroy what is read: files are compared by what they are, not by
 * how they are spelt. */
#include "train/sources.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <loci/support.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "data/formats.h"
#include "train/run_folder.h"
#include "train/teacher_list.h"

enum { MOST_FILES = 16 };

/* The files that a path stands for, as they are on disk. */
typedef struct file_set {
    size_t count;
    struct {
        dev_t device;
        ino_t number;
    } list[MOST_FILES];
} file_set;

static void add_file(file_set *files, const char *path) {
    struct stat info;
    if (files->count == MOST_FILES || stat(path, &info) != 0 || !S_ISREG(info.st_mode))
        return;
    files->list[files->count].device = info.st_dev;
    files->list[files->count++].number = info.st_ino;
}

static void add_inside(file_set *files, const char *folder, const char *name) {
    char path[4096];
    if (loci_path_join(path, sizeof path, folder, name, NULL) == LOCI_OK)
        add_file(files, path);
}

static void add_run(file_set *files, const char *folder) {
    const char *name;
    for (size_t i = 0; (name = loci_run_folder_name(i)) != NULL; i++)
        add_inside(files, folder, name);
}

static void add_data(file_set *files, const char *folder) {
    static const char *const images[] = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                         "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};
    static const char *const arrays[] = {"x_train.npy",      "y_train.npy", "x_test.npy",
                                         "events_train.npy", "y_test.npy",  "events_test.npy"};
    char path[4096];
    for (size_t i = 0; i < 4; i++)
        if (loci_idx_find(path, sizeof path, folder, images[i]))
            add_file(files, path);
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        add_inside(files, folder, arrays[i]);
    for (int s = 0; s < 2; s++)
        if (loci_spikes_find(path, sizeof path, folder, (enum loci_split)s))
            add_file(files, path);
}

int loci_would_replace(const char *output, const char *input, int kind) {
    file_set written = {0}, read = {0};
    add_file(&written, output);
    add_run(&written, output);
    add_file(&read, input);
    if (kind == LOCI_SOURCE_RUN)
        add_run(&read, input);
    else
        add_data(&read, input);
    for (size_t i = 0; i < written.count; i++)
        for (size_t k = 0; k < read.count; k++)
            if (written.list[i].device == read.list[k].device &&
                written.list[i].number == read.list[k].number)
                return 1;
    return 0;
}

static int check(const char *directory, const char *what, const char *input, int kind,
                 loci_error *error) {
    if (input[0] == '\0' || !loci_would_replace(directory, input, kind))
        return LOCI_OK;
    return loci_fail(error, LOCI_E_ARGUMENT, directory,
                     "a run there would destroy %s, %s; choose another folder", what,
                     LOCI_SHOWN(300, input));
}

int loci_run_check_sources(const loci_config *config, const char *directory, bool anew,
                           loci_error *error) {
    char path[LOCI_TEACHER_PATH];
    int status = LOCI_OK;
    for (const char *list = config->teacher; status == LOCI_OK && loci_teacher_next(&list, path);)
        status = check(directory, "its teacher", path, LOCI_SOURCE_RUN, error);
    if (status == LOCI_OK && anew)
        status = check(directory, "the model it starts from", config->init, LOCI_SOURCE_RUN, error);
    if (status == LOCI_OK)
        status = check(directory, "its data", config->data, LOCI_SOURCE_DATA, error);
    if (status == LOCI_OK)
        status = check(directory, "its test data", config->test_file, LOCI_SOURCE_DATA, error);
    return status;
}
