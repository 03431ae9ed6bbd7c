/* The mean of the parameters over the last epochs, which is kept in place of the last step's. */
#ifndef LOCI_TRAIN_AVERAGE_H
#define LOCI_TRAIN_AVERAGE_H

#include "train/trainer.h"

/* LOCI_E_ARGUMENT where the options leave no last epochs to average over. */
int loci_average_check(const loci_train_options *options, loci_error *error);

/* How many steps are in the mean so far; 0 = it has not begun, or none is asked for. */
uint64_t loci_average_count(const loci_trainer *trainer);

/* To be called after each step. */
void loci_average_step(loci_trainer *trainer);

/* Gives the network the mean so far, of one step at least. What else follows from its parameters is
 * the caller's to renew. */
void loci_average_take(const loci_trainer *trainer);

#endif
