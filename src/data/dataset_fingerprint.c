/* Telling data apart by what was loaded, wherever it came from. */
#include <string.h>

#include "base/hash.h"
#include "data/resident.h"

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

void loci_dataset_fingerprint(const loci_dataset *data, enum loci_split split,
                              char text[LOCI_FINGERPRINT]) {
    const loci_samples *part = &data->part[split];
    const uint32_t sizes[] = {data->height,          data->width,
                              data->outputs,         part->bytes != NULL,
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
    if (part->bytes != NULL)
        loci_hash_bytes(&hash, part->bytes, part->count * data->features);
    else
        add_values(&hash, part, part->count * data->features);
    loci_hash_text(&hash, text);
}
