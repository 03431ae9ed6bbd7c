/**
 * @file record.h
 * @brief Reading what a run left in its folder: metrics, summary, frames, the curve of a pruning.
 *
 * All of it is optional to a run: a file that is missing is LOCI_E_NOT_FOUND. A file that is there
 * and is not what it should be is LOCI_E_FORMAT.
 */
#ifndef LOCI_RECORD_H
#define LOCI_RECORD_H

#include <loci/run.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Reads DIR/metrics.jsonl. A last line without a line feed is one that a killed process was writing
 * and is left out.
 * @param[out] out receives [count], epochs rising; the caller frees it with free(). Untouched on
 * failure.
 * @param[out] count lines read.
 * @param directory the run folder.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_NOT_FOUND, LOCI_E_IO, LOCI_E_FORMAT or LOCI_E_MEMORY.
 */
LOCI_API int loci_metrics_read(loci_metrics **out, size_t *count, const char *directory,
                               loci_error *error);

/** Reads DIR/summary.json. Returns as loci_metrics_read(); *out is untouched on failure. */
LOCI_API int loci_summary_read(loci_summary *out, const char *directory, loci_error *error);

/** One point of a curve: how a network does when that share of its connections is gone. */
typedef struct loci_curve_point {
    double sparsity;            /**< share of the connections that is pruned, 0..1 */
    size_t connections_kept;    /**< neuron pairs that are left */
    double test_accuracy;       /**< 0..1, or -1 when not measured */
    double validation_accuracy; /**< 0..1, or -1 */
    loci_regression test;       /**< of a regressor; NaN when not measured */
    loci_regression validation; /**< likewise */
} loci_curve_point;

/** Accuracy against sparsity (sparsity_curve.json). */
typedef struct loci_curve {
    char model[1024];         /**< the model's name, or its path, or "" */
    char dataset[64];         /**< the data set's name, or "" */
    char when[16];            /**< "after", "during" or "gradual" */
    char by[16];              /**< what was pruned first, "distance", "weight" or "range" */
    char scope[16];           /**< within what connections were compared, "layer" or "net" */
    int task;                 /**< enum loci_task */
    size_t count;             /**< points, >= 1 */
    loci_curve_point *points; /**< [count], in order of sparsity */
} loci_curve;

/**
 * Reads DIR/sparsity_curve.json.
 * @param[out] out receives the curve; free it with loci_curve_clear(). Untouched on failure.
 * @param directory the run folder.
 * @param error filled on failure, may be NULL.
 * @return as loci_metrics_read().
 */
LOCI_API int loci_curve_read(loci_curve *out, const char *directory, loci_error *error);

/** Frees the points and zeroes the struct. */
LOCI_API void loci_curve_clear(loci_curve *curve);

/** Where the sites of a network were at some moments of its run. */
typedef struct loci_frames loci_frames;

/**
 * Reads DIR/frames.npz.
 * @param[out] out receives the frames; the caller frees them with loci_frames_free(). Untouched on
 * failure.
 * @param network the run's network, whose tensors the frames must fit; must outlive them.
 * @param directory the run folder.
 * @param error filled on failure, may be NULL.
 * @return as loci_metrics_read(); LOCI_E_NOT_FOUND also for a network without positions.
 */
LOCI_API int loci_frames_read(loci_frames **out, const loci_network *network, const char *directory,
                              loci_error *error);

/** Frees frames. NULL is allowed. */
LOCI_API void loci_frames_free(loci_frames *frames);

/** Frames there are. */
LOCI_API size_t loci_frames_count(const loci_frames *frames);

/** The epoch after which frame f was taken, rising, 0 = the start; 0 past the end. */
LOCI_API uint32_t loci_frames_epoch(const loci_frames *frames, size_t f);

/**
 * The positions of tensor i in all frames.
 * @param frames the frames.
 * @param i 0, 1, ... over the network's tensors of kind LOCI_TENSOR_POSITION, in file order.
 * @param[out] tensor receives the tensor, borrowed from the network; may be NULL.
 * @return [frames, tensor->count], borrowed; NULL past the end.
 */
LOCI_API const float *loci_frames_positions(const loci_frames *frames, size_t i,
                                            const loci_tensor **tensor);

#ifdef __cplusplus
}
#endif
#endif
