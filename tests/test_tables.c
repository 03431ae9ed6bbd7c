/* Tables as people have them, each a kind of mess: the files of tests/tables against what stands in
 * their list `expected`.
 *
 * A line "== FILE [OPTION=VALUE...]" says how a file is opened; what follows is what comes of it:
 * one line "error WHERE: ..." or notes, columns, outputs, and the rows of the file in order, as the
 * network's inputs, then the label or the targets, then the weight. "known=OTHER" opens it as a
 * model does that was trained on the table OTHER. */
#define _GNU_SOURCE
#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

#include "data/dataset.h"
#include "scratch.h"

/* How a case opens its file. */
typedef struct table_case {
    loci_data_options options;
    const char *file, *known;
    char *columns, *outputs; /* of known, owned */
    char group[64];
} table_case;

/* ---- the list ---- */

static const struct {
    const char *name;
    size_t at;
} texts[] = {
    {"separator", offsetof(loci_data_options, separator)},
    {"label", offsetof(loci_data_options, label_column)},
    {"target", offsetof(loci_data_options, target_columns)},
    {"weight", offsetof(loci_data_options, weight_column)},
    {"columns", offsetof(loci_data_options, columns)},
    {"without", offsetof(loci_data_options, without)},
    {"one-hot", offsetof(loci_data_options, one_hot)},
    {"test", offsetof(loci_data_options, test_file)},
};

static const struct {
    const char *word;
    size_t at;
    int value;
} flags[] = {
    {"header", offsetof(loci_data_options, header), LOCI_HEADER_YES},
    {"no-header", offsetof(loci_data_options, header), LOCI_HEADER_NO},
    {"missing=mean", offsetof(loci_data_options, missing), LOCI_MISSING_MEAN},
    {"missing=drop", offsetof(loci_data_options, missing), LOCI_MISSING_DROP},
    {"pixels", offsetof(loci_data_options, pixels), 1},
    {"first-edition", offsetof(loci_data_options, reading), LOCI_READING_FIRST},
    {"task=classify", offsetof(loci_data_options, task), LOCI_TASK_CLASSIFY},
    {"task=regress", offsetof(loci_data_options, task), LOCI_TASK_REGRESS},
    {"unlabelled", offsetof(loci_data_options, unlabelled), 1},
};

/* One word of a case's line. */
static void take_word(table_case *x, char *word) {
    char *value = strchr(word, '=');
    char *options = (char *)&x->options;
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (strcmp(word, flags[i].word) == 0) {
            memcpy(options + flags[i].at, &flags[i].value, sizeof(int));
            return;
        }
    if (value == NULL)
        fail_msg("%s: what is '%s'?", x->file, word);
    *value++ = '\0';
    if (strcmp(word, "known") == 0) {
        x->known = value;
        return;
    }
    if (strcmp(word, "group") == 0) {
        char *number = strchr(value, ':');
        *number++ = '\0';
        x->options.group_column = value;
        x->options.validation_groups = (uint32_t)atoi(number);
        return;
    }
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(word, texts[i].name) == 0) {
            memcpy(options + texts[i].at, &value, sizeof value);
            return;
        }
    fail_msg("%s: what is '%s'?", x->file, word);
}

static table_case read_case(char *line) {
    table_case x = {.file = strtok(line, " ")};
    loci_data_options_defaults(&x.options);
    for (char *word; (word = strtok(NULL, " ")) != NULL;)
        take_word(&x, word);
    return x;
}

/* ---- what comes of a file ---- */

static void put_list(FILE *to, const char *title, const loci_dataset *data, bool outputs) {
    const char *name;
    fprintf(to, "%s", title);
    for (uint32_t i = 0; (name = outputs ? loci_dataset_output_name(data, i)
                                         : loci_dataset_column_name(data, i)) != NULL;
         i++)
        fprintf(to, "%s %s", i > 0 ? "," : "", name);
    fprintf(to, "\n");
}

static void put_row(FILE *to, const loci_dataset *data, int s, size_t i) {
    const loci_samples *part = &data->part[s];
    for (size_t f = 0; f < data->features; f++) {
        size_t at = i * data->features + f;
        fprintf(to, "%s%.7g", f > 0 ? " " : "",
                part->bytes != NULL ? part->bytes[at] : (double)part->values[at]);
    }
    if (part->labels != NULL)
        fprintf(to, " : %s", part->labels[i] < 0 ? "?" : data->output_names[part->labels[i]]);
    for (size_t k = 0; part->targets != NULL && k < data->outputs; k++)
        fprintf(to, "%s %.7g", k == 0 ? " :" : "", (double)part->targets[i * data->outputs + k]);
    if (part->weights != NULL)
        fprintf(to, " * %.7g", (double)part->weights[i]);
    fprintf(to, "\n");
}

static void put_notes(FILE *to, const loci_dataset *data) {
    const char *note;
    for (size_t i = 0; (note = loci_dataset_note(data, i)) != NULL; i++)
        fprintf(to, "note %s\n", note);
}

static void put_data(FILE *to, const loci_dataset *data) {
    if (data->height > 1)
        fprintf(to, "image %u x %u\n", data->height, data->width);
    if (data->column_names != NULL && data->height == 1)
        put_list(to, "columns", data, false);
    put_list(to, data->task == LOCI_TASK_REGRESS ? "targets" : "classes", data, true);
    for (int s = 0; s < 2; s++) {
        if (s == LOCI_TEST && data->part[s].count > 0)
            fprintf(to, "test\n");
        for (size_t i = 0; i < data->part[s].count; i++)
            put_row(to, data, s, i);
    }
}

static char *names_of(const loci_dataset *data) {
    json_t *names = json_array();
    for (uint32_t k = 0; k < data->outputs; k++)
        json_array_append_new(names, json_string(data->output_names[k]));
    char *text = json_dumps(names, JSON_COMPACT);
    json_decref(names);
    return text;
}

/* What a model would know that was trained on another table, all of it. */
static void learn_columns(table_case *x) {
    loci_dataset *data;
    loci_data_options options = x->options;
    loci_error error;
    options.test_file = "none";
    options.skip_test = 1;
    options.unlabelled = 0;
    if (loci_dataset_open(&data, x->known, &options, &error) != LOCI_OK)
        fail_msg("%s: %s", x->known, error.message);
    x->columns = strdup(loci_dataset_columns(data));
    x->outputs = names_of(data);
    loci_dataset_free(data);
    loci_data_options plain;
    loci_data_options_defaults(&plain);
    plain.unlabelled = x->options.unlabelled;
    plain.task = x->options.task;
    x->options = plain;
    x->options.known_columns = x->columns;
    if (x->options.task != LOCI_TASK_REGRESS)
        x->options.known_outputs = x->outputs;
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The rows of both parts, sorted: without the line that stands between. */
static char *sorted_rows(const loci_dataset *data) {
    size_t count = data->part[0].count + data->part[1].count, n = 0, size;
    char **line = calloc(count + 1, sizeof *line), *all;
    for (int s = 0; s < 2; s++)
        for (size_t i = 0; i < data->part[s].count; i++) {
            FILE *to = open_memstream(&line[n++], &size);
            put_row(to, data, s, i);
            fclose(to);
        }
    qsort(line, count, sizeof *line, by_text);
    FILE *to = open_memstream(&all, &size);
    for (size_t i = 0; i < count; i++) {
        fputs(line[i], to);
        free(line[i]);
    }
    fclose(to);
    free(line);
    return all;
}

/* A table is opened as it is, and once more as one part, whose rows stand in order. Both have the
 * same rows; only means are of what is trained on. */
static char *outcome(table_case *x) {
    char *text;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    loci_dataset *data, *whole;
    loci_error error = {0};
    if (x->known != NULL)
        learn_columns(x);
    int status = loci_dataset_open(&data, x->file, &x->options, &error);
    if (status == LOCI_OK && x->options.test_file == NULL && !x->options.unlabelled) {
        x->options.test_file = "none";
        x->options.skip_test = 1;
        assert_int_equal(loci_dataset_open(&whole, x->file, &x->options, &error), LOCI_OK);
        char *a = sorted_rows(data), *b = sorted_rows(whole);
        if (x->options.missing != LOCI_MISSING_MEAN)
            assert_string_equal(a, b);
        free(a);
        free(b);
        loci_dataset_free(data);
        data = whole;
    }
    if (status != LOCI_OK) {
        fprintf(to, "error %s: %s\n", error.where, error.message);
    } else {
        put_notes(to, data);
        put_data(to, data);
        loci_dataset_free(data);
    }
    fclose(to);
    free(x->columns);
    free(x->outputs);
    return text;
}

/* ---- all of them ---- */

static const char *folder;

static char *read_list(void) {
    FILE *file = fopen("expected", "rb");
    assert_non_null(file);
    char *text = calloc(1 << 20, 1);
    assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
    fclose(file);
    return text;
}

static void test_tables(void **state) {
    (void)state;
    assert_int_equal(chdir(folder), 0);
    char *list = read_list(), *next = strstr(list, "\n== ");
    size_t cases = 0, wrong = 0;
    while (next != NULL) {
        char *line = next + 4, *wanted = strchr(line, '\n') + 1, shown[400];
        *(wanted - 1) = '\0';
        snprintf(shown, sizeof shown, "%s", line);
        next = strstr(wanted, "\n== ");
        if (next != NULL)
            *next = '\0'; /* a blank line ends what is wanted */
        table_case x = read_case(line);
        char *got = outcome(&x);
        cases++;
        if (strcmp(got, wanted) != 0) {
            wrong++;
            printf("== %s\n%s-- not:\n%s", shown, got, wanted);
        }
        free(got);
    }
    free(list);
    if (cases < 60 || wrong > 0)
        fail_msg("%zu of %zu tables are read otherwise than the list says", wrong, cases);
}

int main(int argc, char **argv) {
    folder = argc > 1 ? argv[1] : "tests/tables";
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_tables)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
