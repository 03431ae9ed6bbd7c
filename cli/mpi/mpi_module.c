/* The module that knows MPI: how processes that mpirun started do what a loci_team has to. Errors
 * of MPI end all of them, as is its custom. */
#include "common/mpi_module.h"

#include <mpi.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST = 1024,     /* processes, as in loci_team; shards likewise */
    BLOCK = 1 << 20, /* parameters that are added up at a time: a shard of each fits an int */
    SMALL = 1 << 16, /* parameters times shards of a network that is small */
    PIECE = 1 << 30  /* bytes that are sent at a time, for the same reason */
};

static struct {
    int processes, number;
    float *parts; /* what comes in: [shards, own slice] of a block, or all that all have */
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

/* The others wait and cannot be told: all end. */
static float *make_room(size_t floats) {
    if (floats <= own.room)
        return own.parts;
    free(own.parts);
    own.parts = malloc(floats * sizeof *own.parts);
    own.room = floats;
    if (own.parts == NULL) {
        fprintf(stderr, "loci: training: out of memory\n");
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    return own.parts;
}

/* Adds rows [count, length] one after the other; fresh: the first one begins the sum. */
static void add_rows(float *sum, const float *rows, size_t count, size_t length, bool fresh) {
    if (fresh)
        memcpy(sum, rows, length * sizeof *sum);
    for (size_t k = fresh; k < count; k++)
        for (size_t i = 0; i < length; i++)
            sum[i] += rows[k * length + i];
}

static void add_sums(loci_batch_sums *total, const loci_batch_sums *sums, size_t count,
                     bool fresh) {
    if (fresh)
        *total = sums[0];
    for (size_t k = fresh; k < count; k++) {
        total->loss += sums[k].loss;
        total->correct += sums[k].correct;
    }
}

/* ---- of a small network: every process gets all shards, at once ---- */

/* Each sends its sums and then its gradients, and adds up those of all. */
static void gather_whole(const float *gradients, const loci_batch_sums *sums, size_t held,
                         size_t count, float *gradient, loci_batch_sums *total) {
    size_t processes = (size_t)own.processes, head = held * sizeof *sums / sizeof *gradients;
    size_t each = head + held * count;
    float *mine = make_room((processes + 1) * each), *all = mine + each;
    memcpy(mine, sums, held * sizeof *sums);
    memcpy(mine + head, gradients, held * count * sizeof *gradients);
    MPI_Allgather(mine, (int)each, MPI_FLOAT, all, (int)each, MPI_FLOAT, MPI_COMM_WORLD);
    for (size_t p = 0; p < processes; p++) {
        const float *its = all + p * each;
        loci_batch_sums of[MOST];
        memcpy(of, its, held * sizeof *of);
        add_sums(total, of, held, p == 0);
        add_rows(gradient, its + head, held, count, p == 0);
    }
}

/* ---- of a large one: each process adds up a slice of the parameters, for all ---- */

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

static void gather_block(const float *gradients, size_t held, size_t count, size_t length,
                         float *gradient) {
    slices s;
    size_t shards = held * (size_t)own.processes;
    cut(&s, length);
    size_t mine = (size_t)s.count[own.number];
    float *parts = make_room(shards * mine);
    for (size_t row = 0; row < held; row++)
        deal(&s, gradients + row * count, row, held);
    add_rows(gradient + s.from[own.number], parts, shards, mine, true);
    MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, gradient, s.count, s.from, MPI_FLOAT,
                   MPI_COMM_WORLD);
}

static void gather_slices(const float *gradients, const loci_batch_sums *sums, size_t held,
                          size_t count, float *gradient, loci_batch_sums *total) {
    loci_batch_sums all[MOST];
    exchange(NULL, sums, held * sizeof *sums, all);
    add_sums(total, all, held * (size_t)own.processes, true);
    for (size_t at = 0; at < count; at += BLOCK) {
        size_t left = count - at;
        gather_block(gradients + at, held, count, left < BLOCK ? left : BLOCK, gradient + at);
    }
}

/* Few bytes are sent as soon as one: then it is how often all wait for each other that counts. */
static int gather(void *user, const float *gradients, const loci_batch_sums *sums, size_t held,
                  size_t count, float *gradient, loci_batch_sums *total) {
    (void)user;
    if (held * (size_t)own.processes * count <= SMALL)
        gather_whole(gradients, sums, held, count, gradient, total);
    else
        gather_slices(gradients, sums, held, count, gradient, total);
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
