/* Each pair of sites by itself, for those who want to look at them: how long, how late, how strong.
 */
#include <loci/inspect.h>

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "network/kept.h"

struct ways {
    const loci_wiring *w;
    loci_delay delay;
    const uint8_t *kept; /* [n, m], or NULL: all are */
    bool own;            /* of a layer to itself: no neuron to itself */
    loci_way *way;       /* [m * A * D] of one sender */
    size_t count;
};

/* Leaves out what is out of reach. */
static void add(struct ways *x, size_t i, size_t a, size_t j, size_t b) {
    const loci_wiring *w = x->w;
    const float *p = w->p + (i * w->axons + a) * w->coordinates;
    const float *q = w->q + (j * w->dendrites + b) * w->coordinates;
    float square = w->base;
    for (size_t k = 0; k < w->coordinates; k++)
        square += (p[k] - q[k]) * (p[k] - q[k]);
    float r = sqrtf(square);
    const loci_law_distance at = {square, 1 / r};
    float over = loci_law_has_length(w->law) ? 1 / w->length : 0;
    float worth = loci_law_value(w->law, at, over) - w->cutoff;
    if (w->cutoff > 0 && worth <= 0)
        return;
    float c = w->c == NULL ? 1 : w->c[i * w->axons + a];
    float e = w->e == NULL ? 1 : w->e[j * w->dendrites + b];
    float first = (float)x->delay.first, last = first + (float)(x->delay.taps - 1);
    x->way[x->count++] = (loci_way){.from = (uint32_t)i,
                                    .to = (uint32_t)j,
                                    .length = r,
                                    .delay = fminf(fmaxf(r * x->delay.inverse_speed, first), last),
                                    .weight = w->scale * c * e * worth};
}

static void add_sender(struct ways *x, size_t i) {
    const loci_wiring *w = x->w;
    x->count = 0;
    for (size_t j = 0; j < w->m; j++) {
        bool cut = (x->kept != NULL && x->kept[i * w->m + j] == 0) || (x->own && i == j);
        for (size_t a = 0; !cut && a < w->axons; a++)
            for (size_t b = 0; b < w->dendrites; b++)
                add(x, i, a, j, b);
    }
}

static int visit_all(const loci_acting *acting, size_t p, loci_way_visit visit, void *context,
                     loci_error *error) {
    const loci_wiring *w = &acting->wiring[p];
    uint8_t *kept = acting->kept[p] != NULL ? loci_alloc(w->n * w->m, 1) : NULL;
    struct ways x = {.w = w,
                     .delay = loci_acting_delay(acting, p),
                     .kept = kept,
                     .own = p >= acting->pairs,
                     .way = loci_alloc(w->m * w->axons * w->dendrites, sizeof *x.way)};
    bool lost = x.way == NULL || (kept == NULL && acting->kept[p] != NULL);
    if (kept != NULL)
        loci_kept_count(acting, p, kept);
    for (size_t i = 0; !lost && i < w->n; i++) {
        add_sender(&x, i);
        if (x.count > 0)
            visit(context, x.way, x.count);
    }
    free(kept);
    free(x.way);
    return lost ? loci_fail_memory(error, "ways") : LOCI_OK;
}

int loci_network_ways(const loci_network *network, uint32_t projection, loci_way_visit visit,
                      void *context, loci_error *error) {
    loci_acting acting;
    if (projection >= network->projection_count)
        return loci_fail(error, LOCI_E_ARGUMENT, "projection", "%u is not one of %zu", projection,
                         network->projection_count);
    if (network->spec.wiring == LOCI_WIRING_DENSE)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "projection",
                         "a conventional network's connections have no length");
    size_t n, m;
    loci_projection_shape(network, projection, &n, &m);
    int status = loci_check_matrix("ways", n, m, error);
    if (status != LOCI_OK)
        return status;
    status = loci_acting_open(&acting, network, error);
    if (status == LOCI_OK) {
        loci_acting_update(&acting);
        if (projection < acting.pairs) /* loops are whole */
            status = loci_kept_find_of(&acting, projection, NULL, error);
    }
    if (status == LOCI_OK)
        status = visit_all(&acting, projection, visit, context, error);
    loci_acting_close(&acting);
    return status;
}
