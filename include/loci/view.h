/**
 * @file view.h
 * @brief A network as a web page: one HTML file that shows it and runs it.
 *
 * The page's own code comes from a template that is built apart (viewer/); it holds, once, the
 * element
 *
 *     <script type="application/json" id="loci-data">__LOCI_DATA__</script>
 *
 * whose text is replaced by the payload: everything the page knows about the network, its run and
 * some test images, as JSON. docs/format.md describes it.
 */
#ifndef LOCI_VIEW_H
#define LOCI_VIEW_H

#include <loci/record.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What goes into the page beside the network. Fill with loci_view_options_defaults() first. */
typedef struct loci_view_options {
    /** Run folder: metrics, summary, frames, the curve of a pruning. NULL = none. Default NULL. */
    const char *run;
    /** Its test part gives images and confusions. NULL = none. Default NULL. */
    const loci_dataset *data;
    loci_pool *pool; /**< worker threads, or NULL. Default NULL */
    /** Test images, from the first on; fewer where they are large. Default 100. */
    uint32_t samples;
    /** Most moments of the run, the last included; fewer where positions are many. Default 40. */
    uint32_t frames;
    /** 0 or 1: the test part is not run as a whole, so there are no confusions and no test
     * accuracy; samples are there all the same. Default 0. */
    int unmeasured;
} loci_view_options;

/** Sets every field to its default. */
LOCI_API void loci_view_options_defaults(loci_view_options *options);

/**
 * Writes a page, all or nothing.
 * @param path the file; replaced if it is there.
 * @param network the network.
 * @param page the template's file.
 * @param options NULL = all defaults.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_NOT_FOUND (the template), LOCI_E_FORMAT (it is none, or a file of the run
 * is not what it should be), LOCI_E_MISMATCH (network and data do not fit), LOCI_E_UNSUPPORTED (too
 * many parameters for a page), LOCI_E_IO, LOCI_E_ARGUMENT (a path too long, or the template or a
 * file of the run) or LOCI_E_MEMORY.
 */
LOCI_API int loci_view_write(const char *path, const loci_network *network, const char *page,
                             const loci_view_options *options, loci_error *error);

/** One of two networks on a page. */
typedef struct loci_view_entry {
    /** What it is called beside the other, UTF-8; what is none of it becomes '?'. */
    const char *name;
    const loci_network *network;      /**< the network */
    const loci_view_options *options; /**< NULL = all defaults */
} loci_view_entry;

/**
 * Writes a page that compares two networks: it shows one at a time, from the same side, and says
 * how they differ. All or nothing.
 * @param path the file; replaced if it is there.
 * @param entries [2], the first of which is shown at first.
 * @param page the template's file.
 * @param error filled on failure, may be NULL.
 * @return as loci_view_write().
 */
LOCI_API int loci_view_compare(const char *path, const loci_view_entry *entries, const char *page,
                               loci_error *error);

/**
 * The payload alone, for another page than ours: ASCII, and free of <, > and &, so that it can
 * stand in HTML as it is.
 * @param[out] out receives the text; the caller frees it with free(). Untouched on failure.
 * @param network the network.
 * @param options NULL = all defaults.
 * @param error filled on failure, may be NULL.
 * @return as loci_view_write().
 */
LOCI_API int loci_view_payload(char **out, const loci_network *network,
                               const loci_view_options *options, loci_error *error);

/** What a network follows from at a moment of its training, for a page that shows it while it
 * learns. Serves one call at a time. */
typedef struct loci_moment loci_moment;

/**
 * Prepares moments of a network.
 * @param[out] out receives them; the caller frees them with loci_moment_free(). Untouched on
 * failure.
 * @param network whose wiring, pruning and fixed numbers they have; borrowed, must live as long.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK or LOCI_E_MEMORY.
 */
LOCI_API int loci_moment_create(loci_moment **out, const loci_network *network, loci_error *error);

/** Frees moments. NULL is allowed. */
LOCI_API void loci_moment_free(loci_moment *moment);

/** Numbers of a moment, all parts together. */
LOCI_API size_t loci_moment_count(const loci_moment *moment);

/**
 * Part i of a moment. Parts stand one behind the other: position tensors and the weights of a
 * conventional net, under the names of loci_network_tensor(), then what else is trained, as the
 * payload's frames name it.
 * @param moment the moments.
 * @param i 0, 1, ...
 * @param[out] count receives how many numbers the part has; may be NULL.
 * @return its name, borrowed; NULL past the end.
 */
LOCI_API const char *loci_moment_part(const loci_moment *moment, size_t i, size_t *count);

/**
 * The moment that parameters make.
 * @param moment the moments.
 * @param parameters [loci_network_parameter_count()] of a network of the same specification.
 * @param[out] values [loci_moment_count()] the parts: positions as they are, the rest as it acts.
 */
LOCI_API void loci_moment_take(loci_moment *moment, const float *parameters, float *values);

#ifdef __cplusplus
}
#endif
#endif
