/* Numbers to predict, and weights: as columns of a table, as arrays of a file, as arrays of the
 * caller; and what networks learn them as. */
#include <loci/data.h>
#include <math.h>

#include "data/dataset.h"
#include "data/npz.h"
#include "scratch_folder.h"

static loci_data_options usual(void) {
    loci_data_options options;
    loci_data_options_defaults(&options);
    return options;
}

static void assert_says(const loci_error *error, const char *part) {
    if (strstr(error->message, part) == NULL)
        fail_msg("'%s' does not say '%s'", error->message, part);
    assert_null(strchr(error->message, '\n'));
}

/* ---- tables ---- */

static const char houses[] = "rooms,area,price,w,rent,kind\n"
                             "2,50,100.5,1,7.25,a\n"
                             "3,70.5,150,2,8.5,b\n"
                             "4,90,210.25,0,9.75,a\n"
                             "5,95,220,0.5,-10,c\n"
                             "1,30,-60,1,5,b\n";

static int open_csv(loci_dataset **data, const char *text, const loci_data_options *options,
                    loci_error *error) {
    const char *path = scratch_path(folder, "table.csv");
    scratch_write(path, text, strlen(text));
    *data = NULL;
    return loci_dataset_open(data, path, options, error);
}

/* The whole table is the training part, so that rows keep their places. */
static loci_dataset *take_csv(const char *text, loci_data_options options) {
    loci_dataset *data;
    loci_error error = {0};
    const char *path = scratch_path(folder, "test.csv");
    scratch_write(path, text, strlen(text));
    options.test_file = path;
    if (open_csv(&data, text, &options, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    return data;
}

static void refuse_csv(const char *text, loci_data_options options, int status, const char *part) {
    loci_dataset *data;
    loci_error error = {0};
    int got = open_csv(&data, text, &options, &error);
    if (got != status)
        fail_msg("%d in place of %d, which should say '%s': '%s'", got, status, part,
                 error.message);
    assert_null(data);
    assert_says(&error, part);
    assert_null(strstr(error.message, "column column"));
}

/* The table without the column of names, which no number is learnt from. */
static char *without_kind(void) {
    static char text[sizeof houses];
    size_t n = 0, cells = 0;
    for (const char *c = houses; *c != '\0'; c++) {
        cells = *c == '\n' ? 0 : cells + (*c == ',');
        if (cells < 5)
            text[n++] = *c;
    }
    text[n] = '\0';
    return text;
}

static void one_column_by_name_or_number(void **state) {
    (void)state;
    static const char *const wanted[] = {"price", "3"};
    for (size_t i = 0; i < 2; i++) {
        loci_data_options options = usual();
        options.target_columns = wanted[i];
        loci_dataset *data = take_csv(without_kind(), options);
        assert_int_equal(loci_dataset_task(data), LOCI_TASK_REGRESS);
        assert_int_equal(loci_dataset_outputs(data), 1);
        assert_int_equal(loci_dataset_classes(data), 0);
        assert_string_equal(loci_dataset_output_name(data, 0), "price");
        assert_null(loci_dataset_output_name(data, 1));
        assert_null(loci_dataset_class_name(data, 0));
        assert_int_equal(loci_dataset_label(data, LOCI_TRAIN, 0), -1);
        assert_int_equal(loci_dataset_width(data), 4);
        assert_string_equal(loci_dataset_column_name(data, 2), "w");
        assert_true(*loci_dataset_target(data, LOCI_TRAIN, 0) == 100.5f);
        assert_true(*loci_dataset_target(data, LOCI_TEST, 4) == -60);
        assert_null(loci_dataset_target(data, LOCI_TRAIN, 5));
        assert_true(loci_dataset_weight(data, LOCI_TRAIN, 2) == 1);
        loci_dataset_free(data);
    }
}

/* In the order they are named in, beside weights, without a header too. */
static void several_columns_and_weights(void **state) {
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        loci_data_options options = usual();
        const char *text = without_kind();
        bool header = i < 2;
        options.target_columns = i == 0 ? "rent,rooms" : "5,1";
        options.weight_column = i == 0 ? "w" : "4";
        loci_dataset *data = take_csv(header ? text : strchr(text, '\n') + 1, options);
        assert_int_equal(loci_dataset_outputs(data), 2);
        assert_string_equal(loci_dataset_output_name(data, 0), header ? "rent" : "column 5");
        assert_string_equal(loci_dataset_output_name(data, 1), header ? "rooms" : "column 1");
        assert_int_equal(loci_dataset_width(data), 2);
        const float *target = loci_dataset_target(data, LOCI_TRAIN, 3);
        assert_true(target[0] == -10 && target[1] == 5);
        assert_true(loci_dataset_weight(data, LOCI_TRAIN, 1) == 2);
        assert_true(loci_dataset_weight(data, LOCI_TRAIN, 2) == 0);
        assert_true(loci_dataset_weight(data, LOCI_TRAIN, 3) == 0.5f);
        float sample[2];
        assert_int_equal(loci_dataset_sample(data, LOCI_TRAIN, 3, sample), LOCI_OK);
        assert_true(sample[0] == 1); /* the largest area */
        loci_dataset_free(data);
    }
}

/* Weights beside classes; the label is another column then. */
static void classes_have_weights_too(void **state) {
    (void)state;
    loci_data_options options = usual();
    options.weight_column = "w";
    loci_dataset *data = take_csv(houses, options);
    assert_int_equal(loci_dataset_task(data), LOCI_TASK_CLASSIFY);
    assert_int_equal(loci_dataset_classes(data), 3);
    assert_int_equal(loci_dataset_outputs(data), 3);
    assert_string_equal(loci_dataset_output_name(data, 2), "c");
    assert_null(loci_dataset_target(data, LOCI_TRAIN, 0));
    assert_int_equal(loci_dataset_width(data), 4);
    assert_true(loci_dataset_weight(data, LOCI_TRAIN, 3) == 0.5f);
    loci_dataset_free(data);
}

/* With --task regress the label column is the target. */
static void a_label_column_is_a_target_when_asked(void **state) {
    (void)state;
    loci_data_options options = usual();
    options.task = LOCI_TASK_REGRESS;
    loci_dataset *data = take_csv(without_kind(), options);
    assert_string_equal(loci_dataset_output_name(data, 0), "rent");
    loci_dataset_free(data);
    options.label_column = "price";
    data = take_csv(without_kind(), options);
    assert_string_equal(loci_dataset_output_name(data, 0), "price");
    assert_true(*loci_dataset_target(data, LOCI_TRAIN, 2) == 210.25f);
    loci_dataset_free(data);
}

static void wrong_columns_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *targets, *label, *weight;
        int task, status;
        const char *says;
    } wrong[] = {
        {"kind", NULL, NULL, -1, LOCI_E_FORMAT, "is no number to predict"},
        {"price,kind", NULL, NULL, -1, LOCI_E_FORMAT, "line 2, column 6 (kind): 'a' is no number"},
        {"price,rent,price", NULL, NULL, -1, LOCI_E_ARGUMENT, "column price is named twice"},
        {"price,3", NULL, NULL, -1, LOCI_E_ARGUMENT, "column price is named twice"},
        {"price,prcie", NULL, NULL, -1, LOCI_E_ARGUMENT, "did you mean price?"},
        {"price,7", NULL, NULL, -1, LOCI_E_ARGUMENT, "no column 7"},
        {"price", NULL, "price", -1, LOCI_E_ARGUMENT, "column price is named twice"},
        {"price", NULL, "wage", -1, LOCI_E_ARGUMENT, "no column wage"},
        {"price", "kind", NULL, -1, LOCI_E_ARGUMENT, "name one of the two"},
        {"price", NULL, NULL, LOCI_TASK_CLASSIFY, LOCI_E_ARGUMENT, "not classes"},
        {NULL, NULL, "rent", -1, LOCI_E_ARGUMENT, "give --label or --target"},
        {NULL, "kind", "kind", -1, LOCI_E_ARGUMENT, "column kind is named twice"},
        {NULL, "kind", NULL, LOCI_TASK_REGRESS, LOCI_E_FORMAT, "is no number to predict"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        loci_data_options options = usual();
        options.target_columns = wrong[i].targets;
        options.label_column = wrong[i].label;
        options.weight_column = wrong[i].weight;
        options.task = wrong[i].task;
        bool named = wrong[i].label != NULL || strstr(wrong[i].says, "no number") != NULL;
        refuse_csv(named ? houses : without_kind(), options, wrong[i].status, wrong[i].says);
    }
    loci_data_options options = usual();
    options.target_columns = "x,y";
    refuse_csv("x,y\n1,2\n3,4\n", options, LOCI_E_ARGUMENT, "no column is left to learn from");
    options.target_columns = options.weight_column = "2"; /* of columns without names */
    refuse_csv("1,2\n3,4\n5,6\n", options, LOCI_E_ARGUMENT, "column 2 is named twice");
    options.target_columns = "y";
    options.weight_column = "x";
    refuse_csv("x,y\n1,2\n3,4\n", options, LOCI_E_ARGUMENT, "no column is left to learn from");
    refuse_csv("x,y,z\n1,2,0\n-3,4,0\n5,6,7\n8,9,0\n1,2,3\n", options, LOCI_E_FORMAT, "below 0");
    refuse_csv("x,y,z\n0,2,0\n0,4,0\n0,6,7\n", options, LOCI_E_FORMAT, "have the weight 0");
    refuse_csv("x,y,z\n1,nan,0\n3,4,0\n5,6,7\n", options, LOCI_E_FORMAT, "line 2, column 2");
    refuse_csv("x,y,z\n1,1e39,0\n3,4,0\n5,6,7\n", options, LOCI_E_FORMAT, "column 2");
}

/* A model that predicts one number is held against one column, whichever option names it. */
static void a_model_has_as_many_targets(void **state) {
    (void)state;
    loci_data_options options = usual();
    options.target_columns = "price";
    options.columns = "rooms,area";
    loci_dataset *data = take_csv(without_kind(), options);
    char *known = strdup(loci_dataset_columns(data));
    loci_dataset_free(data);
    options = usual();
    options.known_columns = known;
    options.task = LOCI_TASK_REGRESS;
    options.target_columns = "price,rent";
    refuse_csv(without_kind(), options, LOCI_E_MISMATCH, "the model predicts 1 number");
    for (int label = 0; label < 2; label++) {
        options.target_columns = label ? NULL : "rent";
        options.label_column = label ? "rent" : NULL;
        data = take_csv(without_kind(), options);
        assert_int_equal(loci_dataset_outputs(data), 1);
        assert_true(*loci_dataset_target(data, LOCI_TRAIN, 3) == -10);
        loci_dataset_free(data);
    }
    free(known);
}

/* rows rows of two columns, the last of which steps through kinds values of this step. */
static const char *numbered(size_t rows, size_t kinds, double step) {
    static char text[1 << 16];
    size_t used = (size_t)snprintf(text, sizeof text, "x,y\n");
    for (size_t i = 0; i < rows; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%g,%g\n", 0.5 * (double)(i % 7),
                                 step * (double)(i % kinds));
    return text;
}

/* A column that looks like something measured is no column of classes, unless somebody says so. */
static void measured_labels_are_doubted(void **state) {
    (void)state;
    static const struct {
        size_t rows, kinds;
        double step;
        bool doubted;
    } columns[] = {
        {100, 90, 0.01, true}, {100, 21, 0.5, true}, {40, 20, 0.5, false}, {39, 20, 0.5, true},
        {60, 3, 0.5, false},   {12, 12, 1, false},   {100, 26, 1, true},   {104, 26, 1, false},
        {300, 250, 1, true},   {20, 10, 0.1, false}, {6, 6, 0.1, true},
    };
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        const char *text = numbered(columns[i].rows, columns[i].kinds, columns[i].step);
        loci_data_options options = usual();
        loci_dataset *data;
        loci_error error = {0};
        int status = open_csv(&data, text, &options, &error);
        if ((status != LOCI_OK) != columns[i].doubted)
            fail_msg("%zu kinds of %g in %zu rows: %d, %s", columns[i].kinds, columns[i].step,
                     columns[i].rows, status, error.message);
        if (columns[i].doubted) {
            assert_int_equal(status, LOCI_E_ARGUMENT);
            assert_says(&error, "--task regress");
            assert_says(&error, "--task classify");
            assert_says(&error, "column 2");
        }
        loci_dataset_free(data);
        options.task = LOCI_TASK_CLASSIFY;
        options.test_fraction = 0.2;
        if (open_csv(&data, text, &options, &error) != LOCI_OK)
            fail_msg("%s", error.message);
        assert_int_equal(loci_dataset_classes(data), columns[i].kinds);
        loci_dataset_free(data);
        options.task = LOCI_TASK_REGRESS;
        assert_int_equal(open_csv(&data, text, &options, NULL), LOCI_OK);
        assert_int_equal(loci_dataset_outputs(data), 1);
        loci_dataset_free(data);
    }
}

/* ---- arrays of a file ---- */

static const float samples[4][2] = {{0, 1}, {0.5f, 0}, {1, 1}, {0.25f, 0.5f}};
static const float reals[8] = {1.5f, -2, 3, 40, 5, 6, 7.25f, 8};
static const int64_t wholes[4] = {0, 2, 1, 2};
static const float whole_reals[4] = {0, 2, 1, 2};

static int open_npz(loci_dataset **data, loci_npz_array y, loci_npz_array weights, int task,
                    loci_error *error) {
    const char *path = scratch_path(folder, "set.npz");
    loci_npz_array all[6];
    size_t count = 0;
    loci_data_options options = usual();
    options.task = task;
    for (int part = 0; part < 2; part++) {
        all[count++] = (loci_npz_array){part ? "x_test" : "x_train", "<f4", 2, {4, 2}, samples};
        y.name = part ? "y_test" : "y_train";
        all[count++] = y;
        weights.name = part ? "weight_test" : "weight_train";
        if (weights.dtype != NULL)
            all[count++] = weights;
    }
    assert_int_equal(loci_npz_write(path, all, count, NULL), LOCI_OK);
    *data = NULL;
    return loci_dataset_open(data, path, &options, error);
}

static const loci_npz_array unweighted = {0};

static void check_npz(loci_npz_array y, int task, uint32_t outputs, const float *expected) {
    loci_dataset *data;
    loci_error error = {0};
    if (open_npz(&data, y, unweighted, task, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    assert_int_equal(loci_dataset_task(data), LOCI_TASK_REGRESS);
    assert_int_equal(loci_dataset_outputs(data), outputs);
    for (size_t i = 0; i < 4; i++)
        assert_memory_equal(loci_dataset_target(data, LOCI_TEST, i), expected + i * outputs,
                            outputs * sizeof *expected);
    assert_string_equal(loci_dataset_output_name(data, outputs - 1), outputs == 1 ? "0" : "1");
    /* what nobody asked for is told */
    assert_int_equal(loci_dataset_note(data, 0) != NULL, task == -1);
    loci_dataset_free(data);
}

static void arrays_of_numbers_are_targets(void **state) {
    (void)state;
    double doubles[4];
    for (size_t i = 0; i < 4; i++)
        doubles[i] = reals[i];
    check_npz((loci_npz_array){NULL, "<f4", 1, {4}, reals}, -1, 1, reals);
    check_npz((loci_npz_array){NULL, "<f4", 2, {4, 1}, reals}, -1, 1, reals);
    check_npz((loci_npz_array){NULL, "<f4", 2, {4, 2}, reals}, -1, 2, reals);
    check_npz((loci_npz_array){NULL, "<f8", 1, {4}, doubles}, -1, 1, reals);
    check_npz((loci_npz_array){NULL, "<f8", 1, {4}, doubles}, LOCI_TASK_REGRESS, 1, reals);
    check_npz((loci_npz_array){NULL, "<i8", 1, {4}, wholes}, LOCI_TASK_REGRESS, 1, whole_reals);
    check_npz((loci_npz_array){NULL, "<f4", 1, {4}, whole_reals}, -1, 1, whole_reals);
}

static void refuse_npz(loci_npz_array y, loci_npz_array weights, int task, const char *part) {
    loci_dataset *data;
    loci_error error = {0};
    int status = open_npz(&data, y, weights, task, &error);
    if (status != LOCI_E_FORMAT)
        fail_msg("%d, which should say '%s': %s", status, part, error.message);
    assert_null(data);
    assert_says(&error, part);
}

static void arrays_of_classes_stay_classes(void **state) {
    (void)state;
    static const struct {
        loci_npz_array y;
        int task;
    } taken[] = {{{NULL, "<i8", 1, {4}, wholes}, -1},
                 {{NULL, "<f4", 1, {4}, whole_reals}, LOCI_TASK_CLASSIFY},
                 {{NULL, "<f4", 2, {4, 1}, whole_reals}, LOCI_TASK_CLASSIFY}};
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        loci_dataset *data;
        assert_int_equal(open_npz(&data, taken[i].y, unweighted, taken[i].task, NULL), LOCI_OK);
        assert_int_equal(loci_dataset_task(data), LOCI_TASK_CLASSIFY);
        assert_int_equal(loci_dataset_classes(data), 3);
        assert_int_equal(loci_dataset_label(data, LOCI_TEST, 3), 2);
        assert_null(loci_dataset_note(data, 0));
        loci_dataset_free(data);
    }
    refuse_npz((loci_npz_array){NULL, "<f4", 1, {4}, reals}, unweighted, LOCI_TASK_CLASSIFY,
               "label 1.5 of sample 1");
    refuse_npz((loci_npz_array){NULL, "<f4", 2, {4, 2}, reals}, unweighted, LOCI_TASK_CLASSIFY,
               "2 numbers a label");
}

static void wrong_arrays_are_refused(void **state) {
    (void)state;
    static const float bad[4] = {1, 2, NAN, 3}, vast[4] = {1, 2, 3, -2e38f};
    refuse_npz((loci_npz_array){NULL, "<f4", 1, {4}, bad}, unweighted, -1,
               "training sample 3 has a target that is no finite number");
    refuse_npz((loci_npz_array){NULL, "<f4", 1, {4}, vast}, unweighted, -1, "training sample 4");
    refuse_npz((loci_npz_array){NULL, "<f4", 2, {4, 0}, NULL}, unweighted, -1, "0 numbers");
    refuse_npz((loci_npz_array){NULL, "<f4", 1, {3}, reals}, unweighted, -1, "3 labels for the 4");
    refuse_npz((loci_npz_array){NULL, "<f4", 3, {4, 1, 2}, reals}, unweighted, -1, "3 dimensions");
}

static void arrays_of_weights(void **state) {
    (void)state;
    static const float weights[4] = {1, 0, 2.5f, 1e-3f}, none[4] = {0},
                       negative[4] = {1, -0.5f, 1, 1}, bad[4] = {1, 1, 1, NAN},
                       vast[4] = {INFINITY, 1, 1, 1};
    static const int64_t counts[4] = {1, 2, 3, 0};
    const loci_npz_array labels = {NULL, "<i8", 1, {4}, wholes},
                         targets = {NULL, "<f4", 1, {4}, reals};
    loci_dataset *data;
    for (int i = 0; i < 2; i++) {
        const loci_npz_array w = {NULL, "<f4", i ? 2 : 1, {4, 1}, weights};
        assert_int_equal(open_npz(&data, i ? labels : targets, w, -1, NULL), LOCI_OK);
        for (size_t b = 0; b < 4; b++)
            assert_true(loci_dataset_weight(data, LOCI_TEST, b) == weights[b]);
        assert_true(loci_dataset_weight(data, LOCI_TRAIN, 4) == 1);
        loci_dataset_free(data);
    }
    assert_int_equal(
        open_npz(&data, labels, (loci_npz_array){NULL, "<i8", 1, {4}, counts}, -1, NULL), LOCI_OK);
    assert_true(loci_dataset_weight(data, LOCI_TRAIN, 2) == 3);
    loci_dataset_free(data);
    refuse_npz(labels, (loci_npz_array){NULL, "<f4", 1, {3}, weights}, -1,
               "3 weights for 4 samples");
    refuse_npz(labels, (loci_npz_array){NULL, "<f4", 2, {2, 2}, weights}, -1, "weights for 4");
    refuse_npz(labels, (loci_npz_array){NULL, "<f4", 1, {4}, none}, -1, "have the weight 0");
    refuse_npz(labels, (loci_npz_array){NULL, "<f4", 1, {4}, negative}, -1,
               "training sample 2 has the weight -0.5");
    refuse_npz(targets, (loci_npz_array){NULL, "<f4", 1, {4}, bad}, -1, "sample 4 has the weight");
    refuse_npz(targets, (loci_npz_array){NULL, "<f4", 1, {4}, vast}, -1, "sample 1 has the weight");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_column_by_name_or_number),
        cmocka_unit_test(several_columns_and_weights),
        cmocka_unit_test(classes_have_weights_too),
        cmocka_unit_test(a_label_column_is_a_target_when_asked),
        cmocka_unit_test(wrong_columns_are_refused),
        cmocka_unit_test(a_model_has_as_many_targets),
        cmocka_unit_test(measured_labels_are_doubted),
        cmocka_unit_test(arrays_of_numbers_are_targets),
        cmocka_unit_test(arrays_of_classes_stay_classes),
        cmocka_unit_test(wrong_arrays_are_refused),
        cmocka_unit_test(arrays_of_weights),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
