/* How much each sample counts in training: a mean of 1 over those trained on, by the weights of the
 * data, by class, or by both. */
#include "scratch_folder.h"

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "train/trainer_work.h"

enum { COUNT = 60, PIXELS = 4, CLASSES = 3 };

static float pixels[COUNT * PIXELS], targets[COUNT], given[COUNT];
static int32_t labels[COUNT];

static int draw(void **state) {
    make_folder(state);
    const loci_random stream = {1, LOCI_RANDOM_TEST, 70};
    for (size_t i = 0; i < COUNT; i++) {
        labels[i] = i % 10 < 7 ? 0 : i % 10 < 9 ? 1 : 2;
        given[i] = (float)loci_random_below(&stream, i, 5) / 2;
        targets[i] = (float)loci_random_normal(&stream, 1000 + i);
        for (size_t p = 0; p < PIXELS; p++)
            pixels[i * PIXELS + p] = (float)loci_random_uniform(&stream, 2000 + i * PIXELS + p);
    }
    return 0;
}

static loci_arrays arrays(bool regress, const float *weights) {
    return (loci_arrays){.count = COUNT,
                         .samples = pixels,
                         .labels = regress ? NULL : labels,
                         .targets = regress ? targets : NULL,
                         .outputs = regress,
                         .weights = weights};
}

typedef struct training {
    loci_dataset *data;
    loci_network *network;
    loci_trainer *trainer;
    const struct loci_trainer_work *work;
} training;

static int open_training(training *x, loci_arrays of, const loci_train_options *options,
                         loci_error *error) {
    loci_spec spec;
    loci_spec_defaults(&spec);
    spec.hidden[0] = 3;
    *x = (training){0};
    assert_int_equal(loci_dataset_borrow(&x->data, "weighed", 2, 2, &of, NULL, NULL), LOCI_OK);
    assert_int_equal(loci_network_create_for(&x->network, &spec, x->data, 2, NULL), LOCI_OK);
    int status = loci_trainer_create(&x->trainer, x->network, x->data, options, 3, NULL, error);
    x->work = status == LOCI_OK ? x->trainer->work : NULL;
    return status;
}

static void close_training(training *x) {
    loci_trainer_free(x->trainer);
    loci_network_free(x->network);
    loci_dataset_free(x->data);
}

static loci_train_options options_of(bool balanced, uint32_t validation) {
    loci_train_options options;
    loci_train_options_defaults(&options);
    options.class_weight = balanced ? LOCI_CLASS_WEIGHT_BALANCED : LOCI_CLASS_WEIGHT_NONE;
    options.validation = validation;
    options.epochs = 2;
    options.batch = 16;
    return options;
}

/* The sum of weights of those trained on, of one class or (-1) of all. */
static double sum_of(const training *x, int32_t label, const float *of) {
    double sum = 0;
    for (size_t i = 0; i < x->trainer->samples; i++) {
        uint32_t at = x->work->training[i];
        if (label < 0 || labels[at] == label)
            sum += (double)of[at];
    }
    return sum;
}

static void without_weights_there_are_none(void **state) {
    (void)state;
    training x;
    const loci_train_options options = options_of(false, 0);
    for (int regress = 0; regress < 2; regress++) {
        assert_int_equal(open_training(&x, arrays(regress, NULL), &options, NULL), LOCI_OK);
        assert_null(x.work->weight);
        close_training(&x);
    }
}

static void their_mean_is_one(void **state) {
    (void)state;
    for (int i = 0; i < 8; i++) {
        bool regress = i & 1, balanced = i & 2 && !regress;
        uint32_t validation = i & 4 ? 25 : 0;
        training x;
        const loci_train_options options = options_of(balanced, validation);
        assert_int_equal(open_training(&x, arrays(regress, given), &options, NULL), LOCI_OK);
        assert_int_equal(x.trainer->samples, COUNT - validation);
        assert_true(fabs(sum_of(&x, -1, x.work->weight) / (double)x.trainer->samples - 1) < 1e-6);
        /* in one class they stay in proportion */
        double factor[CLASSES] = {0};
        for (size_t k = 0; k < x.trainer->samples; k++) {
            uint32_t at = x.work->training[k];
            double *f = &factor[balanced ? labels[at] : 0], w = (double)x.work->weight[at];
            assert_true((given[at] == 0) == (w == 0));
            if (given[at] > 0 && *f == 0)
                *f = w / (double)given[at];
            assert_true(fabs(w - *f * (double)given[at]) < 1e-6 * (1 + w));
        }
        if (!balanced)
            assert_true(fabs(factor[0] - (double)x.trainer->samples / sum_of(&x, -1, given)) <
                        1e-6);
        close_training(&x);
    }
}

/* All classes together as much, whatever the samples of each weigh. */
static void balanced_classes_count_the_same(void **state) {
    (void)state;
    for (int i = 0; i < 4; i++) {
        training x;
        const loci_train_options options = options_of(true, i & 1 ? 20 : 0);
        assert_int_equal(open_training(&x, arrays(false, i & 2 ? given : NULL), &options, NULL),
                         LOCI_OK);
        for (int32_t c = 0; c < CLASSES; c++)
            assert_true(fabs(sum_of(&x, c, x.work->weight) - (double)x.trainer->samples / CLASSES) <
                        1e-4);
        close_training(&x);
    }
}

static void what_cannot_count_is_refused(void **state) {
    (void)state;
    static float last[COUNT];
    training x;
    loci_error error = {0};
    loci_train_options options = options_of(true, 0);
    assert_int_equal(open_training(&x, arrays(true, NULL), &options, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.where, "class-weight");
    close_training(&x);
    /* only what is held out has a weight */
    options = options_of(false, 20);
    assert_int_equal(open_training(&x, arrays(false, given), &options, NULL), LOCI_OK);
    last[x.work->held_out[0]] = 1;
    close_training(&x);
    assert_int_equal(open_training(&x, arrays(false, last), &options, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.where, "weight");
    close_training(&x);
}

/* Twice the weight of all is the same training, and a sample of weight 0 as good as none. */
static void weights_act_by_their_proportion(void **state) {
    (void)state;
    static float twice[COUNT], other[COUNT * PIXELS];
    for (int regress = 0; regress < 2; regress++) {
        training x, y, z;
        const loci_train_options options = options_of(false, 0);
        loci_arrays changed = arrays(regress, given);
        memcpy(other, pixels, sizeof other);
        for (size_t i = 0; i < COUNT; i++) {
            twice[i] = 2 * given[i];
            for (size_t p = 0; p < PIXELS && given[i] == 0; p++)
                other[i * PIXELS + p] = 1 - pixels[i * PIXELS + p];
        }
        changed.samples = other;
        assert_int_equal(open_training(&x, arrays(regress, given), &options, NULL), LOCI_OK);
        assert_int_equal(open_training(&y, arrays(regress, twice), &options, NULL), LOCI_OK);
        assert_int_equal(open_training(&z, changed, &options, NULL), LOCI_OK);
        training *const all[] = {&x, &y, &z};
        for (size_t i = 0; i < 3; i++)
            assert_int_equal(loci_trainer_epoch(all[i]->trainer, NULL, NULL), LOCI_OK);
        size_t size = x.network->parameter_count * sizeof(float);
        assert_memory_equal(x.network->parameters, y.network->parameters, size);
        for (size_t i = 0; i < x.network->parameter_count; i++)
            assert_true(fabsf(x.network->parameters[i] - z.network->parameters[i]) < 1e-3f);
        for (size_t i = 0; i < 3; i++)
            close_training(all[i]);
    }
}

/* ---- of a folder ---- */

static void write_npy(const char *name, const char *descr, const char *shape, const void *items,
                      size_t size) {
    static unsigned char bytes[1024];
    char header[119];
    snprintf(header, sizeof header, "{'descr': '%s', 'fortran_order': False, 'shape': %s, }", descr,
             shape);
    memset(bytes, ' ', 128);
    memcpy(bytes, "\x93NUMPY\x01\x00\x76\x00", 10);
    memcpy(bytes + 10, header, strlen(header));
    memcpy(bytes + 128, items, size);
    scratch_write(scratch_path(folder, name), bytes, 128 + size);
}

static void folders_have_weights(void **state) {
    (void)state;
    static const int64_t names[4] = {0, 1, 1, 0};
    loci_dataset *data;
    write_npy("x_train.npy", "<f4", "(4, 4)", pixels, 64);
    write_npy("y_train.npy", "<i8", "(4,)", names, 32);
    write_npy("x_test.npy", "<f4", "(4, 4)", pixels, 64);
    write_npy("y_test.npy", "<i8", "(4,)", names, 32);
    assert_int_equal(loci_dataset_open(&data, folder, NULL, NULL), LOCI_OK);
    assert_true(loci_dataset_weight(data, LOCI_TRAIN, 0) == 1);
    loci_dataset_free(data);
    write_npy("weight_train.npy", "<i8", "(4,)", names, 32);
    assert_int_equal(loci_dataset_open(&data, folder, NULL, NULL), LOCI_OK);
    assert_true(loci_dataset_weight(data, LOCI_TRAIN, 0) == 0);
    assert_true(loci_dataset_weight(data, LOCI_TRAIN, 1) == 1);
    assert_true(loci_dataset_weight(data, LOCI_TEST, 0) == 1);
    loci_dataset_free(data);
    write_npy("weight_test.npy", "<i8", "(3,)", names, 24);
    assert_int_equal(loci_dataset_open(&data, folder, NULL, NULL), LOCI_E_FORMAT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_weights_there_are_none),
        cmocka_unit_test(their_mean_is_one),
        cmocka_unit_test(balanced_classes_count_the_same),
        cmocka_unit_test(what_cannot_count_is_refused),
        cmocka_unit_test(weights_act_by_their_proportion),
        cmocka_unit_test(folders_have_weights),
    };
    return cmocka_run_group_tests(tests, draw, remove_folder);
}
