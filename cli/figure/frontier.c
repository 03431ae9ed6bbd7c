/* Accuracy against parameters: networks of all kinds, and what others report for MNIST. */
#include <math.h>
#include <string.h>

#include "common/paper.h"
#include "figure/figure.h"

/* How the networks of a kind were trained. */
enum { PLAIN, SHIFTED, BENT, TAUGHT, WAYS };

enum { ELSEWHERE = WAYS * FIGURE_KINDS, SETS };

/* The axis begins here, unless most networks are below: what is above has the room. */
static const double least = 88;

/* Bending is a way of its own for conventional nets: the large one that teaches is no part of their
 * curve. The large arbors are of theirs. */
static size_t way_of(const figure_point *point) {
    bool arbor = point->kind == FIGURE_ARBOR || point->kind == FIGURE_SPIKING_ARBOR;
    if (point->taught)
        return TAUGHT;
    if (point->bent && !arbor)
        return BENT;
    return point->shifted ? SHIFTED : PLAIN;
}

/* Kinds that were trained in several ways are as many series. */
static void name_sets(figure_set *sets) {
    for (size_t k = 0; k < FIGURE_KINDS; k++) {
        figure_set *plain = &sets[WAYS * k + PLAIN], *shifted = &sets[WAYS * k + SHIFTED];
        figure_set *bent = &sets[WAYS * k + BENT], *taught = &sets[WAYS * k + TAUGHT];
        bool both = plain->count > 0 && shifted->count > 0;
        const char *name = figure_kind_name((figure_kind)k);
        plain->series = shifted->series = k;
        bent->series = k + FIGURE_COLOURS;
        taught->series = k + 2 * FIGURE_COLOURS;
        bent->loose = true;
        shifted->dashed = both;
        snprintf(plain->name, FIGURE_NAME, "%s", name);
        snprintf(shifted->name, FIGURE_NAME, "%s%s", name, both ? ", images shifted" : "");
        snprintf(bent->name, FIGURE_NAME, "%s, images bent", name);
        snprintf(taught->name, FIGURE_NAME, "%s, taught", name);
    }
    snprintf(sets[ELSEWHERE].name, FIGURE_NAME, "reported elsewhere");
    sets[ELSEWHERE].series = 20; /* black circles */
    sets[ELSEWHERE].loose = true;
}

static int draw(const figure_request *request, const figure_point *points, size_t count) {
    static figure_set sets[SETS];
    size_t above = 0;
    memset(sets, 0, sizeof sets);
    for (size_t i = 0; i < count; i++)
        above += points[i].accuracy >= least;
    for (size_t i = 0; i < count; i++)
        figure_set_add(&sets[WAYS * (size_t)points[i].kind + way_of(&points[i])],
                       points[i].parameters, points[i].accuracy, points[i].deviation, NULL);
    if (strcmp(points[0].dataset, "mnist") == 0)
        for (size_t i = 0; paper_elsewhere_at(i) != NULL; i++) {
            const paper_elsewhere *e = paper_elsewhere_at(i);
            figure_set_add(&sets[ELSEWHERE], (double)e->parameters, 100 * e->accuracy, 0, e->name);
        }
    name_sets(sets);
    figure_chart chart = {.panels = 1,
                          .width = 420,
                          .height = 250,
                          .across = {.logarithmic = true, .label = "parameters"},
                          .up = "test accuracy (%)",
                          .least = 2 * above >= count ? least : 0,
                          .sets = sets,
                          .count = SETS};
    return figure_chart_draw(&chart, request->format, request->output);
}

int figure_frontier(const figure_request *request) {
    static figure_point points[FIGURE_MOST_GROUPS];
    size_t count;
    int status = figure_points(request, points, &count);
    return status == CLI_GO_ON ? draw(request, points, count) : status;
}
