/* The tables and figures there are. */
#include "reproduce.h"

static const reproduce_target targets[] = {
    {"table1", "Table 1: networks without time",
     "784-2048-10 against conventional nets of as many parameters and of as many neurons.", false,
     false, reproduce_list_table1, NULL},
    {"table2", "Table 2: spiking networks",
     "The paper does not say how many time steps, which coding, readout and surrogate it used.",
     false, false, reproduce_list_table2, NULL},
    {"table3", "Table 3: relaxed planes", NULL, false, false, reproduce_list_table3, NULL},
    {"fig1", "Fig. 1: the network in space", NULL, false, true, reproduce_list_spatial,
     reproduce_draw_space},
    {"fig3", "Fig. 3: pruning the longest connections",
     "During: the shortest connections alone are used in every forward pass; those of a "
     "conventional net with the largest weights. After: the trained net is cut once; the command "
     "is "
     "the first seed's.",
     false, false, reproduce_list_pruning, reproduce_draw_pruning},
    {"fig4", "Fig. 4: where relaxed neurons go", NULL, false, true, reproduce_list_relaxed,
     reproduce_draw_depths},
    {"fig5", "Fig. 5: dimensions", "Each beside a conventional net of about as many parameters.",
     false, false, reproduce_list_dimensions, reproduce_draw_dimensions},
    {"fig6", "Fig. 6: activity in space", NULL, false, true, reproduce_list_spatial,
     reproduce_draw_activations},
    {"frontier", "Frontier: accuracy against parameters",
     "Not in the paper. Conventional nets have as many hidden neurons as the budget allows.", true,
     false, reproduce_list_frontier, reproduce_draw_frontier},
    {"ablations", "Ablations: arbor-mlp-10k with one thing changed", "Not in the paper.", true,
     false, reproduce_list_ablations, NULL},
};

const reproduce_target *reproduce_target_at(size_t i) {
    return i < sizeof targets / sizeof *targets ? &targets[i] : NULL;
}
