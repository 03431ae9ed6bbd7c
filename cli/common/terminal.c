/* What is at the other end of a stream. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/cli.h"

bool cli_is_terminal(FILE *stream) {
    return isatty(fileno(stream)) != 0;
}

bool cli_rewrites(FILE *stream) {
    const char *kind = getenv("TERM");
    return cli_is_terminal(stream) && (kind == NULL || strcmp(kind, "dumb") != 0);
}

int cli_terminal_width(FILE *stream) {
    struct winsize size;
    if (ioctl(fileno(stream), TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return 80;
    return size.ws_col;
}
