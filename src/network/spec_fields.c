/* The options of a specification, one line each. Command line, config.json, model file, --resume
 * and help follow, and what a model to start from may differ in. */
#include <assert.h>
#include <loci/spec.h>
#include <stddef.h>

#include "network/spec_use.h"
#include "option/fields.h"

static const char *const tasks[] = {"classify", "regress", NULL};
static const char *const scalings[] = {"range", "standard", NULL};
static const char *const wirings[] = {"spatial", "dense", NULL};
static const char *const planes[] = {"fixed", "learned", "relaxed", NULL};
static const char *const inputs[] = {"random", "grid", "sheet", NULL};
static const char *const signs[] = {"mask", "charge", NULL};
static const char *const tied[] = {"no", "yes", "auto", NULL};
static const char *const scales[] = {"one", "trained", NULL};
static const char *const laws[] = {"inverse", "inverse-square", "exponential", "gaussian", NULL};

static const char *const neurons[] = {"relu", "lif", "adlif", NULL};
static const char *const activations[] = {"relu", "leaky-relu", "tanh", "gelu", "sine", NULL};
static const char *const codings[] = {"constant", "poisson", "latency", "events", NULL};
static const char *const readouts[] = {"count",         "membrane-mean", "membrane-max",
                                       "membrane-last", "softmax-sum",   NULL};
static const char *const delays[] = {"none", "distance", NULL};
static const char *const switches[] = {"no", "yes", NULL};
static const char *const surrogates[] = {"fast-sigmoid", "arctangent", "triangular", NULL};
static const char *const resets[] = {"subtract", "zero", "none", NULL};
static const char *const by_layer[] = {"no", "layer", NULL};
static const char *const trained[] = {"no", "layer", "neuron", NULL};

#define AT(member) offsetof(loci_spec, member)

/* A row's end: the option acts only while another one has that value. */
#define WHILE(member, value) .acts_by = AT(member), .acts_at = (value)
/* It acts only where there is all of that. */
#define NEEDS(what) .needs = LOCI_NEEDS_##what
/* Neurons that adapt to what they did in the step before. */
#define NEEDS_ADAPTING NEEDS(ADAPTATION | LOCI_NEEDS_FIRING | LOCI_NEEDS_STEPS)
#define FREE .carried = LOCI_CARRIED_FREE
#define EACH_PAIR .most = LOCI_MAX_PAIRS
/* Younger than version 0.1, where it was as if it had that value. */
#define SECOND(value) .since = 2, .before = (value)
static_assert(LOCI_MAX_PAIRS <= LOCI_FIELD_MOST, "lists of all layer pairs can be read");

/* A row leaves out what is 0. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

static const loci_field fields[] = {
    {"task", "NAME", "what the data are to teach: classify, regress (numbers) [as the data say]",
     LOCI_FIELD_NAME, AT(task), 0, 0, tasks, LOCI_NETS_ALL, .carried = LOCI_CARRIED_REFUSED,
     SECOND(LOCI_TASK_CLASSIFY)},
    {"wiring", "NAME", "what a weight is: spatial (from positions), dense (a stored number)",
     LOCI_FIELD_NAME, AT(wiring), 0, 0, wirings, LOCI_NETS_ALL},
    {"hidden", "N[,N...]", "neurons per hidden layer; 0 = no hidden layer", LOCI_FIELD_SIZES,
     AT(hidden), 1, LOCI_MAX_NEURONS, NULL, LOCI_NETS_ALL, .most = LOCI_MAX_HIDDEN,
     .count_at = AT(hidden_count), .entry = "layer"},
    {"maps", "N[,N...]",
     "maps per layer of neurons that share one arbor, before the hidden layers; 0 = no maps",
     LOCI_FIELD_SIZES, AT(maps), 1, 4096, NULL, LOCI_NETS_ALL, .most = LOCI_MAX_HIDDEN,
     .count_at = AT(maps_count), .entry = "layer", SECOND(0)},
    {"window", "N[,N...]", "places along a side that an arbor of maps reaches, odd",
     LOCI_FIELD_UINT_LIST, AT(window), 1, 31, NULL, LOCI_NETS_ALL, NEEDS(MAPS), EACH_PAIR,
     SECOND(5)},
    {"pool", "N[,N...]",
     "of N x N places of a map the largest current is what arrives; 1 = of each",
     LOCI_FIELD_UINT_LIST, AT(pool), 1, 8, NULL, LOCI_NETS_ALL, NEEDS(MAPS), EACH_PAIR, SECOND(2)},
    {"stride", "N[,N...]", "arbors of maps stand over every N-th place", LOCI_FIELD_UINT_LIST,
     AT(stride), 1, 8, NULL, LOCI_NETS_ALL, NEEDS(MAPS), EACH_PAIR, SECOND(1)},
    {"dim", "D", "dimensions of space, the plane axis counted", LOCI_FIELD_UINT, AT(dim), 2, 64,
     NULL, LOCI_NETS_SPATIAL},
    {"planes", "NAME",
     "distance between layers: fixed, learned (one number a pair), relaxed (each site its own)",
     LOCI_FIELD_NAME, AT(planes), 0, 0, planes, LOCI_NETS_SPATIAL},
    {"input", "NAME",
     "input positions: random or grid (start there, trained), sheet (fixed pixel grid)",
     LOCI_FIELD_NAME, AT(input), 0, 0, inputs, LOCI_NETS_SPATIAL, FREE, NEEDS(FREE_INPUT)},
    {"input-scaling", "NAME",
     "columns of a table: range (to 0..1), standard (mean 0, standard deviation 1)",
     LOCI_FIELD_NAME, AT(input_scaling), 0, 0, scalings, LOCI_NETS_ALL,
     .carried = LOCI_CARRIED_REFUSED, SECOND(LOCI_SCALING_RANGE)},
    {"sign", "NAME", "charges: mask (between -1 and 1, as in the paper), charge (free)",
     LOCI_FIELD_NAME, AT(sign), 0, 0, signs, LOCI_NETS_SPATIAL, .carried = LOCI_CARRIED_REFUSED},
    {"tied", "NAME",
     "one position per neuron for both its sides: yes, no, auto (with one site each)",
     LOCI_FIELD_NAME, AT(tied), 0, 0, tied, LOCI_NETS_SPATIAL,
     NEEDS(HIDDEN | LOCI_NEEDS_FREE_SITES)},
    {"scale", "NAME", "factor on a layer pair's weights: one (none), trained", LOCI_FIELD_NAME,
     AT(scale), 0, 0, scales, LOCI_NETS_SPATIAL},
    {"axon-sites", "N[,N...]", "axon sites per neuron, for all layer pairs or one number each",
     LOCI_FIELD_UINT_LIST, AT(axon_sites), 1, 64, NULL, LOCI_NETS_SPATIAL, EACH_PAIR},
    {"dendrite-sites", "N[,N...]",
     "dendrite sites per neuron, for all layer pairs or one number each", LOCI_FIELD_UINT_LIST,
     AT(dendrite_sites), 1, 64, NULL, LOCI_NETS_SPATIAL, EACH_PAIR},
    {"gap", "G[,G...]", "distance between layers, or where a learned one starts",
     LOCI_FIELD_REAL_LIST, AT(gap), 1e-4, 1e4, NULL, LOCI_NETS_SPATIAL,
     WHILE(planes, LOCI_PLANES_FIXED), NEEDS(PLANES | LOCI_NEEDS_REACH), EACH_PAIR},
    {"range", "R[,R...]",
     "no site acts further than R, and weights fall to 0 there without a step; -1 = unlimited",
     LOCI_FIELD_REAL_LIST, AT(range), -1, 1e4, NULL, LOCI_NETS_SPATIAL,
     WHILE(train_range, LOCI_TRAINED_NO), NEEDS(REACH), EACH_PAIR},
    {"train-range", "NAME", "train the range: no, layer (one number a pair)", LOCI_FIELD_NAME,
     AT(train_range), 0, 0, by_layer, LOCI_NETS_SPATIAL, NEEDS(RANGE)},
    {"law", "NAME",
     "weight by distance r: inverse 1/r, inverse-square 1/r^2, exponential exp(-r/L), gaussian "
     "exp(-r^2/2L^2)",
     LOCI_FIELD_NAME, AT(law), 0, 0, laws, LOCI_NETS_SPATIAL, SECOND(LOCI_LAW_INVERSE)},
    {"length", "L[,L...]",
     "L of an exponential or gaussian law, or where a trained one starts; -1 = as --spread",
     LOCI_FIELD_REAL_LIST, AT(length), -1, 1e4, NULL, LOCI_NETS_SPATIAL,
     WHILE(train_length, LOCI_TRAINED_NO), NEEDS(LENGTH), EACH_PAIR, SECOND(-1)},
    {"train-length", "NAME", "train the length: no, layer (one number a pair)", LOCI_FIELD_NAME,
     AT(train_length), 0, 0, by_layer, LOCI_NETS_SPATIAL, NEEDS(LENGTH), SECOND(LOCI_TRAINED_NO)},
    {"softening", "EPS", "added to distances in quadrature; -1 = 0 for planes, 0.01 for relaxed",
     LOCI_FIELD_REAL, AT(softening), -1, 1e3, NULL, LOCI_NETS_SPATIAL, NEEDS(REACH)},
    {"steepness", "K", "of the inhibition mask 2 sigmoid(K v) - 1", LOCI_FIELD_REAL, AT(steepness),
     1e-3, 1e4, NULL, LOCI_NETS_SPATIAL, NEEDS(MASK)},
    {"logit-scale", "F", "constant factor on the logits", LOCI_FIELD_REAL, AT(logit_scale), 1e-9,
     1e9, NULL, LOCI_NETS_ALL},
    {"spread", "SD", "standard deviation of random start positions", LOCI_FIELD_REAL, AT(spread),
     1e-6, 1e6, NULL, LOCI_NETS_SPATIAL, FREE, NEEDS(CLOUD)},
    {"extent", "E", "half the side of the square the pixel grid fills", LOCI_FIELD_REAL, AT(extent),
     1e-6, 1e6, NULL, LOCI_NETS_SPATIAL, WHILE(input, LOCI_INPUT_SHEET), NEEDS(GRID)},
    {"noise", "SD", "standard deviation of the noise on a grid start", LOCI_FIELD_REAL, AT(noise),
     0, 1e6, NULL, LOCI_NETS_SPATIAL, FREE, NEEDS(NOISY)},
    {"neuron", "NAME",
     "hidden neurons: relu (they do not spike, see --activation), lif (spiking), adlif (adaptive)",
     LOCI_FIELD_NAME, AT(neuron), 0, 0, neurons, LOCI_NETS_SPIKING},
    {"activation", "NAME",
     "of hidden neurons that do not spike: relu, leaky-relu (0.01), tanh, gelu (by erf), sine",
     LOCI_FIELD_NAME, AT(activation), 0, 0, activations, LOCI_NETS_CONTINUOUS, NEEDS(HIDDEN),
     SECOND(LOCI_ACTIVATION_RELU)},
    {"time-steps", "T", "time steps of a spiking net", LOCI_FIELD_UINT, AT(time_steps), 1, 1000,
     NULL, LOCI_NETS_SPIKING},
    {"coding", "NAME",
     "spiking input: constant (a current), poisson, latency, events (as the data have them)",
     LOCI_FIELD_NAME, AT(coding), 0, 0, codings, LOCI_NETS_SPIKING},
    {"readout", "NAME",
     "spiking logits: count, membrane-mean, membrane-max, membrane-last, softmax-sum",
     LOCI_FIELD_NAME, AT(readout), 0, 0, readouts, LOCI_NETS_SPIKING},
    {"surrogate", "NAME", "derivative of a spike: fast-sigmoid, arctangent, triangular",
     LOCI_FIELD_NAME, AT(surrogate), 0, 0, surrogates, LOCI_NETS_SPIKING, FREE, NEEDS(FIRING)},
    {"slope", "K", "steepness of the surrogate", LOCI_FIELD_REAL, AT(slope), 1e-3, 1e4, NULL,
     LOCI_NETS_SPIKING, FREE, NEEDS(FIRING)},
    {"beta", "B", "share of the membrane kept from step to step", LOCI_FIELD_REAL, AT(beta), 0, 1,
     NULL, LOCI_NETS_SPIKING, NEEDS(STEPS), WHILE(train_beta, LOCI_TRAINED_NO)},
    {"threshold", "U", "membrane above which a neuron spikes", LOCI_FIELD_REAL, AT(threshold), 1e-6,
     1e6, NULL, LOCI_NETS_SPIKING, NEEDS(FIRING), WHILE(train_threshold, LOCI_TRAINED_NO)},
    {"reset", "NAME", "after a spike: subtract (the threshold), zero, none", LOCI_FIELD_NAME,
     AT(reset), 0, 0, resets, LOCI_NETS_SPIKING, NEEDS(FIRING | LOCI_NEEDS_STEPS)},
    {"train-beta", "NAME", "train beta: no, layer (one number each), neuron", LOCI_FIELD_NAME,
     AT(train_beta), 0, 0, trained, LOCI_NETS_SPIKING, NEEDS(STEPS)},
    {"train-threshold", "NAME", "train the threshold: no, layer, neuron", LOCI_FIELD_NAME,
     AT(train_threshold), 0, 0, trained, LOCI_NETS_SPIKING, NEEDS(FIRING)},
    {"delay", "NAME", "when a spike arrives: none (at once), distance (r/v steps later)",
     LOCI_FIELD_NAME, AT(delay), 0, 0, delays, LOCI_NETS_SPIKING,
     NEEDS(POSITIONS | LOCI_NEEDS_STEPS), SECOND(LOCI_DELAY_NONE)},
    {"speed", "V[,V...]", "of spikes, in units a step, or where a trained one starts",
     LOCI_FIELD_REAL_LIST, AT(speed), 1e-6, 1e6, NULL, LOCI_NETS_SPIKING,
     WHILE(train_speed, LOCI_TRAINED_NO), NEEDS(DELAY), EACH_PAIR, SECOND(0.25)},
    {"train-speed", "NAME", "train the speed: no, layer (one number a pair)", LOCI_FIELD_NAME,
     AT(train_speed), 0, 0, by_layer, LOCI_NETS_SPIKING, NEEDS(DELAY), SECOND(LOCI_TRAINED_NO)},
    {"longest-delay", "STEPS", "the longest delay; what is further away comes then",
     LOCI_FIELD_UINT, AT(longest_delay), 1, 1000, NULL, LOCI_NETS_SPIKING, NEEDS(DELAY),
     SECOND(25)},
    {"recurrent", NULL, "hidden layers are wired to themselves, too", LOCI_FIELD_SWITCH,
     AT(recurrent), 0, 0, switches, LOCI_NETS_SPIKING, NEEDS(HIDDEN | LOCI_NEEDS_STEPS), SECOND(0)},
    {"recurrent-gap", "G", "distance of a layer to itself", LOCI_FIELD_REAL, AT(recurrent_gap),
     1e-4, 1e4, NULL, LOCI_NETS_SPIKING, WHILE(planes, LOCI_PLANES_FIXED),
     NEEDS(LOOP | LOCI_NEEDS_PLANES), SECOND(0.1)},
    {"latency-span", "SHARE", "of latency coding: the share of the steps that spikes spread over",
     LOCI_FIELD_REAL, AT(latency_span), 1e-3, 1, NULL, LOCI_NETS_SPIKING, NEEDS(LATENCY),
     SECOND(1)},
    {"adaptation-decay", "B", "share of the adaptation kept from step to step", LOCI_FIELD_REAL,
     AT(adaptation_decay), 0, 1, NULL, LOCI_NETS_SPIKING, WHILE(train_adaptation, LOCI_TRAINED_NO),
     NEEDS_ADAPTING, SECOND(0.97)},
    {"adaptation-membrane", "A", "what the membrane adds to the adaptation in each step",
     LOCI_FIELD_REAL, AT(adaptation_membrane), -1, 1, NULL, LOCI_NETS_SPIKING,
     WHILE(train_adaptation, LOCI_TRAINED_NO), NEEDS_ADAPTING, SECOND(0)},
    {"adaptation-spike", "B", "what a spike adds to the adaptation", LOCI_FIELD_REAL,
     AT(adaptation_spike), -10, 10, NULL, LOCI_NETS_SPIKING,
     WHILE(train_adaptation, LOCI_TRAINED_NO), NEEDS_ADAPTING, SECOND(0.5)},
    {"train-adaptation", "NAME", "train the three: no, layer (one number each), neuron",
     LOCI_FIELD_NAME, AT(train_adaptation), 0, 0, trained, LOCI_NETS_SPIKING, NEEDS_ADAPTING,
     SECOND(LOCI_TRAINED_NO)},
};

const loci_field *loci_spec_fields(size_t *count) {
    *count = sizeof fields / sizeof *fields;
    return fields;
}

int loci_spec_set(loci_spec *spec, const char *name, const char *text, loci_error *error) {
    return loci_field_set(fields, sizeof fields / sizeof *fields, spec, name, text, error);
}

int loci_spec_get(const loci_spec *spec, const char *name, char *text, size_t size) {
    return loci_field_get(fields, sizeof fields / sizeof *fields, spec, name, text, size);
}
