/* A layer pair that runs on its kept connections alone, and the same one multiplied whole: both
 * against the float64 twin, forward and backward, in every shape. How "the same to 1e-5" is meant
 * stands in test_kernels.c: measured by the absolute terms that were summed. */
#include "listed_pair.h"

#include "synapse/connections.h"
#include "synapse/synapse.h"

static const double TOLERANCE = 1e-5;

/* ---- the synapse ---- */

/* The batch in the form a synapse takes it. */
struct batch {
    float *dense, *g; /* [count, leading] */
    uint32_t *start, *index;
    float *value;
    loci_sparse by_sample;
    loci_sparse_blocks by_input;
    loci_activations in;
};

static void open_batch(struct batch *b, const struct pair *x, size_t count, bool sparse) {
    size_t ldn = loci_leading(x->n), ldm = loci_leading(x->m);
    *b = (struct batch){.dense = loci_alloc(count * ldn, sizeof(float)),
                        .g = loci_alloc(count * ldm, sizeof(float)),
                        .start = loci_alloc(count + 1, sizeof(uint32_t)),
                        .index = loci_alloc(count * x->n, sizeof(uint32_t)),
                        .value = loci_alloc(count * x->n, sizeof(float))};
    for (size_t s = 0; s < count; s++) {
        b->start[s + 1] = b->start[s];
        memcpy(b->dense + s * ldn, x->in + s * x->n, x->n * sizeof(float));
        memcpy(b->g + s * ldm, x->g + s * x->m, x->m * sizeof(float));
        for (size_t i = 0; i < x->n; i++)
            if (x->in[s * x->n + i] != 0) {
                b->index[b->start[s + 1]] = (uint32_t)i;
                b->value[b->start[s + 1]++] = x->in[s * x->n + i];
            }
    }
    b->by_sample = loci_sparse_rows(count, b->start, b->index, b->value);
    assert_int_equal(loci_sparse_transpose(&b->by_input, &b->by_sample, x->n, NULL, NULL), LOCI_OK);
    b->in = sparse ? (loci_activations){.count = count,
                                        .by_sample = &b->by_sample,
                                        .by_input = &b->by_input}
                   : (loci_activations){.count = count, .dense = b->dense, .ld = ldn};
}

static void close_batch(struct batch *b) {
    loci_sparse_blocks_clear(&b->by_input);
    free(b->dense);
    free(b->g);
    free(b->start);
    free(b->index);
    free(b->value);
}

static void open_results(const struct pair *x, float **result) {
    for (int r = 0; r < RESULTS; r++) {
        result[r] = loci_alloc(x->size[r], sizeof(float));
        assert_non_null(result[r]);
    }
}

static void close_results(float **result) {
    for (int r = 0; r < RESULTS; r++)
        free(result[r]);
}

/* What was done after a product: each entry must come by once, and be finished by then. */
struct watch {
    size_t columns, ld;
    uint8_t *visits; /* [count, ld] */
    float *seen;     /* [count, ld] */
};

static void look(void *context, float *block, size_t first, size_t rows, size_t j0, size_t width) {
    struct watch *watch = context;
    for (size_t r = 0; r < rows; r++)
        for (size_t j = 0; j < width && j0 + j < watch->columns; j++) {
            size_t at = (first + r) * watch->ld + j0 + j;
            watch->visits[at]++;
            watch->seen[at] = block[r * watch->ld + j];
        }
}

static void open_watch(struct watch *watch, size_t count, size_t columns) {
    *watch = (struct watch){.columns = columns, .ld = loci_leading(columns)};
    watch->visits = loci_alloc(count, watch->ld);
    watch->seen = loci_alloc(count, watch->ld * sizeof *watch->seen);
    assert_true(watch->visits != NULL && watch->seen != NULL);
}

static void close_watch(struct watch *watch, size_t count, const float *made) {
    for (size_t row = 0; row < count; row++)
        for (size_t j = 0; j < watch->columns; j++) {
            assert_int_equal(watch->visits[row * watch->ld + j], 1);
            assert_true(watch->seen[row * watch->ld + j] == made[row * watch->ld + j]);
        }
    free(watch->visits);
    free(watch->seen);
}

/* One batch through a synapse and back. */
static void cross(loci_synapse *s, const struct pair *x, size_t count, bool sparse, loci_pool *pool,
                  float *const *result) {
    struct batch b;
    const loci_wiring w = wiring_of(x);
    size_t ldn = loci_leading(x->n), ldm = loci_leading(x->m);
    float *out = loci_alloc(count * ldm, sizeof *out),
          *g_in = loci_alloc(count * ldn, sizeof *g_in);
    open_batch(&b, x, count, sparse);
    for (int r = P; r < RESULTS; r++)
        memset(result[r], 0, x->size[r] * sizeof(float));
    loci_wiring_gradient gradient = {.p = result[P],
                                     .c = x->charged ? result[C] : NULL,
                                     .q = result[Q],
                                     .e = x->charged ? result[E] : NULL,
                                     .weight = result[WEIGHT]};
    struct watch forward, backward;
    open_watch(&forward, count, x->m);
    open_watch(&backward, count, x->n);
    loci_synapse_forward(s, &w, &b.in, out, &(loci_after){look, &forward}, pool);
    loci_synapse_backward(s, &w, &b.in, b.g, g_in, &(loci_after){look, &backward}, &gradient, pool);
    close_watch(&forward, count, out);
    close_watch(&backward, count, g_in);
    for (size_t row = 0; row < count; row++) {
        memcpy(result[OUT] + row * x->m, out + row * ldm, x->m * sizeof *out);
        memcpy(result[IN_GRADIENT] + row * x->n, g_in + row * ldn, x->n * sizeof *g_in);
    }
    *result[BASE] = (float)gradient.sums.slope;
    *result[REACHED] = (float)gradient.sums.reach;
    *result[LOG_SCALE] = (float)gradient.sums.value;
    close_batch(&b);
    free(out);
    free(g_in);
}

static void compare(const struct pair *x, const char *how, float *const *result) {
    for (int r = 0; r < RESULTS; r++) {
        bool bare = !x->charged && (r == C || r == E), endless = r == REACHED && x->cutoff == 0;
        for (size_t i = 0; !bare && !endless && i < x->size[r]; i++) {
            double a = result[r][i], b = x->twin[r][i], allowed = TOLERANCE * x->terms[r][i];
            if (!(fabs(a - b) <= allowed))
                fail_msg("%s, %s: %s[%zu] is %.9g instead of %.9g", x->name, how, result_names[r],
                         i, a, b);
        }
    }
}

static loci_synapse *open_synapse(const struct pair *x, const loci_connections *connections,
                                  loci_pool *pool) {
    loci_synapse *s;
    const loci_wiring w = wiring_of(x);
    const loci_synapse_options options = {
        .input_gradient = true, .rows = x->count, .connections = connections};
    assert_int_equal(loci_synapse_create(&s, &w, &options, pool, NULL), LOCI_OK);
    return s;
}

/* On all and on the kept alone, from sparse and dense inputs, each twice: nothing may be left over
 * from the batch before. */
static void check_pair(const struct pair *x) {
    float *result[RESULTS];
    loci_connections *connections;
    assert_int_equal(loci_connections_of_mask(&connections, x->kept->n, x->kept->m, x->kept->mask,
                                              x->kept->ld, NULL),
                     LOCI_OK);
    open_results(x, result);
    for (int alone = 0; alone < 2; alone++) {
        loci_synapse *s = open_synapse(x, alone ? connections : NULL, NULL);
        for (int pass = 0; pass < 4; pass++) {
            cross(s, x, x->count, pass % 2, NULL, result);
            compare(x, alone ? "kept alone" : "whole", result);
        }
        loci_synapse_free(s);
    }
    loci_connections_free(connections);
    close_results(result);
}

static const struct shape shapes[] = {
    {1, 1, 1, 1, 2}, {40, 30, 1, 3, 2}, {9, 150, 2, 2, 3}, {170, 20, 3, 1, 1}, {65, 64, 1, 8, 5}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static void test_spatial(void **state) {
    (void)state;
    static const size_t counts[] = {1, 63, 64, 65, 257};
    for (size_t s = 0; s < SHAPES; s++)
        for (size_t c = 0; c < 5; c++) {
            struct pair x;
            open_pair(&x, &shapes[s], false, (s + c) % 3 != 0, (s + c) % 2 ? 0.6f : 0,
                      s == 0 ? 1 : 0.15, counts[c], 0.4);
            check_pair(&x);
            close_pair(&x);
        }
}

static void test_conventional(void **state) {
    (void)state;
    static const size_t counts[] = {1, 63, 64, 65, 257};
    for (size_t s = 0; s < SHAPES; s++)
        for (size_t c = 0; c < 5; c++) {
            struct pair x;
            open_pair(&x, &shapes[s], true, false, 0, s == 0 ? 1 : 0.15, counts[c], 0.4);
            check_pair(&x);
            close_pair(&x);
        }
}

/* From none kept to all. */
static void test_every_density(void **state) {
    (void)state;
    static const double shares[] = {0, 0.01, 0.5, 1};
    for (size_t k = 0; k < 4; k++)
        for (int stored = 0; stored < 2; stored++) {
            struct pair x;
            open_pair(&x, &shapes[1], stored, true, 0, shares[k], 20, 0.4);
            check_pair(&x);
            close_pair(&x);
        }
}

/* A wrong connection, however weak, is noticed. */
static void test_wrong_sets_are_caught(void **state) {
    (void)state;
    struct pair x;
    float *result[RESULTS];
    loci_connections *connections;
    size_t wrong = 0;
    open_pair(&x, &shapes[1], false, true, 0, 0.15, 20, 0.9);
    open_results(&x, result);
    for (size_t j = 0; wrong == 0; j++)
        if (x.kept->mask[j] == 0) { /* one more than the twin knows of */
            x.kept->mask[j] = 1;
            x.kept->count++;
            wrong = j + 1;
        }
    assert_int_equal(loci_connections_of_mask(&connections, x.kept->n, x.kept->m, x.kept->mask,
                                              x.kept->ld, NULL),
                     LOCI_OK);
    loci_synapse *s = open_synapse(&x, connections, NULL);
    cross(s, &x, x.count, false, NULL, result);
    size_t off = 0;
    for (size_t i = 0; i < x.size[OUT]; i++)
        off += fabs(result[OUT][i] - x.twin[OUT][i]) > TOLERANCE * x.terms[OUT][i];
    assert_in_range(off, 10, 20); /* one neuron, wherever its new sender is active */
    loci_synapse_free(s);
    loci_connections_free(connections);
    close_results(result);
    close_pair(&x);
}

/* Bit for bit the same for any number of threads. */
static void test_threads(void **state) {
    (void)state;
    for (int stored = 0; stored < 2; stored++) {
        struct pair x;
        float *one[RESULTS], *many[RESULTS];
        loci_connections *connections;
        open_pair(&x, &shapes[4], stored, true, stored ? 0 : 0.5f, 0.2, 257, 0.4);
        assert_int_equal(loci_connections_of_mask(&connections, x.kept->n, x.kept->m, x.kept->mask,
                                                  x.kept->ld, NULL),
                         LOCI_OK);
        open_results(&x, one);
        open_results(&x, many);
        loci_synapse *s = open_synapse(&x, connections, NULL);
        cross(s, &x, x.count, true, NULL, one);
        loci_synapse_free(s);
        for (int threads = 2; threads <= 4; threads++) {
            loci_pool *pool;
            assert_int_equal(loci_pool_create(&pool, threads, NULL), LOCI_OK);
            s = open_synapse(&x, connections, pool);
            cross(s, &x, x.count, true, pool, many);
            for (int r = 0; r < RESULTS; r++)
                assert_memory_equal(one[r], many[r], x.size[r] * sizeof(float));
            loci_synapse_free(s);
            loci_pool_free(pool);
        }
        close_results(one);
        close_results(many);
        loci_connections_free(connections);
        close_pair(&x);
    }
}

/* A batch smaller than the synapse was made for gives what one of its size gives. */
static void test_small_batch(void **state) {
    (void)state;
    struct pair x;
    float *small[RESULTS], *after[RESULTS];
    loci_connections *connections;
    open_pair(&x, &shapes[2], false, true, 0, 0.2, 257, 0.4);
    assert_int_equal(loci_connections_of_mask(&connections, x.kept->n, x.kept->m, x.kept->mask,
                                              x.kept->ld, NULL),
                     LOCI_OK);
    open_results(&x, small);
    open_results(&x, after);
    loci_synapse *s = open_synapse(&x, connections, NULL);
    cross(s, &x, 3, true, NULL, small);
    cross(s, &x, x.count, true, NULL, after);
    cross(s, &x, 3, true, NULL, after);
    assert_memory_equal(small[OUT], after[OUT], 3 * x.m * sizeof(float));
    assert_memory_equal(small[IN_GRADIENT], after[IN_GRADIENT], 3 * x.n * sizeof(float));
    for (int r = P; r < RESULTS; r++)
        assert_memory_equal(small[r], after[r], x.size[r] * sizeof(float));
    loci_synapse_free(s);
    loci_connections_free(connections);
    close_results(small);
    close_results(after);
    close_pair(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spatial),       cmocka_unit_test(test_conventional),
        cmocka_unit_test(test_every_density), cmocka_unit_test(test_wrong_sets_are_caught),
        cmocka_unit_test(test_threads),       cmocka_unit_test(test_small_batch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
