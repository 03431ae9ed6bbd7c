/* What files say of rounding: the note "rounding", JSON as text. */
#ifndef LOCI_NETWORK_ROUNDING_NOTE_H
#define LOCI_NETWORK_ROUNDING_NOTE_H

#include "network/contents.h"

/* Readers of version 1 know nothing of it. */
enum { LOCI_ROUNDING_VERSION = 2 };

/* Of a network that rounds. NULL when memory is short; free with free(). */
char *loci_rounding_note(const loci_network *network);

/* Has the network round as the note says, all of whose parameters may still change. LOCI_E_FORMAT
 * or LOCI_E_MEMORY; the network is unchanged then. */
int loci_rounding_read(loci_network *network, const char *text, const char *path,
                       loci_error *error);

#endif
