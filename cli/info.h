/* The parts of `loci info`. */
#ifndef LOCI_CLI_INFO_H
#define LOCI_CLI_INFO_H

#include "cli.h"

/* What training made of one layer pair. What does not apply, or would take too long, is NaN. */
typedef struct pair_statistics {
    double gap;                    /* |g| */
    double scale;                  /* s */
    double excitatory, inhibitory; /* shares of weights above and below 0 */
    double mean_weight;            /* mean of |w| */
    double shortest, longest;      /* distances between sites, gap and softening included */
} pair_statistics;

/* Fills statistics[hidden_count + 1]. Returns CLI_GO_ON, or an exit code after an error line. */
int info_measure(const loci_network *network, pair_statistics *statistics);

#endif
