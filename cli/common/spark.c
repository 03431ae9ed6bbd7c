#include "common/spark.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

/* A full trace keeps every second value: the beginning stays in sight. */
static void thin(cli_trace *trace) {
    for (size_t i = 0; i < CLI_TRACE / 2; i++)
        trace->value[i] = trace->value[2 * i];
    trace->count = CLI_TRACE / 2;
    trace->every *= 2;
}

void cli_trace_add(cli_trace *trace, double value) {
    if (!isfinite(value))
        return;
    if (trace->every == 0)
        trace->every = 1;
    if (trace->count > 0 && ++trace->skipped < trace->every)
        return;
    if (trace->count == CLI_TRACE)
        thin(trace);
    trace->value[trace->count++] = value;
    trace->skipped = 0;
}

/* What the locale in the environment says; the program itself has none. */
static bool has_blocks(void) {
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    const char *text = NULL;
    for (int i = 0; i < 3 && (text == NULL || *text == '\0'); i++)
        text = getenv(names[i]);
    for (; text != NULL && *text != '\0'; text++)
        if (strncasecmp(text, "utf-8", 5) == 0 || strncasecmp(text, "utf8", 4) == 0)
            return true;
    return false;
}

/* The mean of what a column covers. */
static double mean_of(const cli_trace *trace, size_t column, size_t columns) {
    size_t first = column * trace->count / columns, end = (column + 1) * trace->count / columns;
    double sum = 0;
    for (size_t i = first; i < end; i++)
        sum += trace->value[i];
    return sum / (double)(end - first);
}

const char *cli_spark(char text[CLI_SPARK], const cli_trace *trace, size_t columns) {
    double mean[32], low = INFINITY, high = -INFINITY;
    size_t used = 0;
    text[0] = '\0';
    if (trace->count < 2 || !has_blocks())
        return text;
    if (columns > 32)
        columns = 32;
    if (columns > trace->count)
        columns = trace->count;
    for (size_t c = 0; c < columns; c++) {
        mean[c] = mean_of(trace, c, columns);
        low = fmin(low, mean[c]);
        high = fmax(high, mean[c]);
    }
    for (size_t c = 0; c < columns; c++) {
        int level = high > low ? (int)lround(7 * (mean[c] - low) / (high - low)) : 0;
        /* U+2581 to U+2588 */
        used += (size_t)snprintf(text + used, CLI_SPARK - used, "\xe2\x96%c", 0x81 + level);
    }
    return text;
}
