/**
 * @file run.h
 * @brief Runs: training in a folder, which survives interruption, and what comes of it.
 */
#ifndef LOCI_RUN_H
#define LOCI_RUN_H

#include <signal.h>

#include <loci/team.h>
#include <loci/train.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One line of metrics.jsonl. An accuracy that was not measured is -1, a regressor's NaN. */
typedef struct loci_metrics {
    int task;             /**< enum loci_task: which of the following count */
    uint32_t epoch;       /**< 1-based */
    double learning_rate; /**< of the epoch's last step */
    /** Mean over the epoch of what is made small, weights included: with the labels in nats, with
     * targets in units of their deviation. */
    double train_loss;
    double train_accuracy;      /**< over the epoch, while the network was changing, 0..1 */
    double validation_accuracy; /**< 0..1, or -1 */
    double test_accuracy;       /**< 0..1, or -1 */
    loci_regression validation; /**< of a regressor, on the samples held out */
    loci_regression test;       /**< of a regressor, on the test part */
    double seconds;             /**< of training in this epoch, evaluation left out */
} loci_metrics;

/** What a finished run, or an evaluation, reports (summary.json). */
typedef struct loci_summary {
    char preset[64];            /**< or "" */
    char dataset[64];           /**< the data set's name */
    uint64_t seed;              /**< of the run */
    uint32_t epochs;            /**< run */
    int threads;                /**< used */
    int task;                   /**< enum loci_task: which of the following count */
    double test_accuracy;       /**< 0..1, or -1 when not measured */
    double validation_accuracy; /**< 0..1, or -1 */
    loci_regression test;       /**< of a regressor; NaN when not measured */
    loci_regression validation; /**< likewise */
    double train_loss;          /**< of the last epoch, as in loci_metrics */
    size_t parameters;          /**< trained scalars */
    size_t connections;         /**< neuron pairs of the unpruned net */
    size_t connections_kept;    /**< of them in use */
    double sparsity;            /**< 1 - kept / connections */
    double seconds_total;       /**< everything */
    double seconds_per_epoch;   /**< training only */
    uint32_t time_steps;        /**< of a spiking net; 0: it is none, and what follows is 0 */
    /** Per inference at the end, on the test part, else the held-out samples, else those trained
     * on. */
    loci_activity activity;
    loci_energy energy; /**< estimated from it */
} loci_summary;

/** Where a run is, reported several times a second and at the end of each epoch. */
typedef struct loci_progress {
    uint32_t epoch;               /**< under way, 1-based */
    uint32_t epochs;              /**< planned */
    size_t samples_done;          /**< in this epoch */
    size_t samples;               /**< of an epoch */
    double seconds;               /**< since the start of this process's part of the run */
    double samples_per_second;    /**< so far */
    double seconds_left;          /**< estimate; -1 while unknown */
    double loss;                  /**< mean over this epoch so far */
    const loci_metrics *finished; /**< set when an epoch has just ended, else NULL */
    /** As the last step left it; borrowed until the callback returns. */
    const loci_network *network;
} loci_progress;

/** Called with the progress; must not block for long. */
typedef void loci_progress_callback(void *user, const loci_progress *progress);

/** Called with one line that a person should know of, without a line feed; borrowed. */
typedef void loci_note_callback(void *user, const char *text);

/** Called when a run begins, or goes on. */
typedef void loci_begin_callback(void *user);

/** How to run. Fill with loci_run_options_defaults() first. */
typedef struct loci_run_options {
    int resume; /**< go on where DIR's checkpoint stands, or start if there is none. Default 0 */
    int force;  /**< start anew, replacing a run that is there. Default 0 */
    /** several processes share runs out, with resume: a folder in which another one is at work is
     * no mistake, but LOCI_E_BUSY, and is taken over from a process that stands still. Default 0 */
    int share;
    /** becomes non-zero, by a signal handler or another thread: save and return
     * LOCI_E_INTERRUPTED. Default NULL */
    const volatile sig_atomic_t *stop;
    /** told once, when the folder is this process's and nothing is in the way of training. Default
     * NULL */
    loci_begin_callback *begin;
    loci_progress_callback *progress; /**< Default NULL */
    /** told what is no mistake, but may not be what was meant: in what the model to start from
     * differs, that nothing is learnt. Default NULL */
    loci_note_callback *note;
    void *user; /**< passed to begin, progress and note. Default NULL */
    /** This process is one of several that train the run together. Number 0 alone reads and writes
     * the run folder, reads the model to start from, and calls progress and note; `stop` may be
     * raised in any. They end with the same status, and the error of the first that failed.
     * Borrowed. Default NULL: it is alone */
    const loci_team *team;
} loci_run_options;

/** Sets every field to its default. */
LOCI_API void loci_run_options_defaults(loci_run_options *options);

/**
 * The result of a run that is complete: nothing is left to do when it is resumed. Neither its data
 * nor any other model is needed, nor may the folder be written to.
 * @param[out] summary what came out; untouched unless LOCI_OK is returned.
 * @param directory the run folder.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_NOT_FOUND (there is none, or it is not complete), LOCI_E_FORMAT (its
 * summary is damaged) or LOCI_E_IO (another process is training in the folder, too).
 */
LOCI_API int loci_run_result(loci_summary *summary, const char *directory, loci_error *error);

/**
 * Why a run ended without a result, where trying again would end the same way: its loss was not
 * finite. Forgotten once the run is gone on with.
 * @param[out] why the error it ended with; untouched unless LOCI_OK is returned.
 * @param directory the run folder.
 * @return LOCI_OK, or LOCI_E_NOT_FOUND: it did not.
 */
LOCI_API int loci_run_failure(loci_error *why, const char *directory);

/**
 * Whether another process is at work in a run folder. One that was killed is not; nor is one on
 * another machine, or one that stands still, of which the folder has shown no sign for a minute.
 * @param directory the run folder; one that is not there is nobody's.
 * @param error filled on failure, may be NULL: which process it is.
 * @return LOCI_OK: nobody; LOCI_E_BUSY or LOCI_E_IO.
 */
LOCI_API int loci_run_busy(const char *directory, loci_error *error);

/** A run folder that this process alone works in, for what is done with a run but to train it. */
typedef struct loci_run_hold loci_run_hold;

/**
 * Takes a run folder, from a process that is gone if need be.
 * @param[out] out free with loci_run_hold_free(); untouched on failure.
 * @param directory the run folder; made if absent.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_BUSY (another process is at work there), LOCI_E_IO, LOCI_E_ARGUMENT,
 * LOCI_E_UNSUPPORTED (no thread is left to hold it) or LOCI_E_MEMORY.
 */
LOCI_API int loci_run_hold_take(loci_run_hold **out, const char *directory, loci_error *error);
/**
 * Replaces whatever run a folder holds by a model alone. Until the model is written whole nothing
 * of the run goes.
 * @param hold of the folder.
 * @param network what model.safetensors becomes.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_BUSY (another process took the folder over), LOCI_E_IO or LOCI_E_MEMORY.
 */
LOCI_API int loci_run_hold_replace(loci_run_hold *hold, const loci_network *network,
                                   loci_error *error);
/** Lets it go. @param hold may be NULL. */
LOCI_API void loci_run_hold_free(loci_run_hold *hold);

/** What a run will need, estimated before it starts. */
typedef struct loci_estimate {
    double bytes;      /**< of memory, data included */
    double operations; /**< multiply-adds of all epochs, products and site pairs together */
    double seconds;    /**< from timing a few batches on this machine; -1 if not measured */
} loci_estimate;

/**
 * Estimates a run's time and memory by training a few batches of a copy that is then dropped.
 * @return LOCI_OK, LOCI_E_MISMATCH, LOCI_E_ARGUMENT, LOCI_E_MEMORY, or as loci_network_load() of
 * the teacher, or of the model to start from.
 */
LOCI_API int loci_run_estimate(const loci_config *config, const loci_dataset *data, loci_pool *pool,
                               loci_estimate *out, loci_error *error);

/**
 * Trains a network and keeps a run folder: config.json, metrics.jsonl, summary.json,
 * model.safetensors, checkpoint.safetensors (and the one before), frames.npz. Killed at any moment,
 * it can be resumed and ends with the same model, byte for byte. A run that replaces another keeps
 * that one's model as model.previous.safetensors until it is complete.
 * @param config what to train; height, width and classes are taken from the data.
 * @param data the data.
 * @param directory the run folder; made if absent, its parents too.
 * @param pool worker threads, or NULL.
 * @param options NULL = all defaults.
 * @param[out] summary what came out; may be NULL.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_EXISTS (a run is there, and neither resume nor force is set),
 * LOCI_E_ARGUMENT (also where a run would destroy what it reads: the model it starts from, its
 * teacher, its data; or where the processes of a team cannot share the shards out), LOCI_E_MISMATCH
 * (the run there was started with another config, or data and config do not fit), LOCI_E_NOT_FOUND
 * (the model to start or learn from), LOCI_E_DIVERGED (the last good checkpoint is kept),
 * LOCI_E_INTERRUPTED, LOCI_E_IO (also where another process is at work in the folder, or took it
 * over), with share LOCI_E_BUSY in its place, LOCI_E_FORMAT, LOCI_E_UNSUPPORTED (no thread is left
 * to hold the folder) or LOCI_E_MEMORY.
 */
LOCI_API int loci_run_train(const loci_config *config, const loci_dataset *data,
                            const char *directory, loci_pool *pool, const loci_run_options *options,
                            loci_summary *summary, loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
