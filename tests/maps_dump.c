/* Writes what conventional networks of maps do, for another implementation to compare with.
 *
 *     maps_dump FOLDER HEIGHT WIDTH CHANNELS OPTIONS ...
 *
 * FOLDER/I.npz of the I-th four holds inputs [B, pixels], labels [B], logits [B, classes], loss
 * [1], and every parameter tensor under its name and, with .gradient behind it, its gradient. */
#include "npz_dump.h"

enum { SAMPLES = 7, CLASSES = 5 };

static void dump_case(const char *path, char **of, uint64_t seed) {
    static struct dump d;
    fixture f;
    loci_pass *pass;
    loci_spec spec = fixture_spec((uint32_t)atoi(of[0]), (uint32_t)atoi(of[1]), CLASSES, of[3]);
    spec.channels = (uint32_t)atoi(of[2]);
    fixture_open(&f, &spec, SAMPLES, 0.6, seed);
    fixture_move(f.network, seed);
    size_t inputs = f.batch->features;
    float *gradient = loci_alloc(f.network->parameter_count, sizeof *gradient);
    float *logits = put(&d, "logits", 2, SAMPLES, CLASSES, 1), *loss = put(&d, "loss", 1, 1, 1, 1);
    memcpy(put(&d, "inputs", 2, SAMPLES, inputs, 1), f.x, SAMPLES * inputs * sizeof *f.x);
    float *labels = put(&d, "labels", 1, SAMPLES, 1, 1);
    for (size_t b = 0; b < SAMPLES; b++)
        labels[b] = (float)f.batch->labels[b];
    assert_int_equal(loci_pass_create(&pass, f.network, SAMPLES, true, NULL, NULL), LOCI_OK);
    fixture_pass(&f, pass, logits, gradient);
    *loss = (float)(loci_cross_entropy(logits, f.batch->labels, SAMPLES, CLASSES, CLASSES, 0, NULL,
                                       NULL)
                        .sum /
                    SAMPLES);
    put_tensors(&d, &f, gradient);
    write_dump(&d, path);
    free(gradient);
    loci_pass_free(pass);
    fixture_close(&f);
}

static char **cases;

static void dump_all(void **state) {
    (void)state;
    for (uint64_t i = 0; cases[1 + 4 * i] != NULL; i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%ju.npz", cases[0], (uintmax_t)i);
        dump_case(path, cases + 1 + 4 * i, i + 1);
    }
}

int main(int argc, char **argv) {
    if (argc < 6 || argc % 4 != 2)
        return 2;
    cases = argv + 1;
    const struct CMUnitTest all[] = {cmocka_unit_test(dump_all)};
    return cmocka_run_group_tests(all, NULL, NULL);
}
