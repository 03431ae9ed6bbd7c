/* Whoever gives a network data scales them by the range that is stored in the network, never by
 * that of the data at hand: one network on two data sets that differ in a single training sample,
 * far out, whose ranges have nothing in common. */
#include <loci/codegen.h>
#include <math.h>
#include <stdlib.h>

#include "data/dataset.h"
#include "network/contents.h"
#include "payload_reader.h"
#include "run_fixture.h"
#include "synapse/synapse.h"
#include "train/teacher.h"

enum { PIXELS = SMALL_SIDE * SMALL_SIDE, LAST = SAMPLES - 1 }; /* LAST: the sample far out */

/* Whole numbers from 0 to 100; the test part is the smaller one. */
static float raw[2][SAMPLES][PIXELS];
static int32_t labels[2][SAMPLES];
static loci_dataset *near, *far, *bytes;
static loci_network *network; /* trained on near */

static loci_dataset *make(const char *name) {
    loci_dataset *out = NULL;
    assert_int_equal(loci_dataset_from_arrays(&out, name, SMALL_SIDE, SMALL_SIDE, raw[0][0],
                                              labels[0], SAMPLES, raw[1][0], labels[1], SMALL_TEST,
                                              NULL),
                     LOCI_OK);
    return out;
}

static void copy_bytes(loci_samples *to, size_t split, size_t count) {
    to->count = count;
    to->bytes = malloc(count * PIXELS);
    to->labels = malloc(count * sizeof *to->labels);
    for (size_t i = 0; i < count * PIXELS; i++)
        to->bytes[i] = (uint8_t)raw[split][i / PIXELS][i % PIXELS];
    memcpy(to->labels, labels[split], count * sizeof *to->labels);
}

/* The same numbers as a file of bytes has them. */
static loci_dataset *make_bytes(void) {
    loci_dataset *out = loci_dataset_new("bytes");
    assert_int_equal(loci_dataset_set_size(out, SMALL_SIDE, SMALL_SIDE, "bytes", NULL), LOCI_OK);
    copy_bytes(&out->part[LOCI_TRAIN], 0, SAMPLES);
    copy_bytes(&out->part[LOCI_TEST], 1, SMALL_TEST);
    assert_int_equal(loci_dataset_finish(out, "bytes", NULL), LOCI_OK);
    return out;
}

static int prepare_data(void **state) {
    const loci_config config = small_config(EPOCHS);
    int status = prepare(state);
    for (size_t split = 0; split < 2; split++)
        for (size_t i = 0; i < loci_dataset_count(data, (enum loci_split)split); i++) {
            loci_dataset_sample(data, (enum loci_split)split, i, raw[split][i]);
            labels[split][i] = loci_dataset_label(data, (enum loci_split)split, i);
            for (size_t p = 0; p < PIXELS; p++)
                raw[split][i][p] = roundf(100 * raw[split][i][p]);
        }
    near = make("near");
    bytes = make_bytes();
    for (size_t p = 0; p < PIXELS; p++)
        raw[0][LAST][p] = p % 2 ? 5000 : -700;
    far = make("far");
    snprintf(calm, sizeof calm, "%s/near", folder);
    return status != 0 || loci_run_train(&config, near, calm, NULL, NULL, NULL, NULL) != LOCI_OK ||
           loci_network_load(&network, calm, NULL) != LOCI_OK;
}

static int free_data(void **state) {
    loci_dataset_free(near);
    loci_dataset_free(far);
    loci_dataset_free(bytes);
    loci_network_free(network);
    return clean(state);
}

/* ---- who reads samples ---- */

static void assert_samples(const loci_dataset *other) {
    float a[PIXELS], b[PIXELS];
    for (size_t i = 0; i < SMALL_TEST; i++) {
        assert_int_equal(loci_network_sample(network, near, LOCI_TEST, i, a), LOCI_OK);
        assert_int_equal(loci_network_sample(network, other, LOCI_TEST, i, b), LOCI_OK);
        assert_memory_equal(a, b, sizeof a);
        for (size_t p = 0; p < PIXELS; p++)
            assert_true(a[p] == (raw[1][i][p] - network->low[p]) / network->span[p]);
    }
}

static void a_sample_follows_the_network(void **state) {
    (void)state;
    float a[PIXELS], b[PIXELS];
    assert_samples(far);
    assert_samples(bytes);
    loci_dataset_sample(near, LOCI_TEST, 0, a);
    loci_dataset_sample(far, LOCI_TEST, 0, b);
    assert_memory_not_equal(a, b, sizeof a);
    assert_int_equal(loci_network_sample(network, near, LOCI_TEST, SMALL_TEST, a), LOCI_E_ARGUMENT);
    /* without a range: as they are */
    loci_spec spec = network->spec;
    loci_network *plain;
    assert_int_equal(loci_network_create(&plain, &spec, 1, NULL), LOCI_OK);
    assert_int_equal(loci_network_sample(plain, far, LOCI_TEST, 3, a), LOCI_OK);
    assert_memory_equal(a, raw[1][3], sizeof a);
    assert_int_equal(loci_network_sample(plain, bytes, LOCI_TEST, 3, a), LOCI_OK);
    for (size_t p = 0; p < PIXELS; p++)
        assert_true(a[p] == raw[1][3][p] / 255.0f);
    loci_network_free(plain);
}

/* Arrays as a file would hold them: the same samples, to the last bit. */
static void arrays_follow_the_network(void **state) {
    (void)state;
    static float values[SMALL_TEST][PIXELS], taken[SMALL_TEST][PIXELS];
    static uint8_t whole[SMALL_TEST][PIXELS];
    float sample[PIXELS];
    assert_int_equal(loci_dataset_values(near, LOCI_TEST, 0, SMALL_TEST, values[0]), LOCI_OK);
    assert_memory_equal(values, raw[1], sizeof values);
    assert_int_equal(loci_dataset_bytes(bytes, LOCI_TEST, 0, SMALL_TEST, whole[0]), LOCI_OK);
    assert_int_equal(loci_dataset_values(bytes, LOCI_TEST, 1, SMALL_TEST - 1, values[1]), LOCI_OK);
    assert_memory_equal(values, raw[1], sizeof values);
    assert_int_equal(loci_dataset_bytes(near, LOCI_TEST, 0, 1, whole[0]), LOCI_E_ARGUMENT);
    assert_int_equal(loci_dataset_values(near, LOCI_TEST, 1, SMALL_TEST, values[0]),
                     LOCI_E_ARGUMENT);
    assert_int_equal(loci_dataset_values(near, LOCI_TEST, SMALL_TEST + 1, 0, values[0]),
                     LOCI_E_ARGUMENT);
    for (int kind = 0; kind < 2; kind++) {
        const float *numbers = kind == 0 ? values[0] : NULL;
        const uint8_t *of_bytes = kind == 1 ? whole[0] : NULL;
        assert_int_equal(loci_network_inputs(network, numbers, of_bytes, SMALL_TEST, NULL), 2);
        memset(taken, 0, sizeof taken);
        assert_int_equal(loci_network_inputs(network, numbers, of_bytes, SMALL_TEST, taken[0]), 0);
        for (size_t i = 0; i < SMALL_TEST; i++) {
            loci_network_sample(network, near, LOCI_TEST, i, sample);
            assert_memory_equal(taken[i], sample, sizeof sample);
        }
    }
}

/* Without a range bytes are shares of 255, numbers are used as they are, and what lies beyond 0 to
 * 1 is told. */
static void arrays_without_a_range(void **state) {
    (void)state;
    static const float inside[PIXELS] = {0, 1, 0.5f}, above[PIXELS] = {0, 1.5f},
                       below[PIXELS] = {-0.1f};
    static const uint8_t whole[PIXELS] = {255, 51};
    float taken[PIXELS];
    loci_spec spec = network->spec;
    loci_network *plain;
    assert_int_equal(loci_network_create(&plain, &spec, 1, NULL), LOCI_OK);
    assert_int_equal(loci_network_inputs(plain, inside, NULL, 1, NULL), 0);
    assert_int_equal(loci_network_inputs(plain, above, NULL, 1, NULL), 1);
    assert_int_equal(loci_network_inputs(plain, below, NULL, 1, NULL), 1);
    assert_int_equal(loci_network_inputs(plain, below, NULL, 1, taken), 1);
    assert_memory_equal(taken, below, sizeof taken);
    assert_int_equal(loci_network_inputs(plain, NULL, whole, 1, NULL), 2);
    assert_int_equal(loci_network_inputs(plain, NULL, whole, 1, taken), 0);
    assert_true(taken[0] == 1 && taken[1] == 51 / 255.0f && taken[2] == 0);
    loci_network_free(plain);
}

static void an_evaluation_follows_the_network(void **state) {
    (void)state;
    const loci_dataset *all[] = {near, far, bytes};
    loci_evaluation result[4];
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(loci_evaluate(network, all[i], LOCI_TEST, NULL, 1, &result[i], NULL),
                         LOCI_OK);
        assert_memory_equal(result[i].confidence, result[0].confidence, SMALL_TEST * sizeof(float));
        assert_true(result[i].loss == result[0].loss);
    }
    loci_network *other; /* whose range is that of far: it matters */
    const float *low, *span;
    loci_dataset_input_scaling(far, &low, &span);
    assert_int_equal(loci_network_load(&other, calm, NULL), LOCI_OK);
    assert_int_equal(loci_network_set_input_scaling(other, low, span, NULL), LOCI_OK);
    assert_int_equal(loci_evaluate(other, far, LOCI_TEST, NULL, 0, &result[3], NULL), LOCI_OK);
    assert_true(result[3].loss != result[0].loss);
    loci_network_free(other);
    for (size_t i = 0; i < 3; i++)
        loci_evaluation_clear(&result[i]);
}

static void a_page_follows_the_network(void **state) {
    (void)state;
    loci_view_options options;
    loci_view_options_defaults(&options);
    options.data = near;
    json_t *a = payload_of(network, &options);
    options.data = far;
    json_t *b = payload_of(network, &options);
    assert_true(json_equal(json_object_get(a, "samples"), json_object_get(b, "samples")));
    assert_true(json_equal(json_object_get(a, "confusion"), json_object_get(b, "confusion")));
    json_decref(a);
    json_decref(b);
}

/* Scales are chosen on every other training sample, which LAST is not one of. */
static void an_export_follows_the_network(void **state) {
    (void)state;
    const loci_dataset *all[] = {near, far, bytes};
    char path[3][600];
    for (size_t i = 0; i < 3; i++) {
        loci_export *export;
        loci_export_options options;
        loci_export_options_defaults(&options);
        options.data = all[i];
        options.name = "net";
        options.samples = SAMPLES / 2;
        snprintf(path[i], sizeof path[i], "%s/export%zu", folder, i);
        assert_int_equal(loci_export_create(&export, network, &options, NULL), LOCI_OK);
        assert_int_equal(loci_export_write(export, path[i], 0, NULL), LOCI_OK);
        loci_export_free(export);
    }
    static const char *const files[] = {"net.c", "net_test.c"};
    for (size_t i = 1; i < 3; i++)
        for (size_t f = 0; f < 2; f++)
            scratch_assert_same(scratch_path(path[0], files[f]), scratch_path(path[i], files[f]));
}

/* A teacher's range is its own, whatever the learner's batch was scaled by. */
static void a_teacher_follows_its_own_network(void **state) {
    (void)state;
    enum { LD = SMALL_CLASSES };
    loci_teacher *teacher;
    loci_batch *batch;
    const float *logits;
    const uint32_t index[] = {3, 0, 7};
    const float *low, *span;
    float inputs[3 * PIXELS], wanted[3 * LD];
    loci_dataset_input_scaling(far, &low, &span);
    assert_int_equal(loci_teacher_create(&teacher, calm, &network->spec, 3, 1, NULL, NULL),
                     LOCI_OK);
    assert_int_equal(loci_batch_create(&batch, 3, PIXELS, true, NULL, NULL), LOCI_OK);
    loci_batch_scale(batch, low, span);
    assert_int_equal(loci_batch_fill(batch, far, LOCI_TRAIN, index, 3, NULL, 0, NULL), LOCI_OK);
    const loci_lesson lesson = {.batch = batch, .data = far, .index = index, .count = 3};
    assert_int_equal(loci_teacher_answer(teacher, &lesson, &logits, NULL), LOCI_OK);
    for (size_t i = 0; i < 3; i++)
        loci_network_sample(network, near, LOCI_TRAIN, index[i], inputs + i * PIXELS);
    assert_int_equal(loci_network_run(network, NULL, inputs, 3, wanted, NULL), LOCI_OK);
    for (size_t i = 0; i < 3 * LD; i++)
        assert_true(fabsf(logits[i / LD * loci_leading(LD) + i % LD] - wanted[i]) < 1e-5f);
    loci_batch_free(batch);
    loci_teacher_free(teacher);
}

/* ---- runs ---- */

static void assert_range_of_network(const char *path) {
    loci_network *after;
    assert_int_equal(loci_network_load(&after, path, NULL), LOCI_OK);
    assert_memory_equal(after->low, network->low, PIXELS * sizeof(float));
    assert_memory_equal(after->span, network->span, PIXELS * sizeof(float));
    loci_network_free(after);
}

/* What a run that starts from a model measures is what the model does: nothing is trained here, as
 * when a model is pruned. */
static void a_start_from_a_model_takes_its_range(void **state) {
    (void)state;
    loci_config config = small_config(0);
    loci_summary summary;
    loci_evaluation result;
    config.train.patience = 0;
    snprintf(config.init, sizeof config.init, "%s", calm);
    assert_int_equal(loci_run_train(&config, far, run, NULL, NULL, &summary, NULL), LOCI_OK);
    assert_int_equal(loci_evaluate(network, near, LOCI_TEST, NULL, 0, &result, NULL), LOCI_OK);
    assert_true(summary.test_accuracy == result.accuracy);
    assert_range_of_network(run);
}

/* Goes on as its model says, even where that to start from has gone. */
static void a_resumed_run_keeps_its_range(void **state) {
    (void)state;
    loci_config config = small_config(EPOCHS);
    volatile sig_atomic_t stop = 1;
    loci_run_options options;
    loci_run_options_defaults(&options);
    options.stop = &stop;
    char start[600];
    snprintf(start, sizeof start, "%s/start.safetensors", folder);
    assert_int_equal(loci_network_save(network, start, NULL), LOCI_OK);
    snprintf(config.init, sizeof config.init, "%s", start);
    assert_int_equal(loci_run_train(&config, far, run, NULL, &options, NULL, NULL),
                     LOCI_E_INTERRUPTED);
    remove(start);
    options = resuming();
    assert_int_equal(loci_run_train(&config, far, run, NULL, &options, NULL, NULL), LOCI_OK);
    assert_range_of_network(run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_sample_follows_the_network),
        TEST(an_evaluation_follows_the_network),
        TEST(a_page_follows_the_network),
        TEST(an_export_follows_the_network),
        TEST(a_teacher_follows_its_own_network),
        TEST(a_start_from_a_model_takes_its_range),
        TEST(a_resumed_run_keeps_its_range),
        TEST(arrays_follow_the_network),
        TEST(arrays_without_a_range),
    };
    return cmocka_run_group_tests(tests, prepare_data, free_data);
}
