/* What is in a data set: sizes, and its classes or what is to be predicted. */
#include <math.h>
#include <stdlib.h>

#include "data/data.h"

/* What the training images look like as numbers. */
typedef struct pixel_statistics {
    double mean, zeros;
    size_t step; /* every step-th training sample was looked at */
} pixel_statistics;

/* Numbers that are looked at; of more, samples are left out. */
static const double most_numbers = 1 << 28;

static int measure_pixels(const loci_dataset *data, pixel_statistics *out) {
    size_t features =
        (size_t)loci_dataset_height(data) * loci_dataset_width(data) * loci_dataset_channels(data);
    size_t count = loci_dataset_count(data, LOCI_TRAIN), zeros = 0;
    float *pixels = calloc(features, sizeof *pixels);
    if (pixels == NULL)
        return cli_fail(loci_dataset_name(data), "out of memory");
    double sum = 0, looked = 0;
    size_t step = (size_t)ceil(fmax((double)count * (double)features / most_numbers, 1));
    for (size_t i = 0; i < count; i += step, looked++) {
        if (loci_dataset_sample(data, LOCI_TRAIN, i, pixels) != LOCI_OK) {
            free(pixels);
            return cli_fail_sample(data);
        }
        for (size_t k = 0; k < features; k++) {
            sum += (double)pixels[k];
            zeros += pixels[k] == 0.0f;
        }
    }
    free(pixels);
    double all = looked * (double)features;
    *out = (pixel_statistics){sum / all, (double)zeros / all, step};
    return CLI_GO_ON;
}

/* Samples per class of one part, [classes]; NULL after an error line. */
static size_t *histogram(const loci_dataset *data, enum loci_split split) {
    size_t *counts = calloc(loci_dataset_outputs(data), sizeof *counts);
    if (counts == NULL) {
        cli_fail(loci_dataset_name(data), "out of memory");
        return NULL;
    }
    bool classes = loci_dataset_task(data) == LOCI_TASK_CLASSIFY;
    for (size_t i = 0; classes && i < loci_dataset_count(data, split); i++)
        counts[loci_dataset_label(data, split, i)]++;
    return counts;
}

/* Of output k over a part: least, mean, standard deviation (n), largest; NaN of no samples. */
typedef struct target_statistics {
    double least, mean, deviation, largest;
} target_statistics;

static target_statistics measure_target(const loci_dataset *data, enum loci_split split,
                                        uint32_t k) {
    size_t count = loci_dataset_count(data, split);
    target_statistics s = {INFINITY, 0, 0, -INFINITY};
    double first = count > 0 ? (double)loci_dataset_target(data, split, 0)[k] : 0;
    for (size_t i = 0; i < count; i++) {
        double value = (double)loci_dataset_target(data, split, i)[k];
        s.least = fmin(s.least, value);
        s.largest = fmax(s.largest, value);
        s.mean += (value - first) / (double)count;
        s.deviation += (value - first) * (value - first) / (double)count;
    }
    if (count == 0)
        return (target_statistics){NAN, NAN, NAN, NAN};
    s.deviation = sqrt(fmax(s.deviation - s.mean * s.mean, 0));
    s.mean += first;
    return s;
}

static json_t *target_json(const loci_dataset *data, enum loci_split split, uint32_t k) {
    target_statistics s = measure_target(data, split, k);
    json_t *one = json_object();
    json_object_set_new(one, "least", cli_json_real(s.least));
    json_object_set_new(one, "mean", cli_json_real(s.mean));
    json_object_set_new(one, "deviation", cli_json_real(s.deviation));
    json_object_set_new(one, "largest", cli_json_real(s.largest));
    return one;
}

static json_t *targets_json(const loci_dataset *data) {
    json_t *list = json_array();
    for (uint32_t k = 0; k < loci_dataset_outputs(data); k++) {
        json_t *one = json_object();
        json_object_set_new(one, "target", cli_json_text(loci_dataset_output_name(data, k)));
        json_object_set_new(one, "train", target_json(data, LOCI_TRAIN, k));
        json_object_set_new(one, "test", target_json(data, LOCI_TEST, k));
        json_array_append_new(list, one);
    }
    return list;
}

static void print_targets(const loci_dataset *data) {
    uint32_t outputs = loci_dataset_outputs(data);
    int width = 6;
    for (uint32_t k = 0; k < outputs; k++) {
        int columns = cli_width(loci_dataset_output_name(data, k));
        width = columns > width ? columns : width;
    }
    width = width < 24 ? width : 24;
    printf("\n%-*s  %10s  %10s  %10s  %10s  (training part)\n", width, "target", "least", "mean",
           "deviation", "largest");
    for (uint32_t k = 0; k < outputs; k++) {
        target_statistics s = measure_target(data, LOCI_TRAIN, k);
        char a[CLI_WORD], b[CLI_WORD], c[CLI_WORD], d[CLI_WORD], name[CLI_COLUMN];
        printf("%s  %10s  %10s  %10s  %10s\n",
               cli_column(name, loci_dataset_output_name(data, k), width), cli_quantity(a, s.least),
               cli_quantity(b, s.mean), cli_quantity(c, s.deviation), cli_quantity(d, s.largest));
    }
}

static int info_json(const loci_dataset *data, const pixel_statistics *pixels, const size_t *train,
                     const size_t *test) {
    json_t *table;
    int status = data_columns_json(data, &table);
    if (status != CLI_GO_ON) {
        json_decref(table);
        return status;
    }
    json_t *object = json_object(), *classes = json_array();
    double duration = loci_dataset_duration(data);
    for (uint32_t c = 0; c < loci_dataset_classes(data); c++) {
        json_t *one = json_object();
        json_object_set_new(one, "class", cli_json_text(loci_dataset_class_name(data, c)));
        json_object_set_new(one, "train", json_integer((json_int_t)train[c]));
        json_object_set_new(one, "test", json_integer((json_int_t)test[c]));
        json_array_append_new(classes, one);
    }
    json_object_set_new(object, "dataset", cli_json_text(loci_dataset_name(data)));
    json_object_set_new(object, "train",
                        json_integer((json_int_t)loci_dataset_count(data, LOCI_TRAIN)));
    json_object_set_new(object, "test",
                        json_integer((json_int_t)loci_dataset_count(data, LOCI_TEST)));
    json_object_set_new(object, "height", json_integer(loci_dataset_height(data)));
    json_object_set_new(object, "width", json_integer(loci_dataset_width(data)));
    if (table != NULL)
        json_object_set_new(object, "table", table);
    if (loci_dataset_channels(data) != 1)
        json_object_set_new(object, "channels", json_integer(loci_dataset_channels(data)));
    if (loci_dataset_steps(data) > 0) {
        json_object_set_new(object, "time_steps", json_integer(loci_dataset_steps(data)));
        json_object_set_new(object, "duration", cli_json_real(duration > 0 ? duration : NAN));
        json_object_set_new(object, "group_channels", json_integer(loci_dataset_grouped(data)));
    }
    json_object_set_new(object, "mean", json_real(pixels->mean));
    json_object_set_new(object, "zeros", json_real(pixels->zeros));
    if (loci_dataset_task(data) == LOCI_TASK_REGRESS)
        json_object_set_new(object, "targets", targets_json(data));
    else
        json_object_set(object, "classes", classes);
    json_decref(classes);
    return cli_json_print(object);
}

static void print_histogram(const loci_dataset *data, const size_t *train, const size_t *test) {
    enum { BAR = 30 };
    uint32_t classes = loci_dataset_classes(data);
    size_t most = 1;
    int width = 5;
    for (uint32_t c = 0; c < classes; c++) {
        int columns = cli_width(loci_dataset_class_name(data, c));
        most = train[c] > most ? train[c] : most;
        width = columns > width ? columns : width;
    }
    width = width < 24 ? width : 24;
    printf("\n%-*s  %8s  %8s\n", width, "class", "training", "test");
    for (uint32_t c = 0; c < classes; c++) {
        char a[CLI_WORD], b[CLI_WORD], name[CLI_COLUMN];
        int bar = (int)((double)train[c] / (double)most * BAR + 0.5);
        printf("%s  %8s  %8s  %.*s\n", cli_column(name, loci_dataset_class_name(data, c), width),
               cli_count(a, train[c]), cli_count(b, test[c]), bar,
               "##############################");
    }
}

/* What is to be predicted from training sample i. */
static void print_target(const loci_dataset *data, size_t i) {
    enum { MOST = 4 };
    uint32_t outputs = loci_dataset_outputs(data);
    const float *target = loci_dataset_target(data, LOCI_TRAIN, i);
    char value[CLI_WORD];
    for (uint32_t k = 0; k < outputs && k < MOST; k++)
        printf("%s%s %s", k > 0 ? ", " : "", CLI_SHOWN(loci_dataset_output_name(data, k)),
               cli_quantity(value, (double)target[k]));
    printf("%s\n", outputs > MOST ? ", ..." : "");
}

static int print_samples(const loci_dataset *data) {
    uint32_t height = loci_dataset_height(data), width = loci_dataset_width(data);
    uint32_t channels = loci_dataset_channels(data);
    size_t features = (size_t)height * width * channels;
    float *pixels = height > 1 || channels > 1 ? calloc(features, sizeof *pixels) : NULL;
    for (size_t i = 0; pixels != NULL && i < 2 && i < loci_dataset_count(data, LOCI_TRAIN); i++) {
        int32_t label = loci_dataset_label(data, LOCI_TRAIN, i);
        if (loci_dataset_sample(data, LOCI_TRAIN, i, pixels) != LOCI_OK) {
            free(pixels);
            return cli_fail_sample(data);
        }
        printf("\ntraining sample %zu, ", i);
        if (label >= 0)
            printf("class %s\n", CLI_SHOWN(loci_dataset_class_name(data, (uint32_t)label)));
        else
            print_target(data, i);
        cli_picture(stdout, pixels, height, width, channels);
    }
    free(pixels);
    return CLI_DONE;
}

/* How long samples are, and how much happens in them. */
static void print_events(const loci_dataset *data, const pixel_statistics *pixels) {
    char a[CLI_WORD], b[CLI_WORD];
    uint32_t steps = loci_dataset_steps(data), channels = loci_dataset_width(data);
    double events = pixels->mean * channels, duration = loci_dataset_duration(data);
    printf("%u channels", channels);
    if (loci_dataset_grouped(data) > 1)
        printf(" of %u each", loci_dataset_grouped(data));
    printf(", %u time steps", steps);
    if (duration > 0)
        printf(" of %s ms", cli_quantity(a, 1000 * duration / steps));
    printf("; %s events a sample in the mean, on %s of the channels (training part)\n",
           cli_quantity(a, events), cli_percent(b, 1 - pixels->zeros));
}

static int info_text(const loci_dataset *data, const pixel_statistics *pixels, const size_t *train,
                     const size_t *test) {
    char a[CLI_WORD], b[CLI_WORD];
    uint32_t height = loci_dataset_height(data), width = loci_dataset_width(data);
    bool regress = loci_dataset_task(data) == LOCI_TASK_REGRESS;
    printf("%s: %s training and %s test samples, %u %s\n", loci_dataset_name(data),
           cli_count(a, loci_dataset_count(data, LOCI_TRAIN)),
           cli_count(b, loci_dataset_count(data, LOCI_TEST)), loci_dataset_outputs(data),
           !regress                          ? "classes"
           : loci_dataset_outputs(data) == 1 ? "number to predict"
                                             : "numbers to predict");
    uint32_t channels = loci_dataset_channels(data);
    if (loci_dataset_steps(data) > 0) {
        print_events(data, pixels);
        print_histogram(data, train, test);
        return CLI_DONE;
    }
    if (channels > 1)
        printf("%u x %u pixels of %u channels, ", height, width, channels);
    else if (height > 1)
        printf("%u x %u pixels, ", height, width);
    else
        printf("%u input%s, ", width, width == 1 ? "" : "s");
    printf("mean %.4f, %s of them zero (", pixels->mean, cli_percent(a, pixels->zeros));
    if (pixels->step > 1)
        printf("1 in %zu samples of the ", pixels->step);
    printf("training part, as the network sees it)\n");
    int status = data_print_columns(data);
    if (status != CLI_GO_ON)
        return status;
    if (regress)
        print_targets(data);
    else
        print_histogram(data, train, test);
    return print_samples(data);
}

int data_info(const data_request *request) {
    loci_error error = {0};
    loci_dataset *data = NULL;
    pixel_statistics pixels = {0};
    cli_data from = request->data;
    from.name = request->name;
    if (cli_open_data(&data, &from, NULL, &error) != LOCI_OK)
        return cli_error(&error);
    size_t *train = histogram(data, LOCI_TRAIN);
    size_t *test = train != NULL ? histogram(data, LOCI_TEST) : NULL;
    int status = test != NULL ? measure_pixels(data, &pixels) : CLI_FAILED;
    if (status == CLI_GO_ON && request->json) {
        status = info_json(data, &pixels, train, test);
    } else if (status == CLI_GO_ON) {
        status = info_text(data, &pixels, train, test);
        if (status == CLI_DONE) {
            printf("\nto train: loci train --data ");
            cli_data_command(&from);
        }
    }
    free(train);
    free(test);
    loci_dataset_free(data);
    return status;
}
