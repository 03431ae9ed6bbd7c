/* Time that passes, whatever is done to the time of day. */
#include <time.h>

#include "common/cli.h"

double cli_clock(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
