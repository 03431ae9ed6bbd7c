/* The parts of `loci info`. */
#ifndef LOCI_CLI_INFO_H
#define LOCI_CLI_INFO_H

#include "common/cli.h"

/* Connections of a layer pair that are looked at one by one: their weights are a quarter of a
 * gigabyte. */
enum { INFO_MOST_CONNECTIONS = 1 << 26 };

/* What training made of one layer pair. What does not apply, or would take too long, is NaN. */
typedef struct pair_statistics {
    double gap;                    /* |g| */
    double scale;                  /* s */
    double excitatory, inhibitory; /* shares of weights above and below 0 */
    double mean_weight;            /* mean of |w| */
    double shortest, longest;      /* distances between sites, gap and softening included */
    double range;                  /* R; infinite where there is none */
    double law_length;             /* L of the law */
    double kept;                   /* connections that are not cut */
    double wiring;    /* sum of their lengths, each that of its nearest pair of sites */
    double length[5]; /* of them: least, 10%, median, 90%, largest */
} pair_statistics;

/* The neuron constants of a spiking layer, as they act. */
typedef struct neuron_statistics {
    double beta[2];      /* smallest, largest */
    double threshold[2]; /* NaN where a layer does not fire */
    bool trains_beta, trains_threshold;
} neuron_statistics;

/* The delays of a bundle of connections, over their pairs of sites: steps. */
typedef struct delay_statistics {
    size_t ways; /* pairs of sites that act on each other */
    double speed;
    double shortest, mean, longest; /* NaN where there are none */
    double clamped;                 /* share of those as late as can be */
} delay_statistics;

/* All that is shown: of a preset the network is NULL. */
typedef struct info_subject {
    const char *name;
    loci_spec spec; /* resolved */
    loci_train_options train;
    loci_network *network;
    double bytes; /* of the model file */
    loci_parameter_counts counts;
    size_t connections, conventional;
    pair_statistics statistics[LOCI_MAX_PAIRS];
    neuron_statistics neurons[LOCI_MAX_PAIRS]; /* of a spiking net */
    /* of a network with delays: of each layer pair, then of hidden layers to themselves */
    delay_statistics delays[2 * LOCI_MAX_PAIRS];
} info_subject;

/* neurons.c: fills out[hidden_count + 1], layer l + 1 at l, of a spiking net; without a network, of
 * one that is still to be trained. */
void info_neurons(const loci_spec *spec, const loci_network *network, neuron_statistics *out);

/* Smallest and largest constants of each layer that is no input. */
json_t *info_neurons_json(const loci_spec *spec, const neuron_statistics *neurons);
/* The options of a spiking net in words, and the constants of each layer. */
void info_neurons_print(const loci_spec *spec, const neuron_statistics *neurons);

/* statistics.c: fills statistics[hidden_count + 1]. Returns CLI_GO_ON, or an exit code after an
 * error line. */
int info_measure(const loci_network *network, pair_statistics *statistics);

/* delays.c: fills delays of a network that has any. Returns CLI_GO_ON, or an exit code after an
 * error line. */
int info_measure_delays(const loci_network *network, delay_statistics *delays);
/* Bundles of connections that have delays: layer pairs and loops; 0 of a network without. */
uint32_t info_delay_count(const loci_spec *spec);
json_t *info_delay_json(const delay_statistics *delays);
/* Those of hidden layers to themselves, an array. */
json_t *info_loops_json(const info_subject *it);
void info_delays_print(const info_subject *it);

/* maps.c: layers of maps; nothing of a network without. */
void info_maps_print(const loci_spec *spec);
/* Each, the image first, an array. */
json_t *info_maps_json(const loci_spec *spec);
/* "784 -> 128"; of maps "8 -> 12 maps". Returns text. */
const char *info_pair_name(char text[2 * CLI_WORD], const loci_spec *spec, uint32_t pair);

/* names.c: what the outputs are called, which ends a line, and the columns of a table. */
void info_print_names(const info_subject *it);
/* The columns as the model's note has them, an array; NULL: it is of no table. */
json_t *info_columns(const loci_network *network);

/* Whether the law of distance has a length. */
bool info_has_length(const loci_spec *spec);

/* Connections that are kept; NaN for a net too large to look at. */
double info_kept(const info_subject *it);
/* What they were chosen by; "": it is not pruned. */
const char *info_pruned_by(const info_subject *it);

/* json_report.c, text_report.c: all of it on stdout. The first returns an exit code. */
int info_report_json(const info_subject *it);
void info_report_text(const info_subject *it);

#endif
