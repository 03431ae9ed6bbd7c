/* What a network says of an input does not depend on which others come with it: the same bits
 * alone, among few, among many, between sparse inputs or dense ones, on one thread or on two;
 * through loci_network_run(), loci_evaluate() and prepared weights. */
#include "linear/linear.h"
#include "prune_fixture.h"

#include <loci/run.h>

enum { INPUTS = 150 };

/* What is done to a network before it runs. */
enum shape { WHOLE, CUT, FROZEN, SHRUNK };

typedef struct example {
    const char *options;
    uint32_t side;
    enum shape shape;
    double sparsity;
} example;

#define MLP "neuron=relu "
#define SITES " axon-sites=1,2 dendrite-sites=3,2 gap=0.2"
static const example examples[] = {
    {MLP "wiring=dense hidden=0", SIDE, WHOLE, 0},
    {MLP "wiring=dense hidden=130,70,20", SIDE, WHOLE, 0},
    {MLP "wiring=dense hidden=130,70", 28, WHOLE, 0},
    {MLP "hidden=130,20,9" SITES, SIDE, WHOLE, 0},
    {MLP "hidden=100" SITES, 28, WHOLE, 0},
    {MLP "hidden=70 planes=relaxed dim=4", SIDE, WHOLE, 0},
    {MLP "hidden=70,20 range=0.8,0.9" SITES, SIDE, WHOLE, 0},
    {MLP "hidden=70 range=0.1" SITES, 28, WHOLE, 0},
    {MLP "wiring=dense hidden=130,70", SIDE, CUT, 0.7},
    {MLP "hidden=130,20" SITES, SIDE, CUT, 0.7},
    {MLP "hidden=130,20" SITES, SIDE, CUT, 0.95},
    {MLP "hidden=300,20" SITES, 28, CUT, 0.9},
    {MLP "hidden=400,20" SITES, 28, CUT, 0.98},
    {MLP "hidden=130,20" SITES, SIDE, FROZEN, 0.95},
    {MLP "hidden=70,20" SITES, SIDE, SHRUNK, 0.95},
    {"wiring=dense hidden=70,20 time-steps=5 threshold=0.4", SIDE, WHOLE, 0},
    {"wiring=dense hidden=70 time-steps=5 readout=count coding=latency", SIDE, WHOLE, 0},
    {"hidden=0 time-steps=5 readout=membrane-max dendrite-sites=3", SIDE, WHOLE, 0},
    {"hidden=130,20 time-steps=5 threshold=0.4 readout=count coding=poisson" SITES, SIDE, WHOLE, 0},
    {"hidden=100 time-steps=5 threshold=0.4" SITES, 28, WHOLE, 0},
    {"hidden=70,20 time-steps=5 threshold=0.4 range=0.8" SITES, SIDE, WHOLE, 0},
    {"wiring=dense hidden=70,20 time-steps=5 threshold=0.4", SIDE, CUT, 0.7},
    {"hidden=130,20 time-steps=5 threshold=0.4 readout=membrane-last" SITES, SIDE, CUT, 0.95},
    {"hidden=300 time-steps=5 threshold=0.4 coding=latency" SITES, 28, CUT, 0.9},
    {"hidden=70,20 time-steps=5 threshold=0.4" SITES, SIDE, FROZEN, 0.95},
    {"hidden=70,20 time-steps=5 threshold=0.4" SITES, SIDE, SHRUNK, 0.9},
    {MLP "maps=5,9 hidden=20 dim=5 dendrite-sites=4 gap=0.4", SIDE, WHOLE, 0},
    {MLP "maps=3,7 hidden=0 wiring=dense window=5,3 stride=1,2 pool=2,1", 28, WHOLE, 0},
    {MLP "maps=6 hidden=0 dim=5 dendrite-sites=4 gap=0.4 pool=3", SIDE, CUT, 0.5},
    {"maps=4,3 hidden=0 dim=5 dendrite-sites=4 gap=0.4 time-steps=5 threshold=0.4", SIDE, WHOLE, 0},
    {"maps=5 hidden=9 wiring=dense window=3 time-steps=5 threshold=0.4 coding=latency", SIDE, WHOLE,
     0},
};
enum { EXAMPLES = sizeof examples / sizeof *examples };

static const size_t sizes[] = {1, 2, 7, 64, 65, 128, INPUTS};
enum { SIZES = sizeof sizes / sizeof *sizes };

static loci_network *make(const example *e) {
    loci_spec spec = fixture_spec(e->side, e->side, CLASSES, e->options);
    loci_network *network, *small;
    loci_error error = {0};
    if (loci_network_create(&network, &spec, 3, &error) != LOCI_OK)
        fail_msg("%s: %s: %s", e->options, error.where, error.message);
    fixture_move(network, 3);
    if (e->shape == WHOLE)
        return network;
    prune_cut(network, e->sparsity, LOCI_PRUNE_BY_DISTANCE, LOCI_PRUNE_SCOPE_LAYER);
    if (e->shape == FROZEN)
        assert_int_equal(loci_network_freeze(network, NULL), LOCI_OK);
    if (e->shape != SHRUNK)
        return network;
    assert_int_equal(loci_network_shrink(&small, network, &error), LOCI_OK);
    loci_network_free(network);
    return small;
}

/* Inputs [INPUTS, pixels], by turns nearly all 0, half of it, and hardly any. */
static float *draw(size_t pixels) {
    static const double density[] = {0.1, 0.5, 0.97};
    const loci_random stream = {7, LOCI_RANDOM_TEST, 60};
    float *x = loci_alloc(INPUTS * pixels, sizeof *x);
    assert_non_null(x);
    for (size_t i = 0; i < INPUTS * pixels; i++)
        if (loci_random_uniform(&stream, 2 * i) < density[i / pixels % 3])
            x[i] = (float)loci_random_uniform(&stream, 2 * i + 1);
    return x;
}

/* One way to run inputs `first` .. first+count-1, in one batch. */
typedef struct subject {
    const example *example;
    loci_network *network;
    loci_prepared *prepared;
    loci_pool *pool;
    size_t pixels, classes;
    float *x; /* [INPUTS, pixels] */
} subject;
typedef void way(const subject *s, size_t first, size_t count, float *out);

static void run_network(const subject *s, size_t first, size_t count, float *out) {
    assert_int_equal(
        loci_network_run(s->network, s->pool, s->x + first * s->pixels, count, out, NULL), LOCI_OK);
}

static void run_prepared(const subject *s, size_t first, size_t count, float *out) {
    assert_int_equal(
        loci_prepared_run_batch(s->prepared, s->pool, s->x + first * s->pixels, count, out, NULL),
        LOCI_OK);
}

/* Of each input what it is taken for, and how surely. */
static void run_evaluation(const subject *s, size_t first, size_t count, float *out) {
    loci_dataset *data;
    loci_evaluation found;
    static const int32_t every[CLASSES] = {0, 1, 2, 3}, none[INPUTS] = {0};
    assert_int_equal(loci_dataset_from_arrays(&data, "few", s->example->side, s->example->side,
                                              s->x, every, CLASSES, s->x + first * s->pixels, none,
                                              count, NULL),
                     LOCI_OK);
    assert_int_equal(loci_evaluate(s->network, data, LOCI_TEST, s->pool, 1, &found, NULL), LOCI_OK);
    for (size_t i = 0; i < count; i++) {
        out[i * s->classes] = (float)found.prediction[i];
        out[i * s->classes + 1] = found.confidence[i];
    }
    loci_evaluation_clear(&found);
    loci_dataset_free(data);
}

/* Every input by itself, as what it is among all: number i. */
static void run_each(const subject *s, size_t first, size_t count, float *out) {
    for (size_t i = first; i < first + count; i++)
        assert_int_equal(loci_prepared_run(s->prepared, s->x + i * s->pixels, (uint32_t)i,
                                           out + (i - first) * s->classes, NULL, NULL),
                         LOCI_OK);
}

/* Numbers that differ between the batch of all and batches of `size`, of small ones some. What
 * Poisson's spikes are follows from an input's number, so there only the first is compared. */
static size_t differing(const subject *s, way *run, size_t size, const float *all) {
    float *part = loci_alloc(size * s->classes, sizeof *part);
    bool numbered = s->network->spec.coding == LOCI_CODING_POISSON;
    size_t wrong = 0, step = size < 13 ? 13 : size;
    for (size_t first = 0; first < (numbered ? 1 : INPUTS); first += step) {
        size_t count = INPUTS - first < size ? INPUTS - first : size;
        memset(part, 0, size * s->classes * sizeof *part);
        run(s, first, count, part);
        for (size_t i = 0; i < count * s->classes; i++)
            wrong += memcmp(&part[i], &all[first * s->classes + i], sizeof *part) != 0;
    }
    free(part);
    return wrong;
}

static bool same(const subject *s, const char *name, way *run, const char *against, way *whole) {
    float *all = loci_alloc(INPUTS * s->classes, sizeof *all);
    bool fine = true;
    whole(s, 0, INPUTS, all);
    for (size_t k = 0; k < SIZES; k++) {
        size_t wrong = differing(s, run, sizes[k], all);
        fine &= wrong == 0;
        if (wrong > 0)
            print_error("%s, cut %g: %s of %zu, on %d threads, differs from %s in %zu numbers\n",
                        s->example->options, s->example->sparsity, name, sizes[k],
                        loci_pool_threads(s->pool), against, wrong);
    }
    free(all);
    return fine;
}

static bool check(const example *e, way *run, const char *name, way *whole, const char *against) {
    subject s = {.example = e, .network = make(e), .pixels = (size_t)e->side * e->side};
    bool fine = true;
    s.classes = s.network->spec.classes;
    s.x = draw(s.pixels);
    assert_int_equal(loci_prepared_create(&s.prepared, s.network, NULL), LOCI_OK);
    for (int threads = 1; threads <= 2; threads++) {
        assert_int_equal(loci_pool_create(&s.pool, threads, NULL), LOCI_OK);
        fine &= same(&s, name, run, against, whole);
        loci_pool_free(s.pool);
    }
    loci_prepared_free(s.prepared);
    loci_network_free(s.network);
    free(s.x);
    return fine;
}

static void check_all(way *run, const char *name, way *whole, const char *against) {
    bool fine = true;
    for (size_t i = 0; i < EXAMPLES; i++)
        fine &= check(&examples[i], run, name, whole, against);
    assert_true(fine);
}

static void test_network(void **state) {
    (void)state;
    check_all(run_network, "a run", run_network, "a run of all");
}

static void test_evaluation(void **state) {
    (void)state;
    check_all(run_evaluation, "an evaluation", run_evaluation, "one of all");
}

static void test_prepared(void **state) {
    (void)state;
    check_all(run_prepared, "a prepared run", run_prepared, "one of all");
}

static void test_one_by_one(void **state) {
    (void)state;
    check_all(run_prepared, "a prepared run", run_each, "one by one");
}

/* ---- the sums themselves ---- */

enum { ROWS = 19, SENT = 90, MADE = 208 };

/* A matrix [rows, columns] as sparse rows, its zeros among the entries or not. */
static loci_sparse list(const float *x, size_t rows, size_t columns, bool zeros, uint32_t *start,
                        uint32_t *index, float *value) {
    start[0] = 0;
    for (size_t row = 0; row < rows; row++) {
        start[row + 1] = start[row];
        for (size_t i = 0; i < columns; i++)
            if (zeros || x[row * columns + i] != 0) {
                index[start[row + 1]] = (uint32_t)i;
                value[start[row + 1]++] = x[row * columns + i];
            }
    }
    return loci_sparse_rows(rows, start, index, value);
}

/* Whether kernels multiply and add at once: where the instruction set can, unless the compiler was
 * asked for less (gcc below -O2). A product whose last bit is lost if it is rounded tells. */
static bool fuses(enum loci_isa isa) {
    enum { WIDTH = 16 };
    const float all[] = {-1, 1 + 0x1p-12F};
    float w[2 * WIDTH], out[WIDTH], value[2];
    uint32_t start[2], index[2];
    for (size_t j = 0; j < WIDTH; j++) {
        w[j] = 1 + 0x1p-11F;
        w[WIDTH + j] = 1 + 0x1p-12F;
    }
    const loci_sparse row = list(all, 1, 2, true, start, index, value);
    loci_linear_kernels_for(isa)->spmm(&row, 0, 1, w, WIDTH, out, WIDTH, WIDTH, 0);
    assert_true(out[0] == 0 || out[0] == 0x1p-24F);
    return out[0] != 0;
}

/* A sum as every kernel makes it: entry by entry. */
static float expected(bool fused, const float *x, const float *w, size_t j) {
    float sum = 0;
    for (size_t i = 0; i < SENT; i++) {
        volatile float term = x[i] * w[i * MADE + j];
        sum = fused ? fmaf(x[i], w[i * MADE + j], sum) : sum + term;
    }
    return sum;
}

static void assert_sums(const char *how, const float *found, const float *right, size_t count) {
    for (size_t j = 0; j < count; j++)
        if (memcmp(&found[j], &right[j], sizeof *found) != 0)
            fail_msg("%s: sum %zu is %.9g instead of %.9g", how, j, (double)found[j],
                     (double)right[j]);
}

/* x [ROWS, SENT], w [SENT, MADE]: by rows of x, in strips of any width. */
static void check_rows(enum loci_isa isa, const float *x, const float *w, const float *right) {
    static uint32_t start[ROWS + 1], index[ROWS * SENT];
    static float value[ROWS * SENT], out[ROWS * MADE];
    for (int zeros = 0; zeros < 2; zeros++)
        for (size_t width = 16; width <= MADE; width += 16) {
            const loci_sparse rows = list(x, ROWS, SENT, zeros, start, index, value);
            for (size_t j = 0; j < MADE; j += width)
                loci_linear_kernels_for(isa)->spmm(&rows, 0, ROWS, w + j, MADE, out + j, MADE,
                                                   MADE - j < width ? MADE - j : width, 0);
            assert_sums("a product", out, right, ROWS * MADE);
        }
}

/* By rows of w turned round, a row of x at a time; by rows of w, from what is not 0. */
static void check_vectors(enum loci_isa isa, const float *x, const float *w, const float *right) {
    static uint32_t start[MADE + 1], index[SENT * MADE], one[2], at[SENT];
    static float value[SENT * MADE], turned[MADE * SENT], active[SENT];
    const loci_linear_kernels *kernels = loci_linear_kernels_for(isa);
    loci_slices slices;
    for (size_t i = 0; i < SENT * MADE; i++)
        turned[i % MADE * SENT + i / MADE] = w[i];
    const loci_sparse receivers = list(turned, MADE, SENT, false, start, index, value);
    assert_int_equal(loci_slices_create(&slices, &receivers, NULL), LOCI_OK);
    for (size_t row = 0; row < ROWS; row++) {
        float out[MADE];
        kernels->sell_spmv(&slices, x + row * SENT, out);
        assert_sums("slices", out, right + row * MADE, MADE);
    }
    loci_slices_clear(&slices);
    list(w, SENT, MADE, false, start, index, value);
    for (size_t row = 0; row < ROWS; row++) {
        float out[MADE] = {0};
        const loci_sparse sent = list(x + row * SENT, 1, SENT, false, one, at, active);
        kernels->spmspv(start, index, value, &sent, 0, out);
        assert_sums("scattered", out, right + row * MADE, MADE);
    }
}

static void test_sums(void **state) {
    (void)state;
    static float x[ROWS * SENT], w[SENT * MADE], right[ROWS * MADE];
    const loci_random stream = {7, LOCI_RANDOM_TEST, 61};
    for (size_t i = 0; i < ROWS * SENT; i++)
        x[i] = loci_random_below(&stream, 2 * i, 3) > 0
                   ? (float)loci_random_normal(&stream, 2 * i + 1)
                   : 0;
    for (size_t i = 0; i < SENT * MADE; i++)
        w[i] = i % 5 == 0 ? 0 : (float)loci_random_normal(&stream, 2 * ROWS * SENT + i);
    for (int isa = 0; isa <= (int)loci_isa_best(); isa++) {
        const bool fused = fuses((enum loci_isa)isa);
        for (size_t i = 0; i < ROWS * MADE; i++)
            right[i] = expected(fused, x + i / MADE * SENT, w, i % MADE);
        check_rows((enum loci_isa)isa, x, w, right);
        check_vectors((enum loci_isa)isa, x, w, right);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_network),  cmocka_unit_test(test_evaluation),
        cmocka_unit_test(test_prepared), cmocka_unit_test(test_one_by_one),
        cmocka_unit_test(test_sums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
