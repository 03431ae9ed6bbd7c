/* What this project adds to the paper: accuracy against parameters, and what each part of an arbor
 * net brings. Presets change as they are tuned; what is changed here is kept to one option a row.
 */
#include "reproduce/reproduce.h"

/* A row of our own: a preset, what is changed, and how that is called. */
typedef struct own_row {
    const char *label, *preset, *options, *variant;
} own_row;

static void add_all(reproduce_rows *rows, const own_row *list, size_t count) {
    for (size_t i = 0; i < count; i++) {
        reproduce_row *row =
            reproduce_add(rows, list[i].label, list[i].preset, (reproduce_paper){0});
        snprintf(row->options, sizeof row->options, "%s", list[i].options);
        snprintf(row->variant, sizeof row->variant, "%s", list[i].variant);
    }
}

#define ADD(rows, list) add_all(rows, list, sizeof(list) / sizeof *(list))

/* How the arbor nets are trained, but for rate and epochs. */
#define ARBOR_WAY "--batch 128 --schedule cosine --warmup 500 --shift 1"
#define ARBOR_PROTOCOL ARBOR_WAY, "arbor-protocol"

/* Large, and trained on images of which no two are alike: what it knows is worth learning. */
const reproduce_row *reproduce_teacher(void) {
    static const reproduce_row teacher = {
        .label = "the teacher: conventional MLP, 1024 hidden",
        .preset = "dense-mlp-1024",
        .options = ARBOR_WAY " --elastic 1 --rotate 7 --zoom 0.07 --epochs 60",
        .variant = "teacher",
        .single = true,
    };
    return &teacher;
}

/* The teacher, and those it teaches. */
static void add_taught(reproduce_rows *rows) {
    static const own_row list[] = {
        {"arbors, 2,000, taught", "arbor-mlp-2k", "", "taught"},
        {"arbors, 10,576, taught", "arbor-mlp-10k", "", "taught"},
        {"arbors, 25,000, taught", "arbor-mlp-25k", "", "taught"},
        {"conventional MLP, 2 hidden, taught", "dense-mlp-2", ARBOR_WAY, "taught"},
        {"conventional MLP, 13 hidden, taught", "dense-mlp-13", ARBOR_WAY, "taught"},
        {"conventional MLP, 31 hidden, taught", "dense-mlp-31", ARBOR_WAY, "taught"},
        {"spiking arbors, 10,576, taught", "arbor-snn-10k", "", "taught"},
        {"spiking arbors, 25,000, taught", "arbor-snn-25k", "", "taught"},
    };
    const reproduce_row *teacher = reproduce_teacher();
    reproduce_row *row = reproduce_add(rows, teacher->label, teacher->preset, (reproduce_paper){0});
    *row = *teacher;
    size_t first = rows->count;
    ADD(rows, list);
    for (size_t i = first; i < rows->count; i++)
        rows->list[i].taught = true;
}

/* Of the conventional nets, those with the most hidden neurons H within 2,000, 10,576 and 25,000
 * parameters: 784-H-10 has 795 H + 10. */
void reproduce_list_frontier(reproduce_rows *rows) {
    static const own_row list[] = {
        {"arbors, 2,000", "arbor-mlp-2k", "", ""},
        {"arbors, 10,576", "arbor-mlp-10k", "", ""},
        {"arbors, 25,000", "arbor-mlp-25k", "", ""},
        {"conventional MLP, 2 hidden, as the paper trains", "dense-mlp-2", "", ""},
        {"conventional MLP, 13 hidden, as the paper trains", "dense-mlp-13", "", ""},
        {"conventional MLP, 31 hidden, as the paper trains", "dense-mlp-31", "", ""},
        {"conventional MLP, 2 hidden, as arbors are trained", "dense-mlp-2", ARBOR_PROTOCOL},
        {"conventional MLP, 13 hidden, as arbors are trained", "dense-mlp-13", ARBOR_PROTOCOL},
        {"conventional MLP, 31 hidden, as arbors are trained", "dense-mlp-31", ARBOR_PROTOCOL},
        {"spiking arbors, 10,576", "arbor-snn-10k", "", ""},
        {"spiking arbors, 25,000", "arbor-snn-25k", "", ""},
        {"conventional SNN, 13 hidden, as the paper trains", "dense-snn-13", "", ""},
        {"conventional SNN, 31 hidden, as the paper trains", "dense-snn-31", "", ""},
        {"conventional SNN, 13 hidden, as arbors are trained", "dense-snn-13", ARBOR_PROTOCOL},
        {"conventional SNN, 31 hidden, as arbors are trained", "dense-snn-31", ARBOR_PROTOCOL},
    };
    ADD(rows, list);
    add_taught(rows);
}

static const reproduce_elsewhere elsewhere[] = {
    {"genomic bottleneck: weights from neuron identities", "genomic bottleneck", 2000, 0.94,
     "about 94%", "PNAS 2024"},
    {"BitNetMCU, fully connected, 2 bit", "BitNetMCU, 2 bit", 4512, 0.9422, "94.22%", "BitNetMCU"},
    {"the paper's 3D MLP", "the paper, 3D", 10576, 0.9217, "92.17%", "Erb et al. 2025"},
    {"the paper's relaxed 3D MLP", "the paper, relaxed", 13416, 0.9337, "93.37%",
     "Erb et al. 2025"},
    {"the paper's MLP in 16 dimensions", "the paper, 16D", 47522, 0.9576, "95.76% (D)",
     "Erb et al. 2025"},
    {"tensor train, 1024-1024-10, ranks 8", "tensor train", 13578, 0.984, "98.2% to 98.4%",
     "Novikov et al. 2015, replicated"},
    {"LeNet-300-100, pruned", "LeNet-300-100, pruned", 22000, 0.9841, "98.41%", "Han et al. 2015"},
    {"BitNetMCU, fully connected, 4 bit, 16x16 input, augmented", "BitNetMCU, 4 bit", 25216, 0.9902,
     "99.02% (98.4% without augmentation)", "BitNetMCU"},
    {"spiking, 784-256-10, backpropagation through time", "spiking, 256 hidden", 203530, 0.978,
     "97.8%", "literature"},
    {"spiking, 784-800-10", "spiking, 800 hidden", 636010, 0.989, "98.5% to 98.9%",
     "best published"},
    {"spiking, snnTorch tutorial 5, 25 steps", "snnTorch tutorial", 795010, 0.9387,
     "93.87% after one epoch", "snnTorch"},
};

const reproduce_elsewhere *reproduce_elsewhere_at(size_t i) {
    return i < sizeof elsewhere / sizeof *elsewhere ? &elsewhere[i] : NULL;
}

/* arbor-mlp-10k, 784-192-80-10 with 1, 2, 2 axon and 9, 4, 4 dendrite sites, trained for a fifth of
 * its epochs, with one thing changed; other depths have about as many parameters. A pixel grid
 * needs two trained coordinates, so a plane of one starts at random. */
void reproduce_list_ablations(reproduce_rows *rows) {
#define ROW(label, options, variant)                                                               \
    { label, "arbor-mlp-10k", "--epochs 60" options, "short" variant }
    static const own_row list[] = {
        ROW("as it is, 60 epochs", "", ""),
        ROW("1 first dendrite site", " --dendrite-sites 1,4,4", "-dendrites-1"),
        ROW("4 first dendrite sites", " --dendrite-sites 4,4,4", "-dendrites-4"),
        ROW("16 first dendrite sites", " --dendrite-sites 16,4,4", "-dendrites-16"),
        ROW("1 axon site everywhere", " --axon-sites 1", "-axons-1"),
        ROW("2 dimensions, random start", " --dim 2 --input random", "-dim-2"),
        ROW("4 dimensions", " --dim 4", "-dim-4"),
        ROW("one hidden layer", " --hidden 256 --axon-sites 1,2 --dendrite-sites 8,4 --range 1.2,2",
            "-one-layer"),
        ROW("three hidden layers",
            " --hidden 160,64,48 --axon-sites 1,2,2,2 --dendrite-sites 9,4,4,4", "-three-layers"),
        ROW("inputs start at random", " --input random", "-input-random"),
        ROW("inputs stay on the grid", " --input sheet", "-input-sheet"),
        ROW("weights of any range", " --range -1", "-range-none"),
        ROW("learned planes", " --planes learned", "-planes-learned"),
        ROW("relaxed planes", " --planes relaxed", "-planes-relaxed"),
        ROW("images not shifted", " --shift 0", "-no-shift"),
        ROW("mask in place of charges", " --sign mask", "-sign-mask"),
    };
#undef ROW
    ADD(rows, list);
}
