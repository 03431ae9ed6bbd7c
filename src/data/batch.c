#include "data/batch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "data/event_rows.h"
#include "data/resident.h"
#include "data/samples.h"
#include "linear/linear.h"

/* Samples that one task lays out. */
enum { CHUNK = 8 };

/* A chunk has room for all its numbers, zeros included, and for what a kernel writes past them; its
 * samples follow each other in there. */
static size_t chunk_room(size_t features) {
    return CHUNK * features + LOCI_SLICE;
}

int loci_batch_create(loci_batch **out, size_t most, size_t features, bool backward,
                      const loci_coding_options *coding, loci_error *error) {
    loci_batch *b = calloc(1, sizeof *b);
    size_t entries, spare = (most + CHUNK - 1) / CHUNK * LOCI_SLICE;
    if (b == NULL || __builtin_mul_overflow(most, features, &entries) ||
        __builtin_add_overflow(entries, spare, &entries) || entries > UINT32_MAX) {
        free(b);
        return loci_fail(error, LOCI_E_MEMORY, "batch",
                         "%zu samples of %zu numbers are too many for one batch", most, features);
    }
    b->most = most;
    b->features = b->columns = features;
    b->backward = backward;
    if (coding != NULL)
        b->coding = *coding;
    b->labels = loci_arena_take(&b->arena, most, sizeof *b->labels);
    b->identity = loci_arena_take(&b->arena, most, sizeof *b->identity);
    b->start = loci_arena_take(&b->arena, most, sizeof *b->start);
    b->end = loci_arena_take(&b->arena, most, sizeof *b->end);
    b->index = loci_arena_take_raw(&b->arena, entries, sizeof *b->index);
    b->value = loci_arena_take_raw(&b->arena, entries, sizeof *b->value);
    b->room = entries;
    if (b->arena.failed) {
        loci_batch_free(b);
        return loci_fail_memory(error, "batch");
    }
    b->kernels = loci_linear_kernels_for(loci_isa_best());
    loci_bits_fill(&b->bits);
    *out = b;
    return LOCI_OK;
}

/* What an entry of a sample takes. */
enum { ENTRY = sizeof(uint32_t) + sizeof(float) };

size_t loci_batch_bytes(const loci_batch *b) {
    return b->arena.bytes - (b->room - b->touched) * ENTRY +
           b->workers * b->image_floats * sizeof *b->images +
           (b->backward ? b->touched * ENTRY : 0) + b->by_input.start_room * sizeof(uint32_t);
}

void loci_batch_free(loci_batch *b) {
    if (b == NULL)
        return;
    loci_events_clear(&b->events);
    loci_arena_clear(&b->arena);
    loci_sparse_blocks_clear(&b->by_input);
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

void loci_batch_scale(loci_batch *b, const float *low, const float *span) {
    b->low = low;
    b->span = span;
}

void loci_batch_scale_targets(loci_batch *b, const float *mean, const float *deviation) {
    b->target_mean = mean;
    b->target_deviation = deviation;
}

void loci_batch_weigh(loci_batch *b, const float *counts) {
    b->counts = counts;
}

/* Leaves out of a sample's entries what is not chosen, and numbers the rest by column. Returns
 * their new end. */
static uint32_t choose(loci_batch *b, uint32_t start, uint32_t end) {
    uint32_t to = start;
    for (uint32_t t = start; t < end; t++) {
        b->value[to] = b->value[t];
        b->index[to] = b->place[b->index[t]];
        to += b->index[to] != UINT32_MAX;
    }
    return to;
}

/* Bytes as pixels in [0, 1], moved, all channels of a pixel together; what leaves the frame is
 * lost.
 */
static void read_bytes(const loci_batch *b, const uint8_t *from, const loci_warp *warp,
                       const loci_warping *warping, float *to) {
    bool still = warp == NULL;
    ptrdiff_t n = (ptrdiff_t)b->features, channels = still ? 1 : (ptrdiff_t)warping->channels;
    ptrdiff_t width = still ? n : (ptrdiff_t)warping->width * channels;
    ptrdiff_t right = still ? 0 : warp->right * channels;
    ptrdiff_t by = still ? 0 : warp->down * width + right;
    ptrdiff_t first = by > 0 ? by : 0, last = by < 0 ? n + by : n;
    memset(to, 0, (size_t)first * sizeof *to);
    memset(to + last, 0, (size_t)(n - last) * sizeof *to);
    b->kernels->levels(from + first - by, (size_t)(last - first), to + first);
    for (ptrdiff_t r = 0; right != 0 && r < n; r += width) /* what came round from the next row */
        memset(to + r + (right < 0 ? width + right : 0), 0, (size_t)labs(right) * sizeof *to);
}

/* Of what is taken when it is first needed; the next batch may ask for it again. */
static int fail_for_now(loci_batch *b, loci_error *error) {
    b->arena.failed = false;
    return loci_fail_memory(error, "batch");
}

static int scatter_dense(loci_batch *b, size_t count, loci_error *error) {
    size_t ld = loci_leading(b->columns);
    if (b->dense == NULL)
        b->dense = loci_arena_floats(&b->arena, b->most, ld);
    if (b->dense == NULL)
        return fail_for_now(b, error);
    memset(b->dense, 0, count * ld * sizeof *b->dense);
    for (size_t sample = 0; sample < count; sample++)
        for (uint32_t t = b->start[sample]; t < b->end[sample]; t++)
            b->dense[sample * ld + b->index[t]] = b->value[t];
    b->in = (loci_activations){.count = count, .dense = b->dense, .ld = ld};
    return LOCI_OK;
}

/* The rows of all steps, as the network gets them. */
static int finish_coded(loci_batch *b, size_t count, loci_error *error) {
    b->by_sample = loci_sparse_rows(count * b->coding.steps, b->events.start, b->events.index,
                                    b->events.value);
    b->in = (loci_activations){.count = b->by_sample.rows, .by_sample = &b->by_sample};
    if (!b->backward)
        return LOCI_OK;
    b->in.by_input = &b->by_input;
    return loci_sparse_transpose(&b->by_input, &b->by_sample, b->columns, b->pool, error);
}

/* The entries by sample stand; chooses the form the network gets. */
static int finish(loci_batch *b, size_t count, uint32_t round, loci_error *error) {
    size_t entries = 0;
    for (size_t i = 0; i < count; i++)
        entries += b->end[i] - b->start[i];
    double density = count == 0 ? 0 : (double)entries / ((double)count * (double)b->columns);
    bool coded = b->coding.coding != LOCI_CODING_CONSTANT;
    b->by_sample = (loci_sparse){count, entries, b->start, b->end, b->index, b->value};
    if (coded) {
        int status = loci_code(&b->events, &b->coding, &b->by_sample, b->identity, round, error);
        return status == LOCI_OK ? finish_coded(b, count, error) : status;
    }
    if (b->backward && !b->coding.sparse && !loci_sparse_pays(density)) {
        /* in training alone: what inference gives may not depend on the rest of the batch */
        return scatter_dense(b, count, error);
    }
    b->in = (loci_activations){.count = b->by_sample.rows, .by_sample = &b->by_sample};
    if (!b->backward)
        return LOCI_OK;
    b->in.by_input = &b->by_input;
    return loci_sparse_transpose(&b->by_input, &b->by_sample, b->columns, b->pool, error);
}

/* Where the samples of a batch come from. */
struct filling {
    loci_batch *b;
    const loci_dataset *data; /* NULL: rows */
    enum loci_split split;
    const uint32_t *which;       /* [count] samples of the part */
    const loci_warping *warping; /* or NULL */
    const float *rows;           /* [count, features] */
    size_t count;
    atomic_int *status; /* of the first sample that could not be read */
    loci_error *error;  /* and what there was */
};

/* That a sample could not be read; the first one is told of. */
static void report(const struct filling *x, int status, const loci_error *error) {
    int none = LOCI_OK;
    if (atomic_compare_exchange_strong(x->status, &none, status) && x->error != NULL)
        *x->error = *error;
}

/* Reads sample i of a filling, whose number is `which`, as the network sees it unmoved; of bytes
 * that are merely shifted, shifted. True where that is left to do. */
static bool take_sample(const struct filling *x, uint32_t which, const loci_warp *warp,
                        float *image) {
    loci_batch *b = x->b;
    const loci_samples *part = &x->data->part[x->split];
    bool turned = warp != NULL && warp->turned;
    loci_error error = {0};
    int status;
    if (loci_samples_are_bytes(part) && b->low == NULL) {
        const uint8_t *bytes;
        uint8_t *scratch = (uint8_t *)(image + b->image_floats) - b->features;
        status = loci_sample_bytes(part, b->features, which, scratch, &bytes, &error);
        if (status == LOCI_OK)
            read_bytes(b, bytes, turned ? NULL : warp, x->warping, image);
    } else {
        status = loci_dataset_read(x->data, b->low, b->span, x->split, which, image, &error);
        turned |= warp != NULL && (warp->down != 0 || warp->right != 0);
    }
    if (status != LOCI_OK)
        report(x, status, &error);
    return turned && status == LOCI_OK;
}

/* Sample i of a filling, as the network sees it. */
static const float *look_at(const struct filling *x, size_t i, size_t worker) {
    loci_batch *b = x->b;
    if (x->data == NULL)
        return x->rows + i * b->features;
    loci_warp drawn, *warp = NULL;
    if (x->warping != NULL) {
        warp = &drawn;
        loci_warp_draw(warp, x->warping, x->which[i]);
    }
    float *image = b->images + worker * b->image_floats;
    if (take_sample(x, x->which[i], warp, image))
        loci_warp_image(warp, x->warping, image); /* after scaling: only then is 0 what stands
                                                   * outside the frame */
    return image;
}

static void fill_chunk(void *context, size_t chunk, size_t worker) {
    const struct filling *x = context;
    size_t first = chunk * CHUNK, end = first + CHUNK < x->count ? first + CHUNK : x->count;
    loci_batch *b = x->b;
    uint32_t at = (uint32_t)(chunk * chunk_room(b->features));
    for (size_t i = first; i < end; i++) {
        b->start[i] = at;
        at += (uint32_t)b->kernels->compact(&b->bits, NULL, look_at(x, i, worker), b->features,
                                            b->index + at, b->value + at);
        if (b->place != NULL)
            at = choose(b, b->start[i], at);
        b->end[i] = at;
    }
}

/* Room for an image as it becomes and, where it is warped, as it is, for each thread; and at the
 * end for its bytes where they are not in memory. */
static int make_images(loci_batch *b, const loci_warping *warping, bool read, loci_error *error) {
    size_t workers = (size_t)loci_pool_threads(b->pool), floats = b->features;
    floats += warping != NULL ? loci_warp_scratch(warping) : 0;
    floats += read ? b->features / sizeof(float) + 1 : 0;
    if (b->workers >= workers && b->image_floats >= floats)
        return LOCI_OK;
    free(b->images);
    b->image_floats = floats;
    b->images = loci_alloc(workers, b->image_floats * sizeof *b->images);
    b->workers = b->images == NULL ? 0 : workers;
    return b->images == NULL ? loci_fail_memory(error, "batch") : LOCI_OK;
}

static void fill(const struct filling *x) {
    size_t touched = 0;
    loci_parallel(x->b->pool, (x->count + CHUNK - 1) / CHUNK, fill_chunk, (void *)(uintptr_t)x);
    for (size_t i = 0; i < x->count; i++)
        touched += x->b->end[i] - x->b->start[i];
    x->b->touched = touched > x->b->touched ? touched : x->b->touched;
}

/* What the samples should come to. */
static int fill_targets(loci_batch *b, const loci_dataset *data, const loci_samples *part,
                        const uint32_t *index, size_t count, loci_error *error) {
    size_t outputs = data->outputs;
    if (part->targets != NULL && b->targets == NULL)
        b->targets = loci_arena_floats(&b->arena, b->most, outputs);
    if (b->counts != NULL && b->weights == NULL)
        b->weights = loci_arena_floats(&b->arena, b->most, 1);
    if (b->arena.failed)
        return fail_for_now(b, error);
    for (size_t i = 0; part->labels != NULL && i < count; i++)
        b->labels[i] = part->labels[index[i]];
    for (size_t i = 0; part->targets != NULL && i < count * outputs; i++) {
        size_t k = i % outputs;
        float raw = part->targets[index[i / outputs] * outputs + k];
        b->targets[i] =
            b->target_mean == NULL ? raw : (raw - b->target_mean[k]) / b->target_deviation[k];
    }
    for (size_t i = 0; b->counts != NULL && i < count; i++)
        b->weights[i] = b->counts[index[i]];
    return LOCI_OK;
}

/* Samples of temporal data, whose steps are the network's. */
static int fill_events(loci_batch *b, const loci_dataset *data, const loci_samples *part,
                       const uint32_t *index, size_t count, const loci_warping *warping,
                       loci_error *error) {
    assert(data->timed && data->steps == b->coding.steps);
    int status = loci_event_rows(&b->events, data, part, index, count, b->place, warping, error);
    if (status == LOCI_OK)
        status = fill_targets(b, data, part, index, count, error);
    return status == LOCI_OK ? finish_coded(b, count, error) : status;
}

int loci_batch_fill(loci_batch *b, const loci_dataset *data, enum loci_split split,
                    const uint32_t *index, size_t count, const loci_warping *warping,
                    uint32_t round, loci_error *error) {
    if (b->coding.coding == LOCI_CODING_EVENTS)
        return fill_events(b, data, &data->part[split], index, count, warping, error);
    atomic_int failed = LOCI_OK;
    const struct filling x = {.b = b,
                              .data = data,
                              .split = split,
                              .which = index,
                              .warping = warping,
                              .count = count,
                              .status = &failed,
                              .error = error};
    int status = make_images(b, warping, data->part[split].source != NULL, error);
    if (status != LOCI_OK)
        return status;
    fill(&x);
    if (failed != LOCI_OK)
        return failed;
    loci_resident_touch(&data->part[split], count, data->features);
    status = fill_targets(b, data, &data->part[split], index, count, error);
    if (status != LOCI_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        b->identity[i] = index[i];
    return finish(b, count, round, error);
}

int loci_batch_fill_rows(loci_batch *b, const float *rows, size_t count, size_t first,
                         loci_error *error) {
    if (b->coding.coding == LOCI_CODING_EVENTS) {
        int status = loci_event_rows_of(&b->events, rows, count * b->coding.steps, b->features,
                                        b->place, error);
        return status == LOCI_OK ? finish_coded(b, count, error) : status;
    }
    const struct filling x = {.b = b, .rows = rows, .count = count};
    fill(&x);
    for (size_t i = 0; i < count; i++)
        b->identity[i] = (uint32_t)(first + i);
    return finish(b, count, 0, error);
}
