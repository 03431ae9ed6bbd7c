/* Inputs through prepared weights, samples outermost, nothing done for what is silent. */
#include "infer/prepared_contents.h"

/* The input neurons' values [rows, n]. A shrunk net looks at some of the pixels. */
static const float *choose(const loci_prepared *p, loci_runner *runner, const float *inputs,
                           size_t rows) {
    size_t n = p->network->spec.inputs, pixels = loci_spec_pixels(&p->network->spec);
    if (p->network->pixels == NULL)
        return inputs;
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < n; i++)
            runner->next[row * n + i] = inputs[row * pixels + p->network->pixels[i]];
    return runner->next;
}

static void swap(loci_runner *runner) {
    float *made = runner->next;
    runner->next = runner->current;
    runner->current = made;
}

/* From what a layer sends, [rows, stride], to the currents of the next, in runner->current [rows,
 * ld]. Few connections are all gone through, of many those of active neurons, even where most are:
 * which of the two may not depend on the batch. False when an input that anything follows from is
 * not finite. */
static bool cross(const loci_prepared *p, loci_runner *runner, const loci_fixed *weights,
                  const float *sent, size_t rows, size_t stride, bool input) {
    float *made = sent == runner->current ? runner->next : runner->current;
    if (weights->slices.slices > 0) { /* chosen for one input */
        if (input && !weights->kernels->finite(sent, weights->n))
            return false;
        loci_fixed_vector(weights, sent, made);
    } else {
        const loci_sparse active =
            loci_runner_compact(runner, &p->bits, weights, sent, rows, stride);
        if (input && !weights->kernels->finite(active.value, active.entries))
            return false;
        if (weights->shared) /* of these, rows go one by one */
            loci_fixed_sample(weights, runner->number, sent, &active, made, runner->scratch);
        else
            loci_fixed_events(weights, &active, made, NULL);
    }
    if (made == runner->next)
        swap(runner);
    return true;
}

bool loci_prepared_rows(const loci_prepared *p, loci_runner *runner, const float *inputs,
                        size_t rows, float *logits) {
    const loci_spec *spec = &p->network->spec;
    const float *sent = choose(p, runner, inputs, rows);
    size_t stride = p->weights[0].n, classes = spec->classes;
    for (uint32_t l = 0;; l++) {
        const loci_fixed *weights = &p->weights[l];
        const float *bias = p->bias[l];
        if (!cross(p, runner, weights, sent, rows, stride, l == 0))
            return false;
        sent = runner->current;
        stride = weights->ld;
        if (l < loci_spec_hidden_layers(spec)) {
            for (size_t row = 0; row < rows; row++)
                p->activate->sample(spec->activation, runner->current + row * stride, bias,
                                    weights->m);
            continue;
        }
        for (size_t row = 0; row < rows; row++)
            for (size_t j = 0; j < classes; j++)
                logits[row * classes + j] =
                    (float)spec->logit_scale * (sent[row * stride + j] + bias[j]);
        return true;
    }
}
