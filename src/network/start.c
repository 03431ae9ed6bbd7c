#include "network/start.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "network/acting_maps.h"
#include "network/grid.h"
#include "network/layout.h"
#include "network/maps.h"
#include "wiring/law.h"

float *loci_start_sheet(const loci_spec *spec) {
    size_t pixels = loci_spec_pixels(spec), C = loci_pair_coordinates(spec, 0);
    float *sheet = loci_alloc(pixels, C * sizeof *sheet);
    for (size_t i = 0; sheet != NULL && i < pixels; i++)
        for (size_t x = 0; x < C; x++)
            sheet[i * C + x] = (float)loci_spec_pixel_place(spec, i, x);
    return sheet;
}

/* Where the sites of a tensor start. */
enum region {
    CLOUD,  /* normal, standard deviation spread */
    GRID,   /* on the pixel grid, plus noise */
    SQUARE, /* uniform over the pixel grid's square, plus noise in further coordinates */
};

/* layer: whose neurons the sites belong to, for the relaxed last coordinate, uniform in [layer,
 * layer + 1). */
static void start_positions(const loci_network *network, const loci_tensor *tensor, uint32_t layer,
                            enum region region, const loci_random *stream) {
    const loci_spec *spec = &network->spec;
    size_t C = tensor->shape[tensor->rank - 1], own = loci_coordinates(spec),
           sites = tensor->count / C, per_neuron = sites / tensor->shape[0];
    float *to = network->parameters + tensor->offset;
    for (size_t site = 0; site < sites; site++) {
        for (size_t x = 0; x < C; x++) {
            size_t i = site * C + x;
            double normal = loci_random_normal(stream, 2 * i),
                   uniform = loci_random_uniform(stream, 2 * i + 1), at;
            if (x == own) /* that of channels */
                at = loci_channels_half(spec) * (2 * uniform - 1);
            else if (spec->planes == LOCI_PLANES_RELAXED && x == own - 1)
                at = layer + uniform;
            else if (region == CLOUD)
                at = spec->spread * normal;
            else if (region == GRID && x <= 1)
                at = loci_spec_pixel_place(spec, site / per_neuron, x) + spec->noise * normal;
            else if (region == SQUARE && x <= 1)
                at = loci_grid_half(spec, x) * (2 * uniform - 1);
            else
                at = spec->noise * normal;
            to[i] = (float)at;
        }
    }
}

/* A conventional pair starts as torch.nn.Linear does: weights and biases uniform in +-1/sqrt(n). */
static void start_uniform(float *to, size_t count, size_t n, const loci_random *stream) {
    double bound = 1 / sqrt((double)n);
    for (size_t i = 0; i < count; i++)
        to[i] = (float)(bound * (2 * loci_random_uniform(stream, i) - 1));
}

/* Dendrites of senders on a grid start all over it, of a stencil within 0.8 of its window, and
 * spread across maps; what maps send by starts spread across maps. */
static void start_over_grid(const loci_network *network, uint32_t l, const loci_tensor *tensor,
                            const loci_random *stream) {
    const loci_spec *spec = &network->spec;
    size_t axes = tensor->shape[2], rows, columns, maps;
    bool sender = tensor->offset == network->projection[l].axon_position;
    loci_grid_of_senders(spec, l, &rows, &columns, &maps);
    double share = loci_has_stencil(spec, l) ? 0.8 : 1;
    for (size_t i = 0; i < tensor->count; i++) {
        size_t x = sender ? 2 : i % axes;
        double side = x == 0 ? (double)columns : (double)rows;
        network->parameters[tensor->offset + i] =
            (float)(x < 2 ? share * side * (loci_random_uniform(stream, 2 * i + 1) - 0.5)
                          : spec->spread * loci_random_normal(stream, 2 * i));
    }
}

static void start_charges(float *to, size_t count, const loci_random *stream) {
    for (size_t i = 0; i < count; i++)
        to[i] = (float)loci_random_normal(stream, i);
}

/* Channels start apart, or dendrites could not tell them from each other, each with the charge that
 * the pixels of a grey sheet have. */
static void start_channels(const loci_network *network, const loci_projection *own) {
    for (uint32_t k = 0; own->channel_position != LOCI_NONE && k < network->spec.channels; k++) {
        network->parameters[own->channel_position + k] =
            (float)loci_channel_place(&network->spec, k);
        network->parameters[own->channel_charge + k] = 1;
    }
}

static const loci_tensor *tensor_at(const loci_network *network, size_t offset) {
    for (size_t i = 0; i < network->tensor_count; i++)
        if (network->tensors[i].offset == offset)
            return &network->tensors[i];
    return NULL;
}

/* The tensor at one of a pair's offsets, its stream set to its place; NULL when the pair has none.
 */
static const loci_tensor *view(const loci_network *network, size_t offset, loci_random *stream) {
    if (offset == LOCI_NONE)
        return NULL;
    const loci_tensor *tensor = tensor_at(network, offset);
    stream->round = (uint32_t)(tensor - network->tensors);
    return tensor;
}

/* A sending site as it acts, at [C]. */
static void sender_site(const loci_network *network, uint32_t l, size_t site, float *at) {
    const loci_spec *spec = &network->spec;
    const loci_projection *own = &network->projection[l];
    size_t C = loci_pair_coordinates(spec, l);
    if (loci_has_grid_senders(spec, l)) {
        const float *across = network->parameters + own->axon_position;
        size_t rows, columns, maps;
        loci_grid_of_senders(spec, l, &rows, &columns, &maps);
        at[0] = (float)loci_grid_place(site / maps % columns, columns);
        at[1] = (float)loci_grid_place(site / maps / columns, rows);
        for (size_t x = 2; x < C; x++)
            at[x] = across[site % maps * (C - 2) + x - 2];
        return;
    }
    const float *p =
        own->axon_position == LOCI_NONE ? network->sheet : network->parameters + own->axon_position;
    memcpy(at, p + C * site, C * sizeof *at);
    if (own->channel_position != LOCI_NONE)
        at[C - 1] = network->parameters[own->channel_position + site % spec->channels];
}

/* The root mean square of what the law, less its value at the end of a finite range, is worth
 * between the sites of a pair: how widely its weights are spread, but for charges. Of all pairs of
 * sites, or from as many as are enough, drawn at random. */
static double law_spread(const loci_network *network, uint32_t l, int law,
                         const loci_random *stream) {
    enum { PAIRS_OF_SITES = 1 << 16, MOST_COORDINATES = 65 };
    const loci_spec *spec = &network->spec;
    const loci_projection *own = &network->projection[l];
    size_t C = loci_pair_coordinates(spec, l), pair = loci_pair_of(spec, l), n, m;
    bool loop = l > loci_spec_hidden_layers(spec);
    loci_projection_shape(network, l, &n, &m);
    uint32_t axons = (uint32_t)n * loci_axon_sites(spec, l);
    uint32_t dendrites = (uint32_t)m * loci_dendrite_sites(spec, l);
    const float *q = network->parameters + own->dendrite_position;
    double gap = spec->planes == LOCI_PLANES_RELAXED ? 0
                 : loop                              ? spec->recurrent_gap
                                                     : spec->gap[l],
           sum = 0;
    float inverse_length = loci_law_has_length(law) ? (float)(1 / spec->length[pair]) : 0;
    float base = (float)(gap * gap + spec->softening * spec->softening), cutoff = 0;
    if (!loop && spec->range[l] > 0)
        cutoff = loci_law_value(law, loci_law_end((float)(1 / spec->range[l])), inverse_length);
    bool few = (uint64_t)axons * dendrites <= PAIRS_OF_SITES;
    uint64_t count = few ? (uint64_t)axons * dendrites : PAIRS_OF_SITES;
    for (uint64_t k = 0; k < count; k++) {
        uint64_t i = few ? k / dendrites : loci_random_below(stream, 2 * k, axons);
        uint64_t j = few ? k % dendrites : loci_random_below(stream, 2 * k + 1, dendrites);
        const float *b = q + C * j;
        float a[MOST_COORDINATES], square = base;
        sender_site(network, l, i, a);
        for (size_t x = 0; x < C; x++)
            square += (a[x] - b[x]) * (a[x] - b[x]);
        float f = loci_law_value(law, loci_law_at(law, square), inverse_length) - cutoff;
        sum += f > 0 ? (double)f * f : 0;
    }
    return sqrt(sum / (double)count);
}

/* log of the scale: 0.5 / sqrt(n A D), times what gives weights of another law the spread that they
 * would have with the inverse. Where nothing acts, or all is infinite, there is nothing to go by.
 * Over a grid it is the spread itself that is wanted: few places are within reach of a site, and
 * how many follows from gap, range and pitch. */
static float start_scale(const loci_network *network, uint32_t l, loci_random stream) {
    const loci_spec *spec = &network->spec;
    size_t n, m;
    loci_projection_shape(network, l, &n, &m);
    double scale = 0.5 / sqrt((double)n * loci_axon_sites(spec, l) * loci_dendrite_sites(spec, l));
    bool grid = loci_has_grid_senders(spec, l);
    if (grid || spec->law != LOCI_LAW_INVERSE) {
        view(network, network->projection[l].log_scale, &stream);
        double factor = (grid ? 1 : law_spread(network, l, LOCI_LAW_INVERSE, &stream)) /
                        law_spread(network, l, spec->law, &stream);
        scale *= factor > 0 && factor < 1e9 ? factor : 1;
    }
    return (float)log(scale);
}

static void start_pair(loci_network *network, uint32_t l, uint64_t seed) {
    const loci_spec *spec = &network->spec;
    const loci_projection *v = &network->projection[l];
    loci_random stream = {seed, LOCI_RANDOM_START, 0};
    size_t n, m, pair = loci_pair_of(spec, l);
    bool topographic = l == 0 && spec->input != LOCI_INPUT_RANDOM, loop = v->from == v->to;
    bool maps = loci_has_grid_senders(spec, l);
    const loci_tensor *t;
    loci_projection_shape(network, l, &n, &m);
    if (maps && (t = view(network, v->axon_position, &stream)) != NULL)
        start_over_grid(network, l, t, &stream);
    else if ((t = view(network, v->axon_position, &stream)) != NULL &&
             (l == 0 || spec->tied == LOCI_TIED_NO))
        start_positions(network, t, v->from, topographic ? GRID : CLOUD, &stream);
    if (maps && (t = view(network, v->dendrite_position, &stream)) != NULL)
        start_over_grid(network, l, t, &stream);
    else if ((t = view(network, v->dendrite_position, &stream)) != NULL &&
             !(loop && spec->tied == LOCI_TIED_YES))
        start_positions(network, t, v->to, topographic ? SQUARE : CLOUD, &stream);
    start_channels(network, v);
    if ((t = view(network, v->axon_charge, &stream)) != NULL)
        start_charges(network->parameters + t->offset, t->count, &stream);
    if ((t = view(network, v->dendrite_charge, &stream)) != NULL)
        start_charges(network->parameters + t->offset, t->count, &stream);
    if (v->gap != LOCI_NONE)
        network->parameters[v->gap] = (float)(loop ? spec->recurrent_gap : spec->gap[l]);
    if (v->range != LOCI_NONE)
        network->parameters[v->range] = (float)spec->range[l];
    if (v->log_scale != LOCI_NONE)
        network->parameters[v->log_scale] = start_scale(network, l, stream);
    if (v->log_length != LOCI_NONE)
        network->parameters[v->log_length] = (float)log(spec->length[pair]);
    if (v->log_speed != LOCI_NONE)
        network->parameters[v->log_speed] = (float)log(spec->speed[pair]);
    if ((t = view(network, v->weight, &stream)) != NULL) {
        start_uniform(network->parameters + t->offset, t->count, n, &stream);
        if (loop)
            return;
        t = view(network, network->layer[v->to].bias, &stream);
        start_uniform(network->parameters + t->offset, t->count, n, &stream);
    }
}

static void start_constant(loci_network *network, size_t offset, double value) {
    const loci_tensor *tensor = offset == LOCI_NONE ? NULL : tensor_at(network, offset);
    for (size_t i = 0; tensor != NULL && i < tensor->count; i++)
        network->parameters[offset + i] = (float)value;
}

void loci_start(loci_network *network, uint64_t seed) {
    memset(network->parameters, 0, network->parameter_count * sizeof(float));
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(&network->spec); l++) {
        start_pair(network, l, seed);
        start_constant(network, network->layer[l + 1].beta, network->spec.beta);
        start_constant(network, network->layer[l + 1].threshold, network->spec.threshold);
        start_constant(network, network->layer[l + 1].adaptation[0],
                       network->spec.adaptation_decay);
        start_constant(network, network->layer[l + 1].adaptation[1],
                       network->spec.adaptation_membrane);
        start_constant(network, network->layer[l + 1].adaptation[2],
                       network->spec.adaptation_spike);
    }
    for (uint32_t p = loci_spec_hidden_layers(&network->spec) + 1; p < network->projection_count;
         p++)
        start_pair(network, p, seed);
}
