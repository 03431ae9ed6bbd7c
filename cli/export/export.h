/* The parts of `loci export`: one function a format. */
#ifndef LOCI_CLI_EXPORT_H
#define LOCI_CLI_EXPORT_H

#include "common/command_line.h"

typedef struct export_request {
    const char *model, *format, *output;
    const char *dt; /* as written; NULL: not given */
    /* --to c, and --to onnx --bits 8 */
    loci_export_options c;
    bool bits_given;
    cli_data data;
    double *units; /* what the list of --input-unit is in c */
    int threads;
    bool force, json;
    size_t only_c; /* where the options for --to c begin in the list */
} export_request;

/* Writes the network to request->output. Exit code, after an error line where it is not CLI_DONE.
 */
typedef int export_function(const export_request *request, const loci_network *network);

export_function export_c;    /* to_c.c */
export_function export_onnx; /* to_onnx.c */

/* The options of --to c, and taking one: 0, EINVAL after an error line, or ARGP_ERR_UNKNOWN. */
void export_c_add(cli_options *options, export_request *request);
error_t export_c_take(export_request *request, int key, char *argument);
/* Whether ONNX in 8 bits is what is wanted. */
bool export_onnx_is_quantised(const export_request *request);

/* measured.c: of exports whose scales are chosen on data. */

/* The data that were asked for, or else the run's. CLI_GO_ON or an exit code. */
int export_open_data(const export_request *request, const loci_network *network,
                     loci_dataset **data);
/* After an error line: a mistake in an option is wrong usage; that a network does not fit one is a
 * failure. */
int export_failed(const loci_error *error);
/* How well the export does, and the network before, as lines and for --json. */
void export_print_quality(const loci_export_report *report);
void export_add_quality(json_t *object, const loci_export_report *report, const loci_dataset *data);
/* "FILE: SIZE" */
void export_print_file(const char *path);

#endif
