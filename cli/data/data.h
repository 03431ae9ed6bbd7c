/* The parts of `loci data`. */
#ifndef LOCI_CLI_DATA_H
#define LOCI_CLI_DATA_H

#include "common/command_line.h"

typedef struct data_request {
    const char *action, *name;
    cli_data data;
    const char *url;
    bool json;
} data_request;

/* info.c: looks into a data set. An exit code. */
int data_info(const data_request *request);

/* columns.c: what the columns of a table hold; of other data nothing, NULL. CLI_GO_ON, or an exit
 * code after an error line. */
int data_print_columns(const loci_dataset *data);
int data_columns_json(const loci_dataset *data, json_t **out);

#endif
