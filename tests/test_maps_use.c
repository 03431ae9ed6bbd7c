/* Networks of maps in use: prepared inference against a pass and against plain loops, what a spike
 * reaches, pruning, the model file. */
#include "spiking_fixture.h"

#include "compare.h"
#include "scratch.h"

#include <math.h>

#include <loci/inspect.h>
#include <loci/prepared.h>
#include <loci/prune.h>

#include "network/contents.h"
#include "network/maps.h"

enum { SAMPLES = 7, CLASSES = 5, MOST_INPUTS = 200 };

/* Shapes of maps: strides, pooling, grids that fill no whole squares, layers after them. */
static const char *const shapes[] = {
    "maps=2,3 window=3 pool=2 hidden=0",
    "maps=3 window=5 pool=3 hidden=4",
    "maps=4,2 window=3 stride=2,1 pool=1 hidden=0",
    "maps=2 window=1 pool=1 hidden=3,2",
    "maps=17 window=5 stride=2 pool=2 hidden=0",
    "maps=2,2,3 window=3,5,3 pool=1,2,1 hidden=4",
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static loci_network *open_network(const char *options, uint32_t height, uint32_t width,
                                  uint64_t seed) {
    loci_network *network;
    loci_error error = {0};
    loci_spec spec;
    loci_spec_defaults(&spec);
    spec.height = height;
    spec.width = width;
    spec.classes = CLASSES;
    fixture_set(&spec, options);
    if (loci_network_create(&network, &spec, seed, &error) != LOCI_OK)
        fail_msg("%s: %s: %s", options, error.where, error.message);
    return network;
}

/* x [SAMPLES, inputs], multiples of 1/4, of which many are 0; of every other seed nearly all. */
static void draw(float *x, const loci_network *network, uint64_t seed) {
    const loci_random stream = {seed, LOCI_RANDOM_TEST, 33};
    size_t count = SAMPLES * loci_spec_layer_size(&network->spec, 0);
    assert_in_range(count, 1, SAMPLES * MOST_INPUTS);
    for (size_t i = 0; i < count; i++)
        x[i] = (float)loci_random_below(&stream, 2 * i, 3) * 0.25f *
               (seed % 2 == 0 ? (float)loci_random_below(&stream, 2 * i + 1, 3)
                              : (float)(loci_random_below(&stream, 2 * i + 1, 8) == 0));
}

static void move(loci_network *network, uint64_t seed) {
    const loci_random stream = {seed, LOCI_RANDOM_TEST, 34};
    for (size_t i = 0; i < network->parameter_count; i++)
        network->parameters[i] += 0.2f * (float)loci_random_normal(&stream, i);
}

/* ---- plain loops ---- */

/* What one place sends to map k: the stencil laid over it. */
static double lay(const loci_stencil *s, const float *weights, const float *x, size_t oy, size_t ox,
                  size_t k) {
    double sum = 0;
    for (size_t dy = 0; dy < s->window; dy++)
        for (size_t dx = 0; dx < s->window; dx++)
            for (size_t i = 0; i < s->in; i++) {
                size_t y = oy * s->stride + dy, at = ox * s->stride + dx, half = s->window / 2;
                if (y < half || at < half || y - half >= s->height || at - half >= s->width)
                    continue;
                float sent = x[((y - half) * s->width + at - half) * s->in + i];
                sum += (double)sent *
                       (double)weights[((dy * s->window + dx) * s->in + i) * s->out + k];
            }
    return sum;
}

/* Currents of the maps that pair l leads to, [receivers], bias not yet added. */
static void cross_plainly(const loci_network *network, uint32_t l, const float *x, float *out) {
    const loci_stencil s = loci_stencil_of(&network->spec, l);
    float weights[4096];
    assert_in_range(loci_stencil_entries(&s) * s.out, 1, 4096);
    assert_int_equal(loci_network_weights(network, l, weights, NULL), LOCI_OK);
    size_t down = (s.height + s.stride - 1) / s.stride / s.pool,
           across = (s.width + s.stride - 1) / s.stride / s.pool;
    for (size_t j = 0; j < down * across * s.out; j++) {
        size_t k = j % s.out, place = j / s.out;
        double most = -INFINITY;
        for (size_t p = 0; p < s.pool * s.pool; p++) {
            size_t oy = place / across * s.pool + p / s.pool,
                   ox = place % across * s.pool + p % s.pool;
            most = fmax(most, lay(&s, weights, x, oy, ox, k));
        }
        out[j] = (float)most;
    }
}

/* What the neurons of layer l, all before them in maps, send. */
static void run_plainly(const loci_network *network, uint32_t l, const float *x, float *out) {
    float sent[4096];
    if (l == 0) {
        memcpy(out, x, loci_spec_layer_size(&network->spec, 0) * sizeof *out);
        return;
    }
    run_plainly(network, l - 1, x, sent);
    cross_plainly(network, l - 1, sent, out);
    size_t m = loci_spec_layer_size(&network->spec, l), units = network->spec.maps[l - 1];
    for (size_t j = 0; j < m; j++)
        out[j] = fmaxf(0, out[j] + network->parameters[network->layer[l].bias + j % units]);
}

/* ---- nets that do not spike ---- */

static void assert_close(const char *name, const char *what, const float *a, const float *b,
                         size_t count) {
    double largest = fmax(1, largest_of_floats(b, count));
    for (size_t i = 0; i < count; i++)
        if (!(fabs((double)a[i] - (double)b[i]) < 2e-6 * largest))
            fail_msg("%s: %s: number %zu is %.8g, not %.8g", name, what, i, (double)a[i],
                     (double)b[i]);
}

/* So many together that two threads have work, the samples over and over: as they are alone. */
static void check_together(loci_prepared *prepared, loci_pool *pool, const float *x, size_t inputs,
                           const float *alone) {
    enum { TIMES = 24 };
    float *all = loci_alloc(TIMES * SAMPLES * inputs, sizeof *all);
    float *together = loci_alloc((size_t)TIMES * SAMPLES * CLASSES, sizeof *together);
    for (size_t k = 0; k < TIMES; k++)
        memcpy(all + k * SAMPLES * inputs, x, SAMPLES * inputs * sizeof *x);
    assert_int_equal(loci_prepared_run_batch(prepared, pool, all, TIMES * SAMPLES, together, NULL),
                     LOCI_OK);
    for (size_t k = 0; k < TIMES; k++)
        assert_memory_equal(together + k * SAMPLES * CLASSES, alone,
                            SAMPLES * CLASSES * sizeof *alone);
    free(all);
    free(together);
}

/* Prepared, one by one and together on one thread and two, and a pass: the same. */
static void check_prepared(const char *name, const loci_network *network, const float *x) {
    loci_prepared *prepared;
    float right[SAMPLES * CLASSES], alone[SAMPLES * CLASSES];
    size_t inputs = loci_spec_inputs(&network->spec);
    loci_pool *pool;
    assert_int_equal(loci_pool_create(&pool, 2, NULL), LOCI_OK);
    assert_int_equal(loci_network_run(network, NULL, x, SAMPLES, right, NULL), LOCI_OK);
    assert_int_equal(loci_prepared_create(&prepared, network, NULL), LOCI_OK);
    for (size_t k = 0; k < SAMPLES; k++) {
        size_t i = k * 3 % SAMPLES;
        assert_int_equal(loci_prepared_run(prepared, x + i * inputs, (uint32_t)i,
                                           alone + i * CLASSES, NULL, NULL),
                         LOCI_OK);
    }
    assert_close(name, "one by one", alone, right, SAMPLES * CLASSES);
    check_together(prepared, NULL, x, inputs, alone);
    check_together(prepared, pool, x, inputs, alone);
    loci_prepared_free(prepared);
    loci_pool_free(pool);
}

/* Each layer of maps by plain loops. */
static void check_layers(const char *name, const loci_network *network, const float *x) {
    for (uint32_t l = 1; l <= network->spec.maps_count; l++) {
        float made[4096], right[4096];
        assert_int_equal(loci_network_activations(network, x, l, made, NULL), LOCI_OK);
        run_plainly(network, l, x, right);
        assert_close(name, "a layer", made, right, loci_spec_layer_size(&network->spec, l));
    }
}

static void test_continuous(void **state) {
    (void)state;
    static const char *const kinds[] = {"dim=5 dendrite-sites=3 gap=0.5", "wiring=dense",
                                        "dim=4 dendrite-sites=2 range=1.75 law=gaussian",
                                        "channels=3 dim=5 dendrite-sites=2 sign=mask"};
    for (size_t i = 0; i < 4 * SHAPES; i++) {
        char name[512];
        float x[SAMPLES * MOST_INPUTS];
        snprintf(name, sizeof name, "%s neuron=relu %s", shapes[i % SHAPES], kinds[i / SHAPES]);
        loci_network *network = open_network(name, 11, i / SHAPES == 3 ? 15 : 13, i);
        move(network, i);
        draw(x, network, i);
        check_prepared(name, network, x);
        check_layers(name, network, x);
        loci_network_free(network);
    }
}

static void test_activations(void **state) {
    (void)state;
    static const char *const activations[] = {"tanh", "gelu", "leaky-relu", "sine", "relu"};
    for (size_t i = 0; i < 5; i++) {
        char name[512];
        float x[SAMPLES * MOST_INPUTS];
        snprintf(name, sizeof name, "%s neuron=relu dim=5 dendrite-sites=2 activation=%s",
                 shapes[i], activations[i]);
        loci_network *network = open_network(name, 9, 10, i);
        draw(x, network, i);
        check_prepared(name, network, x);
        loci_network_free(network);
    }
}

/* ---- nets that spike ---- */

/* Connections from neuron i across pair l, by looking at every receiver. */
static double count_reached(const loci_network *network, uint32_t l, size_t i,
                            const uint8_t *kept) {
    const loci_spec *spec = &network->spec;
    size_t n, m, count = 0;
    loci_spec_pair_shape(spec, l, &n, &m);
    if (l >= spec->maps_count) {
        for (size_t j = 0; j < m; j++)
            count += kept[i * m + j];
        return (double)count;
    }
    const loci_stencil s = loci_stencil_of(spec, l);
    const loci_maxpool grid = loci_stencil_pool(&s);
    size_t y = i / s.in / s.width, x = i / s.in % s.width, half = s.window / 2;
    for (size_t oy = 0; oy < grid.height / s.pool * s.pool; oy++)
        for (size_t ox = 0; ox < grid.width / s.pool * s.pool; ox++) {
            size_t dy = y + half - oy * s.stride, dx = x + half - ox * s.stride;
            for (size_t k = 0; k < m && dy < s.window && dx < s.window; k++)
                count += kept[((dy * s.window + dx) * s.in + i % s.in) * m + k];
        }
    return (double)count;
}

/* Additions that sample i takes, from what each layer sends. */
static double count_operations(const loci_network *network, const loci_dataset *data, size_t i) {
    const loci_spec *spec = &network->spec;
    bool constant = spec->coding == LOCI_CODING_CONSTANT;
    double sum = 0;
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(spec); l++) {
        size_t n, m, size = loci_spec_layer_size(spec, l), count;
        loci_spec_pair_shape(spec, l, &n, &m);
        uint8_t *kept = loci_alloc(n, m);
        float *sent = loci_alloc(spec->time_steps * size, sizeof *sent);
        assert_int_equal(loci_network_kept(network, l, kept, &count, NULL), LOCI_OK);
        assert_int_equal(loci_network_trace(network, data, LOCI_TEST, i, l, NULL, sent, NULL),
                         LOCI_OK);
        for (size_t k = 0; k < spec->time_steps * size; k++)
            if (sent[k] != 0 && !(constant && l == 0 && k >= size))
                sum += count_reached(network, l, k % size, kept);
        free(kept);
        free(sent);
    }
    return sum;
}

/* The same of a net that skips nothing: whatever is sent, and nothing cut. */
static double count_all(const loci_network *network) {
    const loci_spec *spec = &network->spec;
    double sum = 0;
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(spec); l++) {
        size_t n, m;
        loci_spec_pair_shape(spec, l, &n, &m);
        uint8_t *kept = loci_alloc(n, m);
        memset(kept, 1, n * m);
        for (size_t i = 0; i < loci_spec_layer_size(spec, l); i++)
            sum += count_reached(network, l, i, kept);
        free(kept);
    }
    return sum * spec->time_steps;
}

static double activity_of(const loci_activity *a) {
    return a->synaptic_operations + a->input_operations;
}

/* Numbers are exact: event by event as in a batch, spike for spike, addition for addition. */
static void check_spikes(const char *name, loci_network *network, const float *x) {
    const loci_spec *spec = &network->spec;
    int32_t labels[SAMPLES] = {0, 1, 2, 3, 4, 0, 1};
    loci_dataset *data;
    loci_prepared *prepared;
    loci_evaluation evaluation;
    double alone = 0, right = 0, spikes = 0;
    float logits[CLASSES], together[SAMPLES * CLASSES];
    size_t inputs = loci_spec_inputs(spec);
    assert_int_equal(loci_dataset_from_arrays(&data, "few", spec->height, spec->width, x, labels,
                                              SAMPLES, x, labels, SAMPLES, NULL),
                     LOCI_OK);
    assert_int_equal(loci_evaluate(network, data, LOCI_TEST, NULL, 0, &evaluation, NULL), LOCI_OK);
    assert_int_equal(loci_network_run(network, NULL, x, SAMPLES, together, NULL), LOCI_OK);
    assert_int_equal(loci_prepared_create(&prepared, network, NULL), LOCI_OK);
    for (size_t i = 0; i < SAMPLES; i++) {
        loci_activity activity;
        assert_int_equal(
            loci_prepared_run(prepared, x + i * inputs, (uint32_t)i, logits, &activity, NULL),
            LOCI_OK);
        assert_memory_equal(logits, together + i * CLASSES, sizeof logits);
        alone += activity_of(&activity) / SAMPLES;
        spikes += activity.spikes / SAMPLES;
        right += count_operations(network, data, i) / SAMPLES;
    }
    assert_true(evaluation.activity.dense_operations == count_all(network));
    if (!(fabs(alone - right) < 1e-6 && fabs(activity_of(&evaluation.activity) - right) < 1e-6) ||
        !(fabs(spikes - evaluation.activity.spikes) < 1e-6) || !(spikes > 1))
        fail_msg("%s: %g spikes, in a batch %g; %g operations, in a batch %g, not %g", name, spikes,
                 evaluation.activity.spikes, alone, activity_of(&evaluation.activity), right);
    loci_prepared_free(prepared);
    loci_dataset_free(data);
}

static void test_spiking(void **state) {
    (void)state;
    static const char *const kinds[] = {
        "coding=constant readout=membrane-mean", "coding=latency readout=count",
        "coding=constant readout=membrane-max neuron=adlif",
        "coding=poisson readout=membrane-last train-beta=neuron train-threshold=neuron"};
    for (size_t i = 0; i < 4 * SHAPES; i++) {
        char name[512];
        float x[SAMPLES * MOST_INPUTS];
        snprintf(name, sizeof name,
                 "neuron=lif %s %s wiring=dense time-steps=4 beta=0.9375 threshold=0.5 "
                 "logit-scale=0.5",
                 shapes[i % SHAPES], kinds[i / SHAPES]);
        loci_network *network = open_network(name, 11, 10, i);
        fixture_dyadic(network, i);
        draw(x, network, i);
        if (i % 2 == 1)
            assert_int_equal(loci_network_prune(network, 0.3, LOCI_PRUNE_BY_WEIGHT,
                                                LOCI_PRUNE_SCOPE_LAYER, NULL, NULL),
                             LOCI_OK);
        check_spikes(name, network, x);
        loci_network_free(network);
    }
}

/* ---- pruning ---- */

/* What is kept is counted in entries, runs as its weights say, and comes back from a file. */
static void check_pruned(const char *name, loci_network *network, const float *x) {
    float before[SAMPLES * CLASSES], after[SAMPLES * CLASSES];
    char folder[256];
    loci_network *loaded = NULL;
    loci_error error = {0};
    size_t kept, again;
    scratch_make(folder);
    const char *path = scratch_path(folder, "model");
    check_prepared(name, network, x);
    if (network->spec.activation == LOCI_ACTIVATION_RELU)
        check_layers(name, network, x);
    assert_int_equal(loci_network_count_kept(network, &kept, NULL), LOCI_OK);
    assert_int_equal(loci_network_run(network, NULL, x, SAMPLES, before, NULL), LOCI_OK);
    if (loci_network_save(network, path, &error) != LOCI_OK ||
        loci_network_load(&loaded, path, &error) != LOCI_OK)
        fail_msg("%s: %s: %s", name, error.where, error.message);
    assert_int_equal(loci_network_count_kept(loaded, &again, NULL), LOCI_OK);
    assert_int_equal(again, kept);
    assert_int_equal(loci_network_run(loaded, NULL, x, SAMPLES, after, NULL), LOCI_OK);
    assert_memory_equal(before, after, sizeof after);
    loci_network_free(loaded);
    scratch_remove(folder);
}

static void test_pruning(void **state) {
    (void)state;
    for (size_t i = 0; i < 4 * SHAPES; i++) {
        char name[512];
        float x[SAMPLES * MOST_INPUTS];
        bool dense = i / SHAPES == 3;
        int by = dense ? LOCI_PRUNE_BY_WEIGHT : (int)(i / SHAPES);
        snprintf(name, sizeof name, "%s neuron=relu %s", shapes[i % SHAPES],
                 dense ? "wiring=dense" : "dim=5 dendrite-sites=3");
        loci_network *network = open_network(name, 11, 13, i), *small = NULL;
        size_t all = loci_network_connections(network), kept;
        move(network, i);
        draw(x, network, i);
        loci_error error = {0};
        if (loci_network_prune(network, 0.5, by,
                               i % 2 == 0 ? LOCI_PRUNE_SCOPE_LAYER : LOCI_PRUNE_SCOPE_NET, NULL,
                               &error) != LOCI_OK)
            fail_msg("%s: %s: %s", name, error.where, error.message);
        assert_int_equal(loci_network_count_kept(network, &kept, NULL), LOCI_OK);
        assert_in_range(kept, all / 2 - 4, all / 2 + 4);
        check_pruned(name, network, x);
        if (by != LOCI_PRUNE_BY_RANGE) {
            assert_int_equal(loci_network_freeze(network, NULL), LOCI_OK);
            check_pruned(name, network, x);
        }
        assert_int_equal(loci_network_shrink(&small, network, NULL), LOCI_E_UNSUPPORTED);
        loci_network_free(network);
    }
}

/* A way through the net is looked for from map to map. */
static void test_disconnected(void **state) {
    (void)state;
    loci_network *network = open_network("maps=2,3 window=3 hidden=0 wiring=dense", 8, 8, 1);
    size_t n, m;
    for (size_t i = 0; i < network->parameter_count; i++)
        network->parameters[i] = 0.001f;
    /* map 1 of the first layer is reached, and from map 0 alone it would go on */
    network->parameters[network->projection[0].weight + 1] = 1;
    loci_spec_pair_shape(&network->spec, 1, &n, &m);
    network->parameters[network->projection[1].weight + 4 * 2 * m] = 1;
    network->parameters[network->projection[2].weight] = 1;
    double one = 1 - 1.5 / (double)(n * m);
    assert_int_equal(
        loci_network_prune(network, one, LOCI_PRUNE_BY_WEIGHT, LOCI_PRUNE_SCOPE_NET, NULL, NULL),
        LOCI_E_ARGUMENT);
    loci_network_free(network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_continuous),   cmocka_unit_test(test_activations),
        cmocka_unit_test(test_spiking),      cmocka_unit_test(test_pruning),
        cmocka_unit_test(test_disconnected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
