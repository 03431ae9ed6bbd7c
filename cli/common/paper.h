/* What the paper (Erb et al. 2025, arXiv 2506.13410) reports for MNIST, and what others do for
 * MNIST and Fashion-MNIST. */
#ifndef LOCI_CLI_PAPER_H
#define LOCI_CLI_PAPER_H

#include <stdbool.h>
#include <stddef.h>

typedef struct paper_value {
    double accuracy;   /* 0..1; 0: nothing */
    double deviation;  /* 0: not given */
    size_t parameters; /* 0: not given */
    bool digitised;    /* read off a figure */
} paper_value;

/* A network of the paper, and the preset that repeats it. */
typedef struct paper_network {
    const char *label, *preset;
    paper_value value;
} paper_network;

/* NULL: the paper has no such network. */
const paper_network *paper_find(const char *preset);

/* The presets of Fig. 5, up to a NULL. */
extern const char *const paper_fig5[];

/* Fig. 3: accuracies of a network after these shares of its connections were cut; 0 is the network
 * as it is. */
enum { PAPER_CUTS = 7 };
extern const double paper_cuts[PAPER_CUTS];

typedef struct paper_pruned {
    const char *preset;
    double during[PAPER_CUTS], after[PAPER_CUTS]; /* [.][0] stands in the tables */
} paper_pruned;

/* NULL past the end. */
const paper_pruned *paper_pruned_at(size_t i);

/* A network that others report. Of those with one name, which follow each other, the smallest comes
 * first. */
typedef enum paper_form { PAPER_FULLY, PAPER_CONVOLUTIONAL, PAPER_SPIKING } paper_form;

typedef struct paper_elsewhere {
    const char *data, *network, *name; /* name: a short one, for the figure */
    paper_form form;
    size_t parameters;
    double accuracy; /* 0..1; of several the best */
    const char *accuracy_text, *source;
} paper_elsewhere;

const char *paper_form_name(paper_form form);
/* NULL past the end. */
const paper_elsewhere *paper_elsewhere_at(size_t i);

#endif
