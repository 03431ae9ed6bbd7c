/* Which whole numbers enter the first layer, and how counts become them. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"
#include "base/text.h"
#include "codegen/export.h"
#include "data/dataset.h"

/* Sums of the first layer grow with what enters and with how many inputs there are; beyond so much
 * together, weights would lose digits for it. */
enum { ROOM = 1 << 18 };

/* Training data under way: one sample, and what was seen of all. */
struct survey {
    loci_export *export;
    loci_arena arena;
    size_t all;              /* samples in the training part */
    float *sample;           /* [pixels] as the data have it */
    float *lowest, *highest; /* [pixels] */
    bool *whole;             /* [pixels] of counts of the unit tried */
    float *fraction;         /* [pixels] one that was not whole */
};

static const char *called(const loci_export *export, size_t p, char text[96]) {
    if (export->names.input != NULL)
        snprintf(text, 96, "column '%s'", LOCI_SHOWN(63, export->names.input[p]));
    else
        snprintf(text, 96, "input %zu", p);
    return text;
}

/* Whether a number of the data is whole when it is counted so: it may be off by what a float is. */
static bool is_whole(double number, double unit) {
    double count = number / unit;
    return fabs(count - round(count)) <= 1e-3 + 3e-7 * fabs(count);
}

/* Goes through `count` samples of the training part; unit 0: each input has its own. */
static void look(struct survey *x, size_t count, double unit) {
    const loci_export *export = x->export;
    const loci_dataset *data = export->options.data;
    size_t pixels = export->pixels;
    for (size_t p = 0; p < pixels; p++)
        x->whole[p] = true;
    for (size_t i = 0; i < count; i++) {
        loci_dataset_read(data, export->input.zero, export->input.one, LOCI_TRAIN,
                          i * x->all / count, x->sample, NULL);
        for (size_t p = 0; p < pixels; p++) {
            float number = x->sample[p];
            x->lowest[p] = i == 0 ? number : fminf(x->lowest[p], number);
            x->highest[p] = i == 0 ? number : fmaxf(x->highest[p], number);
            double one = unit > 0 && !export->names.word[p] ? unit : export->input.count[p];
            if (x->whole[p] && !is_whole((double)number, one)) {
                x->whole[p] = false;
                x->fraction[p] = number;
            }
        }
    }
}

static size_t first_broken(const struct survey *x) {
    size_t p = 0;
    while (p < x->export->pixels && x->whole[p])
        p++;
    return p;
}

/* ---- counts ---- */

static bool fits(const struct survey *x, size_t p, double unit, int type) {
    int32_t lowest, highest;
    loci_codegen_limits(type, &lowest, &highest);
    return (double)x->lowest[p] / unit > lowest - 0.5 &&
           (double)x->highest[p] / unit < highest + 0.5;
}

/* Numbers with fractions where no unit was given: one with which there are none, if it is easy to
 * find. */
static int refuse_fractions(struct survey *x, size_t broken, loci_error *error) {
    static const double units[] = {0.5, 0.1, 0.01, 0.001, 0.0001};
    char text[96];
    float fraction = x->fraction[broken];
    double found = 0;
    for (size_t i = 0; i < sizeof units / sizeof *units && !(found > 0); i++) {
        look(x, x->all, units[i]);
        bool all = first_broken(x) == x->export->pixels;
        for (size_t p = 0; all && p < x->export->pixels; p++)
            all = x->export->names.word[p] || fits(x, p, units[i], x->export->options.input_type);
        found = all ? units[i] : 0;
    }
    char hint[64] = "say in units of the data what one count is, --input-unit";
    if (found > 0)
        loci_number_print(hint, sizeof hint, "where a count is %g, --input-unit %g", found, found);
    return loci_fail(error, LOCI_E_UNSUPPORTED, "input-type",
                     "%s has %.7g in the training data, which is no whole number of counts; %s",
                     called(x->export, broken, text), (double)fraction, hint);
}

static int refuse_range(const struct survey *x, size_t p, loci_error *error) {
    const loci_export *export = x->export;
    const loci_codegen_input *input = &export->input;
    static const int types[] = {LOCI_EXPORT_UINT8, LOCI_EXPORT_INT8, LOCI_EXPORT_UINT16,
                                LOCI_EXPORT_INT16};
    char text[96], hint[64] = "say what one count is, --input-unit";
    for (size_t t = sizeof types / sizeof *types; t-- > 0;) {
        bool all = true;
        for (size_t q = 0; all && q < export->pixels; q++)
            all = fits(x, q, input->count[q], types[t]);
        if (all)
            snprintf(hint, sizeof hint, "--input-type %s would do",
                     loci_export_input_name((size_t)types[t]));
    }
    return loci_fail(error, LOCI_E_UNSUPPORTED, "input-type",
                     "%s goes from %.6g to %.6g in counts of %.6g of the training data, which %s "
                     "(%d to %d) cannot hold; %s",
                     called(export, p, text), (double)x->lowest[p] / input->count[p],
                     (double)x->highest[p] / input->count[p], input->count[p],
                     loci_export_input_name((size_t)input->type), input->lowest, input->highest,
                     hint);
}

/* Whether the training data are counts of the type. */
static int check_counts(struct survey *x, loci_error *error) {
    loci_export *export = x->export;
    const loci_codegen_input *input = &export->input;
    char text[96];
    look(x, x->all, 0);
    size_t broken = export->options.input_unit == NULL ? first_broken(x) : export->pixels;
    if (broken < export->pixels)
        return refuse_fractions(x, broken, error);
    for (size_t p = 0; p < export->pixels; p++) {
        double unit = input->count[p];
        if (!fits(x, p, unit, input->type))
            return refuse_range(x, p, error);
        if (x->lowest[p] < x->highest[p] &&
            !(round((double)x->lowest[p] / unit) < round((double)x->highest[p] / unit)))
            return loci_fail(error, LOCI_E_UNSUPPORTED, "input-unit",
                             "%s goes from %.6g to %.6g in the training data; in counts of %.6g "
                             "that is one and the same",
                             called(export, p, text), (double)x->lowest[p], (double)x->highest[p],
                             unit);
    }
    return LOCI_OK;
}

static int take_units(loci_export *export, loci_error *error) {
    const loci_export_options *options = &export->options;
    loci_codegen_input *input = &export->input;
    size_t given = options->input_unit != NULL ? options->input_units : 0;
    if (given > 1 && given != export->pixels)
        return loci_fail(error, LOCI_E_ARGUMENT, "input-unit",
                         "%zu numbers for %zu inputs: give one for all, or one each", given,
                         export->pixels);
    for (size_t i = 0; i < given; i++)
        if (!(options->input_unit[i] >= 1e-9 && options->input_unit[i] <= 1e9))
            return loci_fail(error, LOCI_E_ARGUMENT, "input-unit",
                             "%g is not a number from 1e-9 to 1e9", options->input_unit[i]);
    for (size_t p = 0; p < export->pixels; p++)
        input->count[p] = given == 0 || export->names.word[p] ? 1
                          : given == 1                        ? options->input_unit[0]
                                                              : options->input_unit[p];
    return LOCI_OK;
}

/* ---- what enters ---- */

/* Where inputs end, 0 among them, as the network sees them: at 0 and 1 if that holds the samples
 * that scales are chosen on, else a quarter beyond these, which do not show the rarest. */
static void find_range(struct survey *x, double *least, double *most) {
    const loci_export *export = x->export;
    const loci_codegen_input *input = &export->input;
    double slack = 0.5 / LOCI_CODEGEN_PIXEL;
    look(x, export->options.samples < x->all ? export->options.samples : x->all, 0);
    *least = *most = 0;
    for (size_t i = 0; i < loci_codegen_neurons(export, 0); i++) {
        size_t p = loci_network_pixel(export->network, i);
        double low = (double)input->low[p], span = (double)input->span[p];
        *least = fmin(*least, ((double)x->lowest[p] - low) / span);
        *most = fmax(*most, ((double)x->highest[p] - low) / span);
    }
    bool within = *least >= -slack && *most <= 1 + slack;
    *least = within ? 0 : 1.25 * *least;
    *most = within ? 1 : 1.25 * *most;
}

/* The step in which inputs are told apart, and where they end. */
static void choose_step(loci_export *export, double least, double most) {
    loci_codegen_input *input = &export->input;
    double steps =
        fmin(fmax(ROOM / (double)export->pair[0].n, LOCI_CODEGEN_PIXEL), LOCI_CODEGEN_MOST);
    double largest = fmax(-least, most);
    input->unit = largest > 0 ? largest / floor(steps) : 1 / floor(steps);
    input->least = (int32_t)ceil(least / input->unit - 0.5);
    input->most = (int32_t)floor(most / input->unit + 0.5);
    if (input->most < 1)
        input->most = 1;
}

/* The same in bytes, whatever the range is. */
static void choose_linear(loci_codegen_input *input, double least, double most) {
    input->linear = loci_linear_scale_for(least, most);
    input->unit = (double)input->linear.scale;
    input->least = -input->linear.zero;
    input->most = LOCI_LINEAR_MOST - input->linear.zero;
}

/* How counts of input i become what enters. */
static void settle_counts(loci_export *export, size_t i) {
    loci_codegen_input *input = &export->input;
    size_t p = loci_network_pixel(export->network, i);
    double span = (double)input->span[p], steepness = input->count[p] / span / input->unit;
    double origin = (double)input->low[p] / input->count[p], one = ldexp(1, (int)input->shift);
    /* the first and last counts between the ends */
    double first = ceil(origin + input->least / steepness),
           last = floor(origin + input->most / steepness);
    bool none = first > input->highest || last < input->lowest;
    if (none) { /* all of the type's counts are below, or above */
        input->first[i] = input->lowest;
        input->last[i] = input->highest;
        input->factor[i] = 0;
        input->offset[i] =
            first > input->highest ? 0 : (uint32_t)(input->most - input->least) << input->shift;
        return;
    }
    first = fmax(first, input->lowest);
    last = fmin(last, input->highest);
    input->first[i] = (int32_t)first;
    input->last[i] = (int32_t)last; /* below the first where a count leaps over all */
    input->factor[i] = last > first ? (uint32_t)llround(steepness * one) : 0;
    input->offset[i] =
        last < first ? 0
                     : (uint32_t)llround(((first - origin) * steepness - input->least + 0.5) * one);
}

/* By how much what enters is off at most. */
static double largest_error(const loci_export *export) {
    const loci_codegen_input *input = &export->input;
    double largest = 0, one = ldexp(1, (int)input->shift);
    for (size_t i = 0; i < loci_codegen_neurons(export, 0); i++) {
        size_t p = loci_network_pixel(export->network, i);
        double steepness = input->count[p] / (double)input->span[p] / input->unit;
        double counts = (double)input->last[i] - input->first[i];
        if (counts > 0 && input->factor[i] > 0)
            largest = fmax(largest, counts * fabs(input->factor[i] / one - steepness));
    }
    return 0.5 + largest + 0.5 / one;
}

static void scale_counts(loci_export *export) {
    loci_codegen_input *input = &export->input;
    uint32_t width = (uint32_t)(input->most - input->least);
    input->shift = (uint32_t)__builtin_clz(width); /* (width + 1) 2^shift is 32 bits */
    for (size_t i = 0; i < loci_codegen_neurons(export, 0); i++)
        settle_counts(export, i);
    export->report.scaling_off = largest_error(export);
}

/* ---- both ---- */

static int take_arrays(struct survey *x, loci_error *error) {
    loci_export *export = x->export;
    loci_codegen_input *input = &export->input;
    loci_arena *arena = &export->arena;
    size_t pixels = export->pixels, n = loci_codegen_neurons(export, 0);
    float *zero = loci_arena_floats(arena, pixels, 1), *one = loci_arena_floats(arena, pixels, 1),
          *span = loci_arena_floats(arena, pixels, 1);
    bool bytes = loci_dataset_is_bytes(export->options.data) != 0;
    for (size_t p = 0; !arena->failed && p < pixels; p++) {
        one[p] = 1;
        span[p] = bytes ? LOCI_CODEGEN_PIXEL : 1;
    }
    bool scaled = export->network->low != NULL;
    input->zero = zero;
    input->one = one;
    input->low = scaled ? export->network->low : zero;
    input->span = scaled ? export->network->span : span;
    input->count = loci_arena_take(arena, pixels, sizeof *input->count);
    input->first = loci_arena_take(arena, n, sizeof *input->first);
    input->last = loci_arena_take(arena, n, sizeof *input->last);
    input->factor = loci_arena_take(arena, n, sizeof *input->factor);
    input->offset = loci_arena_take(arena, n, sizeof *input->offset);
    x->sample = loci_arena_floats(&x->arena, pixels, 1);
    x->lowest = loci_arena_floats(&x->arena, pixels, 1);
    x->highest = loci_arena_floats(&x->arena, pixels, 1);
    x->fraction = loci_arena_floats(&x->arena, pixels, 1);
    x->whole = loci_arena_take(&x->arena, pixels, sizeof *x->whole);
    int status = loci_arena_status(arena, "export", error);
    return status == LOCI_OK ? loci_arena_status(&x->arena, "export", error) : status;
}

/* Whether bytes are what the data hold, the network is trained on and a program is to give. */
static bool is_plain(const loci_export *export) {
    return export->options.input_type == LOCI_EXPORT_FLOAT ||
           (export->options.input_type == LOCI_EXPORT_UINT8 && export->network->low == NULL &&
            export->options.input_unit == NULL && loci_dataset_is_bytes(export->options.data));
}

static int choose(struct survey *x, loci_error *error) {
    loci_export *export = x->export;
    loci_codegen_input *input = &export->input;
    bool latency = export->spiking && export->spec->coding == LOCI_CODING_LATENCY;
    double least = 0, most = 1;
    int status = take_units(export, error);
    input->counts = !is_plain(export);
    if (status == LOCI_OK && !input->counts && export->options.input_unit != NULL)
        status = loci_fail(error, LOCI_E_ARGUMENT, "input-unit",
                           "is for counts; say which type they have, --input-type");
    if (status == LOCI_OK && input->counts) {
        input->type = export->options.input_type;
        loci_codegen_limits(input->type, &input->lowest, &input->highest);
        status = check_counts(x, error);
    }
    if (status != LOCI_OK)
        return status;
    if (input->counts || export->network->low != NULL)
        find_range(x, &least, &most);
    /* a moment in time is told by a byte, and measurements of 0 to 1 are as in version 0.1 */
    input->wide = !latency && (input->counts || least < 0 || most > 1);
    input->unit = 1.0 / LOCI_CODEGEN_PIXEL;
    input->least = 0;
    input->most = LOCI_CODEGEN_PIXEL;
    if (export->options.linear)
        choose_linear(input, least, most);
    else if (input->wide)
        choose_step(export, least, most);
    if (input->counts)
        scale_counts(export);
    else
        input->type = input->wide ? LOCI_EXPORT_INT16 : LOCI_EXPORT_UINT8;
    return LOCI_OK;
}

/* Events enter as they are, in as many bits as the most of the training data take. */
static int choose_events(loci_export *export) {
    const loci_samples *part = &export->options.data->part[LOCI_TRAIN];
    loci_codegen_input *input = &export->input;
    uint32_t most = 1;
    uint64_t end = part->count > 0 ? part->event_start[part->count] : 0;
    for (uint64_t e = 0; e < end; e++)
        most = part->event_count[e] > most ? part->event_count[e] : most;
    export->most_events = most;
    input->type = most <= UINT8_MAX ? LOCI_EXPORT_UINT8 : LOCI_EXPORT_UINT16;
    input->unit = 1;
    input->most = (int32_t)most;
    return LOCI_OK;
}

int loci_codegen_choose_input(loci_export *export, loci_error *error) {
    struct survey x = {.export = export,
                       .all = loci_dataset_count(export->options.data, LOCI_TRAIN)};
    if (export->events)
        return choose_events(export);
    if (loci_export_input_name((size_t) export->options.input_type) == NULL)
        return loci_fail(error, LOCI_E_ARGUMENT, "input-type", "%d is no type",
                         export->options.input_type);
    int status = take_arrays(&x, error);
    if (status == LOCI_OK)
        status = choose(&x, error);
    loci_arena_clear(&x.arena);
    export->report.input_type = export->options.input_type;
    if (export->input.counts || export->network->low != NULL)
        export->report.scaled =
            export->input.counts ? loci_codegen_neurons(export, 0) : export->pixels;
    return status;
}
