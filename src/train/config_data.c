/* From a configuration to the options that its data are opened with. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <loci/train.h>

#include "base/error.h"
#include "base/number.h"
#include "base/text.h"

static const char *or_null(const char *text) {
    return text[0] != '\0' ? text : NULL;
}

/* A text that is "" or one of two; the number it stands for, else -1 after the error. */
static int choose(const char *text, const char *first, const char *second, int none,
                  const char *name, loci_error *error) {
    if (text[0] == '\0')
        return none;
    if (strcmp(text, first) == 0)
        return 1;
    if (second != NULL && strcmp(text, second) == 0)
        return 2;
    loci_fail(error, LOCI_E_ARGUMENT, name, "'%s' is none of %s%s%s", LOCI_SHOWN(40, text), first,
              second != NULL ? ", " : "", second != NULL ? second : "");
    return -2;
}

/* COLUMN:N; a name may have a colon in it. */
static int read_group(const loci_config *config, loci_data_options *out, char *column,
                      loci_error *error) {
    const char *text = config->validation_group, *colon = strrchr(text, ':');
    if (text[0] == '\0')
        return LOCI_OK;
    char *end = NULL;
    unsigned long groups =
        colon != NULL && loci_is_digit(colon[1]) ? strtoul(colon + 1, &end, 10) : 0;
    if (groups < 1 || groups > UINT32_MAX || *end != '\0' || colon == text)
        return loci_fail(error, LOCI_E_ARGUMENT, "validation-group",
                         "'%s' is not COLUMN:N, a column and how many groups to hold out",
                         LOCI_SHOWN(40, text));
    memcpy(column, text, (size_t)(colon - text));
    column[colon - text] = '\0';
    out->group_column = column;
    out->validation_groups = (uint32_t)groups;
    return LOCI_OK;
}

/* A number above 0, or nothing. */
static int read_number(const char *text, double most, bool whole, const char *name, double *out,
                       loci_error *error) {
    if (text[0] == '\0')
        return LOCI_OK;
    char *end;
    *out = loci_number_read(text, &end);
    if (*end == '\0' && *out > 0 && *out <= most && (!whole || *out == floor(*out)))
        return LOCI_OK;
    return loci_fail(error, LOCI_E_ARGUMENT, name, "'%s' is not a %snumber above 0",
                     LOCI_SHOWN(40, text), whole ? "whole " : "");
}

/* How temporal data are cut up. T is the network's, once it is known to be of such data. */
static int read_time(const loci_config *config, loci_data_options *out, loci_error *error) {
    double grouped = 0;
    if (config->spec.coding == LOCI_CODING_EVENTS)
        out->time_steps = config->spec.time_steps;
    int status = read_number(config->duration, 1e9, false, "duration", &out->duration, error);
    if (status == LOCI_OK)
        status =
            read_number(config->group_channels, 65535, true, "group-channels", &grouped, error);
    if (status == LOCI_OK)
        out->group_channels = (uint32_t)grouped;
    return status;
}

int loci_config_data(loci_config *config, loci_data_options *out, loci_error *error) {
    loci_data_options_defaults(out);
    out->directory = or_null(config->data_dir);
    out->label_column = or_null(config->label_column);
    out->test_file = or_null(config->test_file);
    out->target_columns = or_null(config->target_columns);
    out->weight_column = or_null(config->weight_column);
    out->colour = or_null(config->colour);
    out->image_size = or_null(config->image_size);
    out->separator = or_null(config->separator);
    out->columns = or_null(config->columns);
    out->without = or_null(config->without);
    out->one_hot = or_null(config->one_hot);
    out->skip_test = config->no_test;
    out->keep_row_numbers = config->keep_row_numbers;
    out->reading = config->reading[0] != '\0' ? LOCI_READING_SECOND : LOCI_READING_FIRST;
    int header = choose(config->header, "yes", "no", 3, "header", error);
    int missing = choose(config->missing, "mean", "drop", 0, "missing", error);
    int biased = choose(config->bias_input, "yes", NULL, 0, "bias-input", error);
    int pixels = choose(config->pixels, "yes", NULL, 0, "pixels", error);
    if (header < 0 || missing < 0 || pixels < 0 || biased < 0)
        return LOCI_E_ARGUMENT;
    out->header = header == 1 ? LOCI_HEADER_YES : header == 2 ? LOCI_HEADER_NO : LOCI_HEADER_FOUND;
    out->missing = missing == 1   ? LOCI_MISSING_MEAN
                   : missing == 2 ? LOCI_MISSING_DROP
                                  : LOCI_MISSING_REFUSE;
    /* a run of version 0.1 that was not to be tested took all of what had no test part */
    out->test_optional = out->skip_test && out->reading == LOCI_READING_FIRST;
    out->split_always = out->reading == LOCI_READING_SECOND;
    out->pixels = pixels;
    out->bias_input = biased;
    int status = read_time(config, out, error);
    return status != LOCI_OK ? status : read_group(config, out, config->group_column, error);
}
