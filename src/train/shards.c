#include "train/shards.h"

#include "base/error.h"
#include "train/trainer_work.h"

size_t loci_shard_most(size_t batch, size_t shards) {
    return (batch + shards - 1) / shards;
}

/* Where all shards are here they are added up as they come: one at a time is kept. */
static int make_room(struct loci_trainer_work *w, size_t rows, size_t count, loci_error *error) {
    if (rows <= w->shard_rows)
        return LOCI_OK;
    float *shard = loci_arena_floats(&w->arena, rows, count);
    loci_batch_sums *sums = loci_arena_take(&w->arena, rows, sizeof *sums);
    int status = loci_arena_status(&w->arena, "training", error);
    if (status != LOCI_OK)
        return status;
    w->shard = shard;
    w->shard_sums = sums;
    w->shard_rows = rows;
    return LOCI_OK;
}

int loci_trainer_share(loci_trainer *t, size_t shards, size_t first, size_t held,
                       loci_gather *gather, void *user, loci_error *error) {
    struct loci_trainer_work *w = t->work;
    if (shards < 1 || held < 1 || first > shards || held > shards - first)
        return loci_fail(error, LOCI_E_ARGUMENT, "shards", "%zu from %zu on are not %zu shards",
                         held, first, shards);
    if (gather == NULL && held != shards)
        return loci_fail(error, LOCI_E_ARGUMENT, "shards",
                         "%zu of %zu shards are elsewhere, and nothing gathers them", shards - held,
                         shards);
    size_t rows = gather != NULL ? held : shards > 1 ? 1 : 0;
    int status = make_room(w, rows, t->count, error);
    if (status != LOCI_OK)
        return status;
    w->shards = shards;
    w->first = first;
    w->held = held;
    w->gather = gather;
    w->user = user;
    return LOCI_OK;
}
