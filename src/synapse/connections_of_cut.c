/* Lists of what is stronger than a cut, without an array of all strengths: strips of receivers are
 * measured one after the other, and leave two bits for each connection. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/parallel.h"
#include "synapse/connections_list.h"
#include "wiring/wiring.h"

enum { WIDTH = LOCI_STRENGTH_WIDTH };
_Static_assert((int)WIDTH == 64, "a sender's connections to a strip are the bits of one word");

/* Bit k of a word: of the connection to receiver k of a strip. */
typedef struct listing {
    size_t n, strips;
    float cut;
    uint64_t *kept; /* [strips, n] it is stronger than the cut, or one of the ties that stay */
    uint64_t *tied; /* [strips, n] it is exactly as strong */
    loci_connections *c;
} listing;

static void note_strip(void *context, const float *strength, size_t j0, size_t width,
                       size_t worker) {
    (void)worker;
    const listing *x = context;
    size_t at = j0 / WIDTH * x->n;
    for (size_t i = 0; i < x->n; i++) {
        uint64_t above = 0, equal = 0;
        for (size_t k = 0; k < width; k++) {
            float s = strength[i * WIDTH + k];
            above |= (uint64_t)(s > x->cut) << k;
            equal |= (uint64_t)(s == x->cut) << k;
        }
        x->kept[at + i] = above;
        x->tied[at + i] = equal;
    }
}

static size_t count_kept(const listing *x) {
    size_t count = 0;
    for (size_t i = 0; i < x->strips * x->n; i++)
        count += (size_t)__builtin_popcountll(x->kept[i]);
    return count;
}

/* Of the ties the first `wanted` stay, by sender and receiver; false when there are fewer. */
static bool keep_ties(listing *x, size_t wanted) {
    for (size_t i = 0; i < x->n; i++)
        for (size_t strip = 0; strip < x->strips; strip++) {
            size_t at = strip * x->n + i;
            for (uint64_t left = x->tied[at]; left != 0; left &= left - 1) {
                if (wanted == 0)
                    return true;
                x->kept[at] |= left & -left;
                wanted--;
            }
        }
    return wanted == 0;
}

/* False when no choice among the ties leaves `wanted`. */
static bool leave(listing *x, size_t wanted) {
    size_t above = count_kept(x);
    return wanted == LOCI_ANY_COUNT || (above <= wanted && keep_ties(x, wanted - above));
}

static void count_strip(void *context, size_t strip, size_t worker) {
    (void)worker;
    const listing *x = context;
    uint32_t *count = x->c->receiver_start + 1 + strip * WIDTH;
    for (size_t i = 0; i < x->n; i++)
        for (uint64_t left = x->kept[strip * x->n + i]; left != 0; left &= left - 1)
            count[__builtin_ctzll(left)]++;
}

static void fill_strip(void *context, size_t strip, size_t worker) {
    (void)worker;
    const listing *x = context;
    uint32_t *next = x->c->receiver_start + 1 + strip * WIDTH;
    for (size_t i = 0; i < x->n; i++)
        for (uint64_t left = x->kept[strip * x->n + i]; left != 0; left &= left - 1)
            x->c->sender[next[__builtin_ctzll(left)]++] = (uint32_t)i;
}

/* From bits to a list. */
static int list(loci_connections **out, listing *x, size_t m, loci_pool *pool, loci_error *error) {
    int status = loci_connections_open(&x->c, x->n, m, error);
    if (status == LOCI_OK) {
        loci_parallel(pool, x->strips, count_strip, x);
        status = loci_connections_begin(x->c, error);
    }
    if (status != LOCI_OK) {
        loci_connections_free(x->c);
        return status;
    }
    loci_parallel(pool, x->strips, fill_strip, x);
    loci_connections_end(x->c);
    *out = x->c;
    return LOCI_OK;
}

int loci_connections_of_cut(loci_connections **out, const loci_wiring *w, enum loci_rank rank,
                            float cut, size_t count, loci_pool *pool, loci_error *error) {
    loci_arena arena = {0};
    listing x = {.n = w->n, .strips = (w->m + WIDTH - 1) / WIDTH, .cut = cut};
    const loci_strength_visitor visitor = {note_strip, &x};
    x.kept = loci_arena_take(&arena, x.strips * x.n, sizeof *x.kept);
    x.tied = loci_arena_take(&arena, x.strips * x.n, sizeof *x.tied);
    int status = loci_arena_status(&arena, "pruning", error);
    if (status == LOCI_OK)
        status = loci_strength_visit(w, rank, &visitor, pool, error);
    if (status == LOCI_OK && !leave(&x, count))
        status = loci_fail(error, LOCI_E_MISMATCH, "pruning",
                           "the cut does not leave the %zu connections it should", count);
    if (status == LOCI_OK)
        status = list(out, &x, w->m, pool, error);
    loci_arena_clear(&arena);
    return status;
}

/* ---- fewer of a list ---- */

struct reached {
    const loci_connections *c;
    float inverse_range;
    uint8_t *stays; /* [count] */
};

static void look_at_strip(void *context, const float *strength, size_t j0, size_t width,
                          size_t worker) {
    (void)worker;
    const struct reached *x = context;
    for (size_t k = 0; k < width; k++)
        for (uint32_t t = x->c->receiver_start[j0 + k]; t < x->c->receiver_start[j0 + k + 1]; t++)
            x->stays[t] = strength[x->c->sender[t] * WIDTH + k] > x->inverse_range;
}

static int copy_staying(loci_connections **out, const struct reached *x, loci_error *error) {
    const loci_connections *from = x->c;
    int status = loci_connections_open(out, from->n, from->m, error);
    for (size_t j = 0; status == LOCI_OK && j < from->m; j++)
        for (uint32_t t = from->receiver_start[j]; t < from->receiver_start[j + 1]; t++)
            (*out)->receiver_start[j + 1] += x->stays[t];
    if (status == LOCI_OK)
        status = loci_connections_begin(*out, error);
    if (status != LOCI_OK)
        return status;
    for (size_t j = 0; j < from->m; j++)
        for (uint32_t t = from->receiver_start[j]; t < from->receiver_start[j + 1]; t++)
            if (x->stays[t])
                (*out)->sender[(*out)->receiver_start[j + 1]++] = from->sender[t];
    loci_connections_end(*out);
    return LOCI_OK;
}

int loci_connections_leave_out(loci_connections **connections, const loci_wiring *w,
                               float inverse_range, loci_pool *pool, loci_error *error) {
    loci_arena arena = {0};
    loci_connections *left = NULL;
    struct reached x = {.c = *connections, .inverse_range = inverse_range};
    const loci_strength_visitor visitor = {look_at_strip, &x};
    x.stays = loci_arena_take(&arena, x.c->count, 1);
    int status = loci_arena_status(&arena, "pruning", error);
    if (status == LOCI_OK)
        status = loci_strength_visit(w, LOCI_RANK_NEARNESS, &visitor, pool, error);
    if (status == LOCI_OK)
        status = copy_staying(&left, &x, error);
    loci_arena_clear(&arena);
    if (status != LOCI_OK) {
        loci_connections_free(left);
        return status;
    }
    loci_connections_free(*connections);
    *connections = left;
    return LOCI_OK;
}

/* ---- a number alone ---- */

struct counting {
    float cut;
    size_t n, *above; /* [workers] */
};

static void count_above(void *context, const float *strength, size_t j0, size_t width,
                        size_t worker) {
    (void)j0;
    const struct counting *x = context;
    size_t above = 0;
    for (size_t i = 0; i < x->n; i++)
        for (size_t k = 0; k < width; k++)
            above += strength[i * WIDTH + k] > x->cut;
    x->above[worker] += above;
}

int loci_connections_count(const loci_wiring *w, enum loci_rank rank, float cut, size_t *count,
                           loci_pool *pool, loci_error *error) {
    loci_arena arena = {0};
    size_t workers = (size_t)loci_pool_threads(pool);
    struct counting x = {.cut = cut, .n = w->n};
    const loci_strength_visitor visitor = {count_above, &x};
    x.above = loci_arena_take(&arena, workers, sizeof *x.above);
    int status = loci_arena_status(&arena, "pruning", error);
    if (status == LOCI_OK)
        status = loci_strength_visit(w, rank, &visitor, pool, error);
    size_t all = 0;
    for (size_t worker = 0; status == LOCI_OK && worker < workers; worker++)
        all += x.above[worker];
    if (status == LOCI_OK)
        *count = all;
    loci_arena_clear(&arena);
    return status;
}
