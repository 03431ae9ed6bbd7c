/* How spikes cross to the next layer, and come back, over the steps of an unrolled graph: in each
 * step one product, of all that arrives then side by side. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "exchange/onnx_unrolled.h"
#include "exchange/taps.h"
#include "network/model_file.h"

/* Names that nodes of an unrolled graph may have as inputs: more take a runtime minutes to load. */
enum { MOST_ARRIVALS = 1000000 };

int loci_onnx_crossing_fits(const loci_acting *acting, const char *path, loci_error *error) {
    const loci_spec *spec = &acting->network->spec;
    size_t arrivals = 0, numbers = 0;
    for (size_t p = 0; p < acting->count; p++) {
        loci_taps taps;
        if (!loci_taps_needed(acting, p))
            continue;
        loci_taps_size(&taps, acting, p);
        arrivals += (size_t)taps.count * spec->time_steps;
        numbers += (size_t)taps.count * taps.n * taps.m;
    }
    if (arrivals > MOST_ARRIVALS)
        return loci_fail(error, LOCI_E_UNSUPPORTED, path,
                         "not written: unrolled over %u steps spikes arrive in %zu ways, more than "
                         "%d; a shorter --longest-delay has fewer, and --to npz takes any",
                         spec->time_steps, arrivals, MOST_ARRIVALS);
    if (numbers > LOCI_ONNX_MOST_BYTES / sizeof(float))
        return loci_onnx_too_large(path, error);
    return LOCI_OK;
}

/* Moves those taps that carry anything together; how late they are. */
static int gather(loci_taps *taps, loci_onnx_lates *lates, const char *path, loci_error *error) {
    size_t all = taps->n * taps->m;
    *lates = (loci_onnx_lates){loci_alloc(taps->count, sizeof *lates->late), 0, true};
    if (lates->late == NULL)
        return loci_fail_memory(error, path);
    for (uint32_t k = 0; k < taps->count; k++) {
        if (!loci_tap_used(taps, k))
            continue;
        memmove(taps->weight + lates->count * all, loci_tap(taps, k), all * sizeof(float));
        lates->late[lates->count++] = taps->first + k;
    }
    return LOCI_OK;
}

/* "pairL.taps" [K n, m], tap under tap; of a constant input "pairL.tap.K" [n, m], each by itself.
 */
static int put_taps(const loci_onnx_unrolled *u, loci_acting *acting, size_t p,
                    loci_onnx_lates *lates, const char *path, loci_error *error) {
    loci_taps taps;
    char name[LOCI_MODEL_NAME], part[LOCI_MODEL_NAME];
    bool apart = p == 0 && u->constant;
    int status = loci_taps_make(&taps, acting, p, path, error);
    if (status == LOCI_OK)
        status = gather(&taps, lates, path, error);
    const size_t shape[2] = {taps.n * (apart ? 1 : lates->count), taps.m};
    for (uint32_t k = 0; status == LOCI_OK && k < (apart ? lates->count : lates->count > 0); k++) {
        snprintf(part, sizeof part, apart ? "tap.%u" : "taps", lates->late[k]);
        loci_onnx_floats(u->model, loci_exchange_name(name, acting->network, p, part), 2, shape,
                         loci_tap(&taps, k));
    }
    free(taps.weight);
    return status;
}

int loci_onnx_crossing_constants(loci_onnx_unrolled *u, loci_acting *acting, uint32_t l,
                                 const char *path, loci_error *error) {
    size_t m = acting->wiring[l].m, loop = acting->pairs + l;
    loci_onnx_name bias;
    u->pair = u->loop = (loci_onnx_lates){0};
    if (!loci_taps_needed(acting, l)) {
        int status = loci_onnx_pair_constants(u->model, acting, l, path, error);
        if (status != LOCI_OK)
            return status;
    } else {
        int status = put_taps(u, acting, l, &u->pair, path, error);
        if (status != LOCI_OK)
            return status;
        loci_onnx_floats(u->model, loci_onnx_label(&bias, l + 1, "bias", 0), 1, &m,
                         loci_exchange_bias(acting->network, l));
    }
    bool last = l == loci_spec_hidden_layers(u->spec);
    return last || loop >= acting->count ? LOCI_OK
                                         : put_taps(u, acting, loop, &u->loop, path, error);
}

/* A layer's current before anything arrives, [N, m]: its biases, as often as there are samples. */
static const char *put_rest(const loci_onnx_unrolled *u, uint32_t l, const char *row,
                            loci_onnx_name *rest) {
    const uint32_t first = 0;
    loci_onnx_name bias;
    if (l == 0) {
        loci_onnx_indices(u->model, "first", &first, 1);
        loci_onnx_node_with(u->model, "Gather", "input.first", row, "first", "axis", 1);
        loci_onnx_node2(u->model, "Sub", "nothing", "input.first", "input.first"); /* [N, 1] */
    }
    loci_onnx_node2(u->model, "Add", loci_onnx_label(rest, l + 1, "rest", 0), "nothing",
                    loci_onnx_label(&bias, l + 1, "bias", 0));
    return rest->text;
}

/* A constant input arrives from some step on, and then in all. */
static void put_lasting(const loci_onnx_unrolled *u, uint32_t l, const char *pixels) {
    loci_onnx_name product, now, tap;
    uint32_t k = 0;
    put_rest(u, l, pixels, &now);
    for (uint32_t t = 1; t <= u->steps; t++) {
        if (k < u->pair.count && u->pair.late[k] == t - 1) {
            snprintf(tap.text, sizeof tap.text, "pair%u.tap.%u", l, u->pair.late[k++]);
            loci_onnx_node2(u->model, "MatMul", loci_onnx_label(&product, l + 1, "arrives", t),
                            pixels, tap.text);
            loci_onnx_node2(u->model, "Add",
                            loci_onnx_label(&u->current[t - 1], l + 1, "current", t), now.text,
                            product.text);
            now = u->current[t - 1];
        }
        u->current[t - 1] = now;
    }
}

/* What arrives in step t by the taps called `taps`, a product; NULL where nothing does. What was
 * not sent yet is 0. */
static const char *put_arrivals(const loci_onnx_unrolled *u, uint32_t layer, const char *taps,
                                const char *part, const loci_onnx_lates *lates, uint32_t t,
                                loci_onnx_name *product) {
    loci_onnx_name unsent, row;
    char inner[LOCI_ONNX_NAME / 2];
    if (lates->count == 0 || lates->late[0] >= t)
        return NULL;
    snprintf(inner, sizeof inner, "%s.unsent", part);
    loci_onnx_label(&unsent, layer, inner, 0);
    if (lates->count > 1 && lates->late[0] + 1 == t) /* the first time */
        loci_onnx_node2(u->model, "Sub", unsent.text, u->spike[0].text, u->spike[0].text);
    for (uint32_t k = 0; k < lates->count; k++)
        u->sum[k] = lates->late[k] < t ? u->spike[t - 1 - lates->late[k]] : unsent;
    snprintf(inner, sizeof inner, "%s.row", part);
    row = u->sum[0];
    if (lates->count > 1)
        loci_onnx_concat(u->model, loci_onnx_label(&row, layer, inner, t), u->sum, lates->count);
    loci_onnx_node2(u->model, "MatMul", loci_onnx_label(product, layer, part, t), row.text, taps);
    return product->text;
}

static void put_arriving(const loci_onnx_unrolled *u, uint32_t l) {
    loci_onnx_name rest, product, taps;
    put_rest(u, l, u->spike[0].text, &rest);
    snprintf(taps.text, sizeof taps.text, "pair%u.taps", l);
    for (uint32_t t = 1; t <= u->steps; t++) {
        loci_onnx_name *current = &u->current[t - 1];
        *current = rest;
        if (put_arrivals(u, l + 1, taps.text, "arrives", &u->pair, t, &product) != NULL)
            loci_onnx_node2(u->model, "Add", loci_onnx_label(current, l + 1, "current", t),
                            rest.text, product.text);
    }
}

void loci_onnx_currents(const loci_onnx_unrolled *u, uint32_t l, const char *input) {
    bool constant = l == 0 && u->constant;
    if (u->pair.needed && constant)
        put_lasting(u, l, input);
    else if (u->pair.needed)
        put_arriving(u, l);
    if (u->pair.needed)
        return;
    if (constant)
        loci_onnx_current(u->model, u->spec, l, input,
                          loci_onnx_label(&u->current[0], 1, "current", 0));
    for (uint32_t t = 1; t <= u->steps; t++)
        if (constant)
            u->current[t - 1] = u->current[0];
        else
            loci_onnx_current(u->model, u->spec, l, u->spike[t - 1].text,
                              loci_onnx_label(&u->current[t - 1], l + 1, "current", t));
}

void loci_onnx_hear(const loci_onnx_unrolled *u, uint32_t layer, uint32_t t) {
    loci_onnx_name product, taps, before = u->current[t - 1];
    snprintf(taps.text, sizeof taps.text, "recurrent%u.taps", layer);
    if (put_arrivals(u, layer, taps.text, "returns", &u->loop, t, &product) != NULL)
        loci_onnx_node2(u->model, "Add", loci_onnx_label(&u->current[t - 1], layer, "heard", t),
                        before.text, product.text);
}
