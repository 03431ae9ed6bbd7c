/* The locale of the host program makes no difference: everything is done once in the "C" locale,
 * once under a decimal comma, once under the two-byte "٫" and once in Turkish, and must be the same
 * bytes.
 *
 * The first two are made here and need none of the machine's locales: they are glibc's LC_NUMERIC
 * files. A test is skipped where setlocale() does not take its locale. */
#define _GNU_SOURCE
#include "no_sync.h"
#include "scratch_folder.h"
#include "small_run.h"

#include "prune_fixture.h" /* its PIXELS are not those of small_run.h */

#include <locale.h>

#include <loci/codegen.h>
#include <loci/exchange.h>
#include <loci/loci.h>
#include <loci/record.h>
#include <loci/support.h>
#include <loci/view.h>

#include "train/config.h"
#include "train/metrics.h"

/* ---- locales ---- */

static void put_u32(FILE *file, uint32_t value) {
    assert_int_equal(fwrite(&value, sizeof value, 1, file), 1);
}

/* decimal_point, thousands_sep, grouping, the first two as characters, the codeset. */
static void make_locale(const char *name, const char *point, uint32_t character) {
    enum { MAGIC = 0x20031115 ^ 1, ELEMENTS = 6, TEXTS = 4 * (2 + ELEMENTS) };
    char path[512];
    uint32_t length = (uint32_t)strlen(point) + 1, words = (TEXTS + length + 2 + 3) / 4 * 4;
    snprintf(path, sizeof path, "%s/locales", folder);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/locales/%s", folder, name);
    assert_int_equal(mkdir(path, 0777), 0);
    snprintf(path, sizeof path, "%s/locales/%s/LC_NUMERIC", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    put_u32(file, MAGIC);
    put_u32(file, ELEMENTS);
    const uint32_t places[ELEMENTS] = {TEXTS, TEXTS + length, TEXTS + length + 1,
                                       words, words + 4,      words + 8};
    for (size_t i = 0; i < ELEMENTS; i++)
        put_u32(file, places[i]);
    assert_int_equal(fwrite(point, 1, length, file), length);
    for (uint32_t at = TEXTS + length; at < words; at++)
        putc(0, file);
    put_u32(file, character);
    put_u32(file, 0);
    fputs("UTF-8", file);
    putc(0, file);
    assert_int_equal(fclose(file), 0);
}

/* A whole one, with other letters too: Turkish has no "I" for its "i". false: its description is
 * not on this machine. */
static bool make_turkish(void) {
    char command[512];
    snprintf(command, sizeof command,
             "localedef -i tr_TR -f ISO-8859-9 '%s/locales/tr' >/dev/null 2>&1", folder);
    return system(command) == 0;
}

/* Numbers are written as in that locale from now on; false: this machine cannot. */
static bool enter(int category, const char *name, const char *half) {
    char text[16];
    if (setlocale(category, name) == NULL)
        return false;
    snprintf(text, sizeof text, "%.1f", 0.5);
    return strcmp(text, half) == 0 && strtod(half, NULL) == 0.5;
}

/* ---- everything that reads or writes numbers ---- */

#define OK(call)                                                                                   \
    do {                                                                                           \
        if ((call) != LOCI_OK)                                                                     \
            fail_msg("%s: %s: %s", #call, error.where, error.message);                             \
    } while (0)

static loci_error error;

/* FOLDER/PLACE/NAME; borrowed until the next call but three. */
static const char *at(const char *place, const char *name) {
    static char paths[4][700];
    static size_t next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s%s%s", folder, place, *name != '\0' ? "/" : "", name);
    return path;
}

static void presets(const char *place) {
    const char *name;
    for (size_t i = 0; (name = loci_preset_name(i)) != NULL; i++) {
        char member[64], path[300];
        loci_config config, again;
        loci_config_defaults(&config);
        size_t length = strlen(name);
        snprintf(member, sizeof member, "%.*s%s", (int)(length - (name[length - 1] == 'H')), name,
                 name[length - 1] == 'H' ? "14" : "");
        OK(loci_preset(member, &config.spec, &config.train, &error));
        snprintf(path, sizeof path, "%s", at(place, member));
        assert_int_equal(mkdir(path, 0777), 0);
        OK(loci_config_save(&config, path, &error));
        OK(loci_config_load(&again, path, &error));
        OK(loci_config_compare(&again, &config,
                               &error)); /* by option: bytes between them may differ */
    }
}

/* Every option as text and back, and what is said of one that is wrong. */
static void options(const char *place) {
    FILE *file = fopen(at(place, "options"), "w");
    loci_spec spec;
    loci_train_options train;
    size_t count;
    char text[1024];
    loci_spec_defaults(&spec);
    loci_train_options_defaults(&train);
    OK(loci_train_set(&train, "lr", "0.02", &error));
    OK(loci_train_set(&train, "prune", "during:0.85", &error));
    OK(loci_spec_set(&spec, "gap", "0.1,2.5e-1", &error));
    const loci_field *fields = loci_spec_fields(&count);
    for (size_t i = 0; i < count; i++) {
        OK(loci_spec_get(&spec, fields[i].name, text, sizeof text));
        OK(loci_spec_set(&spec, fields[i].name, text, &error));
        fprintf(file, "%s %s\n", fields[i].name, text);
    }
    fields = loci_train_fields(&count);
    for (size_t i = 0; i < count; i++) {
        OK(loci_train_get(&train, fields[i].name, text, sizeof text));
        OK(loci_train_set(&train, fields[i].name, text, &error));
        fprintf(file, "%s %s\n", fields[i].name, text);
    }
    static const char *const wrong[] = {"0,02", "1e", "-0.5", "nan", ""};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(loci_train_set(&train, "lr", wrong[i], &error), LOCI_E_ARGUMENT);
        fprintf(file, "%s\n", error.message);
    }
    assert_int_equal(fclose(file), 0);
}

static void table(const char *place) {
    static const char text[] =
        "a,b,y\n0.25,1e-3,0.5\n-1.5,2,1.5\n0.75,3,0.5\n1.25,4,1.5\n7,5,0.5\n";
    loci_dataset *data;
    float row[2];
    FILE *file = fopen(at(place, "rows"), "w");
    OK(loci_write_file(at(place, "table.csv"), text, sizeof text - 1, &error));
    OK(loci_dataset_open(&data, at(place, "table.csv"), NULL, &error));
    assert_int_equal(loci_dataset_width(data), 2);
    for (size_t i = 0; loci_dataset_sample(data, LOCI_TRAIN, i, row) == LOCI_OK; i++)
        fwrite(row, sizeof row, 1, file);
    fputs(loci_dataset_class_name(data, 1), file);
    loci_dataset_free(data);
    assert_int_equal(fclose(file), 0);
}

/* Saved, exported and imported; one by its cut, which is a number in text. */
static void models(const char *place) {
    loci_network *network = prune_made(prune_nets[0], 3, 0.5, LOCI_PRUNE_BY_DISTANCE), *again;
    OK(loci_network_save(network, at(place, "model.safetensors"), &error));
    OK(loci_network_load(&again, at(place, "model.safetensors"), &error));
    OK(loci_network_save(again, at(place, "again.safetensors"), &error));
    loci_network_free(again);
    OK(loci_exchange_npz(network, at(place, "model.npz"), &error));
    loci_import_report report;
    OK(loci_import_npz(&again, at(place, "model.npz"), &report, &error));
    OK(loci_network_save(again, at(place, "import.safetensors"), &error));
    loci_network_free(again);
    OK(loci_exchange_onnx(network, at(place, "model.onnx"), &error));
    char *text;
    OK(loci_view_payload(&text, network, NULL, &error));
    OK(loci_write_file(at(place, "payload.json"), text, strlen(text), &error));
    free(text);
    loci_network_free(network);
}

static void exported_c(const char *place) {
    loci_dataset *data = small_data(80);
    loci_spec spec = fixture_spec(SIDE, SIDE, SMALL_CLASSES, prune_nets[0]);
    loci_network *network;
    OK(loci_network_create(&network, &spec, 2, &error));
    static const uint32_t bits[] = {32, 8};
    for (size_t i = 0; i < 2; i++) {
        loci_export *source;
        loci_export_options wanted;
        loci_export_options_defaults(&wanted);
        wanted.bits = bits[i];
        wanted.data = data;
        OK(loci_export_create(&source, network, &wanted, &error));
        OK(loci_export_write(source, at(place, i == 0 ? "floats" : "integers"), 0, &error));
        loci_export_free(source);
    }
    loci_network_free(network);
    loci_dataset_free(data);
}

/* A run, and its record without what a clock says. */
static void runs(const char *place) {
    loci_dataset *data = small_data(116);
    loci_config config = small_pruned_config(2), back;
    loci_summary summary, read;
    char path[300];
    snprintf(path, sizeof path, "%s", at(place, "run"));
    OK(loci_run_train(&config, data, path, NULL, NULL, &summary, &error));
    OK(loci_config_load(&back, path, &error));
    OK(loci_summary_read(&read, path, &error));
    assert_true(fabs(read.test_accuracy - summary.test_accuracy) < 1e-12);
    assert_true(fabs(read.sparsity - summary.sparsity) < 1e-12 && read.sparsity > 0);
    loci_metrics *metrics;
    size_t count;
    OK(loci_metrics_read(&metrics, &count, path, &error));
    assert_int_equal(count, 2);
    assert_true(metrics[1].train_loss > 0 && metrics[1].train_loss < 10);
    free(metrics);
    const loci_metrics exact = {.epoch = 1, .learning_rate = 0.125, .train_loss = 1.0 / 3};
    OK(loci_metrics_append(at(place, "metrics.jsonl"), &exact, NULL, &error));
    loci_run_options again;
    loci_run_options_defaults(&again);
    again.resume = 1;
    OK(loci_run_train(&config, data, path, NULL, &again, &summary, &error));
    unlink(at(place, "run/summary.json"));
    unlink(at(place, "run/metrics.jsonl"));
    unlink(at(place, "run/checkpoint.safetensors"));
    unlink(at(place, "run/checkpoint.previous.safetensors"));
    loci_dataset_free(data);
}

static void everything(const char *place) {
    assert_int_equal(mkdir(at(place, ""), 0777), 0);
    presets(place);
    options(place);
    table(place);
    models(place);
    exported_c(place);
    runs(place);
}

/* ---- comparing ---- */

static const char *here, *there;
static size_t compared;

static void compare(const char *path) {
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    if (S_ISDIR(info.st_mode)) {
        scratch_each(path, compare);
        return;
    }
    char twin[1024];
    size_t base = strlen(folder) + 1;
    snprintf(twin, sizeof twin, "%s/%s%s", folder, there, path + base + strlen(here));
    size_t size_a, size_b;
    unsigned char *a = scratch_read(path, &size_a), *b = scratch_read(twin, &size_b);
    if (b == NULL || size_a != size_b || memcmp(a, b, size_a) != 0)
        fail_msg("%s differs", twin);
    free(a);
    free(b);
    compared++;
}

static void under(int category, const char *name, const char *half) {
    if (!enter(category, name, half))
        skip(); /* another C library */
    everything(name);
    setlocale(LC_ALL, "C");
    here = "plain";
    there = name;
    compared = 0;
    scratch_each(at(here, ""), compare);
    assert_true(compared > 30);
}

static void a_decimal_comma_changes_nothing(void **state) {
    (void)state;
    under(LC_NUMERIC, "comma", "0,5");
}

static void a_decimal_point_of_two_bytes_changes_nothing(void **state) {
    (void)state;
    under(LC_NUMERIC, "momayyez",
          "0\xd9\xab"
          "5");
}

static void turkish_changes_nothing(void **state) {
    (void)state;
    if (!make_turkish())
        skip();
    under(LC_ALL, "tr", "0,5");
}

static int prepare(void **state) {
    make_folder(state);
    make_locale("comma", ",", ',');
    make_locale("momayyez", "\xd9\xab", 0x66b);
    setenv("LOCPATH", at("locales", ""), 1);
    everything("plain");
    return 0;
}

static int clean(void **state) {
    setlocale(LC_ALL, "C");
    return remove_folder(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_decimal_comma_changes_nothing),
        cmocka_unit_test(a_decimal_point_of_two_bytes_changes_nothing),
        cmocka_unit_test(turkish_changes_nothing),
    };
    return cmocka_run_group_tests(tests, prepare, clean);
}
