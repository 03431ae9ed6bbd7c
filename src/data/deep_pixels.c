#include "data/deep_pixels.h"

#include "base/error.h"
#include "base/memory.h"

/* The largest value of 1, 8, 10, 12, 14 or 16 bits; the least that is not below `value`. */
static float white_for(float value) {
    static const float whites[] = {1, 255, 1023, 4095, 16383, 65535};
    size_t i = 0;
    while (i + 1 < sizeof whites / sizeof *whites && whites[i] < value)
        i++;
    return whites[i];
}

int loci_deep_pixels_scale(loci_dataset *data, const char *where, loci_error *error) {
    const loci_samples *train = &data->part[LOCI_TRAIN];
    float most = 0;
    for (size_t i = 0; i < train->count * data->features; i++)
        most = train->values[i] > most ? train->values[i] : most;
    float white = white_for(most);
    if (white == 1)
        return LOCI_OK;
    data->low = loci_alloc(data->features, sizeof *data->low);
    data->span = loci_alloc(data->features, sizeof *data->span);
    if (data->low == NULL || data->span == NULL ||
        loci_dataset_note_down(data,
                               "%s: pixels of 16 bits, of which the largest is %.0f; all are "
                               "divided by %.0f",
                               where, (double)most, (double)white) != LOCI_OK)
        return loci_fail_memory(error, where);
    for (size_t f = 0; f < data->features; f++)
        data->span[f] = white;
    return LOCI_OK;
}
