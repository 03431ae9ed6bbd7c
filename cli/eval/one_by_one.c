/* Measuring a model input by input, as a device would run it. */
#include <math.h>
#include <stdlib.h>

#include "eval/eval.h"

/* Sums of one output over the samples. */
typedef struct regression_sums {
    double error, square; /* of |e|, e^2 */
    double first;         /* target; the others are summed as they differ from it */
    double target, target_square;
} regression_sums;

/* A network at work on one sample after the other. */
typedef struct event_run {
    const loci_network *network;
    const loci_spec *spec;
    loci_prepared *prepared;
    float *pixels; /* [inputs] */
    float *logits; /* [classes] */
    loci_activity sum;
    double loss;
    regression_sums *sums; /* [classes] of a regressor */
} event_run;

static int check_fit(const loci_spec *spec, const loci_dataset *data, size_t count) {
    const char *name = loci_dataset_name(data);
    char here[CLI_WORD], wanted[CLI_WORD];
    if (!loci_dataset_fits(data, spec))
        return cli_fail(name, "has inputs of %s; the model takes %s",
                        cli_shape(here, loci_dataset_height(data), loci_dataset_width(data),
                                  loci_dataset_channels(data)),
                        cli_shape(wanted, spec->height, spec->width, spec->channels));
    bool regress = spec->task == LOCI_TASK_REGRESS;
    if (loci_dataset_task(data) != spec->task)
        return cli_fail(name, "holds %s; the model predicts %s",
                        regress ? "classes" : "numbers to predict",
                        regress ? "numbers" : "classes");
    if (regress && loci_dataset_outputs(data) != spec->classes)
        return cli_fail(name, "has %u numbers to predict; the model predicts %u",
                        loci_dataset_outputs(data), spec->classes);
    if (loci_dataset_classes(data) > spec->classes)
        return cli_fail(name, "has %u classes; the model knows %u", loci_dataset_classes(data),
                        spec->classes);
    if (loci_dataset_steps(data) > 0 && loci_dataset_steps(data) != spec->time_steps)
        return cli_fail(name, "has %u time steps; the model takes %u", loci_dataset_steps(data),
                        spec->time_steps);
    if ((loci_dataset_steps(data) > 0) != (loci_spec_inputs(spec) > loci_spec_pixels(spec)))
        return cli_fail(name, "%s; the model takes %s",
                        loci_dataset_steps(data) > 0 ? "holds temporal data"
                                                     : "its samples have no time",
                        loci_dataset_steps(data) > 0 ? "samples without time" : "temporal data");
    return count > 0 ? CLI_GO_ON : cli_fail(name, "has no samples in this part");
}

static int allocate(event_run *r, loci_evaluation *out) {
    size_t classes = r->spec->classes;
    r->pixels = calloc(loci_spec_inputs(r->spec), sizeof *r->pixels);
    r->logits = calloc(classes, sizeof *r->logits);
    bool lost = r->pixels == NULL || r->logits == NULL;
    if (r->spec->task == LOCI_TASK_REGRESS) {
        r->sums = calloc(classes, sizeof *r->sums);
        out->outputs = calloc(classes, sizeof *out->outputs);
        out->values = calloc(out->count, classes * sizeof *out->values);
        lost |= r->sums == NULL || out->outputs == NULL || out->values == NULL;
    } else {
        out->confusion = calloc(classes * classes, sizeof *out->confusion);
        out->prediction = calloc(out->count, sizeof *out->prediction);
        out->confidence = calloc(out->count, sizeof *out->confidence);
        lost |= out->confusion == NULL || out->prediction == NULL || out->confidence == NULL;
    }
    return lost ? cli_fail("eval", "out of memory") : CLI_GO_ON;
}

static void add(loci_activity *sum, const loci_activity *one) {
    sum->layers = one->layers;
    for (uint32_t l = 0; l < one->layers; l++)
        sum->layer_rate[l] += one->layer_rate[l];
    sum->spike_rate += one->spike_rate;
    sum->spikes += one->spikes;
    sum->synaptic_operations += one->synaptic_operations;
    sum->input_operations += one->input_operations;
    sum->dense_operations += one->dense_operations;
}

static void divide(loci_activity *sum, double count) {
    for (uint32_t l = 0; l < sum->layers; l++)
        sum->layer_rate[l] /= count;
    sum->spike_rate /= count;
    sum->spikes /= count;
    sum->synaptic_operations /= count;
    sum->input_operations /= count;
    sum->dense_operations /= count;
}

/* Class, confidence and loss of sample i from its logits. */
static void judge(event_run *r, size_t i, int32_t label, loci_evaluation *out) {
    uint32_t best = 0, classes = r->spec->classes;
    double sum = 0;
    for (uint32_t c = 1; c < classes; c++)
        best = r->logits[c] > r->logits[best] ? c : best;
    double most = (double)r->logits[best];
    for (uint32_t c = 0; c < classes; c++)
        sum += exp((double)r->logits[c] - most);
    r->loss += log(sum) + most - (double)r->logits[label];
    out->prediction[i] = (int32_t)best;
    out->confidence[i] = (float)(1 / sum);
    out->confusion[(size_t)label * classes + best]++;
    out->correct += best == (uint32_t)label;
}

/* The values predicted for sample i and what they are off by. */
static void compare(event_run *r, size_t i, const float *target, loci_evaluation *out) {
    const float *mean, *deviation;
    loci_network_target_scaling(r->network, &mean, &deviation);
    for (uint32_t k = 0; k < r->spec->classes; k++) {
        regression_sums *sums = &r->sums[k];
        double error = (double)r->logits[k] - (double)target[k];
        double off = deviation != NULL ? error / (double)deviation[k] : error;
        sums->first = i == 0 ? (double)target[k] : sums->first;
        double apart = (double)target[k] - sums->first;
        sums->error += fabs(error);
        sums->square += error * error;
        sums->target += apart;
        sums->target_square += apart * apart;
        r->loss += off * off / r->spec->classes;
        out->values[i * r->spec->classes + k] = r->logits[k];
    }
}

/* As loci_evaluate() has it: of several outputs the mean. */
static void finish_regression(const event_run *r, loci_evaluation *out) {
    double count = (double)out->count, outputs = r->spec->classes;
    out->accuracy = -1;
    for (uint32_t k = 0; k < r->spec->classes; k++) {
        const regression_sums *s = &r->sums[k];
        double spread = s->target_square - s->target * s->target / count;
        double r2 = spread > 0 ? 1 - s->square / spread : s->square == 0 ? 1 : 0;
        out->outputs[k] = (loci_regression){r2, s->error / count, sqrt(s->square / count)};
        out->regression.r2 += out->outputs[k].r2 / outputs;
        out->regression.mae += out->outputs[k].mae / outputs;
        out->regression.rmse += out->outputs[k].rmse / outputs;
    }
}

static int run_all(event_run *r, const loci_dataset *data, enum loci_split split,
                   loci_evaluation *out, double *seconds) {
    loci_error error = {0};
    *seconds = 0;
    for (size_t i = 0; i < out->count; i++) {
        loci_activity activity = {0};
        if (loci_network_sample(r->network, data, split, i, r->pixels) != LOCI_OK)
            return cli_fail_sample(data);
        double start = loci_seconds();
        if (loci_prepared_run(r->prepared, r->pixels, (uint32_t)i, r->logits, &activity, &error) !=
            LOCI_OK)
            return cli_error(&error);
        *seconds += loci_seconds() - start;
        add(&r->sum, &activity);
        if (r->sums != NULL)
            compare(r, i, loci_dataset_target(data, split, i), out);
        else
            judge(r, i, loci_dataset_label(data, split, i), out);
    }
    if (!isfinite(r->loss))
        return cli_fail(loci_dataset_name(data), "the network's outputs are not finite");
    divide(&r->sum, (double)out->count);
    *seconds /= (double)out->count;
    out->accuracy = (double)out->correct / (double)out->count;
    if (r->sums != NULL)
        finish_regression(r, out);
    out->loss = r->loss / (double)out->count;
    out->activity = r->sum;
    return CLI_GO_ON;
}

int eval_events(const loci_network *network, const loci_dataset *data, enum loci_split split,
                loci_evaluation *out, double *seconds) {
    loci_error error = {0};
    event_run r = {.network = network, .spec = loci_network_spec(network)};
    *out = (loci_evaluation){.count = loci_dataset_count(data, split)};
    int status = check_fit(r.spec, data, out->count);
    if (status == CLI_GO_ON)
        status = allocate(&r, out);
    if (status == CLI_GO_ON && loci_prepared_create(&r.prepared, network, &error) != LOCI_OK)
        status = cli_error(&error);
    if (status == CLI_GO_ON)
        status = run_all(&r, data, split, out, seconds);
    loci_prepared_free(r.prepared);
    free(r.pixels);
    free(r.logits);
    free(r.sums);
    return status;
}
