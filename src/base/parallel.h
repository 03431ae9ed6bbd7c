/* Parallel loops over a fixed partition. */
#ifndef LOCI_BASE_PARALLEL_H
#define LOCI_BASE_PARALLEL_H

#include <stddef.h>

#include <loci/pool.h>

/* One task of a loop. worker < loci_pool_threads(): an index for per-thread scratch; a result must
 * not depend on it. */
typedef void loci_task(void *context, size_t task, size_t worker);

/* Runs task 0..tasks-1, each once, in any order, on any thread; returns when all are done. Not
 * reentrant: a task may not call it with the same pool. pool may be NULL. */
void loci_parallel(loci_pool *pool, size_t tasks, loci_task *run, void *context);

#endif
