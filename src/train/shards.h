/* Parts that the batches of a training are cut into. */
#ifndef LOCI_TRAIN_SHARDS_H
#define LOCI_TRAIN_SHARDS_H

#include "base/meeting.h"
#include "train/trainer.h"

/* Of a batch. */
enum { LOCI_MOST_SHARDS = LOCI_MOST_PROCESSES };

/* The most samples that a shard of a batch of so many has. */
size_t loci_shard_most(size_t batch, size_t shards);

#endif
