/* What is told of each pair of sites, and of spiking neurons step by step, adds up to what the
 * library computes: weights and lengths of connections, delays by length and speed, activations and
 * outputs of a run. */
#include "spiking_fixture.h"

#include <loci/inspect.h>
#include <loci/prune.h>
#include <math.h>

enum { SIDE = 4, INPUTS = SIDE * SIDE, CLASSES = 3, COUNT = 6, SPARE = 40 };

static loci_network *create(const char *options) {
    const loci_spec spec = fixture_spec(SIDE, SIDE, CLASSES, options);
    loci_network *network;
    loci_error error = {0};
    if (loci_network_create(&network, &spec, 5, &error) != LOCI_OK)
        fail_msg("%s: %s: %s", options, error.where, error.message);
    return network;
}

/* ---- ways ---- */

struct seen {
    size_t m, count;
    float *weight, *shortest; /* [n, m] */
    double speed, first, last;
    bool own;
};

static void see(void *context, const loci_way *ways, size_t count) {
    struct seen *x = context;
    for (size_t k = 0; k < count; k++) {
        const loci_way *way = &ways[k];
        size_t at = way->from * x->m + way->to;
        double delay = fmin(fmax((double)way->length / x->speed, x->first), x->last);
        assert_int_equal(way->from, ways[0].from);
        assert_true(fabs((double)way->delay - delay) < 1e-4 * (1 + delay));
        assert_false(x->own && way->from == way->to);
        x->weight[at] += way->weight;
        x->shortest[at] = fminf(x->shortest[at], way->length);
    }
    x->count += count;
}

static void check_pair(const loci_network *network, uint32_t p, const char *name) {
    const loci_spec *spec = &network->spec;
    bool loop = p > spec->hidden_count;
    size_t n = loci_spec_layer_size(spec, loop ? p - spec->hidden_count : p);
    size_t m = loop ? n : loci_spec_layer_size(spec, p + 1), all = n * m;
    float *own = loci_alloc(all, sizeof *own), *lengths = loci_alloc(all, sizeof *lengths);
    uint8_t *kept = loci_alloc(all, 1);
    size_t count = all;
    bool delays = spec->delay == LOCI_DELAY_DISTANCE;
    struct seen x = {.m = m,
                     .weight = loci_alloc(all, sizeof(float)),
                     .shortest = loci_alloc(all, sizeof(float)),
                     .speed = delays ? spec->speed[loop ? 0 : p] : INFINITY,
                     .first = loop,
                     .last = delays ? spec->longest_delay : loop,
                     .own = loop};
    for (size_t i = 0; i < all; i++)
        x.shortest[i] = INFINITY;
    assert_int_equal(loci_network_ways(network, p, see, &x, NULL), LOCI_OK);
    assert_true(x.count > 0);
    if (!loop) {
        assert_int_equal(loci_network_weights(network, p, own, NULL), LOCI_OK);
        assert_int_equal(loci_network_lengths(network, p, lengths, NULL), LOCI_OK);
        assert_int_equal(loci_network_kept(network, p, kept, &count, NULL), LOCI_OK);
    }
    for (size_t i = 0; i < all && !loop; i++) {
        if (!(fabsf(x.weight[i] - own[i]) <= 1e-4f * (1 + fabsf(own[i]))))
            fail_msg("%s: weight %zu is %g, its sites say %g", name, i, (double)own[i],
                     (double)x.weight[i]);
        if (kept[i] == 0)
            assert_true(isinf(x.shortest[i]));
        else
            assert_true(fabsf(x.shortest[i] - lengths[i]) < 1e-4f * (1 + lengths[i]));
    }
    free(own);
    free(lengths);
    free(kept);
    free(x.weight);
    free(x.shortest);
}

static void test_ways(void **state) {
    (void)state;
    static const char *const nets[] = {
        "hidden=7,5 tied=no dendrite-sites=3 axon-sites=2 neuron=relu",
        "hidden=7,5 tied=no dendrite-sites=3 delay=distance speed=0.25,0.5 longest-delay=4",
        "hidden=7 delay=distance speed=0.25 longest-delay=6 recurrent=yes dendrite-sites=2",
        "hidden=7 recurrent=yes sign=mask law=gaussian range=1.1",
        "hidden=7 tied=yes sign=mask planes=learned",
    };
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++)
        for (int pruned = 0; pruned < 2; pruned++) {
            loci_network *network = create(nets[i]);
            if (pruned)
                assert_int_equal(loci_network_prune(network, 0.5, LOCI_PRUNE_BY_WEIGHT,
                                                    LOCI_PRUNE_SCOPE_LAYER, NULL, NULL),
                                 LOCI_OK);
            for (uint32_t p = 0; p < network->projection_count; p++)
                check_pair(network, p, nets[i]);
            loci_network_free(network);
        }
}

static void test_no_ways(void **state) {
    (void)state;
    struct seen x = {0};
    loci_network *network = create("hidden=5 neuron=relu wiring=dense");
    assert_int_equal(loci_network_ways(network, 0, see, &x, NULL), LOCI_E_UNSUPPORTED);
    assert_int_equal(loci_network_ways(network, 2, see, &x, NULL), LOCI_E_ARGUMENT);
    loci_network_free(network);
}

/* ---- traces ---- */

/* What a run says of hidden neurons, and of outputs, is what their steps say. */
static void check_hidden(const loci_network *network, const float *x, uint32_t l,
                         const float *spikes, const char *name) {
    size_t m = loci_spec_layer_size(&network->spec, l), T = network->spec.time_steps;
    float rate[SPARE];
    assert_int_equal(loci_network_activations(network, x, l, rate, NULL), LOCI_OK);
    for (size_t j = 0; j < m; j++) {
        float sum = 0;
        for (size_t t = 0; t < T; t++)
            sum += spikes[t * m + j];
        if (fabsf(sum / (float)T - rate[j]) > 1e-6f)
            fail_msg("%s: neuron %zu of layer %u fires at %g, its steps say %g", name, j, l,
                     (double)rate[j], (double)(sum / (float)T));
    }
}

static float read_out(const loci_spec *spec, const float *u, const float *z, size_t j) {
    float sum = 0, most = -INFINITY, now = 0;
    for (size_t t = 0; t < spec->time_steps; t++) {
        const float *v = u + t * CLASSES;
        float all = 0;
        for (size_t k = 0; k < CLASSES; k++)
            all += expf(v[k]);
        now = spec->readout == LOCI_READOUT_COUNT         ? z[t * CLASSES + j]
              : spec->readout == LOCI_READOUT_SOFTMAX_SUM ? expf(v[j]) / all
                                                          : v[j];
        sum += now;
        most = fmaxf(most, now);
    }
    return spec->readout == LOCI_READOUT_MEMBRANE_MAX    ? most
           : spec->readout == LOCI_READOUT_MEMBRANE_LAST ? now
           : spec->readout == LOCI_READOUT_MEMBRANE_MEAN ? sum / (float)spec->time_steps
                                                         : sum;
}

static void check_sample(const loci_network *network, const loci_dataset *data, size_t i,
                         const char *name, size_t *fired) {
    const loci_spec *spec = &network->spec;
    float x[INPUTS], logits[CLASSES];
    float *u = loci_alloc(spec->time_steps * SPARE, sizeof *u);
    float *z = loci_alloc(spec->time_steps * SPARE, sizeof *z);
    assert_int_equal(loci_network_sample(network, data, LOCI_TRAIN, i, x), LOCI_OK);
    assert_int_equal(loci_network_trace(network, data, LOCI_TRAIN, i, 0, u, z, NULL), LOCI_OK);
    for (size_t k = 0; k < INPUTS && spec->coding == LOCI_CODING_CONSTANT; k++)
        for (size_t t = 0; t < spec->time_steps; t++)
            assert_true(z[t * INPUTS + k] == x[k] && u[t * INPUTS + k] == 0);
    for (uint32_t l = 1; l <= spec->hidden_count; l++) {
        assert_int_equal(loci_network_trace(network, data, LOCI_TRAIN, i, l, u, z, NULL), LOCI_OK);
        check_hidden(network, x, l, z, name);
        size_t all = spec->time_steps * loci_spec_layer_size(spec, l);
        for (size_t k = 0; k < all; k++) {
            assert_true(z[k] == (u[k] > (float)spec->threshold));
            *fired += z[k] != 0;
        }
    }
    assert_int_equal(loci_network_run(network, NULL, x, 1, logits, NULL), LOCI_OK);
    assert_int_equal(
        loci_network_trace(network, data, LOCI_TRAIN, i, spec->hidden_count + 1, u, z, NULL),
        LOCI_OK);
    for (size_t j = 0; j < CLASSES; j++) {
        float other = (float)spec->logit_scale * read_out(spec, u, z, j);
        if (!(fabsf(logits[j] - other) <= 1e-4f * (1 + fabsf(other))))
            fail_msg("%s: output %zu is %g, its steps say %g", name, j, (double)logits[j],
                     (double)other);
    }
    free(u);
    free(z);
}

static void test_traces(void **state) {
    (void)state;
    static const char *const nets[] = {
        "hidden=9,7 readout=membrane-mean",
        "hidden=9,7 readout=membrane-last coding=latency logit-scale=0.5",
        "hidden=9 readout=count reset=zero",
        "hidden=9 readout=count recurrent=yes neuron=adlif reset=none",
        "hidden=9,7 readout=softmax-sum neuron=adlif coding=latency latency-span=0.5",
        "hidden=9 readout=membrane-max delay=distance longest-delay=5 speed=0.25 coding=latency",
        "hidden=9,7 readout=membrane-mean delay=distance recurrent=yes neuron=adlif reset=zero",
        "hidden=0 readout=membrane-mean",
        "hidden=0 readout=count",
    };
    float x[COUNT * INPUTS];
    int32_t labels[COUNT];
    const loci_random stream = {8, LOCI_RANDOM_TEST, 34};
    for (size_t i = 0; i < COUNT * INPUTS; i++)
        x[i] = i % INPUTS == 0 ? (float)(i / INPUTS % 2) : (float)loci_random_uniform(&stream, i);
    for (size_t i = 0; i < COUNT; i++)
        labels[i] = (int32_t)i % CLASSES;
    loci_dataset *data;
    assert_int_equal(
        loci_dataset_from_arrays(&data, "drawn", SIDE, SIDE, x, labels, COUNT, NULL, NULL, 0, NULL),
        LOCI_OK);
    size_t fired = 0;
    for (size_t n = 0; n < sizeof nets / sizeof *nets; n++) {
        char text[512];
        snprintf(text, sizeof text, "%s threshold=0.25 scale=one time-steps=9", nets[n]);
        loci_network *network = create(text);
        for (size_t i = 0; i < COUNT; i++)
            check_sample(network, data, i, nets[n], &fired);
        loci_network_free(network);
    }
    assert_true(fired > 1000);
    loci_network *network = create("hidden=3");
    float u[SPARE * 30];
    assert_int_equal(loci_network_trace(network, data, LOCI_TRAIN, COUNT, 0, u, NULL, NULL),
                     LOCI_E_ARGUMENT);
    assert_int_equal(loci_network_trace(network, data, LOCI_TRAIN, 0, 3, u, NULL, NULL),
                     LOCI_E_ARGUMENT);
    loci_network_free(network);
    network = create("hidden=3 neuron=relu");
    assert_int_equal(loci_network_trace(network, data, LOCI_TRAIN, 0, 1, u, NULL, NULL),
                     LOCI_E_ARGUMENT);
    loci_network_free(network);
    loci_dataset_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ways),
        cmocka_unit_test(test_no_ways),
        cmocka_unit_test(test_traces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
