/* Where the neurons of a network are: the middle of their sites. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figure/figure.h"

const char *figure_layer_name(const loci_spec *spec, uint32_t l, char text[CLI_WORD]) {
    if (l == 0)
        return "input";
    if (l > loci_spec_hidden_layers(spec))
        return "output";
    if (loci_spec_maps(spec, l, NULL)) {
        snprintf(text, CLI_WORD, spec->maps_count > 1 ? "maps %u" : "maps", l);
        return text;
    }
    snprintf(text, CLI_WORD, loci_spec_hidden_layers(spec) > 1 ? "hidden %u" : "hidden", l);
    return text;
}

void figure_layers_free(figure_layer *layers, size_t count) {
    for (size_t l = 0; l < count; l++) {
        free(layers[l].at);
        free(layers[l].site);
        free(layers[l].charge);
        layers[l] = (figure_layer){0};
    }
}

/* Sites of one kind per neuron: 0 where a layer has none of its own. */
static size_t sites_of(const loci_tensor *positions) {
    return positions == NULL ? 0 : positions->rank == 3 ? positions->shape[1] : 1;
}

/* Copies the sites of every neuron behind those it has already; z is the layer's where planes are
 * fixed or learned. */
static void copy_sites(const loci_network *network, const loci_tensor *positions, uint32_t l,
                       size_t first, figure_layer *layer) {
    const loci_spec *spec = loci_network_spec(network);
    bool relaxed = spec->planes == LOCI_PLANES_RELAXED;
    size_t coordinates = positions->shape[positions->rank - 1], sites = sites_of(positions);
    size_t flat = spec->dim - 1; /* one that channels have places in comes last */
    const float *from = cli_values(network, positions);
    for (size_t i = 0; i < layer->size; i++)
        for (size_t s = 0; s < sites; s++, from += coordinates) {
            float *to = layer->site + (i * layer->sites + first + s) * 3;
            to[0] = flat > 0 ? from[0] : 0;
            to[1] = flat > 1 ? from[1] : 0;
            to[2] = relaxed ? from[flat] : (float)l;
        }
}

/* The pixel grid that a sheet's inputs stay on (docs/format.md). */
static void copy_sheet(const loci_network *network, figure_layer *layer) {
    const loci_spec *spec = loci_network_spec(network);
    for (uint32_t i = 0; i < layer->size; i++) {
        float *to = layer->site + i * 3;
        size_t pixel = loci_network_pixel(network, i);
        to[0] = (float)loci_spec_pixel_place(spec, pixel, 0);
        to[1] = (float)loci_spec_pixel_place(spec, pixel, 1);
        to[2] = 0;
    }
}

static void find_middles(figure_layer *layer) {
    for (size_t i = 0; i < layer->size; i++)
        for (size_t s = 0; s < layer->sites; s++)
            for (size_t c = 0; c < 3; c++)
                layer->at[i * 3 + c] +=
                    layer->site[(i * layer->sites + s) * 3 + c] / (float)layer->sites;
}

/* Above 0: what leaves the neuron excites. A mask has the sign of its inhibition value. */
static void find_charges(const loci_network *network, uint32_t l, figure_layer *layer) {
    const loci_tensor *charges = cli_tensor(network, "pair", l, "axon.charge");
    layer->charged = charges != NULL;
    for (size_t i = 0; charges != NULL && i < layer->size; i++)
        for (size_t a = 0; a < charges->shape[1]; a++) {
            size_t own = i % charges->shape[0]; /* those of a map have its charge */
            layer->charge[i] += cli_values(network, charges)[own * charges->shape[1] + a];
        }
}

/* Neurons in maps stand on sheets, and share their arbors, which figure 'stencils' shows. */
static int fill_sheets(const loci_network *network, uint32_t l, const figure_sheet *sheet,
                       figure_layer *layer) {
    layer->size = loci_spec_layer_size(loci_network_spec(network), l);
    layer->sites = 1;
    layer->pitch = sheet->pitch;
    layer->at = calloc(layer->size, 3 * sizeof *layer->at);
    layer->site = calloc(layer->size, 3 * sizeof *layer->site);
    layer->charge = calloc(layer->size, sizeof *layer->charge);
    if (layer->at == NULL || layer->site == NULL || layer->charge == NULL)
        return cli_fail("figure", "out of memory");
    for (size_t i = 0; i < layer->size; i++) {
        figure_sheet_place(sheet, i, layer->at + 3 * i);
        layer->at[3 * i + 2] = (float)l;
    }
    memcpy(layer->site, layer->at, layer->size * 3 * sizeof *layer->at);
    find_charges(network, l, layer);
    return CLI_GO_ON;
}

static int fill(const loci_network *network, uint32_t l, figure_layer *layer) {
    const loci_spec *spec = loci_network_spec(network);
    figure_sheet sheets;
    if (figure_sheets(spec, l, &sheets))
        return fill_sheets(network, l, &sheets, layer);
    bool sheet = l == 0 && spec->input == LOCI_INPUT_SHEET;
    const loci_tensor *dendrites = l > 0 ? cli_positions(network, l - 1, false) : NULL;
    const loci_tensor *axons =
        l <= loci_spec_hidden_layers(spec) && !sheet ? cli_positions(network, l, true) : NULL;
    if (axons == dendrites)
        axons = NULL; /* tied: one position, used both ways */
    layer->size = loci_spec_layer_size(spec, l);
    layer->sites = sheet ? 1 : sites_of(dendrites) + sites_of(axons);
    assert(layer->size > 0 && layer->sites > 0);
    layer->at = calloc(layer->size, 3 * sizeof *layer->at);
    layer->site = calloc(layer->size * layer->sites, 3 * sizeof *layer->site);
    layer->charge = calloc(layer->size, sizeof *layer->charge);
    if (layer->at == NULL || layer->site == NULL || layer->charge == NULL)
        return cli_fail("figure", "out of memory");
    if (sheet)
        copy_sheet(network, layer);
    if (dendrites != NULL)
        copy_sites(network, dendrites, l, 0, layer);
    if (axons != NULL)
        copy_sites(network, axons, l, sites_of(dendrites), layer);
    find_middles(layer);
    find_charges(network, l, layer);
    return CLI_GO_ON;
}

int figure_layers(const loci_network *network, const char *run, figure_layer *layers) {
    const loci_spec *spec = loci_network_spec(network);
    if (spec->wiring == LOCI_WIRING_DENSE)
        return cli_fail(run, "a conventional network; its neurons have no positions to draw");
    int status = CLI_GO_ON;
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(spec) + 1 && status == CLI_GO_ON; l++)
        status = fill(network, l, &layers[l]);
    return status;
}

int figure_one_network(const figure_request *request, loci_network **network) {
    loci_error error = {0};
    if (request->count > 1)
        return cli_usage(request->runs[1], "this figure shows one network at a time");
    if (cli_load_model(network, request->runs[0], &error) != LOCI_OK)
        return cli_error(&error);
    return CLI_GO_ON;
}
