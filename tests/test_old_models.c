/* Model files of version 0.1, one of each kind: they load, and say what they said.
 *
 * test_old_models FOLDER: the models, and in the file `logits` a line for each: name, parameters,
 * and the logits that 0.1 gave for the two inputs below. */
#include "scratch.h"

#include <math.h>

#include <loci/network.h>
#include <loci/prune.h>

static const char *folder;

/* Numbers of which about half are 0. */
static void fill(float *inputs, size_t count) {
    for (size_t i = 0; i < count; i++) {
        size_t value = i * i * i % 29;
        inputs[i] = value < 12 ? 0 : (float)value / 28;
    }
}

static void check_logits(const loci_network *network, const char *name, char *rest) {
    enum { INPUTS = 2, MOST = 16 };
    const loci_spec *spec = loci_network_spec(network);
    float logits[INPUTS * MOST], *inputs = malloc(INPUTS * loci_spec_pixels(spec) * sizeof *inputs);
    assert_non_null(inputs);
    assert_true(spec->classes <= MOST);
    fill(inputs, INPUTS * loci_spec_pixels(spec));
    assert_int_equal(loci_network_run(network, NULL, inputs, INPUTS, logits, NULL), LOCI_OK);
    for (size_t i = 0; i < INPUTS * spec->classes; i++) {
        float wanted = strtof(rest, &rest);
        if (!(fabsf(logits[i] - wanted) <= 1e-4f * fabsf(wanted) + 1e-5f))
            fail_msg("%s: logit %zu is %g, was %g", name, i, (double)logits[i], (double)wanted);
    }
    free(inputs);
}

/* What is younger than a model is not in it: saved again it is the same, byte for byte. */
static void check_saved_again(const loci_network *network, const char *path, const char *name) {
    char to[256], again[512];
    size_t size, other_size;
    scratch_make(to);
    snprintf(again, sizeof again, "%s/again.safetensors", to);
    assert_int_equal(loci_network_save(network, again, NULL), LOCI_OK);
    unsigned char *bytes = scratch_read(path, &size), *others = scratch_read(again, &other_size);
    if (size != other_size || memcmp(bytes, others, size) != 0)
        fail_msg("%s: saved again it is another file", name);
    free(bytes);
    free(others);
    scratch_remove(to);
}

static void test_each(void **state) {
    (void)state;
    char path[1024], line[1024], name[64];
    int models = 0;
    snprintf(path, sizeof path, "%s/logits", folder);
    FILE *list = fopen(path, "r");
    assert_non_null(list);
    for (; fgets(line, sizeof line, list) != NULL; models++) {
        size_t parameters;
        int read = 0;
        loci_network *network;
        loci_error error;
        assert_int_equal(sscanf(line, "%63s %zu%n", name, &parameters, &read), 2);
        snprintf(path, sizeof path, "%s/%s.safetensors", folder, name);
        if (loci_network_load(&network, path, &error) != LOCI_OK)
            fail_msg("%s: %s", name, error.message);
        assert_int_equal(loci_network_parameter_count(network), parameters);
        check_logits(network, name, line + read);
        check_saved_again(network, path, name);
        loci_network_free(network);
    }
    assert_true(models >= 20);
    fclose(list);
}

/* What is kept comes back as it was: a cut, a range, a set, a conventional set, a shrunk net. */
static void test_pruned(void **state) {
    (void)state;
    static const struct {
        const char *name;
        int by;
    } pruned[] = {
        {"pruned-distance", LOCI_PRUNE_BY_DISTANCE}, {"pruned-weight", LOCI_PRUNE_BY_WEIGHT},
        {"pruned-range", LOCI_PRUNE_BY_RANGE},       {"pruned-set", LOCI_PRUNE_BY_SET},
        {"pruned-dense", LOCI_PRUNE_BY_SET},         {"shrunk", LOCI_PRUNE_BY_DISTANCE}};
    for (size_t i = 0; i < sizeof pruned / sizeof *pruned; i++) {
        char path[1024];
        loci_network *network;
        size_t kept;
        snprintf(path, sizeof path, "%s/%s.safetensors", folder, pruned[i].name);
        assert_int_equal(loci_network_load(&network, path, NULL), LOCI_OK);
        assert_int_equal(loci_network_pruned_by(network), pruned[i].by);
        assert_int_equal(loci_network_count_kept(network, &kept, NULL), LOCI_OK);
        assert_true(kept > 0 && kept < loci_network_connections(network) / 2);
        loci_network_free(network);
    }
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_each), cmocka_unit_test(test_pruned)};
    if (argc != 2)
        return 2;
    folder = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
