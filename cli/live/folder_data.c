/* What a run was trained on, for the test samples of its page. */
#include <stdlib.h>

#include "common/command_line.h"
#include "live/source.h"

loci_dataset *live_source_data(const char *directory, const loci_network *network) {
    cli_data data = {.name = NULL};
    loci_dataset *found = NULL;
    loci_error error = {0};
    loci_config *config = calloc(1, sizeof *config);
    if (config == NULL)
        return NULL;
    loci_data_options_defaults(&data.options);
    if (cli_data_for(&data, network, &error) == LOCI_OK &&
        cli_data_of_run(&data, directory, config, &error) == LOCI_OK) {
        data.options.skip_test = config->no_test;
        data.options.test_optional = 1;
        if (cli_open_data(&found, &data, config, &error) != LOCI_OK)
            found = NULL;
    }
    if (found == NULL && error.message[0] != '\0')
        cli_note("%s: %s; its page goes without test samples", directory, error.message);
    free(config);
    return found;
}
