/* The network itself: its layers, what lies between them, its neurons. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "network/kept.h"
#include "network/maps.h"
#include "network/spiking.h"
#include "synapse/connections.h"
#include "view/payload.h"

/* Numbers a page may hold of one network: 16 MiB, which base64 makes 22 MB. */
enum { MOST_NUMBERS = 4 << 20 };
/* Bits of which connections are kept: 8 MiB, which base64 makes 11 MB. */
enum { MOST_BITS = 1 << 26 };

static json_t *real_or_null(double value) {
    return isnan(value) ? json_null() : json_real(value);
}

/* The distance between the planes; NaN where there are none. */
static double gap_of(const loci_network *network, size_t p) {
    const loci_spec *spec = &network->spec;
    size_t at = network->projection[p].gap;
    if (spec->wiring == LOCI_WIRING_DENSE || spec->planes == LOCI_PLANES_RELAXED)
        return NAN;
    if (at != LOCI_NONE)
        return fabs((double)network->parameters[at]);
    return p > loci_spec_hidden_layers(spec) ? spec->recurrent_gap : spec->gap[p];
}

/* Sites, of which a conventional pair has none. */
static json_t *spatial_part(const loci_network *network, const loci_wiring *w, size_t p) {
    size_t A = w->axons, C = w->coordinates, D = w->dendrites;
    /* those of maps follow from a grid */
    bool own = !loci_has_grid_senders(&network->spec, p);
    char law[64];
    loci_spec_get(&network->spec, "law", law, sizeof law);
    return json_pack(
        "{s:I, s:I, s:I, s:o, s:f, s:f, s:s, s:o, s:f, s:f, s:o, s:o, s:o, s:o, s:n}", "axons",
        (json_int_t)A, "dendrites", (json_int_t)D, "coordinates", (json_int_t)C, "gap",
        real_or_null(gap_of(network, p)), "base", (double)w->base, "scale", (double)w->scale, "law",
        law, "length", real_or_null(w->length > 0 ? (double)w->length : NAN), "inverse_range",
        (double)w->inverse_range, "cutoff", (double)w->cutoff, "axon_position",
        loci_view_array(LOCI_VIEW_F32, own ? w->p : NULL, 3, (size_t[]){w->n, A, C}), "axon_charge",
        loci_view_array(LOCI_VIEW_F32, own ? w->c : NULL, 2, (size_t[]){w->n, A}),
        "dendrite_position", loci_view_array(LOCI_VIEW_F32, w->q, 3, (size_t[]){w->m, D, C}),
        "dendrite_charge", loci_view_array(LOCI_VIEW_F32, w->e, 2, (size_t[]){w->m, D}), "weight");
}

static json_t *conventional_part(const loci_wiring *w) {
    return json_pack("{s:i, s:i, s:i, s:n, s:f, s:f, s:n, s:n, s:f, s:f, s:n, s:n, s:n, s:n, s:o}",
                     "axons", 0, "dendrites", 0, "coordinates", 0, "gap", "base", 0.0, "scale", 1.0,
                     "law", "length", "inverse_range", 0.0, "cutoff", 0.0, "axon_position",
                     "axon_charge", "dendrite_position", "dendrite_charge", "weight",
                     loci_view_array(LOCI_VIEW_F32, w->weight, 2, (size_t[]){w->n, w->m}));
}

/* Whether a list says which connections are kept. What a cutoff takes, it says itself, and it may
 * take others at other moments of the training. */
static bool is_listed(const loci_network *network) {
    return network->pruned_by != LOCI_UNPRUNED && network->pruned_by != LOCI_PRUNE_BY_RANGE;
}

static bool fits(const loci_network *network) {
    return loci_network_connections(network) <= MOST_BITS;
}

/* A bit for each connection; null: all are kept, or there are too many of them. */
static json_t *kept_of(const loci_acting *acting, uint32_t l) {
    const loci_wiring *w = &acting->wiring[l];
    if (!is_listed(acting->network) || !fits(acting->network))
        return json_null();
    size_t bytes = loci_bitmap_bytes(w->n, w->m);
    uint8_t *bitmap = loci_alloc(bytes, 1);
    if (bitmap == NULL)
        return NULL;
    loci_connections_bitmap(acting->kept[l], bitmap);
    json_t *array = loci_view_array(LOCI_VIEW_U8, bitmap, 1, &bytes);
    free(bitmap);
    return array;
}

/* A constant of the receivers of pair l as it acts; there: whether they have it. */
static json_t *constant_of(const loci_network *network, uint32_t l, bool there,
                           void (*get)(const loci_network *, uint32_t, float *)) {
    return there ? loci_view_constant(network, l, get) : json_null();
}

/* What is in both goes into the first; NULL, and neither is left, when memory was short. */
static json_t *joined(json_t *first, json_t *second) {
    bool lost = first == NULL || json_object_update(first, second) != 0;
    json_decref(second);
    if (!lost)
        return first;
    json_decref(first);
    return NULL;
}

/* What carries spikes from one layer to another, or to itself. */
static json_t *wiring_of(const loci_acting *acting, size_t p) {
    const loci_wiring *w = &acting->wiring[p];
    const loci_network *network = acting->network;
    json_t *part = w->weight != NULL ? conventional_part(w) : spatial_part(network, w, p);
    part = joined(part, loci_view_stencil(&network->spec, p));
    if (w->rounding.unit > 0)
        part = joined(part, json_pack("{s:f, s:f}", "weight_unit", (double)w->rounding.unit,
                                      "weight_most", (double)w->rounding.most));
    return joined(part, loci_view_grid(network, w, p));
}

static json_t *pair_of(const loci_acting *acting, uint32_t l) {
    const loci_network *network = acting->network;
    const loci_wiring *w = &acting->wiring[l];
    bool spiking = loci_spec_spikes(&network->spec);
    json_t *rest = json_pack(
        "{s:I, s:I, s:o, s:o, s:o, s:o}", "n", (json_int_t)w->n, "m", (json_int_t)w->m, "bias",
        loci_view_array(LOCI_VIEW_F32, network->parameters + network->layer[l + 1].bias, 1, &w->m),
        "beta", constant_of(network, l, spiking, loci_acting_beta), "threshold",
        constant_of(network, l, loci_spec_fires(&network->spec, l + 1), loci_acting_threshold),
        "kept", kept_of(acting, l));
    json_t *pair = joined(wiring_of(acting, l), rest);
    if (is_listed(network) && !fits(network))
        pair = joined(pair, json_pack("{s:b}", "kept_left_out", 1));
    pair = joined(pair, loci_view_delay(acting, l));
    return joined(pair, loci_view_adaptation(network, l));
}

/* A hidden layer that is wired to itself. */
static json_t *loop_of(const loci_acting *acting, size_t p) {
    const loci_wiring *w = &acting->wiring[p];
    json_t *rest =
        json_pack("{s:I, s:I, s:n}", "n", (json_int_t)w->n, "m", (json_int_t)w->m, "kept");
    return joined(joined(wiring_of(acting, p), rest), loci_view_delay(acting, p));
}

/* Projections from `first` on, up to `end`. */
static json_t *list_projections(const loci_acting *acting, size_t first, size_t end) {
    json_t *list = json_array();
    bool lost = false;
    for (size_t p = first; p < end; p++)
        lost |= json_array_append_new(list, p < acting->pairs ? pair_of(acting, (uint32_t)p)
                                                              : loop_of(acting, p)) != 0;
    if (!lost)
        return list;
    json_decref(list);
    return NULL;
}

static int leave_kept_out(loci_payload *payload, loci_error *error) {
    if (!is_listed(payload->network) || fits(payload->network))
        return LOCI_OK;
    return loci_payload_leave_out(payload, error,
                                  "which of the %zu connections pruning left: a page holds %d bits",
                                  loci_network_connections(payload->network), MOST_BITS);
}

static int put_pairs(loci_payload *payload, loci_error *error) {
    loci_acting acting;
    loci_pool *pool = payload->options->pool;
    int status = loci_acting_open(&acting, payload->network, error);
    bool listed = is_listed(payload->network) && fits(payload->network);
    if (status == LOCI_OK && listed)
        status = loci_kept_find_reached(&acting, pool, error);
    else if (status == LOCI_OK)
        loci_acting_update(&acting);
    if (status == LOCI_OK)
        status =
            loci_payload_put(payload, "pairs", list_projections(&acting, 0, acting.pairs), error);
    if (status == LOCI_OK && acting.count > acting.pairs)
        status = loci_payload_put(payload, "recurrent",
                                  list_projections(&acting, acting.pairs, acting.count), error);
    loci_acting_close(&acting);
    return status;
}

/* The pixel of each input neuron; null: every pixel has one. */
static int put_inputs(loci_payload *payload, loci_error *error) {
    const loci_network *network = payload->network;
    size_t inputs = loci_spec_layer_size(&network->spec, 0);
    if (network->pixels == NULL)
        return loci_payload_put(payload, "inputs", json_null(), error);
    if (loci_spec_pixels(&network->spec) > UINT16_MAX)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "view",
                         "a shrunk network of images of %zu pixels; a page can hold %d",
                         loci_spec_pixels(&network->spec), UINT16_MAX);
    uint16_t *pixels = loci_alloc(inputs, sizeof *pixels);
    if (pixels == NULL)
        return loci_fail_memory(error, "page");
    for (size_t i = 0; i < inputs; i++)
        pixels[i] = (uint16_t)network->pixels[i];
    int status = loci_payload_put(payload, "inputs",
                                  loci_view_array(LOCI_VIEW_U16, pixels, 1, &inputs), error);
    free(pixels);
    return status;
}

static json_t *layers_of(const loci_spec *spec) {
    json_t *list = json_array();
    bool lost = false;
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(spec) + 1; l++)
        lost |= json_array_append_new(list, loci_view_layer(spec, l)) != 0;
    if (!lost)
        return list;
    json_decref(list);
    return NULL;
}

static json_t *spiking_of(const loci_spec *spec) {
    char coding[64], readout[64], reset[64];
    if (!loci_spec_spikes(spec))
        return json_null();
    loci_spec_get(spec, "coding", coding, sizeof coding);
    loci_spec_get(spec, "readout", readout, sizeof readout);
    loci_spec_get(spec, "reset", reset, sizeof reset);
    json_t *spiking = json_pack("{s:I, s:s, s:s, s:s}", "time_steps", (json_int_t)spec->time_steps,
                                "coding", coding, "readout", readout, "reset", reset);
    bool spans = spec->coding == LOCI_CODING_LATENCY && spec->latency_span != 1;
    json_t *span = spans ? json_pack("{s:f}", "latency_span", spec->latency_span) : json_object();
    return joined(spiking, span);
}

int loci_payload_network(loci_payload *payload, loci_error *error) {
    const loci_network *network = payload->network;
    const loci_spec *spec = &network->spec;
    if (network->parameter_count > MOST_NUMBERS)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "view",
                         "the network has %zu parameters; a page can hold %d",
                         network->parameter_count, MOST_NUMBERS);
    int status = loci_payload_put(payload, "layers", layers_of(spec), error);
    if (status == LOCI_OK)
        status = put_inputs(payload, error);
    if (status == LOCI_OK)
        status = put_pairs(payload, error);
    if (status == LOCI_OK)
        status = leave_kept_out(payload, error);
    if (status == LOCI_OK)
        status = loci_payload_put(payload, "spiking", spiking_of(spec), error);
    return status == LOCI_OK
               ? loci_payload_put(payload, "logit_scale", json_real(spec->logit_scale), error)
               : status;
}
