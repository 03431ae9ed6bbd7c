/**
 * @file trainer.h
 * @brief Training one step at a time, in the caller's own loop, in memory: no run folder is needed.
 *
 *     loci_network_create_for(&network, &spec, data, seed, &error);
 *     loci_trainer_create(&trainer, network, data, &options, seed, NULL, &error);
 *     while (!loci_trainer_finished(trainer))
 *         loci_trainer_epoch(trainer, &metrics, &error);
 *     loci_trainer_finish(trainer, &error);
 *
 * The network is the caller's, and may be used, looked at and saved between any two steps. The same
 * options and seed give the same parameters as loci_run_train(), bit for bit, step by step.
 */
#ifndef LOCI_TRAINER_H
#define LOCI_TRAINER_H

#include <loci/run.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A training under way. Serves one call at a time. */
typedef struct loci_trainer loci_trainer;

/**
 * Has temporal data cut up as those were that a network was trained on: steps, what they cover,
 * which channels there are. What is set already stays, but for the steps. Of other networks nothing
 * is set.
 * @param[in,out] options to open data with.
 * @param network that they are for.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, or LOCI_E_MEMORY with the options as they were.
 */
LOCI_API int loci_data_options_for(loci_data_options *options, const loci_network *network,
                                   loci_error *error);
/**
 * Makes a network for a data set: inputs, outputs and task are taken from the data, whatever the
 * specification says of them, and so are the scaling of inputs and targets and the names of
 * classes.
 * @param[out] out receives the network; the caller frees it with loci_network_free(). Untouched on
 * failure.
 * @param spec the rest: layers, wiring, neurons.
 * @param data what it will learn.
 * @param seed of the start positions.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_ARGUMENT or LOCI_E_MEMORY.
 */
LOCI_API int loci_network_create_for(loci_network **out, const loci_spec *spec,
                                     const loci_dataset *data, uint64_t seed, loci_error *error);

/**
 * Prepares training, at epoch 0.
 * @param[out] out receives the trainer; the caller frees it with loci_trainer_free(). Untouched on
 * failure.
 * @param network what learns: borrowed, must live as long as the trainer. Between steps its
 * parameters may be written.
 * @param data what it learns: borrowed likewise, not copied.
 * @param options how; copied.
 * @param seed of the order of samples, augmentation and random coding.
 * @param pool worker threads, borrowed, or NULL.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_MISMATCH (network and data do not fit), LOCI_E_ARGUMENT or LOCI_E_MEMORY.
 */
LOCI_API int loci_trainer_create(loci_trainer **out, loci_network *network,
                                 const loci_dataset *data, const loci_train_options *options,
                                 uint64_t seed, loci_pool *pool, loci_error *error);

/** Frees a trainer. NULL is allowed. The network stays as the last step left it. */
LOCI_API void loci_trainer_free(loci_trainer *trainer);

/**
 * From now on the model at path is learnt from, too, as options.distillation and .temperature say:
 * its class probabilities, or of a regressor its values. To be called before the first step; of
 * several models, LOCI_MOST_TEACHERS at most, the mean is learnt.
 * @return LOCI_OK, LOCI_E_MISMATCH, LOCI_E_ARGUMENT, or as loci_network_load().
 */
LOCI_API int loci_trainer_teach(loci_trainer *trainer, const char *path, loci_error *error);

/** How many batches an epoch has. */
LOCI_API uint32_t loci_trainer_batches(const loci_trainer *trainer);

/**
 * Trains one batch.
 * @return LOCI_OK; LOCI_E_ARGUMENT when the epoch's batches are all done, or training is finished;
 * LOCI_E_DIVERGED when the loss or its gradient is no longer finite, before the parameters are
 * touched; LOCI_E_MEMORY; or what the gather function returned.
 */
LOCI_API int loci_trainer_step(loci_trainer *trainer, loci_error *error);

/** Whether all batches of the epoch are done, so that loci_trainer_end_epoch() is due: 1 or 0. */
LOCI_API int loci_trainer_epoch_done(const loci_trainer *trainer);

/**
 * Ends an epoch whose batches are done: measures, as options.validation and .test_every say, and
 * goes on to the next.
 * @param trainer the trainer.
 * @param[out] metrics what the epoch came to.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_ARGUMENT (batches are left), LOCI_E_DIVERGED or LOCI_E_MEMORY.
 */
LOCI_API int loci_trainer_end_epoch(loci_trainer *trainer, loci_metrics *metrics,
                                    loci_error *error);

/**
 * The rest of an epoch: every step that is left, and its end.
 * @param trainer the trainer.
 * @param[out] metrics what the epoch came to; may be NULL.
 * @param error filled on failure, may be NULL.
 * @return as the two above.
 */
LOCI_API int loci_trainer_epoch(loci_trainer *trainer, loci_metrics *metrics, loci_error *error);

/** Epochs that are done. */
LOCI_API uint32_t loci_trainer_epochs(const loci_trainer *trainer);
/** Batches of the epoch under way that are done. */
LOCI_API uint32_t loci_trainer_batch(const loci_trainer *trainer);
/** Mean loss over the samples of the epoch under way so far; NaN before its first batch. */
LOCI_API double loci_trainer_loss(const loci_trainer *trainer);

/** Whether nothing is left to do: all epochs are run, or patience has run out; 1 or 0. */
LOCI_API int loci_trainer_finished(const loci_trainer *trainer);

/**
 * Ends training: with patience the best parameters are put back, with average their mean so far,
 * and what is to be pruned at the end is. To be called once, and no step after it. May be called
 * before all epochs are run.
 * @return LOCI_OK, LOCI_E_ARGUMENT (pruning would leave nothing) or LOCI_E_MEMORY.
 */
LOCI_API int loci_trainer_finish(loci_trainer *trainer, loci_error *error);

/**
 * Writes a checkpoint, all or nothing: parameters, Adam's moments, and where training is, within an
 * epoch too. This and loci_trainer_load() are in libloci, not in libloci-core.
 * @return LOCI_OK, LOCI_E_IO or LOCI_E_MEMORY.
 */
LOCI_API int loci_trainer_save(const loci_trainer *trainer, const char *path, loci_error *error);

/**
 * Goes on from a checkpoint, as if nothing had happened: into a trainer that was made with the same
 * specification, data and options. Nothing changes where it cannot be read; with LOCI_E_ARGUMENT
 * the trainer is where the checkpoint says, and cannot go on from there.
 * @return LOCI_OK, LOCI_E_NOT_FOUND, LOCI_E_IO, LOCI_E_FORMAT, LOCI_E_MISMATCH (it is of another
 * network or other data), LOCI_E_MEMORY, or LOCI_E_ARGUMENT (pruning would leave nothing, as the
 * next step would say).
 */
LOCI_API int loci_trainer_load(loci_trainer *trainer, const char *path, loci_error *error);

/**
 * Cuts each batch of B into `shards`: shard k has its positions floor(k B / shards) to
 * floor((k + 1) B / shards) - 1. Which of them a process computes does not change the result, as
 * their gradients are added in their order. To be called before the first step.
 * @param trainer the trainer.
 * @param shards >= 1; options.shards of loci_trainer_create() says how many there are before this
 * is called, all of them here.
 * @param first the first shard held here.
 * @param held shards held here, >= 1; first + held <= shards.
 * @param gather NULL where all shards are held here: they are added up by the trainer.
 * @param user passed to gather.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_ARGUMENT or LOCI_E_MEMORY.
 */
LOCI_API int loci_trainer_share(loci_trainer *trainer, size_t shards, size_t first, size_t held,
                                loci_gather *gather, void *user, loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
