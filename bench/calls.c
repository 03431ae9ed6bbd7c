/* What calls cost in C: loci_network_run() and loci_prepared_run(), one input and many, for
 * bench/python.py.
 *
 *     calls MODEL COUNT SINGLE
 *
 * Runs SINGLE inputs one by one and COUNT in one call, on one thread, and prints microseconds a
 * call: of the network one by one and in one call, then likewise of the prepared one. */
#include <stdio.h>
#include <stdlib.h>

#include <loci/loci.h>

static loci_error error;

static void check(int status) {
    if (status == LOCI_OK)
        return;
    fprintf(stderr, "calls: %s: %s\n", error.where, error.message);
    exit(1);
}

/* Inputs as bench/python.py makes them. */
static float *make_inputs(size_t count) {
    float *inputs = calloc(count, sizeof *inputs);
    for (size_t i = 0; inputs != NULL && i < count; i++)
        inputs[i] = i * 7919 % 1000 < 200 ? (float)(i * 7919 % 1000) / 200 : 0;
    return inputs;
}

int main(int argc, char **argv) {
    loci_network *network = NULL;
    loci_prepared *prepared = NULL;
    size_t count = argc == 4 ? strtoul(argv[2], NULL, 10) : 0,
           single = count > 0 ? strtoul(argv[3], NULL, 10) : 0;
    if (single == 0 || single > count) {
        fprintf(stderr, "usage: calls MODEL COUNT SINGLE\n");
        return 2;
    }
    check(loci_network_load(&network, argv[1], &error));
    check(loci_prepared_create(&prepared, network, &error));
    size_t pixels = loci_spec_pixels(loci_network_spec(network)),
           outputs = loci_network_spec(network)->classes;
    float *inputs = make_inputs(count * pixels), *out = calloc(count * outputs, sizeof *out);
    if (inputs == NULL || out == NULL)
        return 1;
    double start = loci_seconds();
    for (size_t i = 0; i < single; i++)
        check(loci_network_run(network, NULL, inputs + i * pixels, 1, out, &error));
    double one = loci_seconds();
    check(loci_network_run(network, NULL, inputs, count, out, &error));
    double many = loci_seconds();
    for (size_t i = 0; i < single; i++)
        check(loci_prepared_run(prepared, inputs + i * pixels, 0, out, NULL, &error));
    double frozen = loci_seconds();
    check(loci_prepared_run_batch(prepared, NULL, inputs, count, out, &error));
    double end = loci_seconds();
    printf("%.3f %.3f %.3f %.3f\n", 1e6 * (one - start) / (double)single, 1e6 * (many - one),
           1e6 * (frozen - many) / (double)single, 1e6 * (end - frozen));
    free(inputs);
    free(out);
    loci_prepared_free(prepared);
    loci_network_free(network);
    return 0;
}
