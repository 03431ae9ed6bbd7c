/* Gradients of networks whose spikes travel, that are wired to themselves or adapt, each alone and
 * together, under every law, readout and reset; all else takes its turns. In every tensor a
 * direction that all of its numbers have a part in, by differences of the smooth loss with its
 * spikes held; and the float32 gradient against the twin's (gradient_point.h). No tensor's gradient
 * may be 0. */
#include "gradient_point.h"

enum {
    SAMPLES = 3,
    KINDS = 7,
    LAWS = 4,
    READOUTS = 5,
    RESETS = 3,
    COMBINATIONS = KINDS * LAWS * READOUTS * RESETS
};

/* Bits of a kind, 1 .. 7. */
enum { DELAYED = 1, LOOPS = 2, ADAPTIVE = 4 };

static const char *const laws[LAWS] = {"law=inverse", "law=inverse-square",
                                       "law=exponential length=0.8,1.1,0.9 train-length=layer",
                                       "law=gaussian length=1.2"};
static const char *const wirings[] = {
    "axon-sites=2 dendrite-sites=2 gap=0.6 recurrent-gap=0.5",
    "tied=yes gap=0.7 planes=learned recurrent-gap=0.6 sign=mask",
    "tied=no gap=0.7,0.5,0.6 planes=learned recurrent-gap=0.4",
    "dendrite-sites=2 planes=relaxed softening=0.5",
    ("axon-sites=1,2,2 dendrite-sites=3,2,1 gap=0.6 range=2.6,3,2.8 train-range=layer "
     "recurrent-gap=0.5"),
    "input=sheet gap=0.6 dendrite-sites=2 recurrent-gap=0.5 scale=one"};
static const char *const delays[] = {
    "delay=distance speed=0.7,0.9,0.8 train-speed=layer longest-delay=4",
    "delay=distance speed=0.5,0.6,0.7 longest-delay=2",
    "delay=distance speed=0.9 train-speed=layer longest-delay=30",
    "delay=distance speed=1.1 longest-delay=1"};
static const char *const trained[] = {"no", "layer", "neuron"};

static void name_combination(size_t i, char *name, size_t size) {
    size_t kind = 1 + i % KINDS, law = i / KINDS % LAWS, readout = i / (KINDS * LAWS) % READOUTS,
           reset = i / (KINDS * LAWS * READOUTS), turn = i + i / KINDS + i / (KINDS * LAWS);
    bool dense = !(kind & DELAYED) && law == 3; /* no law then */
    snprintf(name, size,
             "hidden=3,2 time-steps=9 threshold=0.8 logit-scale=0.7 slope=0.8 reset=%s "
             "surrogate=%s readout=%s coding=%s train-beta=%s train-threshold=%s recurrent=%s %s "
             "%s %s %s%s",
             fixture_resets[reset], fixture_surrogates[(turn + reset) % 3],
             fixture_readouts[readout], fixture_codings[turn / 3 % 3], trained[turn % 3],
             trained[turn / 2 % 3], kind & LOOPS ? "yes" : "no", dense ? "wiring=dense" : laws[law],
             dense ? "" : wirings[turn % 6], kind & DELAYED ? delays[turn / 2 % 4] : "",
             kind & ADAPTIVE ? "neuron=adlif adaptation-decay=0.8 adaptation-membrane=0.1 "
                               "adaptation-spike=0.3 train-adaptation="
                             : "",
             kind & ADAPTIVE ? trained[(turn / 4 + reset) % 3] : "");
}

/* Tensors that must have been among those compared. */
static struct {
    const char *name;
    size_t compared;
} watched[] = {{"pair0.log_speed", 0},
               {"pair1.log_speed", 0},
               {"pair0.axon.position", 0},
               {"pair0.range", 0},
               {"pair1.gap", 0},
               {"recurrent1.axon.position", 0},
               {"recurrent1.dendrite.position", 0},
               {"recurrent1.axon.charge", 0},
               {"recurrent1.dendrite.charge", 0},
               {"recurrent1.gap", 0},
               {"recurrent1.log_scale", 0},
               {"recurrent1.log_length", 0},
               {"recurrent1.log_speed", 0},
               {"recurrent1.weight", 0},
               {"recurrent2.axon.charge", 0},
               {"layer1.position", 0},
               {"layer1.beta", 0},
               {"layer1.threshold", 0},
               {"layer1.adaptation.decay", 0},
               {"layer1.adaptation.membrane", 0},
               {"layer1.adaptation.spike", 0}};
enum { WATCHED = sizeof watched / sizeof *watched };

static void note_compared(const loci_network *network) {
    const loci_tensor *t;
    for (size_t n = 0; (t = loci_network_tensor(network, n)) != NULL; n++)
        for (size_t i = 0; i < WATCHED; i++)
            watched[i].compared += strcmp(watched[i].name, t->name) == 0;
}

/* Off the start, and awake: neurons that never fire have no constants to speak of. */
static void wake(loci_network *network, uint64_t seed) {
    const loci_tensor *t;
    fixture_move(network, seed);
    for (size_t n = 0; (t = loci_network_tensor(network, n)) != NULL; n++)
        for (size_t i = t->offset; t->kind == LOCI_TENSOR_BIAS && i < t->offset + t->count; i++)
            network->parameters[i] += 0.2f;
}

/* False where the network that the seed makes is no good: near kinks, or a tensor without effect.
 */
static bool check(const char *name, uint64_t seed) {
    const loci_spec spec = fixture_spec(2, 2, 3, name);
    const loci_random stream = {seed, LOCI_RANDOM_TEST, 45};
    gradient_point p;
    loci_network *network;
    loci_error error = {0};
    float pixels[SAMPLES * 4];
    const int32_t labels[SAMPLES] = {0, 2, 1};
    if (loci_network_create(&network, &spec, seed, &error) != LOCI_OK)
        fail_msg("%s: %s: %s", name, error.where, error.message);
    wake(network, seed);
    for (size_t i = 0; i < SAMPLES * 4; i++)
        pixels[i] = (float)loci_random_uniform(&stream, i);
    point_open(&p, network, pixels, labels, SAMPLES);
    bool right = point_check(&p, 20), lively = p.lively == p.tensors;
    if (!right && lively && strcmp(p.why, "no point away from kinks") != 0)
        fail_msg("%s: %s", name, p.why);
    if (right && lively)
        note_compared(network);
    point_close(&p);
    loci_network_free(network);
    return right && lively;
}

static void test_every_combination(void **state) {
    (void)state;
    for (size_t i = 0; i < COMBINATIONS; i++) {
        char name[1024];
        uint64_t seed = 1;
        name_combination(i, name, sizeof name);
        while (seed <= 200 && !check(name, seed))
            seed++;
        if (seed > 200)
            fail_msg("%s: no network in which every tensor has a gradient", name);
    }
    for (size_t i = 0; i < WATCHED; i++)
        if (watched[i].compared < 5)
            fail_msg("%s was compared %zu times", watched[i].name, watched[i].compared);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_combination)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
