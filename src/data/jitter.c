#include "data/jitter.h"

#include <math.h>

#include "base/random.h"

static int64_t draw_shift(const loci_random *stream, uint64_t index, uint32_t most) {
    return most == 0 ? 0 : (int64_t)loci_random_below(stream, index, 2 * most + 1) - most;
}

void loci_jitter_draw(loci_jittered *out, const loci_jitter *by, uint64_t seed, uint32_t epoch,
                      uint32_t sample) {
    const loci_random stream = {seed, LOCI_RANDOM_JITTER, epoch};
    uint64_t first = 4 * (uint64_t)sample; /* the fourth is to spare */
    *out = (loci_jittered){
        .later = draw_shift(&stream, first, by->time_shift),
        .across = draw_shift(&stream, first + 1, by->channel_shift),
        .factor = 1,
        .drop = by->drop,
        .seed = seed,
        .epoch = epoch,
        .sample = sample,
    };
    if (by->time_stretch > 0)
        out->factor += by->time_stretch * (2 * loci_random_uniform(&stream, first + 2) - 1);
}

/* A step is taken by its middle, so that a factor near 1 leaves it where it is. */
int64_t loci_jitter_step(const loci_jittered *jittered, uint32_t step) {
    int64_t at = jittered->factor == 1 ? step : (int64_t)floor((step + 0.5) * jittered->factor);
    return at + jittered->later;
}

uint32_t loci_jitter_keep(const loci_jittered *jittered, uint32_t first, uint32_t count) {
    const loci_random stream = {jittered->seed, LOCI_RANDOM_DROP, jittered->epoch};
    uint32_t words[4] = {0}, kept = 0;
    if (!(jittered->drop > 0))
        return count;
    for (uint32_t n = 0; n < count; n++) {
        uint32_t at = first + n;
        if (n == 0 || at % 4 == 0)
            loci_random_words(&stream, (uint64_t)jittered->sample << 30 | at / 4, words);
        kept += (words[at % 4] >> 8) * 0x1p-24 >= jittered->drop;
    }
    return kept;
}
