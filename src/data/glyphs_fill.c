/* The built-in data sets of digits: glyphs, drawn at once, and glyphs-SIDE, of which pictures are
 * drawn as they are needed: 6,000 of 2^20 pixels would take 6 GB. Always the same. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/formats.h"
#include "data/glyphs.h"
#include "data/samples.h"

/* The test part of both starts at the same number. */
enum { TRAIN_COUNT = 60000, TEST_COUNT = 10000, SIZED_TRAIN_COUNT = 6000, SIZED_TEST_COUNT = 1000 };

static int label_part(loci_samples *part, uint32_t first, uint32_t count, const char *where,
                      loci_error *error) {
    part->labels = loci_alloc(count, sizeof *part->labels);
    if (part->labels == NULL)
        return loci_fail_memory(error, where);
    part->count = count;
    for (uint32_t i = 0; i < count; i++)
        part->labels[i] = loci_glyphs_digit(first + i);
    return LOCI_OK;
}

static int fill_part(loci_dataset *data, enum loci_split split, uint32_t first, uint32_t count,
                     loci_error *error) {
    loci_samples *part = &data->part[split];
    int status = label_part(part, first, count, data->name, error);
    part->bytes = status == LOCI_OK ? loci_alloc(count, data->features) : NULL;
    if (status == LOCI_OK && part->bytes == NULL)
        return loci_fail_memory(error, data->name);
    for (uint32_t i = 0; status == LOCI_OK && i < count; i++)
        loci_glyphs_draw(first + i, LOCI_GLYPH_SIDE, part->bytes + i * data->features);
    return status;
}

int loci_glyphs_fill(loci_dataset *data, bool skip_test, loci_error *error) {
    int status = loci_dataset_set_size(data, LOCI_GLYPH_SIDE, LOCI_GLYPH_SIDE, "glyphs", error);
    if (status == LOCI_OK)
        status = fill_part(data, LOCI_TRAIN, 0, TRAIN_COUNT, error);
    if (status == LOCI_OK && !skip_test)
        status = fill_part(data, LOCI_TEST, TRAIN_COUNT, TEST_COUNT, error);
    return status;
}

/* Pictures that are drawn: a part's first, and their side. */
typedef struct loci_drawer {
    uint32_t first, side;
} loci_drawer;

static int draw_sample(const void *context, size_t i, void *out, loci_error *error) {
    const loci_drawer *drawer = context;
    (void)error;
    memset(out, 0, (size_t)drawer->side * drawer->side);
    loci_glyphs_draw(drawer->first + (uint32_t)i, drawer->side, out);
    return LOCI_OK;
}

static int draw_part(loci_dataset *data, enum loci_split split, uint32_t first, uint32_t count,
                     loci_error *error) {
    loci_samples *part = &data->part[split];
    loci_sample_source source = {.bytes = true, .drawn = true, .read = draw_sample, .free = free};
    int status = label_part(part, first, count, data->name, error);
    if (status != LOCI_OK)
        return status;
    loci_drawer *drawer = source.context = malloc(sizeof *drawer);
    if (drawer == NULL)
        return loci_fail_memory(error, data->name);
    *drawer = (loci_drawer){.first = first, .side = data->width};
    return loci_samples_from(part, &source, error);
}

int loci_glyphs_fill_sized(loci_dataset *data, uint32_t side, bool skip_test, loci_error *error) {
    int status = loci_dataset_set_size(data, side, side, data->name, error);
    if (status == LOCI_OK)
        status = draw_part(data, LOCI_TRAIN, 0, SIZED_TRAIN_COUNT, error);
    if (status == LOCI_OK && !skip_test)
        status = draw_part(data, LOCI_TEST, TRAIN_COUNT, SIZED_TEST_COUNT, error);
    return status;
}
