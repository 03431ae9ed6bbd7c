/* The description of each layer: its sizes, where its tables are, its shifts. */
#include <float.h>

#include "codegen/emit.h"
#include "network/maps.h"
#include "wiring/delay.h"
#include "wiring/wiring.h"

/* Fields of one layer's description. */
struct fields {
    FILE *to; /* NULL: counts only */
    size_t bytes;
};

static void whole(struct fields *f, const char *name, size_t size, int64_t value) {
    f->bytes += size;
    if (f->to != NULL)
        fprintf(f->to, "        .%s = %lld,\n", name, (long long)value);
}

static void unsigned_word(struct fields *f, const char *name, uint32_t value) {
    f->bytes += 4;
    if (f->to != NULL)
        fprintf(f->to, "        .%s = %uu,\n", name, value);
}

static void real(struct fields *f, const char *name, float value) {
    char text[32];
    loci_print_float(text, value);
    f->bytes += 4;
    if (f->to != NULL)
        fprintf(f->to, "        .%s = %s,\n", name, text);
}

/* A table of that layer; there: whether it has one. */
static void pointer(struct fields *f, const char *name, const char *stem, uint32_t l, bool there) {
    char table[64] = "0";
    if (there)
        loci_table_name(table, stem, l);
    f->bytes += 4;
    if (f->to != NULL)
        fprintf(f->to, "        .%s = %s,\n", name, table);
}

static void law_table(struct fields *f, const loci_fixed_law *law, uint32_t l) {
    whole(f, "law_bits", 1, law->bits);
    pointer(f, "law", "law", l, true);
    whole(f, "law_first", 4, law->first);
    whole(f, "law_segments", 4, law->segments);
}

/* How long connections take. */
static void delays(struct fields *f, const loci_export *x, uint32_t l) {
    const loci_fixed_delay *delay = &x->pair[l].fixed.placed.delay;
    const loci_delay real_delay = loci_acting_delay(&x->acting, l);
    bool recurrent = x->projections > x->pairs;
    if (!x->fixed) {
        real(f, "pace", real_delay.inverse_speed);
        if (recurrent)
            real(f, "soonest", (float)real_delay.first);
        real(f, "latest", (float)(x->pair[l].taps - 1));
        return;
    }
    unsigned_word(f, "pace", delay->pace);
    whole(f, "pace_shift", 1, delay->shift);
    if (recurrent)
        unsigned_word(f, "soonest", delay->least);
    unsigned_word(f, "latest", delay->most);
}

/* Where senders stand. */
static void grid_senders(struct fields *f, const loci_export *x, uint32_t l) {
    bool grid = loci_has_grid_senders(x->spec, l);
    size_t rows, columns = 0, maps = 0;
    if (grid)
        loci_grid_of_senders(x->spec, l, &rows, &columns, &maps);
    whole(f, "coordinates", 2, (int64_t)x->acting.wiring[l].coordinates);
    whole(f, "columns", 2, (int64_t)columns);
    whole(f, "maps", 4, (int64_t)maps); /* 2, and 2 to the next pointer */
    pointer(f, "column_place", "column_place", l, grid);
    pointer(f, "row_place", "row_place", l, grid);
}

static void places(struct fields *f, const loci_export *x, uint32_t l) {
    const loci_wiring *w = &x->acting.wiring[l];
    const loci_placed *placed = &x->pair[l].fixed.placed;
    bool sheet = l == 0 && x->network->sheet != NULL;
    bool plane = loci_has_grid_senders(x->spec, l) && w->coordinates == 2; /* nothing across it */
    whole(f, "axons", 4, (int64_t)w->axons);
    whole(f, "dendrites", 4, (int64_t)w->dendrites);
    if (x->spec->maps_count > 0)
        grid_senders(f, x, l);
    if (loci_codegen_is_tied(x, l))
        pointer(f, "axon_position", "dendrite_position", l - 1, true);
    else
        pointer(f, "axon_position", "axon_position", l, !sheet && !plane);
    pointer(f, "axon_charge", "axon_charge", l, w->c != NULL);
    pointer(f, "dendrite_position", "dendrite_position", l, true);
    if (loci_codegen_has_dendrite_charges(x))
        pointer(f, "dendrite_charge", "dendrite_charge", l, true);
    if (x->fixed) {
        unsigned_word(f, "base", placed->base);
        if (!loci_codegen_has_law_tables(x))
            whole(f, "root_shift", 1, placed->root_shift);
        whole(f, "charge_shift", 1, placed->charge_shift);
        whole(f, "weight_shift", 1, placed->weight_shift);
        if (loci_codegen_has_law_tables(x))
            law_table(f, &placed->law, l);
    } else {
        real(f, "base", w->base);
        real(f, "scale", w->scale);
        if (loci_emit_flag(x, "length"))
            real(f, "inverse_length", 1 / w->length);
    }
    if (loci_emit_flag(x, "range")) {
        if (x->fixed) {
            unsigned_word(f, "reach", placed->reach);
            unsigned_word(f, "cutoff", placed->cutoff);
        } else {
            real(f, "cutoff", w->cutoff);
        }
    }
    if (loci_emit_flag(x, "near")) {
        if (x->fixed)
            unsigned_word(f, "near", placed->near);
        else
            real(f, "near", x->pair[l].real.near);
    }
    if (x->delays)
        delays(f, x, l);
    if (x->projections > x->pairs)
        whole(f, "own", 1, x->pair[l].own);
    if (loci_emit_flag(x, "strong")) {
        if (x->fixed)
            whole(f, "strong", 4, placed->strong);
        else
            real(f, "strong", x->network->cut[l].value);
    }
}

static void weights(struct fields *f, const loci_export *x, uint32_t l) {
    bool signs = loci_codegen_lists_signs(x);
    if (x->options.mode == LOCI_EXPORT_PRUNED) {
        pointer(f, "start", "start", l, true);
        if (signs)
            pointer(f, "plus", "plus", l, true);
        pointer(f, signs ? "receiver" : "step", signs ? "receiver" : "step", l, true);
    }
    if (!signs)
        pointer(f, "weight", "weight", l, true);
    if (loci_emit_flag(x, "gain"))
        pointer(f, "gain", "gain", l, l < x->pairs);
}

/* A constant of spiking neurons: one for the layer, or a table. */
static void constant(struct fields *f, const loci_export *x, uint32_t l, const char *name,
                     int trained, int32_t fixed, float value) {
    if (trained == LOCI_TRAINED_NEURON)
        pointer(f, name, name, l, true);
    else if (x->fixed)
        whole(f, name, 4, fixed);
    else
        real(f, name, value);
}

static void adaptation(struct fields *f, const loci_export *x, uint32_t l) {
    static const char *const names[] = {"kept", "by_membrane", "by_spike"};
    const loci_codegen_pair *pair = &x->pair[l];
    for (size_t k = 0; k < 3; k++)
        if (pair->real.adaptation[k] != NULL)
            constant(f, x, l, names[k], x->spec->train_adaptation,
                     x->fixed ? pair->fixed.adaptation[k][0] : 0, pair->real.adaptation[k][0]);
        else if (x->spec->train_adaptation == LOCI_TRAINED_NEURON)
            pointer(f, names[k], names[k], l, false);
        else
            constant(f, x, l, names[k], LOCI_TRAINED_NO, 0, 0);
}

/* Where what arrives at a layer stands. */
static void ring(struct fields *f, const loci_export *x, uint32_t l) {
    size_t before = 0;
    for (uint32_t k = 0; k < l; k++)
        before += x->slots[k] * x->pair[k].m;
    whole(f, "taps", 4, x->pair[l].taps);
    whole(f, "steps", 4, x->slots[l]);
    whole(f, "ring", 4, (int64_t)before);
}

static void spiking_neurons(struct fields *f, const loci_export *x, uint32_t l) {
    const loci_codegen_pair *pair = &x->pair[l];
    size_t first = 0;
    for (uint32_t k = 0; k < l; k++)
        first += x->pair[k].m;
    constant(f, x, l, "beta", x->spec->train_beta, x->fixed ? pair->fixed.beta[0] : 0,
             pair->real.beta[0]);
    if (loci_spec_fires(x->spec, l + 1))
        constant(f, x, l, "threshold", x->spec->train_threshold,
                 x->fixed ? pair->fixed.threshold[0] : 0, pair->real.threshold[0]);
    else if (x->spec->train_threshold == LOCI_TRAINED_NEURON)
        pointer(f, "threshold", "threshold", l, false);
    else /* out of reach */
        constant(f, x, l, "threshold", LOCI_TRAINED_NO, INT32_MAX, FLT_MAX);
    if (x->adapts)
        adaptation(f, x, l);
    whole(f, "first", 4, (int64_t)first);
}

static void activation(struct fields *f, const loci_fixed_activation *by, uint32_t l) {
    pointer(f, "activation", "activation", l, by->table != NULL);
    whole(f, "activation_bits", 1, by->bits);
    whole(f, "activation_shift", 1, by->shift);
}

static void spike(struct fields *f, const loci_export *x, uint32_t p) {
    if (x->fixed)
        whole(f, "spike", 4, x->pair[p].fixed.spike);
    else
        real(f, "spike", x->pair[p].real.spike);
}

static void neurons(struct fields *f, const loci_export *x, uint32_t l) {
    pointer(f, "bias", "bias", l, true);
    if (x->spiking)
        spiking_neurons(f, x, l);
    else if (loci_codegen_has_activation_tables(x))
        activation(f, &x->pair[l].fixed.activation, l);
    else if (x->fixed)
        whole(f, "output_shift", 1, x->pair[l].fixed.output_shift);
    if (x->projections > x->pairs)
        spike(f, x, l);
    if (x->delays)
        ring(f, x, l);
}

/* One layer, or what one sends itself: of its neurons all else stands with the layer. */
static size_t put_layer(const loci_export *x, uint32_t p, FILE *to) {
    struct fields f = {.to = to};
    if (to != NULL)
        fprintf(to, "    {\n");
    whole(&f, "senders", 4, (int64_t)x->pair[p].n);
    whole(&f, "receivers", 4, (int64_t)x->pair[p].m);
    if (x->options.mode == LOCI_EXPORT_POSITIONS)
        places(&f, x, p);
    else
        weights(&f, x, p);
    if (p < x->pairs) {
        neurons(&f, x, p);
    } else {
        spike(&f, x, p);
        if (x->delays)
            whole(&f, "taps", 4, x->pair[p].taps);
        f.to = NULL; /* what is not named is there, too */
        neurons(&f, x, p - (uint32_t)x->pairs);
        f.bytes -= x->delays ? 8 : 4;
    }
    if (to != NULL)
        fprintf(to, "    },\n");
    return (f.bytes + 3) & ~(size_t)3;
}

size_t loci_emit_layers(const loci_export *export, FILE *to) {
    size_t bytes = 0, pairs = export->pairs, loops = export->projections - pairs;
    if (to != NULL)
        fprintf(to, "\nstatic const layer layers[%zu] = {\n", pairs);
    for (uint32_t p = 0; p < pairs; p++)
        bytes += put_layer(export, p, to);
    if (to != NULL && loops > 0)
        fprintf(to, "};\n\n/* hidden layers to themselves */\nstatic const layer loops[%zu] = {\n",
                loops);
    for (uint32_t p = 0; p < loops; p++)
        bytes += put_layer(export, (uint32_t)pairs + p, to);
    if (to != NULL)
        fprintf(to, "};\n\n");
    return bytes;
}
