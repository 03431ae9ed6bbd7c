/* A whole network, forward and backward in float32, against its float64 twin: every variant, sparse
 * and dense inputs, any number of threads. How "the same to 1e-5" is meant stands in
 * test_kernels.c: relative to the absolute terms that were summed for an entry, here all the way
 * from the inputs through every layer and back. Networks of a usual size must in addition have
 * every tensor, single numbers aside, near as a whole, |a - b|_2 <= 1e-5 |b|_2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "compare.h"
#include "loss/loss.h"
#include "network/pass.h"
#include "reference/network_twin.h"
#include "variants.h"

static const double TOLERANCE = 1e-5;

/* A batch in all its forms. */
struct batch {
    size_t count, inputs;
    float *dense; /* [count, loci_leading(inputs)] */
    double *twin; /* [count, inputs] */
    int32_t *labels;
    uint32_t *start, *index;
    float *value;
    loci_sparse by_sample;
    loci_sparse_blocks by_input;
};

/* Compressed rows of x, whose entry (r, k) stands at r * row_step + k * step. */
static void compress(loci_sparse *out, uint32_t *start, uint32_t *index, float *value,
                     const float *x, size_t rows, size_t columns, size_t row_step, size_t step) {
    for (size_t r = 0; r < rows; r++) {
        start[r + 1] = start[r];
        for (size_t k = 0; k < columns; k++) {
            float entry = x[r * row_step + k * step];
            if (entry == 0)
                continue;
            index[start[r + 1]] = (uint32_t)k;
            value[start[r + 1]++] = entry;
        }
    }
    *out = loci_sparse_rows(rows, start, index, value);
}

static void draw_batch(struct batch *b, const loci_spec *spec, size_t count, double density,
                       uint64_t seed) {
    const loci_random stream = {seed, LOCI_RANDOM_TEST, 20};
    size_t inputs = loci_spec_layer_size(spec, 0), ld = loci_leading(inputs), all = count * inputs;
    *b = (struct batch){.count = count, .inputs = inputs};
    b->dense = loci_alloc(count * ld, sizeof(float));
    b->twin = loci_alloc(all, sizeof(double));
    b->labels = loci_alloc(count, sizeof *b->labels);
    b->start = loci_alloc(count + 1, sizeof *b->start);
    b->index = loci_alloc(all, sizeof *b->index);
    b->value = loci_alloc(all, sizeof(float));
    for (size_t s = 0; s < count; s++) {
        b->labels[s] = (int32_t)loci_random_below(&stream, all * 2 + s, spec->classes);
        for (size_t i = 0; i < inputs; i++) {
            size_t at = s * inputs + i;
            if (loci_random_uniform(&stream, 2 * at) < density)
                b->twin[at] = b->dense[s * ld + i] =
                    (float)loci_random_uniform(&stream, 2 * at + 1);
        }
    }
    compress(&b->by_sample, b->start, b->index, b->value, b->dense, count, inputs, ld, 1);
    assert_int_equal(loci_sparse_transpose(&b->by_input, &b->by_sample, inputs, NULL, NULL),
                     LOCI_OK);
}

static void drop_batch(struct batch *b) {
    void *const all[] = {b->dense, b->twin, b->labels, b->start, b->index, b->value};
    loci_sparse_blocks_clear(&b->by_input);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
}

/* One pass: logits [count, ld] and gradient [parameter_count] are copied out. */
static void run(const loci_network *network, const struct batch *b, bool sparse, int threads,
                float *logits, float *gradient) {
    loci_pool *pool = NULL;
    loci_pass *pass;
    if (threads > 1)
        assert_int_equal(loci_pool_create(&pool, threads, NULL), LOCI_OK);
    assert_int_equal(loci_pass_create(&pass, network, b->count, true, pool, NULL), LOCI_OK);
    const loci_activations in = {
        .count = b->count,
        .by_sample = sparse ? &b->by_sample : NULL,
        .by_input = sparse ? &b->by_input : NULL,
        .dense = sparse ? NULL : b->dense,
        .ld = loci_leading(b->inputs),
    };
    size_t classes = network->spec.classes, ld = loci_leading(classes);
    for (int twice = 0; twice < 2; twice++) { /* nothing may be left over from the pass before */
        assert_int_equal(loci_pass_forward(pass, &in, NULL), LOCI_OK);
        memcpy(logits, loci_pass_logits(pass), b->count * ld * sizeof *logits);
        loci_cross_entropy(logits, b->labels, b->count, classes, ld, 1 / (double)b->count,
                           loci_pass_logit_delta(pass), NULL);
        memset(gradient, 0, network->parameter_count * sizeof *gradient);
        loci_pass_backward(pass, &in, gradient);
    }
    loci_pass_free(pass);
    loci_pool_free(pool);
}

/* What both passes of one network yield. */
struct outcome {
    float *logits, *gradient;
    double *twin_logits, *twin_gradient, *logit_terms, *gradient_terms;
};

static void open_outcome(struct outcome *o, const loci_network *network, size_t count) {
    size_t classes = network->spec.classes, parameters = network->parameter_count;
    o->logits = loci_alloc(count * loci_leading(classes), sizeof(float));
    o->gradient = loci_alloc(parameters, sizeof(float));
    o->twin_logits = loci_alloc(count * classes, sizeof(double));
    o->twin_gradient = loci_alloc(parameters, sizeof(double));
    o->logit_terms = loci_alloc(count * classes, sizeof(double));
    o->gradient_terms = loci_alloc(parameters, sizeof(double));
}

static void close_outcome(struct outcome *o) {
    free(o->logits);
    free(o->gradient);
    free(o->twin_logits);
    free(o->twin_gradient);
    free(o->logit_terms);
    free(o->gradient_terms);
}

/* a against b. terms: what each entry was summed from. */
static void compare(const char *name, const char *what, const float *a, const double *b,
                    const double *terms, size_t count, bool whole) {
    double error = 0, length = 0;
    for (size_t i = 0; i < count; i++) {
        if (!(fabs(a[i] - b[i]) <= TOLERANCE * terms[i]))
            fail_msg("%s: %s[%zu] is %.9g instead of %.9g, %.2g times what is allowed", name, what,
                     i, (double)a[i], b[i], fabs(a[i] - b[i]) / (TOLERANCE * terms[i]));
        error += (a[i] - b[i]) * (a[i] - b[i]);
        length += b[i] * b[i];
    }
    if (whole && count >= 16 && !(error <= TOLERANCE * TOLERANCE * length))
        fail_msg("%s: %s is off by %.2g of its length", name, what, sqrt(error / length));
}

static void compare_outcome(const char *name, const loci_network *network, const struct outcome *o,
                            size_t count, bool whole) {
    size_t classes = network->spec.classes, ld = loci_leading(classes);
    float *logits = loci_alloc(count * classes, sizeof *logits);
    for (size_t s = 0; s < count; s++)
        memcpy(logits + s * classes, o->logits + s * ld, classes * sizeof *logits);
    compare(name, "logits", logits, o->twin_logits, o->logit_terms, count * classes, whole);
    free(logits);
    const loci_tensor *t;
    for (size_t i = 0; (t = loci_network_tensor(network, i)) != NULL; i++)
        compare(name, t->name, o->gradient + t->offset, o->twin_gradient + t->offset,
                o->gradient_terms + t->offset, t->count, whole);
}

/* A network with parameters off their start, so that biases count too; a range acts through its
 * absolute value. */
static loci_network *make_network(const loci_spec *spec, uint64_t seed) {
    loci_network *network;
    assert_int_equal(loci_network_create(&network, spec, seed, NULL), LOCI_OK);
    const loci_random stream = {seed, LOCI_RANDOM_TEST, 21};
    for (size_t i = 0; i < network->parameter_count; i++)
        network->parameters[i] += 0.1f * (float)loci_random_normal(&stream, i);
    const loci_tensor *t;
    for (size_t n = 0; (t = loci_network_tensor(network, n)) != NULL; n++)
        if (t->kind == LOCI_TENSOR_RANGE && n % 2 == 0)
            network->parameters[t->offset] *= -1;
    return network;
}

/* Both input forms against the twin. The logit scale is set so that the largest logit is 2: of a
 * softmax of logits of size 100 nothing could be said, as it turns their absolute error of 1e-5
 * into a relative one. */
static void check(const char *name, loci_network *network, const struct batch *b, bool whole) {
    struct outcome o;
    open_outcome(&o, network, b->count);
    double *parameters = loci_alloc(network->parameter_count, sizeof(double));
    for (size_t i = 0; i < network->parameter_count; i++)
        parameters[i] = network->parameters[i];
    loci_reference_result result = {.logits = o.twin_logits,
                                    .gradient = o.twin_gradient,
                                    .logit_terms = o.logit_terms,
                                    .gradient_terms = o.gradient_terms};
    for (int twice = 0; twice < 2; twice++) {
        assert_int_equal(
            loci_network_reference(network, parameters, b->twin, b->labels, b->count, &result),
            LOCI_OK);
        if (twice == 0)
            network->spec.logit_scale *=
                2 / largest_of(o.twin_logits, b->count * network->spec.classes);
    }
    run(network, b, true, 1, o.logits, o.gradient);
    compare_outcome(name, network, &o, b->count, whole);
    run(network, b, false, 1, o.logits, o.gradient);
    compare_outcome(name, network, &o, b->count, whole);
    free(parameters);
    close_outcome(&o);
}

static void test_every_variant(void **state) {
    (void)state;
    for (size_t i = 0; i < VARIANTS; i++) {
        loci_spec spec;
        char name[512];
        if (!variant(&spec, i))
            continue;
        loci_network *network = make_network(&spec, i + 1);
        if (variant_is_cut(i))
            assert_true(variant_prune(network));
        struct batch batch;
        draw_batch(&batch, &spec, 5, 0.6, i);
        check(variant_name(&spec, name, sizeof name), network, &batch, false);
        drop_batch(&batch);
        loci_network_free(network);
    }
}

/* Networks large enough to be cut into several tiles each way, of sizes that are no multiples of
 * anything. */
static const char *const large[][14] = {
    {"hidden", "150,70", "axon-sites", "1,2,2", "dendrite-sites", "8,4,4", "input", "grid", NULL},
    {"hidden", "333", "planes", "learned", "sign", "mask", "scale", "one", "logit-scale", "0.02",
     NULL},
    {"hidden", "70,70", "dim", "5", "input", "sheet", "axon-sites", "1", "dendrite-sites", "5,2,2",
     NULL},
    {"hidden", "130,33", "wiring", "dense", NULL},
    {"hidden", "0", "planes", "relaxed", "dim", "4", NULL},
    {"hidden", "90,50", "tied", "no", "range", "1.1,0.9,1", "train-range", "layer", NULL},
    {"hidden", "90,50", "tied", "no", "law", "gaussian", "train-length", "layer", "activation",
     "sine", "range", "3", NULL},
    {"hidden", "150,40", "dendrite-sites", "4", "law", "exponential", "activation", "gelu", NULL},
    /* of colour */
    {"hidden", "70,70", "input", "sheet", "dendrite-sites", "5,2,2", "sign", "mask", NULL},
    {"hidden", "70", "input", "sheet", "dendrite-sites", "5,2", "planes", "relaxed", "law",
     "gaussian", NULL},
    /* cut */
    {"hidden", "150,70", "axon-sites", "1,2,2", "dendrite-sites", "8,4,4", "input", "grid", NULL},
    {"hidden", "130,33", "wiring", "dense", NULL},
};
enum {
    LARGE = sizeof large / sizeof *large,
    LARGE_RANGED = 5,
    LARGE_COLOUR = 8,
    LARGE_CUT = 10,
    SAMPLES = 130
};

static loci_network *make_large(size_t i) {
    loci_spec spec;
    loci_spec_defaults(&spec);
    spec.height = 11;
    spec.width = 13;
    spec.channels = i >= LARGE_COLOUR && i < LARGE_CUT ? 3 : 1;
    for (size_t k = 0; large[i][k] != NULL; k += 2)
        assert_int_equal(loci_spec_set(&spec, large[i][k], large[i][k + 1], NULL), LOCI_OK);
    spec.gap[0] = 0.3;
    loci_network *network = make_network(&spec, 77 + i);
    if (i >= LARGE_CUT)
        assert_true(variant_prune(network));
    return network;
}

static void test_large(void **state) {
    (void)state;
    for (size_t i = 0; i < LARGE; i++) {
        char name[512];
        loci_network *network = make_large(i);
        struct batch batch;
        draw_batch(&batch, &network->spec, SAMPLES, 0.2, i);
        /* what is left of k within a range is a difference: its error is that of its terms */
        check(variant_name(&network->spec, name, sizeof name), network, &batch, i != LARGE_RANGED);
        drop_batch(&batch);
        loci_network_free(network);
    }
}

/* Bit for bit the same for 1, 2, 3 and 4 threads, whatever form the input has. */
static void test_threads(void **state) {
    (void)state;
    for (size_t i = 0; i < LARGE; i++) {
        loci_network *network = make_large(i);
        struct batch batch;
        struct outcome one, many;
        draw_batch(&batch, &network->spec, SAMPLES, 0.3, i);
        open_outcome(&one, network, SAMPLES);
        open_outcome(&many, network, SAMPLES);
        for (int sparse = 0; sparse < 2; sparse++) {
            run(network, &batch, sparse, 1, one.logits, one.gradient);
            for (int threads = 2; threads <= 4; threads++) {
                run(network, &batch, sparse, threads, many.logits, many.gradient);
                assert_memory_equal(one.logits, many.logits,
                                    SAMPLES * loci_leading(network->spec.classes) * sizeof(float));
                assert_memory_equal(one.gradient, many.gradient,
                                    network->parameter_count * sizeof(float));
            }
        }
        close_outcome(&one);
        close_outcome(&many);
        drop_batch(&batch);
        loci_network_free(network);
    }
}

/* A batch smaller than the pass was made for gives what a pass of its size gives: the buffers' rest
 * is not looked at. */
static void test_small_batch(void **state) {
    (void)state;
    loci_network *network = make_large(0);
    struct batch all, few;
    struct outcome o;
    draw_batch(&all, &network->spec, SAMPLES, 0.3, 5);
    draw_batch(&few, &network->spec, 3, 0.3, 6);
    open_outcome(&o, network, 3);
    run(network, &few, true, 1, o.logits, o.gradient);
    loci_pass *pass;
    assert_int_equal(loci_pass_create(&pass, network, SAMPLES, true, NULL, NULL), LOCI_OK);
    const struct batch *order[] = {&all, &few};
    size_t ld = loci_leading(network->spec.classes);
    float *gradient = loci_alloc(network->parameter_count, sizeof(float));
    for (int i = 0; i < 2; i++) {
        const struct batch *b = order[i];
        const loci_activations in = {
            .count = b->count, .by_sample = &b->by_sample, .by_input = &b->by_input};
        assert_int_equal(loci_pass_forward(pass, &in, NULL), LOCI_OK);
        loci_cross_entropy(loci_pass_logits(pass), b->labels, b->count, network->spec.classes, ld,
                           1 / (double)b->count, loci_pass_logit_delta(pass), NULL);
        memset(gradient, 0, network->parameter_count * sizeof *gradient);
        loci_pass_backward(pass, &in, gradient);
    }
    assert_memory_equal(loci_pass_logits(pass), o.logits, 3 * ld * sizeof(float));
    assert_memory_equal(gradient, o.gradient, network->parameter_count * sizeof(float));
    free(gradient);
    loci_pass_free(pass);
    close_outcome(&o);
    drop_batch(&all);
    drop_batch(&few);
    loci_network_free(network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_variant),
        cmocka_unit_test(test_large),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_small_batch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
