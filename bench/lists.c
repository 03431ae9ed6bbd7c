/* Whether a pruned network is faster on lists of its kept connections, or with zeros for the cut
 * ones:
 *
 *     lists RUN DATA FOLDER [TURNS [IMAGES]]
 *
 * The network of run folder RUN, its set of connections frozen, is trained for one epoch on DATA in
 * FOLDER, and classifies IMAGES (default 1,000) of its training images with prepared weights; one
 * thread, both ways, TURNS (default 5) times in turn. The library chooses by a function of shape
 * and density: loci_connections_pay(). The linker puts another one in its place, which this program
 * steers. Prints one JSON object; a ratio above 1 says that lists are faster. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <loci/loci.h>

/* The library's own, and what stands in its place: see --wrap in ld(1). */
bool __real_loci_connections_pay(size_t n, size_t m, size_t count);
bool __wrap_loci_connections_pay(size_t n, size_t m, size_t count);

static bool use_lists;

bool __wrap_loci_connections_pay(size_t n, size_t m, size_t count) {
    (void)n, (void)m, (void)count;
    return use_lists;
}

enum { MOST_TURNS = 1000, ROUNDS = 4 };

typedef struct bench {
    loci_dataset *data;
    loci_config config;
    const char *folder;
    loci_network *network;
    float *input;     /* [images, pixels] */
    float *logits[2]; /* [images, classes] with zeros, with lists */
    size_t images, classes;
} bench;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int train(bench *b, double *seconds, loci_error *error) {
    const loci_run_options again = {.force = 1};
    loci_summary summary;
    int status = loci_run_train(&b->config, b->data, b->folder, NULL, &again, &summary, error);
    *seconds = summary.seconds_per_epoch;
    return status;
}

static int classify(bench *b, double *seconds, loci_error *error) {
    loci_prepared *prepared;
    int status = loci_prepared_create(&prepared, b->network, error);
    if (status != LOCI_OK)
        return status;
    double started = 0;
    for (int round = -1; round < ROUNDS && status == LOCI_OK; round++) { /* the first warms up */
        started = round == 0 ? now() : started;
        status = loci_prepared_run_batch(prepared, NULL, b->input, b->images, b->logits[use_lists],
                                         error);
    }
    *seconds = (now() - started) / ROUNDS;
    loci_prepared_free(prepared);
    return status;
}

static int open_bench(bench *b, const char *run, const char *data, loci_error *error) {
    loci_data_options options;
    loci_data_options_defaults(&options);
    options.skip_test = 1;
    int status = loci_config_load(&b->config, run, error);
    if (status == LOCI_OK)
        status = loci_dataset_open(&b->data, data, &options, error);
    if (status == LOCI_OK)
        status = loci_network_load(&b->network, run, error);
    if (status != LOCI_OK)
        return status;
    snprintf(b->config.init, sizeof b->config.init, "%s", run);
    b->config.no_test = 1;
    b->config.train.epochs = 1;
    b->config.train.warmup = 0;
    b->config.train.prune = (loci_prune_plan){.by = b->config.train.prune.by};
    b->config.train.freeze_mask = 1;
    size_t pixels = loci_spec_pixels(loci_network_spec(b->network));
    b->input = calloc(b->images, pixels * sizeof(float));
    b->classes = loci_network_spec(b->network)->classes;
    for (int way = 0; way < 2; way++)
        b->logits[way] = calloc(b->images, b->classes * sizeof(float));
    for (size_t i = 0; i < b->images && status == LOCI_OK; i++)
        status = loci_dataset_sample(b->data, LOCI_TRAIN, i, b->input + i * pixels);
    return status;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Both ways in turn, and how much longer it takes with zeros. */
static int race(bench *b, const char *name, int (*run)(bench *, double *, loci_error *),
                size_t turns, loci_error *error) {
    double seconds[2][MOST_TURNS], ratio[MOST_TURNS];
    for (size_t turn = 0; turn < turns; turn++) {
        for (int lists = 0; lists < 2; lists++) {
            use_lists = lists != 0;
            int status = run(b, &seconds[lists][turn], error);
            if (status != LOCI_OK)
                return status;
        }
        ratio[turn] = seconds[0][turn] / seconds[1][turn];
    }
    qsort(seconds[0], turns, sizeof(double), compare);
    qsort(seconds[1], turns, sizeof(double), compare);
    qsort(ratio, turns, sizeof *ratio, compare);
    printf(", \"%s\": {\"zeros_seconds\": %.4g, \"lists_seconds\": %.4g, \"ratio\": %.4g, "
           "\"ratio_low\": %.4g, \"ratio_high\": %.4g}",
           name, seconds[0][turns / 2], seconds[1][turns / 2], ratio[turns / 2], ratio[0],
           ratio[turns - 1]);
    return LOCI_OK;
}

/* What the library would choose, for the pair with the most connections. */
static int choice(bench *b, double *density, bool *pays, loci_error *error) {
    const loci_spec *spec = loci_network_spec(b->network);
    size_t most = 0, kept;
    for (uint32_t l = 0; l <= spec->hidden_count; l++) {
        size_t n = loci_spec_layer_size(spec, l), m = loci_spec_layer_size(spec, l + 1);
        int status = loci_network_kept(b->network, l, NULL, &kept, error);
        if (status != LOCI_OK)
            return status;
        if (n * m <= most)
            continue;
        most = n * m;
        *density = (double)kept / (double)most;
        *pays = __real_loci_connections_pay(n, m, kept);
    }
    return LOCI_OK;
}

/* Largest difference of the two ways, of the largest logit. */
static double difference(const bench *b) {
    double worst = 0, largest = 0;
    for (size_t i = 0; i < b->images * b->classes; i++) {
        double zeros = (double)b->logits[0][i];
        worst = fmax(worst, fabs(zeros - (double)b->logits[1][i]));
        largest = fmax(largest, fabs(zeros));
    }
    return worst / largest;
}

int main(int argc, char **argv) {
    static bench b;
    loci_error error = {.message = "out of memory"};
    double density = 0;
    bool pays = false;
    long turns = argc > 4 ? atol(argv[4]) : 5, images = argc > 5 ? atol(argv[5]) : 1000;
    if (argc < 4 || argc > 6 || turns < 1 || turns > MOST_TURNS || images < 1) {
        fprintf(stderr, "usage: lists RUN DATA FOLDER [TURNS [IMAGES]]\n");
        return 2;
    }
    b.folder = argv[3];
    b.images = (size_t)images;
    int status = open_bench(&b, argv[1], argv[2], &error);
    if (status == LOCI_OK)
        status = choice(&b, &density, &pays, &error);
    if (status == LOCI_OK) {
        printf("{\"density\": %.4f, \"chosen\": \"%s\"", density, pays ? "lists" : "zeros");
        status = race(&b, "epoch", train, (size_t)turns, &error);
    }
    if (status == LOCI_OK)
        status = race(&b, "batch", classify, (size_t)turns, &error);
    if (status != LOCI_OK) {
        fprintf(stderr, "lists: %s: %s\n", error.where, error.message);
        return 1;
    }
    printf(", \"difference\": %.3g}\n", difference(&b));
    return 0; /* what was set aside goes with the process */
}
