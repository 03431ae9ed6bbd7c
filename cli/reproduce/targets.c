/* The tables and figures there are, and the networks that each of them shows. */
#include "reproduce/reproduce.h"

/* Presets that repeat the paper's networks; common/paper.c has their figures. */
#define PRESETS(...) ((const char *const[]){__VA_ARGS__, NULL})

static const reproduce_target targets[] = {
    {.name = "table1",
     .title = "Table 1: networks without time",
     .about = "784-2048-10 against conventional nets of as many parameters and of as many neurons.",
     .paper = PRESETS("paper-mlp-fixed", "paper-mlp", "dense-mlp-14", "dense-mlp-2048")},
    {.name = "table2",
     .title = "Table 2: spiking networks",
     .about = "How many time steps, which coding, readout and surrogate, the paper does not say.",
     .paper = PRESETS("paper-snn-fixed", "paper-snn", "dense-snn-14", "dense-snn-2048")},
    {.name = "table3",
     .title = "Table 3: relaxed planes",
     .paper = PRESETS("paper-mlp", "paper-mlp-relaxed", "dense-mlp-17", "dense-mlp-2048")},
    {.name = "fig1",
     .title = "Fig. 1: the network in space",
     .single = true,
     .paper = PRESETS("paper-mlp"),
     .draw = reproduce_draw_space},
    {.name = "fig3",
     .title = "Fig. 3: pruning the longest connections",
     .about = "During: in every forward pass the shortest connections alone are used, of a "
              "conventional net those with the largest weights. After: the trained net is cut "
              "once; the command is the first seed's.",
     .pruned = true,
     .draw = reproduce_draw_pruning},
    {.name = "fig4",
     .title = "Fig. 4: where relaxed neurons go",
     .single = true,
     .paper = PRESETS("paper-mlp-relaxed"),
     .draw = reproduce_draw_depths},
    {.name = "fig5",
     .title = "Fig. 5: dimensions",
     .about = "Each beside a conventional net of about as many parameters.",
     .paper = paper_fig5,
     .draw = reproduce_draw_dimensions},
    {.name = "fig6",
     .title = "Fig. 6: activity in space",
     .about =
         "For the mean images of the first classes; `loci figure fig6 --digit` has the others.",
     .single = true,
     .paper = PRESETS("paper-mlp"),
     .draw = reproduce_draw_activations},
    {.name = "frontier",
     .title = "Frontier: accuracy against parameters",
     .about = "Not in the paper. Conventional nets have as many hidden neurons as the budget "
              "allows, and are trained in two ways: as the paper does, and as the arbor nets are: "
              "their batch, schedule and warm-up, images shifted as theirs are. Those that are "
              "taught learn the class probabilities of a larger net beside the labels, and are "
              "trained like the arbor nets for the rest.",
     .own = reproduce_frontier,
     .fashion = reproduce_frontier_fashion,
     .lessons = reproduce_lessons,
     .fashion_lessons = reproduce_lessons_fashion,
     .draw = reproduce_draw_frontier},
    {.name = "ablations",
     .title = "Ablations: arbor-mlp-10k with one thing changed",
     .about =
         "Not in the paper. Each is trained for 60 epochs in place of 300. Nets of other depths "
         "have about as many parameters.",
     .own = reproduce_ablations},
    {.name = "laws",
     .title = "Laws of distance and activations: arbor-mlp-10k with another one",
     .about = "Not in the paper. Each is trained for 60 epochs in place of 300; lengths and ranges "
              "were chosen on validation.",
     .own = reproduce_laws},
    {.name = "time",
     .title = "Time: delays and recurrence",
     .about = "Not in the paper. Spiking nets of temporal data within three budgets, without "
              "delays, with delays that follow from the same positions as the weights, with hidden "
              "layers that are wired to themselves, and with both; beside conventional spiking "
              "nets, of stored weights and without delays, of the same layers and of the same "
              "budget.",
     .temporal = true,
     .own = reproduce_time_nets},
};

const reproduce_target *reproduce_target_at(size_t i) {
    return i < sizeof targets / sizeof *targets ? &targets[i] : NULL;
}
