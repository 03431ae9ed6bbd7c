/* Writes what spiking networks do, for another implementation to compare with.
 *
 *     spiking_dump FOLDER CASE...
 *
 * A case is "exact OPTIONS" (every number dyadic, so that every sum is exact) or "near OPTIONS".
 * FOLDER/I.npz of case I holds inputs [T or 1, B, n], labels [B], membraneL and spikesL [T, B, m]
 * of each layer L that keeps them, logits [B, classes], loss [1], and every parameter tensor under
 * its name and, with .gradient behind it, its gradient. */
#include "npz_dump.h"

#include <stdbool.h>

#include "network/spiking.h"

enum { SAMPLES = 6 };

/* Rows go out step by step, as the peer in Python wants them; here they stand sample by sample. */
static size_t in_step_order(size_t row, size_t steps, size_t count) {
    return row % steps * count + row / steps;
}

static void put_inputs(struct dump *d, const fixture *f) {
    const loci_sparse *rows = &f->batch->by_sample;
    size_t steps = rows->rows / f->count, n = f->batch->features;
    float *inputs = put(d, "inputs", 3, steps, f->count, n);
    for (size_t i = 0; i < steps * f->count * n; i++)
        inputs[in_step_order(i / n, steps, f->count) * n + i % n] = (float)f->inputs[i];
    float *labels = put(d, "labels", 1, f->count, 1, 1);
    for (size_t b = 0; b < f->count; b++)
        labels[b] = (float)f->batch->labels[b];
}

/* Membranes and spikes of a firing layer, from the currents that the pass kept. */
static void put_firing(struct dump *d, const loci_pass *pass, uint32_t l, size_t count) {
    const loci_spiking *s = pass->spiking;
    size_t m = pass->acting.wiring[l].m, ld = loci_leading(m), steps = s->steps;
    size_t stride = loci_spiking_stride(s, l, ld);
    float *u = loci_alloc(steps * count, ld * sizeof *u);
    float *fired = loci_alloc(steps * count, ld * sizeof *fired);
    for (size_t j = 0; j < s->layer[l].padded; j += LOCI_LIF_STRIP)
        for (size_t b = 0; b < count; b++) {
            const loci_lif_strip strip = {.current =
                                              s->current[l] + loci_spiking_row(s, l, b) * ld + j,
                                          .current_stride = stride,
                                          .spikes = fired + b * steps * ld + j,
                                          .spikes_stride = ld,
                                          .membrane = u + b * steps * ld + j,
                                          .membrane_stride = ld};
            s->kernels->forward(&s->layer[l], j, &strip);
        }
    char name[64];
    snprintf(name, sizeof name, "membrane%u", l + 1);
    float *membrane = put(d, name, 3, steps, count, m);
    snprintf(name, sizeof name, "spikes%u", l + 1);
    float *spikes = put(d, name, 3, steps, count, m);
    for (size_t row = 0; row < steps * count; row++) {
        size_t to = in_step_order(row, steps, count);
        memcpy(membrane + to * m, u + row * ld, m * sizeof *u);
        memcpy(spikes + to * m, fired + row * ld, m * sizeof *u);
    }
    free(u);
    free(fired);
}

/* Spikes of a layer that takes its steps in order. */
static void put_spikes(struct dump *d, const loci_pass *pass, uint32_t l, size_t count) {
    const loci_spiking *s = pass->spiking;
    size_t m = pass->acting.wiring[l].m, ld = loci_leading(m);
    char name[64];
    snprintf(name, sizeof name, "spikes%u", l + 1);
    float *spikes = put(d, name, 3, s->steps, count, m);
    for (size_t row = 0; row < s->steps * count; row++)
        memcpy(spikes + in_step_order(row, s->steps, count) * m, s->spikes[l] + row * ld,
               m * sizeof *spikes);
}

/* Integrators' membranes, where the readout needed them one by one. */
static void put_integrating(struct dump *d, const loci_pass *pass, uint32_t l, size_t count) {
    const loci_spiking *s = pass->spiking;
    size_t m = pass->acting.wiring[l].m, ld = loci_leading(m), rows = s->steps * count;
    char name[64];
    if (s->membrane == NULL)
        return;
    snprintf(name, sizeof name, "membrane%u", l + 1);
    float *membrane = put(d, name, 3, s->steps, count, m);
    for (size_t row = 0; row < rows; row++)
        memcpy(membrane + in_step_order(row, s->steps, count) * m, s->membrane + row * ld,
               m * sizeof *membrane);
}

static void dump_case(const char *path, const char *text, uint64_t seed) {
    static struct dump d;
    fixture f;
    loci_pass *pass;
    bool exact = strncmp(text, "exact ", 6) == 0;
    loci_spec spec = fixture_spec(3, 3, 4, strchr(text, ' ') + 1);
    d = (struct dump){0};
    fixture_open(&f, &spec, SAMPLES, 0.6, seed);
    if (exact)
        fixture_dyadic(f.network, seed);
    else
        fixture_move(f.network, seed);
    float *gradient = loci_alloc(f.network->parameter_count, sizeof *gradient);
    fixture_sync(&f);
    put_inputs(&d, &f);
    float *logits = put(&d, "logits", 2, SAMPLES, 4, 1), *loss = put(&d, "loss", 1, 1, 1, 1);
    assert_int_equal(loci_pass_create(&pass, f.network, SAMPLES, true, NULL, NULL), LOCI_OK);
    fixture_pass(&f, pass, logits, gradient);
    *loss = (float)(loci_cross_entropy(logits, f.batch->labels, SAMPLES, 4, 4, 0, NULL, NULL).sum /
                    SAMPLES);
    put_tensors(&d, &f, gradient);
    for (uint32_t l = 0; l <= spec.hidden_count; l++)
        if (pass->spiking->stepped[l])
            put_spikes(&d, pass, l, SAMPLES);
        else if (l < spec.hidden_count || spec.readout == LOCI_READOUT_COUNT)
            put_firing(&d, pass, l, SAMPLES);
        else
            put_integrating(&d, pass, l, SAMPLES);
    write_dump(&d, path);
    free(gradient);
    loci_pass_free(pass);
    fixture_close(&f);
}

static char **cases;

static void dump_all(void **state) {
    (void)state;
    for (uint64_t i = 0; cases[1 + i] != NULL; i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%ju.npz", cases[0], (uintmax_t)i);
        dump_case(path, cases[1 + i], i);
    }
}

int main(int argc, char **argv) {
    if (argc < 3)
        return 2;
    cases = argv + 1;
    const struct CMUnitTest all[] = {cmocka_unit_test(dump_all)};
    return cmocka_run_group_tests(all, NULL, NULL);
}
