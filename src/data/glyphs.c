/* The built-in data set: digits drawn with a pen, each a little differently. A sample is a function
 * of its number alone. Only additions, products, quotients and square roots are used, so that every
 * machine draws the same. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "data/formats.h"
#include "data/strokes.h"

enum {
    TRAIN_COUNT = 60000,
    TEST_COUNT = 10000,
    SIDE = 28,
    PIECES = 4, /* straight pieces of a curve between two of its points */
    GRID = 4,   /* the elastic distortion is given at GRID x GRID points of the drawing */
    SEED = 1,
};

/* How far a drawing may stray, each drawn evenly from -x to x or from the first to the second. */
static const double turn = 0.30;               /* radians, nearly */
static const double slant = 0.30;              /* x shift per y */
static const double size[2] = {15.0, 20.5};    /* pixels for the height of the drawing */
static const double stretch[2] = {0.75, 1.15}; /* width against height */
static const double elastic = 0.09;            /* of the drawing's height */
static const double offset = 2.2;              /* pixels the centre is off the image's centre */
static const double pen[2] = {0.75, 1.75};     /* radius of the pen, pixels */
static const double softness[2] = {0.9, 1.6};  /* width of the pen's edge, pixels */
static const double darkness[2] = {0.65, 1.0}; /* ink at the middle of the stroke */
static const double grain = 0.25;              /* share of the ink that may be missing in a pixel */

/* Draws one after the other from the stream of one sample. */
typedef struct loci_draws {
    loci_random stream;
    uint64_t index;
    uint32_t words[4];
    int left;
} loci_draws;

static uint32_t next_word(loci_draws *draws) {
    if (draws->left == 0) {
        loci_random_words(&draws->stream, draws->index++, draws->words);
        draws->left = 4;
    }
    return draws->words[--draws->left];
}

static double between(loci_draws *draws, double low, double high) {
    return low + (high - low) * ((double)next_word(draws) * 0x1p-32);
}

/* Where the points of a drawing go on the image. */
typedef struct loci_warp {
    /* Elastic distortion at grid points, in units of the drawing's height. */
    double shift[GRID][GRID][2];
    double matrix[2][2]; /* drawing to pixels */
    double centre[2];    /* pixels */
} loci_warp;

static void draw_warp(loci_warp *warp, loci_draws *draws) {
    double t = between(draws, -turn / 2, turn / 2); /* tangent of half the angle */
    double cosine = (1 - t * t) / (1 + t * t), sine = 2 * t / (1 + t * t);
    double lean = between(draws, -slant, slant);
    double height = between(draws, size[0], size[1]);
    double width = height * between(draws, stretch[0], stretch[1]);
    warp->matrix[0][0] = cosine * width;
    warp->matrix[0][1] = cosine * lean * width - sine * height;
    warp->matrix[1][0] = sine * width;
    warp->matrix[1][1] = sine * lean * width + cosine * height;
    for (int c = 0; c < 2; c++)
        warp->centre[c] = SIDE / 2.0 + between(draws, -offset, offset);
    for (int y = 0; y < GRID; y++)
        for (int x = 0; x < GRID; x++)
            for (int c = 0; c < 2; c++)
                warp->shift[y][x][c] = between(draws, -elastic, elastic);
}

/* Carries a point of a drawing to the image. */
static void carry(const loci_warp *warp, const double from[2], double to[2]) {
    double unit[2] = {(from[0] - 50) / 100, (from[1] - 50) / 100};
    int cell[2];
    double rest[2];
    for (int c = 0; c < 2; c++) {
        double at = (unit[c] + 0.5) * (GRID - 1);
        at = at < 0 ? 0 : at > GRID - 1 ? GRID - 1 : at;
        cell[c] = at >= GRID - 2 ? GRID - 2 : (int)at;
        rest[c] = at - cell[c];
        rest[c] = rest[c] * rest[c] * (3 - 2 * rest[c]); /* no kink where two cells meet */
    }
    for (int c = 0; c < 2; c++) {
        const double(*row)[2] = &warp->shift[cell[1]][cell[0]];
        const double(*below)[2] = &warp->shift[cell[1] + 1][cell[0]];
        double upper = row[0][c] + (row[1][c] - row[0][c]) * rest[0];
        double lower = below[0][c] + (below[1][c] - below[0][c]) * rest[0];
        unit[c] += upper + (lower - upper) * rest[1];
    }
    for (int c = 0; c < 2; c++)
        to[c] = warp->centre[c] + warp->matrix[c][0] * unit[0] + warp->matrix[c][1] * unit[1];
}

static int clip(double x) {
    return x < 0 ? 0 : x > SIDE - 1 ? SIDE - 1 : (int)x;
}

/* Lowers the squared distances of the pixels within reach of a straight piece of a stroke. */
static void lay_piece(float distance[SIDE][SIDE], const double a[2], const double b[2],
                      double reach) {
    /* pixel x has its centre at x + 0.5 */
    int left = clip((a[0] < b[0] ? a[0] : b[0]) - reach - 0.5);
    int right = clip((a[0] > b[0] ? a[0] : b[0]) + reach - 0.5);
    int top = clip((a[1] < b[1] ? a[1] : b[1]) - reach - 0.5);
    int bottom = clip((a[1] > b[1] ? a[1] : b[1]) + reach - 0.5);
    float dx = (float)(b[0] - a[0]), dy = (float)(b[1] - a[1]);
    float length = dx * dx + dy * dy, scale = length > 0 ? 1 / length : 0;
    for (int y = top; y <= bottom; y++)
        for (int x = left; x <= right; x++) {
            float px = (float)x + 0.5f - (float)a[0], py = (float)y + 0.5f - (float)a[1];
            float along = (px * dx + py * dy) * scale;
            along = along < 0 ? 0 : along > 1 ? 1 : along;
            float ex = px - along * dx, ey = py - along * dy;
            float squared = ex * ex + ey * ey;
            distance[y][x] = squared < distance[y][x] ? squared : distance[y][x];
        }
}

/* A point of a stroke, t of the way from point i to the next: on a Catmull-Rom curve where the
 * stroke is curved. */
static void stroke_point(const loci_stroke *stroke, int i, double t, double out[2]) {
    int last = stroke->count - 1;
    bool closed = memcmp(stroke->point[0], stroke->point[last], 2) == 0;
    int before = i > 0 ? i - 1 : closed ? last - 1 : 0;
    int after = i + 2 <= last ? i + 2 : closed ? 1 : last;
    for (int c = 0; c < 2; c++) {
        double p0 = stroke->point[before][c], p1 = stroke->point[i][c];
        double p2 = stroke->point[i + 1][c], p3 = stroke->point[after][c];
        double linear = p1 + (p2 - p1) * t;
        double curve =
            p1 +
            0.5 * t *
                (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * (p1 - p2) + p3 - p0)));
        out[c] = stroke->curved ? curve : linear;
    }
}

static void lay_stroke(float distance[SIDE][SIDE], const loci_stroke *stroke, const loci_warp *warp,
                       double reach) {
    double raw[2], from[2], to[2];
    stroke_point(stroke, 0, 0, raw);
    carry(warp, raw, from);
    for (int i = 0; i + 1 < stroke->count; i++)
        for (int piece = 1; piece <= PIECES; piece++) {
            stroke_point(stroke, i, (double)piece / PIECES, raw);
            carry(warp, raw, to);
            lay_piece(distance, from, to, reach);
            memcpy(from, to, sizeof from);
        }
}

int loci_glyphs_draw(uint32_t sample, uint8_t *out) {
    loci_draws draws = {.stream = {SEED, LOCI_RANDOM_GLYPHS, sample}};
    int digit = (int)((uint64_t)next_word(&draws) * LOCI_DIGITS >> 32);
    int manner = (int)((uint64_t)next_word(&draws) * LOCI_MANNERS >> 32);
    const loci_drawing *drawing = &loci_drawings[digit][manner];
    loci_warp warp;
    draw_warp(&warp, &draws);
    double radius = between(&draws, pen[0], pen[1]);
    double soft = between(&draws, softness[0], softness[1]);
    double ink = between(&draws, darkness[0], darkness[1]);
    double reach = radius + soft / 2;

    float distance[SIDE][SIDE];
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            distance[y][x] = (float)(4 * SIDE * SIDE);
    for (int s = 0; s < drawing->count; s++)
        lay_stroke(distance, &drawing->stroke[s], &warp, reach);

    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            double squared = distance[y][x];
            if (squared >= reach * reach)
                continue;
            double cover = (reach - sqrt(squared)) / soft;
            cover = cover > 1 ? 1 : cover;
            cover *= ink * (1 - grain * between(&draws, 0, 1));
            out[y * SIDE + x] = (uint8_t)(cover * 255 + 0.5);
        }
    return digit;
}

static int fill_part(loci_dataset *data, enum loci_split split, uint32_t first, uint32_t count,
                     loci_error *error) {
    loci_samples *part = &data->part[split];
    part->bytes = loci_alloc(count, data->features);
    part->labels = loci_alloc(count, sizeof *part->labels);
    if (part->bytes == NULL || part->labels == NULL)
        return loci_fail_memory(error, "glyphs");
    part->count = count;
    for (uint32_t i = 0; i < count; i++)
        part->labels[i] = loci_glyphs_draw(first + i, part->bytes + i * data->features);
    return LOCI_OK;
}

int loci_glyphs_fill(loci_dataset *data, bool skip_test, loci_error *error) {
    int status = loci_dataset_set_size(data, SIDE, SIDE, "glyphs", error);
    if (status == LOCI_OK)
        status = fill_part(data, LOCI_TRAIN, 0, TRAIN_COUNT, error);
    if (status == LOCI_OK && !skip_test)
        status = fill_part(data, LOCI_TEST, TRAIN_COUNT, TEST_COUNT, error);
    return status;
}
