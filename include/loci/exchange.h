/**
 * @file exchange.h
 * @brief Networks in the formats of other tools: NumPy, ONNX, NIR.
 *
 * docs/exchange.md says what stands in each file. Files are written all or nothing.
 */
#ifndef LOCI_EXCHANGE_H
#define LOCI_EXCHANGE_H

#include <loci/network.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Writes a network as arrays for NumPy (.npz): all that a model file holds under the names it has
 * there, what is kept of a pruned net as arrays of truth values, and the weights that follow from
 * positions. The same network gives the same bytes.
 * @param network the network.
 * @param path the file; replaced if it is there.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_DIVERGED (a parameter is not finite), LOCI_E_MISMATCH (as
 * loci_network_kept()), LOCI_E_IO or LOCI_E_MEMORY.
 */
LOCI_API int loci_export_npz(const loci_network *network, const char *path, loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
