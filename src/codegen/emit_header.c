/* What stands at the top of the files: what they are, sizes, the scratch buffer. */
#include <string.h>

#include "codegen/emit.h"
#include "codegen/maps.h"
#include "network/grid.h"

void loci_emit_banner(const loci_export *export, FILE *to) {
    static const char *const stored[] = {"positions and charges", "weights",
                                         "the weights of kept connections"};
    fprintf(to, "/* %s: a network as C, made by Loci %s.\n * ", export->name, loci_version());
    if (loci_codegen_stores_charges_apart(export))
        fprintf(to,
                "Stored are positions in %u bits and charges in %u; all arithmetic%s is in 32-bit "
                "integers.",
                export->options.bits, export->charge_bits,
                loci_codegen_scales(export) ? " of a run" : "");
    else if (loci_codegen_lists_signs(export))
        fprintf(to,
                "Stored are the kept connections, whose weights are 1 or -1; all arithmetic%s is "
                "in 32-bit integers.",
                loci_codegen_scales(export) ? " of a run" : "");
    else if (export->fixed)
        fprintf(to, "Stored are %s in %u bits; all arithmetic%s is in 32-bit integers.",
                stored[export->options.mode], export->options.bits,
                loci_codegen_scales(export) ? " of a run" : "");
    else
        fprintf(to, "Stored are %s as floats.", stored[export->options.mode]);
    fprintf(to, "\n * README.md tells how to use it. */\n");
}

/* "#define NAME_STEM { ... }", a few numbers a line. */
static void put_list(const loci_export *export, const char *name, const char *stem, bool scales,
                     FILE *to) {
    fprintf(to, "#define %s_%s { \\\n", name, stem);
    for (size_t k = 0; k < export->spec->classes; k++) {
        float number[2];
        char text[32];
        loci_codegen_to_units(export, k, &number[0], &number[1]);
        loci_print_float(text, number[scales]);
        fprintf(to, "    %s, \\\n", text);
    }
    fprintf(to, "}\n");
}

/* What a regressor predicts; with whole numbers, how they become it. */
static void put_outputs(const loci_export *export, const char *name, FILE *to) {
    fprintf(to, "#define %s_OUTPUTS %u\n", name, export->spec->classes);
    loci_emit_output_names(export, name, to);
    if (!export->fixed)
        return;
    fprintf(to, "/* Output k in units of the data is offset k + scale k * output, in floats. */\n");
    put_list(export, name, "OFFSETS", false, to);
    put_list(export, name, "SCALES", true, to);
}

static void put_event_sizes(const loci_export *export, const char *name, FILE *to) {
    fprintf(to, "#define %s_STEPS %u /* of time */\n", name, export->spec->time_steps);
    fprintf(to, "#define %s_CHANNELS %zu /* that events come on */\n", name, export->pixels);
    if (export->fixed)
        fprintf(to,
                "#define %s_MOST_EVENTS %u /* on a channel in a step, with which no sum passes 32 "
                "bits */\n",
                name, export->most_events);
}

void loci_emit_sizes(const loci_export *export, FILE *to) {
    char name[64], unit[32];
    const loci_spec *spec = export->spec;
    loci_emit_upper(name, export->name);
    if (export->events) {
        put_event_sizes(export, name, to);
    } else {
        fprintf(to, "#define %s_WIDTH %u\n", name, spec->width);
        fprintf(to, "#define %s_HEIGHT %u\n", name, spec->height);
    }
    if (export->events) {
        fprintf(to, "#define %s_INPUTS (%s_STEPS * %s_CHANNELS)\n", name, name, name);
    } else if (spec->channels > 1) {
        fprintf(to, "#define %s_CHANNELS %u /* of a pixel, side by side */\n", name,
                spec->channels);
        fprintf(to, "#define %s_INPUTS (%s_WIDTH * %s_HEIGHT * %s_CHANNELS)\n", name, name, name,
                name);
    } else {
        fprintf(to, "#define %s_INPUTS (%s_WIDTH * %s_HEIGHT)\n", name, name, name);
    }
    if (!loci_codegen_takes_pixels(export))
        fprintf(to, "#define %s_INPUT_BITS %d /* of an %s_input */\n", name,
                strstr(loci_emit_input_type(export), "16") != NULL ? 16 : 8, export->name);
    loci_emit_input_names(export, to);
    if (loci_codegen_regresses(export)) {
        put_outputs(export, name, to);
    } else {
        fprintf(to, "#define %s_CLASSES %u\n", name, spec->classes);
        loci_emit_output_names(export, name, to);
    }
    fprintf(to, "#define %s_SCRATCH_BYTES %zu /* of a %s_scratch */\n", name,
            loci_emit_scratch_bytes(export), export->name);
    loci_print_float(unit, (float)loci_export_unit(export));
    if (export->fixed && !loci_codegen_regresses(export))
        fprintf(to, "#define %s_LOGIT_UNIT %s /* what a logit of 1 is */\n", name, unit);
}

static size_t neurons(const loci_export *export) {
    size_t count = 0;
    for (size_t l = 0; l < export->pairs; l++)
        count += export->pair[l].m;
    return count;
}

static void inner_floats(const loci_export *export, bool sheet, FILE *to) {
    const loci_spec *spec = export->spec;
    char number[32];
    bool mean = export->spiking && spec->readout == LOCI_READOUT_MEMBRANE_MEAN;
    loci_print_float(number,
                     (float)(mean ? spec->logit_scale / spec->time_steps : spec->logit_scale));
    fprintf(to, "#define %s %s\n", loci_codegen_regresses(export) ? "OUTPUT_SCALE" : "LOGIT_SCALE",
            number);
    loci_print_float(number, (float)loci_grid_pitch(export->spec));
    if (sheet)
        fprintf(to, "#define GRID_PITCH %s /* from pixel to pixel */\n", number);
}

/* Currents that layers remember. */
static size_t currents(const loci_export *export) {
    size_t count = 0;
    for (size_t l = 0; l < export->pairs; l++)
        count += export->slots[l] * export->pair[l].m;
    return count;
}

/* Sizes of spiking nets. */
static void inner_steps(const loci_export *export, FILE *to) {
    const loci_fixed_softmax *softmax = &export->softmax;
    fprintf(to, "    STEPS = %u, /* of time */\n    NEURONS = %zu,\n", export->spec->time_steps,
            neurons(export));
    if (export->stepped)
        fprintf(to, "    CURRENTS = %zu, /* of all layers, in this step%s */\n", currents(export),
                export->delays ? " and those to come" : "");
    if (loci_emit_flag(export, "held"))
        fprintf(to, "    HELD = %d, /* the most that a membrane or an adaptation is */\n",
                LOCI_CODEGEN_HELD);
    if (loci_emit_flag(export, "latency_span"))
        fprintf(to, "    LATEST = %u, /* an input's last moment, in 2^-12 of a step */\n",
                loci_codegen_latest(export));
    if (export->fixed && loci_codegen_sums_softmax(export))
        fprintf(to,
                "    SOFTMAX_SHIFT = %u, /* from membranes to halvings, in 2^-11 */\n"
                "    SOFTMAX_FACTOR = %u,\n    SOFTMAX_REST = %u,\n",
                softmax->shift, softmax->factor, softmax->rest);
}

void loci_emit_inner_sizes(const loci_export *export, FILE *to) {
    bool positions = export->options.mode == LOCI_EXPORT_POSITIONS;
    bool sheet = positions && export->network->sheet != NULL;
    fprintf(to, "enum {\n    LAYERS = %zu,\n", export->pairs);
    if (export->spec->maps_count > 0)
        fprintf(to, "    MAPS = %u, /* layers of them */\n", export->spec->maps_count);
    if (positions)
        fprintf(to, "    COORDINATES = %zu, /* of a site */\n", export->coordinates);
    if (sheet)
        fprintf(to, "    WIDTH = %u, /* of the pixel grid */\n", export->spec->width);
    if (sheet && export->fixed)
        fprintf(to, "    GRID_PITCH = %d, /* from pixel to pixel, 8 bits finer than positions */\n",
                export->pair[0].fixed.placed.grid_pitch);
    if (export->spiking)
        inner_steps(export, to);
    else if (export->fixed && export->pairs > 1 && !loci_codegen_has_activation_tables(export))
        fprintf(to, "    MOST = %d, /* that a hidden neuron sends */\n", LOCI_CODEGEN_MOST);
    fprintf(to, "};\n");
    if (!export->fixed)
        inner_floats(export, sheet, to);
    putc('\n', to);
    loci_emit_input_sizes(export, to);
}

/* The widest of layers first, first + 2, ..., the output left out; 0 when there is none. */
static size_t widest(const loci_export *export, size_t first, size_t stride) {
    size_t most = 0;
    for (size_t l = first; l + 1 < export->pairs; l += stride)
        most = export->pair[l].m > most ? export->pair[l].m : most;
    return most;
}

static void member(const char *type, const char *name, size_t size, size_t count,
                   const char *comment, FILE *to, size_t *bytes) {
    if (count == 0)
        return;
    *bytes += size * count;
    if (to != NULL)
        fprintf(to, "    %s %s[%zu];%s%s%s\n", type, name, count, *comment ? " /* " : "", comment,
                *comment ? " */" : "");
}

/* The widest layer but the first. */
static size_t widest_later(const loci_export *export) {
    size_t most = 0;
    for (size_t l = 1; l < export->pairs; l++)
        most = export->pair[l].m > most ? export->pair[l].m : most;
    return most;
}

static size_t scratch(const loci_export *export, FILE *to) {
    const char *type = export->fixed ? "int32_t" : "float";
    size_t bytes = 0;
    if (export->stepped) {
        bool constant = export->spec->coding == LOCI_CODING_CONSTANT;
        member(type, "current", 4, currents(export), "that arrives at all neurons, step by step",
               to, &bytes);
        if (constant)
            member(type, "input", 4, export->pair[0].m, "current that what enters brings by now",
                   to, &bytes);
        if (constant && export->delays)
            member(type, "arriving", 4, export->pair[0].width, "in each step, of that", to, &bytes);
        member(type, "membrane", 4, neurons(export), "of all neurons", to, &bytes);
        if (export->delays)
            member("uint32_t", "now", 4, export->pairs, "where this step's currents begin", to,
                   &bytes);
    } else if (export->spiking) {
        member(type, "input", 4, export->pair[0].m, "current of the first layer", to, &bytes);
        member(type, "current", 4, widest_later(export), "of a later layer", to, &bytes);
        member(type, "membrane", 4, neurons(export), "of all neurons", to, &bytes);
    } else {
        uint32_t maps = export->spec->maps_count;
        bool behind = maps > 0;
        member(type, "best", 4, loci_codegen_widest_maps(export), "of a square of places", to,
               &bytes);
        member(type, "sums", 4, loci_codegen_widest_maps(export), "of one of them", to, &bytes);
        member(type, "even", 4, widest(export, maps, 2),
               behind ? "the first layer behind maps, the third, ..." : "hidden layers 1, 3, ...",
               to, &bytes);
        member(type, "odd", 4, widest(export, maps + 1, 2),
               behind ? "the second, the fourth, ..." : "hidden layers 2, 4, ...", to, &bytes);
    }
    if (export->adapts)
        member(type, "adapted", 4, neurons(export), "adaptation of all neurons", to, &bytes);
    if (export->stepped) {
        bytes += 4;
        if (to != NULL)
            fprintf(to, "    uint32_t step; /* that comes next */\n");
    }
    if (loci_codegen_regresses(export))
        member(type, "outputs", 4, export->spec->classes, "room for what a run gives", to, &bytes);
    else
        member(type, "logits", 4, export->spec->classes, "", to, &bytes);
    size_t kept = loci_codegen_kept_numbers(export, export->spec->maps_count);
    if (kept > 0) /* in 16 bits an even number: what follows is aligned */
        member(export->fixed ? "int16_t" : type, "rows", export->fixed ? 2 : 4,
               (kept + 1) & ~(size_t)1, "of the image and of maps, that others look at", to,
               &bytes);
    size_t stencils = loci_codegen_stencil_numbers(export, export->spec->maps_count);
    member(export->fixed ? "int16_t" : type, "stencils", export->fixed ? 2 : 4,
           (stencils + 1) & ~(size_t)1, "made of positions", to, &bytes);
    if (export->spiking)
        member("uint8_t", "fired", 1, (neurons(export) + 3) & ~(size_t)3,
               "which neurons did in this time step", to, &bytes);
    return bytes;
}

void loci_emit_scratch(const loci_export *export, FILE *to) {
    scratch(export, to);
}

size_t loci_emit_scratch_bytes(const loci_export *export) {
    return scratch(export, NULL);
}
