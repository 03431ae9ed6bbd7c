/* The parts of `loci export`: one function a format. */
#ifndef LOCI_CLI_EXPORT_H
#define LOCI_CLI_EXPORT_H

#include "common/command_line.h"

typedef struct export_request {
    const char *model, *format, *output;
    const char *dt; /* as written; NULL: not given */
    /* --to c */
    loci_export_options c;
    cli_data data;
    double *units; /* what the list of --input-unit is in c */
    int threads;
    bool force, json;
    size_t only_c; /* where the options for --to c alone begin in the list */
} export_request;

/* Writes the network to request->output. Exit code, after an error line where it is not CLI_DONE.
 */
typedef int export_function(const export_request *request, const loci_network *network);

export_function export_c; /* to_c.c */

/* The options of --to c, and taking one: 0, EINVAL after an error line, or ARGP_ERR_UNKNOWN. */
void export_c_add(cli_options *options, export_request *request);
error_t export_c_take(export_request *request, int key, char *argument);
/* CLI_USAGE after an error line where one of them was given, else CLI_GO_ON. */
int export_c_refuse(const cli_options *options, const export_request *request);

#endif
