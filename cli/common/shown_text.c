/* Names of classes, data sets and files as they may be shown, in columns of what a reader sees. */
#include <stdint.h>
#include <string.h>

#include "common/cli.h"

const char *cli_shown(char *out, size_t size, const char *text) {
    loci_text_show(out, size, text, SIZE_MAX);
    return out;
}

int cli_width(const char *text) {
    char shown[CLI_TEXT];
    return (int)loci_text_show(shown, sizeof shown, text, SIZE_MAX);
}

const char *cli_column(char out[CLI_COLUMN], const char *text, int width) {
    char shown[CLI_COLUMN - 64];
    size_t columns = (size_t)(width < 0 ? -width : width);
    int blanks = (int)(columns - loci_text_show(shown, sizeof shown, text, columns));
    snprintf(out, CLI_COLUMN, "%*s%s%*s", width < 0 ? blanks : 0, "", shown, width < 0 ? 0 : blanks,
             "");
    return out;
}
