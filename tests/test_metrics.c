/* metrics.jsonl and summary.json: what is written comes back, and what is damaged is refused. */
#include <math.h>

#include "scratch_folder.h"

#include <loci/record.h>

#include "train/metrics.h"

/* ---- metrics.jsonl ---- */

static loci_metrics usual(uint32_t epoch) {
    return (loci_metrics){.epoch = epoch,
                          .learning_rate = 0.25,
                          .train_loss = 1.5,
                          .train_accuracy = 0.75,
                          .validation_accuracy = -1,
                          .test_accuracy = 0.5,
                          .seconds = 2};
}

static void append(const char *path, uint32_t epoch) {
    const loci_metrics metrics = usual(epoch);
    assert_int_equal(loci_metrics_append(path, &metrics, NULL, NULL), LOCI_OK);
}

static void assert_text(const char *path, const char *expected) {
    size_t size;
    char *text = (char *)scratch_read(path, &size);
    assert_non_null(text);
    assert_string_equal(text, expected);
    free(text);
}

#define LINE(epoch)                                                                                \
    "{\"epoch\":" #epoch ",\"learning_rate\":0.25,\"train_loss\":1.5,\"train_accuracy\":0.75,"     \
    "\"validation_accuracy\":null,\"test_accuracy\":0.5,\"seconds\":2.0}\n"

static void test_metrics(void **state) {
    (void)state;
    const char *path = scratch_path(folder, "metrics.jsonl");
    assert_int_equal(loci_metrics_cut(path, 5, NULL), LOCI_OK); /* none yet */
    for (uint32_t epoch = 1; epoch <= 4; epoch++)
        append(path, epoch);
    assert_text(path, LINE(1) LINE(2) LINE(3) LINE(4));
    assert_int_equal(loci_metrics_cut(path, 4, NULL), LOCI_OK);
    assert_text(path, LINE(1) LINE(2) LINE(3) LINE(4));
    assert_int_equal(loci_metrics_cut(path, 3, NULL), LOCI_OK);
    assert_text(path, LINE(1) LINE(2) LINE(3));
    static const char *const tails[] = {"{\"epoch\":4,\"lear", "{\"epoch\":4}", "\n",
                                        "rubbish\n",           LINE(3),         LINE(2)};
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        FILE *file = fopen(path, "a");
        fputs(tails[i], file);
        fclose(file);
        assert_int_equal(loci_metrics_cut(path, 9, NULL), LOCI_OK);
        assert_text(path, LINE(1) LINE(2) LINE(3));
    }
    assert_int_equal(loci_metrics_cut(path, 0, NULL), LOCI_OK);
    assert_text(path, "");
}

static void test_metrics_disk_full(void **state) {
    (void)state;
    const char *path = scratch_path(folder, "full.jsonl");
    const loci_metrics metrics = usual(2);
    loci_error error = {0};
    append(path, 1);
    scratch_disk_limit(strlen(LINE(1)) + 20);
    int status = loci_metrics_append(path, &metrics, NULL, &error);
    scratch_disk_limit(RLIM_INFINITY);
    assert_int_equal(status, LOCI_E_IO);
    assert_string_equal(error.where, path);
    assert_text(path, LINE(1));
}

/* ---- summary.json ---- */

/* Damage of any length is refused, and leaves nothing half read. */
static void assert_refused_when_cut(const char *path) {
    size_t size;
    loci_summary loaded;
    unsigned char *text = scratch_read(path, &size);
    for (size_t length = 0; length + 1 < size; length++) {
        scratch_write(path, text, length);
        assert_int_equal(loci_summary_load(path, &loaded, NULL), LOCI_E_FORMAT);
    }
    free(text);
}

static void test_summary(void **state) {
    (void)state;
    const char *path = scratch_path(folder, "summary.json");
    const loci_summary summary = {.preset = "p",
                                  .dataset = "d",
                                  .seed = 3,
                                  .epochs = 20,
                                  .threads = 2,
                                  .test_accuracy = 0.9871,
                                  .validation_accuracy = -1,
                                  .train_loss = 1.0 / 3,
                                  .parameters = 10576,
                                  .connections = 1000000,
                                  .connections_kept = 999,
                                  .sparsity = 0.1,
                                  .seconds_total = 12.5,
                                  .seconds_per_epoch = 0.6};
    loci_summary loaded;
    assert_int_equal(loci_summary_load(path, &loaded, NULL), LOCI_E_NOT_FOUND);
    assert_int_equal(loci_summary_save(path, &summary, NULL), LOCI_OK);
    assert_int_equal(loci_summary_load(path, &loaded, NULL), LOCI_OK);
    assert_string_equal(loaded.preset, "p");
    assert_string_equal(loaded.dataset, "d");
    assert_int_equal(loaded.seed, 3);
    assert_int_equal(loaded.epochs, 20);
    assert_int_equal(loaded.threads, 2);
    assert_true(loaded.test_accuracy == 0.9871);
    assert_true(loaded.validation_accuracy == -1);
    assert_true(fabs(loaded.train_loss - 1.0 / 3) < 1e-15); /* 15 digits are kept */
    assert_int_equal(loaded.parameters, 10576);
    assert_int_equal(loaded.connections, 1000000);
    assert_int_equal(loaded.connections_kept, 999);
    assert_true(loaded.sparsity == 0.1);
    assert_true(loaded.seconds_total == 12.5);
    assert_true(loaded.seconds_per_epoch == 0.6);
    assert_int_equal(loaded.time_steps, 0);
    assert_refused_when_cut(path);
}

static void test_summary_of_a_spiking_net(void **state) {
    (void)state;
    const char *path = scratch_path(folder, "summary.json");
    const loci_summary summary = {.test_accuracy = 0.9726,
                                  .time_steps = 25,
                                  .activity = {.layers = 2,
                                               .spike_rate = 0.25,
                                               .layer_rate = {0.125, 0.375},
                                               .spikes = 12.5,
                                               .synaptic_operations = 1234.5,
                                               .input_operations = 99,
                                               .dense_operations = 1e9},
                                  .energy = {.spiking = 1.5e-9, .dense = 2.5e-7}};
    loci_summary loaded;
    assert_int_equal(loci_summary_save(path, &summary, NULL), LOCI_OK);
    assert_int_equal(loci_summary_load(path, &loaded, NULL), LOCI_OK);
    assert_int_equal(loaded.time_steps, 25);
    assert_memory_equal(&loaded.activity, &summary.activity, sizeof loaded.activity);
    assert_memory_equal(&loaded.energy, &summary.energy, sizeof loaded.energy);
    size_t size;
    unsigned char *bytes = scratch_read(path, &size);
    char *text = calloc(size + 1, 1);
    assert_non_null(text);
    memcpy(text, bytes, size);
    free(bytes);
    assert_non_null(strstr(text, "\"test_accuracy\": 0.9726,"));
    assert_non_null(strstr(text, "Horowitz"));
    char *rates = strstr(text, "\"spike_rate_per_layer\": [");
    assert_non_null(rates);
    *strchr(rates, '[') = ' '; /* no array any more */
    scratch_write(path, text, size);
    assert_int_equal(loci_summary_load(path, &loaded, NULL), LOCI_E_FORMAT);
    free(text);
    assert_int_equal(loci_summary_save(path, &summary, NULL), LOCI_OK);
    assert_refused_when_cut(path);
}

/* ---- of a regressor ---- */

static void assert_same(const loci_regression *a, const loci_regression *b) {
    const double of_a[] = {a->r2, a->mae, a->rmse}, of_b[] = {b->r2, b->mae, b->rmse};
    for (size_t i = 0; i < 3; i++)
        assert_true(of_a[i] == of_b[i] || (isnan(of_a[i]) && isnan(of_b[i])));
}

static void test_metrics_of_a_regressor(void **state) {
    (void)state;
    const char *path = scratch_path(folder, "metrics.jsonl");
    const loci_regression none = {NAN, NAN, NAN}, good = {0.875, 1.5, 2.25}, bad = {-30.5, 9, 10};
    loci_metrics *back;
    size_t count;
    remove(path);
    for (uint32_t epoch = 1; epoch <= 3; epoch++) {
        loci_metrics metrics = usual(epoch);
        metrics.task = LOCI_TASK_REGRESS;
        metrics.train_accuracy = metrics.test_accuracy = -1;
        metrics.validation = epoch == 1 ? bad : good;
        metrics.test = epoch < 3 ? none : good;
        assert_int_equal(loci_metrics_append(path, &metrics, NULL, NULL), LOCI_OK);
    }
    assert_int_equal(loci_metrics_read(&back, &count, folder, NULL), LOCI_OK);
    assert_int_equal(count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(back[i].task, LOCI_TASK_REGRESS);
        assert_true(back[i].train_accuracy == -1 && back[i].test_accuracy == -1);
        assert_same(&back[i].validation, i == 0 ? &bad : &good);
        assert_same(&back[i].test, i < 2 ? &none : &good);
    }
    free(back);
    assert_int_equal(loci_metrics_cut(path, 1, NULL), LOCI_OK);
    assert_text(path, "{\"epoch\":1,\"learning_rate\":0.25,\"train_loss\":1.5,"
                      "\"validation_r2\":-30.5,\"validation_mae\":9.0,\"validation_rmse\":10.0,"
                      "\"test_r2\":null,\"test_mae\":null,\"test_rmse\":null,\"seconds\":2.0}\n");
    /* one part of a classifier, the other of a regressor; a part without its numbers */
    static const char *const wrong[] = {
        "\"validation_accuracy\":0.5,\"test_r2\":1.0,\"test_mae\":1.0,\"test_rmse\":1.0",
        "\"validation_r2\":1.0,\"validation_mae\":1.0,\"validation_rmse\":1.0,"
        "\"test_accuracy\":0.5",
        "\"validation_r2\":null,\"validation_mae\":null,\"validation_rmse\":null,"
        "\"test_r2\":1.0",
        "\"validation_r2\":null,\"validation_mae\":null,\"validation_rmse\":null,"
        "\"test_r2\":\"1\",\"test_mae\":1.0,\"test_rmse\":1.0"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char line[512];
        snprintf(line, sizeof line,
                 "{\"epoch\":1,\"learning_rate\":0.25,\"train_loss\":1.5,%s%s,\"seconds\":2.0}\n",
                 i == 1 ? "\"train_accuracy\":0.5," : "", wrong[i]);
        scratch_write(path, line, strlen(line));
        assert_int_equal(loci_metrics_read(&back, &count, folder, NULL), LOCI_E_FORMAT);
    }
    remove(path);
}

static void test_summary_of_a_regressor(void **state) {
    (void)state;
    const char *path = scratch_path(folder, "summary.json");
    const loci_summary summary = {.task = LOCI_TASK_REGRESS,
                                  .epochs = 2,
                                  .test_accuracy = -1,
                                  .validation_accuracy = -1,
                                  .test = {0.9726, 1.0 / 3, 0.5},
                                  .validation = {NAN, NAN, NAN}};
    loci_summary loaded;
    assert_int_equal(loci_summary_save(path, &summary, NULL), LOCI_OK);
    assert_int_equal(loci_summary_load(path, &loaded, NULL), LOCI_OK);
    assert_int_equal(loaded.task, LOCI_TASK_REGRESS);
    assert_true(loaded.test_accuracy == -1 && loaded.validation_accuracy == -1);
    assert_true(loaded.test.r2 == 0.9726 && fabs(loaded.test.mae - 1.0 / 3) < 1e-15);
    assert_true(loaded.test.rmse == 0.5 && isnan(loaded.validation.r2));
    size_t size;
    char *text = (char *)scratch_read(path, &size);
    assert_non_null(strstr(text, "\"test_r2\": 0.9726,"));
    assert_non_null(strstr(text, "\"validation_rmse\": null,"));
    assert_null(strstr(text, "accuracy"));
    free(text);
    assert_refused_when_cut(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_metrics),
        cmocka_unit_test(test_metrics_disk_full),
        cmocka_unit_test(test_summary),
        cmocka_unit_test(test_summary_of_a_spiking_net),
        cmocka_unit_test(test_metrics_of_a_regressor),
        cmocka_unit_test(test_summary_of_a_regressor),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
