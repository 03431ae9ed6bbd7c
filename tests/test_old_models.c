/* Model files of each version, one of each kind: they load, and say what they said.
 *
 * test_old_models FOLDER: in it a folder for each version, with the models, and in the file
 * `logits` a line for each: name, parameters, and the logits that the version gave for the two
 * inputs below. test_old_models FOLDER VERSION: prints that file, of models that are new. */
#include "scratch.h"

#include <dirent.h>
#include <math.h>

#include <loci/network.h>
#include <loci/prune.h>

enum { INPUTS = 2, MOST = 16 };
static const char *const versions[] = {"v0.1", "v0.2"};
static const char *folder;

/* Numbers of which about half are 0. */
static void fill(float *inputs, size_t count) {
    for (size_t i = 0; i < count; i++) {
        size_t value = i * i * i % 29;
        inputs[i] = value < 12 ? 0 : (float)value / 28;
    }
}

static void run(const loci_network *network, float logits[INPUTS * MOST]) {
    const loci_spec *spec = loci_network_spec(network);
    const size_t size = loci_spec_inputs(spec);
    float *inputs = malloc(INPUTS * size * sizeof *inputs);
    assert_non_null(inputs);
    assert_true(spec->classes <= MOST);
    fill(inputs, INPUTS * size);
    assert_int_equal(loci_network_run(network, NULL, inputs, INPUTS, logits, NULL), LOCI_OK);
    free(inputs);
}

static void check_logits(const loci_network *network, const char *name, char *rest) {
    float logits[INPUTS * MOST];
    run(network, logits);
    for (size_t i = 0; i < INPUTS * loci_network_spec(network)->classes; i++) {
        float wanted = strtof(rest, &rest);
        if (!(fabsf(logits[i] - wanted) <= 1e-4f * fabsf(wanted) + 1e-5f))
            fail_msg("%s: logit %zu is %g, was %g", name, i, (double)logits[i], (double)wanted);
    }
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

/* The models of a folder, called one by one. */
static size_t each_model(const char *version, void one(const char *path, const char *name)) {
    char path[1024], name[64];
    size_t models = 0;
    snprintf(path, sizeof path, "%s/%s", folder, version);
    DIR *open = opendir(path);
    assert_non_null(open);
    for (struct dirent *entry; (entry = readdir(open)) != NULL;) {
        int length = 0;
        if (sscanf(entry->d_name, "%63[^.].safetensors%n", name, &length) != 1 || length == 0)
            continue;
        snprintf(path, sizeof path, "%s/%s/%s", folder, version, entry->d_name);
        if (one != NULL)
            one(path, name);
        models++;
    }
    closedir(open);
    return models;
}

static void print_logits(const char *path, const char *name) {
    float logits[INPUTS * MOST];
    loci_network *network;
    assert_int_equal(loci_network_load(&network, path, NULL), LOCI_OK);
    run(network, logits);
    printf("%s %zu", name, loci_network_parameter_count(network));
    for (size_t i = 0; i < INPUTS * loci_network_spec(network)->classes; i++)
        printf(" %.9g", (double)logits[i]);
    putchar('\n');
    loci_network_free(network);
}

static void check_version(const char *version) {
    char path[1024], line[1024], name[64];
    size_t models = 0;
    snprintf(path, sizeof path, "%s/%s/logits", folder, version);
    FILE *list = fopen(path, "r");
    assert_non_null(list);
    for (; fgets(line, sizeof line, list) != NULL; models++) {
        size_t parameters;
        int read = 0;
        loci_network *network;
        loci_error error;
        assert_int_equal(sscanf(line, "%63s %zu%n", name, &parameters, &read), 2);
        snprintf(path, sizeof path, "%s/%s/%s.safetensors", folder, version, name);
        if (loci_network_load(&network, path, &error) != LOCI_OK)
            fail_msg("%s: %s", name, error.message);
        assert_int_equal(loci_network_parameter_count(network), parameters);
        check_logits(network, name, line + read);
        check_saved_again(network, path, name);
        loci_network_free(network);
    }
    assert_int_equal(models, each_model(version, NULL)); /* none is left out */
    assert_true(models >= 12);
    fclose(list);
}

static void test_each(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
        check_version(versions[i]);
}

/* What is kept comes back as it was: a cut, a range, a set, a conventional set, a shrunk net. */
static void test_pruned(void **state) {
    (void)state;
    static const struct {
        const char *name;
        int by;
    } pruned[] = {{"v0.1/pruned-distance", LOCI_PRUNE_BY_DISTANCE},
                  {"v0.1/pruned-weight", LOCI_PRUNE_BY_WEIGHT},
                  {"v0.1/pruned-range", LOCI_PRUNE_BY_RANGE},
                  {"v0.1/pruned-set", LOCI_PRUNE_BY_SET},
                  {"v0.1/pruned-dense", LOCI_PRUNE_BY_SET},
                  {"v0.1/shrunk", LOCI_PRUNE_BY_DISTANCE},
                  {"v0.2/maps-pruned", LOCI_PRUNE_BY_WEIGHT},
                  {"v0.2/delays-pruned", LOCI_PRUNE_BY_WEIGHT},
                  {"v0.2/rounded-pruned", LOCI_PRUNE_BY_WEIGHT}};
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
    if (argc < 2)
        return 2;
    folder = argv[1];
    if (argc > 2)
        return each_model(argv[2], print_logits) > 0 ? 0 : 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
