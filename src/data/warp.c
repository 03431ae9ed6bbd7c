#include "data/warp.h"

#include <math.h>
#include <string.h>

#include "base/random.h"

enum { NODES = LOCI_WARP_NODES };

static const double PI = 3.14159265358979323846;

/* Four numbers at an index, each uniform in [-1, 1). */
static void draw_four(const loci_random *stream, uint64_t index, double out[4]) {
    uint32_t words[4];
    loci_random_words(stream, index, words);
    for (int i = 0; i < 4; i++)
        out[i] = words[i] * 0x1p-31 - 1;
}

/* The way back: turned by -angle after the shear and the stretching are undone. */
static void draw_turn(loci_warp *warp, const loci_augmentation *by, const loci_random *stream,
                      uint64_t first) {
    double u[4];
    draw_four(stream, first, u);
    double angle = u[0] * by->rotate * PI / 180, shear = u[1] * by->shear;
    double high = 1 / (1 + u[2] * by->zoom), wide = 1 / (1 + u[3] * by->zoom);
    double cosine = cos(angle), sine = sin(angle);
    warp->row[0] = (float)(high * cosine);
    warp->row[1] = (float)(high * -sine);
    warp->column[0] = (float)(wide * (sine - shear * cosine));
    warp->column[1] = (float)(wide * (cosine + shear * sine));
}

static void draw_pull(loci_warp *warp, double pixels, const loci_random *stream, uint64_t first) {
    float *pull = &warp->pull[0][0][0];
    for (int i = 0; i < 2 * NODES * NODES; i += 4) {
        double u[4];
        draw_four(stream, first + (uint64_t)i / 4, u);
        for (int k = 0; k < 4 && i + k < 2 * NODES * NODES; k++)
            pull[i + k] = (float)(u[k] * pixels);
    }
}

void loci_warp_draw(loci_warp *warp, const loci_augmentation *by, uint64_t seed, uint32_t epoch,
                    uint32_t sample) {
    enum { DRAWS = 1 + (2 * NODES * NODES + 3) / 4 };
    const loci_random shift = {seed, LOCI_RANDOM_SHIFT, epoch};
    const loci_random turn = {seed, LOCI_RANDOM_WARP, epoch};
    uint32_t ways = 2 * by->shift + 1;
    warp->down = warp->right = 0;
    if (by->shift > 0) {
        warp->down = (int32_t)(loci_random_below(&shift, 2 * (uint64_t)sample, ways) - by->shift);
        warp->right =
            (int32_t)(loci_random_below(&shift, 2 * (uint64_t)sample + 1, ways) - by->shift);
    }
    warp->bent = by->elastic > 0;
    warp->turned = loci_warps(by);
    if (warp->turned)
        draw_turn(warp, by, &turn, (uint64_t)sample * DRAWS);
    if (warp->bent)
        draw_pull(warp, by->elastic, &turn, (uint64_t)sample * DRAWS + 1);
}

/* Where along the grid of nodes a pixel lies: the node before it, and the share of the next. */
static float along(size_t pixel, size_t size, size_t *node) {
    float at = size < 2 ? 0 : (float)pixel * (NODES - 1) / (float)(size - 1);
    *node = at >= NODES - 2 ? NODES - 2 : (size_t)at;
    return at - (float)*node;
}

static float pulled(const float pull[NODES][NODES], size_t i, float down, size_t j, float right) {
    float above = pull[i][j] + right * (pull[i][j + 1] - pull[i][j]);
    float below = pull[i + 1][j] + right * (pull[i + 1][j + 1] - pull[i + 1][j]);
    return above + down * (below - above);
}

static float pixel(const float *from, size_t height, size_t width, int32_t r, int32_t c) {
    bool inside = r >= 0 && c >= 0 && (size_t)r < height && (size_t)c < width;
    return inside ? from[(size_t)r * width + (size_t)c] : 0;
}

static float between(const float *from, size_t height, size_t width, float r, float c) {
    if (!(r > -1 && c > -1 && r < (float)height && c < (float)width))
        return 0;
    int32_t r0 = (int32_t)(r + 1) - 1, c0 = (int32_t)(c + 1) - 1; /* rounded down */
    float down = r - (float)r0, right = c - (float)c0;
    float above = (1 - right) * pixel(from, height, width, r0, c0) +
                  right * pixel(from, height, width, r0, c0 + 1);
    float below = (1 - right) * pixel(from, height, width, r0 + 1, c0) +
                  right * pixel(from, height, width, r0 + 1, c0 + 1);
    return (1 - down) * above + down * below;
}

void loci_warp_apply(const loci_warp *w, const float *from, size_t height, size_t width,
                     float *to) {
    float middle_r = (float)(height - 1) / 2, middle_c = (float)(width - 1) / 2;
    for (size_t r = 0; r < height; r++)
        for (size_t c = 0; c < width; c++) {
            float y = (float)r - middle_r - (float)w->down,
                  x = (float)c - middle_c - (float)w->right;
            float row = middle_r + y, column = middle_c + x;
            if (w->turned) {
                row = middle_r + w->row[0] * y + w->row[1] * x;
                column = middle_c + w->column[0] * y + w->column[1] * x;
            }
            if (w->bent) {
                size_t i, j;
                float down = along(r, height, &i), right = along(c, width, &j);
                row += pulled(w->pull[0], i, down, j, right);
                column += pulled(w->pull[1], i, down, j, right);
            }
            to[r * width + c] = between(from, height, width, row, column);
        }
}
