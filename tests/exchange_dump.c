/* Exports networks and writes down what the library makes of inputs, for other programs to compare
 * with.
 *
 *     exchange_dump onnx|nir FOLDER
 *
 * FOLDER/cases.json is a list of cases. Case NAME has NAME.onnx or NAME.nir, NAME.inputs [count,
 * height, width, channels], of events [count, T, pixels], as the graph takes them, NAME.logits
 * [count, classes], of a regressor its values in units of the data (of a case in 8 bits, NAME-8,
 * what the twin of the graph makes of the inputs), and of spiking nets
 * NAME.spikesL [count, T, m] of each layer L that fires and, where the case is exact (every number
 * dyadic, so that every sum is exact), NAME.stateL [count, T, m] of each layer; all float32. A case
 * is clear where no membrane comes so near to its threshold that a rounding could make a spike. */
#include "exchange_nets.h"
#include "exchange_quantised.h"

#include <jansson.h>
#include <loci/data.h>
#include <loci/exchange.h>

enum { SMALL = 50, GLYPHS = 1000, EIGHT = 250 };
#define CLEAR 2e-5

/* What an example becomes. */
typedef struct subject {
    loci_network *network;
    size_t count, pixels; /* of events all numbers of a sample: [T, pixels] */
    float *raw, *x;       /* [count, pixels] as they are, and in [0, 1] */
} subject;

static const char *format, *folder;
static json_t *cases;
static loci_dataset *glyphs; /* opened by the first that wants it */

static loci_spec spec_of(const example *e) {
    if (e->outputs > 0)
        return fixture_spec(SIDE, SIDE, e->outputs, e->options);
    switch (e->data) {
    case GLYPH_IMAGES:
        return fixture_spec(28, 28, 10, e->options);
    case TABLE:
        return fixture_spec(1, 12, CLASSES, e->options);
    default:
        return fixture_spec(SIDE, SIDE, CLASSES, e->options);
    }
}

/* A stored range with which dyadic numbers stay dyadic. */
static void add_range(subject *s, bool exact) {
    float *low = loci_alloc(s->pixels, sizeof *low), *span = loci_alloc(s->pixels, sizeof *span);
    for (size_t i = 0; i < s->pixels; i++) {
        low[i] = exact ? (float)(i % 5) - 2 : 0.3f * (float)(i % 7) - 1;
        span[i] = exact ? (float)(1 << i % 3) : 0.7f + 0.1f * (float)(i % 11);
    }
    assert_int_equal(loci_network_set_input_scaling(s->network, low, span, NULL), LOCI_OK);
    for (size_t i = 0; i < s->count * s->pixels; i++) {
        size_t pixel = i % s->pixels;
        s->raw[i] = s->x[i] * span[pixel] + low[pixel];
        s->x[i] = (s->raw[i] - low[pixel]) / span[pixel];
    }
    free(low);
    free(span);
}

/* Dyadic units of what a regressor predicts, and names. */
static void add_units(const subject *s) {
    static const float mean[] = {3, -2, 0.5f}, deviation[] = {0.5f, 16, 2};
    loci_network *network = s->network;
    if (loci_network_spec(network)->classes != 2 ||
        loci_network_spec(network)->neuron == LOCI_NEURON_LIF) /* else there are none */
        assert_int_equal(loci_network_set_target_scaling(network, mean, deviation, NULL), LOCI_OK);
    assert_int_equal(loci_network_set_note(network, "classes", "[\"kW\"]", NULL), LOCI_OK);
}

static void draw_inputs(subject *s, const example *e) {
    const loci_random stream = {5, LOCI_RANDOM_TEST, 50};
    if (e->data == GLYPH_IMAGES) {
        if (glyphs == NULL)
            assert_int_equal(loci_dataset_open(&glyphs, "glyphs", NULL, NULL), LOCI_OK);
        for (size_t i = 0; i < s->count; i++)
            assert_int_equal(loci_dataset_sample(glyphs, LOCI_TEST, i, s->x + i * s->pixels),
                             LOCI_OK);
        return;
    }
    if (s->network->spec.coding == LOCI_CODING_EVENTS) {
        for (size_t i = 0; i < s->count * s->pixels; i++)
            if (loci_random_uniform(&stream, 2 * i) < 0.3)
                s->x[i] = (float)(1 + loci_random_below(&stream, 2 * i + 1, 2));
        return;
    }
    for (size_t i = 0; i < s->count * s->pixels; i++)
        if (loci_random_uniform(&stream, 2 * i) < 0.6)
            s->x[i] = e->exact ? (float)(1 + loci_random_below(&stream, 2 * i + 1, 8)) / 8
                               : (float)loci_random_uniform(&stream, 2 * i + 1);
}

/* A layer in which some neurons leak and others do not is what NIR cannot say. */
static void make_leaky(loci_network *network) {
    const loci_tensor *t;
    for (size_t n = 0; (t = loci_network_tensor(network, n)) != NULL; n++)
        for (size_t i = t->offset; t->kind == LOCI_TENSOR_BETA && i < t->offset + t->count; i++)
            if (network->parameters[i] == 1)
                network->parameters[i] = 0.9375f;
}

static void make_network(subject *s, const example *e) {
    loci_spec spec = spec_of(e);
    loci_network *small;
    loci_error error = {0};
    if (loci_network_create(&s->network, &spec, 3, &error) != LOCI_OK)
        fail_msg("%s: %s: %s", e->name, error.where, error.message);
    if (e->exact)
        fixture_dyadic(s->network, 3);
    else
        fixture_move(s->network, 3);
    make_leaky(s->network);
    if (e->outputs > 0)
        add_units(s);
    if (e->sparsity > 0)
        prune_cut(s->network, e->sparsity, e->by, LOCI_PRUNE_SCOPE_LAYER);
    if (e->frozen)
        assert_int_equal(loci_network_freeze(s->network, NULL), LOCI_OK);
    if (e->shrunk) {
        assert_int_equal(loci_network_shrink(&small, s->network, &error), LOCI_OK);
        loci_network_free(s->network);
        s->network = small;
        assert_true(small->spec.inputs > 0); /* else nothing is shown */
    }
}

static void put(const char *name, const char *part, uint32_t layer, const float *numbers,
                size_t count) {
    char path[1024], number[16] = "";
    if (layer > 0)
        snprintf(number, sizeof number, "%u", layer);
    snprintf(path, sizeof path, "%s/%s.%s%s", folder, name, part, number);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(numbers, sizeof *numbers, count, file), count);
    assert_int_equal(fclose(file), 0);
}

static void put_doubles(const char *name, const char *part, uint32_t layer, const double *from,
                        size_t count) {
    float *numbers = loci_alloc(count, sizeof *numbers);
    for (size_t i = 0; i < count; i++)
        numbers[i] = (float)from[i];
    put(name, part, layer, numbers, count);
    free(numbers);
}

/* What enters the first pair in each step, as the twin takes it: [count, T or 1, inputs]. */
static double *coded(const subject *s) {
    const loci_spec *spec = &s->network->spec;
    size_t inputs = loci_spec_layer_size(spec, 0);
    size_t steps = spec->coding == LOCI_CODING_CONSTANT ? 1 : spec->time_steps;
    double *out = loci_alloc(s->count * steps * inputs, sizeof *out);
    if (spec->coding == LOCI_CODING_EVENTS) {
        for (size_t i = 0; i < s->count * steps * inputs; i++)
            out[i] = (double)s->x[i];
        return out;
    }
    for (size_t b = 0; b < s->count; b++)
        for (size_t i = 0; i < inputs; i++) {
            float x = s->x[b * s->pixels + loci_network_pixel(s->network, i)];
            for (size_t t = 0; t < steps; t++)
                out[(b * steps + t) * inputs + i] =
                    steps == 1 && spec->coding == LOCI_CODING_CONSTANT
                        ? (double)x
                        : loci_latency(x, spec->time_steps, spec->latency_span) == t;
        }
    return out;
}

/* Spikes and membranes in each step, from the float64 twin; what it fired is what the library
 * fired, up to a rounding here and there, and where every sum is exact, exactly. */
static json_t *put_steps(const subject *s, const example *e, const float *logits, bool *clear) {
    const loci_spec *spec = &s->network->spec;
    loci_spiking_reference_result twin = {0};
    double *inputs = coded(s),
           *parameters = loci_alloc(s->network->parameter_count, sizeof *inputs);
    int32_t *labels = loci_alloc(s->count, sizeof *labels);
    json_t *layers = json_array();
    for (size_t i = 0; i < s->network->parameter_count; i++)
        parameters[i] = s->network->parameters[i];
    twin.logits = loci_alloc(s->count * spec->classes, sizeof *twin.logits);
    for (uint32_t l = 0; l <= spec->hidden_count; l++) {
        size_t all = s->count * spec->time_steps * loci_spec_layer_size(spec, l + 1);
        twin.membrane[l] = loci_alloc(all, sizeof *twin.membrane[l]);
        twin.spikes[l] = loci_alloc(all, sizeof *twin.spikes[l]);
    }
    const loci_spiking_reference_input input = {.network = s->network,
                                                .parameters = parameters,
                                                .inputs = inputs,
                                                .labels = labels,
                                                .count = s->count};
    assert_int_equal(loci_spiking_reference(&input, &twin), LOCI_OK);
    for (size_t i = 0; s->network->target_mean != NULL && i < s->count * spec->classes; i++)
        twin.logits[i] = (double)s->network->target_mean[i % spec->classes] +
                         (double)s->network->target_deviation[i % spec->classes] * twin.logits[i];
    *clear = twin.nearest > CLEAR;
    double allowed = e->exact ? 1e-6 : 1e-4;
    for (size_t i = 0; (e->exact || *clear) && i < s->count * spec->classes; i++)
        if (fabs(twin.logits[i] - (double)logits[i]) > allowed * (1 + fabs(twin.logits[i])))
            fail_msg("%s: the twin says %g, the library %g", e->name, twin.logits[i],
                     (double)logits[i]);
    for (uint32_t l = 0; l <= spec->hidden_count; l++) {
        size_t m = loci_spec_layer_size(spec, l + 1), all = s->count * spec->time_steps * m;
        if (l < spec->hidden_count || spec->readout == LOCI_READOUT_COUNT) {
            put_doubles(e->name, "spikes", l + 1, twin.spikes[l], all);
            json_array_append_new(layers, json_integer((json_int_t)m));
        }
        if (e->exact)
            put_doubles(e->name, "state", l + 1, twin.membrane[l], all);
        free(twin.membrane[l]);
        free(twin.spikes[l]);
    }
    free(twin.logits);
    free(inputs);
    free(parameters);
    free(labels);
    return layers;
}

/* Of maps there is no twin of each step: what the library fired, shared out evenly. T is a power of
 * 2, so that the sum over the steps is exact. */
static json_t *put_rates(const subject *s, const example *e) {
    const loci_spec *spec = &s->network->spec;
    uint32_t last = loci_spec_hidden_layers(spec), steps = spec->time_steps;
    json_t *layers = json_array();
    assert_int_equal(steps & (steps - 1), 0);
    for (uint32_t l = 1; l <= last + (spec->readout == LOCI_READOUT_COUNT); l++) {
        size_t m = loci_spec_layer_size(spec, l);
        float *rates = loci_alloc(s->count * steps * m, sizeof *rates);
        for (size_t i = 0; i < s->count; i++)
            for (uint32_t t = 0; t < steps; t++)
                assert_int_equal(loci_network_activations(s->network, s->x + i * s->pixels, l,
                                                          rates + (i * steps + t) * m, NULL),
                                 LOCI_OK);
        for (size_t k = 0; l > last && k < s->count * steps * m; k++)
            rates[k] /= (float)(spec->logit_scale * steps); /* of the output all, as logits */
        put(e->name, "spikes", l, rates, s->count * steps * m);
        json_array_append_new(layers, json_integer((json_int_t)m));
        free(rates);
    }
    return layers;
}

static void put_case(const subject *s, const example *e, const char *name, bool clear, bool eight,
                     json_t *layers) {
    const loci_spec *spec = &s->network->spec;
    json_t *entry = json_pack(
        "{s:s, s:I, s:i, s:i, s:i, s:i, s:i, s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:o}", "name", name,
        "count", (json_int_t)s->count, "height", (int)spec->height, "width", (int)spec->width,
        "channels", (int)spec->channels, "classes", (int)spec->classes, "steps",
        (int)spec->time_steps, "spiking", loci_spec_spikes(spec), "events",
        spec->coding == LOCI_CODING_EVENTS, "exact", e->exact, "clear", clear, "regress",
        e->outputs > 0, "units", s->network->target_mean != NULL, "eight", eight, "layers", layers);
    assert_int_equal(json_array_append_new(cases, entry), 0);
}

/* The same in 8 bits. */
static void dump_quantised(const subject *all, const example *e, const float *logits) {
    char name[96], path[1024];
    size_t classes = all->network->spec.classes;
    subject some = *all, *s = &some;
    s->count = s->count < EIGHT ? s->count : EIGHT;
    float *out = loci_alloc(s->count * classes, sizeof *out);
    snprintf(name, sizeof name, "%s-8", e->name);
    snprintf(path, sizeof path, "%s/%s.onnx", folder, name);
    quantised eight;
    loci_error error = {0};
    quantised_open(&eight, s->network, s->raw, s->count, logits);
    if (loci_export_create(&eight.export, s->network, &eight.options, &error) != LOCI_OK ||
        loci_exchange_onnx_quantised(eight.export, path, &error) != LOCI_OK)
        fail_msg("%s: %s: %s", name, error.where, error.message);
    quantised_run(&eight, &s->network->spec, out);
    quantised_close(&eight);
    put(name, "inputs", 0, s->raw, s->count * s->pixels);
    put(name, "logits", 0, out, s->count * classes);
    put_case(s, e, name, true, true, json_array());
    free(out);
}

static void dump(const example *e) {
    subject s = {.count = e->data == GLYPH_IMAGES ? GLYPHS : SMALL};
    char path[1024];
    loci_error error = {0};
    make_network(&s, e);
    const loci_spec *spec = &s.network->spec;
    s.pixels = loci_spec_inputs(spec);
    s.x = loci_alloc(s.count * s.pixels, sizeof *s.x);
    s.raw = loci_alloc(s.count * s.pixels, sizeof *s.raw);
    draw_inputs(&s, e);
    memcpy(s.raw, s.x, s.count * s.pixels * sizeof *s.x);
    if (e->range)
        add_range(&s, e->exact);
    float *logits = loci_alloc(s.count * spec->classes, sizeof *logits);
    assert_int_equal(loci_network_run(s.network, NULL, s.x, s.count, logits, NULL), LOCI_OK);
    snprintf(path, sizeof path, "%s/%s.%s", folder, e->name, format);
    int status = strcmp(format, "onnx") == 0
                     ? loci_exchange_onnx(s.network, path, &error)
                     : loci_exchange_nir(s.network, LOCI_NIR_DT, path, &error);
    if (status != LOCI_OK)
        fail_msg("%s: %s: %s", e->name, error.where, error.message);
    put(e->name, "inputs", 0, s.raw, s.count * s.pixels);
    put(e->name, "logits", 0, logits, s.count * spec->classes);
    bool clear = true, spikes = loci_spec_spikes(spec);
    json_t *layers = !spikes                ? json_array()
                     : spec->maps_count > 0 ? put_rates(&s, e)
                                            : put_steps(&s, e, logits, &clear);
    put_case(&s, e, e->name, clear, false, layers);
    if (strcmp(format, "onnx") == 0 && !spikes)
        dump_quantised(&s, e, logits);
    free(logits);
    free(s.x);
    free(s.raw);
    loci_network_free(s.network);
}

/* Every reset, readout and coding but one that draws. */
static void dump_combinations(void) {
    for (size_t r = 0; r < 3; r++)
        for (size_t o = 0; o < 4; o++)
            for (size_t c = 0; c < 3; c += 2) {
                char name[96], options[256];
                snprintf(name, sizeof name, "%s-%s-%s", fixture_resets[r], fixture_readouts[o],
                         fixture_codings[c]);
                snprintf(options, sizeof options,
                         EXACT "beta=0.9375 threshold=1.5 reset=%s readout=%s coding=%s",
                         fixture_resets[r], fixture_readouts[o], fixture_codings[c]);
                dump(&(example){.name = name, .options = options, .exact = true});
            }
}

static void dump_all(void **state) {
    (void)state;
    char path[1024];
    cases = json_array();
    if (strcmp(format, "onnx") == 0)
        for (size_t i = 0; i < sizeof rectified / sizeof *rectified; i++)
            dump(&rectified[i]);
    if (strcmp(format, "onnx") == 0)
        for (size_t i = 0; i < sizeof adapting / sizeof *adapting; i++)
            dump(&adapting[i]);
    if (strcmp(format, "onnx") == 0)
        for (size_t i = 0; i < sizeof mapped / sizeof *mapped; i++)
            dump(&mapped[i]);
    for (size_t i = 0; i < sizeof spiking / sizeof *spiking; i++)
        dump(&spiking[i]);
    dump_combinations();
    snprintf(path, sizeof path, "%s/cases.json", folder);
    assert_int_equal(json_dump_file(cases, path, JSON_INDENT(1)), 0);
    json_decref(cases);
    loci_dataset_free(glyphs);
}

/* NIR is not in every build; the first network says so. */
static bool is_built(void) {
    char path[1024];
    loci_network *network;
    loci_error error = {0};
    loci_spec spec = fixture_spec(2, 2, 2, "hidden=0");
    snprintf(path, sizeof path, "%s/built.nir", folder);
    if (loci_network_create(&network, &spec, 1, NULL) != LOCI_OK)
        return true; /* the tests will tell */
    int status = loci_exchange_nir(network, LOCI_NIR_DT, path, &error);
    loci_network_free(network);
    return status != LOCI_E_UNSUPPORTED;
}

int main(int argc, char **argv) {
    if (argc != 3)
        return 2;
    format = argv[1];
    folder = argv[2];
    if (strcmp(format, "nir") == 0 && !is_built())
        return 77;
    const struct CMUnitTest all[] = {cmocka_unit_test(dump_all)};
    return cmocka_run_group_tests(all, NULL, NULL);
}
