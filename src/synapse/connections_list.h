/* For those who make lists of connections. */
#ifndef LOCI_SYNAPSE_CONNECTIONS_LIST_H
#define LOCI_SYNAPSE_CONNECTIONS_LIST_H

#include "synapse/connections.h"

/* A list without connections yet; free it whatever follows. LOCI_E_MEMORY. */
int loci_connections_open(loci_connections **out, size_t n, size_t m, loci_error *error);
/* With receiver_start[j + 1] the number of receiver j's connections: makes it the place where they
 * begin, and room for them. Then `sender` is to be filled: receiver_start[j + 1] moves on as
 * receiver j's are put down. LOCI_E_MEMORY. */
int loci_connections_begin(loci_connections *connections, loci_error *error);
/* With all senders there: lists them by sender, too. */
void loci_connections_end(loci_connections *connections);

#endif
