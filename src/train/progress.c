#include "train/progress.h"

#include <loci/support.h>

/* Seconds between two calls: often enough to look alive. */
#define INTERVAL 0.1

/* Seconds before a rate means something. */
#define WARM_UP 0.5

void loci_progress_start(loci_progress_clock *clock, loci_progress_callback *callback, void *user) {
    double now = loci_seconds();
    *clock = (loci_progress_clock){.callback = callback, .user = user, .started = now, .told = now};
}

/* Samples in so many batches of an epoch; the last one may be smaller. */
static size_t samples_in(const loci_trainer *trainer, uint32_t batches) {
    size_t samples = (size_t)batches * trainer->options.batch;
    return samples < trainer->samples ? samples : trainer->samples;
}

static void tell(loci_progress_clock *clock, const loci_trainer *trainer, loci_progress *progress) {
    double now = loci_seconds(), seconds = now - clock->started;
    double epochs_left = trainer->options.epochs - trainer->state.epoch;
    double left =
        epochs_left * (double)trainer->samples - (double)samples_in(trainer, trainer->state.batch);
    progress->epochs = trainer->options.epochs;
    progress->samples = trainer->samples;
    progress->network = trainer->network;
    progress->seconds = seconds;
    progress->samples_per_second = seconds > 0 ? (double)clock->samples / seconds : 0;
    progress->seconds_left = seconds >= WARM_UP ? left / progress->samples_per_second : -1;
    clock->told = now;
    clock->callback(clock->user, progress);
}

void loci_progress_step(loci_progress_clock *clock, const loci_trainer *trainer) {
    const loci_training_state *s = &trainer->state;
    size_t done = samples_in(trainer, s->batch);
    clock->samples += done - samples_in(trainer, s->batch - 1);
    if (clock->callback == NULL || loci_seconds() - clock->told < INTERVAL)
        return;
    loci_progress progress = {
        .epoch = s->epoch + 1, .samples_done = done, .loss = s->loss_sum / (double)done};
    tell(clock, trainer, &progress);
}

void loci_progress_epoch(loci_progress_clock *clock, const loci_trainer *trainer,
                         const loci_metrics *finished) {
    if (clock->callback == NULL)
        return;
    loci_progress progress = {.epoch = finished->epoch,
                              .samples_done = trainer->samples,
                              .loss = finished->train_loss,
                              .finished = finished};
    tell(clock, trainer, &progress);
}
