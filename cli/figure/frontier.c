/* Accuracy against parameters: a curve for each kind of network, with its name at its end, and what
 * others report for the same data. */
#include <string.h>

#include "common/paper.h"
#include "figure/figure.h"

enum { BLUE, VERMILLION, GREEN, PINK, ORANGE, SKY, BLACK }; /* figure_series() */

/* A family has one colour where it does not spike: fully connected arbors, shared arbors, and
 * conventional nets of either form. */
static const struct {
    const char *name;
    size_t colour, shape;
} looks[FIGURE_KINDS] = {
    [FIGURE_SPATIAL] = {"one site a neuron", PINK, FIGURE_CIRCLE},
    [FIGURE_ARBOR] = {"fully connected arbors", GREEN, FIGURE_CIRCLE},
    [FIGURE_SHARED_ARBOR] = {"shared arbors", BLUE, FIGURE_CIRCLE},
    [FIGURE_CONVENTIONAL] = {"conventional", VERMILLION, FIGURE_CIRCLE},
    [FIGURE_CONVOLUTIONAL] = {"conventional convolutions", VERMILLION, FIGURE_DIAMOND},
    [FIGURE_SPIKING] = {"spiking, one site a neuron", PINK, FIGURE_TRIANGLE},
    [FIGURE_SPIKING_ARBOR] = {"spiking arbors", ORANGE, FIGURE_TRIANGLE},
    [FIGURE_SPIKING_SHARED_ARBOR] = {"spiking shared arbors", PINK, FIGURE_TRIANGLE},
    [FIGURE_SPIKING_CONVENTIONAL] = {"conventional spiking", SKY, FIGURE_TRIANGLE},
};

/* Networks of a curve that are further apart are not joined: nothing is known between them. */
static const double furthest = 10;

typedef struct frontier {
    const figure_point *points; /* the smallest networks first */
    size_t point_count;
    figure_set sets[FIGURE_MOST_SETS];
    size_t set_count;
} frontier;

/* A further set; the last one once more where there are too many. */
static figure_set *new_set(frontier *all, size_t series) {
    figure_set *set = &all->sets[all->set_count - (all->set_count == FIGURE_MOST_SETS)];
    if (all->set_count < FIGURE_MOST_SETS)
        all->set_count++;
    *set = (figure_set){.series = series};
    return set;
}

static bool is_of(const figure_point *point, figure_kind kind, bool taught) {
    return point->kind == kind && point->taught == taught;
}

/* Whether one of its curve that is no larger is better. */
static bool is_beaten(const frontier *all, const figure_point *point) {
    for (size_t i = 0; i < all->point_count; i++) {
        const figure_point *other = &all->points[i];
        if (is_of(other, point->kind, point->taught) && other->parameters <= point->parameters &&
            other->accuracy > point->accuracy)
            return true;
    }
    return false;
}

static void add(figure_set *set, const figure_point *point) {
    figure_set_add(set, point->parameters, point->accuracy, point->deviation, NULL);
}

/* The networks of a kind: what no smaller one beats is joined, however it was trained; the others
 * stand faint beside the curve. */
static void add_kind(frontier *all, figure_kind kind, bool taught) {
    size_t shape = taught ? FIGURE_SQUARE : looks[kind].shape;
    size_t series = figure_series_of(looks[kind].colour, shape);
    figure_set *curve = NULL, *beaten = NULL;
    for (size_t i = 0; i < all->point_count; i++) {
        const figure_point *point = &all->points[i];
        if (!is_of(point, kind, taught))
            continue;
        if (is_beaten(all, point)) {
            if (beaten == NULL)
                beaten = new_set(all, series);
            beaten->loose = beaten->faint = true;
            add(beaten, point);
            continue;
        }
        if (curve == NULL || point->parameters > furthest * curve->x[curve->count - 1]) {
            curve = new_set(all, series);
            curve->named = true;
            curve->dashed = taught;
            snprintf(curve->name, FIGURE_NAME, "%s%s", looks[kind].name, taught ? ", taught" : "");
        }
        add(curve, point);
    }
}

/* Lines of the table that follow each other and have one name are a curve, named at its end. */
static void add_elsewhere(frontier *all) {
    const paper_elsewhere *e, *before = NULL;
    figure_set *set = NULL;
    for (size_t i = 0; (e = paper_elsewhere_at(i)) != NULL; i++) {
        if (strcmp(e->data, all->points[0].dataset) != 0)
            continue;
        bool more = before != NULL && strcmp(before->name, e->name) == 0;
        if (more)
            set->labels[set->count - 1] = NULL;
        else
            set = new_set(all,
                          figure_series_of(BLACK, e->form == PAPER_CONVOLUTIONAL ? FIGURE_DIAMOND
                                                                                 : FIGURE_CIRCLE));
        set->dashed = true;
        figure_set_add(set, (double)e->parameters, 100 * e->accuracy, 0, e->name);
        before = e;
    }
}

static int draw(const figure_request *request, const figure_point *points, size_t count) {
    static frontier all;
    all = (frontier){.points = points, .point_count = count};
    for (int kind = 0; kind < FIGURE_KINDS; kind++)
        for (int taught = 0; taught < 2; taught++)
            add_kind(&all, (figure_kind)kind, taught);
    add_elsewhere(&all);
    figure_chart chart = {.panels = 1,
                          .width = request->width > 0 ? request->width - 62 : 420,
                          .height = 300,
                          .across = {.logarithmic = true, .label = "parameters"},
                          .up = "test accuracy (%)",
                          .errors = true,
                          .sets = all.sets,
                          .count = all.set_count};
    return figure_chart_draw(&chart, request->format, request->output);
}

int figure_frontier(const figure_request *request) {
    static figure_point points[FIGURE_MOST_GROUPS];
    size_t count;
    int status = figure_points(request, points, &count);
    return status == CLI_GO_ON ? draw(request, points, count) : status;
}
