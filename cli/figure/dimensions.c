/* Accuracy against dimensions, beside conventional nets of about as many parameters and beside what
 * the paper reports: Fig. 5 of the paper. */
#include <math.h>
#include <string.h>

#include "common/paper.h"
#include "figure/figure.h"

enum { OURS, CONVENTIONAL, PAPER, PAPER_CONVENTIONAL, SETS };

/* Dimensions of the spatial net that has about as many parameters; NaN: there is none. */
static double match(const figure_point *points, size_t count, double parameters) {
    double best = log(1.25), dimensions = NAN; /* further away is no match */
    for (size_t i = 0; i < count; i++) {
        double far = fabs(log(points[i].parameters / parameters));
        if (points[i].kind == FIGURE_SPATIAL && far < best) {
            best = far;
            dimensions = points[i].dimensions;
        }
    }
    return dimensions;
}

static void add_runs(figure_set *sets, const figure_point *points, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const figure_point *p = &points[i];
        double matched = match(points, count, p->parameters);
        if (p->kind == FIGURE_SPATIAL)
            figure_set_add(&sets[OURS], p->dimensions, p->accuracy, p->deviation, NULL);
        else if (p->kind == FIGURE_CONVENTIONAL && !isnan(matched))
            figure_set_add(&sets[CONVENTIONAL], matched, p->accuracy, p->deviation, NULL);
    }
}

/* What the paper says of the same presets. */
static void add_paper(figure_set *sets) {
    figure_point points[FIGURE_MOST_POINTS];
    size_t count = 0;
    for (size_t i = 0; paper_fig5[i] != NULL && count < FIGURE_MOST_POINTS; i++) {
        loci_spec spec;
        loci_train_options train;
        const paper_value *paper = &paper_find(paper_fig5[i])->value;
        if (loci_preset(paper_fig5[i], &spec, &train, NULL) != LOCI_OK)
            continue;
        bool dense = spec.wiring == LOCI_WIRING_DENSE;
        points[count++] = (figure_point){.kind = dense ? FIGURE_CONVENTIONAL : FIGURE_SPATIAL,
                                         .parameters = (double)paper->parameters,
                                         .dimensions = spec.dim,
                                         .accuracy = 100 * paper->accuracy,
                                         .deviation = 100 * paper->deviation};
    }
    add_runs(sets + PAPER, points, count);
}

static int draw(const figure_request *request, const figure_point *points, size_t count) {
    static const char *const names[SETS] = {"spatial", "conventional, as many parameters",
                                            "spatial, the paper", "conventional, the paper"};
    static figure_set sets[SETS];
    double ticks[FIGURE_MOST_POINTS];
    memset(sets, 0, sizeof sets);
    for (size_t s = 0; s < SETS; s++) {
        snprintf(sets[s].name, FIGURE_NAME, "%s", names[s]);
        sets[s].series = s % PAPER;
        sets[s].dashed = s >= PAPER;
    }
    add_runs(sets, points, count);
    if (sets[OURS].count == 0)
        return cli_fail(request->runs[0], "there is no run of the paper's rule among these");
    if (strcmp(points[0].dataset, "mnist") == 0)
        add_paper(sets);
    const figure_set *ticked = &sets[sets[PAPER].count > sets[OURS].count ? PAPER : OURS];
    memcpy(ticks, ticked->x, sizeof ticks);
    figure_chart chart = {.panels = 1,
                          .width = 250,
                          .height = 170,
                          .across = {.logarithmic = true,
                                     .label = "dimensions of space",
                                     .ticks = ticks,
                                     .tick_count = ticked->count},
                          .up = "test accuracy (%)",
                          .sets = sets,
                          .count = SETS};
    return figure_chart_draw(&chart, request->format, request->output);
}

int figure_dimensions(const figure_request *request) {
    static figure_point points[FIGURE_MOST_GROUPS];
    size_t count;
    int status = figure_points(request, points, &count);
    return status == CLI_GO_ON ? draw(request, points, count) : status;
}
