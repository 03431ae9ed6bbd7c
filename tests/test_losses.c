/* Every loss, with weights and without, against its float64 twin: by itself, and as the gradient of
 * networks that train on it. */
#include "gradient_point.h"

enum { SIDE = 3, PIXELS = SIDE * SIDE, SAMPLES = 4, MOST = 1200, WIDTH = 5, LD = 64 };

static const int losses[] = {LOCI_LOSS_CROSS_ENTROPY, LOCI_LOSS_SQUARED, LOCI_LOSS_HUBER};
enum { LOSSES = sizeof losses / sizeof *losses };

/* ---- gradients of networks ---- */

static const char *const nets[] = {
    "neuron=relu hidden=4,3 axon-sites=2 dendrite-sites=2 activation=tanh",
    "neuron=relu hidden=5 activation=gelu",
    "neuron=relu hidden=4 wiring=dense activation=leaky-relu",
    "neuron=relu hidden=0",
    "hidden=3 time-steps=4 threshold=0.2 logit-scale=2 readout=membrane-mean",
    "hidden=3 time-steps=4 threshold=0.2 logit-scale=2 readout=membrane-max train-beta=neuron",
    "hidden=3,2 time-steps=4 threshold=0.2 readout=membrane-last train-threshold=layer",
};
enum { NETS = sizeof nets / sizeof *nets };

static loci_network *make_network(const char *options, int loss, uint32_t outputs, uint64_t seed) {
    loci_spec spec = fixture_spec(SIDE, SIDE, outputs, options);
    loci_network *network;
    loci_error error = {0};
    spec.task = loss == LOCI_LOSS_CROSS_ENTROPY ? LOCI_TASK_CLASSIFY : LOCI_TASK_REGRESS;
    if (loci_network_create(&network, &spec, seed, &error) != LOCI_OK)
        fail_msg("%s: %s: %s", options, error.where, error.message);
    return network;
}

static void open_batch(gradient_point *point, loci_network *network, int loss, bool weighted,
                       uint64_t seed) {
    const loci_random stream = {seed, LOCI_RANDOM_TEST, 60};
    float pixels[SAMPLES * PIXELS];
    int32_t labels[SAMPLES];
    for (size_t i = 0; i < SAMPLES * PIXELS; i++)
        pixels[i] = (float)loci_random_uniform(&stream, i);
    for (size_t b = 0; b < SAMPLES; b++)
        labels[b] = (int32_t)(b % network->spec.classes);
    point_open(point, network, pixels, labels, SAMPLES);
    fixture_aim(&point->f, loss, weighted, seed);
}

/* Checks at one start; false when next to nothing fires there. */
static bool check_from(size_t net, int loss, bool weighted, uint32_t outputs, uint64_t seed) {
    gradient_point point;
    loci_network *network = make_network(nets[net], loss, outputs, seed);
    fixture_move(network, seed);
    open_batch(&point, network, loss, weighted, seed);
    if (!point_check(&point, 200))
        fail_msg("%s, loss %d, %s weights, %u outputs: %s", nets[net], loss,
                 weighted ? "with" : "without", outputs, point.why);
    bool lively = point.lively * 10 >= point.tensors * 8;
    point_close(&point);
    loci_network_free(network);
    return lively;
}

/* By differences of the twin, and the float32 gradient against the twin's. */
static void every_loss_has_its_gradient(void **state) {
    (void)state;
    for (size_t net = 0; net < NETS; net++)
        for (size_t i = 0; i < LOSSES * 4; i++) {
            int loss = losses[i % LOSSES];
            uint32_t outputs = i / LOSSES / 2 ? 3 : loss == LOCI_LOSS_CROSS_ENTROPY ? 2 : 1;
            uint64_t seed = i;
            while (!check_from(net, loss, i / LOSSES % 2, outputs, seed))
                assert_true(++seed < i + 50);
        }
}

/* The comparison must see a sample that counts as another weight says, and a loss that is another
 * one. */
static void wrong_losses_are_caught(void **state) {
    (void)state;
    for (int wrong = 0; wrong < 2; wrong++)
        for (size_t net = 0; net < NETS; net++) {
            gradient_point point;
            loci_network *network = make_network(nets[net], LOCI_LOSS_SQUARED, 2, 7);
            open_batch(&point, network, LOCI_LOSS_SQUARED, true, 9);
            float *from = loci_alloc(point.count, sizeof *from);
            memcpy(from, network->parameters, point.count * sizeof *from);
            uint64_t seed = 1;
            while (!point_move(&point, from, seed))
                seed++;
            point_in_float(&point);
            assert_string_equal(point.why, "");
            if (wrong == 0)
                point.f.weights32[1] *= 1.01f;
            else
                point.f.values32[0] += 0.1f;
            point_in_float(&point);
            /* of a spiking net single numbers may be off by more than that */
            if (!point_spikes(&point))
                assert_string_not_equal(point.why, "");
            free(from);
            point_close(&point);
            loci_network_free(network);
        }
}

/* ---- losses by themselves ---- */

typedef struct both {
    size_t count;
    float outputs[MOST * LD], values[MOST * WIDTH], weights[MOST], delta[MOST * LD];
    int32_t labels[MOST];
    double outputs64[MOST * WIDTH], values64[MOST * WIDTH], weights64[MOST], delta64[MOST * WIDTH];
} both;

static both x;

static void draw(size_t count, bool weighted) {
    const loci_random stream = {count, LOCI_RANDOM_TEST, 61};
    x.count = count;
    for (size_t b = 0; b < count; b++) {
        x.labels[b] = (int32_t)loci_random_below(&stream, 3 * MOST * WIDTH + b, WIDTH);
        x.weights[b] =
            weighted ? (float)loci_random_below(&stream, 4 * MOST * WIDTH + b, 4) / 2 : 1;
        x.weights64[b] = x.weights[b];
        for (size_t k = 0; k < WIDTH; k++) {
            size_t i = b * WIDTH + k;
            x.outputs[b * LD + k] = 2 * (float)loci_random_normal(&stream, i);
            x.values[i] = (float)loci_random_normal(&stream, MOST * WIDTH + i);
            x.outputs64[i] = x.outputs[b * LD + k];
            x.values64[i] = x.values[i];
        }
    }
}

static loci_loss loss_of(int loss, bool weighted, double share, float *delta, loci_pool *pool) {
    const loci_targets targets = {x.labels, x.values, weighted ? x.weights : NULL};
    return loci_loss_of(loss, x.outputs, &targets, x.count, WIDTH, LD, share, delta, pool);
}

static void losses_agree_with_the_twin(void **state) {
    (void)state;
    static const size_t counts[] = {1, 16, 37, MOST};
    loci_pool *pool;
    loci_spec spec = {.classes = WIDTH, .logit_scale = 1};
    assert_int_equal(loci_pool_create(&pool, 3, NULL), LOCI_OK);
    for (size_t i = 0; i < LOSSES * 2 * 4; i++) {
        int loss = losses[i % LOSSES];
        bool weighted = i / LOSSES % 2;
        draw(counts[i / LOSSES / 2], weighted);
        const loci_reference_targets twin = {loss, x.labels, x.values64,
                                             weighted ? x.weights64 : NULL};
        double mean = loci_reference_loss(&spec, x.outputs64, &twin, x.count, x.delta64);
        loci_loss sum = loss_of(loss, weighted, 1 / (double)x.count, x.delta, pool);
        loci_loss alone = loss_of(loss, weighted, 1 / (double)x.count, NULL, NULL);
        assert_true(fabs(sum.sum / (double)x.count - mean) <= 1e-12 * (1 + mean));
        assert_true(sum.sum == alone.sum && sum.correct == alone.correct);
        for (size_t b = 0; b < x.count; b++)
            for (size_t k = 0; k < WIDTH; k++) {
                double d = x.delta64[b * WIDTH + k];
                assert_true(fabs(x.delta[b * LD + k] - d) <=
                            2e-7 * (fabs(d) + 1 / (double)x.count));
            }
    }
    loci_pool_free(pool);
}

static void what_weighs_nothing_says_nothing(void **state) {
    (void)state;
    for (size_t i = 0; i < LOSSES; i++) {
        draw(40, false);
        for (size_t b = 0; b < x.count; b++)
            x.weights[b] = b == 17 ? 3 : 0;
        double sum = loss_of(losses[i], true, 1, x.delta, NULL).sum;
        double before = sum;
        for (size_t b = 0; b < x.count; b++)
            for (size_t k = 0; k < WIDTH; k++)
                assert_true((x.delta[b * LD + k] != 0) == (b == 17));
        for (size_t b = 0; b < x.count; b++)
            for (size_t k = 0; k < WIDTH && b != 17; k++)
                x.outputs[b * LD + k] += 1;
        assert_true(loss_of(losses[i], true, 1, NULL, NULL).sum == before && before > 0);
        for (size_t b = 0; b < x.count; b++)
            x.weights[b] = 0;
        assert_true(loss_of(losses[i], true, 1, NULL, NULL).sum == 0);
    }
}

/* So that a network that diverged is found out. */
static void a_nan_stays_one(void **state) {
    (void)state;
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < LOSSES * 3; i++) {
        int loss = losses[i % LOSSES];
        if (loss == LOCI_LOSS_CROSS_ENTROPY && bad[i / LOSSES] < 0)
            continue; /* a class that is ruled out */
        draw(3, false);
        x.outputs[LD + 2] = bad[i / LOSSES];
        double sum = loss_of(loss, false, 1, x.delta, NULL).sum;
        bool noticed = !isfinite(sum);
        for (size_t k = 0; k < WIDTH; k++)
            noticed |= !isfinite((double)x.delta[LD + k]);
        if (!noticed)
            fail_msg("loss %d of %g: %g", loss, (double)bad[i / LOSSES], sum);
        if (isnan(bad[i / LOSSES]) && loss != LOCI_LOSS_CROSS_ENTROPY)
            assert_true(isnan(sum) && isnan(x.delta[LD + 2]));
        for (size_t k = 0; k < WIDTH; k++)
            assert_true(isfinite(x.delta[k]) && isfinite(x.delta[2 * LD + k]));
    }
}

static void huber_turns_at_one(void **state) {
    (void)state;
    static const struct {
        float off, slope;
        double loss;
    } at[] = {{0, 0, 0},     {0.5f, 0.5f, 0.125}, {-0.5f, -0.5f, 0.125}, {1, 1, 0.5},
              {-1, -1, 0.5}, {1.5f, 1, 1},        {-1.5f, -1, 1},        {1000, 1, 999.5}};
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        const float output = at[i].off + 2, value = 2;
        float delta;
        const loci_targets targets = {.values = &value};
        loci_loss loss = loci_loss_of(LOCI_LOSS_HUBER, &output, &targets, 1, 1, 1, 1, &delta, NULL);
        assert_true(loss.sum == at[i].loss && delta == at[i].slope);
    }
    /* two numbers are averaged */
    const float outputs[] = {3, 0}, values[] = {0, 0.5f};
    float delta[2];
    const loci_targets targets = {.values = values};
    assert_true(loci_loss_of(LOCI_LOSS_HUBER, outputs, &targets, 1, 2, 2, 1, delta, NULL).sum ==
                (2.5 + 0.125) / 2);
    assert_true(delta[0] == 0.5f && delta[1] == -0.25f);
    assert_true(loci_loss_of(LOCI_LOSS_SQUARED, outputs, &targets, 1, 2, 2, 1, delta, NULL).sum ==
                (9 + 0.25) / 2);
    assert_true(delta[0] == 3 && delta[1] == -0.5f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_loss_has_its_gradient),
        cmocka_unit_test(wrong_losses_are_caught),
        cmocka_unit_test(losses_agree_with_the_twin),
        cmocka_unit_test(what_weighs_nothing_says_nothing),
        cmocka_unit_test(a_nan_stays_one),
        cmocka_unit_test(huber_turns_at_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
