/* The figures of the paper and of others, as tables: a line is a network. */
#include "common/paper.h"

#include <string.h>

/* clang-format off */

/* Accuracies are shares of 1; 0 stands for what is not given. The last column says whether a line
 * was read off a figure; the others stand in a table or in the text. */
static const paper_network networks[] = {
    /* network                                preset                accuracy     +-   parameters  read off */
    /* Table 1 */
    {"3D MLP, fixed distances (in the text)", "paper-mlp-fixed",   {0.9018, 0.0042,   10574, false}},
    {"3D MLP, learned distances",             "paper-mlp",         {0.9217, 0.0024,   10576, false}},
    {"conventional MLP, 14 hidden",           "dense-mlp-14",      {0.9429, 0.0028,   11140, false}},
    {"conventional MLP, 2048 hidden",         "dense-mlp-2048",    {0.9745, 0.0003, 1628170, false}},
    /* Table 2 */
    {"3D SNN, fixed distances (in the text)", "paper-snn-fixed",   {0.9187, 0.0027,   10574, false}},
    {"3D SNN, learned distances",             "paper-snn",         {0.9216, 0.0052,   10576, false}},
    {"conventional SNN, 14 hidden",           "dense-snn-14",      {0.9031, 0.0088,   11140, false}},
    {"conventional SNN, 2048 hidden",         "dense-snn-2048",    {0.9525, 0.0013, 1628170, false}},
    /* Table 3 */
    {"relaxed 3D MLP",                        "paper-mlp-relaxed", {0.9337, 0.0040,   13416, false}},
    {"conventional MLP, 17 hidden",           "dense-mlp-17",      {0.9507, 0.0011,   13525, false}},
    /* Fig. 5 */
    {"5 dimensions",                          "paper-mlp-5d",      {0.9401, 0.0022,   16260, true}},
    {"8 dimensions",                          "paper-mlp-8d",      {0.9522, 0.0030,   24786, true}},
    {"16 dimensions",                         "paper-mlp-16d",     {0.9576, 0.0021,   47522, true}},
    {"32 dimensions",                         "paper-mlp-32d",     {0.9566, 0.0027,   92994, true}},
    {"conventional MLP, 20 hidden",           "dense-mlp-20",      {0.9533, 0,        15910, true}},
    {"conventional MLP, 32 hidden",           "dense-mlp-32",      {0.9611, 0,        25450, true}},
    {"conventional MLP, 60 hidden",           "dense-mlp-60",      {0.9666, 0,        47710, true}},
    {"conventional MLP, 117 hidden",          "dense-mlp-117",     {0.9711, 0,        93025, true}},
};

const char *const paper_fig5[] = {
    "paper-mlp", "paper-mlp-5d", "paper-mlp-8d", "paper-mlp-16d", "paper-mlp-32d",
    "dense-mlp-14", "dense-mlp-20", "dense-mlp-32", "dense-mlp-60", "dense-mlp-117", NULL};

/* Fig. 3, all read off it: what is left of the accuracy when this share of the connections is cut, */
const double paper_cuts[PAPER_CUTS] = {
                        0, 0.2,   0.4,   0.6,   0.8,    0.9,    0.95};
/* in every step of the training (the first line of each network), and once after it (the second). */
static const paper_pruned pruned[] = {
    {"paper-mlp",      {0, 0.917, 0.917, 0.919, 0.9216, 0.8945, 0.8265},
                       {0, 0.803, 0.727, 0.688, 0.605,  0.511,  0.362}},
    {"dense-mlp-14",   {0, 0.941, 0.936, 0.927, 0.867,  0.641,  0.414},
                       {0, 0.940, 0.909, 0.751, 0.435,  0.168,  0.094}},
    {"dense-mlp-2048", {0, 0.972, 0.971, 0.970, 0.968,  0.965,  0.958},
                       {0, 0.973, 0.970, 0.956, 0.832,  0.550,  0.273}},
};

#define M "mnist"
#define F "fashion-mnist"

static const paper_elsewhere elsewhere[] = {
    /* data, network, its name in the figure, form, parameters, accuracy, as it is reported, source */
    {M, "genomic bottleneck: weights from neuron identities", "genomic bottleneck",
     PAPER_FULLY, 2000,   0.94,   "about 94%", "PNAS 2024"},
    {M, "BitNetMCU, fully connected, 2 bit", "BitNetMCU, 2 bit",
     PAPER_FULLY, 4512,   0.9422, "94.22%", "BitNetMCU"},
    {M, "the paper's 3D MLP", "the paper, 3D",
     PAPER_FULLY, 10576,  0.9217, "92.17%", "Erb et al. 2025"},
    {M, "the paper's relaxed 3D MLP", "the paper, relaxed",
     PAPER_FULLY, 13416,  0.9337, "93.37%", "Erb et al. 2025"},
    {M, "the paper's MLP in 16 dimensions", "the paper, 16D",
     PAPER_FULLY, 47522,  0.9576, "95.76% (D)", "Erb et al. 2025"},
    {M, "tensor train, 1024-1024-10, ranks 8", "tensor train (Novikov 2015)",
     PAPER_FULLY, 13578,  0.984,  "98.2% to 98.4%", "Novikov et al. 2015, replicated"},
    {M, "LeNet-300-100, pruned", "pruned LeNet-300-100 (Han 2015)",
     PAPER_FULLY, 22000,  0.9841, "98.41%", "Han et al. 2015"},
    {M, "BitNetMCU, fully connected, 4 bit, 16x16 input, augmented", "BitNetMCU, 4 bit",
     PAPER_FULLY, 25216,  0.9902, "99.02% (98.4% without augmentation)", "BitNetMCU"},
    {M, "NeuralGolfing", "NeuralGolfing (conv.)",
     PAPER_CONVOLUTIONAL, 575, 0.98, "98.00%", "hexhowells/NeuralGolfing"},
    {M, "Parameter-Efficient-MNIST", "Parameter-Efficient-MNIST (conv.)",
     PAPER_CONVOLUTIONAL, 697, 0.9903, "99.03% (the best of several, stopped by the test part)",
     "JoshWarn/Parameter-Efficient-MNIST"},
    {M, "mnist-minimal-model", "mnist-minimal-model (conv.)",
     PAPER_CONVOLUTIONAL, 1936, 0.991, "99.10%", "ruslangrimov/mnist-minimal-model"},
    {M, "BitNetMCU, convolutional, 3.2 kB", "BitNetMCU (conv.)",
     PAPER_CONVOLUTIONAL, 8080, 0.9892, "98.92%", "BitNetMCU"},
    {M, "BitNetMCU, convolutional, 5.4 kB", "BitNetMCU (conv.)",
     PAPER_CONVOLUTIONAL, 13360, 0.9906, "99.06%", "BitNetMCU"},
    {M, "BitNetMCU, convolutional, 11.0 kB", "BitNetMCU (conv.)",
     PAPER_CONVOLUTIONAL, 33088, 0.9955, "99.55%", "BitNetMCU"},
    {M, "BitNetMCU, convolutional, 13.0 kB", "BitNetMCU (conv.)",
     PAPER_CONVOLUTIONAL, 46240, 0.9958, "99.58%", "BitNetMCU"},
    {M, "spiking, 784-256-10, backpropagation through time", "spiking, 256 hidden",
     PAPER_SPIKING, 203530, 0.978,  "97.8%", "literature"},
    {M, "spiking, 784-800-10", "spiking, 800 hidden",
     PAPER_SPIKING, 636010, 0.989,  "98.5% to 98.9%", "best published"},
    {M, "spiking, snnTorch tutorial 5, 25 steps", "snnTorch tutorial",
     PAPER_SPIKING, 795010, 0.9387, "93.87% after one epoch", "snnTorch"},
    {F, "MLP", "MLP (KAN comparison)",
     PAPER_FULLY, 52512,  0.8839, "88.39%", "comparisons of Kolmogorov-Arnold networks, 2024"},
    {F, "Kolmogorov-Arnold networks", "KAN variants",
     PAPER_FULLY, 459000, 0.8942, "89.42%, the best of the variants", "comparisons of Kolmogorov-Arnold networks, 2024"},
    {F, "two convolutions, under 100,000 parameters", "2 conv., under 100k (Zalando's list)",
     PAPER_CONVOLUTIONAL, 100000, 0.925, "92.5%", "Zalando's list of benchmarks"},
};

/* clang-format on */

const paper_network *paper_find(const char *preset) {
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++)
        if (strcmp(networks[i].preset, preset) == 0)
            return &networks[i];
    return NULL;
}

const paper_pruned *paper_pruned_at(size_t i) {
    return i < sizeof pruned / sizeof *pruned ? &pruned[i] : NULL;
}

const char *paper_form_name(paper_form form) {
    static const char *const names[] = {"fully connected", "convolutional", "spiking"};
    return names[form];
}

const paper_elsewhere *paper_elsewhere_at(size_t i) {
    return i < sizeof elsewhere / sizeof *elsewhere ? &elsewhere[i] : NULL;
}
