/* Words for numbers. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "common/cli.h"

const char *cli_count(char text[CLI_WORD], uint64_t n) {
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, n);
    char *out = text;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            *out++ = ',';
        *out++ = digits[i];
    }
    *out = '\0';
    return text;
}

const char *cli_shape(char text[CLI_WORD], uint32_t height, uint32_t width, uint32_t channels) {
    if (channels == 1)
        snprintf(text, CLI_WORD, "%u x %u", height, width);
    else
        snprintf(text, CLI_WORD, "%u x %u x %u", height, width, channels);
    return text;
}

const char *cli_duration(char text[CLI_WORD], double seconds) {
    if (!(seconds >= 0 && seconds < 1e9)) {
        snprintf(text, CLI_WORD, "?");
    } else if (seconds < 9.95) {
        snprintf(text, CLI_WORD, "%.*f s", seconds < 0.95 ? 2 : 1, seconds);
    } else {
        uint64_t whole = (uint64_t)(seconds + 0.5);
        if (whole < 60)
            snprintf(text, CLI_WORD, "%" PRIu64 " s", whole);
        else if (whole < 3600)
            snprintf(text, CLI_WORD, "%" PRIu64 " min %02" PRIu64 " s", whole / 60, whole % 60);
        else
            snprintf(text, CLI_WORD, "%" PRIu64 " h %02" PRIu64 " min", whole / 3600,
                     whole / 60 % 60);
    }
    return text;
}

const char *cli_bytes(char text[CLI_WORD], double bytes) {
    static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB"};
    size_t unit = 0;
    while (bytes >= 999.5 && unit + 1 < sizeof units / sizeof *units) {
        bytes /= 1000;
        unit++;
    }
    snprintf(text, CLI_WORD, "%.*f %s", unit > 0 && bytes < 99.95 ? 1 : 0, bytes, units[unit]);
    return text;
}

const char *cli_percent(char text[CLI_WORD], double share) {
    if (isfinite(share) && share >= 0)
        snprintf(text, CLI_WORD, "%.2f%%", 100 * share);
    else
        snprintf(text, CLI_WORD, "-");
    return text;
}

const char *cli_quantity(char text[CLI_WORD], double value) {
    double size = fabs(value);
    if (!isfinite(value)) {
        snprintf(text, CLI_WORD, "-");
    } else if (size >= 9999.5 && size < 1e15) {
        text[0] = '-';
        cli_count(text + (value < 0), (uint64_t)llround(size));
    } else {
        snprintf(text, CLI_WORD, "%.4g", value);
    }
    return text;
}

const char *cli_r2(char text[CLI_WORD], double r2) {
    if (isfinite(r2))
        snprintf(text, CLI_WORD, "%.3f", r2);
    else
        snprintf(text, CLI_WORD, "-");
    return text;
}

const char *cli_regression(char text[4 * CLI_WORD], const loci_regression *regression) {
    char r2[CLI_WORD], mae[CLI_WORD], rmse[CLI_WORD];
    snprintf(text, 4 * CLI_WORD, "R2 %s, MAE %s, RMSE %s", cli_r2(r2, regression->r2),
             cli_quantity(mae, regression->mae), cli_quantity(rmse, regression->rmse));
    return text;
}
