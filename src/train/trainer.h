/* The training loop, one batch a call; what is public of it stands in loci/trainer.h. It sees a
 * flat parameter array and its gradient, nothing of positions. */
#ifndef LOCI_TRAIN_TRAINER_H
#define LOCI_TRAIN_TRAINER_H

#include <stdbool.h>

#include <loci/trainer.h>

#include "base/meeting.h"
#include "network/pass.h"

/* All that must be kept, beside the arrays below, to go on as if nothing had happened. */
typedef struct loci_training_state {
    uint32_t epoch;      /* epochs finished */
    uint32_t batch;      /* batches finished in the epoch under way */
    uint64_t step;       /* Adam steps in all */
    double loss_sum;     /* over the samples of the epoch under way */
    uint64_t correct;    /* of these */
    double seconds;      /* of training in the epoch under way */
    double total;        /* seconds of training in all finished epochs */
    double best;         /* best validation accuracy, or R2, so far; -1 = none */
    uint32_t best_epoch; /* when that was; 0 = none */
} loci_training_state;

struct loci_trainer {
    loci_network *network;    /* borrowed */
    const loci_dataset *data; /* borrowed */
    loci_train_options options;
    uint64_t seed;
    loci_pool *pool; /* borrowed, may be NULL */
    size_t count;    /* parameters */
    float *moment1;  /* [count], Adam */
    float *moment2;  /* [count] */
    float *best;     /* [count] with patience, else NULL: the parameters of best_epoch */
    double *sum;     /* [count] where the last epochs are averaged, else NULL: over their steps */
    loci_training_state state;
    /* Of what it learns from, for checkpoints; NULL: they carry none. Borrowed. */
    const char *fingerprints;
    uint32_t batches;               /* of an epoch */
    size_t samples;                 /* of an epoch: the training part less what is held out */
    struct loci_trainer_work *work; /* buffers */
    int loss;                       /* enum loci_loss_kind, not auto */
    bool changed; /* what is kept is not what the last epoch measured: loci_trainer_finish() */
    loci_meeting *meeting; /* of those that share batches out; NULL = alone. Borrowed */
};

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

/* To be called when something else acts: the next loci_trainer_cut() looks anew. */
void loci_trainer_forget_cut(loci_trainer *trainer);

/* Whether what acts in the network is more than the trainer's pass was made for: after a model or a
 * checkpoint was loaded into it, loci_trainer_refresh() is due. */
bool loci_trainer_stands_apart(const loci_trainer *trainer);

/* To be called when what the network keeps was fixed or loaded: from now on steps run on that.
 * LOCI_E_MEMORY. */
int loci_trainer_refresh(loci_trainer *trainer, loci_error *error);

/* Bytes set aside, the data set and the network itself left out. */
size_t loci_trainer_bytes(const loci_trainer *trainer);

#endif
