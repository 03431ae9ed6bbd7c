/* What is left of a trained network when its longest connections are cut: measured once and kept in
 * the run's folder, where `loci prune --curve` keeps it too. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reproduce/reproduce.h"

const char reproduce_nothing_left[] = "nothing is left between inputs and outputs";

/* Shares are of whole connections, so they are met only nearly. */
static const double near = 0.01;

static const loci_curve_point *find(const loci_curve *curve, double share) {
    const loci_curve_point *best = NULL;
    for (size_t i = 0; i < curve->count; i++) {
        double far = fabs(curve->points[i].sparsity - share);
        if (far < near && (best == NULL || far < fabs(best->sparsity - share)))
            best = &curve->points[i];
    }
    return best;
}

const loci_curve_point *reproduce_cut(const reproduce_run *run, double share) {
    return find(&run->cuts, share);
}

/* Whether the curve in the folder is the one wanted: `loci prune` may have left one of other shares
 * or another order. The whole network, share 0, is known without it. */
static bool will_do(const loci_curve *curve, const reproduce_run *run) {
    bool dense = run->run.config.spec.wiring == LOCI_WIRING_DENSE;
    bool fits = strcmp(curve->when, "after") == 0 && strcmp(curve->scope, "layer") == 0 &&
                strcmp(curve->by, dense ? "weight" : "distance") == 0 &&
                strcmp(curve->dataset, run->run.summary.dataset) == 0;
    for (int c = 1; c < PAPER_CUTS && fits; c++) {
        const loci_curve_point *point = find(curve, paper_cuts[c]);
        fits = point != NULL && point->test_accuracy >= 0;
    }
    return fits;
}

int reproduce_read_cuts(reproduce_run *run) {
    loci_error error = {0};
    int status = loci_curve_read(&run->cuts, run->run.directory, &error);
    if (status == LOCI_E_NOT_FOUND)
        return CLI_GO_ON;
    if (status != LOCI_OK)
        return cli_error(&error);
    if (!will_do(&run->cuts, run))
        loci_curve_clear(&run->cuts);
    return CLI_GO_ON;
}

/* One cut of a fresh copy. *left: whether there is still a way through the network. */
static int measure(const char *folder, double share, const loci_dataset *data, loci_pool *pool,
                   loci_curve_point *out, bool *left, loci_error *error) {
    loci_network *network;
    loci_evaluation evaluation = {0};
    int status = loci_network_load(&network, folder, error);
    if (status != LOCI_OK)
        return status;
    *left = true;
    if (share > 0)
        status = loci_network_prune(network, share, LOCI_PRUNE_BY_DISTANCE, LOCI_PRUNE_SCOPE_LAYER,
                                    pool, error);
    if (status == LOCI_E_ARGUMENT && strcmp(error->where, "sparsity") == 0) {
        *left = false;
        status = LOCI_OK;
    } else if (status == LOCI_OK) {
        status = loci_evaluate(network, data, LOCI_TEST, pool, 0, &evaluation, error);
        if (status == LOCI_OK)
            status = loci_network_count_kept(network, &out->connections_kept, error);
        out->sparsity =
            1 - (double)out->connections_kept / (double)loci_network_connections(network);
        out->test_accuracy = evaluation.accuracy;
        out->validation_accuracy = -1;
    }
    loci_evaluation_clear(&evaluation);
    loci_network_free(network);
    return status;
}

int reproduce_measure_cuts(reproduce_run *run, const loci_dataset *data, loci_pool *pool) {
    const char *folder = run->run.directory;
    loci_error error = {0};
    loci_curve curve = {.when = "after", .scope = "layer"};
    bool dense = run->run.config.spec.wiring == LOCI_WIRING_DENSE;
    int status = LOCI_OK;
    curve.points = calloc(PAPER_CUTS, sizeof *curve.points);
    if (curve.points == NULL)
        return cli_fail("reproduce", "out of memory");
    snprintf(curve.model, sizeof curve.model, "%s", folder);
    snprintf(curve.dataset, sizeof curve.dataset, "%s", run->run.summary.dataset);
    snprintf(curve.by, sizeof curve.by, "%s", dense ? "weight" : "distance");
    for (int c = 0; c < PAPER_CUTS && status == LOCI_OK; c++) {
        bool left;
        status =
            measure(folder, paper_cuts[c], data, pool, &curve.points[curve.count], &left, &error);
        if (status == LOCI_OK)
            curve.count += left;
    }
    if (status == LOCI_OK) {
        run->cuts = curve;
        return cli_curve_write(&curve, 0, folder);
    }
    loci_curve_clear(&curve);
    return cli_error(&error);
}
