#include "codegen/measure.h"

#include <string.h>

#include "base/error.h"
#include "base/parallel.h"
#include "codegen/emit.h"
#include "codegen/maps.h"
#include "codegen/source_twin.h"
#include "infer/regression.h"

/* Images of one task. */
enum { CHUNK = 64 };

enum loci_split loci_codegen_part(const loci_export *export) {
    return loci_dataset_count(export->options.data, LOCI_TEST) > 0 ? LOCI_TEST : LOCI_TRAIN;
}

struct measurement {
    const loci_export *export;
    enum loci_split part;
    size_t count;
    size_t *correct;           /* [tasks] */
    double *values;            /* [count, classes] what a regressor predicts; else NULL */
    loci_codegen_tally *tally; /* [tasks] */
    bool *lost;                /* [tasks] */
};

/* Notes what came of sample b. */
static void judge(struct measurement *x, size_t task, size_t b, const double *logits) {
    const loci_export *export = x->export;
    size_t classes = export->spec->classes, best = 0;
    if (x->values != NULL) {
        for (size_t k = 0; k < classes; k++)
            x->values[b * classes + k] = loci_export_value(export, (uint32_t)k, logits[k]);
        return;
    }
    for (size_t c = 1; c < classes; c++)
        best = logits[c] > logits[best] ? c : best;
    x->correct[task] += (int32_t)best == loci_dataset_label(export->options.data, x->part, b);
}

static void measure_chunk(void *context, size_t task, size_t worker) {
    (void)worker;
    struct measurement *x = context;
    const loci_export *export = x->export;
    loci_codegen_room room;
    loci_codegen_room_open(&room, export);
    int32_t *given = loci_arena_take(&room.arena, export->given, sizeof *given);
    float *scratch = loci_arena_floats(&room.arena, export->given, 1);
    double *logits = loci_arena_take(&room.arena, export->spec->classes, sizeof *logits);
    x->lost[task] = room.arena.failed;
    for (size_t b = task * CHUNK; !x->lost[task] && b < x->count && b < (task + 1) * CHUNK; b++) {
        loci_codegen_give(export, export->options.data, x->part, b, scratch, given);
        loci_codegen_run_one(export, given, &room, logits, &x->tally[task]);
        judge(x, task, b, logits);
    }
    loci_codegen_room_close(&room);
}

/* Sums in the order of the samples, whoever ran them. False: memory was short. */
static bool sum_errors(const struct measurement *x, loci_regression *out) {
    size_t classes = x->export->spec->classes;
    loci_arena arena = {0};
    loci_regression_sums *sums = loci_arena_take(&arena, classes, sizeof *sums);
    for (size_t b = 0; sums != NULL && b < x->count; b++) {
        const float *target = loci_dataset_target(x->export->options.data, x->part, b);
        for (size_t k = 0; k < classes; k++)
            loci_regression_add(&sums[k], x->values[b * classes + k], (double)target[k]);
    }
    if (sums != NULL)
        *out = loci_regression_mean(sums, classes);
    loci_arena_clear(&arena);
    return sums != NULL;
}

static bool measure_all(struct measurement *x, loci_export_report *report) {
    size_t tasks = (x->count + CHUNK - 1) / CHUNK, correct = 0;
    loci_arena arena = {0};
    x->correct = loci_arena_take(&arena, tasks, sizeof *x->correct);
    x->tally = loci_arena_take(&arena, tasks, sizeof *x->tally);
    x->lost = loci_arena_take(&arena, tasks, sizeof *x->lost);
    bool regress = loci_codegen_regresses(x->export);
    if (regress)
        x->values = loci_arena_take(&arena, x->count, x->export->spec->classes * sizeof *x->values);
    bool lost = arena.failed;
    if (!lost)
        loci_parallel(x->export->options.pool, tasks, measure_chunk, x);
    for (size_t i = 0; !lost && i < tasks; i++) {
        correct += x->correct[i];
        report->multiply_adds += x->tally[i].multiply_adds / (double)x->count;
        report->roots += x->tally[i].roots / (double)x->count;
        lost |= x->lost[i];
    }
    report->samples = x->count;
    report->accuracy = regress ? -1 : (double)correct / (double)x->count;
    report->regression = loci_regression_none();
    if (regress && !lost)
        lost = !sum_errors(x, &report->regression);
    loci_arena_clear(&arena);
    return !lost;
}

/* What it holds more of where layers take each step together, or neurons do more. */
static size_t stack_of_steps(const loci_export *export) {
    bool recurrent = export->projections > export->pairs;
    bool softmax = loci_codegen_sums_softmax(export);
    if (export->delays && recurrent)
        return 230;
    if (export->delays || recurrent)
        return 100;
    return export->stepped || export->adapts || softmax ? 40 : 0;
}

/* What the stack of a Cortex-M holds at the deepest point: measured with gcc's -fstack-usage on M0,
 * M3 and M4, with -O2 and -Os, and rounded up. Without a floating-point unit floats take more. */
static size_t stack_of(const loci_export *export) {
    /* sinf() beyond 200 needs many digits of pi */
    bool sine = !export->fixed && loci_codegen_activation(export) == LOCI_ACTIVATION_SINE;
    size_t window = export->options.mode == LOCI_EXPORT_POSITIONS ? 180 : 150;
    size_t maps = export->spec->maps_count > 0 ? window : 0; /* on the way through a stencil */
    size_t more = (sine ? 400 : 0) + stack_of_steps(export) + maps;
    if (export->options.mode == LOCI_EXPORT_POSITIONS)
        return (export->fixed ? 200 : 280) + 4 * export->coordinates + more;
    return (export->fixed ? 160 : 240) + more;
}

/* What runs cost where nothing is silent. */
static void count_most(const loci_export *export, loci_export_report *report) {
    double steps = export->spiking ? export->spec->time_steps : 1;
    report->multiply_adds_most = export->preparing.multiply_adds;
    report->roots_most = export->preparing.roots;
    for (size_t p = 0; p < export->projections; p++) {
        bool once = p == 0 && !export->events; /* inputs are constant, or spike once */
        double times = once ? 1 : steps;
        for (size_t i = 0; i < export->pair[p].n; i++) {
            double all = times * loci_codegen_uses(export, (uint32_t)p, i);
            report->multiply_adds_most += all * (double)export->pair[p].products[i];
            report->roots_most += all * (double)export->pair[p].roots[i];
        }
    }
}

/* The same of a single time step; a constant input, which is taken before the first, left out. */
static void count_step(const loci_export *export, loci_export_report *report) {
    if (!export->stepped)
        return;
    report->steps = export->spec->time_steps;
    for (size_t p = 0; p < export->projections; p++)
        for (size_t i = 0; i < export->pair[p].n; i++) {
            bool before = p == 0 && export->spec->coding == LOCI_CODING_CONSTANT;
            report->multiply_adds_step += before ? 0 : (double)export->pair[p].products[i];
            report->roots_step += before ? 0 : (double)export->pair[p].roots[i];
        }
    for (size_t l = 0; l < export->pairs; l++)
        report->currents += 4 * (size_t) export->slots[l] * export->pair[l].m;
}

int loci_codegen_measure(loci_export *export, loci_error *error) {
    loci_export_report *report = &export->report;
    const loci_dataset *data = export->options.data;
    enum loci_split part = loci_codegen_part(export);
    loci_evaluation before;
    int status =
        loci_evaluate(export->network, data, part, export->options.pool, 0, &before, error);
    if (status != LOCI_OK)
        return status;
    memcpy(report->name, export->name, sizeof export->name);
    report->mode = export->options.mode;
    report->bits = export->options.bits;
    report->charge_bits = export->charge_bits;
    report->task = export->spec->task;
    report->accuracy_before = before.accuracy;
    report->regression_before = before.regression;
    report->flash = loci_emit_tables(export, NULL, &report->parameters);
    report->scaling_flash = loci_emit_scaling(export, NULL);
    report->scratch = loci_emit_scratch_bytes(export);
    report->stack = stack_of(export);
    count_most(export, report);
    count_step(export, report);
    struct measurement x = {
        .export = export, .part = part, .count = loci_dataset_count(data, part)};
    return measure_all(&x, report) ? LOCI_OK : loci_fail_memory(error, "export");
}
