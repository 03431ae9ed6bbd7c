/* From a configuration and data to a network that is ready to be trained. */
#ifndef LOCI_TRAIN_RUN_PREPARE_H
#define LOCI_TRAIN_RUN_PREPARE_H

#include <loci/run.h>

#include "train/trainer.h"

enum { LOCI_RUN_NOTE = 512 };

/* Checks a configuration, takes image size and classes from the data and resolves the network's
 * specification. LOCI_E_ARGUMENT. */
int loci_run_configure(loci_config *out, const loci_config *given, const loci_dataset *data,
                       loci_error *error);

/* The network a run starts with, with the notes its model file will carry and the data's input
 * scaling. `config` comes from loci_run_configure(); config->init is not looked at. */
int loci_run_network(loci_network **out, const loci_config *config, const loci_dataset *data,
                     loci_error *error);

/* Parameters mean something for inputs scaled as they were when these were learnt: gives the
 * network the input scaling of the model at path, or takes its own away where that one has none. To
 * be called before the trainer is made. As loci_network_load(); a model for inputs of another size
 * changes nothing, since it will not do as a start either. */
int loci_run_scale(loci_network *network, const char *path, loci_error *error);

/* What trains that network; it learns from the models of config->teacher, too. Errors as
 * loci_trainer_create() and loci_trainer_teach(). */
int loci_run_trainer(loci_trainer **out, const loci_config *config, loci_network *network,
                     const loci_dataset *data, loci_pool *pool, loci_error *error);

/* Replaces a network's parameters by those of config->init, a model file with the same tensors;
 * with --freeze-mask alone, its kept connections come along. What makes them do something else
 * here goes into note, a line, "" for nothing. LOCI_E_MISMATCH, LOCI_E_ARGUMENT, or as
 * loci_network_load(). */
int loci_run_init(loci_network *network, const loci_config *config, char note[LOCI_RUN_NOTE],
                  loci_error *error);

#endif
