/* CSV: the file as a data set, read in some of the ways there are. Which ones its bytes decide, so
 * that a changed file is read in others. What was read is read again as a model does that was
 * trained on it, and must be the same. */
#include "memory_file.h"

#include <stdlib.h>
#include <string.h>

#include "data/classes.h"
#include "data/formats.h"
#include "mutate_words.h"
#include "short_memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WAYS = 4 };

/* A draw of 0..n-1; the next one is another. */
static unsigned draw(uint64_t *state, unsigned n) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(*state >> 33) % n;
}

#define CHOOSE(state, list) (list)[draw(state, sizeof(list) / sizeof *(list))]

/* Most options of most ways are as they are by themselves. */
static void choose_way(loci_data_options *options, const char *path, uint64_t *state) {
    static const char *const separators[] = {NULL, NULL, NULL, ",", ";", "tab", "space", "|"};
    static const char *const one[] = {NULL, NULL, NULL, NULL, "1", "2", "x", "kind"};
    static const char *const some[] = {NULL, NULL, NULL, NULL, NULL, "1,2", "2", "a,b"};
    static const int tasks[] = {-1, -1, -1, LOCI_TASK_CLASSIFY, LOCI_TASK_REGRESS};
    static const int missing[] = {LOCI_MISSING_REFUSE, LOCI_MISSING_MEAN, LOCI_MISSING_DROP};
    loci_data_options_defaults(options);
    options->separator = CHOOSE(state, separators);
    options->header = draw(state, 5) < 3 ? 0 : (int)draw(state, 3);
    options->missing = CHOOSE(state, missing);
    options->label_column = CHOOSE(state, one);
    options->target_columns = CHOOSE(state, some);
    options->weight_column = CHOOSE(state, one);
    options->columns = CHOOSE(state, some);
    options->without = CHOOSE(state, one);
    options->one_hot = CHOOSE(state, some);
    options->group_column = draw(state, 6) == 0 ? CHOOSE(state, one) : NULL;
    options->validation_groups = options->group_column != NULL ? draw(state, 3) : 0;
    options->pixels = draw(state, 6) == 0;
    options->task = CHOOSE(state, tasks);
    options->keep_row_numbers = draw(state, 6) == 0;
    options->reading = draw(state, 5) == 0 ? LOCI_READING_FIRST : LOCI_READING_NEWEST;
    options->test_file = draw(state, 4) == 0 ? path : NULL;
    options->skip_test = draw(state, 8) == 0;
}

static loci_dataset *open_way(const char *path, const loci_data_options *options) {
    loci_dataset *set = loci_dataset_new("fuzz");
    loci_error error = {0};
    if (set == NULL)
        return NULL;
    set->task = options->task;
    int status = loci_csv_fill(set, path, options, &error);
    if (status == LOCI_OK)
        status = loci_dataset_finish(set, path, &error);
    if (status == LOCI_OK)
        return set;
    if (error.message[0] == '\0')
        abort();
    loci_dataset_free(set);
    return NULL;
}

/* All rows, as `loci predict` reads them. A row that training left out may be in it. */
static void read_as_known(const loci_dataset *first, const char *path,
                          const loci_data_options *way) {
    loci_data_options options;
    loci_data_options_defaults(&options);
    options.separator = way->separator;
    options.header = way->header;
    options.missing = LOCI_MISSING_MEAN;
    options.unlabelled = 1;
    options.task = first->task;
    options.known_columns = loci_dataset_columns(first);
    loci_dataset *again = open_way(path, &options);
    if (again == NULL)
        return;
    if (again->features != first->features || again->part[LOCI_TEST].count > 0)
        abort();
    loci_dataset_free(again);
}

/* Classes as a model has them: those of the set with another before them, some of them, and what
 * stands in the last line, which may be anything. */
static void follow_classes(loci_dataset *set, const uint8_t *data, size_t size, unsigned way) {
    char text[256] = "[\"x\"", *at = text + strlen(text);
    loci_error error = {0};
    for (uint32_t c = way % 2; c < set->outputs && set->output_names != NULL && c < 4; c++)
        if (strlen(set->output_names[c]) < 40 && strpbrk(set->output_names[c], "\"\\") == NULL)
            at += snprintf(at, 64, ",\"%s\"", set->output_names[c]);
    strcpy(at, way % 3 == 0 ? "" : "]");
    if (way % 5 == 0 && size > 0) {
        const uint8_t *line = memrchr(data, '\n', size - 1);
        line = line != NULL ? line + 1 : data;
        size_t length = (size_t)(data + size - line);
        length = length < sizeof text ? length : sizeof text - 1;
        memcpy(text, line, length);
        text[length] = '\0';
    }
    if (set->task != LOCI_TASK_REGRESS && loci_classes_follow(set, text, &error) != LOCI_OK &&
        error.message[0] == '\0')
        abort();
}

static int run(const uint8_t *data, size_t size) {
    char path[32];
    uint64_t state = 14695981039346656037u;
    int fd = memory_file(data, size, path);
    if (fd < 0)
        return 0;
    for (size_t i = 0; i < size; i++)
        state = (state ^ data[i]) * 1099511628211u;
    for (int i = 0; i < WAYS; i++) {
        loci_data_options options;
        loci_data_options_defaults(&options);
        if (i > 0)
            choose_way(&options, path, &state);
        loci_dataset *set = open_way(path, &options);
        if (set != NULL && loci_dataset_columns(set) != NULL)
            read_as_known(set, path, &options);
        if (set != NULL)
            follow_classes(set, data, size, draw(&state, 30));
        loci_dataset_free(set);
    }
    close(fd);
    return 0;
}

WITH_SHORT_MEMORY(run)
MUTATE_WORDS
