/* What the columns of a table hold, as it was read. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/data.h"

/* A table of many columns shows the first ones. */
enum { MOST_SHOWN = 40 };

/* Of an input over the training part, in units of the data. */
typedef struct input_statistics {
    double least, largest, sum;
} input_statistics;

/* *out receives [inputs], free() it; NULL on failure. CLI_GO_ON or an exit code. */
static int measure(const loci_dataset *data, input_statistics **out) {
    size_t inputs = (size_t)loci_dataset_height(data) * loci_dataset_width(data);
    size_t count = loci_dataset_count(data, LOCI_TRAIN);
    input_statistics *list = calloc(inputs, sizeof *list);
    float *sample = calloc(inputs, sizeof *sample);
    const float *low, *span;
    loci_dataset_input_scaling(data, &low, &span);
    int status = list == NULL || sample == NULL ? cli_fail("data", "out of memory") : CLI_GO_ON;
    for (size_t i = 0; status == CLI_GO_ON && i < count; i++) {
        if (loci_dataset_sample(data, LOCI_TRAIN, i, sample) != LOCI_OK) {
            status = cli_fail_sample(data);
            break;
        }
        for (size_t f = 0; f < inputs; f++) {
            double value = (double)sample[f];
            if (low != NULL)
                value = (double)low[f] + value * (double)span[f];
            list[f].least = i == 0 ? value : fmin(list[f].least, value);
            list[f].largest = i == 0 ? value : fmax(list[f].largest, value);
            list[f].sum += value;
        }
    }
    free(sample);
    *out = status == CLI_GO_ON ? list : NULL;
    if (status != CLI_GO_ON)
        free(list);
    return status;
}

static json_t *read_columns(const loci_dataset *data) {
    json_error_t why;
    const char *text = loci_dataset_columns(data);
    return text == NULL ? NULL : json_loads(text, 0, &why);
}

/* Inputs of a column. */
static size_t inputs_of(const json_t *column) {
    size_t words = json_array_size(json_object_get(column, "words"));
    return words > 0 ? words : 1;
}

int data_columns_json(const loci_dataset *data, json_t **out) {
    json_t *table = read_columns(data), *columns = json_object_get(table, "columns"), *column;
    input_statistics *list = NULL;
    int status = columns != NULL ? measure(data, &list) : CLI_GO_ON;
    size_t i, f = 0, count = loci_dataset_count(data, LOCI_TRAIN);
    json_array_foreach(columns, i, column) {
        bool words = json_object_get(column, "words") != NULL;
        if (!words && list != NULL && count > 0) {
            json_object_set_new(column, "least", cli_json_real(list[f].least));
            json_object_set_new(column, "largest", cli_json_real(list[f].largest));
            json_object_set_new(column, "mean", cli_json_real(list[f].sum / (double)count));
        }
        f += inputs_of(column);
    }
    free(list);
    *out = table;
    return status;
}

static void print_words(const json_t *words) {
    size_t i, used = 0;
    json_t *word;
    json_array_foreach(words, i, word) {
        const char *text = json_string_value(word);
        if (used > 40) {
            printf(", ...");
            break;
        }
        used += (size_t)printf("%s%s", i > 0 ? ", " : "", CLI_CUT(40, text));
    }
}

static const char *name_of(const json_t *column) {
    const char *name = json_string_value(json_object_get(column, "name"));
    return name != NULL ? name : "";
}

static void print_column(const json_t *column, const input_statistics *s, size_t count, int width) {
    char name[CLI_COLUMN], a[CLI_WORD], b[CLI_WORD], c[CLI_WORD];
    const json_t *words = json_object_get(column, "words");
    printf("%s  ", cli_column(name, name_of(column), width));
    if (words != NULL) {
        printf("%-10s", "words");
        print_words(words);
    } else {
        printf("%-10s%s to %s, mean %s", "number", cli_quantity(a, s->least),
               cli_quantity(b, s->largest), cli_quantity(c, s->sum / (double)count));
    }
    printf("\n");
}

static void print_other(const json_t *column, const char *what, int width) {
    char name[CLI_COLUMN];
    if (column != NULL)
        printf("%s  %s\n", cli_column(name, name_of(column), width), what);
}

static void widen(int *width, const char *name) {
    int own = cli_width(name);
    *width = own > *width ? own : *width;
}

static int name_width(const json_t *table) {
    static const char *const lists[] = {"columns", "targets"};
    static const char *const others[] = {"label", "weight", "group"};
    int width = 6;
    size_t i;
    json_t *one;
    for (size_t k = 0; k < 2; k++)
        json_array_foreach(json_object_get(table, lists[k]), i, one) {
            if (i < MOST_SHOWN)
                widen(&width, name_of(one));
        }
    for (size_t k = 0; k < 3; k++)
        widen(&width, name_of(json_object_get(table, others[k])));
    json_array_foreach(json_object_get(table, "left_out"), i, one)
        widen(&width, json_string_value(one));
    return width < 24 ? width : 24;
}

int data_print_columns(const loci_dataset *data) {
    json_t *table = read_columns(data), *columns = json_object_get(table, "columns"), *one;
    size_t i, f = 0, count = loci_dataset_count(data, LOCI_TRAIN);
    input_statistics *list = NULL;
    int status = columns != NULL && count > 0 ? measure(data, &list) : CLI_GO_ON;
    if (status != CLI_GO_ON) {
        json_decref(table);
        return status;
    }
    int width = name_width(table);
    char text[CLI_COLUMN];
    if (list != NULL)
        printf("\n%s  holds\n", cli_column(text, "column", width));
    json_array_foreach(columns, i, one) {
        if (list == NULL || i == MOST_SHOWN)
            break;
        print_column(one, &list[f], count, width);
        f += inputs_of(one);
    }
    if (json_array_size(columns) > MOST_SHOWN)
        printf("... and %zu more; --json has them all\n", json_array_size(columns) - MOST_SHOWN);
    print_other(json_object_get(table, "label"), "the label", width);
    json_array_foreach(json_object_get(table, "targets"), i, one)
        print_other(one, "to be predicted", width);
    print_other(json_object_get(table, "weight"), "how much a row counts", width);
    print_other(json_object_get(table, "group"), "whose rows stay together", width);
    json_array_foreach(json_object_get(table, "left_out"), i, one)
        printf("%s  left out\n", cli_column(text, json_string_value(one), width));
    free(list);
    json_decref(table);
    return CLI_GO_ON;
}
