/* Several seeds as one number. */
#include <math.h>

#include "common/cli.h"

void cli_mean(const double *values, size_t count, double *mean, double *deviation) {
    double sum = 0, squares = 0;
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i])) {
            sum += values[i];
            n++;
        }
    *mean = n > 0 ? sum / (double)n : NAN;
    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i]))
            squares += (values[i] - *mean) * (values[i] - *mean);
    *deviation = n == 0 ? NAN : n > 1 ? sqrt(squares / (double)(n - 1)) : 0;
}
