/**
 * @file exchange.h
 * @brief Networks in the formats of other tools: NumPy, ONNX, NIR.
 *
 * docs/exchange.md says what stands in each file. Files are written all or nothing.
 */
#ifndef LOCI_EXCHANGE_H
#define LOCI_EXCHANGE_H

#include <loci/codegen.h>
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
LOCI_API int loci_exchange_npz(const loci_network *network, const char *path, loci_error *error);

/**
 * Writes a network as an ONNX graph (opset 13, IR version 7): `image` [N, height, width], or [N,
 * width] where height is 1, of temporal data `events` [N, time steps, height*width*channels], to
 * `logits` [N, classes], of a regressor `values` [N, outputs] in units of the data. A stored input
 * scaling is part of the graph; a spiking net is unrolled over its time steps and has one more
 * output for each layer that fires.
 * @param network the network.
 * @param path the file; replaced if it is there.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_UNSUPPORTED (Poisson coding, too many delays for its steps, or larger
 * than the 2 GiB that such a file can have), LOCI_E_DIVERGED, LOCI_E_MISMATCH, LOCI_E_IO or
 * LOCI_E_MEMORY.
 */
LOCI_API int loci_exchange_onnx(const loci_network *network, const char *path, loci_error *error);

/**
 * Writes the same graph in 8 bits, with QuantizeLinear and DequantizeLinear (QDQ): weights are int8
 * with a scale for each output, biases int32, what enters a layer uint8. Sums, logits and values
 * are floats. loci_export_run() runs it, loci_export_report_of() tells how well it does.
 * @param exported made with options.linear.
 * @param path the file; replaced if it is there.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_ARGUMENT (made without options.linear), LOCI_E_UNSUPPORTED (larger than
 * the 2 GiB that such a file can have), LOCI_E_IO or LOCI_E_MEMORY.
 */
LOCI_API int loci_exchange_onnx_quantised(const loci_export *exported, const char *path,
                                          loci_error *error);

/** What a time step of 0.1 ms lasts, in seconds: what tools around NIR take where nothing is said.
 */
#define LOCI_NIR_DT 1e-4

/**
 * Writes a spiking network as a NIR graph (HDF5). Not at the same time as another thread uses HDF5,
 * unless HDF5 was built for that.
 * @param network the network.
 * @param dt what a time step lasts, in seconds, > 0; time constants are multiples of it.
 * @param path the file; replaced if it is there.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_UNSUPPORTED (not a spiking net; adaptive neurons; neurons that leak
 * beside neurons that do not in one layer; a library built without HDF5), LOCI_E_ARGUMENT (dt),
 * LOCI_E_DIVERGED, LOCI_E_MISMATCH, LOCI_E_IO or LOCI_E_MEMORY.
 */
LOCI_API int loci_exchange_nir(const loci_network *network, double dt, const char *path,
                               loci_error *error);

/** What an import found. */
typedef struct loci_import_report {
    /** Non-zero: the weights in the file do not follow from its positions, which were changed
     * too; the weights were left out of account. */
    int stale_weights;
    /** Non-zero: the kept connections in the file are not those that its cut leaves: the network
     * now keeps this fixed set. */
    int fixed_set;
    /** Non-zero: positions were changed, and the cut now leaves another number of connections. */
    int new_count;
} loci_import_report;

/**
 * Reads a network from what loci_exchange_npz() wrote, edited or not. Arrays may be float32 or
 * float64. Weights that follow from positions, and what is kept where a cut says it, may be
 * missing.
 * @param[out] out receives the network; the caller frees it with loci_network_free(). Untouched on
 * failure.
 * @param path the file.
 * @param[out] report what was found; may be NULL.
 * @param error filled on failure, may be NULL; it names the array.
 * @return LOCI_OK, LOCI_E_NOT_FOUND, LOCI_E_IO, LOCI_E_FORMAT (an array is missing, unknown, of
 * another shape or type, or holds a number that is not finite; weights were changed, but follow
 * from positions that were not), LOCI_E_UNSUPPORTED (a newer format) or LOCI_E_MEMORY.
 */
LOCI_API int loci_import_npz(loci_network **out, const char *path, loci_import_report *report,
                             loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
