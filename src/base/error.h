/* Filling in a loci_error. */
#ifndef LOCI_BASE_ERROR_H
#define LOCI_BASE_ERROR_H

#include <loci/status.h>

/* Fills error (may be NULL) and returns code, so that a function can `return loci_fail(...)`.
 * where: the file, option or part at fault, "" for none. The message is one line; a hint follows ";
 * ". */
int loci_fail(loci_error *error, int code, const char *where, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Same, with strerror(err) appended to the message: "cannot open: No such file or directory". */
int loci_fail_errno(loci_error *error, int code, const char *where, int err, const char *what);

/* Out of memory while doing `what`. */
int loci_fail_memory(loci_error *error, const char *what);

#endif
