/* What `loci eval` prints: in words, or as JSON. */
#include <math.h>

#include "eval/eval.h"

const char *eval_name(const measurement *m, uint32_t k, char text[CLI_WORD]) {
    const char *name = loci_dataset_output_name(m->data, k);
    return name != NULL ? name : cli_output_name(m->names, k, text);
}

/* What the confusion matrix says about one class. */
typedef struct class_result {
    size_t samples, predicted, correct;
    double precision, recall; /* NaN: never predicted, no samples */
} class_result;

static class_result class_of(const measurement *m, uint32_t c) {
    class_result out = {0};
    size_t classes = m->outputs;
    const size_t *confusion = m->result.confusion;
    for (uint32_t other = 0; other < classes; other++) {
        out.samples += confusion[c * classes + other];
        out.predicted += confusion[other * classes + c];
    }
    out.correct = confusion[c * classes + c];
    out.precision = out.predicted > 0 ? (double)out.correct / (double)out.predicted : NAN;
    out.recall = out.samples > 0 ? (double)out.correct / (double)out.samples : NAN;
    return out;
}

static void put_classes(json_t *object, const measurement *m) {
    json_t *list = json_array(), *matrix = json_array();
    for (uint32_t c = 0; c < m->outputs; c++) {
        class_result one = class_of(m, c);
        char text[CLI_WORD];
        json_t *entry = json_object(), *row = json_array();
        json_object_set_new(entry, "class", cli_json_text(eval_name(m, c, text)));
        json_object_set_new(entry, "samples", json_integer((json_int_t)one.samples));
        json_object_set_new(entry, "precision", cli_json_real(one.precision));
        json_object_set_new(entry, "recall", cli_json_real(one.recall));
        json_array_append_new(list, entry);
        for (uint32_t p = 0; p < m->outputs; p++)
            json_array_append_new(
                row, json_integer((json_int_t)m->result.confusion[(size_t)c * m->outputs + p]));
        json_array_append_new(matrix, row);
    }
    json_object_set_new(object, "classes", list);
    json_object_set_new(object, "confusion", matrix);
}

static void put_outputs(json_t *object, const measurement *m) {
    json_t *list = json_array();
    for (uint32_t k = 0; k < m->outputs; k++) {
        char text[CLI_WORD];
        json_t *entry = json_object();
        json_object_set_new(entry, "output", cli_json_text(eval_name(m, k, text)));
        cli_json_regression(entry, "", &m->result.outputs[k]);
        json_array_append_new(list, entry);
    }
    json_object_set_new(object, "outputs", list);
}

int eval_report_json(const measurement *m) {
    size_t connections = loci_network_connections(m->network);
    bool test = m->request->split == LOCI_TEST;
    json_t *object = json_object();
    json_object_set_new(object, "preset", cli_json_text(loci_network_note(m->network, "preset")));
    json_object_set_new(object, "dataset", cli_json_text(loci_dataset_name(m->data)));
    json_object_set_new(object, "split", json_string(test ? "test" : "train"));
    json_object_set_new(object, "samples", json_integer((json_int_t)m->result.count));
    json_object_set_new(object, "threads", json_integer(m->threads));
    if (m->regress)
        cli_json_regression(object, test ? "test_" : "train_", &m->result.regression);
    else
        json_object_set_new(object, test ? "test_accuracy" : "train_accuracy",
                            json_real(m->result.accuracy));
    json_object_set_new(object, test ? "test_loss" : "train_loss", json_real(m->result.loss));
    json_object_set_new(object, "parameters",
                        json_integer((json_int_t)loci_network_parameter_count(m->network)));
    json_object_set_new(object, "connections", json_integer((json_int_t)connections));
    json_object_set_new(object, "connections_kept", json_integer((json_int_t)m->kept));
    json_object_set_new(object, "sparsity", json_real(1 - (double)m->kept / (double)connections));
    json_object_set_new(object, "seconds_total", json_real(m->seconds));
    cli_activity_json(object, loci_network_spec(m->network), &m->result.activity);
    if (m->request->events)
        json_object_set_new(object, "microseconds_per_inference", json_real(1e6 * m->inference));
    if (m->regress)
        put_outputs(object, m);
    else
        put_classes(object, m);
    return cli_json_print(object);
}

static int name_width(const measurement *m, int least, int most) {
    for (uint32_t c = 0; c < m->outputs; c++) {
        char text[CLI_WORD];
        int columns = cli_width(eval_name(m, c, text));
        least = columns > least ? columns : least;
    }
    return least < most ? least : most;
}

static void print_classes(const measurement *m, int width) {
    printf("\n%-*s  %9s  %9s  %9s\n", width, "class", "samples", "precision", "recall");
    for (uint32_t c = 0; c < m->outputs; c++) {
        char name[CLI_WORD], column[CLI_COLUMN], samples[CLI_WORD], precision[CLI_WORD],
            recall[CLI_WORD];
        class_result one = class_of(m, c);
        printf("%s  %9s  %9s  %9s\n", cli_column(column, eval_name(m, c, name), width),
               cli_count(samples, one.samples), cli_percent(precision, one.precision),
               cli_percent(recall, one.recall));
    }
}

static void print_confusion(const measurement *m, int width) {
    enum { MOST = 12 }; /* what fits a screen */
    char name[CLI_WORD], column[CLI_COLUMN];
    size_t classes = m->outputs;
    if (classes > MOST) {
        printf("\n%zu classes: the confusion matrix is in --json\n", classes);
        return;
    }
    int cell = name_width(m, 1, 8);
    for (size_t i = 0; i < classes * classes; i++) {
        int digits = snprintf(NULL, 0, "%zu", m->result.confusion[i]);
        cell = digits > cell ? digits : cell;
    }
    printf("\nconfusions (rows: true class, columns: predicted; '.' is 0)\n%*s", width, "");
    for (uint32_t p = 0; p < classes; p++)
        printf("  %s", cli_column(column, eval_name(m, p, name), -cell));
    printf("\n");
    for (uint32_t c = 0; c < classes; c++) {
        printf("%s", cli_column(column, eval_name(m, c, name), width));
        for (uint32_t p = 0; p < classes; p++) {
            size_t n = m->result.confusion[c * classes + p];
            if (n > 0)
                printf("  %*zu", cell, n);
            else
                printf("  %*s", cell, ".");
        }
        printf("\n");
    }
}

/* Each output by itself; the first line said as much of one alone. */
static void print_outputs(const measurement *m) {
    int width = name_width(m, 6, 24);
    if (m->outputs == 1)
        return;
    printf("\n%-*s  %8s  %10s  %10s\n", width, "output", "R2", "MAE", "RMSE");
    for (uint32_t k = 0; k < m->outputs; k++) {
        char name[CLI_WORD], column[CLI_COLUMN], r2[CLI_WORD], mae[CLI_WORD], rmse[CLI_WORD];
        const loci_regression *one = &m->result.outputs[k];
        printf("%s  %8s  %10s  %10s\n", cli_column(column, eval_name(m, k, name), width),
               cli_r2(r2, one->r2), cli_quantity(mae, one->mae), cli_quantity(rmse, one->rmse));
    }
}

static void print_score(const measurement *m) {
    char score[4 * CLI_WORD], correct[CLI_WORD], count[CLI_WORD];
    printf("%s on %s (%s part): ", CLI_SHOWN(m->request->model), loci_dataset_name(m->data),
           m->request->split == LOCI_TEST ? "test" : "training");
    cli_count(count, m->result.count);
    if (m->regress)
        printf("%s, %s samples", cli_regression(score, &m->result.regression), count);
    else
        printf("%s right, %s of %s", cli_percent(score, m->result.accuracy),
               cli_count(correct, m->result.correct), count);
    printf("; loss %.4f\n", m->result.loss);
}

void eval_report_text(const measurement *m) {
    char percent[CLI_WORD], correct[CLI_WORD], count[CLI_WORD];
    print_score(m);
    size_t connections = loci_network_connections(m->network);
    if (m->kept < connections)
        printf("%s of %s connections %s (sparsity %s)\n", cli_count(count, m->kept),
               cli_count(correct, connections),
               loci_network_pruned_by(m->network) == LOCI_UNPRUNED ? "within range" : "kept",
               cli_percent(percent, 1 - (double)m->kept / (double)connections));
    if (m->regress) {
        print_outputs(m);
    } else {
        int width = name_width(m, 5, 16);
        print_classes(m, width);
        print_confusion(m, width);
    }
    cli_activity_print(loci_network_spec(m->network), &m->result.activity);
    if (m->request->events)
        printf("\nevent-driven, one input at a time: %.3g microseconds per inference\n",
               1e6 * m->inference);
}
