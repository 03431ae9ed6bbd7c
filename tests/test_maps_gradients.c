/* Networks with maps: every option that acts on them, beside grids of every kind. The float64 twin
 * against differences of its loss, and the float32 gradient against the twin. */
#include "gradient_point.h"
#include "prune_fixture.h"

enum { COUNT = 3, MOST_TRIES = 300 };

/* An image, and the layers over it. */
static const struct grid {
    uint32_t height, width, channels;
    const char *layers;
} grids[] = {
    {6, 6, 1, "maps=2,3 window=3 hidden=0"},
    {5, 7, 1, "maps=3 window=3 hidden=4"}, /* a row and a column are dropped */
    {4, 3, 1, "maps=2 window=5 pool=1 hidden=0"},
    {7, 6, 1, "maps=2 pool=3 window=3 hidden=3"},
    {7, 5, 1, "maps=2,2 stride=2 pool=1 window=3 hidden=0"},
    {9, 8, 1, "maps=2,3 stride=2,1 pool=1,2 window=5,3 hidden=4"},
    {4, 4, 1, "maps=1 window=1 hidden=3"},
    {5, 4, 3, "maps=2 window=3 hidden=0"},
    {6, 4, 2, "maps=3,2 window=3,1 hidden=3,4"},
    {8, 9, 1, "maps=2,2,3 window=3 hidden=0"},
    {9, 7, 3, "maps=2 window=3 stride=3 pool=1 hidden=0"},
    {1, 9, 1, "maps=2,2 window=3 pool=1 hidden=0"},
};
enum { GRIDS = sizeof grids / sizeof *grids };

static const char *const options[] = {
    "",
    "law=inverse-square",
    "law=exponential length=1.2",
    "law=gaussian length=1.3 train-length=layer",
    "law=exponential length=1.5 train-length=layer planes=learned",
    "range=4",
    "range=3.5 train-range=layer",
    "range=3.5 train-range=layer law=gaussian length=1.5 train-length=layer",
    "range=3.2 law=inverse-square train-range=layer sign=mask",
    "planes=learned",
    "sign=mask steepness=2",
    "sign=mask planes=learned scale=one",
    "dim=4",
    "dim=6 softening=0.3",
    "dendrite-sites=5",
    "activation=tanh",
    "activation=gelu dendrite-sites=2",
    "activation=sine",
    "activation=leaky-relu planes=learned",
    "wiring=dense",
    "wiring=dense activation=gelu",
};
enum { OPTIONS = sizeof options / sizeof *options };

/* Pixels in 0..1, some of them 0. */
static void draw_pixels(float *pixels, int32_t *labels, size_t inputs, uint64_t seed) {
    const loci_random stream = {seed, LOCI_RANDOM_TEST, 80};
    for (size_t i = 0; i < COUNT * inputs; i++) {
        double x = loci_random_uniform(&stream, i);
        pixels[i] = x < 0.3 ? 0 : (float)x;
    }
    for (size_t b = 0; b < COUNT; b++)
        labels[b] = (int32_t)loci_random_below(&stream, COUNT * inputs + b, 3);
}

static loci_spec spec_of(const struct grid *grid, const char *name) {
    loci_error error = {0};
    loci_spec spec = fixture_spec(grid->height, grid->width, 3, "neuron=relu gap=0.7");
    spec.channels = grid->channels;
    fixture_set(&spec, grid->layers);
    if (spec.wiring == LOCI_WIRING_SPATIAL)
        fixture_set(&spec, "dim=5 dendrite-sites=3 spread=0.7");
    fixture_set(&spec, name);
    if (loci_spec_resolve(&spec, &error) != LOCI_OK)
        fail_msg("%s %s: %s: %s", grid->layers, name, error.where, error.message);
    return spec;
}

/* What was compared, of all networks. */
static size_t tensors, lively;

/* From the first start on, whichever of them leads to a point away from kinks. */
static void check(const struct grid *grid, const char *name, double sparsity) {
    const loci_spec spec = spec_of(grid, name);
    size_t inputs = loci_spec_layer_size(&spec, 0);
    float *pixels = loci_alloc(COUNT * inputs, sizeof *pixels);
    int32_t labels[COUNT];
    bool fine = false;
    char why[512] = "";
    for (uint64_t seed = 1; seed <= 5 && !fine; seed++) {
        loci_network *network;
        gradient_point point;
        draw_pixels(pixels, labels, inputs, seed);
        assert_int_equal(loci_network_create(&network, &spec, seed, NULL), LOCI_OK);
        fixture_move(network, seed);
        if (sparsity > 0) {
            prune_cut(network, sparsity, LOCI_PRUNE_BY_WEIGHT, LOCI_PRUNE_SCOPE_LAYER);
            assert_int_equal(loci_network_freeze(network, NULL), LOCI_OK);
        }
        point_open(&point, network, pixels, labels, COUNT);
        fine = point_check(&point, MOST_TRIES);
        snprintf(why, sizeof why, "%s", point.why);
        tensors += point.tensors;
        lively += point.lively;
        bool kinked = strstr(why, "away from kinks") != NULL;
        point_close(&point);
        loci_network_free(network);
        if (!fine && !kinked)
            break;
    }
    free(pixels);
    if (!fine)
        fail_msg("%ux%ux%u %s %s: %s", grid->height, grid->width, grid->channels, grid->layers,
                 name, why);
}

/* make test takes every other one. */
static void test_continuous(void **state) {
    (void)state;
    size_t step = getenv("LOCI_EVERYTHING") != NULL ? 1 : 2;
    for (size_t i = 0; i < GRIDS; i++)
        for (size_t k = i % step; k < OPTIONS; k += step)
            check(&grids[i], options[k], 0);
}

/* More maps than fit in a tile, and more than a block of a convolution. */
static void test_many_maps(void **state) {
    (void)state;
    static const struct grid many[] = {
        {4, 4, 2, "maps=67 window=5 pool=2 hidden=0"},
        {4, 4, 1, "maps=17,33 window=3 hidden=9"},
        {5, 5, 2, "maps=9,16 window=5,3 stride=2,1 pool=1 hidden=0"},
    };
    static const char *const of[] = {"", "range=5 train-range=layer sign=mask planes=learned",
                                     "wiring=dense", "neuron=lif threshold=0.5 time-steps=3"};
    for (size_t i = 0; i < sizeof many / sizeof *many; i++)
        for (size_t k = 0; k < sizeof of / sizeof *of; k++)
            check(&many[i], of[k], 0);
}

static void test_pruned(void **state) {
    (void)state;
    for (size_t i = 0; i < GRIDS; i++)
        for (size_t k = i % 3; k < OPTIONS; k += 3)
            check(&grids[i], options[k], 0.4);
}

static const char *const wirings[] = {"", "law=gaussian length=1.3 train-length=layer",
                                      "range=3.5 train-range=layer sign=mask", "planes=learned",
                                      "wiring=dense"};
static const char *const trained[] = {"no", "layer", "neuron"};

static void name_spiking(size_t i, char *name, size_t size) {
    bool adaptive = i % 2;
    snprintf(name, size,
             "neuron=%s threshold=0.5 time-steps=5 slope=0.8 reset=%s surrogate=%s readout=%s "
             "coding=%s train-beta=%s train-threshold=%s%s%s %s",
             adaptive ? "adlif" : "lif", fixture_resets[i % 3], fixture_surrogates[i / 3 % 3],
             fixture_readouts[i % 5], fixture_codings[i / 2 % 3], trained[i % 3],
             trained[(i + i / 3) % 3], adaptive ? " adaptation-spike=0.1 train-adaptation=" : "",
             adaptive ? trained[i / 2 % 3] : "", wirings[i / 4 % 5]);
}

static void test_spiking(void **state) {
    (void)state;
    for (size_t i = 0; i < 90; i++) {
        char name[512];
        name_spiking(i, name, sizeof name);
        check(&grids[i % GRIDS], name, i % 7 == 3 ? 0.3 : 0);
    }
}

/* Most of what was compared was not 0. */
static void test_gradients_are_lively(void **state) {
    (void)state;
    printf("%zu of %zu tensors have a gradient\n", lively, tensors);
    assert_true(tensors > 3000 && lively > tensors - tensors / 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_continuous),
        cmocka_unit_test(test_many_maps),
        cmocka_unit_test(test_pruned),
        cmocka_unit_test(test_spiking),
        cmocka_unit_test(test_gradients_are_lively),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
