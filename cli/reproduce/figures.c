/* The figures beside the page, each as SVG and as PNG, from the runs that are done. */
#include <math.h>
#include <string.h>

#include "reproduce/reproduce.h"

/* Runs that a figure is drawn from: those of all rows, each once. */
static void collect(const reproduction *all, const reproduce_section *section,
                    figure_request *request) {
    for (size_t i = 0; i < section->row_count; i++)
        for (size_t n = 0; n < reproduce_seeds(all, section, &section->rows[i]); n++) {
            const reproduce_run *run = &all->runs[section->rows[i].runs[n]];
            bool known = false;
            for (size_t r = 0; r < request->count; r++)
                known |= request->runs[r] == run->run.directory;
            if (!known && run->state == REPRODUCE_DONE && request->count < FIGURE_MOST_RUNS)
                request->runs[request->count++] = run->run.directory;
        }
}

/* Draws something to a file. Exit code. */
typedef int draw_function(const void *what, figure_format format, const char *path);

/* As SVG and as PNG; when both are there, the page may show them. */
static int draw_both(const reproduction *all, reproduce_section *section, const char *name,
                     draw_function *draw, const void *what) {
    char path[CLI_PATH + 32];
    snprintf(path, sizeof path, "%s/%s.svg", all->out, name);
    int status = draw(what, FIGURE_SVG, path);
    snprintf(path, sizeof path, "%s/%s.png", all->out, name);
    if (status == CLI_DONE)
        status = draw(what, FIGURE_PNG, path);
    if (status != CLI_DONE)
        return status;
    snprintf(section->figures[section->figure_count++], sizeof section->figures[0], "%s", name);
    return CLI_GO_ON;
}

/* ---- what `loci figure` draws of runs ---- */

typedef struct figure_of_runs {
    int (*draw)(const figure_request *request);
    figure_request request;
} figure_of_runs;

static int draw_runs(const void *what, figure_format format, const char *path) {
    static figure_of_runs drawing; /* too large for comfort on the stack */
    drawing = *(const figure_of_runs *)what;
    drawing.request.format = format;
    drawing.request.output = path;
    return drawing.draw(&drawing.request);
}

/* A figure whose name is its section's. */
static int draw_section(const reproduction *all, reproduce_section *section,
                        int (*draw)(const figure_request *request)) {
    static figure_of_runs drawing;
    drawing = (figure_of_runs){draw, {.data = all->request.data}};
    collect(all, section, &drawing.request);
    if (drawing.request.count == 0)
        return CLI_GO_ON;
    return draw_both(all, section, section->target->name, draw_runs, &drawing);
}

int reproduce_draw_space(const reproduction *all, reproduce_section *section) {
    return draw_section(all, section, figure_space);
}

int reproduce_draw_depths(const reproduction *all, reproduce_section *section) {
    return draw_section(all, section, figure_depths);
}

/* The first classes; `loci figure fig6 --digit` draws the others. */
int reproduce_draw_activations(const reproduction *all, reproduce_section *section) {
    enum { CLASSES = 3 };
    static figure_of_runs drawing;
    int status = CLI_GO_ON;
    drawing = (figure_of_runs){figure_activations, {.data = all->request.data}};
    collect(all, section, &drawing.request);
    if (drawing.request.count == 0)
        return CLI_GO_ON;
    uint32_t classes = all->runs[section->rows[0].runs[0]].run.config.spec.classes;
    for (uint32_t c = 0; c < CLASSES && c < classes && status == CLI_GO_ON; c++) {
        char name[16];
        snprintf(name, sizeof name, "fig6-%u", c);
        drawing.request.digit = c;
        status = draw_both(all, section, name, draw_runs, &drawing);
    }
    return status;
}

/* The paper's rule and the conventional nets beside it; without a single spatial net there is no
 * axis. */
int reproduce_draw_dimensions(const reproduction *all, reproduce_section *section) {
    bool spatial = false;
    for (size_t i = 0; i < section->row_count; i++)
        for (size_t n = 0; n < all->request.seed_count; n++) {
            const reproduce_run *run = &all->runs[section->rows[i].runs[n]];
            spatial |=
                run->state == REPRODUCE_DONE && run->run.config.spec.wiring == LOCI_WIRING_SPATIAL;
        }
    return spatial ? draw_section(all, section, figure_dimensions) : CLI_GO_ON;
}

int reproduce_draw_frontier(const reproduction *all, reproduce_section *section) {
    return draw_section(all, section, figure_frontier);
}

/* ---- Fig. 3 ---- */

enum { DURING, AFTER };

static void put(figure_set *set, double share, double accuracy, double deviation) {
    if (accuracy > 0)
        figure_set_add(set, 100 * share, 100 * accuracy, isnan(deviation) ? 0 : 100 * deviation,
                       NULL);
}

/* How much of a row's network is cut while it is trained; 0: nothing. */
static double share_during(const reproduction *all, const reproduce_row *row) {
    return all->runs[row->runs[0]].run.config.train.prune.sparsity;
}

/* sets: ours during and after, the paper's during and after. What is not pruned begins both. */
static void add_row(const reproduction *all, const reproduce_section *section,
                    const reproduce_row *row, figure_set *sets, bool paper) {
    reproduce_result result;
    double during = share_during(all, row);
    bool whole = during <= 0 && row->cut <= 0;
    reproduce_measure(all, section, row, &result);
    for (int panel = 0; panel < 2; panel++) {
        double share = whole ? 0 : panel == DURING ? during : row->cut;
        if (!whole && share <= 0)
            continue;
        put(&sets[panel], share, result.mean, result.deviation);
        if (paper)
            put(&sets[2 + panel], share, row->paper.accuracy, row->paper.deviation);
    }
}

static size_t fill_sets(const reproduction *all, const reproduce_section *section,
                        figure_set *sets) {
    size_t count = 0, series = 0;
    const char *preset = NULL;
    for (size_t i = 0; i < section->row_count; i++) {
        const reproduce_row *row = &section->rows[i];
        if (preset == NULL || strcmp(preset, row->preset) != 0) {
            if (count + 4 > FIGURE_MOST_SETS)
                break;
            for (size_t s = 0; s < 4; s++) {
                sets[count + s] = (figure_set){.panel = s % 2, .series = series, .dashed = s >= 2};
                snprintf(sets[count + s].name, FIGURE_NAME, "%s%s", row->label,
                         s >= 2 ? ", the paper" : "");
            }
            preset = row->preset;
            series++;
            count += 4;
        }
        add_row(all, section, row, sets + count - 4, reproduce_is_mnist(all));
    }
    return count;
}

static int draw_chart(const void *what, figure_format format, const char *path) {
    return figure_chart_draw(what, format, path);
}

int reproduce_draw_pruning(const reproduction *all, reproduce_section *section) {
    static figure_set sets[FIGURE_MOST_SETS];
    size_t count = fill_sets(all, section, sets), points = 0;
    figure_chart chart = {.panels = 2,
                          .titles = {"pruned during training", "pruned after training"},
                          .width = 200,
                          .height = 160,
                          .across = {.low = 0, .high = 100, .label = "pruned connections (%)"},
                          .up = "test accuracy (%)",
                          .sets = sets,
                          .count = count};
    for (size_t s = 0; s < count; s++)
        points += sets[s].dashed ? 0 : sets[s].count;
    if (points == 0)
        return CLI_GO_ON;
    return draw_both(all, section, section->target->name, draw_chart, &chart);
}

int reproduce_draw(reproduction *all) {
    int status = CLI_GO_ON;
    for (size_t s = 0; s < all->section_count && status == CLI_GO_ON; s++)
        if (all->sections[s].target->draw != NULL)
            status = all->sections[s].target->draw(all, &all->sections[s]);
    return status;
}
