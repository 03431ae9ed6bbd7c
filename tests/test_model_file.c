/* Model files: what is saved comes back, byte for byte; what lies is refused. */
#include "scratch_folder.h"

#include <math.h>

#include <loci/network.h>
#include <loci/support.h>

#include "base/safetensors.h"
#include "network/contents.h"
#include "network/spec_json.h"

/* A small network with options set as on a command line: "hidden=3 planes=learned". */
static loci_network *make(const char *options) {
    loci_spec spec;
    loci_spec_defaults(&spec);
    spec.height = 2;
    spec.width = 3;
    spec.classes = 2;
    char text[256], *rest = NULL;
    snprintf(text, sizeof text, "%s", options);
    for (char *at = strtok_r(text, " ", &rest); at != NULL; at = strtok_r(NULL, " ", &rest)) {
        char *value = strchr(at, '=');
        *value++ = '\0';
        assert_int_equal(loci_spec_set(&spec, at, value, NULL), LOCI_OK);
    }
    loci_network *network;
    assert_int_equal(loci_network_create(&network, &spec, 7, NULL), LOCI_OK);
    return network;
}

static loci_network *make_full(void) {
    static const float low[6] = {0, -1, 2, 3, 4, 5}, span[6] = {1, 2, 3, 4, 5, 0.25f};
    loci_network *network = make("hidden=4,3 planes=learned axon-sites=1,2 dendrite-sites=2,1,3");
    assert_int_equal(loci_network_set_note(network, "preset", "some \"preset\"", NULL), LOCI_OK);
    assert_int_equal(loci_network_set_note(network, "classes", "[\"no\",\"\xc3\xa4\"]", NULL),
                     LOCI_OK);
    assert_int_equal(loci_network_set_input_scaling(network, low, span, NULL), LOCI_OK);
    return network;
}

static void assert_same_network(const loci_network *a, const loci_network *b) {
    assert_memory_equal(&a->spec, &b->spec, sizeof a->spec);
    assert_int_equal(a->parameter_count, b->parameter_count);
    assert_memory_equal(a->parameters, b->parameters, a->parameter_count * sizeof(float));
    for (size_t i = 0; loci_note_keys[i] != NULL; i++)
        assert_string_equal(loci_network_note(a, loci_note_keys[i]),
                            loci_network_note(b, loci_note_keys[i]));
    assert_int_equal(a->low == NULL, b->low == NULL);
    if (a->low != NULL) {
        assert_memory_equal(a->low, b->low, 6 * sizeof(float));
        assert_memory_equal(a->span, b->span, 6 * sizeof(float));
    }
}

/* The same bytes in memory, and back; cut short they are no model. */
static void check_memory(const loci_network *network, const char *file) {
    const char *stored = scratch_path(folder, "stored");
    loci_network *restored, *none = NULL;
    loci_error error = {0};
    void *bytes;
    size_t size;
    assert_int_equal(loci_network_store(network, &bytes, &size, NULL), LOCI_OK);
    assert_int_equal(loci_write_file(stored, bytes, size, NULL), LOCI_OK);
    scratch_assert_same(stored, file);
    assert_int_equal(loci_network_restore(&restored, bytes, size, "memory", NULL), LOCI_OK);
    assert_same_network(network, restored);
    loci_network_free(restored);
    for (size_t cut = 0; cut < size; cut += size / 13) {
        assert_int_equal(loci_network_restore(&none, bytes, cut, "memory", &error), LOCI_E_FORMAT);
        assert_string_equal(error.where, "memory");
        assert_null(none);
    }
    assert_int_equal(loci_network_restore(&none, NULL, 0, "memory", &error), LOCI_E_FORMAT);
    free(bytes);
}

static void check_save_load_save(const loci_network *network) {
    const char *first = scratch_path(folder, "first"), *second = scratch_path(folder, "second");
    loci_network *loaded;
    assert_int_equal(loci_network_save(network, first, NULL), LOCI_OK);
    assert_int_equal(loci_network_load(&loaded, first, NULL), LOCI_OK);
    assert_same_network(network, loaded);
    assert_int_equal(loci_network_save(loaded, second, NULL), LOCI_OK);
    scratch_assert_same(first, second);
    loci_network_free(loaded);
    check_memory(network, second);
}

static void test_save_load_save(void **state) {
    (void)state;
    static const char *const variants[] = {
        "hidden=0",
        "hidden=3 sign=mask scale=one",
        "hidden=3 planes=relaxed dim=2 softening=0.3 gap=0.1",
        "hidden=3 planes=learned gap=0.1,0.7 dim=5",
        "hidden=3,4 input=grid axon-sites=2 dendrite-sites=2",
        "hidden=3 input=sheet dendrite-sites=2,1 logit-scale=0.3333333333333333",
        "hidden=4 wiring=dense",
        "hidden=4 neuron=lif",
        "hidden=4,3 neuron=lif time-steps=1000 coding=poisson readout=count reset=none beta=0.3",
        "hidden=4 neuron=lif coding=latency readout=membrane-max train-beta=layer slope=7.5",
        "hidden=4 neuron=lif wiring=dense readout=membrane-last reset=zero train-beta=neuron",
        "hidden=4,3 neuron=lif readout=count train-threshold=layer threshold=0.1 train-beta=layer",
        "hidden=0 neuron=lif readout=count train-threshold=neuron surrogate=triangular",
        "maps=3,2 window=3,1 pool=1 dim=5 dendrite-sites=3,2 hidden=4 planes=learned",
        "maps=3 window=5 stride=2 pool=1 wiring=dense hidden=0",
        "maps=3 window=3 dim=4 dendrite-sites=2 hidden=0 neuron=lif train-beta=neuron",
    };
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
        loci_network *network = make(variants[i]);
        check_save_load_save(network);
        loci_network_free(network);
    }
    loci_network *full = make_full();
    check_save_load_save(full);
    loci_network_free(full);
}

static void test_run_folder(void **state) {
    (void)state;
    char run[512];
    snprintf(run, sizeof run, "%s/run", folder);
    assert_int_equal(mkdir(run, 0777), 0);
    loci_network *network = make("hidden=3"), *loaded = NULL;
    loci_error error = {0};
    assert_int_equal(loci_network_load(&loaded, run, &error), LOCI_E_NOT_FOUND);
    assert_string_equal(error.where, run);
    assert_int_equal(loci_network_save(network, scratch_path(run, "model.safetensors"), NULL),
                     LOCI_OK);
    assert_int_equal(loci_network_load(&loaded, run, NULL), LOCI_OK);
    assert_same_network(network, loaded);
    loci_network_free(network);
    loci_network_free(loaded);
}

static void refused(const char *path, int code, const char *part) {
    loci_network *network = NULL;
    loci_error error = {0};
    assert_int_equal(loci_network_load(&network, path, &error), code);
    assert_null(network);
    assert_int_equal(error.code, code);
    assert_string_equal(error.where, path);
    if (strstr(error.message, part) == NULL)
        fail_msg("'%s' does not contain '%s'", error.message, part);
}

static void test_truncated_anywhere(void **state) {
    (void)state;
    const char *path = scratch_path(folder, "whole"), *cut = scratch_path(folder, "cut");
    loci_network *network = make_full();
    assert_int_equal(loci_network_save(network, path, NULL), LOCI_OK);
    size_t size;
    unsigned char *bytes = scratch_read(path, &size);
    for (size_t length = 0; length < size; length++) {
        scratch_write(cut, bytes, length);
        refused(cut, LOCI_E_FORMAT, "");
    }
    free(bytes);
    loci_network_free(network);
}

/* What loci_network_save() would write for a network, open to changes: the raw material of a lie.
 */
typedef struct forgery {
    loci_network *network;
    char *spec;
    loci_stored arrays[16];
    size_t count;
    loci_stored_note notes[3];
    size_t note_count;
} forgery;

static forgery forge(const char *options) {
    forgery f = {.network = make(options)};
    f.spec = loci_spec_to_text(&f.network->spec);
    for (; f.count < f.network->tensor_count; f.count++) {
        const loci_tensor *t = &f.network->tensors[f.count];
        f.arrays[f.count] = (loci_stored){.name = t->name,
                                          .dtype = LOCI_F32,
                                          .rank = t->rank,
                                          .shape = {t->shape[0], t->shape[1], t->shape[2]},
                                          .data = f.network->parameters + t->offset};
    }
    f.notes[0] = (loci_stored_note){"format", "loci"};
    f.notes[1] = (loci_stored_note){"version", "1"};
    f.notes[2] = (loci_stored_note){"spec", f.spec};
    f.note_count = 3;
    return f;
}

static void present(forgery *f, int code, const char *part) {
    const char *path = scratch_path(folder, "forgery");
    assert_int_equal(
        loci_safetensors_write(path, f->arrays, f->count, f->notes, f->note_count, NULL), LOCI_OK);
    if (code != LOCI_OK) {
        refused(path, code, part);
    } else {
        loci_network *network;
        assert_int_equal(loci_network_load(&network, path, NULL), LOCI_OK);
        loci_network_free(network);
    }
    loci_network_free(f->network);
    free(f->spec);
}

/* Takes "key":value out of JSON text; the values of these keys hold no comma. */
static void cut_key(char *text, const char *key) {
    char quoted[64];
    snprintf(quoted, sizeof quoted, "\"%s\":", key);
    char *from = strstr(text, quoted);
    assert_non_null(from);
    char *to = from + strcspn(from, ",}");
    if (*to == ',')
        to++;
    else
        from--; /* the last one: the comma before it goes */
    memmove(from, to, strlen(to) + 1);
}

/* A file from before there were spiking nets has none of their keys: it is a net that does not
 * spike, and all else is as it was. */
static void test_before_spiking(void **state) {
    (void)state;
    static const char *const keys[] = {"neuron",    "time_steps", "coding",         "readout",
                                       "surrogate", "slope",      "beta",           "threshold",
                                       "reset",     "train_beta", "train_threshold"};
    const char *path = scratch_path(folder, "old");
    forgery f = forge("hidden=3 planes=learned");
    loci_network *loaded;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        cut_key(f.spec, keys[i]);
    assert_int_equal(loci_safetensors_write(path, f.arrays, f.count, f.notes, f.note_count, NULL),
                     LOCI_OK);
    assert_int_equal(loci_network_load(&loaded, path, NULL), LOCI_OK);
    assert_int_equal(loaded->spec.neuron, LOCI_NEURON_RELU);
    assert_same_network(f.network, loaded);
    loci_network_free(loaded);
    loci_network_free(f.network);
    free(f.spec);
}

/* The arrays of a spiking net must be those of its specification too. */
static void test_spiking_arrays_that_lie(void **state) {
    (void)state;
    const char *const net = "hidden=3 neuron=lif train-beta=neuron train-threshold=layer";
    forgery f = forge(net);
    assert_string_equal(f.arrays[5].name, "layer1.beta");
    assert_string_equal(f.arrays[6].name, "layer1.threshold");
    f.arrays[5].name = "layer1.betas";
    present(&f, LOCI_E_FORMAT, "'layer1.betas' is no part");
    f = forge(net);
    f.count--; /* layer2.beta */
    present(&f, LOCI_E_FORMAT, "bytes of numbers");
    f = forge(net);
    f.network->parameters[f.network->layer[1].threshold] = NAN;
    present(&f, LOCI_E_FORMAT, "not finite");
    f = forge(net);
    cut_key(f.spec, "neuron");
    present(&f, LOCI_E_FORMAT, "bytes of numbers");
    f = forge(net);
    cut_key(f.spec, "train_threshold");
    present(&f, LOCI_E_FORMAT, "bytes of numbers");
}

static void test_notes_that_lie(void **state) {
    (void)state;
    static const struct {
        size_t note;
        const char *text;
        int code;
        const char *message;
    } lies[] = {
        {0, "pt", LOCI_E_FORMAT, "not a model"},
        {0, "loci-checkpoint", LOCI_E_FORMAT, "a checkpoint"},
        {1, "3", LOCI_E_UNSUPPORTED, "newer"},
        {1, "0", LOCI_E_FORMAT, "version"},
        {1, "1x", LOCI_E_FORMAT, "version"},
        {1, "", LOCI_E_FORMAT, "version"},
        {1, "99999999999999999999", LOCI_E_FORMAT, "version"},
        {2, "", LOCI_E_FORMAT, "not JSON"},
        {2, "[]", LOCI_E_FORMAT, "not a JSON object"},
        {2, "{}", LOCI_E_FORMAT, "no usable height"},
        {2, "{\"height\":0,\"width\":3,\"classes\":2}", LOCI_E_FORMAT, "no usable height"},
        {2, "{\"height\":2,\"width\":4294967296,\"classes\":2}", LOCI_E_FORMAT, "no usable width"},
        {2, "{\"height\":2,\"width\":3,\"classes\":2.0}", LOCI_E_FORMAT, "no usable classes"},
        {2, "{\"height\":2,\"width\":3,\"classes\":1}", LOCI_E_FORMAT, "classes"},
        {2, "{\"height\":2,\"width\":3,\"classes\":2,\"height\":2}", LOCI_E_FORMAT, "duplicate"},
        {2, "{\"height\":2,\"width\":3,\"classes\":2,\"shape\":2}", LOCI_E_FORMAT, "does not know"},
        {2, "{\"height\":2,\"width\":3,\"classes\":2,\"dim\":1}", LOCI_E_FORMAT, "dim"},
        {2, "{\"height\":2,\"width\":3,\"classes\":2,\"planes\":\"bent\"}", LOCI_E_FORMAT, "bent"},
        {2, "{\"height\":2,\"width\":3,\"classes\":2,\"hidden\":[3],\"dim\":4}", LOCI_E_FORMAT,
         "bytes of numbers"},
        {2, "{\"height\":4000,\"width\":4000,\"classes\":2,\"hidden\":[65536]}", LOCI_E_FORMAT,
         "bytes of numbers"},
        {2,
         "{\"height\":4000,\"width\":4000,\"classes\":2,\"hidden\":[65536],\"wiring\":\"dense\"}",
         LOCI_E_FORMAT, "too many"},
        {2,
         "{\"height\":4096,\"width\":4096,\"classes\":2,\"hidden\":[3],\"input\":\"sheet\","
         "\"dendrite_sites\":[2,1],\"dim\":4}",
         LOCI_E_FORMAT, "too large a sheet"},
    };
    forgery honest = forge("hidden=3");
    present(&honest, LOCI_OK, NULL);
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        forgery f = forge("hidden=3");
        f.notes[lies[i].note].text = lies[i].text;
        present(&f, lies[i].code, lies[i].message);
    }
    for (size_t missing = 0; missing < 3; missing++) {
        forgery f = forge("hidden=3");
        f.notes[missing] = f.notes[--f.note_count];
        present(&f, LOCI_E_FORMAT, "");
    }
}

static void test_arrays_that_lie(void **state) {
    (void)state;
    forgery f = forge("hidden=3");
    f.arrays[0].name = "layer0.positions";
    present(&f, LOCI_E_FORMAT, "'layer0.positions' is no part");

    f = forge("hidden=3");
    size_t kept = f.arrays[0].shape[0];
    f.arrays[0].shape[0] = f.arrays[0].shape[1];
    f.arrays[0].shape[1] = kept;
    present(&f, LOCI_E_FORMAT, "does not have the shape");

    f = forge("hidden=3");
    f.arrays[0].rank = 1;
    f.arrays[0].shape[0] *= f.arrays[0].shape[1];
    present(&f, LOCI_E_FORMAT, "does not have the shape");

    f = forge("hidden=3");
    f.arrays[0].dtype = LOCI_U8;
    f.arrays[0].shape[1] *= 4;
    present(&f, LOCI_E_FORMAT, "does not have the shape");

    f = forge("hidden=3");
    f.count--;
    present(&f, LOCI_E_FORMAT, "bytes of numbers");

    /* an array of no bytes escapes the sum, but not the list of names */
    f = forge("hidden=3");
    f.arrays[f.count++] = (loci_stored){"extra", LOCI_F32, 1, {0}, f.network->parameters, 0};
    present(&f, LOCI_E_FORMAT, "'extra' is no part");

    static const float bad[] = {NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < 3; i++) {
        f = forge("hidden=3");
        f.network->parameters[f.network->parameter_count - 1] = bad[i];
        present(&f, LOCI_E_FORMAT, "not finite");
    }
}

static void test_ranges_that_lie(void **state) {
    (void)state;
    float low[6] = {0}, span[6] = {1, 1, 1, 1, 1, 1};
    for (int lie = 0; lie < 6; lie++) {
        forgery f = forge("hidden=3");
        f.arrays[f.count++] = (loci_stored){"input.low", LOCI_F32, 1, {6}, low, 0};
        f.arrays[f.count++] = (loci_stored){"input.span", LOCI_F32, 1, {6}, span, 0};
        low[2] = lie == 1 ? NAN : 0;
        span[3] = lie == 2 ? 0 : lie == 3 ? INFINITY : 1;
        if (lie == 4)
            f.count--;
        if (lie == 5) {
            f.count--;
            f.arrays[f.count - 1].name = "input.span";
        }
        present(&f, lie == 0 ? LOCI_OK : LOCI_E_FORMAT, "");
    }
}

static void test_not_finite_is_not_saved(void **state) {
    (void)state;
    loci_network *network = make("hidden=3");
    const char *path = scratch_path(folder, "never");
    network->parameters[1] = NAN;
    assert_int_equal(loci_network_save(network, path, NULL), LOCI_E_DIVERGED);
    assert_int_not_equal(access(path, F_OK), 0);
    loci_network_free(network);
}

static void test_disk_full(void **state) {
    (void)state;
    char place[512];
    snprintf(place, sizeof place, "%s/full", folder);
    assert_int_equal(mkdir(place, 0777), 0);
    const char *path = scratch_path(place, "model"), *kept = scratch_path(folder, "kept");
    loci_network *small = make("hidden=3"), *large = make("hidden=5000");
    assert_int_equal(loci_network_save(small, path, NULL), LOCI_OK);
    assert_int_equal(loci_network_save(small, kept, NULL), LOCI_OK);
    scratch_disk_limit(50000);
    int status = loci_network_save(large, path, NULL);
    scratch_disk_limit(RLIM_INFINITY);
    assert_int_equal(status, LOCI_E_IO);
    scratch_assert_same(path, kept);
    assert_int_equal(scratch_each(place, NULL), 1);
    loci_network_free(small);
    loci_network_free(large);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_save_load_save),
        cmocka_unit_test(test_run_folder),
        cmocka_unit_test(test_truncated_anywhere),
        cmocka_unit_test(test_notes_that_lie),
        cmocka_unit_test(test_arrays_that_lie),
        cmocka_unit_test(test_ranges_that_lie),
        cmocka_unit_test(test_before_spiking),
        cmocka_unit_test(test_spiking_arrays_that_lie),
        cmocka_unit_test(test_not_finite_is_not_saved),
        cmocka_unit_test(test_disk_full),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
