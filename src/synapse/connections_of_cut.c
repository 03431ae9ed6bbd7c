/* Lists of what is stronger than a cut, without an array of all strengths: strips of receivers are
 * measured as often as they are needed. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "synapse/connections_list.h"

enum { WIDTH = LOCI_STRENGTH_WIDTH };

/* Of those exactly as strong as the cut, the first are kept, by sender and receiver: all of senders
 * before `row`, and of that one those to receivers before `column`. */
typedef struct ties {
    size_t wanted, row, column;
} ties;

typedef struct listing {
    const loci_wiring *w;
    enum loci_rank rank;
    float cut;
    ties ties;
    loci_connections *c;
    uint32_t *tied;  /* [workers, n] how many of each sender are as strong as the cut */
    uint8_t *in_row; /* [m] which of sender ties.row are */
} listing;

static bool is_kept(const listing *x, float strength, size_t i, size_t j) {
    const ties *t = &x->ties;
    bool first = i < t->row || (i == t->row && j < t->column);
    return strength > x->cut || (strength == x->cut && first);
}

static int visit(listing *x, void (*run)(void *, const float *, size_t, size_t, size_t),
                 loci_pool *pool, loci_error *error) {
    const loci_strength_visitor visitor = {run, x};
    return loci_strength_visit(x->w, x->rank, &visitor, pool, error);
}

/* ---- how many ---- */

static void count_strip(void *context, const float *strength, size_t j0, size_t width,
                        size_t worker) {
    const listing *x = context;
    uint32_t above[WIDTH] = {0}, *tied = x->tied + worker * x->w->n;
    for (size_t i = 0; i < x->w->n; i++)
        for (size_t k = 0; k < width; k++) {
            float s = strength[i * WIDTH + k];
            above[k] += s > x->cut;
            tied[i] += s == x->cut;
        }
    memcpy(x->c->receiver_start + 1 + j0, above, width * sizeof *above);
}

static void mark_ties(void *context, const float *strength, size_t j0, size_t width,
                      size_t worker) {
    (void)worker;
    const listing *x = context;
    for (size_t k = 0; k < width; k++)
        x->in_row[j0 + k] = strength[x->ties.row * WIDTH + k] == x->cut;
}

static void count_ties(void *context, const float *strength, size_t j0, size_t width,
                       size_t worker) {
    (void)worker;
    const listing *x = context;
    for (size_t i = 0; i < x->w->n && i <= x->ties.row; i++)
        for (size_t k = 0; k < width; k++) {
            float s = strength[i * WIDTH + k];
            x->c->receiver_start[1 + j0 + k] += s == x->cut && is_kept(x, s, i, j0 + k);
        }
}

/* Where the ties end that are wanted; false when there are not so many. */
static bool find_row(listing *x, size_t workers) {
    size_t left = x->ties.wanted;
    for (size_t i = 0; i < x->w->n; i++) {
        size_t here = 0;
        for (size_t worker = 0; worker < workers; worker++)
            here += x->tied[worker * x->w->n + i];
        if (left <= here) {
            x->ties.row = i;
            x->ties.wanted = left; /* of this sender */
            return true;
        }
        left -= here;
    }
    return false;
}

static void find_column(listing *x) {
    size_t left = x->ties.wanted, j = 0;
    for (; left > 0; j++)
        left -= x->in_row[j];
    x->ties.column = j;
}

static int list_ties(listing *x, size_t workers, loci_pool *pool, loci_error *error) {
    if (!find_row(x, workers))
        return LOCI_E_MISMATCH;
    int status = visit(x, mark_ties, pool, error);
    if (status == LOCI_OK) {
        find_column(x);
        status = visit(x, count_ties, pool, error);
    }
    return status;
}

/* Counts by receiver. LOCI_E_MISMATCH, without a message, where `count` cannot be. */
static int count(listing *x, size_t count, loci_pool *pool, loci_error *error) {
    loci_arena arena = {0};
    size_t workers = (size_t)loci_pool_threads(pool), above = 0;
    x->tied = loci_arena_take(&arena, workers * x->w->n, sizeof *x->tied);
    x->in_row = loci_arena_take(&arena, x->w->m, 1);
    int status = loci_arena_status(&arena, "pruning", error);
    if (status == LOCI_OK)
        status = visit(x, count_strip, pool, error);
    for (size_t j = 0; j < x->w->m; j++)
        above += x->c->receiver_start[j + 1];
    if (status == LOCI_OK && count != LOCI_ANY_COUNT && above != count) {
        x->ties.wanted = count - above;
        status = above > count ? LOCI_E_MISMATCH : list_ties(x, workers, pool, error);
    }
    loci_arena_clear(&arena);
    return status;
}

/* ---- which ---- */

static void fill_strip(void *context, const float *strength, size_t j0, size_t width,
                       size_t worker) {
    (void)worker;
    const listing *x = context;
    uint32_t *next = x->c->receiver_start + 1 + j0;
    for (size_t i = 0; i < x->w->n; i++)
        for (size_t k = 0; k < width; k++)
            if (is_kept(x, strength[i * WIDTH + k], i, j0 + k))
                x->c->sender[next[k]++] = (uint32_t)i;
}

int loci_connections_of_cut(loci_connections **out, const loci_wiring *w, enum loci_rank rank,
                            float cut, size_t wanted, loci_pool *pool, loci_error *error) {
    listing x = {.w = w, .rank = rank, .cut = cut};
    int status = loci_connections_open(&x.c, w->n, w->m, error);
    if (status == LOCI_OK)
        status = count(&x, wanted, pool, error);
    if (status == LOCI_OK)
        status = loci_connections_begin(x.c, error);
    if (status == LOCI_OK)
        status = visit(&x, fill_strip, pool, error);
    if (status != LOCI_OK) {
        loci_connections_free(x.c);
        return status;
    }
    loci_connections_end(x.c);
    *out = x.c;
    return LOCI_OK;
}

/* ---- fewer of a list ---- */

struct reached {
    const loci_connections *c;
    float cutoff;
    uint8_t *stays; /* [count] */
};

static void look_at_strip(void *context, const float *strength, size_t j0, size_t width,
                          size_t worker) {
    (void)worker;
    const struct reached *x = context;
    for (size_t k = 0; k < width; k++)
        for (uint32_t t = x->c->receiver_start[j0 + k]; t < x->c->receiver_start[j0 + k + 1]; t++)
            x->stays[t] = strength[x->c->sender[t] * WIDTH + k] > x->cutoff;
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

int loci_connections_leave_out(loci_connections **connections, const loci_wiring *w, float cutoff,
                               loci_pool *pool, loci_error *error) {
    loci_arena arena = {0};
    loci_connections *left = NULL;
    struct reached x = {.c = *connections, .cutoff = cutoff};
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
    for (size_t i = 0; i < x->n; i++)
        for (size_t k = 0; k < width; k++)
            x->above[worker] += strength[i * WIDTH + k] > x->cut;
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
    *count = 0;
    for (size_t worker = 0; status == LOCI_OK && worker < workers; worker++)
        *count += x.above[worker];
    loci_arena_clear(&arena);
    return status;
}
