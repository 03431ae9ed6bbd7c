/* How long a trained network takes to classify, against the BLAS on its expanded matrices:
 *
 *     inference MODEL NAME [SECONDS]
 *
 * One image at a time (sgemv; 256 images in turn, which fit the cache) and 1,000 at a time (sgemm),
 * one thread, test images of data set NAME. All take turns for SECONDS (default 2) each; the median
 * of a turn counts. The BLAS does what inference needs and no more: products, biases, ReLU. Prints
 * one JSON object. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cblas.h>
#include <loci/loci.h>

enum { BATCH = 1000, SINGLE = 256, MOST_TURNS = 100000 };

typedef struct bench {
    loci_network *network;
    loci_prepared *prepared;
    size_t pixels, classes, images, pairs;
    size_t size[LOCI_MAX_PAIRS + 1];
    float scale;                   /* of the logits */
    float *weight[LOCI_MAX_PAIRS]; /* [n, m] expanded */
    const float *bias[LOCI_MAX_PAIRS];
    float *input;    /* [images, pixels] */
    float *layer[2]; /* [BATCH, widest] */
    float *logits;   /* [images, classes] */
} bench;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

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
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, BATCH, (int)m, (int)n, 1, x, (int)n,
                    b->weight[l], (int)m, 0, y, (int)m);
        for (size_t i = 0; i < BATCH; i++)
            finish(b, l, y + i * m);
        x = y;
    }
}

static void loci_one(bench *b, size_t first) {
    loci_prepared_run(b->prepared, b->input + first * b->pixels, 0, b->logits, NULL, NULL);
}

static void loci_batch(bench *b, size_t first) {
    loci_prepared_run_batch(b->prepared, NULL, b->input + first * b->pixels, BATCH, b->logits,
                            NULL);
}

/* Seconds of one call, over some images, `images` a call. */
static double sweep(bench *b, void (*run)(bench *, size_t), size_t images) {
    double started = now();
    size_t calls = 0, end = images == 1 ? SINGLE : b->images, rounds = images == 1 ? 8 : 1;
    for (size_t round = 0; round < rounds; round++)
        for (size_t first = 0; first + images <= end; first += images, calls++)
            run(b, first);
    return (now() - started) / (double)calls;
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
    double until = now() + seconds;
    sweep(b, ours, images);
    sweep(b, blas, images);
    while (turns < 5 || (now() < until && turns < MOST_TURNS)) {
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

static int open_bench(bench *b, const char *model, const char *name, loci_error *error) {
    loci_dataset *data = NULL;
    int status = loci_network_load(&b->network, model, error);
    if (status == LOCI_OK)
        status = loci_prepared_create(&b->prepared, b->network, error);
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
    b->images = loci_dataset_count(data, LOCI_TEST) / BATCH * BATCH;
    b->images = b->images > 4 * BATCH ? 4 * BATCH : b->images;
    for (uint32_t l = 0; l <= b->pairs; l++) {
        b->size[l] = loci_spec_layer_size(spec, l);
        widest = b->size[l] > widest ? b->size[l] : widest;
    }
    b->input = malloc(b->images * b->pixels * sizeof(float));
    b->layer[0] = malloc(BATCH * widest * sizeof(float));
    b->layer[1] = malloc(BATCH * widest * sizeof(float));
    b->logits = malloc(b->images * b->classes * sizeof(float));
    for (size_t i = 0; i < b->images && status == LOCI_OK; i++)
        status = loci_dataset_sample(data, LOCI_TEST, i, b->input + i * b->pixels);
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
    for (size_t i = 0; i < BATCH * b->classes; i++) {
        worst = fmax(worst, fabs((double)b->logits[i] - (double)theirs[i]));
        largest = fmax(largest, fabs((double)theirs[i]));
    }
    return worst / largest;
}

int main(int argc, char **argv) {
    static bench b;
    loci_error error = {.message = "out of memory"};
    size_t kept = 0;
    if (argc < 3) {
        fprintf(stderr, "usage: inference MODEL NAME [SECONDS]\n");
        return 2;
    }
    double seconds = argc > 3 ? atof(argv[3]) : 2;
    openblas_set_num_threads(1);
    if (open_bench(&b, argv[1], argv[2], &error) != LOCI_OK ||
        loci_network_count_kept(b.network, &kept, &error) != LOCI_OK) {
        fprintf(stderr, "inference: %s: %s\n", error.where, error.message);
        return 1;
    }
    printf("{\"connections\": %zu, \"connections_kept\": %zu, \"difference\": %.3g, ",
           loci_network_connections(b.network), kept, difference(&b));
    race(&b, "one", loci_one, blas_one, 1, seconds, ", ");
    race(&b, "batch", loci_batch, blas_batch, BATCH, seconds, "}\n");
    return 0; /* what was set aside goes with the process */
}
