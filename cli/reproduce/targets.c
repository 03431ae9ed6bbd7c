/* The tables and figures there are. */
#include "reproduce/reproduce.h"

static const reproduce_target targets[] = {
    {.name = "table1",
     .title = "Table 1: networks without time",
     .about = "784-2048-10 against conventional nets of as many parameters and of as many neurons.",
     .list = reproduce_list_table1},
    {.name = "table2",
     .title = "Table 2: spiking networks",
     .about = "How many time steps, which coding, readout and surrogate, the paper does not say.",
     .list = reproduce_list_table2},
    {.name = "table3", .title = "Table 3: relaxed planes", .list = reproduce_list_table3},
    {.name = "fig1",
     .title = "Fig. 1: the network in space",
     .single = true,
     .list = reproduce_list_spatial,
     .draw = reproduce_draw_space},
    {.name = "fig3",
     .title = "Fig. 3: pruning the longest connections",
     .about = "During: in every forward pass the shortest connections alone are used, of a "
              "conventional net those with the largest weights. After: the trained net is cut "
              "once; the command is the first seed's.",
     .list = reproduce_list_pruning,
     .draw = reproduce_draw_pruning},
    {.name = "fig4",
     .title = "Fig. 4: where relaxed neurons go",
     .single = true,
     .list = reproduce_list_relaxed,
     .draw = reproduce_draw_depths},
    {.name = "fig5",
     .title = "Fig. 5: dimensions",
     .about = "Each beside a conventional net of about as many parameters.",
     .list = reproduce_list_dimensions,
     .draw = reproduce_draw_dimensions},
    {.name = "fig6",
     .title = "Fig. 6: activity in space",
     .about =
         "For the mean images of the first classes; `loci figure fig6 --digit` has the others.",
     .single = true,
     .list = reproduce_list_spatial,
     .draw = reproduce_draw_activations},
    {.name = "frontier",
     .title = "Frontier: accuracy against parameters",
     .about = "Not in the paper. Conventional nets have as many hidden neurons as the budget "
              "allows, and are trained in two ways: as the paper does, and with the batch, "
              "schedule, warm-up and shifted images of the arbor nets. Those that are taught learn "
              "the class probabilities of a larger net beside the labels, and are trained like the "
              "arbor nets for the rest.",
     .own = true,
     .list = reproduce_list_frontier,
     .draw = reproduce_draw_frontier},
    {.name = "ablations",
     .title = "Ablations: arbor-mlp-10k with one thing changed",
     .about =
         "Not in the paper. Each is trained for 60 epochs in place of 300. Nets of other depths "
         "have about as many parameters.",
     .own = true,
     .list = reproduce_list_ablations},
};

const reproduce_target *reproduce_target_at(size_t i) {
    return i < sizeof targets / sizeof *targets ? &targets[i] : NULL;
}
