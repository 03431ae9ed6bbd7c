#include "train/learnt.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "network/contents.h"

/* A short trial is no training: who asks for two epochs knows what they get. */
enum { FEWEST_EPOCHS = 5, FEW_STEPS = 200 };

/* What there is to know without looking at inputs. */
typedef struct guess {
    double accuracy; /* of always saying the most frequent class */
    double loss;     /* in nats, of saying of each class how frequent it is */
} guess;

/* Memory that is short makes a guess that any network is better than. */
static guess best_guess(const loci_dataset *data) {
    uint32_t classes = loci_dataset_outputs(data);
    size_t count = loci_dataset_count(data, LOCI_TRAIN);
    size_t *of_class = calloc(classes, sizeof *of_class);
    guess best = {.loss = of_class == NULL ? INFINITY : 0};
    for (size_t i = 0; of_class != NULL && i < count; i++)
        of_class[loci_dataset_label(data, LOCI_TRAIN, i)]++;
    for (uint32_t c = 0; of_class != NULL && c < classes; c++) {
        double share = (double)of_class[c] / (double)count;
        best.accuracy = fmax(best.accuracy, share);
        best.loss -= share > 0 ? share * log(share) : 0;
    }
    free(of_class);
    return best;
}

/* As far as the last epoch tells, while the network was changing. */
static bool is_suspect(const loci_trainer *trainer, const loci_metrics *last) {
    if (trainer->state.epoch < FEWEST_EPOCHS || trainer->state.step == 0)
        return false;
    if (trainer->network->spec.task == LOCI_TASK_CLASSIFY) {
        guess best = best_guess(trainer->data);
        return last->train_accuracy <= best.accuracy + 0.02 || last->train_loss >= 0.9 * best.loss;
    }
    return !(last->train_loss < (trainer->loss == LOCI_LOSS_HUBER ? 0.3 : 0.8));
}

static const char *remedy(const loci_trainer *trainer, char text[128]) {
    if (trainer->state.step < FEW_STEPS) {
        snprintf(text, 128, "there were %u steps only; give more --epochs or a smaller --batch",
                 (unsigned)trainer->state.step);
        return text;
    }
    if (loci_spec_spikes(&trainer->network->spec))
        return "try a lower --threshold, or a higher --beta, --time-steps or --lr";
    return "try another --lr, or more --epochs";
}

/* The one class that all samples are taken for; -1 where they are of several. */
static int32_t only_class(const loci_evaluation *e) {
    size_t i = 1;
    while (i < e->count && e->prediction[i] == e->prediction[0])
        i++;
    return i < e->count ? -1 : e->prediction[0];
}

static void judge(const loci_trainer *trainer, const loci_evaluation *e, char *note) {
    char what_to_do[128];
    const char *hint = remedy(trainer, what_to_do);
    if (trainer->network->spec.task == LOCI_TASK_REGRESS) {
        if (e->regression.r2 < 0.01)
            snprintf(note, LOCI_RUN_NOTE,
                     "training samples are predicted no better than by their mean; %s", hint);
        return;
    }
    guess best = best_guess(trainer->data);
    int32_t class = only_class(e);
    if (best.accuracy == 1)
        return; /* there is one class only */
    if (class >= 0)
        snprintf(note, LOCI_RUN_NOTE, "every training sample is taken for class '%s'; %s",
                 LOCI_SHOWN(80, loci_dataset_output_name(trainer->data, (uint32_t) class)), hint);
    /* a loss may be large of classes that are told apart, by answers that are too sure */
    else if (e->loss >= 0.98 * best.loss && e->accuracy < best.accuracy + (1 - best.accuracy) / 4)
        snprintf(note, LOCI_RUN_NOTE,
                 "the training samples are told apart no better than by guessing; %s", hint);
}

void loci_learnt_note(const loci_trainer *trainer, const loci_metrics *last,
                      char note[LOCI_RUN_NOTE]) {
    loci_evaluation evaluation;
    note[0] = '\0';
    if (!is_suspect(trainer, last))
        return;
    bool classes = trainer->network->spec.task == LOCI_TASK_CLASSIFY;
    if (loci_evaluate(trainer->network, trainer->data, LOCI_TRAIN, trainer->pool, classes,
                      &evaluation, NULL) != LOCI_OK)
        return; /* a note is not worth an error */
    judge(trainer, &evaluation, note);
    loci_evaluation_clear(&evaluation);
}
