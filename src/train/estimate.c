/* What a run will need: memory and operations follow from its shape, time from trying. */
#include <loci/support.h>
#include <stdlib.h>

#include "base/error.h"
#include "data/dataset.h"
#include "network/contents.h"
#include "train/progress.h"
#include "train/run_prepare.h"
#include "train/trainer.h"

/* Batches are tried until so many seconds are over, at least LEAST and at most MOST of them. */
#define TRIAL_SECONDS 0.5
enum { LEAST = 3, MOST = 50 };

/* Multiply-adds that making one weight from one pair of sites takes, and taking its gradient apart:
 * three coordinate differences each way, more in more dimensions. */
static double per_site_pair(const loci_spec *spec) {
    return 4.0 * spec->dim + 8;
}

/* Of one batch: three products of each pair (two of the first, whose inputs need no gradient), and
 * the wiring. */
static double batch_operations(const loci_spec *spec, double samples) {
    double sum = 0;
    for (uint32_t l = 0; l <= spec->hidden_count; l++) {
        double weights =
            (double)loci_spec_layer_size(spec, l) * (double)loci_spec_layer_size(spec, l + 1);
        sum += (l == 0 ? 2 : 3) * weights * samples;
        if (spec->wiring == LOCI_WIRING_SPATIAL)
            sum += weights * spec->axon_sites[l] * spec->dendrite_sites[l] * per_site_pair(spec);
    }
    return sum;
}

static double data_bytes(const loci_dataset *data) {
    double sum = 0;
    for (int s = 0; s < 2; s++) {
        const loci_samples *part = &data->part[s];
        double each = part->bytes != NULL ? 1 : sizeof(float);
        double sample = each * (double)data->features + sizeof *part->labels;
        if (data->timed && part->count > 0) /* lists of events */
            sample = 6 * (double)part->event_start[part->count] / (double)part->count + 12;
        sum += (double)part->count * sample;
    }
    return sum;
}

/* Seconds of a batch, from trying some; 0 when there was nothing to try. The first one also makes
 * what the others find ready, and counts only where it is the only one. */
static int time_batches(loci_trainer *trainer, double *seconds, loci_error *error) {
    int tried = 0;
    double started = loci_seconds();
    *seconds = 0;
    while (!loci_trainer_epoch_done(trainer) && tried < MOST) {
        int status = loci_trainer_step(trainer, error);
        if (status != LOCI_OK)
            return status;
        double now = loci_seconds();
        *seconds = (now - started) / (tried > 1 ? tried : 1);
        if (tried++ == 0)
            started = now;
        if (tried > LEAST && now - started > TRIAL_SECONDS)
            break;
    }
    return LOCI_OK;
}

static void fill(loci_estimate *out, const loci_config *config, const loci_trainer *trainer,
                 double seconds_of_batch) {
    const loci_spec *spec = &config->spec;
    double batches = (double)trainer->batches * config->train.epochs;
    double in_batch = (double)trainer->samples / trainer->batches;
    out->operations = batches * batch_operations(spec, in_batch);
    out->bytes = (double)loci_trainer_bytes(trainer) + data_bytes(trainer->data) +
                 (double)trainer->count * sizeof(float);
    out->seconds = seconds_of_batch > 0 ? batches * seconds_of_batch : -1;
}

int loci_run_estimate(const loci_config *config, const loci_dataset *data, loci_pool *pool,
                      loci_estimate *out, loci_error *error) {
    loci_config checked;
    loci_network *network = NULL;
    loci_trainer *trainer = NULL;
    double seconds;
    int status = loci_run_configure(&checked, config, data, error);
    if (status == LOCI_OK)
        status = loci_run_network(&network, &checked, data, error);
    if (status == LOCI_OK)
        status = loci_run_trainer(&trainer, &checked, network, data, pool, error);
    if (status == LOCI_OK) {
        /* a run that diverges at once will say so itself; here it only cannot be timed */
        if (time_batches(trainer, &seconds, error) != LOCI_OK)
            seconds = 0;
        fill(out, &checked, trainer, seconds);
    }
    loci_trainer_free(trainer);
    loci_network_free(network);
    return status;
}
