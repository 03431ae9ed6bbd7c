/* What a regressor predicts against what it should, on the test part: a panel for each output. */
#include <math.h>
#include <stdlib.h>

#include "figure/figure.h"

enum { COLUMNS = 3, MOST_PANELS = 9 };

static const double side = 130, left = 52, gap = 56, row_height = 190;

/* Both axes show the same numbers, so that what is right lies on the diagonal. */
static figure_plot plot_of(const loci_dataset *data, const loci_evaluation *result, uint32_t k) {
    uint32_t outputs = loci_dataset_outputs(data);
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < result->count; i++) {
        double target = (double)loci_dataset_target(data, LOCI_TEST, i)[k];
        double value = (double)result->values[i * outputs + k];
        low = fmin(low, fmin(target, value));
        high = fmax(high, fmax(target, value));
    }
    figure_plot plot = {.x = left + k % COLUMNS * (side + gap),
                        .y = 26 + k / COLUMNS * row_height,
                        .width = side,
                        .height = side};
    figure_axis_fit(&plot.up, low, high);
    plot.across = plot.up;
    plot.up.label = "predicted";
    plot.across.label = "target";
    return plot;
}

static void draw_panel(figure *f, const loci_dataset *data, const loci_evaluation *result,
                       uint32_t k) {
    char title[FIGURE_NAME + CLI_WORD], r2[CLI_WORD];
    uint32_t outputs = loci_dataset_outputs(data);
    figure_plot plot = plot_of(data, result, k);
    const double ends[2] = {plot.up.low, plot.up.high};
    snprintf(title, sizeof title, "%s, R\xc2\xb2 %s",
             CLI_CUT(FIGURE_NAME - 1, loci_dataset_output_name(data, k)),
             cli_r2(r2, result->outputs[k].r2));
    plot.title = title;
    figure_plot_draw(f, &plot);
    figure_ink(f, figure_grey, 1);
    cairo_move_to(f->cr, figure_x(&plot, ends[0]), figure_y(&plot, ends[0]));
    cairo_line_to(f->cr, figure_x(&plot, ends[1]), figure_y(&plot, ends[1]));
    cairo_stroke(f->cr);
    figure_ink(f, figure_series(0), result->count > 500 ? 0.3 : 0.7);
    for (size_t i = 0; i < result->count; i++)
        figure_mark(f, FIGURE_CIRCLE,
                    figure_x(&plot, (double)loci_dataset_target(data, LOCI_TEST, i)[k]),
                    figure_y(&plot, (double)result->values[i * outputs + k]), 1.6);
}

static int draw(const figure_request *request, const loci_dataset *data,
                const loci_evaluation *result) {
    uint32_t outputs = loci_dataset_outputs(data);
    uint32_t panels = outputs < MOST_PANELS ? outputs : MOST_PANELS;
    uint32_t columns = panels < COLUMNS ? panels : COLUMNS;
    if (panels < outputs)
        cli_note("%u of %u outputs are drawn, the first", panels, outputs);
    figure f;
    figure_open(&f, request->format, left + columns * (side + gap) - gap + 16,
                (panels + COLUMNS - 1) / COLUMNS * row_height);
    for (uint32_t k = 0; k < panels; k++)
        draw_panel(&f, data, result, k);
    return figure_save(&f, request->output);
}

int figure_predictions(const figure_request *request) {
    loci_error error = {0};
    loci_network *network = NULL;
    loci_dataset *data = NULL;
    loci_evaluation result = {0};
    int status = figure_one_network(request, &network);
    if (status == CLI_GO_ON && loci_network_spec(network)->task != LOCI_TASK_REGRESS)
        status = cli_fail(request->runs[0], "tells classes apart; the figure is of numbers");
    if (status == CLI_GO_ON)
        status = figure_test_part(request, network, &data);
    if (status == CLI_GO_ON)
        status = cli_check_outputs(network, data);
    if (status == CLI_GO_ON &&
        loci_evaluate(network, data, LOCI_TEST, NULL, 1, &result, &error) != LOCI_OK)
        status = cli_error(&error);
    if (status == CLI_GO_ON)
        status = draw(request, data, &result);
    loci_evaluation_clear(&result);
    loci_dataset_free(data);
    loci_network_free(network);
    return status;
}
