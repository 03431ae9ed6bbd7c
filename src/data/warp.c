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

/* Seen from the centre of the image that is made: its columns run the other way. */
static void mirror(loci_warp *warp) {
    warp->row[1] = -warp->row[1];
    warp->column[1] = -warp->column[1];
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

void loci_warp_draw(loci_warp *warp, const loci_warping *warping, uint32_t sample) {
    enum { DRAWS = 1 + (2 * NODES * NODES + 3) / 4 };
    const loci_augmentation *by = &warping->by;
    const loci_random shift = {warping->seed, LOCI_RANDOM_SHIFT, warping->epoch};
    const loci_random turn = {warping->seed, LOCI_RANDOM_WARP, warping->epoch};
    uint32_t ways = 2 * by->shift + 1;
    warp->down = warp->right = 0;
    if (by->shift > 0) {
        warp->down = (int32_t)(loci_random_below(&shift, 2 * (uint64_t)sample, ways) - by->shift);
        warp->right =
            (int32_t)(loci_random_below(&shift, 2 * (uint64_t)sample + 1, ways) - by->shift);
    }
    const loci_random flip = {warping->seed, LOCI_RANDOM_FLIP, warping->epoch};
    warp->mirrored = by->flip && loci_random_below(&flip, sample, 2) == 1;
    warp->bent = by->elastic > 0;
    warp->turned = loci_warps(by);
    if (warp->turned)
        draw_turn(warp, by, &turn, (uint64_t)sample * DRAWS);
    if (warp->mirrored)
        mirror(warp);
    if (warp->bent)
        draw_pull(warp, by->elastic, &turn, (uint64_t)sample * DRAWS + 1);
}

/* Where along the grid of nodes a pixel lies: the node before it, and the share of the next. */
static float along(size_t pixel, size_t size, size_t *node) {
    float at = size < 2 ? 0 : (float)pixel * (NODES - 1) / (float)(size - 1);
    *node = at >= NODES - 2 ? NODES - 2 : (size_t)at;
    return at - (float)*node;
}

/* How far the nodes' columns pull a row, and by how much that changes from node to node. */
static void pull_row(const float pull[NODES][NODES], size_t r, size_t height, float at[NODES]) {
    size_t i;
    float down = along(r, height, &i);
    for (int j = 0; j < NODES; j++)
        at[j] = pull[i][j] + down * (pull[i + 1][j] - pull[i][j]);
}

static float clamp(float x, float low, float high) {
    x = x < low ? low : x;
    return x > high ? high : x;
}

/* Without a branch: whatever lies beyond the frame is clamped to zeros. */
static float between(const float *framed, size_t height, size_t width, float r, float c) {
    size_t ld = width + LOCI_WARP_FRAME;
    r = clamp(r, -1, (float)height) + 1;
    c = clamp(c, -1, (float)width) + 1;
    int32_t r0 = (int32_t)r, c0 = (int32_t)c;
    float down = r - (float)r0, right = c - (float)c0;
    const float *p = framed + (size_t)r0 * ld + (size_t)c0;
    float above = p[0] + right * (p[1] - p[0]), below = p[ld] + right * (p[ld + 1] - p[ld]);
    return above + down * (below - above);
}

static void bend_row(const loci_warp *w, size_t r, size_t height, size_t width, float *row,
                     float *column) {
    float down[NODES], over[NODES];
    pull_row(w->pull[0], r, height, down);
    pull_row(w->pull[1], r, height, over);
    for (size_t c = 0; c < width; c++) {
        size_t j;
        float right = along(c, width, &j);
        row[c] += down[j] + right * (down[j + 1] - down[j]);
        column[c] += over[j] + right * (over[j + 1] - over[j]);
    }
}

void loci_warp_frame(const float *image, size_t height, size_t width, size_t step, float *framed) {
    size_t ld = width + LOCI_WARP_FRAME;
    memset(framed, 0, (height + LOCI_WARP_FRAME) * ld * sizeof *framed);
    for (size_t r = 0; step == 1 && r < height; r++)
        memcpy(framed + (r + 1) * ld + 1, image + r * width, width * sizeof *image);
    for (size_t r = 0; step > 1 && r < height; r++)
        for (size_t c = 0; c < width; c++)
            framed[(r + 1) * ld + 1 + c] = image[(r * width + c) * step];
}

/* One row of the result. Where its pixels come from is kept in its own place and the next row's,
 * which is why there is one more. */
static void warp_strip(const loci_warp *w, const float *framed, size_t height, size_t width,
                       size_t r, float *to) {
    static const loci_warp still = {.row = {1, 0}, .column = {0, 1}};
    const loci_warp *turn = w->turned ? w : &still;
    float middle_r = (float)(height - 1) / 2, middle_c = (float)(width - 1) / 2;
    float y = (float)r - middle_r - (float)w->down, *row = to, *column = to + width;
    for (size_t c = 0; c < width; c++) {
        float x = (float)c - middle_c - (float)w->right;
        row[c] = middle_r + turn->row[0] * y + turn->row[1] * x;
        column[c] = middle_c + turn->column[0] * y + turn->column[1] * x;
    }
    if (w->bent)
        bend_row(w, r, height, width, row, column);
    for (size_t c = 0; c < width; c++)
        to[c] = between(framed, height, width, row[c], column[c]);
}

void loci_warp_apply(const loci_warp *w, const float *framed, size_t height, size_t width,
                     float *to) {
    for (size_t r = 0; r < height; r++)
        warp_strip(w, framed, height, width, r, to + r * width);
}

/* An image of one channel is warped in its place, for which it has one row more; of several each is
 * made beside it, and put back. */
size_t loci_warp_scratch(const loci_warping *by) {
    size_t row = by->width, plane = by->channels > 1 ? by->height * by->width : 0;
    return plane + row + (by->height + LOCI_WARP_FRAME) * (by->width + LOCI_WARP_FRAME);
}

void loci_warp_image(const loci_warp *w, const loci_warping *by, float *image) {
    size_t channels = by->channels, pixels = by->height * by->width;
    float *plane = image + (channels > 1 ? pixels * channels : 0);
    float *framed = plane + pixels + by->width;
    for (size_t k = 0; k < channels; k++) {
        loci_warp_frame(image + k, by->height, by->width, channels, framed);
        loci_warp_apply(w, framed, by->height, by->width, plane);
        for (size_t i = 0; channels > 1 && i < pixels; i++)
            image[i * channels + k] = plane[i];
    }
}
