/* An image in characters, in a frame: where a drawing sits matters. */
#include <stdlib.h>
#include <string.h>

#include "common/cli.h"

/* An image to be shown. */
typedef struct picture {
    const float *pixels; /* [height, width, channels] */
    uint32_t height, width, channels;
    uint32_t rows, step; /* of pixels in a cell */
    int wide;            /* characters of a cell */
    enum paint { SHADES, CUBE, TRUE_COLOUR } paint;
} picture;

/* Means over the part of a cell that lies inside the image, of up to three channels; grey and two
 * channels come out as three that are the same. */
static void cell_mean(const picture *p, uint32_t y, uint32_t x, double mean[3]) {
    size_t count = 0;
    double sums[3] = {0, 0, 0};
    for (uint32_t r = y; r < y + p->rows && r < p->height; r++)
        for (uint32_t c = x; c < x + p->step && c < p->width; c++, count++) {
            const float *at = p->pixels + ((size_t)r * p->width + c) * p->channels;
            for (uint32_t k = 0; k < 3; k++)
                sums[k] += (double)(p->channels >= 3 ? at[k] : at[0]);
            for (uint32_t k = 0; p->channels == 2 && k < 3; k++)
                sums[k] += ((double)at[1] - (double)at[0]) / 2;
        }
    for (uint32_t k = 0; k < 3; k++)
        mean[k] = count > 0 ? sums[k] / (double)count : 0;
}

static int level_of(double value, int levels) {
    int level = value > 0 ? (int)(value * levels) : 0; /* NaN goes to blank */
    return level < levels ? level : levels - 1;
}

static void put_cell(FILE *to, const picture *p, const double mean[3]) {
    static const char shades[] = " .:-=+*#%@";
    double light = p->channels < 3 ? mean[0] : 0.299 * mean[0] + 0.587 * mean[1] + 0.114 * mean[2];
    char shade = shades[level_of(light, sizeof shades - 1)];
    if (p->paint == TRUE_COLOUR)
        fprintf(to, "\033[48;2;%d;%d;%dm", level_of(mean[0], 256), level_of(mean[1], 256),
                level_of(mean[2], 256));
    if (p->paint == CUBE)
        fprintf(to, "\033[48;5;%dm",
                16 + 36 * level_of(mean[0], 6) + 6 * level_of(mean[1], 6) + level_of(mean[2], 6));
    for (int k = 0; k < p->wide; k++)
        putc(p->paint == SHADES ? shade : ' ', to);
}

static void put_edge(FILE *to, uint32_t columns) {
    fputs("  +", to);
    for (uint32_t x = 0; x < columns; x++)
        putc('-', to);
    fputs("+\n", to);
}

static bool is_set(const char *name) {
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' && strcmp(value, "0") != 0;
}

/* What the terminal can show, as programs agree to tell each other. */
static enum paint paint_of(FILE *to) {
    const char *colour = getenv("COLORTERM"), *terminal = getenv("TERM");
    if (is_set("CLICOLOR_FORCE"))
        return TRUE_COLOUR;
    if (is_set("NO_COLOR") || !cli_is_terminal(to))
        return SHADES;
    if (colour != NULL && (strcmp(colour, "truecolor") == 0 || strcmp(colour, "24bit") == 0))
        return TRUE_COLOUR;
    return terminal != NULL && strstr(terminal, "256color") != NULL ? CUBE : SHADES;
}

void cli_picture(FILE *to, const float *pixels, uint32_t height, uint32_t width,
                 uint32_t channels) {
    enum { MOST = 72 };
    picture p = {pixels, height, width, channels, .paint = channels < 3 ? SHADES : paint_of(to)};
    /* a character is twice as high as wide: a small image takes two per pixel, a large one has
     * blocks of step x 2 step pixels in one */
    p.wide = width <= MOST / 2 ? 2 : 1;
    p.step = (width + MOST - 1) / MOST;
    p.rows = p.wide == 2 || height == 1 ? 1 : 2 * p.step;
    uint32_t columns = (width + p.step - 1) / p.step * (uint32_t)p.wide;
    put_edge(to, columns);
    for (uint32_t y = 0; y < height; y += p.rows) {
        fputs("  |", to);
        for (uint32_t x = 0; x < width; x += p.step) {
            double mean[3];
            cell_mean(&p, y, x, mean);
            put_cell(to, &p, mean);
        }
        fputs(p.paint == SHADES ? "|\n" : "\033[0m|\n", to);
    }
    put_edge(to, columns);
}
