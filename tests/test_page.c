#define _GNU_SOURCE /* asprintf() */
/* Writing a page: into the template, all or nothing; what may be in names; what is too large; runs
 * that are damaged. */
#include "payload_reader.h"

#include <errno.h>
#include <math.h>

#include "data/npz.h"
#include "network/contents.h"
#include "run_fixture.h"
#include "train/frames.h"

static const char element[] =
    "<script type=\"application/json\" id=\"loci-data\">__LOCI_DATA__</script>";
static char page[512], template[512];

static void write_template(const char *before, const char *middle, const char *after) {
    char text[1024];
    int length = snprintf(text, sizeof text, "%s%s%s", before, middle, after);
    scratch_write(template, text, (size_t)length);
}

static int prepare_page(void **state) {
    if (prepare(state) != 0)
        return 1;
    snprintf(page, sizeof page, "%s/page.html", folder);
    snprintf(template, sizeof template, "%s/template.html", folder);
    write_template("<!doctype html>\n", element, "\n<script>go()</script>\n");
    return 0;
}

static loci_network *calm_network(void) {
    loci_network *network;
    assert_int_equal(loci_network_load(&network, calm, NULL), LOCI_OK);
    return network;
}

/* ---- the template ---- */

static void test_template(void **state) {
    (void)state;
    loci_network *network = calm_network();
    size_t size;
    char *payload, *text, *wanted = NULL;
    assert_int_equal(loci_view_payload(&payload, network, NULL, NULL), LOCI_OK);
    assert_int_equal(loci_view_write(page, network, template, NULL, NULL), LOCI_OK);
    text = (char *)scratch_read(page, &size);
    assert_true(asprintf(&wanted,
                         "<!doctype html>\n<script type=\"application/json\" id=\"loci-data\">%s"
                         "</script>\n<script>go()</script>\n",
                         payload) > 0);
    assert_string_equal(text, wanted);
    free(text);
    free(wanted);
    free(payload);
    remove(page);

    /* none, or none that is one; what the page's program says about the place is not the place */
    loci_error error = {0};
    assert_int_equal(loci_view_write(page, network, folder, NULL, &error), LOCI_E_IO);
    assert_int_equal(loci_view_write(page, network, calm, NULL, &error), LOCI_E_IO);
    assert_int_equal(loci_view_write(page, network, scratch_path(folder, "absent"), NULL, &error),
                     LOCI_E_NOT_FOUND);
    write_template("", "", "");
    assert_int_equal(loci_view_write(page, network, template, NULL, &error), LOCI_E_FORMAT);
    assert_string_equal(error.where, template);
    write_template(element, "", element);
    assert_int_equal(loci_view_write(page, network, template, NULL, &error), LOCI_E_FORMAT);
    write_template("<script>if (x == \"__LOCI_DATA__\") {}</script>", "", "");
    assert_int_equal(loci_view_write(page, network, template, NULL, &error), LOCI_E_FORMAT);
    assert_int_not_equal(access(page, F_OK), 0);
    write_template("<script>if (x == \"__LOCI_DATA__\") {}</script>", element, "");
    assert_int_equal(loci_view_write(page, network, template, NULL, &error), LOCI_OK);
    loci_network_free(network);
}

/* A page that is there stays whole when its successor cannot be written. */
static void test_full_disk(void **state) {
    (void)state;
    loci_network *network = calm_network();
    loci_error error = {0};
    scratch_write(page, "old", 3);
    size_t entries = scratch_each(folder, NULL), size;
    scratch_disk_limit(1000);
    assert_int_equal(loci_view_write(page, network, template, NULL, &error), LOCI_E_IO);
    scratch_disk_limit(RLIM_INFINITY);
    assert_string_equal(error.where, page);
    assert_int_equal(scratch_each(folder, NULL), entries);
    char *text = (char *)scratch_read(page, &size);
    assert_string_equal(text, "old");
    free(text);
    assert_int_equal(
        loci_view_write(scratch_path(folder, "absent/p.html"), network, template, NULL, &error),
        LOCI_E_IO);
    loci_network_free(network);
}

/* ---- names ---- */

static void test_names(void **state) {
    (void)state;
    static const char evil[] =
        "</script><script>alert('&amp;')</script><!-- \xe2\x80\xa8\xc3\xbc\n";
    char classes[256];
    snprintf(classes, sizeof classes, "[\"<b>\", \"\\u2029&\", \"</SCRIPT >\"]");
    loci_network *network = calm_network();
    assert_int_equal(loci_network_set_note(network, "preset", evil, NULL), LOCI_OK);
    assert_int_equal(loci_network_set_note(network, "dataset", "a<&>b", NULL), LOCI_OK);
    assert_int_equal(loci_network_set_note(network, "classes", classes, NULL), LOCI_OK);
    json_t *json = payload_of(network, NULL); /* checks that nothing of it stands as it is */
    assert_string_equal(text_in(json, "preset"), evil);
    assert_string_equal(text_in(json, "dataset"), "a<&>b");
    const json_t *names = json_object_get(json, "classes");
    assert_string_equal(json_string_value(json_array_get(names, 0)), "<b>");
    assert_string_equal(json_string_value(json_array_get(names, 1)), "\xe2\x80\xa9&");
    assert_string_equal(json_string_value(json_array_get(names, 2)), "</SCRIPT >");
    json_decref(json);

    /* notes that do not tell classes: the data's names, else numbers */
    assert_int_equal(loci_network_set_note(network, "classes", "[7]", NULL), LOCI_OK);
    json = payload_of(network, NULL);
    names = json_object_get(json, "classes");
    assert_int_equal(json_array_size(names), SMALL_CLASSES);
    assert_string_equal(json_string_value(json_array_get(names, 2)), "2");
    json_decref(json);
    loci_network_free(network);
}

/* ---- two networks ---- */

/* What stands between the tags of the page's element. */
static json_t *written_payload(void) {
    size_t size;
    char *text = (char *)scratch_read(page, &size);
    char *begin = strstr(text, "id=\"loci-data\">") + strlen("id=\"loci-data\">");
    *strstr(begin, "</script>") = '\0';
    json_t *json = json_loads(begin, 0, NULL);
    assert_non_null(json);
    free(text);
    return json;
}

static void test_compare(void **state) {
    (void)state;
    loci_network *network = calm_network();
    loci_error error = {0};
    loci_view_entry entries[2] = {{"</script>", network, NULL}, {"b\xff", network, NULL}};
    write_template("", element, "");
    assert_int_equal(loci_view_compare(page, entries, template, &error), LOCI_OK);
    json_t *json = written_payload(), *other = json_object_get(json, "other");
    assert_string_equal(text_in(json, "name"), "</script>");
    assert_string_equal(text_in(other, "name"), "b?");
    /* each as it is alone, but for what joins them */
    json_t *alone = payload_of(network, NULL);
    json_object_del(other, "name");
    assert_true(json_equal(other, alone));
    json_object_del(json, "name");
    json_object_del(json, "other");
    assert_true(json_equal(json, alone));
    json_decref(alone);
    json_decref(json);

    remove(page);
    loci_view_options damaged;
    loci_view_options_defaults(&damaged);
    damaged.run = folder;
    const char *metrics = scratch_path(folder, "metrics.jsonl");
    scratch_write(metrics, "rubbish\n", 8);
    entries[1].options = &damaged;
    assert_int_equal(loci_view_compare(page, entries, template, &error), LOCI_E_FORMAT);
    remove(metrics);
    assert_int_not_equal(access(page, F_OK), 0);
    loci_network_free(network);
}

/* ---- too large ---- */

static const char *left_out(const json_t *json, size_t i) {
    const char *text = json_string_value(json_array_get(json_object_get(json, "left_out"), i));
    return text != NULL ? text : "";
}

static void test_many_positions(void **state) {
    (void)state;
    loci_config config = small_config(60);
    loci_network *network;
    loci_frames *frames;
    loci_view_options options;
    loci_view_options_defaults(&options);
    options.run = folder;
    config.spec.hidden[0] = 20000; /* x 6 coordinates of two dendrites and an axon site */
    assert_int_equal(loci_network_create(&network, &config.spec, 1, NULL), LOCI_OK);
    assert_int_equal(loci_frames_create(&frames, network, 60, NULL), LOCI_OK);
    for (uint32_t epoch = 0; epoch <= 60; epoch++)
        loci_frames_take(frames, network, epoch);
    size_t taken = loci_frames_count(frames);
    assert_int_equal(taken, 40);
    assert_int_equal(loci_frames_write(frames, scratch_path(folder, "frames.npz"), NULL), LOCI_OK);
    loci_frames_free(frames);
    json_t *json = payload_of(network, &options);
    const json_t *epochs = json_object_get(json_object_get(json, "frames"), "epochs");
    size_t kept = json_array_size(epochs);
    assert_in_range(kept, 2, 20);
    assert_int_equal(json_integer_value(json_array_get(epochs, 0)), 0);
    assert_int_equal(json_integer_value(json_array_get(epochs, kept - 1)), 60);
    assert_non_null(strstr(left_out(json, 0), "moments of the training"));
    json_decref(json);
    loci_network_free(network);
    remove(scratch_path(folder, "frames.npz"));
}

static void test_many_parameters(void **state) {
    (void)state;
    loci_spec spec;
    loci_network *network;
    loci_error error = {0};
    loci_spec_defaults(&spec);
    spec.wiring = LOCI_WIRING_DENSE;
    spec.hidden[0] = 5400; /* x 794 */
    assert_int_equal(loci_network_create(&network, &spec, 1, NULL), LOCI_OK);
    assert_int_equal(loci_view_write(page, network, template, NULL, &error), LOCI_E_UNSUPPORTED);
    assert_message(&error, "4293010 parameters");
    loci_network_free(network);
}

/* More connections than the library goes through for a page, or lists. */
static void test_many_connections(void **state) {
    (void)state;
    loci_spec spec;
    loci_network *network;
    loci_spec_defaults(&spec);
    spec.hidden_count = 2;
    spec.hidden[0] = spec.hidden[1] = 12000;
    assert_int_equal(loci_network_create(&network, &spec, 1, NULL), LOCI_OK);
    json_int_t connections = (json_int_t)loci_network_connections(network);
    json_t *json = payload_of(network, NULL);
    assert_int_equal(json_integer_value(json_object_get(json, "connections_kept")), connections);
    assert_non_null(strstr(left_out(json, 0), "are too many to be counted"));
    const json_t *pair = json_array_get(json_object_get(json, "pairs"), 1);
    assert_true(json_is_null(json_object_get(pair, "kept")));
    assert_null(json_object_get(pair, "kept_left_out"));
    assert_true(json_is_object(json_object_get(pair, "axon_position")));
    json_decref(json);

    /* a list of what is kept would be 18 MB of bits */
    network->pruned_by = LOCI_PRUNE_BY_DISTANCE;
    json = payload_of(network, NULL);
    pair = json_array_get(json_object_get(json, "pairs"), 1);
    assert_true(json_is_null(json_object_get(pair, "kept")));
    assert_true(json_is_true(json_object_get(pair, "kept_left_out")));
    assert_non_null(strstr(left_out(json, 1), "which of the"));
    json_decref(json);
    network->pruned_by = LOCI_UNPRUNED;
    loci_network_free(network);
}

static void test_many_classes(void **state) {
    (void)state;
    enum { CLASSES = 101 };
    static float images[2 * CLASSES][4];
    static int32_t labels[2 * CLASSES];
    for (int32_t i = 0; i < 2 * CLASSES; i++)
        labels[i] = i % CLASSES;
    loci_dataset *many;
    loci_network *network;
    loci_spec spec;
    assert_int_equal(loci_dataset_from_arrays(&many, "many", 2, 2, images[0], labels, CLASSES,
                                              images[CLASSES], labels, CLASSES, NULL),
                     LOCI_OK);
    loci_spec_defaults(&spec);
    spec.height = spec.width = 2;
    spec.classes = CLASSES;
    assert_int_equal(loci_network_create(&network, &spec, 1, NULL), LOCI_OK);
    loci_view_options options;
    loci_view_options_defaults(&options);
    options.data = many;
    json_t *json = payload_of(network, &options);
    assert_true(json_is_null(json_object_get(json, "confusion")));
    assert_non_null(strstr(left_out(json, 0), "101 classes"));
    assert_string_equal(text_in(json, "title"), "4-256-101 on many");
    assert_false(json_is_null(json_object_get(json, "samples")));
    json_decref(json);

    /* data that do not fit */
    loci_error error = {0};
    options.data = data;
    assert_int_equal(loci_view_write(page, network, template, &options, &error), LOCI_E_MISMATCH);
    loci_network_free(network);
    loci_dataset_free(many);
}

/* ---- damaged runs ---- */

/* The run folder with one file replaced: an error that names it, and no page. */
static void refuse(const char *name, const char *text, size_t size) {
    char kept[512];
    loci_network *network = calm_network();
    loci_view_options options;
    loci_view_options_defaults(&options);
    options.run = calm;
    loci_error error = {0};
    const char *path = scratch_path(calm, name);
    bool there = access(path, F_OK) == 0;
    snprintf(kept, sizeof kept, "%s/kept", folder);
    remove(page);
    if (there)
        assert_int_equal(rename(path, kept), 0);
    scratch_write(path, text, size);
    int status = loci_view_write(page, network, template, &options, &error);
    remove(path);
    if (there)
        assert_int_equal(rename(kept, path), 0);
    if (status != LOCI_E_FORMAT)
        fail_msg("%s: status %d for %.60s", name, status, text);
    assert_non_null(strstr(error.where, name));
    assert_int_not_equal(access(page, F_OK), 0);
    loci_network_free(network);
}

static void refuse_text(const char *name, const char *text) {
    refuse(name, text, strlen(text));
}

/* frames.npz with those epochs and one tensor's positions. */
static void refuse_frames(const int32_t epochs[2], size_t n, float first) {
    static float values[2 * 40 * 2];
    size_t size;
    values[0] = first;
    const loci_npz_array arrays[] = {{"epochs", "<i4", 1, {2}, epochs},
                                     {"pair0.axon.position", "<f4", 4, {2, n, 1, 2}, values},
                                     {"pair0.dendrite.position", "<f4", 4, {2, 8, 2, 2}, values},
                                     {"pair1.axon.position", "<f4", 4, {2, 8, 1, 2}, values},
                                     {"pair1.dendrite.position", "<f4", 4, {2, 3, 2, 2}, values}};
    const char *path = scratch_path(folder, "made.npz");
    assert_int_equal(loci_npz_write(path, arrays, 5, NULL), LOCI_OK);
    char *bytes = (char *)scratch_read(path, &size);
    if (epochs[1] > epochs[0] && n == 36 && isfinite(first)) { /* nothing is wrong with it */
        scratch_write(scratch_path(run, "frames.npz"), bytes, size);
        loci_network *network = calm_network();
        loci_frames *frames;
        assert_int_equal(loci_frames_read(&frames, network, run, NULL), LOCI_OK);
        loci_frames_free(frames);
        loci_network_free(network);
    } else {
        refuse("frames.npz", bytes, size);
    }
    free(bytes);
}

static void test_damaged(void **state) {
    (void)state;
    static const char line[] =
        "{\"epoch\":1,\"learning_rate\":0.1,\"train_loss\":1,\"train_accuracy\":0.5,"
        "\"validation_accuracy\":null,\"test_accuracy\":null,\"seconds\":1}\n";
    char twice[600];
    snprintf(twice, sizeof twice, "%s%s", line, line);
    refuse_text("metrics.jsonl", "rubbish\n");
    refuse_text("metrics.jsonl", "{}\n");
    refuse_text("metrics.jsonl", twice); /* the same epoch again */
    refuse("metrics.jsonl", "\0\n", 2);
    refuse_text("summary.json", "{\"preset\": 3}");
    refuse_text("summary.json", "");
    refuse_text("sparsity_curve.json", "[]");
    refuse_text("frames.npz", "rubbish");
    refuse_frames((const int32_t[]){0, 0}, 36, 0);
    refuse_frames((const int32_t[]){0, 6}, 35, 0);
    refuse_frames((const int32_t[]){0, 6}, 36, NAN);
}

static void test_sound_frames(void **state) {
    (void)state;
    assert_true(mkdir(scratch_path(folder, "runs"), 0777) == 0 || errno == EEXIST);
    assert_int_equal(mkdir(scratch_path(folder, "runs/deep"), 0777), 0);
    assert_int_equal(mkdir(run, 0777), 0);
    refuse_frames((const int32_t[]){0, 6}, 36, 0);
}

/* Files that are not there are no damage. */
static void test_bare(void **state) {
    (void)state;
    loci_network *network = calm_network();
    loci_view_options options;
    loci_view_options_defaults(&options);
    options.run = scratch_path(folder, "absent");
    json_t *json = payload_of(network, &options);
    static const char *const keys[] = {"frames",  "summary",   "sparsity_curve",
                                       "samples", "confusion", "test_accuracy"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        assert_true(json_is_null(json_object_get(json, keys[i])));
    assert_int_equal(json_array_size(json_object_get(json, "metrics")), 0);
    json_decref(json);
    loci_network_free(network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_template),
        cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_compare),
        cmocka_unit_test(test_many_positions),
        cmocka_unit_test(test_many_parameters),
        cmocka_unit_test(test_many_connections),
        cmocka_unit_test(test_many_classes),
        cmocka_unit_test(test_damaged),
        TEST(test_sound_frames),
        cmocka_unit_test(test_bare),
    };
    return cmocka_run_group_tests(tests, prepare_page, clean);
}
