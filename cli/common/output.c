/* Outputs that would destroy inputs. */
#include <limits.h>
#include <string.h>

#include "common/command_line.h"

static int check(const char *option, const char *output, const char *input, int kind) {
    if (!loci_would_replace(output, input, kind))
        return CLI_GO_ON;
    return cli_usage(option, "writing %s would destroy %s, which is read; choose another name",
                     output, input);
}

int cli_check_output(const char *option, const char *output, const char *input,
                     const cli_data *data) {
    char found[PATH_MAX];
    int status = CLI_GO_ON;
    if (input != NULL)
        status = check(option, output, input, LOCI_SOURCE_RUN);
    if (status != CLI_GO_ON || data == NULL || data->name == NULL)
        return status;
    bool known =
        loci_catalogue_locate(data->name, data->options.directory, found, sizeof found) == LOCI_OK;
    status = check(option, output, known ? found : data->name, LOCI_SOURCE_DATA);
    if (status == CLI_GO_ON && data->options.test_file != NULL)
        status = check(option, output, data->options.test_file, LOCI_SOURCE_DATA);
    return status;
}
