#include "train/fingerprint.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "train/run_folder.h"
#include "train/teacher_list.h"

_Static_assert((int)LOCI_FINGERPRINT == (int)LOCI_HASH_TEXT, "a fingerprint is a hash");

/* The file's bytes: whatever is in it decides the run. path: "" = no model. LOCI_E_IO where one
 * that may be read cannot be. */
static int of_model(const char *path, char text[LOCI_FINGERPRINT], loci_error *error) {
    char inside[4096];
    unsigned char bytes[1 << 14];
    struct stat info;
    text[0] = '\0';
    if (path[0] == '\0' || stat(path, &info) != 0)
        return LOCI_OK;
    if (S_ISDIR(info.st_mode)) {
        if (loci_path_join(inside, sizeof inside, path, LOCI_RUN_MODEL, NULL) != LOCI_OK ||
            stat(inside, &info) != 0)
            return LOCI_OK;
        path = inside;
    }
    FILE *file = S_ISREG(info.st_mode) && access(path, R_OK) == 0 ? fopen(path, "rbe") : NULL;
    if (file == NULL)
        return S_ISREG(info.st_mode) && access(path, R_OK) == 0
                   ? loci_fail_errno(error, LOCI_E_IO, path, errno, "cannot open")
                   : LOCI_OK;
    loci_hash hash;
    loci_hash_begin(&hash);
    for (size_t got; (got = fread(bytes, 1, sizeof bytes, file)) > 0;)
        loci_hash_bytes(&hash, bytes, got);
    bool failed = ferror(file) != 0;
    int err = errno;
    fclose(file);
    if (failed)
        return loci_fail_errno(error, LOCI_E_IO, path, err, "cannot read");
    loci_hash_text(&hash, text);
    return LOCI_OK;
}

/* Of each, or nothing where one of them is not there. */
static int of_teachers(const char *list, char text[LOCI_TEACHER_FINGERPRINTS], loci_error *error) {
    char path[LOCI_TEACHER_PATH], one[LOCI_FINGERPRINT];
    size_t used = 0;
    text[0] = '\0';
    while (loci_teacher_next(&list, path)) {
        int status = of_model(path, one, error);
        if (status != LOCI_OK || one[0] == '\0' ||
            used + sizeof one + 1 > LOCI_TEACHER_FINGERPRINTS) {
            text[0] = '\0';
            return status;
        }
        used += (size_t)snprintf(text + used, LOCI_TEACHER_FINGERPRINTS - used, "%s%s",
                                 used > 0 ? "," : "", one);
    }
    return LOCI_OK;
}

int loci_run_fingerprint(loci_config *config, const loci_config *here, const loci_dataset *data,
                         loci_error *error) {
    loci_dataset_fingerprint(data, LOCI_TRAIN, config->train_fingerprint);
    config->test_fingerprint[0] = '\0';
    if (!config->no_test)
        loci_dataset_fingerprint(data, LOCI_TEST, config->test_fingerprint);
    int status = of_model(here->init, config->init_fingerprint, error);
    return status == LOCI_OK ? of_teachers(here->teacher, config->teacher_fingerprint, error)
                             : status;
}

void loci_run_fingerprints(char text[LOCI_FINGERPRINTS], const loci_config *config) {
    snprintf(text, LOCI_FINGERPRINTS, "%s %s %s %s", config->train_fingerprint,
             config->test_fingerprint, config->init_fingerprint, config->teacher_fingerprint);
}

/* The first teacher that is not what it was. False where none is, or one side does not know. */
static bool find_changed(const loci_config *given, const loci_config *stored,
                         char path[LOCI_TEACHER_PATH]) {
    const char *a = given->teacher_fingerprint, *b = stored->teacher_fingerprint;
    const char *list = given->teacher;
    while (*a != '\0' && *b != '\0' && loci_teacher_next(&list, path)) {
        size_t m = strcspn(a, ","), n = strcspn(b, ",");
        if (m != n || memcmp(a, b, n) != 0)
            return true;
        a += m + (a[m] == ',');
        b += n + (b[n] == ',');
    }
    return false;
}

int loci_run_compare_fingerprints(const loci_config *given, const loci_config *stored,
                                  loci_error *error) {
    const struct {
        const char *given, *stored, *where, *what;
    } parts[] = {
        {given->train_fingerprint, stored->train_fingerprint, given->data,
         "its training samples (inputs, labels or names of classes) are not what they were"},
        {given->test_fingerprint, stored->test_fingerprint, given->data,
         "its test samples (inputs, labels or names of classes) are not what they were"},
        {given->init_fingerprint, stored->init_fingerprint, given->init,
         "this model to start from is not what it was"},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].given[0] != '\0' && parts[i].stored[0] != '\0' &&
            strcmp(parts[i].given, parts[i].stored) != 0)
            return loci_fail(error, LOCI_E_MISMATCH, parts[i].where,
                             "%s when the run was started; bring that back, or start anew",
                             parts[i].what);
    char changed[LOCI_TEACHER_PATH];
    if (find_changed(given, stored, changed))
        return loci_fail(error, LOCI_E_MISMATCH, changed,
                         "this model to learn from is not what it was when the run was started; "
                         "bring that back, or start anew");
    return LOCI_OK;
}
