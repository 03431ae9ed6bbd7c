/* An image in characters, in a frame: where a drawing sits matters. */
#include "common/cli.h"

/* The mean over the part of a cell that lies inside the image. */
static double cell_mean(const float *pixels, uint32_t height, uint32_t width, uint32_t y,
                        uint32_t x, uint32_t rows, uint32_t columns) {
    double sum = 0;
    size_t count = 0;
    for (uint32_t r = y; r < y + rows && r < height; r++)
        for (uint32_t c = x; c < x + columns && c < width; c++, count++)
            sum += (double)pixels[(size_t)r * width + c];
    return count > 0 ? sum / (double)count : 0;
}

static void put_edge(FILE *to, uint32_t columns) {
    fputs("  +", to);
    for (uint32_t x = 0; x < columns; x++)
        putc('-', to);
    fputs("+\n", to);
}

void cli_picture(FILE *to, const float *pixels, uint32_t height, uint32_t width) {
    static const char shades[] = " .:-=+*#%@";
    enum { LEVELS = sizeof shades - 1, MOST = 72 };
    /* a character is twice as high as wide: a small image takes two per pixel, a large one has
     * blocks of step x 2 step pixels in one */
    uint32_t wide = width <= MOST / 2 ? 2 : 1;
    uint32_t step = (width + MOST - 1) / MOST;
    uint32_t rows = wide == 2 || height == 1 ? 1 : 2 * step;
    uint32_t columns = (width + step - 1) / step * wide;
    put_edge(to, columns);
    for (uint32_t y = 0; y < height; y += rows) {
        fputs("  |", to);
        for (uint32_t x = 0; x < width; x += step) {
            double value = cell_mean(pixels, height, width, y, x, rows, step);
            int level = value > 0 ? (int)(value * LEVELS) : 0; /* NaN goes to blank */
            for (uint32_t k = 0; k < wide; k++)
                putc(shades[level < LEVELS ? level : LEVELS - 1], to);
        }
        fputs("|\n", to);
    }
    put_edge(to, columns);
}
