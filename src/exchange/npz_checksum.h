/* What writing and reading a network as .npz share; docs/exchange.md describes the file. */
#ifndef LOCI_EXCHANGE_NPZ_CHECKSUM_H
#define LOCI_EXCHANGE_NPZ_CHECKSUM_H

#include "network/contents.h"

/* A number over all that an export writes down for an import to read, of what follows from it left
 * out: as long as it is the same, nothing of that was edited. LOCI_E_MEMORY. */
int loci_npz_checksum(const loci_network *network, uint32_t *sum, loci_error *error);

#define LOCI_NPZ_CHECKSUM "checksum"

#endif
