/* What a model file says of pruning: the note "pruning", JSON as text. */
#ifndef LOCI_NETWORK_PRUNING_NOTE_H
#define LOCI_NETWORK_PRUNING_NOTE_H

#include "network/contents.h"

typedef struct loci_pruning_note {
    int by; /* enum loci_prune_by, or LOCI_UNPRUNED: shrunk, but not cut */
    size_t connections;
    float cut[LOCI_MAX_PAIRS];   /* not of sets */
    size_t kept[LOCI_MAX_PAIRS]; /* likewise */
} loci_pruning_note;

/* "distance", "weight", "range", "set"; NULL for LOCI_UNPRUNED. */
const char *loci_pruning_by_name(int by);

/* Fills the note from a network; a conventional one is stored as a set. */
void loci_pruning_note_of(loci_pruning_note *note, const loci_network *network);

/* Whether there is anything to say. */
bool loci_pruning_note_needed(const loci_network *network);

/* NULL when memory is short; free with free(). */
char *loci_pruning_note_to_text(const loci_pruning_note *note, const loci_spec *spec);

/* Checked against the specification, which is resolved. LOCI_E_FORMAT or LOCI_E_MEMORY. */
int loci_pruning_note_from_text(loci_pruning_note *note, const char *text, const loci_spec *spec,
                                const char *path, loci_error *error);

#endif
