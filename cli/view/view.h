/* The parts of `loci view`. */
#ifndef LOCI_CLI_VIEW_H
#define LOCI_CLI_VIEW_H

#include <stdbool.h>
#include <stddef.h>

/* template_path.c: where the template is; false when it was not built. */
bool view_template(char *path, size_t size);

#endif
