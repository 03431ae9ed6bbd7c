/* Whether a pruned network is faster on lists of its kept connections, or with zeros for the cut
 * ones:
 *
 *     lists RUN DATA FOLDER [TURNS [IMAGES]]
 *
 * The network of run folder RUN, its set of connections frozen, is trained for one epoch on DATA in
 * FOLDER, and classifies IMAGES (default 1,000) of its training images with prepared weights, in
 * one call and one by one; one thread, both ways, TURNS (default 5) times in turn. The library
 * chooses by functions of shape and density, loci_connections_pay(), loci_connections_pay_many()
 * and loci_connections_pay_alone(). The linker puts others in their place, which this program
 * steers. Prints one JSON object; a ratio above 1 says that lists are faster. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <loci/loci.h>

/* The library's own, and what stands in their place: see --wrap in ld(1). */
typedef bool choice(size_t n, size_t m, size_t count);
choice __real_loci_connections_pay, __wrap_loci_connections_pay;
choice __real_loci_connections_pay_many, __wrap_loci_connections_pay_many;
choice __real_loci_connections_pay_alone, __wrap_loci_connections_pay_alone;

static bool use_lists;

bool __wrap_loci_connections_pay(size_t n, size_t m, size_t count) {
    (void)n, (void)m, (void)count;
    return use_lists;
}

bool __wrap_loci_connections_pay_many(size_t n, size_t m, size_t count) {
    (void)n, (void)m, (void)count;
    return use_lists;
}

bool __wrap_loci_connections_pay_alone(size_t n, size_t m, size_t count) {
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
    size_t images, pixels, classes;
} bench;

static int train(bench *b, double *seconds, loci_error *error) {
    const loci_run_options again = {.force = 1};
    loci_summary summary;
    int status = loci_run_train(&b->config, b->data, b->folder, NULL, &again, &summary, error);
    *seconds = summary.seconds_per_epoch;
    return status;
}

typedef int classifier(bench *b, loci_prepared *prepared, loci_error *error);

static int classify_all(bench *b, loci_prepared *prepared, loci_error *error) {
    return loci_prepared_run_batch(prepared, NULL, b->input, b->images, b->logits[use_lists],
                                   error);
}

static int classify_each(bench *b, loci_prepared *prepared, loci_error *error) {
    int status = LOCI_OK;
    for (size_t i = 0; i < b->images && status == LOCI_OK; i++)
        status = loci_prepared_run(prepared, b->input + i * b->pixels, 0,
                                   b->logits[use_lists] + i * b->classes, NULL, error);
    return status;
}

static int classify(bench *b, classifier *run, double *seconds, loci_error *error) {
    loci_prepared *prepared;
    int status = loci_prepared_create(&prepared, b->network, error);
    if (status != LOCI_OK)
        return status;
    double started = 0;
    for (int round = -1; round < ROUNDS && status == LOCI_OK; round++) { /* the first warms up */
        started = round == 0 ? loci_seconds() : started;
        status = run(b, prepared, error);
    }
    *seconds = (loci_seconds() - started) / ROUNDS;
    loci_prepared_free(prepared);
    return status;
}

static int batch(bench *b, double *seconds, loci_error *error) {
    return classify(b, classify_all, seconds, error);
}

static int one(bench *b, double *seconds, loci_error *error) {
    int status = classify(b, classify_each, seconds, error);
    *seconds /= (double)b->images;
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
    b->pixels = loci_spec_pixels(loci_network_spec(b->network));
    b->input = calloc(b->images, b->pixels * sizeof(float));
    b->classes = loci_network_spec(b->network)->classes;
    for (int way = 0; way < 2; way++)
        b->logits[way] = calloc(b->images, b->classes * sizeof(float));
    for (size_t i = 0; i < b->images && status == LOCI_OK; i++)
        status = loci_network_sample(b->network, b->data, LOCI_TRAIN, i, b->input + i * b->pixels);
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

static const char *way(bool lists) {
    return lists ? "lists" : "zeros";
}

/* Prints what the library would choose, for the pair with the most connections. */
static int print_choice(const bench *b, loci_error *error) {
    const loci_spec *spec = loci_network_spec(b->network);
    size_t n = 0, m = 0, kept = 0;
    for (uint32_t l = 0; l <= spec->hidden_count; l++) {
        size_t from = loci_spec_layer_size(spec, l), to = loci_spec_layer_size(spec, l + 1);
        if (from * to <= n * m)
            continue;
        n = from;
        m = to;
        int status = loci_network_kept(b->network, l, NULL, &kept, error);
        if (status != LOCI_OK)
            return status;
    }
    bool pay = __real_loci_connections_pay(n, m, kept);
    bool many = __real_loci_connections_pay_many(n, m, kept);
    bool alone = many && __real_loci_connections_pay_alone(n, m, kept);
    printf(
        "{\"density\": %.4f, \"chosen\": {\"epoch\": \"%s\", \"batch\": \"%s\", \"one\": \"%s\"}",
        (double)kept / ((double)n * (double)m), way(pay), way(many), way(alone));
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
    long turns = argc > 4 ? atol(argv[4]) : 5, images = argc > 5 ? atol(argv[5]) : 1000;
    if (argc < 4 || argc > 6 || turns < 1 || turns > MOST_TURNS || images < 1) {
        fprintf(stderr, "usage: lists RUN DATA FOLDER [TURNS [IMAGES]]\n");
        return 2;
    }
    b.folder = argv[3];
    b.images = (size_t)images;
    int status = open_bench(&b, argv[1], argv[2], &error);
    if (status == LOCI_OK)
        status = print_choice(&b, &error);
    if (status == LOCI_OK)
        status = race(&b, "epoch", train, (size_t)turns, &error);
    if (status == LOCI_OK)
        status = race(&b, "one", one, (size_t)turns, &error);
    if (status == LOCI_OK)
        status = race(&b, "batch", batch, (size_t)turns, &error);
    if (status != LOCI_OK) {
        fprintf(stderr, "lists: %s: %s\n", error.where, error.message);
        return 1;
    }
    printf(", \"difference\": %.3g}\n", difference(&b));
    return 0; /* what was set aside goes with the process */
}
