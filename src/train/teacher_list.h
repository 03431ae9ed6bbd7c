/* The models of loci_config.teacher: one a line, so that a path may hold a comma. */
#ifndef LOCI_TRAIN_TEACHER_LIST_H
#define LOCI_TRAIN_TEACHER_LIST_H

#include <jansson.h>
#include <stdbool.h>

#include <loci/train.h>

/* Room for the path of one of them, and for all of their fingerprints, which stand in one text,
 * separated by commas. */
enum {
    LOCI_TEACHER_PATH = 1024,
    LOCI_TEACHER_FINGERPRINTS = sizeof((loci_config *)NULL)->teacher_fingerprint
};

/* Takes the next entry off a list; false at its end, or where it is longer than a path may be. */
bool loci_teacher_next(const char **list, char path[LOCI_TEACHER_PATH]);
/* Adds one at the end; false where it does not fit. */
bool loci_teacher_add(char *list, size_t size, const char *path);

/* What somebody wrote: a model, or several separated by commas. What is there under the whole of
 * the text is one model. LOCI_E_ARGUMENT (`config` unchanged). */
int loci_teacher_read(loci_config *config, const char *text, loci_error *error);
/* LOCI_E_ARGUMENT unless it is a list, of at most LOCI_MOST_TEACHERS. */
int loci_teacher_check(const char *list, loci_error *error);

/* One model is a text, several an array of texts. NULL when memory is short. */
json_t *loci_teacher_to_json(const char *list);
bool loci_teacher_from_json(char *list, size_t size, const json_t *json);

#endif
