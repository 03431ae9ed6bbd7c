/* Error lines and notes. */
#include <stdarg.h>
#include <string.h>

#include "common/cli.h"

enum { CLI_LINE = 1024 };

static struct {
    bool keeps;
    char line[CLI_LINES]; /* the first one */
} kept;

void cli_keep_lines(bool keeps) {
    kept.keeps = keeps;
}

const char *cli_kept_line(void) {
    return kept.line;
}

/* A file name may hold a line feed; the promise of one line stands. */
static void put_line(const char *where, const char *what) {
    char whole[2 * CLI_LINE], line[CLI_LINE];
    snprintf(whole, sizeof whole, "loci: %s%s%s", where, *where != '\0' ? ": " : "", what);
    loci_text_show(line, sizeof line, whole, SIZE_MAX);
    if (kept.keeps) {
        if (kept.line[0] == '\0')
            snprintf(kept.line, sizeof kept.line, "%s", line);
        return;
    }
    fprintf(stderr, "%s\n", line);
}

int cli_error(const loci_error *error) {
    if (error->message[0] == '\0')
        return CLI_USAGE; /* it was said already */
    bool option = error->code == LOCI_E_ARGUMENT && strncmp(error->where, "--", 2) == 0;
    put_line(error->where, error->message);
    return error->code == LOCI_E_INTERRUPTED ? CLI_INTERRUPTED : option ? CLI_USAGE : CLI_FAILED;
}

int cli_usage_error(const loci_error *error, const char *prefix) {
    char where[sizeof error->where + 8];
    snprintf(where, sizeof where, "%s%s", *error->where != '\0' ? prefix : "", error->where);
    put_line(where, error->message);
    return CLI_USAGE;
}

#define PUT_FORMATTED(where)                                                                       \
    do {                                                                                           \
        char what[CLI_LINE];                                                                       \
        va_list arguments;                                                                         \
        va_start(arguments, format);                                                               \
        vsnprintf(what, sizeof what, format, arguments);                                           \
        va_end(arguments);                                                                         \
        put_line(where, what);                                                                     \
    } while (0)

int cli_usage(const char *where, const char *format, ...) {
    PUT_FORMATTED(where);
    return CLI_USAGE;
}

int cli_fail(const char *where, const char *format, ...) {
    PUT_FORMATTED(where);
    return CLI_FAILED;
}

void cli_note(const char *format, ...) {
    if (kept.keeps)
        return;
    PUT_FORMATTED("note");
}
