/* Choosing the strongest connections: an exact selection by radix, so that it costs two or three
 * passes over the strengths whatever the share that is kept.
 *
 * Strengths are not negative, so their bits order as they do. A histogram of the upper bits finds
 * the bin that the last kept one lies in; histograms of the lower bits find it in there. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/parallel.h"
#include "synapse/kept.h"

/* Digits of a key, from the top: 13, 9 and 9 bits. */
enum { TOP_SHIFT = 18, MIDDLE_SHIFT = 9, BINS = 1 << 13, LOW_BINS = 1 << 9 };

/* Connections that a task should have at least. */
enum { TASK_SIZE = 1 << 16, MOST_TASKS = 64 };

typedef struct ranking {
    loci_kept *const *kept;
    const float *factor;
    size_t pairs;
    size_t tasks, of_pair[LOCI_RANKED_PAIRS]; /* tasks, and of each pair */
    uint32_t *histogram;                      /* [tasks, BINS] */
    uint32_t prefix;                          /* digits found so far */
    int shift;                                /* of the digit to find */
} ranking;

static uint32_t key_of(const ranking *r, size_t pair, float strength) {
    float f = r->factor[pair] * strength;
    uint32_t bits;
    memcpy(&bits, &f, sizeof bits);
    return bits & 0x7fffffff; /* a NaN counts as strong: it will be told of elsewhere */
}

/* The part of a pair that a task is for. */
static size_t locate(const ranking *r, size_t task, size_t *first, size_t *end) {
    size_t pair = 0;
    while (task >= r->of_pair[pair])
        task -= r->of_pair[pair++];
    size_t n = r->kept[pair]->n;
    *first = n * task / r->of_pair[pair];
    *end = n * (task + 1) / r->of_pair[pair];
    return pair;
}

static void count_top(const ranking *r, size_t pair, const float *row, uint32_t *histogram) {
    for (size_t j = 0; j < r->kept[pair]->m; j++)
        histogram[key_of(r, pair, row[j]) >> TOP_SHIFT]++;
}

static void count_below(const ranking *r, size_t pair, const float *row, uint32_t *histogram) {
    for (size_t j = 0; j < r->kept[pair]->m; j++) {
        uint32_t key = key_of(r, pair, row[j]) >> r->shift;
        if (key / LOW_BINS == r->prefix)
            histogram[key % LOW_BINS]++;
    }
}

static void count_rows(void *context, size_t task, size_t worker) {
    (void)worker;
    const ranking *r = context;
    size_t first, end, pair = locate(r, task, &first, &end);
    uint32_t *histogram = r->histogram + task * BINS;
    memset(histogram, 0, BINS * sizeof *histogram);
    for (size_t i = first; i < end; i++) {
        const float *row = r->kept[pair]->strength + i * r->kept[pair]->ld;
        if (r->shift == TOP_SHIFT)
            count_top(r, pair, row, histogram);
        else
            count_below(r, pair, row, histogram);
    }
}

/* One digit of the key that `*count` others are at least as strong as; *count becomes its rank
 * among those that share the digits found. */
static void find_digit(ranking *r, int shift, size_t *count, loci_pool *pool) {
    size_t bins = shift == TOP_SHIFT ? BINS : LOW_BINS;
    r->shift = shift;
    loci_parallel(pool, r->tasks, count_rows, r);
    for (size_t bin = bins; bin-- > 0;) {
        size_t here = 0;
        for (size_t task = 0; task < r->tasks; task++)
            here += r->histogram[task * BINS + bin];
        if (here >= *count) {
            r->prefix = r->prefix * (uint32_t)bins + (uint32_t)bin;
            return;
        }
        *count -= here;
    }
}

static int open_ranking(ranking *r, loci_kept *const *kept, const float *factor, size_t pairs,
                        loci_error *error) {
    *r = (ranking){.kept = kept, .factor = factor, .pairs = pairs};
    for (size_t l = 0; l < pairs; l++) {
        size_t wanted = kept[l]->n * kept[l]->m / TASK_SIZE + 1;
        wanted = wanted < MOST_TASKS ? wanted : MOST_TASKS;
        r->of_pair[l] = wanted < kept[l]->n ? wanted : kept[l]->n;
        r->tasks += r->of_pair[l];
    }
    r->histogram = malloc(r->tasks * BINS * sizeof *r->histogram);
    return r->histogram == NULL ? loci_fail_memory(error, "pruning") : LOCI_OK;
}

/* The key of the count-th strongest, 1-based. *ties: how many of its equals are among them. */
static uint32_t find_key(ranking *r, size_t count, size_t *ties, loci_pool *pool) {
    r->prefix = 0;
    find_digit(r, TOP_SHIFT, &count, pool);
    find_digit(r, MIDDLE_SHIFT, &count, pool);
    find_digit(r, 0, &count, pool);
    *ties = count;
    return r->prefix;
}

int loci_kept_share(loci_kept *const *kept, const float *factor, size_t pairs, size_t count,
                    size_t *shares, loci_pool *pool, loci_error *error) {
    ranking r;
    size_t ties = 0;
    int status = open_ranking(&r, kept, factor, pairs, error);
    if (status != LOCI_OK)
        return status;
    uint32_t key = count == 0 ? UINT32_MAX : find_key(&r, count, &ties, pool);
    for (size_t l = 0; l < pairs; l++) {
        shares[l] = 0;
        for (size_t i = 0; i < kept[l]->n; i++)
            for (size_t j = 0; j < kept[l]->m; j++) {
                uint32_t own = key_of(&r, l, kept[l]->strength[i * kept[l]->ld + j]);
                bool tie = own == key && ties > 0;
                shares[l] += own > key || tie;
                ties -= tie;
            }
    }
    free(r.histogram);
    return LOCI_OK;
}

/* The strongest that is weaker than `strength`; -1 when none is. */
static float next_below(const loci_kept *kept, float strength) {
    float next = -1;
    for (size_t i = 0; i < kept->n; i++)
        for (size_t j = 0; j < kept->m; j++) {
            float own = kept->strength[i * kept->ld + j];
            next = own < strength && own > next ? own : next;
        }
    return next;
}

int loci_kept_select(loci_kept *kept, size_t count, loci_pool *pool, loci_error *error) {
    const float one = 1;
    ranking r;
    size_t ties, all = 0;
    float last;
    if (count == kept->n * kept->m || count == 0) {
        loci_kept_apply(kept, count == 0 ? __FLT_MAX__ : -1, count);
        return LOCI_OK;
    }
    int status = open_ranking(&r, &kept, &one, 1, error);
    if (status != LOCI_OK)
        return status;
    uint32_t key = find_key(&r, count, &ties, pool);
    for (size_t task = 0; task < r.tasks; task++)
        all += r.histogram[task * BINS + key % LOW_BINS];
    free(r.histogram);
    memcpy(&last, &key, sizeof last);
    float first_cut = all > ties ? last : next_below(kept, last);
    loci_kept_apply(kept, 0.5f * last + 0.5f * first_cut, count);
    return LOCI_OK;
}
