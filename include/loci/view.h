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

#ifdef __cplusplus
}
#endif
#endif
