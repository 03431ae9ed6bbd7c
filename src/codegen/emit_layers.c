/* The description of each layer: its sizes, where its tables are, its shifts. */
#include <float.h>

#include "codegen/emit.h"

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

static void places(struct fields *f, const loci_export *x, uint32_t l) {
    const loci_wiring *w = &x->acting.wiring[l];
    const loci_placed *placed = &x->pair[l].fixed.placed;
    bool sheet = l == 0 && x->network->sheet != NULL;
    whole(f, "axons", 4, (int64_t)w->axons);
    whole(f, "dendrites", 4, (int64_t)w->dendrites);
    if (loci_codegen_is_tied(x, l))
        pointer(f, "axon_position", "dendrite_position", l - 1, true);
    else
        pointer(f, "axon_position", "axon_position", l, !sheet);
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
    if (loci_emit_flag(x, "strong")) {
        if (x->fixed)
            whole(f, "strong", 4, placed->strong);
        else
            real(f, "strong", x->network->cut[l].value);
    }
}

static void weights(struct fields *f, const loci_export *x, uint32_t l) {
    if (x->options.mode == LOCI_EXPORT_PRUNED) {
        pointer(f, "start", "start", l, true);
        pointer(f, "step", "step", l, true);
    }
    pointer(f, "weight", "weight", l, true);
    if (x->fixed)
        pointer(f, "gain", "gain", l, true);
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
    whole(f, "first", 4, (int64_t)first);
}

static void activation(struct fields *f, const loci_fixed_activation *by, uint32_t l) {
    pointer(f, "activation", "activation", l, by->table != NULL);
    whole(f, "activation_bits", 1, by->bits);
    whole(f, "activation_shift", 1, by->shift);
}

static void neurons(struct fields *f, const loci_export *x, uint32_t l) {
    pointer(f, "bias", "bias", l, true);
    if (x->spiking)
        spiking_neurons(f, x, l);
    else if (loci_codegen_has_activation_tables(x))
        activation(f, &x->pair[l].fixed.activation, l);
    else if (x->fixed)
        whole(f, "output_shift", 1, x->pair[l].fixed.output_shift);
}

size_t loci_emit_layers(const loci_export *export, FILE *to) {
    size_t bytes = 0;
    if (to != NULL)
        fprintf(to, "\nstatic const layer layers[%zu] = {\n", export->pairs);
    for (uint32_t l = 0; l < export->pairs; l++) {
        struct fields f = {.to = to};
        if (to != NULL)
            fprintf(to, "    {\n");
        whole(&f, "senders", 4, (int64_t) export->pair[l].n);
        whole(&f, "receivers", 4, (int64_t) export->pair[l].m);
        if (export->options.mode == LOCI_EXPORT_POSITIONS)
            places(&f, export, l);
        else
            weights(&f, export, l);
        neurons(&f, export, l);
        if (to != NULL)
            fprintf(to, "    },\n");
        bytes += (f.bytes + 3) & ~(size_t)3;
    }
    if (to != NULL)
        fprintf(to, "};\n\n");
    return bytes;
}
