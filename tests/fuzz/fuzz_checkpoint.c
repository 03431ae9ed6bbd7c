/* Checkpoints: whatever the bytes are, they are refused and nothing has changed, or training goes
 * on from there. The first byte says which training it is that reads them. */
#include "memory_file.h"

#include "../no_sync.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../small_run.h"
#include "accepted_network.h"
#include "mutate_safetensors.h"
#include "target_folder.h"
#include "train/checkpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The sets of it do not end with a byte. */
static loci_config pruned_config(uint32_t epochs) {
    loci_config config = small_pruned_config(epochs);
    config.spec.hidden[0] = 13;
    return config;
}

static loci_config averaged_config(uint32_t epochs) {
    loci_config config = small_config(epochs);
    config.spec.wiring = LOCI_WIRING_DENSE;
    config.train.average = 2;
    config.train.patience = 0;
    return config;
}

static loci_config (*const kinds[])(uint32_t epochs) = {small_config, pruned_config,
                                                        averaged_config, small_spiking_config};
enum { KINDS = sizeof kinds / sizeof *kinds, EPOCHS = 4, SAMPLES = 44 };

static loci_dataset *samples;
static struct {
    loci_network *network;
    loci_trainer *trainer;
} trainings[KINDS];

static void begin(size_t kind) {
    const loci_config config = kinds[kind](EPOCHS);
    loci_network *network = NULL;
    if (samples == NULL)
        samples = small_data(SAMPLES);
    loci_trainer_free(trainings[kind].trainer);
    loci_network_free(trainings[kind].network);
    if (loci_network_create_for(&network, &config.spec, samples, 5, NULL) != LOCI_OK ||
        loci_trainer_create(&trainings[kind].trainer, network, samples, &config.train, 5, NULL,
                            NULL) != LOCI_OK)
        abort();
    trainings[kind].network = network;
    trainings[kind].trainer->fingerprints = "0123456789abcdef  fedcba9876543210";
}

/* What must stay as it is where a checkpoint is refused. */
static double sum_of(const loci_trainer *t) {
    double sum = t->state.epoch + t->state.batch + (double)t->state.step;
    for (size_t i = 0; i < t->count; i++)
        sum += (double)i * ((double)t->network->parameters[i] + (double)t->moment1[i]);
    return sum;
}

/* What a set is said to keep is what it keeps: the model that is written at the end says it, too.
 */
static void check_sets(const loci_network *network) {
    size_t kept, said = 0;
    if (network->pruned_by != LOCI_PRUNE_BY_SET)
        return;
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(&network->spec); l++)
        said += network->cut[l].kept;
    if (loci_network_count_kept(network, &kept, NULL) != LOCI_OK || kept != said)
        abort();
}

/* Written and read again, a checkpoint that was accepted is the same. */
static void save_and_load(loci_trainer *trainer) {
    static const char *const names[] = {"checkpoint.safetensors"};
    double before = sum_of(trainer);
    target_folder_make(names, 1);
    if (loci_trainer_save(trainer, target_paths[0], NULL) != LOCI_OK ||
        loci_trainer_load(trainer, target_paths[0], NULL) != LOCI_OK ||
        (sum_of(trainer) != before && !isnan(before)))
        abort();
}

/* A step may diverge, or cut off what leaves no way through the network, and does nothing where
 * training is over. */
static void go_on(loci_trainer *trainer) {
    loci_error error = {0};
    int status = loci_trainer_finished(trainer) || loci_trainer_epoch_done(trainer)
                     ? LOCI_OK
                     : loci_trainer_step(trainer, &error);
    bool no_way = status == LOCI_E_ARGUMENT && strcmp(error.where, "prune") == 0;
    if (no_way)
        return; /* in the middle of a cut, which ends the training */
    if (status != LOCI_OK && status != LOCI_E_DIVERGED)
        abort();
    size_t kept, all = loci_network_connections(trainer->network);
    if (loci_network_count_kept(trainer->network, &kept, NULL) != LOCI_OK || kept > all)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[32];
    loci_error error = {0};
    if (size == 0)
        return 0;
    size_t kind = data[0] % KINDS;
    int fd = memory_file(data + 1, size - 1, path);
    if (fd < 0)
        return 0;
    if (trainings[kind].trainer == NULL)
        begin(kind);
    loci_trainer *trainer = trainings[kind].trainer;
    double before = sum_of(trainer);
    int status = loci_trainer_load(trainer, path, &error);
    close(fd);
    bool no_way = status == LOCI_E_ARGUMENT && strcmp(error.where, "prune") == 0;
    if (status != LOCI_OK && ((!no_way && sum_of(trainer) != before) || error.message[0] == '\0'))
        abort();
    if (no_way)
        begin(kind); /* it was read, and what it says leaves nothing */
    if (status == LOCI_OK) {
        check_sets(trainer->network);
        save_and_load(trainer);
        go_on(trainer);
        begin(kind);
    }
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed) {
    return mutate_safetensors(data, size, max_size, 1, seed);
}
