#define _GNU_SOURCE /* strerror_r() that returns the text */
#include "base/error.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <loci/support.h>

#include "base/number.h"
#include "version.h"

int loci_fail(loci_error *error, int code, const char *where, const char *format, ...) {
    if (error == NULL)
        return code;
    char message[2 * sizeof error->message];
    va_list arguments;
    va_start(arguments, format);
    loci_plain plain = loci_plain_begin();
    vsnprintf(message, sizeof message, format, arguments);
    loci_plain_end(plain);
    va_end(arguments);
    /* last, as the arguments may be the error's own texts */
    error->code = code;
    loci_text_show(error->where, sizeof error->where, where, SIZE_MAX);
    loci_text_show(error->message, sizeof error->message, message, SIZE_MAX);
    return code;
}

int loci_fail_errno(loci_error *error, int code, const char *where, int err, const char *what) {
    char reason[128];
    loci_plain plain = loci_plain_begin();
    const char *text = strerror_r(err, reason, sizeof reason); /* not where reason is */
    loci_plain_end(plain);
    return loci_fail(error, code, where, "%s: %s", what, text);
}

int loci_fail_memory(loci_error *error, const char *what) {
    return loci_fail(error, LOCI_E_MEMORY, what, "out of memory");
}

const char *loci_status_name(int status) {
    static const char *const names[] = {
        "LOCI_OK",          "LOCI_E_ARGUMENT", "LOCI_E_MEMORY",      "LOCI_E_IO",
        "LOCI_E_FORMAT",    "LOCI_E_MISMATCH", "LOCI_E_DIVERGED",    "LOCI_E_INTERRUPTED",
        "LOCI_E_NOT_FOUND", "LOCI_E_EXISTS",   "LOCI_E_UNSUPPORTED", "LOCI_E_NETWORK",
        "LOCI_E_BUSY",
    };
    if (status < 0 || (size_t)status >= sizeof names / sizeof *names)
        return "unknown";
    return names[status];
}

const char *loci_version(void) {
    return LOCI_VERSION;
}
