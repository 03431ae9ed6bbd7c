/* A sample as the source is given it, and what of that enters the network. */
#include "codegen/input.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "codegen/export.h"
#include "data/dataset.h"

static const struct {
    const char *name;
    int32_t lowest, highest;
} types[] = {[LOCI_EXPORT_FLOAT] = {"float", 0, LOCI_CODEGEN_PIXEL},
             [LOCI_EXPORT_INT8] = {"int8", INT8_MIN, INT8_MAX},
             [LOCI_EXPORT_UINT8] = {"uint8", 0, UINT8_MAX},
             [LOCI_EXPORT_INT16] = {"int16", INT16_MIN, INT16_MAX},
             [LOCI_EXPORT_UINT16] = {"uint16", 0, UINT16_MAX}};

const char *loci_export_input_name(size_t type) {
    return type < sizeof types / sizeof *types ? types[type].name : NULL;
}

void loci_codegen_limits(int type, int32_t *lowest, int32_t *highest) {
    *lowest = types[type].lowest;
    *highest = types[type].highest;
}

static int32_t round_within(double number, int32_t lowest, int32_t highest) {
    return (int32_t)lround(fmin(fmax(number, lowest), highest));
}

void loci_codegen_give(const loci_export *export, const loci_dataset *data, enum loci_split split,
                       size_t i, float *scratch, int32_t *given) {
    const loci_codegen_input *input = &export->input;
    if (export->events) {
        loci_dataset_events(data, split, i, scratch);
        for (size_t e = 0; e < export->given; e++)
            given[e] = round_within((double)scratch[e], 0, (int32_t) export->most_events);
        return;
    }
    if (input->counts) {
        loci_dataset_read(data, input->zero, input->one, split, i, scratch, NULL);
        for (size_t p = 0; p < export->pixels; p++)
            given[p] =
                round_within((double)scratch[p] / input->count[p], input->lowest, input->highest);
        return;
    }
    loci_dataset_read(data, export->network->low, export->network->span, split, i, scratch, NULL);
    if (export->options.linear) {
        for (size_t p = 0; p < export->pixels; p++)
            given[p] = loci_linear_scale_of(input->linear, scratch[p]);
        return;
    }
    for (size_t p = 0; p < export->pixels; p++)
        given[p] = input->wide
                       ? round_within((double)scratch[p] / input->unit, input->least, input->most)
                       : (int32_t)lroundf(fminf(fmaxf(scratch[p], 0), 1) * LOCI_CODEGEN_PIXEL);
}

float loci_codegen_input_real(const loci_export *export, int32_t number) {
    return export->input.wide ? (float)number * (float)export->input.unit : (float)number / 255.0f;
}

int loci_export_inputs(const loci_export *export, const loci_dataset *data, enum loci_split split,
                       size_t i, int32_t *inputs) {
    float *scratch;
    uint32_t steps = export->events ? export->spec->time_steps : 0;
    if (!loci_dataset_fits(data, export->spec) || loci_dataset_steps(data) != steps)
        return LOCI_E_MISMATCH;
    if (i >= loci_dataset_count(data, split))
        return LOCI_E_ARGUMENT;
    scratch = loci_alloc(export->given, sizeof *scratch);
    if (scratch == NULL)
        return LOCI_E_MEMORY;
    loci_codegen_give(export, data, split, i, scratch, inputs);
    free(scratch);
    return LOCI_OK;
}

int32_t loci_codegen_enter(const loci_export *export, const int32_t *given, size_t i) {
    const loci_codegen_input *input = &export->input;
    int32_t number = given[loci_network_pixel(export->network, i)];
    if (!input->counts)
        return number;
    if (number < input->first[i])
        return input->least;
    if (number > input->last[i])
        return input->most;
    uint32_t above = (uint32_t)(number - input->first[i]);
    return input->least + (int32_t)((above * input->factor[i] + input->offset[i]) >> input->shift);
}
