/* What the paper reports (Erb et al. 2025, arXiv 2506.13410), and the presets that repeat it. */
#include <stdlib.h>
#include <string.h>

#include "reproduce/reproduce.h"

reproduce_row *reproduce_add(reproduce_rows *rows, const char *label, const char *preset,
                             reproduce_paper paper) {
    static reproduce_row spare; /* what is written when memory is short */
    if (rows->count == rows->room) {
        size_t room = 2 * rows->room + 8;
        reproduce_row *more = realloc(rows->list, room * sizeof *more);
        rows->lost |= more == NULL;
        if (more == NULL)
            return &spare;
        rows->list = more;
        rows->room = room;
    }
    reproduce_row *row = &rows->list[rows->count++];
    *row = (reproduce_row){.preset = preset, .paper = paper};
    snprintf(row->label, sizeof row->label, "%s", label);
    return row;
}

/* ---- tables 1 to 3 ---- */

typedef struct reported {
    const char *label, *preset;
    reproduce_paper paper;
} reported;

static void add_all(reproduce_rows *rows, const reported *list, size_t count) {
    for (size_t i = 0; i < count; i++)
        reproduce_add(rows, list[i].label, list[i].preset, list[i].paper);
}

#define ADD(rows, list) add_all(rows, list, sizeof(list) / sizeof *(list))
#define SPATIAL                                                                                    \
    {                                                                                              \
        "3D MLP, learned distances", "paper-mlp", {                                                \
            0.9217, 0.0024, 10576, false                                                           \
        }                                                                                          \
    }
#define DENSE_14                                                                                   \
    {                                                                                              \
        "conventional MLP, 14 hidden", "dense-mlp-14", {                                           \
            0.9429, 0.0028, 11140, false                                                           \
        }                                                                                          \
    }
#define DENSE_2048                                                                                 \
    {                                                                                              \
        "conventional MLP, 2048 hidden", "dense-mlp-2048", {                                       \
            0.9745, 0.0003, 1628170, false                                                         \
        }                                                                                          \
    }
#define FIXED                                                                                      \
    {                                                                                              \
        "3D MLP, fixed distances (in the text)", "paper-mlp-fixed", {                              \
            0.9018, 0.0042, 10574, false                                                           \
        }                                                                                          \
    }
#define RELAXED                                                                                    \
    {                                                                                              \
        "relaxed 3D MLP", "paper-mlp-relaxed", {                                                   \
            0.9337, 0.0040, 13416, false                                                           \
        }                                                                                          \
    }

void reproduce_list_table1(reproduce_rows *rows) {
    static const reported list[] = {FIXED, SPATIAL, DENSE_14, DENSE_2048};
    ADD(rows, list);
}

void reproduce_list_table2(reproduce_rows *rows) {
    static const reported list[] = {
        {"3D SNN, fixed distances (in the text)",
         "paper-snn-fixed",
         {0.9187, 0.0027, 10574, false}},
        {"3D SNN, learned distances", "paper-snn", {0.9216, 0.0052, 10576, false}},
        {"conventional SNN, 14 hidden", "dense-snn-14", {0.9031, 0.0088, 11140, false}},
        {"conventional SNN, 2048 hidden", "dense-snn-2048", {0.9525, 0.0013, 1628170, false}},
    };
    ADD(rows, list);
}

void reproduce_list_table3(reproduce_rows *rows) {
    static const reported list[] = {
        SPATIAL,
        RELAXED,
        {"conventional MLP, 17 hidden", "dense-mlp-17", {0.9507, 0.0011, 13525, false}},
        DENSE_2048,
    };
    ADD(rows, list);
}

/* ---- figures of one network ---- */

void reproduce_list_spatial(reproduce_rows *rows) {
    static const reported list[] = {SPATIAL};
    ADD(rows, list);
}

void reproduce_list_relaxed(reproduce_rows *rows) {
    static const reported list[] = {RELAXED};
    ADD(rows, list);
}

/* ---- Fig. 3 ---- */

const double reproduce_cuts[REPRODUCE_CUTS] = {0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95};

/* Digitised, at the shares above but the first. */
static const struct {
    reported whole;
    double during[REPRODUCE_CUTS - 1], after[REPRODUCE_CUTS - 1];
} pruned[] = {
    {SPATIAL,
     {0.917, 0.917, 0.919, 0.9216, 0.8945, 0.8265},
     {0.803, 0.727, 0.688, 0.605, 0.511, 0.362}},
    {DENSE_14,
     {0.941, 0.936, 0.927, 0.867, 0.641, 0.414},
     {0.940, 0.909, 0.751, 0.435, 0.168, 0.094}},
    {DENSE_2048,
     {0.972, 0.971, 0.970, 0.968, 0.965, 0.958},
     {0.973, 0.970, 0.956, 0.832, 0.550, 0.273}},
};

/* In every forward pass the longest connections are left out. */
static void add_during(reproduce_rows *rows, const reported *whole, double share, double accuracy) {
    char label[64];
    snprintf(label, sizeof label, "%.40s, %g%% during", whole->label, 100 * share);
    reproduce_row *row =
        reproduce_add(rows, label, whole->preset, (reproduce_paper){accuracy, 0, 0, true});
    snprintf(row->options, sizeof row->options, "--prune during:%g", share);
    snprintf(row->variant, sizeof row->variant, "during-%g", share);
}

/* Once, when all is trained. */
static void add_after(reproduce_rows *rows, const reported *whole, double share, double accuracy) {
    char label[64];
    snprintf(label, sizeof label, "%.40s, %g%% after", whole->label, 100 * share);
    reproduce_row *row =
        reproduce_add(rows, label, whole->preset, (reproduce_paper){accuracy, 0, 0, true});
    row->cut = share;
    row->curve = true;
}

void reproduce_list_pruning(reproduce_rows *rows) {
    for (size_t n = 0; n < sizeof pruned / sizeof *pruned; n++) {
        const reported *whole = &pruned[n].whole;
        reproduce_add(rows, whole->label, whole->preset, whole->paper)->curve = true;
        for (int c = 1; c < REPRODUCE_CUTS; c++)
            add_during(rows, whole, reproduce_cuts[c], pruned[n].during[c - 1]);
        for (int c = 1; c < REPRODUCE_CUTS; c++)
            add_after(rows, whole, reproduce_cuts[c], pruned[n].after[c - 1]);
    }
}

/* ---- Fig. 5 ---- */

void reproduce_list_dimensions(reproduce_rows *rows) {
    static const reported list[] = {
        SPATIAL,
        {"5 dimensions", "paper-mlp-5d", {0.9401, 0.0022, 16260, true}},
        {"8 dimensions", "paper-mlp-8d", {0.9522, 0.0030, 24786, true}},
        {"16 dimensions", "paper-mlp-16d", {0.9576, 0.0021, 47522, true}},
        {"32 dimensions", "paper-mlp-32d", {0.9566, 0.0027, 92994, true}},
        DENSE_14,
        {"conventional MLP, 20 hidden", "dense-mlp-20", {0.9533, 0, 15910, true}},
        {"conventional MLP, 32 hidden", "dense-mlp-32", {0.9611, 0, 25450, true}},
        {"conventional MLP, 60 hidden", "dense-mlp-60", {0.9666, 0, 47710, true}},
        {"conventional MLP, 117 hidden", "dense-mlp-117", {0.9711, 0, 93025, true}},
    };
    ADD(rows, list);
}
