/* Opening the model, or the run, that a command is given. */
#include <stdio.h>
#include <sys/stat.h>

#include "common/command_line.h"

bool cli_is_folder(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

int cli_load_model(loci_network **out, const char *path, loci_error *error) {
    loci_spec spec;
    loci_train_options train;
    loci_error ignored;
    int status = loci_network_load(out, path, error);
    if (status == LOCI_E_NOT_FOUND && loci_preset(path, &spec, &train, &ignored) == LOCI_OK)
        snprintf(error->message, sizeof error->message,
                 "is a preset, which is trained first: loci train %s --data ...", path);
    return status;
}

int cli_load_run(loci_config *config, const char *folder, loci_error *error) {
    int status = loci_config_load(config, folder, error);
    if (status == LOCI_E_NOT_FOUND && cli_is_folder(folder)) {
        snprintf(error->where, sizeof error->where, "%s", CLI_SHOWN(folder));
        snprintf(error->message, sizeof error->message, "this folder holds no run: no config.json");
    }
    return status;
}
