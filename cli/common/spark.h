/* The past of a number as a small line of characters. */
#ifndef LOCI_CLI_SPARK_H
#define LOCI_CLI_SPARK_H

#include <stddef.h>

enum { CLI_TRACE = 96, CLI_SPARK = 3 * 32 + 1 };

/* Values evenly spread over the time that has passed. Starts as zeros. */
typedef struct cli_trace {
    double value[CLI_TRACE];
    size_t count;
    size_t every, skipped; /* one in `every` is kept; left out since the last one */
} cli_trace;

/* Notes a value; what is not finite is left out. */
void cli_trace_add(cli_trace *trace, double value);

/* Draws `columns` of it, at most 32, as blocks, the highest value highest. "" where there are less
 * than two values, or the locale's characters have no blocks: digits would be read as a number.
 * Returns text. */
const char *cli_spark(char text[CLI_SPARK], const cli_trace *trace, size_t columns);

#endif
