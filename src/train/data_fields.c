/* The options that say which data a run is of, and how they are read. */
#include <loci/train.h>
#include <stddef.h>
#include <string.h>

#include "option/fields.h"
#include "train/data_fields.h"

static const char *const yes_no[] = {"no", "yes", NULL};
static const char *const missing[] = {"refuse", "mean", "drop", NULL};
static const char *const colour[] = {"keep", "grey", NULL};

#define TEXT(member)                                                                               \
    .type = LOCI_FIELD_TEXT, .offset = offsetof(loci_config, member),                              \
    .most = sizeof((loci_config *)NULL)->member

/* A row leaves out what is 0. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

static const loci_field fields[] = {
    {"data-dir", "DIR",
     "look for named data in DIR/NAME, then DIR [$LOCI_DATA, the cache, /usr/share/datasets]",
     TEXT(data_dir)},
    {"label", "COLUMN", "CSV: name or number of the label column [the last]", TEXT(label_column)},
    {"target", "COLUMN[,COLUMN...]",
     "CSV: predict the numbers in these columns, instead of classes", TEXT(target_columns)},
    {"weight", "COLUMN",
     "CSV: column that says how much each row counts in training [all the same]",
     TEXT(weight_column)},
    {"test", "FILE", "CSV: file with the test part [a fifth of the rows, by what they hold]",
     TEXT(test_file)},
    {"colour", "NAME", "pictures of red, green and blue: keep, grey (merged) [keep]", TEXT(colour),
     .names = colour},
    {"image-size", "HxW", "folder of pictures: scale all to so many rows and columns",
     TEXT(image_size)},
    {"bias-input", NULL, "yin-yang: a fifth input that is 1", TEXT(bias_input), .names = yes_no,
     .entry = "no"},
    {"duration", "SECONDS",
     "recordings: what the time steps cover; later events are left out [99.5% of "
     "the events]",
     TEXT(duration)},
    {"group-channels", "N", "temporal data: add N neighbouring channels up to one [1]",
     TEXT(group_channels)},
    {"separator", "CHARACTER",
     "CSV: between cells: a character, or comma, semicolon, tab, space [found]", TEXT(separator)},
    {"header", NULL, "CSV: the first row names the columns", TEXT(header), .names = yes_no},
    {"columns", "COLUMN[,COLUMN...]", "CSV: learn from these alone", TEXT(columns)},
    {"without", "COLUMN[,COLUMN...]", "CSV: leave these out", TEXT(without)},
    {"one-hot", "COLUMN[,COLUMN...]",
     "CSV: an input for each different value, as words have anyway", TEXT(one_hot)},
    {"missing", "NAME",
     "CSV: rows that lack a value: refuse, drop (leave them out), mean (of the column) [refuse]",
     TEXT(missing), .names = missing, .entry = "refuse"},
    {"pixels", NULL, "CSV: whole numbers from 0 to 255 are the pixels of an image", TEXT(pixels),
     .names = yes_no, .entry = "no"},
    {"validation-group", "COLUMN:N",
     "CSV: hold out the rows of N values of this column; it is not learnt from. Recordings: the "
     "samples of N speakers, for example speaker:4",
     TEXT(validation_group)},
};

const loci_field *loci_data_fields(size_t *count) {
    *count = sizeof fields / sizeof *fields;
    return fields;
}

static const loci_field sources[] = {
    {"data", "NAME|PATH", "what to train on", TEXT(data)},
    {"init", "MODEL", "a model to start from", TEXT(init)},
    {"teacher", "MODEL[,MODEL...]", "models to learn from", TEXT(teacher)},
    {"no-test", NULL, "never read the test part", LOCI_FIELD_SWITCH, offsetof(loci_config, no_test),
     .names = yes_no},
};

const loci_field *loci_source_fields(size_t *count) {
    *count = sizeof sources / sizeof *sources;
    return sources;
}

bool loci_says_where(const char *name) {
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strcmp(fields[i].name, name) == 0)
            return true;
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (strcmp(sources[i].name, name) == 0)
            return true;
    return strcmp(name, "seed") == 0;
}
