/* Figures in words and as JSON. */
#include <stdlib.h>

#include "base/json.h"
#include "base/number.h"
#include "base/text.h"
#include "codegen/emit.h"

void loci_emit_summary(const loci_export *export, FILE *to) {
    const loci_export_report *r = &export->report;
    const char *preset = loci_network_note(export->network, "preset");
    static const char *const stored[] = {"It has the positions and charges of its neurons' sites "
                                         "and computes each weight when it is "
                                         "needed.",
                                         "It has all weights.",
                                         "It has the weights of the connections that were kept."};
    fprintf(to, "A neural network in C%s%s, made by loci %s. ", *preset != '\0' ? ", preset " : "",
            LOCI_SHOWN(63, preset), loci_version());
    fprintf(to, "%s ", stored[r->mode]);
    if (loci_codegen_stores_charges_apart(export))
        fprintf(to,
                "Positions are stored in %u bits, charges in %u, all arithmetic%s is in 32-bit "
                "integers.\n",
                r->bits, r->charge_bits, loci_codegen_scales(export) ? " of a run" : "");
    else if (export->fixed)
        fprintf(to, "Numbers are stored in %u bits, all arithmetic%s is in 32-bit integers.\n",
                r->bits, loci_codegen_scales(export) ? " of a run" : "");
    else
        fprintf(to, "Numbers are floats.\n");
}

/* How well it does, and how well the network did. */
static void put_quality(const loci_export *export, FILE *to) {
    const loci_export_report *r = &export->report;
    const char *data = loci_dataset_name(export->options.data);
    if (r->task == LOCI_TASK_CLASSIFY) {
        loci_number_put(to, "| accuracy on %zu samples of %s | %.2f%% |\n", r->samples, data,
                        100 * r->accuracy);
        loci_number_put(to, "| of the network before export | %.2f%% |\n",
                        100 * r->accuracy_before);
        return;
    }
    const char *const names[] = {"R2", "mean absolute error", "root of the mean squared error"};
    const double now[] = {r->regression.r2, r->regression.mae, r->regression.rmse};
    const double before[] = {r->regression_before.r2, r->regression_before.mae,
                             r->regression_before.rmse};
    for (size_t i = 0; i < 3; i++) {
        loci_number_put(to, "| %s on %zu samples of %s | %.5g |\n", names[i], r->samples, data,
                        now[i]);
        loci_number_put(to, "| of the network before export | %.5g |\n", before[i]);
    }
}

/* Of nets whose layers take each step together. */
static void put_step(const loci_export *export, FILE *to) {
    const loci_export_report *r = &export->report;
    if (r->steps == 0)
        return;
    fprintf(to, "| of the scratch, currents of this step and of later ones | %zu bytes |\n",
            r->currents);
    loci_number_put(to, "| multiply-adds in one of %.0f time steps, at most | %.0f |\n",
                    (double)r->steps, r->multiply_adds_step);
    if (r->roots_step > 0)
        loci_number_put(to, "| %s in one time step, at most | %.0f |\n",
                        export->spec->law == LOCI_LAW_INVERSE ? "reciprocal roots"
                                                              : "values of the law of distance",
                        r->roots_step);
}

void loci_emit_figures(const loci_export *export, FILE *to) {
    const loci_export_report *r = &export->report;
    fprintf(to, "| | |\n|---|---|\n");
    put_quality(export, to);
    fprintf(to, "| parameters | %zu bytes |\n", r->parameters);
    fprintf(to, "| all constants; code comes on top | %zu bytes |\n", r->flash);
    loci_emit_scaling_figures(export, to);
    fprintf(to, "| scratch | %zu bytes |\n", r->scratch);
    fprintf(to, "| stack, estimated for a Cortex-M | %zu bytes |\n", r->stack);
    loci_number_put(to, "| multiply-adds per inference, mean | %.0f |\n", r->multiply_adds);
    loci_number_put(to, "| multiply-adds per inference, at most | %.0f |\n", r->multiply_adds_most);
    if (r->roots_most > 0 && export->spec->law == LOCI_LAW_INVERSE) {
        loci_number_put(to, "| reciprocal roots per inference, mean | %.0f |\n", r->roots);
        loci_number_put(to, "| reciprocal roots per inference, at most | %.0f |\n", r->roots_most);
    } else if (r->roots_most > 0) {
        loci_number_put(to, "| values of the law of distance per inference, mean | %.0f |\n",
                        r->roots);
        loci_number_put(to, "| values of the law of distance per inference, at most | %.0f |\n",
                        r->roots_most);
    }
    put_step(export, to);
}

/* Each of these: 0, or -1 where memory is short. */

static int add_step(const loci_export *export, json_t *object) {
    const loci_export_report *r = &export->report;
    if (r->steps == 0)
        return 0;
    int failed = json_object_set_new(object, "time_steps", json_integer(r->steps));
    failed |= json_object_set_new(object, "current_bytes", json_integer((json_int_t)r->currents));
    failed |=
        json_object_set_new(object, "multiply_adds_step_most", json_real(r->multiply_adds_step));
    failed |= json_object_set_new(object, "roots_step_most", json_real(r->roots_step));
    return failed;
}

static int add_quality(const loci_export *export, json_t *object) {
    const loci_export_report *r = &export->report;
    const struct {
        const char *key;
        double value;
    } of_classes[] = {{"accuracy_before", r->accuracy_before},
                      {"accuracy", r->accuracy},
                      {"points_lost", 100 * (r->accuracy_before - r->accuracy)}},
      of_numbers[] = {{"r2_before", r->regression_before.r2},     {"r2", r->regression.r2},
                      {"mae_before", r->regression_before.mae},   {"mae", r->regression.mae},
                      {"rmse_before", r->regression_before.rmse}, {"rmse", r->regression.rmse}};
    int failed = 0;
    if (r->task == LOCI_TASK_CLASSIFY) {
        for (size_t i = 0; i < sizeof of_classes / sizeof *of_classes; i++)
            failed |=
                json_object_set_new(object, of_classes[i].key, json_real(of_classes[i].value));
        return failed;
    }
    json_t *names = json_array();
    for (uint32_t k = 0; k < export->spec->classes; k++)
        failed |= json_array_append_new(names, json_string(export->names.output[k]));
    failed |= json_object_set_new(object, "outputs", names);
    for (size_t i = 0; i < sizeof of_numbers / sizeof *of_numbers; i++)
        failed |= json_object_set_new(object, of_numbers[i].key, json_real(of_numbers[i].value));
    return failed;
}

void loci_emit_report(const loci_export *export, FILE *to) {
    const loci_export_report *r = &export->report;
    json_t *object =
        json_pack("{ss ss si sI sI sI sI sf sf sf sf ss sI}", "name", r->name, "mode",
                  loci_export_mode_name((size_t)r->mode), "bits", (int)r->bits, "parameter_bytes",
                  (json_int_t)r->parameters, "flash_bytes", (json_int_t)r->flash, "scratch_bytes",
                  (json_int_t)r->scratch, "stack_bytes", (json_int_t)r->stack, "multiply_adds",
                  r->multiply_adds, "multiply_adds_most", r->multiply_adds_most, "roots", r->roots,
                  "roots_most", r->roots_most, "dataset", loci_dataset_name(export->options.data),
                  "samples", (json_int_t)r->samples);
    int failed = object == NULL ? -1 : 0;
    if (r->charge_bits != r->bits)
        failed |= json_object_set_new(object, "charge_bits", json_integer(r->charge_bits));
    failed |= add_quality(export, object);
    failed |= loci_emit_scaling_report(export, object);
    failed |= add_step(export, object);
    char *text =
        failed == 0 ? loci_json_print(object, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) : NULL;
    if (text != NULL)
        fprintf(to, "%s\n", text);
    free(text);
    json_decref(object);
}
