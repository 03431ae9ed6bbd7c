/* The module that knows MPI: how processes that mpirun started do what a loci_team has to. Errors
 * of MPI end all of them, as is its custom. */
#include "common/mpi_module.h"

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST = 1024,     /* processes, as in loci_team; shards likewise */
    BLOCK = 1 << 20, /* parameters that are added up at a time: a shard of each fits an int */
    PIECE = 1 << 30  /* bytes that are sent at a time, for the same reason */
};

static struct {
    int processes, number;
    float *parts; /* [shards, own slice] of a block: what all shards have for one process to add */
    size_t room;  /* floats in it */
} own;

static int exchange(void *user, const void *mine, size_t size, void *all) {
    (void)user;
    MPI_Allgather(mine, (int)size, MPI_BYTE, all, (int)size, MPI_BYTE, MPI_COMM_WORLD);
    return LOCI_OK;
}

static int broadcast(void *user, void *bytes, size_t size) {
    (void)user;
    for (size_t at = 0; at < size; at += PIECE) {
        size_t left = size - at;
        MPI_Bcast((char *)bytes + at, (int)(left < PIECE ? left : PIECE), MPI_BYTE, 0,
                  MPI_COMM_WORLD);
    }
    return LOCI_OK;
}

/* ---- gradients: each process adds up a slice of the parameters, for all ---- */

/* Where the slices of a block begin: process p has from[p] .. from[p + 1] - 1. */
typedef struct slices {
    int from[MOST + 1], count[MOST];
} slices;

static void cut(slices *s, size_t length) {
    size_t processes = (size_t)own.processes;
    for (size_t p = 0; p <= processes; p++)
        s->from[p] = (int)(length * p / processes);
    for (size_t p = 0; p < processes; p++)
        s->count[p] = s->from[p + 1] - s->from[p];
}

/* The others wait and cannot be told: all end. */
static void make_room(size_t floats) {
    if (floats <= own.room)
        return;
    free(own.parts);
    own.parts = malloc(floats * sizeof *own.parts);
    own.room = floats;
    if (own.parts != NULL)
        return;
    fprintf(stderr, "loci: training: out of memory\n");
    MPI_Abort(MPI_COMM_WORLD, 1);
}

/* Sends each process its slice of a shard of this one. block: [length] of shard `row` of `held`. */
static void deal(const slices *s, const float *block, size_t row, size_t held) {
    int counts[MOST], places[MOST], mine = s->count[own.number];
    for (int p = 0; p < own.processes; p++) {
        counts[p] = mine;
        places[p] = (int)(((size_t)p * held + row) * (size_t)mine);
    }
    MPI_Alltoallv(block, s->count, s->from, MPI_FLOAT, own.parts, counts, places, MPI_FLOAT,
                  MPI_COMM_WORLD);
}

/* The sum in shard order, whichever process has which. */
static void add_up(float *sum, size_t length, size_t shards) {
    memcpy(sum, own.parts, length * sizeof *sum);
    for (size_t k = 1; k < shards; k++)
        for (size_t i = 0; i < length; i++)
            sum[i] += own.parts[k * length + i];
}

static void gather_block(const float *gradients, size_t held, size_t count, size_t length,
                         float *gradient) {
    slices s;
    size_t shards = held * (size_t)own.processes;
    cut(&s, length);
    size_t mine = (size_t)s.count[own.number];
    make_room(shards * mine);
    for (size_t row = 0; row < held; row++)
        deal(&s, gradients + row * count, row, held);
    add_up(gradient + s.from[own.number], mine, shards);
    MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, gradient, s.count, s.from, MPI_FLOAT,
                   MPI_COMM_WORLD);
}

static void gather_sums(const loci_batch_sums *sums, size_t held, loci_batch_sums *total) {
    loci_batch_sums all[MOST];
    exchange(NULL, sums, held * sizeof *sums, all);
    *total = all[0];
    for (size_t k = 1; k < held * (size_t)own.processes; k++) {
        total->loss += all[k].loss;
        total->correct += all[k].correct;
    }
}

static int gather(void *user, const float *gradients, const loci_batch_sums *sums, size_t held,
                  size_t count, float *gradient, loci_batch_sums *total) {
    (void)user;
    gather_sums(sums, held, total);
    for (size_t at = 0; at < count; at += BLOCK) {
        size_t left = count - at;
        gather_block(gradients + at, held, count, left < BLOCK ? left : BLOCK, gradient + at);
    }
    return LOCI_OK;
}

/* ---- beginning and end ---- */

static void finish(void) {
    free(own.parts);
    MPI_Finalize();
}

static size_t count_local(void) {
    MPI_Comm here;
    int count;
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &here);
    MPI_Comm_size(here, &count);
    MPI_Comm_free(&here);
    return (size_t)count;
}

__attribute__((visibility("default"))) cli_mpi_open loci_mpi_open;

/* A process that waits lets others have the core meanwhile, unless the user wants otherwise: shards
 * are not done at one moment, least of all on a machine that does something else, too. */
void loci_mpi_open(cli_mpi *out) {
    setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0);
    MPI_Init(NULL, NULL);
    MPI_Comm_size(MPI_COMM_WORLD, &own.processes);
    MPI_Comm_rank(MPI_COMM_WORLD, &own.number);
    *out = (cli_mpi){.team = {.processes = (size_t)own.processes,
                              .number = (size_t)own.number,
                              .exchange = exchange,
                              .broadcast = broadcast,
                              .gather = gather},
                     .local = count_local(),
                     .close = finish};
}
