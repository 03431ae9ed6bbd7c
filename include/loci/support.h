/**
 * @file support.h
 * @brief Small services for programs around the library: suggestions for misspelt names, safe
 * writing.
 */
#ifndef LOCI_SUPPORT_H
#define LOCI_SUPPORT_H

#include <stddef.h>

#include <loci/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The nearest of some names to one that was perhaps misspelt, for "did you mean".
 * @param wanted the name as it was written.
 * @param names [count] names that exist; NULL entries are skipped.
 * @param count how many.
 * @return one of names, borrowed; NULL when none is near.
 */
LOCI_API const char *loci_suggest(const char *wanted, const char *const *names, size_t count);

/**
 * Writes a file all or nothing: temporary name beside it, fsync, rename. Where path is a device or
 * a pipe
 * (/dev/stdout), the bytes are written to it as they are.
 * @param path the file; replaced if it is there.
 * @param bytes what to write.
 * @param size how many bytes.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_IO, LOCI_E_ARGUMENT (a path too long) or LOCI_E_MEMORY.
 */
LOCI_API int loci_write_file(const char *path, const void *bytes, size_t size, loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
