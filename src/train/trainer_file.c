/* A trainer's state as a checkpoint in a file, for those who keep no run folder. */
#include <loci/train.h>

#include "train/checkpoint.h"
#include "train/trainer.h"

int loci_trainer_save(const loci_trainer *trainer, const char *path, loci_error *error) {
    const loci_run_state state = {.last = {.epoch = trainer->state.epoch}};
    return loci_checkpoint_write(trainer, &state, path, error);
}

int loci_trainer_load(loci_trainer *trainer, const char *path, loci_error *error) {
    loci_run_state ignored;
    bool apart = loci_trainer_stands_apart(trainer); /* as the pass was made for */
    int status = loci_checkpoint_read(trainer, &ignored, path, error);
    if (status == LOCI_OK && (apart || loci_trainer_stands_apart(trainer)))
        status = loci_trainer_refresh(trainer, error);
    /* as a step leaves it: anybody may look at what the network keeps */
    return status == LOCI_OK ? loci_trainer_cut(trainer, error) : status;
}
