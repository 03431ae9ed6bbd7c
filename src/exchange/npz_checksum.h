/* What writing and reading a network as .npz share; docs/exchange.md describes the file. */
#ifndef LOCI_EXCHANGE_NPZ_CHECKSUM_H
#define LOCI_EXCHANGE_NPZ_CHECKSUM_H

#include "network/contents.h"

/* A checksum of all that an export writes for an import to read, without what follows from that: as
 * long as it is the same, nothing of it was edited. LOCI_E_MEMORY. */
int loci_npz_checksum(const loci_network *network, uint32_t *sum, loci_error *error);

#define LOCI_NPZ_CHECKSUM "checksum"

#endif
