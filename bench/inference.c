/* How long a trained network takes to classify, against the BLAS on its expanded matrices:
 *
 *     inference MODEL NAME [SECONDS [THREADS [IMAGES]]]
 *
 * One test image of data set NAME at a time (sgemv; 256 in turn, which fit the cache), and IMAGES
 * (default 1,000) at a time (sgemm). Both sides have THREADS (default 1), which Loci uses for many
 * images only. They take turns for SECONDS (default 2) each; the median of a turn counts. The BLAS
 * does what inference needs and no more: products, biases, ReLU, the latter two on one thread.
 * Prints one JSON object. A shrunk network is refused: its matrices are not those it was pruned
 * from. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cblas.h>
#include <loci/loci.h>

enum { SINGLE = 256, SWEPT = 4000, MOST_TURNS = 100000 };

typedef struct bench {
    loci_network *network;
    loci_prepared *prepared;
    loci_pool *pool;
    int threads;
    size_t pixels, classes, images, batch, pairs;
    size_t size[LOCI_MAX_PAIRS + 1];
    float scale;                   /* of the logits */
    float *weight[LOCI_MAX_PAIRS]; /* [n, m] expanded */
    const float *bias[LOCI_MAX_PAIRS];
    float *input;    /* [images, pixels] */
    float *layer[2]; /* [batch, widest] */
    float *logits;   /* [images, classes] */
} bench;

/* What comes after a product: bias, and ReLU, or for the last one the logits' scale. */
static void finish(const bench *b, size_t l, float *x) {
    const float *bias = b->bias[l];
    size_t m = b->size[l + 1];
    int last = l + 1 == b->pairs;
    for (size_t j = 0; j < m; j++) {
        float u = x[j] + bias[j];
        x[j] = last ? b->scale * u : u > 0 ? u : 0;
    }
}

static void blas_one(bench *b, size_t first) {
    const float *x = b->input + first * b->pixels;
    for (size_t l = 0; l < b->pairs; l++) {
        size_t n = b->size[l], m = b->size[l + 1];
        float *y = b->layer[l % 2];
        cblas_sgemv(CblasRowMajor, CblasTrans, (int)n, (int)m, 1, b->weight[l], (int)m, x, 1, 0, y,
                    1);
        finish(b, l, y);
        x = y;
    }
}

static void blas_batch(bench *b, size_t first) {
    const float *x = b->input + first * b->pixels;
    for (size_t l = 0; l < b->pairs; l++) {
        size_t n = b->size[l], m = b->size[l + 1];
        float *y = b->layer[l % 2];
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)b->batch, (int)m, (int)n, 1, x,
                    (int)n, b->weight[l], (int)m, 0, y, (int)m);
        for (size_t i = 0; i < b->batch; i++)
            finish(b, l, y + i * m);
        x = y;
    }
}

static void loci_one(bench *b, size_t first) {
    loci_prepared_run(b->prepared, b->input + first * b->pixels, 0, b->logits, NULL, NULL);
}

static void loci_batch(bench *b, size_t first) {
    loci_prepared_run_batch(b->prepared, b->pool, b->input + first * b->pixels, b->batch, b->logits,
                            NULL);
}

/* Seconds of one call, over some images, `images` a call. Loci calls the BLAS from tasks of its
 * own, one thread each; the BLAS's threads spin for a while after its own turn, which is waited
 * for. */
static double sweep(bench *b, void (*run)(bench *, size_t), size_t images) {
    bool blas = run == blas_one || run == blas_batch;
    openblas_set_num_threads(blas ? b->threads : 1);
    if (b->threads > 1)
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    double started = loci_seconds();
    size_t calls = 0, end = images == 1 ? SINGLE : b->images, rounds = images == 1 ? 8 : 1;
    for (size_t round = 0; round < rounds; round++)
        for (size_t first = 0; first + images <= end; first += images, calls++)
            run(b, first);
    return (loci_seconds() - started) / (double)calls;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Seconds of both in the same turns, and how often the BLAS takes as long. */
static void race(bench *b, const char *name, void (*ours)(bench *, size_t),
                 void (*blas)(bench *, size_t), size_t images, double seconds, const char *end) {
    static double own[MOST_TURNS], other[MOST_TURNS], ratio[MOST_TURNS];
    size_t turns = 0;
    double until = loci_seconds() + seconds;
    sweep(b, ours, images);
    sweep(b, blas, images);
    while (turns < 5 || (loci_seconds() < until && turns < MOST_TURNS)) {
        own[turns] = sweep(b, ours, images);
        other[turns] = sweep(b, blas, images);
        ratio[turns] = other[turns] / own[turns];
        turns++;
    }
    qsort(own, turns, sizeof *own, compare);
    qsort(other, turns, sizeof *other, compare);
    qsort(ratio, turns, sizeof *ratio, compare);
    printf("\"%s\": {\"turns\": %zu, \"loci_seconds\": %.4g, \"blas_seconds\": %.4g, \"ratio\": "
           "%.4g, \"ratio_low\": %.4g, \"ratio_high\": %.4g}%s",
           name, turns, own[turns / 2], other[turns / 2], ratio[turns / 2], ratio[turns / 10],
           ratio[turns - 1 - turns / 10], end);
}

static int refuse(loci_error *error, const char *where, const char *what) {
    snprintf(error->where, sizeof error->where, "%s", where);
    snprintf(error->message, sizeof error->message, "%s", what);
    return LOCI_E_UNSUPPORTED;
}

static int open_network(bench *b, const char *model, loci_error *error) {
    int status = loci_network_load(&b->network, model, error);
    if (status != LOCI_OK)
        return status;
    const loci_spec *spec = loci_network_spec(b->network);
    size_t connections = 0;
    for (uint32_t l = 0; l <= spec->hidden_count; l++)
        connections += (size_t)loci_spec_layer_size(spec, l) * loci_spec_layer_size(spec, l + 1);
    if (connections != loci_network_connections(b->network))
        return refuse(error, model, "is shrunk; give the network as it was pruned");
    if (spec->neuron == LOCI_NEURON_LIF)
        return refuse(error, model, "is a spiking network; the BLAS has nothing to race it with");
    status = loci_prepared_create(&b->prepared, b->network, error);
    if (status == LOCI_OK && b->threads > 1)
        status = loci_pool_create(&b->pool, b->threads, error);
    return status;
}

static int open_bench(bench *b, const char *model, const char *name, loci_error *error) {
    loci_dataset *data = NULL;
    int status = open_network(b, model, error);
    if (status == LOCI_OK)
        status = loci_dataset_open(&data, name, NULL, error);
    if (status != LOCI_OK)
        return status;
    const loci_spec *spec = loci_network_spec(b->network);
    size_t widest = 0;
    b->pairs = spec->hidden_count + 1;
    b->pixels = loci_spec_pixels(spec);
    b->classes = spec->classes;
    b->scale = (float)spec->logit_scale;
    size_t swept = b->batch < SWEPT ? SWEPT / b->batch * b->batch : b->batch;
    b->images = loci_dataset_count(data, LOCI_TEST) / b->batch * b->batch;
    b->images = b->images > swept ? swept : b->images;
    if (b->images < SINGLE || loci_dataset_height(data) * loci_dataset_width(data) != b->pixels ||
        loci_dataset_classes(data) != b->classes) {
        loci_dataset_free(data);
        return refuse(error, name, "has too few test images, or does not fit the network");
    }
    for (uint32_t l = 0; l <= b->pairs; l++) {
        b->size[l] = loci_spec_layer_size(spec, l);
        widest = b->size[l] > widest ? b->size[l] : widest;
    }
    b->input = malloc(b->images * b->pixels * sizeof(float));
    b->layer[0] = malloc(b->batch * widest * sizeof(float));
    b->layer[1] = malloc(b->batch * widest * sizeof(float));
    b->logits = malloc(b->images * b->classes * sizeof(float));
    for (size_t i = 0; i < b->images && status == LOCI_OK; i++)
        status = loci_network_sample(b->network, data, LOCI_TEST, i, b->input + i * b->pixels);
    const loci_tensor *tensor;
    for (size_t i = 0, l = 0; (tensor = loci_network_tensor(b->network, i)) != NULL; i++)
        if (tensor->kind == LOCI_TENSOR_BIAS)
            b->bias[l++] = loci_network_parameters(b->network) + tensor->offset;
    for (uint32_t l = 0; l < b->pairs && status == LOCI_OK; l++) {
        b->weight[l] = malloc(b->size[l] * b->size[l + 1] * sizeof(float));
        status = loci_network_weights(b->network, l, b->weight[l], error);
    }
    loci_dataset_free(data);
    return status;
}

/* Largest difference of the two, of the largest logit. */
static double difference(bench *b) {
    double worst = 0, largest = 0;
    loci_batch(b, 0);
    blas_batch(b, 0);
    const float *theirs = b->layer[(b->pairs - 1) % 2];
    for (size_t i = 0; i < b->batch * b->classes; i++) {
        worst = fmax(worst, fabs((double)b->logits[i] - (double)theirs[i]));
        largest = fmax(largest, fabs((double)theirs[i]));
    }
    return worst / largest;
}

/* The positive number that argument i gives, or what it is without. */
static double number(int argc, char **argv, int i, double without) {
    double value = argc > i ? atof(argv[i]) : without;
    if (!(value > 0 && value < 1e6)) {
        fprintf(stderr, "inference: %s: is not a number between 0 and 1,000,000\n", argv[i]);
        exit(2);
    }
    return value;
}

int main(int argc, char **argv) {
    static bench b;
    loci_error error = {.message = "out of memory"};
    size_t kept = 0;
    if (argc < 3 || argc > 6) {
        fprintf(stderr, "usage: inference MODEL NAME [SECONDS [THREADS [IMAGES]]]\n");
        return 2;
    }
    double seconds = number(argc, argv, 3, 2);
    b.threads = (int)number(argc, argv, 4, 1);
    b.batch = (size_t)number(argc, argv, 5, 1000);
    if (open_bench(&b, argv[1], argv[2], &error) != LOCI_OK ||
        loci_network_count_kept(b.network, &kept, &error) != LOCI_OK) {
        fprintf(stderr, "inference: %s: %s\n", error.where, error.message);
        return 1;
    }
    printf("{\"threads\": %d, \"images\": %zu, \"connections\": %zu, \"connections_kept\": %zu, "
           "\"difference\": %.3g, \"logits\": [",
           b.threads, b.batch, loci_network_connections(b.network), kept, difference(&b));
    loci_one(&b, 0);
    for (size_t c = 0; c < b.classes; c++)
        printf("%s%.9g", c == 0 ? "" : ", ", (double)b.logits[c]);
    printf("], ");
    race(&b, "one", loci_one, blas_one, 1, seconds, ", ");
    race(&b, "batch", loci_batch, blas_batch, b.batch, seconds, "}\n");
    return 0; /* what was set aside goes with the process */
}
