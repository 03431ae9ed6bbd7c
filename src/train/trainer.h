/* The training loop, one batch a call. It sees a flat parameter array and its gradient, nothing of
 * positions. */
#ifndef LOCI_TRAIN_TRAINER_H
#define LOCI_TRAIN_TRAINER_H

#include <stdbool.h>

#include <loci/train.h>

#include "network/pass.h"

/* All that must be kept, beside the arrays below, to go on as if nothing had happened. */
typedef struct loci_training_state {
    uint32_t epoch;      /* epochs finished */
    uint32_t batch;      /* batches finished in the epoch under way */
    uint64_t step;       /* Adam steps in all */
    double loss_sum;     /* over the samples of the epoch under way, nats */
    uint64_t correct;    /* of these */
    double seconds;      /* of training in the epoch under way */
    double total;        /* seconds of training in all finished epochs */
    double best;         /* best validation accuracy so far, -1 = none */
    uint32_t best_epoch; /* when that was */
} loci_training_state;

typedef struct loci_trainer {
    loci_network *network;    /* borrowed */
    const loci_dataset *data; /* borrowed */
    loci_train_options options;
    uint64_t seed;
    loci_pool *pool; /* borrowed, may be NULL */
    size_t count;    /* parameters */
    float *moment1;  /* [count], Adam */
    float *moment2;  /* [count] */
    float *best;     /* [count] with patience, else NULL: the parameters of best_epoch */
    loci_training_state state;
    /* Of what it learns from, for checkpoints; NULL: they carry none. Borrowed. */
    const char *fingerprints;
    uint32_t batches;               /* of an epoch */
    size_t samples;                 /* of an epoch: the training part less what is held out */
    struct loci_trainer_work *work; /* buffers */
} loci_trainer;

/* Prepares training at epoch 0. Checks that network and data fit (LOCI_E_MISMATCH). */
int loci_trainer_create(loci_trainer **out, loci_network *network, const loci_dataset *data,
                        const loci_train_options *options, uint64_t seed, loci_pool *pool,
                        loci_error *error);
void loci_trainer_free(loci_trainer *trainer);

/* From the first step on, learns from the model at path as options.distillation and .temperature
 * say. Errors as loci_teacher_create(). */
int loci_trainer_teach(loci_trainer *trainer, const char *path, loci_error *error);

/* Trains one batch. LOCI_E_DIVERGED when the loss or a parameter is no longer finite. */
int loci_trainer_step(loci_trainer *trainer, loci_error *error);

/* All batches of the epoch are done and loci_trainer_end_epoch() is due. */
bool loci_trainer_epoch_done(const loci_trainer *trainer);

/* Ends an epoch: measures validation and, where options and data say so, test accuracy, keeps the
 * best parameters, advances state.epoch. */
int loci_trainer_end_epoch(loci_trainer *trainer, loci_metrics *out, loci_error *error);

/* Measures the network of the moment: accuracy on the samples held out and, with test, on the test
 * part, where there are such. */
int loci_trainer_measure(const loci_trainer *trainer, bool test, loci_metrics *out,
                         loci_error *error);

/* Evaluates the network of the moment on the test part; where there is none on the samples held
 * out, else on those trained on. */
int loci_trainer_evaluate(const loci_trainer *trainer, loci_evaluation *out, loci_error *error);

/* The pass that steps run on. Borrowed. */
loci_pass *loci_trainer_pass(const loci_trainer *trainer);

/* Finds anew what the network keeps at the sparsity of the moment: loci_pruning_cut(). */
int loci_trainer_cut(loci_trainer *trainer, loci_error *error);

/* To be called when what the network keeps was fixed or loaded: from now on steps run on that.
 * LOCI_E_MEMORY. */
int loci_trainer_refresh(loci_trainer *trainer, loci_error *error);

/* Bytes set aside, the data set and the network itself left out. */
size_t loci_trainer_bytes(const loci_trainer *trainer);

/* Nothing is left to do: all epochs are run, or patience has run out. */
bool loci_trainer_finished(const loci_trainer *trainer);

/* After the last epoch: with patience, puts the best parameters back; prunes what is to be pruned
 * then. LOCI_E_ARGUMENT (nothing would be left) or LOCI_E_MEMORY. */
int loci_trainer_finish(loci_trainer *trainer, loci_error *error);

#endif
