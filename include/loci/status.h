/**
 * @file status.h
 * @brief Status codes, the error object, and library version.
 *
 * Every function that can fail returns an `int`: LOCI_OK (0) or one of the codes below. The numbers
 * are pinned: they do not change between releases. A function that takes a `loci_error *` fills it
 * on failure; pass NULL where the details do not matter.
 */
#ifndef LOCI_STATUS_H
#define LOCI_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__) && !defined(LOCI_STATIC)
/** Marks a symbol as part of the public API. */
#define LOCI_API __attribute__((visibility("default")))
#else
/** Marks a symbol as part of the public API. */
#define LOCI_API
#endif

/** Status codes. Pinned. */
enum loci_status {
    LOCI_OK = 0,             /**< done */
    LOCI_E_ARGUMENT = 1,     /**< a value outside its documented range, or an unknown name */
    LOCI_E_MEMORY = 2,       /**< out of memory */
    LOCI_E_IO = 3,           /**< a file could not be read or written */
    LOCI_E_FORMAT = 4,       /**< a file's content is not what it should be */
    LOCI_E_MISMATCH = 5,     /**< model and data, or two parts of a model, do not fit each other */
    LOCI_E_DIVERGED = 6,     /**< a loss or parameter is no longer finite */
    LOCI_E_INTERRUPTED = 7,  /**< the caller asked to stop; state was kept */
    LOCI_E_NOT_FOUND = 8,    /**< no such file, data set or entry */
    LOCI_E_EXISTS = 9,       /**< would overwrite something that is already there */
    LOCI_E_UNSUPPORTED = 10, /**< a combination this build or version cannot do */
    LOCI_E_NETWORK = 11,     /**< a download failed */
    LOCI_E_BUSY = 12         /**< another process is at work there */
};

/** What went wrong, owned by the caller; nothing in it needs to be freed. */
typedef struct loci_error {
    int code;          /**< the status code that was returned */
    char where[256];   /**< the file, option or part at fault; may be empty */
    char message[512]; /**< one line: what happened; then, after "; ", a hint where there is one */
} loci_error;

/** The name of a status code, e.g. "LOCI_E_FORMAT"; "unknown" for a number that is none. Static
 * storage. */
LOCI_API const char *loci_status_name(int status);

/** The library version, e.g. "0.1.0". Static storage. */
LOCI_API const char *loci_version(void);

#ifdef __cplusplus
}
#endif
#endif
