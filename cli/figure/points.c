/* Runs as points: what kind of network, how large, how good. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figure/figure.h"

const char *figure_kind_name(figure_kind kind) {
    static const char *const names[FIGURE_KINDS] = {
        "spatial",         "conventional",          "arbors",
        "spatial spiking", "spiking arbors",        "conventional spiking",
        "shared arbors",   "spiking shared arbors", "conventional convolutional"};
    return names[kind];
}

static bool has_maps(const loci_spec *spec) {
    return spec->maps_count > 0;
}

static figure_kind kind_of(const loci_spec *spec) {
    bool spikes = loci_spec_spikes(spec), several = false;
    if (spec->wiring == LOCI_WIRING_DENSE)
        return spikes           ? FIGURE_SPIKING_CONVENTIONAL
               : has_maps(spec) ? FIGURE_CONVOLUTIONAL
                                : FIGURE_CONVENTIONAL;
    if (has_maps(spec))
        return spikes ? FIGURE_SPIKING_SHARED_ARBOR : FIGURE_SHARED_ARBOR;
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(spec); l++)
        several |= spec->axon_sites[l] > 1 || spec->dendrite_sites[l] > 1;
    if (several)
        return spikes ? FIGURE_SPIKING_ARBOR : FIGURE_ARBOR;
    return spikes ? FIGURE_SPIKING : FIGURE_SPATIAL;
}

static int measure(const figure_group *group, figure_point *out) {
    double accuracies[FIGURE_MOST_RUNS];
    *out = (figure_point){.kind = kind_of(&group->config.spec),
                          .dimensions = group->config.spec.dim,
                          .taught = group->config.teacher[0] != '\0'};
    for (size_t r = 0; r < group->count; r++) {
        loci_summary summary;
        loci_error error = {0};
        int read = loci_summary_read(&summary, group->runs[r], &error);
        if (read == LOCI_E_NOT_FOUND)
            return cli_fail(group->runs[r], "has no summary.json: the run is not finished");
        if (read != LOCI_OK)
            return cli_error(&error);
        if (summary.task == LOCI_TASK_REGRESS)
            return cli_fail(group->runs[r], "predicts numbers; the figure is of accuracies");
        if (summary.test_accuracy < 0)
            return cli_fail(group->runs[r], "its test accuracy was not measured");
        accuracies[r] = 100 * summary.test_accuracy;
        out->parameters = (double)summary.parameters;
        snprintf(out->dataset, sizeof out->dataset, "%s", summary.dataset);
    }
    cli_mean(accuracies, group->count, &out->accuracy, &out->deviation);
    return CLI_GO_ON;
}

static int by_parameters(const void *a, const void *b) {
    double x = ((const figure_point *)a)->parameters, y = ((const figure_point *)b)->parameters;
    return (x > y) - (x < y);
}

int figure_points(const figure_request *request, figure_point *points, size_t *count) {
    static figure_group groups[FIGURE_MOST_GROUPS];
    int status = figure_group_runs(request, groups, count);
    for (size_t g = 0; g < *count && status == CLI_GO_ON; g++)
        status = measure(&groups[g], &points[g]);
    if (status == CLI_GO_ON)
        qsort(points, *count, sizeof *points, by_parameters);
    return status;
}
