/* How the source takes its inputs: constants of their scaling, and what is said of them. */
#include <math.h>

#include "base/number.h"
#include "base/text.h"
#include "codegen/emit.h"

static const char *const c_types[] = {[LOCI_EXPORT_INT8] = "int8_t",
                                      [LOCI_EXPORT_UINT8] = "uint8_t",
                                      [LOCI_EXPORT_INT16] = "int16_t",
                                      [LOCI_EXPORT_UINT16] = "uint16_t"};

const char *loci_emit_input_type(const loci_export *export) {
    return c_types[export->input.type];
}

static size_t counts(const loci_export *export, FILE *to) {
    const loci_codegen_input *input = &export->input;
    size_t n = loci_codegen_neurons(export, 0);
    if (to != NULL)
        fprintf(to, "static const scaling scalings[%zu] = {\n", n);
    for (size_t i = 0; to != NULL && i < n; i++)
        fprintf(to, "    {%uu, %uu, %d, %d},\n", input->factor[i], input->offset[i],
                input->first[i], input->last[i]);
    if (to != NULL)
        fprintf(to, "};\n");
    return 12 * n; /* as a 32-bit machine lays it out, with types of a byte, too */
}

static void put_floats(const char *name, const float *numbers, size_t count, FILE *to) {
    loci_array array = loci_array_open(to, "float", name, count);
    for (size_t i = 0; i < count; i++)
        loci_array_float(&array, numbers[i]);
    loci_array_close(&array);
}

size_t loci_emit_scaling(const loci_export *export, FILE *to) {
    if (export->input.counts)
        return counts(export, to);
    if (export->network->low == NULL)
        return 0;
    if (to != NULL) {
        put_floats("input_low", export->network->low, export->pixels, to);
        put_floats("input_span", export->network->span, export->pixels, to);
    }
    return 2 * export->pixels * sizeof(float);
}

void loci_emit_input_sizes(const loci_export *export, FILE *to) {
    const loci_codegen_input *input = &export->input;
    char number[32];
    if (input->counts || input->wide)
        fprintf(to,
                "enum {\n    LEAST_INPUT = %d, /* what enters the network */\n"
                "    MOST_INPUT = %d,\n",
                input->least, input->most);
    if (input->counts)
        fprintf(to, "    SCALING_SHIFT = %u,\n", input->shift);
    if (input->counts || input->wide)
        fprintf(to, "};\n");
    loci_print_float(number, (float)input->unit);
    if (input->wide && !export->fixed)
        fprintf(to, "#define INPUT_UNIT %s /* what a 1 that enters is */\n", number);
    loci_print_float(number, (float)(1 / input->unit));
    if (input->wide && !input->counts)
        fprintf(to, "#define INPUT_STEPS %s /* what enters of a scaled measurement of 1 */\n",
                number);
    if (input->counts || input->wide)
        putc('\n', to);
}

/* What one count is, where it is not 1 for all. */
static void put_unit(const loci_export *export, FILE *to) {
    const loci_export_options *options = &export->options;
    if (options->input_unit == NULL || options->input_units == 0)
        return;
    if (options->input_units > 1)
        fprintf(to, ", in\n * units of their own, see above");
    else if (!(fabs(options->input_unit[0] - 1) < 1e-12))
        loci_number_put(to, ";\n * one is %.9g in the data the network was trained on",
                        options->input_unit[0]);
}

void loci_emit_input(const loci_export *export, FILE *to) {
    bool table = loci_codegen_is_table(export);
    if (loci_codegen_takes_pixels(export))
        return;
    if (export->events) {
        fprintf(
            to,
            "/* How many events there are on a channel in a time step. */\ntypedef %s %s_input;\n",
            loci_emit_input_type(export), export->name);
        return;
    }
    fprintf(to, "/* What a run takes of each %s: ", table ? "column" : "pixel");
    if (export->input.counts) {
        fprintf(to, "a count as a sensor gives it");
        put_unit(export, to);
    } else if (loci_codegen_scales(export)) {
        fprintf(to, "what %s_scale()\n * makes of a measurement", export->name);
    } else {
        fprintf(to, "0 .. 255 for 0 .. 1\n * in what the network was trained on");
    }
    fprintf(to, ". */\ntypedef %s %s_input;\n", loci_emit_input_type(export), export->name);
}

/* Behind a call, the same in a few words. */
void loci_emit_given_shortly(const loci_export *export, FILE *to) {
    const loci_codegen_input *input = &export->input;
    char name[64];
    loci_emit_upper(name, export->name);
    if (export->events)
        fprintf(to, "[%s_STEPS][%s_CHANNELS] events", name, name);
    else if (input->counts)
        fprintf(to, "%s_INPUTS counts, %s", name, c_types[input->type]);
    else if (loci_codegen_scales(export))
        fprintf(to, "%s_INPUTS numbers of %s_scale()", name, export->name);
    else
        fprintf(to, "%s_INPUTS bytes, 0 .. 255", name);
}

static const char *type_name(const loci_export *export) {
    return loci_export_input_name((size_t) export->report.input_type);
}

/* In the README: how inputs come to be what a run is given. */
void loci_emit_scaling_words(const loci_export *export, FILE *to) {
    const loci_export_report *r = &export->report;
    const char *what = loci_codegen_is_table(export) ? "columns" : "pixels";
    if (export->input.counts) {
        fprintf(to,
                "Inputs are counts as a sensor gives them, `%s`. A run scales them in 32-bit "
                "integers as it takes\nthem%s: a product and a shift each, no buffer, %zu bytes of "
                "constants. ",
                c_types[export->input.type],
                loci_emit_flag(export, "latency") ? ", in each time step anew" : "",
                r->scaling_flash);
        loci_number_put(to,
                        "What comes of a count is off by at most %.3f of the\nstep in which inputs "
                        "are told apart, where rounding alone is 0.5; beyond what the network was\n"
                        "trained on it stays at the end.\n",
                        r->scaling_off);
        return;
    }
    fprintf(to,
            "The network was trained on scaled %s: `%s_scale()` makes of measurements, as they "
            "stand in the\ndata, what a run takes (`%s_input`, %s). It computes in floats, a "
            "division an input, which takes a core\nwithout them hundreds of instructions "
            "each, and has %zu bytes of constants; nothing of\neither is linked in where it is not "
            "called and sections are collected (`-ffunction-sections\n-fdata-sections "
            "-Wl,--gc-sections`). For a sensor's counts `--input-type int16` or the like scales "
            "in\nwhole numbers.\n",
            what, export->name, export->name, c_types[export->input.type], r->scaling_flash);
}

/* Rows of the table of figures. */
void loci_emit_scaling_figures(const loci_export *export, FILE *to) {
    const loci_export_report *r = &export->report;
    if (r->scaled == 0)
        return;
    if (export->input.counts)
        fprintf(to, "| inputs scaled from %s in a run, a product and a shift each | %zu |\n",
                type_name(export), r->scaled);
    else
        fprintf(to, "| inputs scaled in floats before a run, a division each | %zu |\n", r->scaled);
    fprintf(to, "| constants for that, among all | %zu bytes |\n", r->scaling_flash);
}

int loci_emit_scaling_report(const loci_export *export, json_t *object) {
    const loci_export_report *r = &export->report;
    if (r->scaled == 0)
        return 0;
    int failed = json_object_set_new(object, "input_type", json_string(type_name(export)));
    failed |= json_object_set_new(object, "inputs_scaled", json_integer((json_int_t)r->scaled));
    failed |=
        json_object_set_new(object, "scaling_bytes", json_integer((json_int_t)r->scaling_flash));
    if (export->input.counts)
        failed |= json_object_set_new(object, "scaling_off", json_real(r->scaling_off));
    return failed;
}
