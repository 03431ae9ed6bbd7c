/* Measuring a model input by input, as a device would run it. */
#include <math.h>
#include <stdlib.h>

#include "eval/eval.h"

/* A network at work on one sample after the other. */
typedef struct event_run {
    const loci_network *network;
    const loci_spec *spec;
    loci_prepared *prepared;
    float *pixels; /* [inputs] */
    float *logits; /* [classes] */
    loci_activity sum;
    double loss;
} event_run;

static int check_fit(const loci_spec *spec, const loci_dataset *data, size_t count) {
    const char *name = loci_dataset_name(data);
    if (loci_dataset_height(data) != spec->height || loci_dataset_width(data) != spec->width)
        return cli_fail(name, "has inputs of %u x %u; the model takes %u x %u",
                        loci_dataset_height(data), loci_dataset_width(data), spec->height,
                        spec->width);
    if (loci_dataset_classes(data) > spec->classes)
        return cli_fail(name, "has %u classes; the model knows %u", loci_dataset_classes(data),
                        spec->classes);
    return count > 0 ? CLI_GO_ON : cli_fail(name, "has no samples in this part");
}

static int allocate(event_run *r, loci_evaluation *out) {
    size_t classes = r->spec->classes;
    r->pixels = calloc((size_t)r->spec->height * r->spec->width, sizeof *r->pixels);
    r->logits = calloc(classes, sizeof *r->logits);
    out->confusion = calloc(classes * classes, sizeof *out->confusion);
    out->prediction = calloc(out->count, sizeof *out->prediction);
    out->confidence = calloc(out->count, sizeof *out->confidence);
    if (r->pixels == NULL || r->logits == NULL || out->confusion == NULL ||
        out->prediction == NULL || out->confidence == NULL)
        return cli_fail("eval", "out of memory");
    return CLI_GO_ON;
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

static int run_all(event_run *r, const loci_dataset *data, enum loci_split split,
                   loci_evaluation *out, double *seconds) {
    loci_error error = {0};
    *seconds = 0;
    for (size_t i = 0; i < out->count; i++) {
        loci_activity activity = {0};
        loci_network_sample(r->network, data, split, i, r->pixels);
        double start = loci_seconds();
        if (loci_prepared_run(r->prepared, r->pixels, (uint32_t)i, r->logits, &activity, &error) !=
            LOCI_OK)
            return cli_error(&error);
        *seconds += loci_seconds() - start;
        add(&r->sum, &activity);
        judge(r, i, loci_dataset_label(data, split, i), out);
    }
    if (!isfinite(r->loss))
        return cli_fail(loci_dataset_name(data), "the network's outputs are not finite");
    divide(&r->sum, (double)out->count);
    *seconds /= (double)out->count;
    out->accuracy = (double)out->correct / (double)out->count;
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
    return status;
}
