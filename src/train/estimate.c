/* What a run will need: memory and operations follow from its shape, time from trying. */
#include <loci/support.h>
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "data/resident.h"
#include "data/samples.h"
#include "infer/evaluate.h"
#include "infer/session.h"
#include "network/contents.h"
#include "network/local_pairs.h"
#include "network/maps.h"
#include "train/progress.h"
#include "train/run_prepare.h"
#include "train/trainer.h"
#include "train/trainer_work.h"

/* Batches are tried until so many seconds are over, at least LEAST and at most MOST of them; of
 * slow ones fewer. */
#define TRIAL_SECONDS 0.5
#define SLOW_SECONDS 10.0
enum { LEAST = 3, MOST = 50 };

/* What a program with the library takes before it does anything. */
enum { PROGRAM = 17 << 20 };

/* Multiply-adds that making one weight from one pair of sites takes, and taking its gradient apart:
 * three coordinate differences each way, more in more dimensions. */
static double per_site_pair(const loci_spec *spec) {
    return 4.0 * spec->dim + 8;
}

/* Of one layer pair and one batch: three products (two of the first, whose inputs need no
 * gradient), and the wiring. Whoever goes through fewer pairs than there are changes it here. */
static double pair_operations(const loci_network *network, uint32_t l, double samples) {
    const loci_spec *spec = &network->spec;
    double products = loci_spec_pair_operations(spec, l), meeting = 0;
    if (spec->wiring == LOCI_WIRING_SPATIAL)
        meeting =
            (double)loci_pair_connections(spec, l) * spec->axon_sites[l] * spec->dendrite_sites[l];
    if (loci_pair_is_local(network, l)) /* only sites that meet, each for itself */
        products = meeting *= loci_pair_within_reach(spec, l);
    double sum = (l == 0 ? 2 : 3) * products * samples + meeting * per_site_pair(spec);
    return sum;
}

static double batch_operations(const loci_network *network, double samples) {
    double sum = 0;
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(&network->spec); l++)
        sum += pair_operations(network, l, samples);
    return sum;
}

/* What a part takes in memory: inputs that are drawn or lie in a file nothing, mapped ones what is
 * looked at before it is let go. */
static double part_bytes(const loci_dataset *data, const loci_samples *part) {
    double count = (double)part->count, inputs = count * (double)data->features;
    double sum = count * (double)(part->labels != NULL ? sizeof *part->labels
                                                       : data->outputs * sizeof(float));
    sum += part->weights != NULL ? count * sizeof *part->weights : 0;
    if (data->timed && part->count > 0) /* lists of events */
        return sum + 6 * (double)part->event_start[part->count] + 8 * count;
    if (part->source != NULL)
        return sum;
    if (part->mapped > 0)
        return sum + fmin(inputs * sizeof(float), LOCI_RESIDENT_BYTES);
    return sum + inputs * (part->bytes != NULL ? 1 : sizeof(float));
}

static double data_bytes(const loci_dataset *data) {
    return part_bytes(data, &data->part[LOCI_TRAIN]) + part_bytes(data, &data->part[LOCI_TEST]);
}

/* Samples that are evaluated: at once, and in the whole run. */
typedef struct loci_evaluated {
    double most, all;
} loci_evaluated;

static loci_evaluated count_evaluated(const loci_trainer *trainer) {
    const loci_train_options *options = &trainer->options;
    double held = options->validation, tested = (double)trainer->data->part[LOCI_TEST].count;
    double tests =
        options->test_every > 0 ? ceil((double)options->epochs / options->test_every) : 1;
    return (loci_evaluated){.most = fmax(held, tested),
                            .all = held * options->epochs + tested * tests};
}

/* What was found out by trying. */
struct trial {
    double batch;      /* seconds of a batch */
    double evaluation; /* seconds of all evaluations */
    double bytes;      /* that these take beside the trainer */
};

/* Seconds of running `count` samples, which the session has room for. */
static int time_samples(loci_session *session, const loci_trainer *trainer, size_t count,
                        double *seconds, loci_error *error) {
    double started = loci_seconds();
    int status = loci_batch_fill(session->batch, trainer->data, LOCI_TRAIN, trainer->work->training,
                                 count, NULL, 0, error);
    if (status == LOCI_OK)
        status = loci_pass_forward(session->pass, &session->batch->in, error);
    *seconds = loci_seconds() - started;
    return status;
}

/* The most samples that an evaluation is tried on. */
static size_t tried_at_once(const loci_session *session, const loci_trainer *trainer) {
    size_t most = session->pass->most < 64 ? session->pass->most : 64;
    return most < trainer->samples ? most : trainer->samples;
}

/* An evaluation's batch takes what its weights take, and something for each sample: both follow
 * from one that is small and one that is less so. */
static int time_evaluation(loci_session *session, const loci_trainer *trainer, double all,
                           double *seconds, loci_error *error) {
    size_t most = session->pass->most, few = most < 4 ? 1 : 4;
    size_t more = tried_at_once(session, trainer);
    double small = 0, large;
    few = few < more ? few : more;
    int status = time_samples(session, trainer, few, &small, error); /* makes all ready */
    if (status == LOCI_OK && small < TRIAL_SECONDS)
        status = time_samples(session, trainer, few, &small, error);
    large = small;
    if (status == LOCI_OK && more > few)
        status = time_samples(session, trainer, more, &large, error);
    double each = more > few ? fmax(large - small, 0) / (double)(more - few) : small / (double)few;
    double alone = fmax(small - each * (double)few, 0);
    *seconds = all * each + ceil(all / (double)most) * alone;
    return status;
}

/* Evaluations: their samples have as many entries as those of the batches that were tried. */
static int try_evaluation(const loci_trainer *trainer, loci_pool *pool, struct trial *trial,
                          loci_error *error) {
    loci_session session = {0};
    const loci_batch *tried = trainer->work->batch;
    const loci_evaluated evaluated = count_evaluated(trainer);
    if (!(evaluated.most >= 1))
        return LOCI_OK;
    int status = loci_session_open(&session, trainer->network, (size_t)evaluated.most, pool, error);
    if (status == LOCI_OK) {
        double entries = (double)tried->touched / (double)tried->most;
        double before = (double)loci_pass_bytes(session.pass);
        trial->bytes = before + (double)loci_batch_bytes(session.batch) +
                       entries * (double)session.pass->most * 2 * sizeof(float) +
                       (double)(tried->workers * tried->image_floats * sizeof *tried->images);
        if (time_evaluation(&session, trainer, evaluated.all, &trial->evaluation, error) != LOCI_OK)
            trial->batch = 0;
        /* lists of spikes grow with the samples */
        trial->bytes += ((double)loci_pass_bytes(session.pass) - before) *
                        (double)session.pass->most / (double)tried_at_once(&session, trainer);
    }
    loci_session_close(&session);
    return status;
}

/* Seconds of a batch, from trying some; 0 when there was nothing to try. The first one also makes
 * what the others find ready, and counts only where it is the only one. */
static int time_batches(loci_trainer *trainer, double *seconds, loci_error *error) {
    int tried = 0;
    double started = loci_seconds(), first = started;
    *seconds = 0;
    while (!loci_trainer_epoch_done(trainer) && tried < MOST) {
        int status = loci_trainer_step(trainer, error);
        if (status != LOCI_OK)
            return status;
        double now = loci_seconds();
        *seconds = (now - started) / (tried > 1 ? tried : 1);
        if (tried++ == 0)
            started = now;
        if ((tried > LEAST && now - started > TRIAL_SECONDS) || now - first > SLOW_SECONDS)
            break;
    }
    return LOCI_OK;
}

static void fill(loci_estimate *out, const loci_config *config, const loci_trainer *trainer,
                 const struct trial *trial) {
    double batches = (double)trainer->batches * config->train.epochs;
    double in_batch = (double)trainer->samples / trainer->batches;
    out->operations = batches * batch_operations(trainer->network, in_batch);
    out->bytes = (double)loci_trainer_bytes(trainer) + data_bytes(trainer->data) +
                 (double)trainer->count * sizeof(float) + trial->bytes + PROGRAM;
    out->seconds = trial->batch > 0 ? batches * trial->batch + trial->evaluation : -1;
}

static int try(loci_trainer *trainer, loci_pool *pool, struct trial *trial, loci_error *error) {
    *trial = (struct trial){0};
    /* a run that diverges at once will say so itself; here it only cannot be timed */
    if (time_batches(trainer, &trial->batch, error) != LOCI_OK)
        trial->batch = 0;
    return try_evaluation(trainer, pool, trial, error);
}

int loci_run_estimate(const loci_config *config, const loci_dataset *data, loci_pool *pool,
                      loci_estimate *out, loci_error *error) {
    loci_config checked;
    loci_network *network = NULL;
    loci_trainer *trainer = NULL;
    struct trial trial;
    char note[LOCI_RUN_NOTE] = "";
    int status = loci_run_configure(&checked, config, data, error);
    if (status == LOCI_OK)
        status = loci_run_network(&network, &checked, data, error);
    if (status == LOCI_OK)
        status = loci_run_trainer(&trainer, &checked, network, data, pool, error);
    if (status == LOCI_OK &&
        checked.init[0] != '\0') /* what would keep the run from its start does so here */
        status = loci_run_init(network, &checked, note, error);
    if (status == LOCI_OK && loci_trainer_stands_apart(trainer))
        status = loci_trainer_refresh(trainer, error);
    if (status == LOCI_OK)
        status = try(trainer, pool, &trial, error);
    if (status == LOCI_OK)
        fill(out, &checked, trainer, &trial);
    loci_trainer_free(trainer);
    loci_network_free(network);
    return status;
}
