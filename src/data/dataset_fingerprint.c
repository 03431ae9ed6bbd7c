/* Telling data apart by what was loaded, wherever it came from. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "data/resident.h"
#include "data/samples.h"

static void add_text(loci_hash *hash, const char *text) {
    loci_hash_bytes(hash, text, strlen(text) + 1);
}

static void add_values(loci_hash *hash, const loci_samples *part, size_t count) {
    for (size_t at = 0; at < count; at += LOCI_RESIDENT_NUMBERS) {
        size_t left = count - at;
        loci_hash_words(hash, part->values + at,
                        left < LOCI_RESIDENT_NUMBERS ? left : LOCI_RESIDENT_NUMBERS);
        loci_resident_rest(part);
    }
}

/* Bytes that are not in memory. Of pictures that are drawn some stand for all, which would take
 * minutes. */
static void add_rows(loci_hash *hash, const loci_samples *part, size_t features) {
    enum { SOME = 16 };
    size_t count = part->source->drawn && part->count > SOME ? SOME : part->count;
    uint8_t *scratch = loci_alloc(features, 1);
    const uint8_t *bytes;
    for (size_t k = 0; scratch != NULL && k < count; k++)
        if (loci_sample_bytes(part, features, k * part->count / count, scratch, &bytes, NULL) ==
            LOCI_OK)
            loci_hash_bytes(hash, bytes, features);
    free(scratch);
}

/* When what happens in each sample. */
static void add_events(loci_hash *hash, const loci_dataset *data, const loci_samples *part) {
    loci_hash_words(hash, &data->steps, 1);
    for (size_t i = 0; i < part->count; i++) {
        uint64_t first = part->event_start[i], count = part->event_start[i + 1] - first;
        const uint32_t sizes[] = {(uint32_t)count, (uint32_t)(count >> 32)};
        loci_hash_words(hash, sizes, 2);
        loci_hash_words(hash, part->event_place + first, count);
        for (uint64_t e = first; e < first + count; e++) {
            const uint32_t many = part->event_count[e];
            loci_hash_words(hash, &many, 1);
        }
    }
}

void loci_dataset_fingerprint(const loci_dataset *data, enum loci_split split,
                              char text[LOCI_FINGERPRINT]) {
    const loci_samples *part = &data->part[split];
    const uint32_t sizes[] = {data->height,          data->width,
                              data->outputs,         loci_samples_are_bytes(part),
                              (uint32_t)part->count, (uint32_t)((uint64_t)part->count >> 32)};
    loci_hash hash;
    loci_hash_begin(&hash);
    loci_hash_words(&hash, sizes, sizeof sizes / sizeof *sizes);
    if (data->channels != 1)
        loci_hash_words(&hash, &data->channels, 1);
    for (uint32_t c = 0; c < data->outputs; c++)
        add_text(&hash, data->output_names[c]);
    if (part->labels == NULL && part->targets == NULL)
        ; /* rows to predict */
    else if (data->task == LOCI_TASK_REGRESS)
        loci_hash_words(&hash, part->targets, part->count * data->outputs);
    else
        loci_hash_words(&hash, part->labels, part->count);
    if (part->weights != NULL)
        loci_hash_words(&hash, part->weights, part->count);
    if (data->timed)
        add_events(&hash, data, part);
    else if (part->source != NULL)
        add_rows(&hash, part, data->features);
    else if (part->bytes != NULL)
        loci_hash_bytes(&hash, part->bytes, part->count * data->features);
    else
        add_values(&hash, part, part->count * data->features);
    loci_hash_text(&hash, text);
}
