/**
 * @file catalogue.h
 * @brief The data sets that Loci knows by name, and fetching them.
 */
#ifndef LOCI_CATALOGUE_H
#define LOCI_CATALOGUE_H

#include <stddef.h>
#include <stdint.h>

#include <loci/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One data set that Loci knows by name. */
typedef struct loci_catalogue_entry {
    const char *name;        /**< e.g. "mnist" */
    const char *description; /**< one line */
    const char *licence;     /**< one line */
    const char *source;      /**< where it comes from, for people */
    int built_in;            /**< non-zero: needs no file */
} loci_catalogue_entry;

/** Entry i of the catalogue, in a fixed order; NULL past the end. Static storage. */
LOCI_API const loci_catalogue_entry *loci_catalogue(size_t i);

/**
 * Looks for a catalogue entry's files.
 * @param name an entry's name.
 * @param directory as in loci_data_options; may be NULL: then also datasets/NAME in the folders of
 * $XDG_DATA_DIRS and /usr/share, where packages put data.
 * @param[out] path receives where it was found ("built in" for generated data); untouched on
 * failure.
 * @param size bytes at path.
 * @return LOCI_OK, LOCI_E_NOT_FOUND (no files, or an unknown name), LOCI_E_ARGUMENT when path is
 * too small.
 */
LOCI_API int loci_catalogue_locate(const char *name, const char *directory, char *path,
                                   size_t size);

/** Tells how far a download is; see loci_fetch(). total is 0 while unknown. Return non-zero to
 * stop. */
typedef int loci_fetch_progress(void *user, const char *file, uint64_t done, uint64_t total);

/** How to download. Fill with loci_fetch_options_defaults() first. */
typedef struct loci_fetch_options {
    const char *directory; /**< where to: DIR/NAME. NULL = the cache. Default NULL */
    const char *base_url;  /**< a mirror to use instead of the catalogue's own. Default NULL */
    loci_fetch_progress *progress; /**< called now and then. Default NULL */
    void *user;                    /**< passed to progress. Default NULL */
} loci_fetch_options;

/** Sets every field to its default. */
LOCI_API void loci_fetch_options_defaults(loci_fetch_options *options);

/**
 * Downloads a data set (HTTPS; resumes a part file; verifies the SHA-256 of the decompressed
 * content). A file that is there and whole is not fetched again. Nothing unverified gets its final
 * name.
 * @return LOCI_OK, LOCI_E_NOT_FOUND (no such entry), LOCI_E_NETWORK, LOCI_E_FORMAT (wrong content),
 *         LOCI_E_IO, LOCI_E_INTERRUPTED, LOCI_E_MEMORY, LOCI_E_UNSUPPORTED (nothing to fetch: built
 * in).
 */
LOCI_API int loci_fetch(const char *name, const loci_fetch_options *options, loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
