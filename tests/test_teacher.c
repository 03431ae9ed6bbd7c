/* Learning from another network: the gradient is that of the loss the header names, the teacher
 * sees what the learner sees, and what it cannot teach is refused. */
#include <math.h>
#include <string.h>

#include "scratch_folder.h"

#include "base/random.h"
#include "loss/loss.h"
#include "network/contents.h"
#include "network/pass.h"
#include "train/teacher.h"
#include "train/trainer.h"

enum { SIDE = 6, PIXELS = SIDE * SIDE, CLASSES = 3, COUNT = 96, LD = 64 };

/* Random images of which half the pixels are 0, under labels that say nothing about them. */
static loci_dataset *noise(uint32_t label_round) {
    static float images[COUNT * PIXELS];
    static int32_t labels[COUNT];
    const loci_random pixels = {1, LOCI_RANDOM_TEST, 7}, names = {1, LOCI_RANDOM_TEST, label_round};
    loci_dataset *data;
    for (uint32_t i = 0; i < COUNT * PIXELS; i++) {
        uint32_t drawn = loci_random_below(&pixels, i, 512);
        images[i] = drawn < 256 ? 0 : (float)(drawn - 255) / 256;
    }
    for (uint32_t i = 0; i < COUNT; i++)
        labels[i] = i < CLASSES ? (int32_t)i : (int32_t)loci_random_below(&names, i, CLASSES);
    assert_int_equal(loci_dataset_from_arrays(&data, "noise", SIDE, SIDE, images, labels, COUNT,
                                              NULL, NULL, 0, NULL),
                     LOCI_OK);
    return data;
}

static loci_spec spec_of(const char *const *options) {
    loci_spec spec;
    loci_spec_defaults(&spec);
    spec.height = spec.width = SIDE;
    spec.classes = CLASSES;
    for (; options[0] != NULL; options += 2)
        assert_int_equal(loci_spec_set(&spec, options[0], options[1], NULL), LOCI_OK);
    return spec;
}

static const char *const small[] = {"hidden", "5", NULL};
static const char *const conventional[] = {"hidden", "12", "wiring", "dense", NULL};
static const char *const delayed[] = {"hidden",   "5",          "neuron", "lif", "delay",
                                      "distance", "time-steps", "4",      NULL};
static const char *const poisson[] = {"hidden",  "5",          "neuron", "lif", "coding",
                                      "poisson", "time-steps", "4",      NULL};

static loci_network *make(const char *const *options, uint64_t seed) {
    loci_spec spec = spec_of(options);
    loci_network *network;
    assert_int_equal(loci_network_create(&network, &spec, seed, NULL), LOCI_OK);
    return network;
}

/* A model file of a new network. */
static const char *make_file(const char *name, const char *const *options) {
    const char *path = scratch_path(folder, name);
    loci_network *network = make(options, 11);
    assert_int_equal(loci_network_save(network, path, NULL), LOCI_OK);
    loci_network_free(network);
    return path;
}

/* ---- the gradient ---- */

static double log_softmax(const double *z, double temperature, size_t k) {
    double sum = 0;
    for (size_t i = 0; i < CLASSES; i++)
        sum += exp(z[i] / temperature);
    return z[k] / temperature - log(sum);
}

enum { MOST_TAUGHT_BY = 2 };

/* (1 - a) cross-entropy + a t^2 cross-entropy with the mean of the teachers' probabilities. */
static double taught_loss(const double *z, double v[MOST_TAUGHT_BY][CLASSES], size_t teachers,
                          size_t label, double a, double t) {
    double soft = 0;
    for (size_t i = 0; i < teachers; i++)
        for (size_t k = 0; k < CLASSES; k++)
            soft -= exp(log_softmax(v[i], t, k)) * log_softmax(z, t, k) / (double)teachers;
    return -(1 - a) * log_softmax(z, 1, label) + a * t * t * soft;
}

static void check_gradient(size_t teachers) {
    enum { TAUGHT = 37 };
    static float logits[TAUGHT][LD], said[MOST_TAUGHT_BY][TAUGHT][LD], delta[TAUGHT][LD];
    static int32_t labels[TAUGHT];
    const float *const all[] = {said[0][0], said[1][0]};
    const loci_random stream = {3, LOCI_RANDOM_TEST, 0};
    const double a = 0.6, t = 2.5, weight = 0.25, step = 1e-4;
    for (uint32_t b = 0; b < TAUGHT; b++) {
        labels[b] = (int32_t)(b % CLASSES);
        for (uint32_t k = 0; k < CLASSES; k++) {
            logits[b][k] = (float)loci_random_below(&stream, 64 * b + k, 800) / 100 - 4;
            said[0][b][k] = (float)loci_random_below(&stream, 64 * b + 32 + k, 800) / 100 - 4;
            said[1][b][k] = (float)loci_random_below(&stream, 64 * b + 48 + k, 800) / 100 - 4;
        }
    }
    loci_cross_entropy(&logits[0][0], labels, TAUGHT, CLASSES, LD, weight, &delta[0][0], NULL);
    loci_distil(&logits[0][0], all, teachers, NULL, TAUGHT, CLASSES, LD, weight, a, t, &delta[0][0],
                NULL);
    for (size_t b = 0; b < TAUGHT; b++) {
        double z[CLASSES], v[MOST_TAUGHT_BY][CLASSES];
        for (size_t k = 0; k < CLASSES; k++) {
            z[k] = logits[b][k];
            for (size_t i = 0; i < MOST_TAUGHT_BY; i++)
                v[i][k] = said[i][b][k];
        }
        for (size_t k = 0; k < CLASSES; k++) {
            z[k] += step;
            double up = taught_loss(z, v, teachers, (size_t)labels[b], a, t);
            z[k] -= 2 * step;
            double down = taught_loss(z, v, teachers, (size_t)labels[b], a, t);
            z[k] += step;
            assert_true(fabs(weight * (up - down) / (2 * step) - delta[b][k]) < 1e-6);
        }
        for (size_t k = CLASSES; k < LD; k++)
            assert_true(delta[b][k] == 0);
    }
}

static void the_gradient_is_that_of_the_loss(void **state) {
    (void)state;
    for (size_t teachers = 1; teachers <= MOST_TAUGHT_BY; teachers++)
        check_gradient(teachers);
}

static void large_logits_stay_finite(void **state) {
    (void)state;
    const float logits[3] = {1000, 0, -1000}, teacher[3] = {-900, 900, 0};
    float delta[3] = {0};
    loci_distil(logits, (const float *[]){teacher}, 1, NULL, 1, 3, 3, 1, 1, 0.5, delta, NULL);
    assert_true(delta[0] == 0.5f && delta[1] == -0.5f && delta[2] == 0);
}

/* ---- what the teacher sees ---- */

/* The teacher's logits for the samples in `index` as the learner of `spec` is shown them. */
static void answer(const char *path, const loci_spec *learner, const loci_dataset *data,
                   const uint32_t *index, size_t count, const loci_warping *warping, float *out) {
    loci_teacher *teacher;
    loci_batch *batch;
    const float *logits;
    const loci_coding_options coding = loci_coding_of(learner, 5);
    assert_int_equal(loci_teacher_create(&teacher, path, learner, COUNT, 5, NULL, NULL), LOCI_OK);
    assert_int_equal(loci_batch_create(&batch, COUNT, PIXELS, true, &coding, NULL), LOCI_OK);
    assert_int_equal(
        loci_batch_fill(batch, data, LOCI_TRAIN, index, count, warping, warping->epoch, NULL),
        LOCI_OK);
    const loci_lesson lesson = {batch, data, index, count, warping, warping->epoch, NULL, 0};
    assert_int_equal(loci_teacher_answer(teacher, &lesson, &logits, NULL), LOCI_OK);
    memcpy(out, logits, count * LD * sizeof *out);
    assert_true(loci_teacher_bytes(teacher) > 0);
    loci_batch_free(batch);
    loci_teacher_free(teacher);
}

/* A spiking learner's batch is of no use to the teacher, which then fills its own: with the same
 * images, moved and bent alike. */
static void it_sees_what_the_learner_sees(void **state) {
    (void)state;
    static float shared[COUNT * LD], own[COUNT * LD], still[COUNT * LD];
    const char *path = make_file("teacher.safetensors", conventional);
    const loci_spec images = spec_of(small), spikes = spec_of(poisson);
    loci_dataset *data = noise(1);
    loci_warping moved = {.by = {2, 10, 0.1, 0, 0.5, false},
                          .seed = 9,
                          .epoch = 4,
                          .height = SIDE,
                          .width = SIDE,
                          .channels = 1},
                 unmoved = {.seed = 9, .epoch = 4, .height = SIDE, .width = SIDE, .channels = 1};
    uint32_t index[50];
    for (uint32_t i = 0; i < 50; i++)
        index[i] = (7 * i + 3) % COUNT;
    answer(path, &images, data, index, 50, &moved, shared);
    answer(path, &spikes, data, index, 50, &moved, own);
    answer(path, &images, data, index, 50, &unmoved, still);
    for (size_t i = 0; i < 50 * LD; i++) /* one may come through a dense product, one a sparse */
        assert_float_equal(shared[i], own[i], 1e-5);
    assert_memory_not_equal(shared, still, 50 * LD * sizeof *shared);
    loci_dataset_free(data);
}

/* A net with delays wants sparse rows, however dense images are; another one's batch has them as
 * they are. */
static void it_may_have_delays(void **state) {
    (void)state;
    static float images[COUNT * PIXELS], own[COUNT * LD], shared[COUNT * LD];
    static int32_t labels[COUNT];
    const char *path = make_file("teacher.safetensors", delayed);
    const loci_spec plain = spec_of(small), alike = spec_of(delayed);
    const loci_warping unmoved = {.height = SIDE, .width = SIDE, .channels = 1};
    const loci_random pixels = {1, LOCI_RANDOM_TEST, 8};
    uint32_t index[COUNT];
    loci_dataset *data;
    for (uint32_t i = 0; i < COUNT * PIXELS; i++)
        images[i] = (float)(1 + loci_random_below(&pixels, i, 255)) / 256;
    for (uint32_t i = 0; i < COUNT; i++)
        index[i] = i, labels[i] = (int32_t)(i % CLASSES);
    assert_int_equal(loci_dataset_from_arrays(&data, "dense", SIDE, SIDE, images, labels, COUNT,
                                              NULL, NULL, 0, NULL),
                     LOCI_OK);
    answer(path, &plain, data, index, COUNT, &unmoved, own);
    answer(path, &alike, data, index, COUNT, &unmoved, shared);
    assert_memory_equal(own, shared, sizeof own);
    loci_dataset_free(data);
}

/* Teachers that cannot take the learner's batch share one that the first of them fills. */
static void they_share_a_batch(void **state) {
    (void)state;
    static float alone[COUNT * LD], moved[COUNT * LD];
    const char *path = make_file("teacher.safetensors", conventional);
    const loci_spec learner = spec_of(poisson);
    const loci_coding_options coding = loci_coding_of(&learner, 5);
    loci_dataset *data = noise(1);
    loci_warping warping = {.by = {.shift = 1, .elastic = 0.5},
                            .seed = 9,
                            .epoch = 4,
                            .height = SIDE,
                            .width = SIDE,
                            .channels = 1};
    loci_teacher *teachers[2];
    loci_batch *batch;
    uint32_t index[20];
    const float *logits;
    for (uint32_t i = 0; i < 20; i++)
        index[i] = (7 * i + 3) % COUNT;
    answer(path, &learner, data, index, 20, &warping, alone);
    assert_int_equal(loci_batch_create(&batch, COUNT, PIXELS, true, &coding, NULL), LOCI_OK);
    loci_lesson lesson = {batch, data, index, 20, &warping, warping.epoch, teachers, 0};
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(loci_teacher_create(&teachers[i], path, &learner, COUNT, 5, NULL, NULL),
                         LOCI_OK);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < 2; i++) {
            lesson.asked_count = i;
            assert_int_equal(loci_teacher_answer(teachers[i], &lesson, &logits, NULL), LOCI_OK);
            if (round == 0)
                assert_memory_equal(logits, alone, 20 * LD * sizeof *alone);
            else if (i == 0)
                memcpy(moved, logits, sizeof moved);
            else
                assert_memory_equal(logits, moved, 20 * LD * sizeof *moved);
        }
        warping.epoch = lesson.epoch = 5;
    }
    assert_memory_not_equal(moved, alone, 20 * LD * sizeof *moved);
    assert_true(loci_teacher_bytes(teachers[1]) < loci_teacher_bytes(teachers[0]));
    for (size_t i = 0; i < 2; i++)
        loci_teacher_free(teachers[i]);
    loci_batch_free(batch);
    loci_dataset_free(data);
}

/* What it said of a sample that is shown again as it was it says again, to the last bit; and of one
 * that is shown otherwise, something else. */
static void check_memory(bool flip) {
    static float fresh[COUNT * LD];
    const char *path = make_file("teacher.safetensors", conventional);
    const loci_spec learner = spec_of(small);
    const loci_coding_options coding = loci_coding_of(&learner, 5);
    loci_dataset *data = noise(1);
    loci_warping warping = {
        .by = {.shift = 1, .flip = flip}, .seed = 9, .height = SIDE, .width = SIDE, .channels = 1};
    loci_teacher *teacher;
    loci_batch *batch;
    uint32_t index[20];
    const float *logits;
    assert_int_equal(loci_batch_create(&batch, COUNT, PIXELS, true, &coding, NULL), LOCI_OK);
    assert_int_equal(loci_teacher_create(&teacher, path, &learner, COUNT, 5, NULL, NULL), LOCI_OK);
    for (warping.epoch = 0; warping.epoch < 30; warping.epoch++) {
        size_t count = 3 + warping.epoch % 17;
        for (uint32_t i = 0; i < count; i++)
            index[i] = (7 * i + 5 * warping.epoch) % COUNT;
        const loci_lesson lesson = {batch, data, index, count, &warping, warping.epoch, NULL, 0};
        assert_int_equal(loci_teacher_answer(teacher, &lesson, &logits, NULL), LOCI_OK);
        answer(path, &learner, data, index, (uint32_t)count, &warping, fresh);
        assert_memory_equal(logits, fresh, count * LD * sizeof *fresh);
    }
    loci_teacher_free(teacher);
    loci_batch_free(batch);
    loci_dataset_free(data);
}

static void it_remembers(void **state) {
    (void)state;
    check_memory(false);
    check_memory(true);
}

/* ---- learning ---- */

/* other: a second teacher, or NULL. */
static loci_network *learn_from(const char *teacher, const char *other, uint32_t label_round,
                                double distillation) {
    loci_train_options options;
    loci_trainer *trainer;
    loci_dataset *data = noise(label_round);
    loci_network *network = make(small, 2);
    loci_train_options_defaults(&options);
    options.epochs = 30;
    options.batch = 32;
    options.distillation = distillation;
    assert_int_equal(loci_trainer_create(&trainer, network, data, &options, 2, NULL, NULL),
                     LOCI_OK);
    size_t before = loci_trainer_bytes(trainer);
    assert_int_equal(loci_trainer_teach(trainer, teacher, NULL), LOCI_OK);
    assert_true(loci_trainer_bytes(trainer) > before);
    if (other != NULL)
        assert_int_equal(loci_trainer_teach(trainer, other, NULL), LOCI_OK);
    while (!loci_trainer_finished(trainer)) {
        loci_metrics metrics;
        while (!loci_trainer_epoch_done(trainer))
            assert_int_equal(loci_trainer_step(trainer, NULL), LOCI_OK);
        assert_int_equal(loci_trainer_end_epoch(trainer, &metrics, NULL), LOCI_OK);
    }
    loci_trainer_free(trainer);
    loci_dataset_free(data);
    return network;
}

static loci_network *learn(const char *teacher, uint32_t label_round, double distillation) {
    return learn_from(teacher, NULL, label_round, distillation);
}

static bool are_alike(const loci_network *a, const loci_network *b) {
    return memcmp(a->parameters, b->parameters, a->parameter_count * sizeof(float)) == 0;
}

/* With the whole loss the teacher's, labels do not matter; with none of it, the teacher does not.
 */
static void the_share_is_what_it_says(void **state) {
    (void)state;
    const char *path = make_file("teacher.safetensors", conventional);
    const char *other = scratch_path(folder, "other.safetensors");
    loci_network *network = make(conventional, 12);
    assert_int_equal(loci_network_save(network, other, NULL), LOCI_OK);
    loci_network_free(network);
    loci_network *nets[] = {learn(path, 1, 1),  learn(path, 2, 1),  learn(other, 1, 1),
                            learn(path, 1, 0),  learn(other, 1, 0), learn(path, 2, 0),
                            learn(path, 1, 0.5)};
    assert_true(are_alike(nets[0], nets[1]));
    assert_false(are_alike(nets[0], nets[2]));
    assert_true(are_alike(nets[3], nets[4]));
    assert_false(are_alike(nets[3], nets[5]));
    assert_false(are_alike(nets[6], nets[0]) || are_alike(nets[6], nets[3]));
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++)
        loci_network_free(nets[i]);
}

/* Of two that say the same the mean is what one says; of others it is neither's, whoever is asked
 * first. */
static void several_teach_together(void **state) {
    (void)state;
    const char *path = make_file("teacher.safetensors", conventional);
    const char *other = scratch_path(folder, "other.safetensors");
    loci_network *network = make(conventional, 12);
    assert_int_equal(loci_network_save(network, other, NULL), LOCI_OK);
    loci_network_free(network);
    loci_network *nets[] = {learn(path, 1, 0.8), learn(other, 1, 0.8),
                            learn_from(path, path, 1, 0.8), learn_from(path, other, 1, 0.8),
                            learn_from(other, path, 1, 0.8)};
    assert_true(are_alike(nets[0], nets[2]));
    assert_true(are_alike(nets[3], nets[4]));
    assert_false(are_alike(nets[3], nets[0]) || are_alike(nets[3], nets[1]));
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++)
        loci_network_free(nets[i]);
}

static void there_are_not_too_many(void **state) {
    (void)state;
    const char *path = make_file("teacher.safetensors", conventional);
    loci_train_options options;
    loci_trainer *trainer;
    loci_error error = {0};
    loci_dataset *data = noise(1);
    loci_network *network = make(small, 2);
    loci_train_options_defaults(&options);
    assert_int_equal(loci_trainer_create(&trainer, network, data, &options, 2, NULL, NULL),
                     LOCI_OK);
    for (int i = 0; i < LOCI_MOST_TEACHERS; i++)
        assert_int_equal(loci_trainer_teach(trainer, path, NULL), LOCI_OK);
    assert_int_equal(loci_trainer_step(trainer, NULL), LOCI_OK);
    assert_int_equal(loci_trainer_teach(trainer, path, &error), LOCI_E_ARGUMENT);
    assert_non_null(strstr(error.message, "at most 16"));
    loci_trainer_free(trainer);
    loci_network_free(network);
    loci_dataset_free(data);
}

/* ---- errors ---- */

static void refused(const char *path, int code, const char *message) {
    const loci_spec learner = spec_of(small);
    loci_teacher *teacher = NULL;
    loci_error error = {0};
    assert_int_equal(loci_teacher_create(&teacher, path, &learner, COUNT, 1, NULL, &error), code);
    assert_string_equal(error.where, path);
    if (strstr(error.message, message) == NULL)
        fail_msg("'%s' does not contain '%s'", error.message, message);
    assert_null(teacher);
}

static void what_cannot_teach_is_refused(void **state) {
    (void)state;
    const char *path = scratch_path(folder, "other.safetensors");
    loci_spec spec = spec_of(small);
    loci_network *network;
    spec.classes = CLASSES + 1;
    assert_int_equal(loci_network_create(&network, &spec, 1, NULL), LOCI_OK);
    assert_int_equal(loci_network_save(network, path, NULL), LOCI_OK);
    loci_network_free(network);
    refused(path, LOCI_E_MISMATCH, "knows 4 classes, the net to train 3");
    spec = spec_of(small);
    spec.width = SIDE + 1;
    assert_int_equal(loci_network_create(&network, &spec, 1, NULL), LOCI_OK);
    assert_int_equal(loci_network_save(network, path, NULL), LOCI_OK);
    loci_network_free(network);
    refused(path, LOCI_E_MISMATCH, "takes inputs of 6 x 7, the net to train 6 x 6");
    refused(scratch_path(folder, "absent.safetensors"), LOCI_E_NOT_FOUND, "");
    scratch_write(path, (const unsigned char *)"rubbish", 7);
    refused(path, LOCI_E_FORMAT, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_gradient_is_that_of_the_loss),
        cmocka_unit_test(large_logits_stay_finite),
        cmocka_unit_test(it_sees_what_the_learner_sees),
        cmocka_unit_test(it_may_have_delays),
        cmocka_unit_test(they_share_a_batch),
        cmocka_unit_test(it_remembers),
        cmocka_unit_test(the_share_is_what_it_says),
        cmocka_unit_test(several_teach_together),
        cmocka_unit_test(there_are_not_too_many),
        cmocka_unit_test(what_cannot_teach_is_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
