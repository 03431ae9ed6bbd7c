/* The parts of `loci export`: one function a format. */
#ifndef LOCI_CLI_EXPORT_H
#define LOCI_CLI_EXPORT_H

#include "options.h"

typedef struct export_request {
    const char *model, *format, *output;
    const char *dt; /* as written; NULL: not given */
} export_request;

/* Writes the network to request->output. Exit code, after an error line where it is not CLI_DONE.
 */
typedef int export_function(const export_request *request, const loci_network *network);

#endif
