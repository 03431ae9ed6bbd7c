/* Classifies what stands on standard input with a model file, and needs no more than the core of
 * the library:
 *
 *     cc infer.c $(pkg-config --cflags --libs loci-core) -o infer
 *     ./infer model.safetensors <numbers
 *
 * Each input is height * width numbers, blanks between them, as the model's data had them. For each
 * one line comes out: the class, counted from 0, and its logit. */
#include <stdio.h>
#include <stdlib.h>

#include <loci/network.h>
#include <loci/prepared.h>

/* Raw values become those the network was trained on. */
static void scale(const loci_network *network, float *input, size_t count) {
    const float *low, *span;
    loci_network_input_scaling(network, &low, &span);
    for (size_t i = 0; low != NULL && i < count; i++)
        input[i] = (input[i] - low[i]) / span[i];
}

static int answer(loci_prepared *prepared, const loci_network *network, float *input, float *logits,
                  loci_error *error) {
    const loci_spec *spec = loci_network_spec(network);
    size_t pixels = loci_spec_pixels(spec), read = 0, best = 0;
    for (uint32_t number = 0;; number++) {
        for (read = 0; read < pixels && scanf("%f", &input[read]) == 1; read++)
            continue;
        if (read < pixels)
            break;
        scale(network, input, pixels);
        if (loci_prepared_run(prepared, input, number, logits, NULL, error) != LOCI_OK)
            return 1;
        for (size_t j = best = 0; j < spec->classes; j++)
            best = logits[j] > logits[best] ? j : best;
        printf("%zu %g\n", best, (double)logits[best]);
    }
    if (read == 0 && feof(stdin))
        return 0;
    fprintf(stderr, "infer: an input is not %zu numbers\n", pixels);
    return 1;
}

int main(int argc, char **argv) {
    loci_network *network = NULL;
    loci_prepared *prepared = NULL;
    loci_error error = {0};
    if (argc != 2) {
        fprintf(stderr, "Usage: infer MODEL <numbers\n");
        return 2;
    }
    int status = loci_network_load(&network, argv[1], &error);
    if (status == LOCI_OK)
        status = loci_prepared_create(&prepared, network, &error);
    if (status == LOCI_OK) {
        const loci_spec *spec = loci_network_spec(network);
        float *input = malloc(loci_spec_pixels(spec) * sizeof *input);
        float *logits = malloc(spec->classes * sizeof *logits);
        status =
            input == NULL || logits == NULL ? 1 : answer(prepared, network, input, logits, &error);
        free(input);
        free(logits);
    }
    if (error.code != LOCI_OK)
        fprintf(stderr, "infer: %s: %s\n", error.where, error.message);
    loci_prepared_free(prepared);
    loci_network_free(network);
    return status != LOCI_OK;
}
