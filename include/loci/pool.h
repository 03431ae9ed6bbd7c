/**
 * @file pool.h
 * @brief Worker threads.
 *
 * A pool is created once and passed to whatever can use more than one core. Results never depend on
 * the number of threads. Wherever a pool is asked for, NULL means: the calling thread alone.
 */
#ifndef LOCI_POOL_H
#define LOCI_POOL_H

#include <loci/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A set of worker threads. One caller at a time. */
typedef struct loci_pool loci_pool;

/**
 * Starts a pool.
 * @param[out] out receives the pool; the caller frees it with loci_pool_free(). Untouched on
 * failure.
 * @param threads threads in all, the caller's included: 1..256; 0 = one per core this process may
 * run on.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_ARGUMENT, LOCI_E_MEMORY, or LOCI_E_UNSUPPORTED when the system refuses a
 * thread.
 */
LOCI_API int loci_pool_create(loci_pool **out, int threads, loci_error *error);

/** Stops the workers and frees the pool. NULL is allowed. */
LOCI_API void loci_pool_free(loci_pool *pool);

/** Threads in the pool, the caller's included; 1 for NULL. */
LOCI_API int loci_pool_threads(const loci_pool *pool);

/** Cores this process may use, at least 1: those of its affinity mask, or the time that its control
 * group has, as in a container with less than the whole machine; parts of a core count as one. */
LOCI_API int loci_cores(void);

/** Cores that the processes of this machine, or of this one's control group, use together; at least
 * 1. */
LOCI_API int loci_cores_together(void);

#ifdef __cplusplus
}
#endif
#endif
