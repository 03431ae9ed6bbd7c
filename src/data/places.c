/* The built-in data set places-SIDE: where in a picture a digit stands. Always the same. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "data/formats.h"
#include "data/glyphs.h"

enum { TRAIN_COUNT = 20000, TEST_COUNT = 5000, SEED = 1, GLYPH = LOCI_GLYPH_SIDE };

/* The middle of what is drawn of a glyph: of the first and the last row, and column, with any ink.
 */
static void find_middle(const uint8_t *glyph, float middle[2]) {
    int first[2] = {GLYPH, GLYPH}, last[2] = {-1, -1};
    for (int i = 0; i < GLYPH * GLYPH; i++) {
        const int at[2] = {i / GLYPH, i % GLYPH};
        for (int c = 0; c < 2 && glyph[i] > 0; c++) {
            first[c] = at[c] < first[c] ? at[c] : first[c];
            last[c] = at[c] > last[c] ? at[c] : last[c];
        }
    }
    for (int c = 0; c < 2; c++)
        middle[c] = (float)(first[c] + last[c]) / 2;
}

/* Sample number `sample`: its picture, all 0 before, and the middle of the glyph in it. */
static void draw(uint32_t sample, uint32_t side, uint8_t *picture, float middle[2]) {
    uint8_t glyph[GLYPH * GLYPH] = {0};
    const loci_random stream = {SEED, LOCI_RANDOM_PLACES, sample};
    uint32_t row = loci_random_below(&stream, 0, side - GLYPH + 1),
             column = loci_random_below(&stream, 1, side - GLYPH + 1);
    loci_glyphs_draw(sample, GLYPH, glyph);
    for (uint32_t y = 0; y < GLYPH; y++)
        memcpy(picture + (row + y) * side + column, glyph + y * GLYPH, GLYPH);
    find_middle(glyph, middle);
    middle[0] += (float)row;
    middle[1] += (float)column;
}

static int fill_part(loci_dataset *data, enum loci_split split, uint32_t first, uint32_t count,
                     loci_error *error) {
    loci_samples *part = &data->part[split];
    part->bytes = loci_alloc(count, data->features);
    part->targets = loci_alloc(count, 2 * sizeof *part->targets);
    if (part->bytes == NULL || part->targets == NULL)
        return loci_fail_memory(error, data->name);
    part->count = count;
    for (uint32_t i = 0; i < count; i++)
        draw(first + i, data->width, part->bytes + i * data->features, part->targets + 2 * i);
    return LOCI_OK;
}

int loci_places_fill(loci_dataset *data, uint32_t side, bool skip_test, loci_error *error) {
    int status = loci_dataset_set_size(data, side, side, data->name, error);
    data->task = LOCI_TASK_REGRESS;
    data->output_names = calloc(2, sizeof *data->output_names);
    if (data->output_names == NULL)
        return loci_fail_memory(error, data->name);
    data->outputs = 2;
    data->output_names[0] = strdup("row");
    data->output_names[1] = strdup("column");
    if (data->output_names[0] == NULL || data->output_names[1] == NULL)
        return loci_fail_memory(error, data->name);
    if (status == LOCI_OK)
        status = fill_part(data, LOCI_TRAIN, 0, TRAIN_COUNT, error);
    if (status == LOCI_OK && !skip_test)
        status = fill_part(data, LOCI_TEST, TRAIN_COUNT, TEST_COUNT, error);
    return status;
}
