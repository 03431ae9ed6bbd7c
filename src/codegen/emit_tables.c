/* The constants of the layers, and the layers that point to them. */
#include <string.h>

#include "codegen/emit.h"
#include "codegen/fixed_root.h"
#include "network/grid.h"
#include "network/maps.h"
#include "wiring/wiring.h"

/* Writes tables, or only counts their bytes. */
struct tables {
    const loci_export *export;
    FILE *to; /* NULL: counts only */
    size_t bytes, parameters;
};

/* Numbers as a table has them. */
struct numbers {
    const int8_t *small; /* positions, charges, weights: of 8 bits or fewer */
    const int32_t *whole;
    const uint8_t *bytes;
    const float *real;
    size_t count;
    uint32_t bits;       /* of small ones; 0: those of the export */
    size_t each, stride; /* they stand `each` together, `stride` apart; 0: all together */
};

/* Where number i stands. */
static size_t place(const struct numbers *numbers, size_t i) {
    return numbers->each == 0 ? i : i / numbers->each * numbers->stride + i % numbers->each;
}

/* Several numbers a byte, the first in the lowest bits. */
static void put_packed(loci_array *array, const struct numbers *numbers) {
    size_t each = 8 / numbers->bits;
    for (size_t i = 0; i < numbers->count; i += each) {
        unsigned byte = 0;
        for (size_t k = 0; k < each && i + k < numbers->count; k++)
            byte |= ((unsigned)numbers->small[place(numbers, i + k)] & ((1u << numbers->bits) - 1))
                    << k * numbers->bits;
        loci_array_integer(array, (int64_t)byte);
    }
}

static void put_numbers(loci_array *array, const struct numbers *numbers) {
    if (numbers->small != NULL && numbers->bits < 8) {
        put_packed(array, numbers);
        return;
    }
    for (size_t i = 0; i < numbers->count; i++) {
        size_t at = place(numbers, i);
        if (numbers->real != NULL)
            loci_array_float(array, numbers->real[at]);
        else
            loci_array_integer(array, numbers->small != NULL   ? numbers->small[at]
                                      : numbers->bytes != NULL ? numbers->bytes[at]
                                                               : numbers->whole[at]);
    }
}

/* One table; numbers that are not there make none. */
static void table(struct tables *t, const char *type, size_t size, const char *stem, uint32_t l,
                  const struct numbers *given) {
    struct numbers numbers = *given;
    if (numbers.small == NULL && numbers.whole == NULL && numbers.bytes == NULL &&
        numbers.real == NULL)
        return;
    if (numbers.bits == 0)
        numbers.bits = t->export->options.bits;
    size_t each = numbers.small != NULL && numbers.bits < 8 ? 8 / numbers.bits : 1;
    size_t count = (numbers.count + each - 1) / each;
    t->bytes += count * size;
    t->parameters += count * size;
    if (t->to == NULL)
        return;
    char name[64];
    loci_table_name(name, stem, l);
    loci_array array = loci_array_open(t->to, type, name, count);
    put_numbers(&array, &numbers);
    loci_array_close(&array);
}

/* Numbers out of a wiring's axon positions [n, C]: `count` times `each` from `first` on, `stride`
 * apart. */
static void part_of_places(struct tables *t, const char *stem, uint32_t l, const size_t from[4]) {
    const loci_export *x = t->export;
    const loci_wiring *w = &x->acting.wiring[l];
    size_t first = from[0], count = from[1], stride = from[2], each = from[3];
    table(t, "stored", x->fixed ? 1 : 4, stem, l,
          &(struct numbers){.small = x->fixed ? x->pair[l].fixed.placed.p + first : NULL,
                            .real = x->fixed ? NULL : w->p + first,
                            .count = count * each,
                            .each = each,
                            .stride = stride});
}

/* Senders on a grid: places of columns and rows, and what each map has. */
static void tables_of_grid(struct tables *t, uint32_t l) {
    size_t rows, columns, maps, C = t->export->acting.wiring[l].coordinates;
    loci_grid_of_senders(t->export->spec, l, &rows, &columns, &maps);
    part_of_places(t, "column_place", l, (const size_t[]){0, columns, maps * C, 1});
    part_of_places(t, "row_place", l, (const size_t[]){1, rows, columns * maps * C, 1});
    if (C > 2)
        part_of_places(t, "axon_position", l, (const size_t[]){2, maps, C, C - 2});
}

static void tables_of_places(struct tables *t, uint32_t l) {
    const loci_export *x = t->export;
    const loci_wiring *w = &x->acting.wiring[l];
    const loci_placed *placed = &x->pair[l].fixed.placed;
    size_t axons = w->n * w->axons, dendrites = w->m * w->dendrites, C = w->coordinates;
    bool fixed = x->fixed, sheet = l == 0 && x->network->sheet != NULL;
    size_t size = fixed ? 1 : 4;
    const char *charge = loci_codegen_stores_charges_apart(x) ? "stowed" : "stored";
    size_t rows, columns, maps;
    if (loci_has_grid_senders(x->spec, l)) {
        tables_of_grid(t, l);
        loci_grid_of_senders(x->spec, l, &rows, &columns, &maps);
        axons = maps; /* that have charges of their own: the first of all */
    } else if (!loci_codegen_is_tied(x, l))
        table(t, "stored", size, "axon_position", l,
              &(struct numbers){.small = fixed ? placed->p : NULL,
                                .real = fixed || sheet ? NULL : w->p,
                                .count = axons * C});
    table(t, charge, size, "axon_charge", l,
          &(struct numbers){.small = fixed ? placed->c : NULL,
                            .real = fixed ? NULL : w->c,
                            .count = axons,
                            .bits = x->charge_bits});
    table(t, "stored", size, "dendrite_position", l,
          &(struct numbers){.small = fixed ? placed->q : NULL,
                            .real = fixed ? NULL : w->q,
                            .count = dendrites * C});
    if (loci_codegen_has_dendrite_charges(x))
        table(t, charge, size, "dendrite_charge", l,
              &(struct numbers){.small = fixed ? placed->e : NULL,
                                .real = fixed          ? NULL
                                        : w->e != NULL ? w->e
                                                       : x->pair[l].real.ones,
                                .count = dendrites,
                                .bits = x->charge_bits});
}

static void tables_of_weights(struct tables *t, uint32_t l) {
    const loci_codegen_pair *pair = &t->export->pair[l];
    bool fixed = t->export->fixed;
    if (t->export->options.mode == LOCI_EXPORT_PRUNED) {
        const loci_lists *lists = &pair->lists;
        size_t size = t->export->wide_starts ? 4 : 2;
        bool signs = lists->plus != NULL; /* a byte says where and, by its place, what */
        t->parameters -= (pair->n + 1) * size + (signs ? 0 : lists->count); /* where, not what */
        table(t, "start_index", size, "start", l,
              &(struct numbers){.whole = lists->start, .count = pair->n + 1});
        table(t, "uint8_t", 1, "plus", l,
              &(struct numbers){.bytes = lists->plus, .count = pair->n});
        table(t, "uint8_t", 1, signs ? "receiver" : "step", l,
              &(struct numbers){.bytes = lists->step, .count = lists->count});
        table(t, "stored", fixed ? 1 : 4, "weight", l,
              &(struct numbers){.small = lists->small, .real = lists->real, .count = lists->count});
    } else {
        table(t, "stored", fixed ? 1 : 4, "weight", l,
              &(struct numbers){.small = fixed ? pair->fixed.stored : NULL,
                                .real = fixed ? NULL : pair->real.w,
                                .count = pair->n * pair->width});
    }
    table(t, "uint8_t", 1, "gain", l,
          &(struct numbers){.bytes = fixed ? pair->fixed.gain : NULL, .count = pair->m});
}

static void tables_of_neurons(struct tables *t, uint32_t l) {
    const loci_codegen_pair *pair = &t->export->pair[l];
    const loci_spec *spec = t->export->spec;
    bool fixed = t->export->fixed, spiking = t->export->spiking;
    const char *type = fixed ? "int32_t" : "float";
    if (l >= t->export->pairs)
        return; /* they are those of the layer */
    table(t, type, 4, "bias", l,
          &(struct numbers){.whole = fixed ? pair->fixed.bias : NULL,
                            .real = fixed ? NULL : pair->real.bias,
                            .count = pair->m});
    if (spiking && spec->train_beta == LOCI_TRAINED_NEURON)
        table(t, type, 4, "beta", l,
              &(struct numbers){.whole = fixed ? pair->fixed.beta : NULL,
                                .real = fixed ? NULL : pair->real.beta,
                                .count = pair->m});
    if (spiking && spec->train_threshold == LOCI_TRAINED_NEURON &&
        loci_spec_fires(t->export->spec, l + 1))
        table(t, type, 4, "threshold", l,
              &(struct numbers){.whole = fixed ? pair->fixed.threshold : NULL,
                                .real = fixed ? NULL : pair->real.threshold,
                                .count = pair->m});
}

static void tables_of_adaptation(struct tables *t, uint32_t l) {
    static const char *const names[] = {"kept", "by_membrane", "by_spike"};
    const loci_codegen_pair *pair = &t->export->pair[l];
    bool fixed = t->export->fixed, each = t->export->spec->train_adaptation == LOCI_TRAINED_NEURON;
    for (size_t k = 0; each && k < 3; k++)
        table(t, fixed ? "int32_t" : "float", 4, names[k], l,
              &(struct numbers){.whole = fixed ? pair->fixed.adaptation[k] : NULL,
                                .real = fixed ? NULL : pair->real.adaptation[k],
                                .count = pair->m});
}

/* Tables that no layer points to. */
static void tables_of_net(struct tables *t) {
    const loci_export *x = t->export;
    if (x->network->pixels != NULL) {
        size_t n = x->pair[0].n, size = x->pixels <= 65536 ? 2 : 4;
        t->bytes += n * size;
        if (t->to != NULL) {
            loci_array array =
                loci_array_open(t->to, size == 2 ? "uint16_t" : "uint32_t",
                                loci_codegen_is_table(x) ? "columns_used" : "pixels_used", n);
            for (size_t i = 0; i < n; i++)
                loci_array_integer(&array, x->network->pixels[i]);
            loci_array_close(&array);
        }
    }
    t->bytes += loci_emit_scaling(x, NULL); /* they stand beside what scales */
}

/* Units of what a regressor predicts. */
static void tables_of_outputs(struct tables *t) {
    const loci_export *x = t->export;
    if (!loci_codegen_has_units(x))
        return;
    table(t, "float", 4, "output_mean", LOCI_NO_LAYER,
          &(struct numbers){.real = x->network->target_mean, .count = x->spec->classes});
    table(t, "float", 4, "output_deviation", LOCI_NO_LAYER,
          &(struct numbers){.real = x->network->target_deviation, .count = x->spec->classes});
}

/* A law of distance; beyond its last segment it is 0. */
static void law_table(struct tables *t, uint32_t l) {
    const loci_fixed_law *law = &t->export->pair[l].fixed.placed.law;
    size_t count = law->segments + 1;
    t->bytes += count * sizeof *law->table;
    if (t->to == NULL)
        return;
    char name[64];
    loci_table_name(name, "law", l);
    loci_array array = loci_array_open(t->to, "uint16_t", name, count);
    for (size_t i = 0; i < count; i++)
        loci_array_integer(&array, law->table[i]);
    loci_array_close(&array);
}

/* What hidden neurons send. */
static void activation_table(struct tables *t, uint32_t l) {
    const loci_fixed_activation *by = &t->export->pair[l].fixed.activation;
    size_t count = ((size_t)1 << by->bits) + 1;
    t->bytes += count * sizeof *by->table;
    if (t->to == NULL)
        return;
    char name[64];
    loci_table_name(name, "activation", l);
    loci_array array = loci_array_open(t->to, "int16_t", name, count);
    for (size_t i = 0; i < count; i++)
        loci_array_integer(&array, by->table[i]);
    loci_array_close(&array);
}

static void root_table(struct tables *t) {
    uint16_t roots[LOCI_ROOT_ENTRIES];
    loci_root_table(roots);
    t->bytes += sizeof roots;
    if (t->to == NULL)
        return;
    fprintf(t->to, "/* 65535 / sqrt(i), from 16 on / sqrt(i + 1/2) */\n");
    loci_array array = loci_array_open(t->to, "uint16_t", "root_table", LOCI_ROOT_ENTRIES);
    for (size_t i = 0; i < LOCI_ROOT_ENTRIES; i++)
        loci_array_integer(&array, roots[i]);
    loci_array_close(&array);
}

/* Entries of 16 bits, the same for all layers. */
static void shared_table(struct tables *t, const char *comment, const char *name,
                         const uint16_t *entries, size_t count) {
    t->bytes += count * sizeof *entries;
    if (t->to == NULL)
        return;
    fprintf(t->to, "/* %s */\n", comment);
    loci_array array = loci_array_open(t->to, "uint16_t", name, count);
    for (size_t i = 0; i < count; i++)
        loci_array_integer(&array, entries[i]);
    loci_array_close(&array);
}

static void length_table(struct tables *t) {
    uint16_t roots[LOCI_SQUARE_ROOTS];
    loci_square_root_table(roots);
    shared_table(t, "65536 sqrt((i + 16) / 64)", "length_table", roots, LOCI_SQUARE_ROOTS);
}

static void halving_table(struct tables *t) {
    shared_table(t, "32768 / 2^(i / 32)", "halving_table", t->export->softmax.table,
                 LOCI_HALVING_ENTRIES);
}

static void grid_origin(struct tables *t) {
    const loci_export *x = t->export;
    const int32_t *origin = x->pair[0].fixed.placed.grid_origin;
    t->bytes += x->coordinates * 4;
    if (t->to == NULL)
        return;
    loci_array array =
        loci_array_open(t->to, x->fixed ? "int32_t" : "float", "grid_origin", x->coordinates);
    for (size_t c = 0; c < x->coordinates; c++)
        if (x->fixed)
            loci_array_integer(&array, origin[c]);
        else
            loci_array_float(&array, (float)loci_spec_pixel_place(x->spec, 0, c));
    loci_array_close(&array);
}

size_t loci_emit_tables(const loci_export *export, FILE *to, size_t *parameters) {
    struct tables t = {.export = export, .to = to};
    bool positions = export->options.mode == LOCI_EXPORT_POSITIONS;
    for (uint32_t l = 0; l < export->projections; l++) {
        bool loop = l >= export->pairs;
        if (to != NULL)
            fprintf(to, "%s/* ---- layer %u%s ---- */\n\n", l > 0 ? "\n" : "",
                    (loop ? l - (uint32_t) export->pairs : l) + 1, loop ? " to itself" : "");
        if (positions)
            tables_of_places(&t, l);
        if (loci_codegen_has_law_tables(export))
            law_table(&t, l);
        if (!positions)
            tables_of_weights(&t, l);
        tables_of_neurons(&t, l);
        tables_of_adaptation(&t, l);
        if (export->pair[l].fixed.activation.table != NULL)
            activation_table(&t, l);
    }
    if (to != NULL)
        putc('\n', to);
    *parameters = t.parameters;
    tables_of_net(&t);
    tables_of_outputs(&t);
    if (positions && export->fixed && !loci_codegen_has_law_tables(export))
        root_table(&t);
    if (positions && export->fixed && export->delays)
        length_table(&t);
    if (export->fixed && loci_codegen_sums_softmax(export))
        halving_table(&t);
    if (positions && export->network->sheet != NULL)
        grid_origin(&t);
    size_t layers = loci_emit_layers(export, to);
    return t.bytes + layers + loci_emit_grids(export, to);
}
