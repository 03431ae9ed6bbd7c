/* Trains a small spatial network on the built-in digits, saves it, loads it again and reads one
 * digit.
 *
 *     cc digits.c $(pkg-config --cflags --libs loci) -o digits && ./digits
 *
 * Every call that can fail returns a status code and fills `error`; the macro TRY keeps this short.
 */
#include <stdio.h>
#include <stdlib.h>

#include <loci/loci.h>

#define TRY(call)                                                                                  \
    do {                                                                                           \
        if ((call) != LOCI_OK) {                                                                   \
            fprintf(stderr, "%s: %s\n", error.where, error.message);                               \
            goto done;                                                                             \
        }                                                                                          \
    } while (0)

/* Called several times a second; `finished` is set once an epoch. */
static void show(void *user, const loci_progress *progress) {
    (void)user;
    if (progress->finished)
        printf("epoch %u of %u: loss %.3f, test accuracy %.1f%%\n", progress->epoch,
               progress->epochs, progress->finished->train_loss,
               100 * progress->finished->test_accuracy);
}

static void print_image(const float *image, unsigned height, unsigned width) {
    for (unsigned y = 0; y < height; y++) {
        for (unsigned x = 0; x < width; x++) {
            int shade = (int)(image[y * width + x] * 4.99f);
            printf("%c%c", " .+*#"[shade], " .+*#"[shade]);
        }
        putchar('\n');
    }
}

int main(int argc, char **argv) {
    const char *folder = argc > 1 ? argv[1] : "runs/example";
    char path[1024];
    loci_error error = {0};
    loci_dataset *data = NULL;
    loci_pool *pool = NULL;
    loci_network *network = NULL;
    float *image = NULL, *logits = NULL;
    int status = EXIT_FAILURE;

    TRY(loci_dataset_open(&data, "glyphs", NULL, &error));
    TRY(loci_pool_create(&pool, 0, &error)); /* a thread per core; results do not depend on it */

    /* What to train: one hidden layer of 64 neurons, eight dendrites each. The rest are defaults.
     */
    loci_config config;
    loci_config_defaults(&config);
    snprintf(config.data, sizeof config.data, "glyphs");
    config.spec.hidden_count = 1;
    config.spec.hidden[0] = 64;
    config.spec.input = LOCI_INPUT_GRID;
    TRY(loci_spec_set(&config.spec, "dendrite-sites", "8,1", &error)); /* options by name, too */
    config.train.epochs = 2;

    loci_run_options options;
    loci_run_options_defaults(&options);
    options.force = 1; /* replace what an earlier run left in the folder */
    options.progress = show;
    loci_summary summary;
    TRY(loci_run_train(&config, data, folder, pool, &options, &summary, &error));
    printf("%zu parameters make %zu connections; %.1f%% of the test digits are right\n",
           summary.parameters, summary.connections, 100 * summary.test_accuracy);

    snprintf(path, sizeof path, "%s/model.safetensors", folder);
    TRY(loci_network_load(&network, path, &error));
    unsigned height = loci_dataset_height(data), width = loci_dataset_width(data);
    unsigned classes = loci_dataset_classes(data), best = 0;
    image = calloc((size_t)height * width, sizeof *image);
    logits = calloc(classes, sizeof *logits);
    if (!image || !logits)
        goto done;
    TRY(loci_network_sample(network, data, LOCI_TEST, 0, image));
    TRY(loci_network_run(network, pool, image, 1, logits, &error));
    for (unsigned c = 1; c < classes; c++)
        best = logits[c] > logits[best] ? c : best;
    print_image(image, height, width);
    printf("looks like a %s to the network; it is a %s\n", loci_dataset_class_name(data, best),
           loci_dataset_class_name(data, (unsigned)loci_dataset_label(data, LOCI_TEST, 0)));
    status = summary.test_accuracy > 0.5 ? EXIT_SUCCESS : EXIT_FAILURE;

done:
    free(image);
    free(logits);
    loci_network_free(network);
    loci_pool_free(pool);
    loci_dataset_free(data);
    return status;
}
