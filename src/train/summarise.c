#include "train/summarise.h"

#include <stdio.h>

#include "infer/regression.h"
#include "network/contents.h"

/* What a spiking net does, from the parameters that are kept. */
static int final_activity(const loci_trainer *trainer, loci_summary *out, loci_error *error) {
    const loci_spec *spec = &trainer->network->spec;
    loci_evaluation evaluation;
    if (!loci_spec_spikes(spec))
        return LOCI_OK;
    int status = loci_trainer_evaluate(trainer, &evaluation, error);
    if (status != LOCI_OK)
        return status;
    out->time_steps = spec->time_steps;
    out->activity = evaluation.activity;
    loci_activity_energy(spec, &out->activity, &out->energy);
    return LOCI_OK;
}

/* What the kept parameters reach: measured anew where the end of training changed them, or no epoch
 * measured anything. */
static int final_accuracy(const loci_trainer *trainer, const loci_metrics *last, loci_summary *out,
                          loci_error *error) {
    loci_metrics now = {.validation_accuracy = -1,
                        .test_accuracy = -1,
                        .validation = loci_regression_none(),
                        .test = loci_regression_none()};
    int status = LOCI_OK;
    if (trainer->changed || trainer->state.epoch == 0)
        status = loci_trainer_measure(trainer, true, &now, error);
    else
        now = *last;
    out->task = trainer->network->spec.task;
    out->validation_accuracy = now.validation_accuracy;
    out->test_accuracy = now.test_accuracy;
    out->validation = now.validation;
    out->test = now.test;
    return status;
}

int loci_run_summarise(const loci_config *config, const loci_trainer *trainer,
                       const loci_metrics *last, loci_summary *out, loci_error *error) {
    const loci_training_state *s = &trainer->state;
    const loci_network *network = trainer->network;
    size_t connections = loci_network_connections(network), kept;
    int status = loci_network_count_kept(network, &kept, error);
    if (status != LOCI_OK)
        return status;
    *out = (loci_summary){
        .seed = config->seed,
        .epochs = s->epoch,
        .threads = loci_pool_threads(trainer->pool),
        .train_loss = last->train_loss,
        .parameters = network->parameter_count,
        .connections = connections,
        .connections_kept = kept,
        .sparsity = 1 - (double)kept / (double)connections,
        .seconds_per_epoch = s->epoch > 0 ? s->total / s->epoch : 0,
    };
    snprintf(out->preset, sizeof out->preset, "%s", config->preset);
    snprintf(out->dataset, sizeof out->dataset, "%s", loci_dataset_name(trainer->data));
    status = final_accuracy(trainer, last, out, error);
    return status == LOCI_OK ? final_activity(trainer, out, error) : status;
}
