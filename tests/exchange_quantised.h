/* Networks in 8 bits for ONNX, whose scales are chosen on given inputs. */
#ifndef LOCI_TESTS_EXCHANGE_QUANTISED_H
#define LOCI_TESTS_EXCHANGE_QUANTISED_H

#include "prune_fixture.h"

#include <loci/codegen.h>
#include <loci/data.h>
#include <loci/exchange.h>

enum { QUANTISED_SAMPLES = 100 };

/* Close it even when it failed. */
typedef struct quantised {
    loci_dataset *data;
    int32_t *labels; /* of the data */
    loci_export *export;
    loci_export_options options;
} quantised;

/* Data of count inputs, raw, and of what the network makes of them: outputs [count, classes]. */
static inline void quantised_open(quantised *x, const loci_network *network, const float *raw,
                                  size_t count, const float *outputs) {
    const loci_spec *spec = loci_network_spec(network);
    bool regress = spec->task == LOCI_TASK_REGRESS;
    *x = (quantised){.labels = loci_alloc(count, sizeof *x->labels)};
    for (size_t i = 0; i < count; i++)
        for (uint32_t k = 1; k < spec->classes; k++)
            if (outputs[i * spec->classes + k] > outputs[i * spec->classes + (size_t)x->labels[i]])
                x->labels[i] = (int32_t)k;
    const loci_arrays train = {.count = count,
                               .samples = raw,
                               .channels = spec->channels,
                               .labels = regress ? NULL : x->labels,
                               .classes = regress ? 0 : spec->classes,
                               .targets = regress ? outputs : NULL,
                               .outputs = regress ? spec->classes : 0};
    loci_error error = {0};
    if (loci_dataset_borrow(&x->data, "drawn", spec->height, spec->width, &train, NULL, &error) !=
        LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    loci_export_options_defaults(&x->options);
    x->options.mode = LOCI_EXPORT_WEIGHTS;
    x->options.linear = 1;
    x->options.data = x->data;
    x->options.samples = QUANTISED_SAMPLES;
}

static inline void quantised_close(quantised *x) {
    loci_export_free(x->export);
    loci_dataset_free(x->data);
    free(x->labels);
}

/* Of all inputs of the data, out [count, classes]: logits, or values in units of the data. */
static inline void quantised_run(const quantised *x, const loci_spec *spec, float *out) {
    int32_t *inputs = loci_alloc(loci_spec_inputs(spec), sizeof *inputs);
    double *made = loci_alloc(spec->classes, sizeof *made);
    for (size_t i = 0; i < loci_dataset_count(x->data, LOCI_TRAIN); i++) {
        assert_int_equal(loci_export_inputs(x->export, x->data, LOCI_TRAIN, i, inputs), LOCI_OK);
        assert_int_equal(loci_export_run(x->export, inputs, 1, made, NULL), LOCI_OK);
        for (uint32_t k = 0; k < spec->classes; k++)
            out[i * spec->classes + k] = (float)loci_export_value(x->export, k, made[k]);
    }
    free(inputs);
    free(made);
}

#endif
