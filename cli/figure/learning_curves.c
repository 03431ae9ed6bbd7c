/* Loss and accuracy, or R2 of regressors, over the epochs: the mean over the seeds of a kind of
 * run, and a band of one standard deviation. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figure/figure.h"

/* What a curve can show. */
typedef enum quantity { LOSS, TRAIN_SCORE, HELD_OUT_SCORE, QUANTITIES } quantity;

/* The runs of a group, epoch by epoch. */
typedef struct history {
    int task; /* enum loci_task: scores are accuracies in per cent, or R2 */
    size_t epochs;
    double *epoch;            /* [epochs] */
    double *mean[QUANTITIES]; /* [epochs], NaN where nothing was measured */
    double *deviation[QUANTITIES];
} history;

static double measured(double value, double factor) {
    return value < 0 ? NAN : factor * value;
}

static double value_of(const loci_metrics *m, quantity what) {
    if (what == LOSS)
        return m->train_loss;
    if (m->task == LOCI_TASK_REGRESS && what == TRAIN_SCORE)
        return NAN;
    if (m->task == LOCI_TASK_REGRESS)
        return isnan(m->test.r2) ? m->validation.r2 : m->test.r2;
    if (what == TRAIN_SCORE)
        return measured(m->train_accuracy, 100);
    return measured(m->test_accuracy >= 0 ? m->test_accuracy : m->validation_accuracy, 100);
}

/* The line of that epoch, at or after *at, which moves on; NULL when there is none. */
static const loci_metrics *line_of(const loci_metrics *lines, size_t count, double epoch,
                                   size_t *at) {
    while (*at < count && lines[*at].epoch < epoch)
        ++*at;
    return *at < count && lines[*at].epoch <= epoch ? &lines[*at] : NULL;
}

static void clear(history *h) {
    free(h->epoch);
    for (int q = 0; q < QUANTITIES; q++) {
        free(h->mean[q]);
        free(h->deviation[q]);
    }
}

static bool allocate(history *h) {
    assert(h->epochs > 0);
    bool lost = (h->epoch = calloc(h->epochs, sizeof *h->epoch)) == NULL;
    for (int q = 0; q < QUANTITIES; q++) {
        lost |= (h->mean[q] = calloc(h->epochs, sizeof *h->mean[q])) == NULL;
        lost |= (h->deviation[q] = calloc(h->epochs, sizeof *h->deviation[q])) == NULL;
    }
    return !lost;
}

/* lines [runs], each [counts[r]]. Epochs are those of the longest run. */
static bool summarise(history *h, loci_metrics *const *lines, const size_t *counts, size_t runs) {
    size_t longest = 0, at[FIGURE_MOST_RUNS] = {0};
    assert(runs > 0);
    for (size_t r = 1; r < runs; r++)
        if (counts[r] > counts[longest])
            longest = r;
    h->epochs = counts[longest];
    h->task = lines[longest][0].task;
    if (!allocate(h))
        return false;
    for (size_t e = 0; e < h->epochs; e++) {
        const loci_metrics *here[FIGURE_MOST_RUNS];
        h->epoch[e] = lines[longest][e].epoch;
        for (size_t r = 0; r < runs; r++)
            here[r] = line_of(lines[r], counts[r], h->epoch[e], &at[r]);
        for (int q = 0; q < QUANTITIES; q++) {
            double values[FIGURE_MOST_RUNS];
            for (size_t r = 0; r < runs; r++)
                values[r] = here[r] != NULL ? value_of(here[r], (quantity)q) : NAN;
            cli_mean(values, runs, &h->mean[q][e], &h->deviation[q][e]);
        }
    }
    return true;
}

static int read_group(const figure_group *group, history *h) {
    loci_metrics *lines[FIGURE_MOST_RUNS] = {NULL};
    size_t counts[FIGURE_MOST_RUNS] = {0};
    loci_error error = {0};
    int status = CLI_GO_ON;
    for (size_t r = 0; r < group->count && status == CLI_GO_ON; r++) {
        if (loci_metrics_read(&lines[r], &counts[r], group->runs[r], &error) != LOCI_OK)
            status = cli_error(&error);
        else if (counts[r] == 0)
            status = cli_fail(group->runs[r], "the run has not finished an epoch yet");
    }
    if (status == CLI_GO_ON && !summarise(h, lines, counts, group->count))
        status = cli_fail("figure", "out of memory");
    for (size_t r = 0; r < group->count; r++)
        free(lines[r]);
    return status;
}

/* ---- drawing ---- */

/* Widens limits[2] by what a curve covers. */
static void cover(const history *h, quantity what, double limits[2]) {
    for (size_t e = 0; e < h->epochs; e++)
        if (!isnan(h->mean[what][e])) {
            limits[0] = fmin(limits[0], h->mean[what][e] - h->deviation[what][e]);
            limits[1] = fmax(limits[1], h->mean[what][e] + h->deviation[what][e]);
        }
}

static bool any(const history *h, size_t count, quantity what) {
    double limits[2] = {INFINITY, -INFINITY};
    for (size_t g = 0; g < count; g++)
        cover(&h[g], what, limits);
    return limits[0] <= limits[1];
}

static void draw_curves(figure *f, const figure_plot *plot, const history *h, size_t count,
                        quantity what, bool dashed) {
    for (size_t g = 0; g < count; g++)
        figure_curve_draw(f, plot,
                          &(figure_curve){.count = h[g].epochs,
                                          .x = h[g].epoch,
                                          .y = h[g].mean[what],
                                          .spread = dashed ? NULL : h[g].deviation[what],
                                          .series = g,
                                          .dashed = dashed});
}

static figure_plot plot_of(const history *h, size_t count, double x, double top) {
    figure_plot plot = {.x = x, .y = top, .width = 194, .height = 150};
    double last = 1;
    for (size_t g = 0; g < count; g++)
        last = fmax(last, h[g].epoch[h[g].epochs - 1]);
    plot.across =
        (figure_axis){.low = last > 1 ? 1 : 0, .high = last, .label = "epoch", .whole = true};
    return plot;
}

static void draw_loss(figure *f, const history *h, size_t count, double top) {
    double limits[2] = {INFINITY, -INFINITY};
    figure_plot plot = plot_of(h, count, 52, top);
    for (size_t g = 0; g < count; g++)
        cover(&h[g], LOSS, limits);
    plot.up.label = h[0].task == LOCI_TASK_REGRESS ? "training loss" : "training loss (nats)";
    plot.up.logarithmic = limits[0] > 0 && limits[1] > 5 * limits[0];
    figure_axis_fit(&plot.up, limits[0], limits[1]);
    figure_plot_draw(f, &plot);
    draw_curves(f, &plot, h, count, LOSS, false);
}

static void draw_score(figure *f, const history *h, size_t count, double top) {
    double limits[2] = {INFINITY, -INFINITY};
    bool regress = h[0].task == LOCI_TASK_REGRESS;
    figure_plot plot = plot_of(h, count, 310, top);
    for (size_t g = 0; g < count; g++) {
        cover(&h[g], TRAIN_SCORE, limits);
        cover(&h[g], HELD_OUT_SCORE, limits);
    }
    bool both = any(h, count, HELD_OUT_SCORE);
    plot.up.label = regress ? "R\xc2\xb2 on held-out data"
                    : both  ? "accuracy (%)"
                            : "training accuracy (%)";
    figure_axis_fit(&plot.up, limits[0], limits[1]);
    plot.up.high = fmin(plot.up.high, regress ? 1 : 100);
    /* what is worse than the mean by far would squeeze the rest */
    plot.up.low = fmax(plot.up.low, regress && limits[1] > 0 ? -1 : regress ? -INFINITY : 0);
    figure_plot_draw(f, &plot);
    draw_curves(f, &plot, h, count, TRAIN_SCORE, both);
    draw_curves(f, &plot, h, count, HELD_OUT_SCORE, false);
}

static int draw(const figure_request *request, const figure_group *groups, const history *h,
                size_t count) {
    enum { KEYS = FIGURE_MOST_GROUPS + 2 };
    figure_key keys[KEYS] = {0};
    size_t n = 0;
    for (; n < count; n++) {
        keys[n] = (figure_key){.series = n, .line = true};
        strcpy(keys[n].name, groups[n].name);
        if (groups[n].count > 1)
            snprintf(keys[n].name, FIGURE_NAME, "%s, %zu runs", CLI_CUT(64, groups[n].name),
                     groups[n].count);
    }
    if (h[0].task != LOCI_TASK_REGRESS && any(h, count, HELD_OUT_SCORE)) {
        const figure_key grey = {.line = true, .own_colour = true, .colour = figure_grey};
        keys[n] = keys[n + 1] = grey;
        keys[n + 1].dashed = true;
        strcpy(keys[n++].name, "accuracy on held-out data");
        strcpy(keys[n++].name, "on training data");
    }
    figure f;
    double legend = figure_legend_height(keys, n, 480), top = legend + 14;
    bool scored = h[0].task != LOCI_TASK_REGRESS || any(h, count, HELD_OUT_SCORE);
    figure_open(&f, request->format, scored ? 516 : 258, top + 150 + 32);
    figure_legend(&f, keys, n, 26, 6, 480);
    draw_loss(&f, h, count, top);
    if (scored)
        draw_score(&f, h, count, top);
    return figure_save(&f, request->output);
}

int figure_training(const figure_request *request) {
    static figure_group groups[FIGURE_MOST_GROUPS];
    static history histories[FIGURE_MOST_GROUPS];
    size_t count;
    int status = figure_group_runs(request, groups, &count);
    for (size_t g = 0; g < count && status == CLI_GO_ON; g++)
        status = read_group(&groups[g], &histories[g]);
    for (size_t g = 1; g < count && status == CLI_GO_ON; g++)
        if (histories[g].task != histories[0].task)
            status = cli_fail(groups[g].runs[0], "accuracies and R2 do not go into one figure");
    if (status == CLI_GO_ON)
        status = draw(request, groups, histories, count);
    for (size_t g = 0; g < count; g++)
        clear(&histories[g]);
    return status;
}
