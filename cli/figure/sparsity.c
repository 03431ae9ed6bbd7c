/* Accuracy, or R2 of regressors, against the pruned share of the connections: Fig. 3 of the paper.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figure/figure.h"

/* Curves of runs that were pruned in the same way at the same shares. */
typedef struct family {
    char name[FIGURE_NAME];
    size_t series; /* families of one name have one colour */
    const loci_curve *curves[FIGURE_MOST_RUNS];
    size_t count;
} family;

static bool same_shares(const loci_curve *a, const loci_curve *b) {
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (fabs(a->points[i].sparsity - b->points[i].sparsity) > 1e-6)
            return false;
    return true;
}

static bool belongs(const family *f, const char *name, const loci_curve *curve) {
    const loci_curve *first = f->curves[0];
    return strcmp(f->name, name) == 0 && strcmp(first->when, curve->when) == 0 &&
           strcmp(first->by, curve->by) == 0 && strcmp(first->scope, curve->scope) == 0 &&
           same_shares(first, curve);
}

/* A curve knows its model by the path it had: a run folder, or the model in it. */
static void name_of(const loci_curve *curve, const char *run, char out[FIGURE_NAME]) {
    static const char inside[] = "/model.safetensors";
    char path[sizeof curve->model];
    strcpy(path, curve->model);
    size_t length = strlen(path), end = sizeof inside - 1;
    if (length > end && strcmp(path + length - end, inside) == 0)
        path[length - end] = '\0';
    figure_base_name(*path != '\0' ? path : run, out);
    figure_drop_seed(out);
}

/* Per cent, or R2; NaN where it was not measured. */
static double score_of(const loci_curve *curve, const loci_curve_point *point) {
    if (curve->task == LOCI_TASK_REGRESS)
        return isnan(point->test.r2) ? point->validation.r2 : point->test.r2;
    double share = point->test_accuracy >= 0 ? point->test_accuracy : point->validation_accuracy;
    return share >= 0 ? 100 * share : NAN;
}

static const char *way_of(const loci_curve *curve) {
    if (strcmp(curve->by, "distance") == 0)
        return ", longest first";
    return strcmp(curve->by, "weight") == 0 ? ", weakest first" : ", by range";
}

static int sort(const figure_request *request, const loci_curve *curves, family *families,
                size_t *count) {
    size_t names = 0;
    for (size_t r = 0; r < request->count; r++) {
        char name[FIGURE_NAME];
        size_t at = 0, known = names;
        name_of(&curves[r], request->runs[r], name);
        while (at < *count && !belongs(&families[at], name, &curves[r])) {
            if (strcmp(families[at].name, name) == 0)
                known = families[at].series;
            at++;
        }
        if (at == FIGURE_MOST_GROUPS)
            return cli_fail(request->runs[r], "more than %d kinds of curves in one figure",
                            FIGURE_MOST_GROUPS);
        if (at == *count) {
            families[at].series = known;
            names += known == names;
            strcpy(families[(*count)++].name, name);
        }
        families[at].curves[families[at].count++] = &curves[r];
    }
    return CLI_GO_ON;
}

static void draw_family(figure *f, const figure_plot *plot, const family *of, double *work) {
    const loci_curve *first = of->curves[0];
    double *x = work, *mean = work + first->count, *deviation = work + 2 * first->count;
    for (size_t i = 0; i < first->count; i++) {
        double values[FIGURE_MOST_RUNS];
        for (size_t r = 0; r < of->count; r++)
            values[r] = score_of(of->curves[r], &of->curves[r]->points[i]);
        x[i] = 100 * first->points[i].sparsity;
        cli_mean(values, of->count, &mean[i], &deviation[i]);
    }
    figure_curve_draw(f, plot,
                      &(figure_curve){.count = first->count,
                                      .x = x,
                                      .y = mean,
                                      .spread = deviation,
                                      .series = of->series,
                                      .dashed = strcmp(first->when, "after") == 0,
                                      .marks = first->count <= 25});
}

static void limits_of(const loci_curve *curves, size_t count, double limits[2]) {
    limits[0] = INFINITY;
    limits[1] = -INFINITY;
    for (size_t r = 0; r < count; r++)
        for (size_t i = 0; i < curves[r].count; i++) {
            limits[0] = fmin(limits[0], score_of(&curves[r], &curves[r].points[i]));
            limits[1] = fmax(limits[1], score_of(&curves[r], &curves[r].points[i]));
        }
}

static int draw(const figure_request *request, const loci_curve *curves, const family *families,
                size_t count, double *work) {
    static figure_key keys[FIGURE_MOST_GROUPS];
    double limits[2];
    bool both = false; /* ways to choose what goes */
    for (size_t r = 1; r < request->count; r++)
        both |= strcmp(curves[r].by, curves[0].by) != 0;
    for (size_t k = 0; k < count; k++) {
        const loci_curve *first = families[k].curves[0];
        keys[k] = (figure_key){.series = families[k].series,
                               .line = true,
                               .marks = first->count <= 25,
                               .dashed = strcmp(first->when, "after") == 0};
        snprintf(keys[k].name, FIGURE_NAME, "%s, %s%s%s", CLI_CUT(48, families[k].name),
                 first->when, strcmp(first->when, "gradual") == 0 ? "" : " training",
                 both ? way_of(first) : "");
    }
    limits_of(curves, request->count, limits);
    if (limits[0] > limits[1])
        return cli_fail(request->runs[0], "how good it is was not measured for its curve");
    figure f;
    double top = figure_legend_height(keys, count, 250) + 14;
    figure_plot plot = {.x = 48, .y = top, .width = 226, .height = 160};
    plot.across = (figure_axis){.low = 0, .high = 100, .label = "pruned connections (%)"};
    bool regress = curves[0].task == LOCI_TASK_REGRESS;
    plot.up.label = regress ? "test R\xc2\xb2" : "test accuracy (%)";
    figure_axis_fit(&plot.up, limits[0], limits[1]);
    plot.up.high = fmin(plot.up.high, regress ? 1 : 100);
    /* what is worse than the mean by far would squeeze the rest */
    plot.up.low = fmax(plot.up.low, regress && limits[1] > 0 ? -1 : regress ? -INFINITY : 0);
    figure_open(&f, request->format, 288, top + 160 + 32);
    figure_legend(&f, keys, count, 24, 6, 250);
    figure_plot_draw(&f, &plot);
    for (size_t k = 0; k < count; k++)
        draw_family(&f, &plot, &families[k], work);
    return figure_save(&f, request->output);
}

int figure_pruning(const figure_request *request) {
    static loci_curve curves[FIGURE_MOST_RUNS];
    static family families[FIGURE_MOST_GROUPS];
    size_t count = 0, longest = 0;
    loci_error error = {0};
    int status = CLI_GO_ON;
    for (size_t r = 0; r < request->count && status == CLI_GO_ON; r++) {
        int read = loci_curve_read(&curves[r], request->runs[r], &error);
        if (read == LOCI_E_NOT_FOUND)
            status = cli_fail(request->runs[r],
                              "has no sparsity_curve.json; 'loci prune --curve' writes it");
        else if (read != LOCI_OK)
            status = cli_error(&error);
        else
            longest = curves[r].count > longest ? curves[r].count : longest;
        if (status == CLI_GO_ON && curves[r].task != curves[0].task)
            status = cli_fail(request->runs[r], "accuracies and R2 do not go into one figure");
    }
    double *work = status == CLI_GO_ON ? calloc(longest, 3 * sizeof *work) : NULL;
    if (status == CLI_GO_ON && work == NULL)
        status = cli_fail("figure", "out of memory");
    if (status == CLI_GO_ON)
        status = sort(request, curves, families, &count);
    if (status == CLI_GO_ON)
        status = draw(request, curves, families, count, work);
    free(work);
    for (size_t r = 0; r < request->count; r++)
        loci_curve_clear(&curves[r]);
    return status;
}
