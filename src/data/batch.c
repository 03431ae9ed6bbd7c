#include "data/batch.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"

int loci_batch_create(loci_batch **out, size_t most, size_t features, bool backward,
                      const loci_coding_options *coding, loci_error *error) {
    loci_batch *b = calloc(1, sizeof *b);
    size_t entries;
    if (b == NULL || __builtin_mul_overflow(most, features, &entries) || entries > UINT32_MAX) {
        free(b);
        return loci_fail(error, LOCI_E_MEMORY, "batch",
                         "%zu samples of %zu numbers are too many for one batch", most, features);
    }
    b->most = most;
    b->features = b->columns = features;
    b->backward = backward;
    if (coding != NULL)
        b->coding = *coding;
    b->labels = loci_alloc(most, sizeof *b->labels);
    b->identity = loci_alloc(most, sizeof *b->identity);
    b->start = loci_alloc(most + 1, sizeof *b->start);
    b->index = loci_alloc(entries, sizeof *b->index);
    b->value = loci_alloc(entries, sizeof *b->value);
    b->bytes = entries * (sizeof *b->index + sizeof *b->value);
    bool lost = b->labels == NULL || b->identity == NULL || b->start == NULL || b->index == NULL ||
                b->value == NULL;
    if (lost) {
        loci_batch_free(b);
        return loci_fail_memory(error, "batch");
    }
    for (int i = 0; i < 256; i++)
        b->level[i] = (float)i / 255;
    *out = b;
    return LOCI_OK;
}

void loci_batch_free(loci_batch *b) {
    if (b == NULL)
        return;
    free(b->labels);
    free(b->identity);
    loci_events_clear(&b->events);
    free(b->start);
    free(b->index);
    free(b->value);
    loci_sparse_blocks_clear(&b->by_input);
    free(b->dense);
    free(b->place);
    free(b->images);
    free(b);
}

int loci_batch_choose(loci_batch *b, const uint32_t *chosen, size_t count, loci_error *error) {
    if (chosen == NULL)
        return LOCI_OK;
    b->place = loci_alloc(b->features, sizeof *b->place);
    if (b->place == NULL)
        return loci_fail_memory(error, "batch");
    memset(b->place, 0xff, b->features * sizeof *b->place);
    for (uint32_t column = 0; column < count; column++)
        b->place[chosen[column]] = column;
    b->columns = count;
    return LOCI_OK;
}

/* Leaves out what is not chosen, and numbers the rest by column. */
static void choose(loci_batch *b, size_t count) {
    uint32_t end = 0, t = 0;
    for (size_t sample = 0; sample < count; sample++) {
        for (; t < b->start[sample + 1]; t++) {
            b->value[end] = b->value[t];
            b->index[end] = b->place[b->index[t]];
            end += b->index[end] != UINT32_MAX;
        }
        b->start[sample + 1] = end;
    }
}

static int clamp(int value, int low, int high) {
    return value < low ? low : value > high ? high : value;
}

/* Appends the non-zero pixels of one image, moved; what leaves the frame is lost. Returns the new
 * end. */
static uint32_t append_image(loci_batch *b, const loci_dataset *data, const uint8_t *pixels,
                             const loci_warp *warp, uint32_t end) {
    int height = (int)data->height, width = (int)data->width;
    int down = warp == NULL ? 0 : warp->down, over = warp == NULL ? 0 : warp->right;
    int top = clamp(-down, 0, height), bottom = clamp(height - down, 0, height);
    int left = clamp(-over, 0, width), right = clamp(width - over, 0, width);
    for (int r = top; r < bottom; r++) {
        const uint8_t *row = pixels + r * width;
        int to = (r + down) * width + over;
        for (int c = left; c < right; c++) {
            /* written always, counted only when not zero: no branch to mispredict */
            b->index[end] = (uint32_t)(to + c);
            b->value[end] = b->level[row[c]];
            end += row[c] != 0;
        }
    }
    return end;
}

static uint32_t append_row(loci_batch *b, const float *row, const float *low, const float *span,
                           uint32_t end) {
    for (size_t i = 0; i < b->features; i++) {
        float x = low == NULL ? row[i] : (row[i] - low[i]) / span[i];
        b->index[end] = (uint32_t)i;
        b->value[end] = x;
        end += x != 0;
    }
    return end;
}

/* Values in [0, 1] of one sample. */
static void read_values(const loci_batch *b, const loci_dataset *data, const loci_samples *part,
                        size_t at, float *to) {
    for (size_t i = 0; i < b->features; i++)
        to[i] = part->bytes != NULL ? b->level[part->bytes[at + i]]
                : data->low == NULL ? part->values[at + i]
                                    : (part->values[at + i] - data->low[i]) / data->span[i];
}

static int scatter_dense(loci_batch *b, size_t count, loci_error *error) {
    size_t ld = loci_leading(b->columns);
    if (b->dense == NULL) {
        b->dense = loci_alloc(b->most, ld * sizeof *b->dense);
        if (b->dense == NULL)
            return loci_fail_memory(error, "batch");
        b->bytes += b->most * ld * sizeof *b->dense;
    }
    memset(b->dense, 0, count * ld * sizeof *b->dense);
    for (size_t sample = 0; sample < count; sample++)
        for (uint32_t t = b->start[sample]; t < b->start[sample + 1]; t++)
            b->dense[sample * ld + b->index[t]] = b->value[t];
    b->in = (loci_activations){.count = count, .dense = b->dense, .ld = ld};
    return LOCI_OK;
}

/* The entries by sample stand; chooses the form the network gets. */
static int finish(loci_batch *b, size_t count, uint32_t round, loci_error *error) {
    if (b->place != NULL)
        choose(b, count);
    double density = count == 0 ? 0 : b->start[count] / ((double)count * (double)b->columns);
    bool coded = b->coding.coding != LOCI_CODING_CONSTANT;
    b->by_sample = (loci_sparse){count, b->start, b->index, b->value};
    if (coded) {
        int status = loci_code(&b->events, &b->coding, &b->by_sample, b->identity, round, error);
        if (status != LOCI_OK)
            return status;
        b->by_sample = (loci_sparse){count * b->coding.steps, b->events.start, b->events.index,
                                     b->events.value};
    } else if (!loci_sparse_pays(density)) {
        return scatter_dense(b, count, error);
    }
    b->in = (loci_activations){.count = b->by_sample.rows, .by_sample = &b->by_sample};
    if (!b->backward)
        return LOCI_OK;
    b->in.by_input = &b->by_input;
    return loci_sparse_transpose(&b->by_input, &b->by_sample, b->columns, b->pool, error);
}

/* Samples that one task lays out. */
enum { CHUNK = 8 };

/* Where the samples of a batch come from. */
struct filling {
    loci_batch *b;
    const loci_dataset *data; /* NULL: rows */
    const loci_samples *part;
    const uint32_t *which; /* [count] samples of the part */
    const loci_warp *warp; /* [count] or NULL */
    const float *rows;     /* [count, features] */
    size_t count;
};

static uint32_t append_sample(const struct filling *x, size_t i, size_t worker, uint32_t end) {
    loci_batch *b = x->b;
    if (x->data == NULL)
        return append_row(b, x->rows + i * b->features, NULL, NULL, end);
    const loci_warp *warp = x->warp == NULL ? NULL : &x->warp[i];
    size_t at = x->which[i] * x->data->features;
    bool turned = warp != NULL && warp->turned;
    if (x->part->bytes != NULL && !turned)
        return append_image(b, x->data, x->part->bytes + at, warp, end);
    if (!turned && (warp == NULL || (warp->down == 0 && warp->right == 0)))
        return append_row(b, x->part->values + at, x->data->low, x->data->span, end);
    /* warped in value space: what a moved 0 is, is known only after its range is applied */
    float *image = b->images + worker * b->image_floats,
          *framed = image + b->features + x->data->width;
    read_values(b, x->data, x->part, at, image);
    loci_warp_frame(image, x->data->height, x->data->width, framed);
    loci_warp_apply(warp, framed, x->data->height, x->data->width, image);
    return append_row(b, image, NULL, NULL, end);
}

/* A chunk has room for all its numbers, zeros included; start[i + 1] is its sample's end in there.
 */
static void fill_chunk(void *context, size_t chunk, size_t worker) {
    const struct filling *x = context;
    size_t first = chunk * CHUNK, end = first + CHUNK < x->count ? first + CHUNK : x->count;
    uint32_t at = (uint32_t)(first * x->b->features);
    for (size_t i = first; i < end; i++)
        x->b->start[i + 1] = at = append_sample(x, i, worker, at);
}

/* Moves the chunks' entries together. */
static void close_gaps(loci_batch *b, size_t count) {
    uint32_t end = 0;
    b->start[0] = 0;
    for (size_t first = 0; first < count; first += CHUNK) {
        size_t last = first + CHUNK < count ? first + CHUNK : count;
        uint32_t from = (uint32_t)(first * b->features), entries = b->start[last] - from;
        memmove(b->index + end, b->index + from, entries * sizeof *b->index);
        memmove(b->value + end, b->value + from, entries * sizeof *b->value);
        for (size_t i = first; i < last; i++)
            b->start[i + 1] -= from - end;
        end += entries;
    }
}

/* Room for an image as it is and as it becomes, for each thread. */
static int make_images(loci_batch *b, const loci_dataset *data, loci_error *error) {
    size_t workers = (size_t)loci_pool_threads(b->pool);
    if (b->workers >= workers)
        return LOCI_OK;
    free(b->images);
    b->image_floats = b->features + data->width +
                      (data->height + LOCI_WARP_FRAME) * (data->width + LOCI_WARP_FRAME);
    b->images = loci_alloc(workers, b->image_floats * sizeof *b->images);
    b->workers = b->images == NULL ? 0 : workers;
    return b->images == NULL ? loci_fail_memory(error, "batch") : LOCI_OK;
}

static void fill(const struct filling *x) {
    loci_parallel(x->b->pool, (x->count + CHUNK - 1) / CHUNK, fill_chunk, (void *)(uintptr_t)x);
    close_gaps(x->b, x->count);
}

int loci_batch_fill(loci_batch *b, const loci_dataset *data, enum loci_split split,
                    const uint32_t *index, size_t count, const loci_warp *warp, uint32_t round,
                    loci_error *error) {
    const struct filling x = {.b = b,
                              .data = data,
                              .part = &data->part[split],
                              .which = index,
                              .warp = warp,
                              .count = count};
    int status = warp != NULL ? make_images(b, data, error) : LOCI_OK;
    if (status != LOCI_OK)
        return status;
    fill(&x);
    for (size_t i = 0; i < count; i++) {
        b->labels[i] = x.part->labels[index[i]];
        b->identity[i] = index[i];
    }
    return finish(b, count, round, error);
}

int loci_batch_fill_rows(loci_batch *b, const float *rows, size_t count, size_t first,
                         loci_error *error) {
    const struct filling x = {.b = b, .rows = rows, .count = count};
    fill(&x);
    for (size_t i = 0; i < count; i++)
        b->identity[i] = (uint32_t)(first + i);
    return finish(b, count, 0, error);
}
