/* What this project adds to the paper, as tables: accuracy against parameters, and what each part
 * of an arbor net brings. Presets change as they are tuned; what is changed here is kept to one
 * option a line. */
#include "reproduce/reproduce.h"

/* How the arbor nets are trained, but for rate and epochs; those for Fashion-MNIST, as long, too.
 */
#define ARBOR_WAY "--batch 128 --schedule cosine --warmup 500 --shift 1"
#define FASHION_WAY "--batch 128 --schedule cosine --warmup 500 --epochs 30"

/* clang-format off */

/* Of the conventional nets, those with the most hidden neurons H within 2,000, 10,576 and 25,000
 * parameters: 784-H-10 has 795 H + 10. */
const reproduce_network reproduce_frontier[] = {
    /* network                                             preset           options    variant */
    {"arbors, 2,000",                                      "arbor-mlp-2k",  "",        ""},
    {"arbors, 10,576",                                     "arbor-mlp-10k", "",        ""},
    {"arbors, 25,000",                                     "arbor-mlp-25k", "",        ""},
    {"conventional MLP, 2 hidden, as the paper trains",    "dense-mlp-2",   "",        ""},
    {"conventional MLP, 13 hidden, as the paper trains",   "dense-mlp-13",  "",        ""},
    {"conventional MLP, 31 hidden, as the paper trains",   "dense-mlp-31",  "",        ""},
    {"conventional MLP, 2 hidden, as arbors are trained",  "dense-mlp-2",   ARBOR_WAY, "arbor-protocol"},
    {"conventional MLP, 13 hidden, as arbors are trained", "dense-mlp-13",  ARBOR_WAY, "arbor-protocol"},
    {"conventional MLP, 31 hidden, as arbors are trained", "dense-mlp-31",  ARBOR_WAY, "arbor-protocol"},
    {"spiking arbors, 10,576",                             "arbor-snn-10k", "",        ""},
    {"spiking arbors, 25,000",                             "arbor-snn-25k", "",        ""},
    {"conventional SNN, 13 hidden, as the paper trains",   "dense-snn-13",  "",        ""},
    {"conventional SNN, 31 hidden, as the paper trains",   "dense-snn-31",  "",        ""},
    {"conventional SNN, 13 hidden, as arbors are trained", "dense-snn-13",  ARBOR_WAY, "arbor-protocol"},
    {"conventional SNN, 31 hidden, as arbors are trained", "dense-snn-31",  ARBOR_WAY, "arbor-protocol"},
    {0}};

/* In place of these for Fashion-MNIST, which wants other presets: its images are not shifted. */
const reproduce_network reproduce_frontier_fashion[] = {
    /* network                                             preset             options      variant */
    {"arbors, 10,576",                                     "fashion-mlp-10k", "",          ""},
    {"arbors, 25,000",                                     "fashion-mlp-25k", "",          ""},
    {"conventional MLP, 13 hidden, as the paper trains",   "dense-mlp-13",    "",          ""},
    {"conventional MLP, 31 hidden, as the paper trains",   "dense-mlp-31",    "",          ""},
    {"conventional MLP, 13 hidden, as arbors are trained", "dense-mlp-13",    FASHION_WAY, "arbor-protocol"},
    {"conventional MLP, 31 hidden, as arbors are trained", "dense-mlp-31",    FASHION_WAY, "arbor-protocol"},
    {0}};

/* Large, and trained on images of which no two are alike: what it knows is worth learning. */
static const reproduce_network dense_teacher =
    {"the teacher: conventional MLP, 1024 hidden", "dense-mlp-1024",
     ARBOR_WAY " --elastic 1 --rotate 7 --zoom 0.07 --epochs 60", "teacher"};

static const reproduce_network taught_by_dense[] = {
    /* network                              preset           options    variant */
    {"arbors, 2,000, taught",               "arbor-mlp-2k",  "",        "taught"},
    {"arbors, 10,576, taught",              "arbor-mlp-10k", "",        "taught"},
    {"arbors, 25,000, taught",              "arbor-mlp-25k", "",        "taught"},
    {"conventional MLP, 2 hidden, taught",  "dense-mlp-2",   ARBOR_WAY, "taught"},
    {"conventional MLP, 13 hidden, taught", "dense-mlp-13",  ARBOR_WAY, "taught"},
    {"conventional MLP, 31 hidden, taught", "dense-mlp-31",  ARBOR_WAY, "taught"},
    {"spiking arbors, 10,576, taught",      "arbor-snn-10k", "",        "taught"},
    {"spiking arbors, 25,000, taught",      "arbor-snn-25k", "",        "taught"},
    {0}};

/* Conventional convolutions know more. How much of their answers to learn, and at what temperature,
 * was chosen on validation. */
#define CONV_TAUGHT "--distillation 0.9 --temperature 3"
static const reproduce_network conv_teacher =
    {"the teacher: conventional convolutions, 100,000", "dense-conv-100k", "", "teacher"};

static const reproduce_network taught_by_conv[] = {
    /* network                                          preset           options      variant */
    {"arbors, 10,576, taught by convolutions",          "arbor-mlp-10k",  "",          "conv-taught"},
    {"arbors, 25,000, taught by convolutions",          "arbor-mlp-25k",  "",          "conv-taught"},
    {"spiking arbors, 10,576, taught by convolutions",  "arbor-snn-10k",  "",          "conv-taught"},
    {"spiking arbors, 25,000, taught by convolutions",  "arbor-snn-25k",  "",          "conv-taught"},
    {"shared arbors, 2,000, taught",                    "arbor-conv-2k",  CONV_TAUGHT, "taught"},
    {"shared arbors, 5,000, taught",                    "arbor-conv-5k",  CONV_TAUGHT, "taught"},
    {"shared arbors, 10,576, taught",                   "arbor-conv-10k", CONV_TAUGHT, "taught"},
    {"shared arbors, 30,000, taught",                   "arbor-conv-30k", CONV_TAUGHT, "taught"},
    {"conventional convolutions, 2,000, taught",        "dense-conv-2k",  CONV_TAUGHT, "taught"},
    {"conventional convolutions, 5,000, taught",        "dense-conv-5k",  CONV_TAUGHT, "taught"},
    {"conventional convolutions, 10,576, taught",       "dense-conv-10k", CONV_TAUGHT, "taught"},
    {"conventional convolutions, 30,000, taught",       "dense-conv-30k", CONV_TAUGHT, "taught"},
    {0}};

const reproduce_lesson reproduce_lessons[] =
    {{&dense_teacher, taught_by_dense}, {&conv_teacher, taught_by_conv}, {0}};

/* Clothes may be mirrored, and lose what bending and turning take. Nets of so few parameters learn
 * most from images as they are, on validation: they do not know them by heart. */
static const reproduce_network fashion_teacher =
    {"the teacher: conventional convolutions, 100,000", "dense-conv-100k",
     "--flip --shift 1 --elastic 0 --rotate 0 --zoom 0.1 --shear 0", "teacher"};
#define STILL "--shift 0 --elastic 0 --activation gelu"

static const reproduce_network taught_fashion[] = {
    /* network                                   preset            options                  variant */
    {"arbors, 10,576, taught",                   "fashion-mlp-10k", "",                      "taught"},
    {"arbors, 25,000, taught",                   "fashion-mlp-25k", "",                      "taught"},
    {"shared arbors, 10,576, taught",            "arbor-conv-10k",  STILL " " CONV_TAUGHT,   "taught"},
    {"shared arbors, 30,000, taught",            "arbor-conv-30k",  STILL " " CONV_TAUGHT,   "taught"},
    {"conventional convolutions, 10,576, taught", "dense-conv-10k", STILL " " CONV_TAUGHT,   "taught"},
    {"conventional convolutions, 30,000, taught", "dense-conv-30k", STILL " " CONV_TAUGHT,   "taught"},
    {0}};

const reproduce_lesson reproduce_lessons_fashion[] = {{&fashion_teacher, taught_fashion}, {0}};

/* arbor-mlp-10k, 784-192-80-10 with 1, 2, 2 axon and 9, 4, 4 dendrite sites, trained for a fifth of
 * its epochs, with one thing changed; other depths have about as many parameters. A pixel grid
 * needs two trained coordinates, so a plane of one starts at random. */
const reproduce_network reproduce_ablations[] = {
    /* network                     preset           options                               variant */
    {"as it is, 60 epochs",        "arbor-mlp-10k", "--epochs 60",                        "short"},
    {"1 first dendrite site",      "arbor-mlp-10k", "--epochs 60 --dendrite-sites 1,4,4", "short-dendrites-1"},
    {"4 first dendrite sites",     "arbor-mlp-10k", "--epochs 60 --dendrite-sites 4,4,4", "short-dendrites-4"},
    {"16 first dendrite sites",    "arbor-mlp-10k", "--epochs 60 --dendrite-sites 16,4,4", "short-dendrites-16"},
    {"1 axon site everywhere",     "arbor-mlp-10k", "--epochs 60 --axon-sites 1",         "short-axons-1"},
    {"2 dimensions, random start", "arbor-mlp-10k", "--epochs 60 --dim 2 --input random", "short-dim-2"},
    {"4 dimensions",               "arbor-mlp-10k", "--epochs 60 --dim 4",                "short-dim-4"},
    {"one hidden layer",           "arbor-mlp-10k",
     "--epochs 60 --hidden 256 --axon-sites 1,2 --dendrite-sites 8,4 --range 1.2,2",      "short-one-layer"},
    {"three hidden layers",        "arbor-mlp-10k",
     "--epochs 60 --hidden 160,64,48 --axon-sites 1,2,2,2 --dendrite-sites 9,4,4,4",      "short-three-layers"},
    {"inputs start at random",     "arbor-mlp-10k", "--epochs 60 --input random",         "short-input-random"},
    {"inputs stay on the grid",    "arbor-mlp-10k", "--epochs 60 --input sheet",          "short-input-sheet"},
    {"weights of any range",       "arbor-mlp-10k", "--epochs 60 --range -1",             "short-range-none"},
    {"learned planes",             "arbor-mlp-10k", "--epochs 60 --planes learned",       "short-planes-learned"},
    {"relaxed planes",             "arbor-mlp-10k", "--epochs 60 --planes relaxed",       "short-planes-relaxed"},
    {"images not shifted",         "arbor-mlp-10k", "--epochs 60 --shift 0",              "short-no-shift"},
    {"mask in place of charges",   "arbor-mlp-10k", "--epochs 60 --sign mask",            "short-sign-mask"},
    {0}};

/* Other laws, their lengths and ranges chosen on validation (tuning/plans/arbor-mlp-10k-laws-long), and
 * other activations, by which nothing else changes. */
const reproduce_network reproduce_laws[] = {
    /* network                     preset           options                               variant */
    {"as it is: inverse, relu",    "arbor-mlp-10k", "--epochs 60",                        "short"},
    {"inverse-square",             "arbor-mlp-10k", "--epochs 60 --law inverse-square --range -1", "short-law-inverse-square"},
    {"exponential",                "arbor-mlp-10k",
     "--epochs 60 --law exponential --length 0.3 --train-length layer --range -1",        "short-law-exponential"},
    {"gaussian",                   "arbor-mlp-10k",
     "--epochs 60 --law gaussian --length 0.3 --train-length layer",                      "short-law-gaussian"},
    {"leaky-relu",                 "arbor-mlp-10k", "--epochs 60 --activation leaky-relu", "short-leaky-relu"},
    {"tanh",                       "arbor-mlp-10k", "--epochs 60 --activation tanh",      "short-tanh"},
    {"gelu",                       "arbor-mlp-10k", "--epochs 60 --activation gelu",      "short-gelu"},
    {"sine",                       "arbor-mlp-10k", "--epochs 60 --activation sine",      "short-sine"},
    {0}};

/* Of temporal data, each with about as many parameters as its preset, but for the conventional ones
 * of as many neurons. Those within a budget have 140 channels and 20 classes in mind: adaptive
 * neurons take 165 H + 40 there. Plain neurons are not adaptive, and their leaks are given. Rates
 * were chosen on validation (tuning/plans/delay-snn.txt). */
const reproduce_network reproduce_time_nets[] = {
    {"delays, 2,000",                           "delay-snn-2k",  "",                                                                      ""},
    {"no delays, 2,000",                        "delay-snn-2k",  "--delay none --lr 0.008",                                               "no-delays"},
    {"recurrence, 2,000",                       "delay-snn-2k",  "--delay none --recurrent --dendrite-sites 6,6 --lr 0.01",               "recurrent"},
    {"recurrence and delays, 2,000",            "delay-snn-2k",  "--recurrent --dendrite-sites 6,6 --lr 0.01",                            "both"},
    {"delays, plain neurons, 2,000",            "delay-snn-2k",  "--neuron lif --train-beta no --train-adaptation no",                    "lif"},
    {"no delays, plain neurons, 2,000",         "delay-snn-2k",  "--neuron lif --train-beta no --train-adaptation no --delay none",       "lif-no-delays"},
    {"conventional, 24 hidden",                 "delay-snn-2k",  "--wiring dense --lr 0.01",                                              "dense"},
    {"conventional, 11 hidden",                 "delay-snn-2k",  "--wiring dense --hidden 11 --lr 0.01",                                  "dense-11"},
    {"delays, 10,576",                          "delay-snn-10k", "",                                                                      ""},
    {"no delays, 10,576",                       "delay-snn-10k", "--delay none --lr 0.008",                                               "no-delays"},
    {"recurrence, 10,576",                      "delay-snn-10k", "--delay none --recurrent --dendrite-sites 13 --lr 0.01",                "recurrent"},
    {"recurrence and delays, 10,576",           "delay-snn-10k", "--recurrent --dendrite-sites 13 --lr 0.01",                             "both"},
    {"delays, plain neurons, 10,576",           "delay-snn-10k", "--neuron lif --train-beta no --train-adaptation no",                    "lif"},
    {"no delays, plain neurons, 10,576",        "delay-snn-10k", "--neuron lif --train-beta no --train-adaptation no --delay none",       "lif-no-delays"},
    {"conventional, 100 hidden",                "delay-snn-10k", "--wiring dense --lr 0.003",                                             "dense"},
    {"conventional, 63 hidden",                 "delay-snn-10k", "--wiring dense --hidden 63 --lr 0.01",                                  "dense-63"},
    {"delays, 25,000",                          "delay-snn-25k", "",                                                                      ""},
    {"no delays, 25,000",                       "delay-snn-25k", "--delay none --lr 0.008",                                               "no-delays"},
    {"recurrence, 25,000",                      "delay-snn-25k", "--delay none --recurrent --dendrite-sites 22 --lr 0.01",                "recurrent"},
    {"recurrence and delays, 25,000",           "delay-snn-25k", "--recurrent --dendrite-sites 22 --lr 0.01",                             "both"},
    {"delays, plain neurons, 25,000",           "delay-snn-25k", "--neuron lif --train-beta no --train-adaptation no",                    "lif"},
    {"no delays, plain neurons, 25,000",        "delay-snn-25k", "--neuron lif --train-beta no --train-adaptation no --delay none",       "lif-no-delays"},
    {"conventional, 160 hidden",                "delay-snn-25k", "--wiring dense --lr 0.003",                                             "dense"},
    {"conventional, 150 hidden",                "delay-snn-25k", "--wiring dense --hidden 150 --lr 0.003",                                "dense-150"},
    {0}};

/* clang-format on */
