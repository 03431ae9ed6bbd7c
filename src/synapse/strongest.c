/* Choosing the strongest connections: an exact selection that costs two passes over the strengths,
 * whatever the share that is kept.
 *
 * Strengths are not negative, so their bits order as they do. A histogram of the upper bits finds
 * the bin that the last kept one lies in; those in the bin, a small part, are collected, and
 * histograms of their lower bits find it among them. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/parallel.h"
#include "synapse/selection.h"

/* Digits of a key, from the top: 13, 9 and 9 bits. */
enum { TOP_SHIFT = 18, DIGIT = 9, TOP_BINS = 1 << 13, BINS = 1 << DIGIT };

/* Connections that a task should have at least. */
enum { TASK_SIZE = 1 << 16, MOST_TASKS = 64 };

typedef struct ranking {
    loci_selection *const *selection;
    const float *factor;
    size_t pairs;
    size_t tasks, of_pair[LOCI_RANKED_PAIRS]; /* tasks, and of each pair */
    uint32_t *histogram;                      /* [tasks, TOP_BINS] */
} ranking;

/* What was found: the key of the last kept, how many of its equals are kept and how many there are,
 * and the next key below in the same bin. */
typedef struct found {
    uint32_t key, below;
    bool has_below;
    size_t ties, equals;
} found;

static uint32_t key_of(float factor, float strength) {
    float f = factor * strength;
    uint32_t bits;
    memcpy(&bits, &f, sizeof bits);
    return bits & 0x7fffffff; /* a NaN counts as strong: it will be told of elsewhere */
}

/* The part of a pair that a task is for. */
static size_t locate(const ranking *r, size_t task, size_t *first, size_t *end) {
    size_t pair = 0;
    while (task >= r->of_pair[pair])
        task -= r->of_pair[pair++];
    size_t n = r->selection[pair]->n;
    *first = n * task / r->of_pair[pair];
    *end = n * (task + 1) / r->of_pair[pair];
    return pair;
}

static void count_rows(void *context, size_t task, size_t worker) {
    (void)worker;
    const ranking *r = context;
    size_t first, end, pair = locate(r, task, &first, &end);
    const loci_selection *selection = r->selection[pair];
    uint32_t *histogram = r->histogram + task * TOP_BINS;
    memset(histogram, 0, TOP_BINS * sizeof *histogram);
    for (size_t i = first; i < end; i++)
        for (size_t j = 0; j < selection->m; j++)
            histogram[key_of(r->factor[pair], selection->strength[i * selection->ld + j]) >>
                      TOP_SHIFT]++;
}

/* The bin of the count-th strongest and how many it holds; *count becomes its rank in there. */
static uint32_t find_bin(const ranking *r, size_t *count, size_t *held) {
    for (uint32_t bin = TOP_BINS; bin-- > 0;) {
        *held = 0;
        for (size_t task = 0; task < r->tasks; task++)
            *held += r->histogram[task * TOP_BINS + bin];
        if (*held >= *count)
            return bin;
        *count -= *held;
    }
    return 0;
}

static void collect(const ranking *r, uint32_t bin, uint32_t *keys) {
    for (size_t l = 0, next = 0; l < r->pairs; l++)
        for (size_t i = 0; i < r->selection[l]->n; i++) {
            const float *row = r->selection[l]->strength + i * r->selection[l]->ld;
            for (size_t j = 0; j < r->selection[l]->m; j++) {
                uint32_t key = key_of(r->factor[l], row[j]);
                if (key >> TOP_SHIFT == bin)
                    keys[next++] = key;
            }
        }
}

/* One more digit of the key: of those that share the digits above, which stand in *key. */
static void find_digit(const uint32_t *keys, size_t held, int shift, size_t *count, uint32_t *key) {
    uint32_t histogram[BINS] = {0}, bin = BINS;
    for (size_t k = 0; k < held; k++)
        if (keys[k] >> (shift + DIGIT) == *key)
            histogram[keys[k] >> shift & (BINS - 1)]++;
    while (histogram[--bin] < *count)
        *count -= histogram[bin];
    *key = *key << DIGIT | bin;
}

/* The key of the count-th strongest, 1-based, and what is about it. LOCI_E_MEMORY. */
static int find_key(ranking *r, size_t count, found *out, loci_pool *pool, loci_error *error) {
    size_t held;
    loci_parallel(pool, r->tasks, count_rows, r);
    uint32_t key = find_bin(r, &count, &held);
    uint32_t *keys = malloc((held + 1) * sizeof *keys); /* never asked for nothing */
    if (keys == NULL)
        return loci_fail_memory(error, "pruning");
    collect(r, key, keys);
    find_digit(keys, held, DIGIT, &count, &key);
    find_digit(keys, held, 0, &count, &key);
    *out = (found){.key = key, .ties = count};
    for (size_t k = 0; k < held; k++) {
        out->equals += keys[k] == key;
        if (keys[k] < key && (!out->has_below || keys[k] > out->below)) {
            out->below = keys[k];
            out->has_below = true;
        }
    }
    free(keys);
    return LOCI_OK;
}

static int open_ranking(ranking *r, loci_selection *const *selection, const float *factor,
                        size_t pairs, loci_error *error) {
    *r = (ranking){.selection = selection, .factor = factor, .pairs = pairs};
    for (size_t l = 0; l < pairs; l++) {
        size_t wanted = selection[l]->n * selection[l]->m / TASK_SIZE + 1;
        wanted = wanted < MOST_TASKS ? wanted : MOST_TASKS;
        r->of_pair[l] = wanted < selection[l]->n ? wanted : selection[l]->n;
        r->tasks += r->of_pair[l];
    }
    assert(r->tasks > 0);
    r->histogram = malloc(r->tasks * TOP_BINS * sizeof *r->histogram);
    return r->histogram == NULL ? loci_fail_memory(error, "pruning") : LOCI_OK;
}

/* A pair's connections stronger than a key; of its equals the first *ties, which are taken off. */
static size_t count_share(const loci_selection *selection, float factor, uint32_t key,
                          size_t *ties) {
    size_t above = 0, equal = 0;
    for (size_t i = 0; i < selection->n; i++)
        for (size_t j = 0; j < selection->m; j++) {
            uint32_t own = key_of(factor, selection->strength[i * selection->ld + j]);
            above += own > key;
            equal += own == key;
        }
    if (equal > *ties)
        equal = *ties;
    *ties -= equal;
    return above + equal;
}

int loci_selection_share(loci_selection *const *selection, const float *factor, size_t pairs,
                         size_t count, size_t *shares, loci_pool *pool, loci_error *error) {
    ranking r;
    found last = {.key = UINT32_MAX};
    int status = open_ranking(&r, selection, factor, pairs, error);
    if (status == LOCI_OK && count > 0)
        status = find_key(&r, count, &last, pool, error);
    for (size_t l = 0; status == LOCI_OK && l < pairs; l++)
        shares[l] = count_share(selection[l], factor[l], last.key, &last.ties);
    free(r.histogram);
    return status;
}

/* The strongest that is weaker than `strength`; -1 when none is. */
static float next_below(const loci_selection *selection, float strength) {
    float next = -1;
    for (size_t i = 0; i < selection->n; i++)
        for (size_t j = 0; j < selection->m; j++) {
            float own = selection->strength[i * selection->ld + j];
            next = own < strength && own > next ? own : next;
        }
    return next;
}

int loci_selection_select(loci_selection *selection, size_t count, loci_pool *pool,
                          loci_error *error) {
    const float one = 1;
    ranking r;
    found at;
    float last, first_cut;
    if (count == selection->n * selection->m || count == 0) {
        loci_selection_apply(selection, count == 0 ? __FLT_MAX__ : -1, count);
        return LOCI_OK;
    }
    int status = open_ranking(&r, &selection, &one, 1, error);
    if (status == LOCI_OK)
        status = find_key(&r, count, &at, pool, error);
    free(r.histogram);
    if (status != LOCI_OK)
        return status;
    memcpy(&last, &at.key, sizeof last);
    memcpy(&first_cut, &at.below, sizeof first_cut);
    if (!at.has_below)
        first_cut = next_below(selection, last);
    /* of equals, some go: halfway between two equal numbers may be another one */
    float cut = at.equals > at.ties ? last : 0.5f * last + 0.5f * first_cut;
    loci_selection_apply(selection, cut, count);
    return LOCI_OK;
}
