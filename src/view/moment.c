/* A moment of a training as one flat array: what a page that is open while it goes on is sent. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "view/parts.h"

/* Numbers that stand together: a tensor as it is stored, or a part as it acts. */
typedef struct run_of {
    char name[64];
    const loci_tensor *tensor; /* NULL: a part */
    size_t projection, count;
    enum loci_part part;
} run_of;

struct loci_moment {
    loci_part_view view;
    size_t parts, count;
    run_of *list; /* [parts] */
};

static bool is_raw(const loci_tensor *tensor) {
    return tensor->kind == LOCI_TENSOR_POSITION || tensor->kind == LOCI_TENSOR_WEIGHT;
}

static size_t list_tensors(const loci_network *network, run_of *list) {
    const loci_tensor *tensor;
    size_t n = 0;
    for (size_t i = 0; (tensor = loci_network_tensor(network, i)) != NULL; i++) {
        if (!is_raw(tensor))
            continue;
        list[n] = (run_of){.tensor = tensor, .count = tensor->count};
        memcpy(list[n++].name, tensor->name, sizeof tensor->name);
    }
    return n;
}

static size_t list_parts(const loci_part_view *view, run_of *list) {
    const loci_network *network = &view->network;
    size_t n = 0;
    for (size_t p = 0; p < view->acting.count; p++)
        for (int k = 0; k < LOCI_PARTS; k++) {
            enum loci_part part = (enum loci_part)k;
            if (!loci_part_trained(network, p, part))
                continue;
            list[n] = (run_of){.projection = p, .part = part};
            list[n].count = loci_part_track(view, p, part).count;
            loci_part_name(network, p, part, list[n].name, sizeof list[n].name);
            n++;
        }
    return n;
}

int loci_moment_create(loci_moment **out, const loci_network *network, loci_error *error) {
    loci_moment *moment = calloc(1, sizeof *moment);
    if (moment == NULL)
        return loci_fail_memory(error, "page");
    int status = loci_part_view_open(&moment->view, network, error);
    moment->list =
        loci_alloc(LOCI_MAX_TENSORS + LOCI_MAX_PROJECTIONS * LOCI_PARTS, sizeof *moment->list);
    if (status == LOCI_OK && moment->list == NULL)
        status = loci_fail_memory(error, "page");
    if (status != LOCI_OK) {
        loci_moment_free(moment);
        return status;
    }
    /* shapes stand in what acts, which wants some parameters to point to */
    memcpy(moment->view.network.parameters, network->parameters,
           network->parameter_count * sizeof *network->parameters);
    loci_acting_update(&moment->view.acting);
    moment->parts = list_tensors(&moment->view.network, moment->list);
    moment->parts += list_parts(&moment->view, moment->list + moment->parts);
    for (size_t i = 0; i < moment->parts; i++)
        moment->count += moment->list[i].count;
    *out = moment;
    return LOCI_OK;
}

void loci_moment_free(loci_moment *moment) {
    if (moment == NULL)
        return;
    loci_part_view_close(&moment->view);
    free(moment->list);
    free(moment);
}

size_t loci_moment_count(const loci_moment *moment) {
    return moment->count;
}

const char *loci_moment_part(const loci_moment *moment, size_t i, size_t *count) {
    if (i >= moment->parts)
        return NULL;
    if (count != NULL)
        *count = moment->list[i].count;
    return moment->list[i].name;
}

void loci_moment_take(loci_moment *moment, const float *parameters, float *values) {
    loci_network *network = &moment->view.network;
    memcpy(network->parameters, parameters, network->parameter_count * sizeof *parameters);
    loci_acting_update(&moment->view.acting);
    for (size_t i = 0; i < moment->parts; i++) {
        const run_of *run = &moment->list[i];
        if (run->tensor != NULL)
            memcpy(values, network->parameters + run->tensor->offset, run->count * sizeof *values);
        else
            loci_part_copy(&moment->view, run->projection, run->part, run->count, values);
        values += run->count;
    }
}
