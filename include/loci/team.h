/**
 * @file team.h
 * @brief Several processes that train one network: what they have to be able to do for each other.
 *
 * The library starts no processes and knows no network; whoever does, as the program does by MPI
 * under mpirun, hands loci_run_train() a loci_team in each of them. Every process calls with the
 * same configuration and the same data, and ends with the bytes that one process alone would have
 * made with as many shards.
 */
#ifndef LOCI_TEAM_H
#define LOCI_TEAM_H

#include <stddef.h>
#include <stdint.h>

#include <loci/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What the samples of a batch, or of a part of one, add up to. */
typedef struct loci_batch_sums {
    double loss;      /**< of the samples, times their weights */
    uint64_t correct; /**< of a classifier */
} loci_batch_sums;

/**
 * Brings the shards of a batch together. Called once a step.
 * @param user as given to loci_trainer_share(), or loci_team.user.
 * @param gradients [held, count] of the shards held here, in their order; each sample weighs 1 /
 * the whole batch.
 * @param sums [held] of the same shards.
 * @param held how many they are.
 * @param count parameters.
 * @param[out] gradient [count] the sum over all shards, added one after the other in shard order:
 * ((g0 + g1) + g2) + ... in float.
 * @param[out] total likewise, in double.
 * @return LOCI_OK, or what loci_trainer_step() is to return.
 */
typedef int loci_gather(void *user, const float *gradients, const loci_batch_sums *sums,
                        size_t held, size_t count, float *gradient, loci_batch_sums *total);

/**
 * Each process gives as many bytes and gets those of all.
 * @param user loci_team.user.
 * @param mine [size] of this process.
 * @param size the same everywhere; at most 2^30.
 * @param[out] all [processes, size] in the order of their numbers.
 * @return LOCI_OK, or what whoever called is to return: the team is of no use then.
 */
typedef int loci_exchange(void *user, const void *mine, size_t size, void *all);

/**
 * Process 0 gives bytes to all others.
 * @param user loci_team.user.
 * @param[in,out] bytes [size] read in process 0, written in others.
 * @param size the same everywhere, however large.
 * @return as loci_exchange.
 */
typedef int loci_broadcast(void *user, void *bytes, size_t size);

/** A process among several. All of them make the same calls in the same order. */
typedef struct loci_team {
    size_t processes;          /**< 1..1024 */
    size_t number;             /**< of this one, 0..processes - 1; 0 alone writes files */
    loci_exchange *exchange;   /**< not NULL */
    loci_broadcast *broadcast; /**< not NULL */
    loci_gather *gather;       /**< not NULL */
    void *user;                /**< passed to the three */
} loci_team;

/**
 * Whether a team can share a run out: its processes must divide the shards.
 * @param team NULL = one process alone, which always can.
 * @param shards of the run, as in loci_train_options.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, or LOCI_E_ARGUMENT with "shards" in error->where.
 */
LOCI_API int loci_team_check(const loci_team *team, uint32_t shards, loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
