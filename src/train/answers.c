#include "train/answers.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/error.h"

/* Numbers that are kept at most: 512 MB. */
enum { MOST = 1 << 27 };

struct loci_answers {
    size_t ways, classes;
    float *logits;  /* [samples, ways, classes] */
    uint8_t *known; /* [samples, ways] */
    loci_arena arena;
};

static size_t ways_of(const loci_warping *warping) {
    size_t side = warping == NULL ? 1 : 2 * (size_t)warping->by.shift + 1;
    return side * side * (warping != NULL && warping->by.flip ? 2 : 1);
}

bool loci_answers_suit(const loci_warping *warping, size_t samples, size_t classes) {
    bool moves = warping != NULL && (loci_deforms(&warping->by) || loci_jitters(&warping->jitter));
    size_t numbers;
    return !moves && !__builtin_mul_overflow(samples * classes, ways_of(warping), &numbers) &&
           numbers <= MOST;
}

int loci_answers_create(loci_answers **out, const loci_warping *warping, size_t samples,
                        size_t classes, loci_error *error) {
    loci_answers *a = calloc(1, sizeof *a);
    if (a == NULL)
        return loci_fail_memory(error, "teacher");
    a->ways = ways_of(warping);
    a->classes = classes;
    a->logits = loci_arena_take_raw(&a->arena, samples * a->ways, classes * sizeof *a->logits);
    a->known = loci_arena_take(&a->arena, samples, a->ways);
    if (a->arena.failed) {
        loci_answers_free(a);
        return loci_fail_memory(error, "teacher");
    }
    *out = a;
    return LOCI_OK;
}

void loci_answers_free(loci_answers *a) {
    if (a == NULL)
        return;
    loci_arena_clear(&a->arena);
    free(a);
}

size_t loci_answers_bytes(const loci_answers *a) {
    return a->arena.bytes;
}

float *loci_answers_of(loci_answers *a, const loci_warping *warping, uint32_t sample, bool *known) {
    size_t way = 0;
    if (warping != NULL && (warping->by.shift > 0 || warping->by.flip)) {
        loci_warp warp;
        size_t side = 2 * (size_t)warping->by.shift + 1;
        loci_warp_draw(&warp, warping, sample);
        way = (size_t)(warp.down + (int32_t)warping->by.shift) * side +
              (size_t)(warp.right + (int32_t)warping->by.shift);
        if (warp.mirrored)
            way += side * side;
    }
    size_t at = sample * a->ways + way;
    *known = a->known[at] != 0;
    return a->logits + at * a->classes;
}

void loci_answers_keep(loci_answers *a, const float *answer) {
    a->known[(size_t)(answer - a->logits) / a->classes] = 1;
}
