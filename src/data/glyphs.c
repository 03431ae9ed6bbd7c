/* The built-in digits, drawn with a pen, each a little differently. A sample is a function of its
 * number and its size alone. Only additions, products, quotients and square roots are used, so that
 * every machine draws the same. */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/isa.h"
#include "base/random.h"
#include "data/glyphs.h"
#include "data/pen.h"
#include "data/strokes.h"

enum {
    GRID = 4, /* the elastic distortion is given at GRID x GRID points of the drawing */
    SEED = 1,
    BAND = 16, /* rows that are drawn at a time, so that distances stay in the cache */
    /* straight pieces of a curve between two of its points: of a picture of LOCI_GLYPH_SIDE, and of
     * one that is far larger */
    PIECES = 4,
    MOST_PIECES = 12,
    ALL_PIECES = LOCI_DRAWING_STROKES * LOCI_STROKE_POINTS * MOST_PIECES,
};

/* How far a drawing may stray, each drawn evenly from -x to x or from the first to the second;
 * pixels are those of a picture of LOCI_GLYPH_SIDE. */
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

/* scale: pixels of the picture to one of LOCI_GLYPH_SIDE. */
static void draw_warp(loci_warp *warp, loci_draws *draws, double scale) {
    double t = between(draws, -turn / 2, turn / 2); /* tangent of half the angle */
    double cosine = (1 - t * t) / (1 + t * t), sine = 2 * t / (1 + t * t);
    double lean = between(draws, -slant, slant);
    double height = between(draws, size[0], size[1]) * scale;
    double width = height * between(draws, stretch[0], stretch[1]);
    warp->matrix[0][0] = cosine * width;
    warp->matrix[0][1] = cosine * lean * width - sine * height;
    warp->matrix[1][0] = sine * width;
    warp->matrix[1][1] = sine * lean * width + cosine * height;
    for (int c = 0; c < 2; c++)
        warp->centre[c] = (LOCI_GLYPH_SIDE / 2.0 + between(draws, -offset, offset)) * scale;
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

/* What a pen does: straight pieces, each from one point of the picture to the next. */
typedef struct loci_pieces {
    size_t count;
    double reach; /* of the pen */
    float from[ALL_PIECES][2], to[ALL_PIECES][2];
    double top[ALL_PIECES], bottom[ALL_PIECES], left[ALL_PIECES], right[ALL_PIECES];
} loci_pieces;

static void add_piece(loci_pieces *pieces, const double a[2], const double b[2]) {
    size_t i = pieces->count++;
    double reach = pieces->reach;
    for (int c = 0; c < 2; c++) {
        pieces->from[i][c] = (float)a[c];
        pieces->to[i][c] = (float)(b[c] - a[c]);
    }
    /* pixel x has its centre at x + 0.5 */
    pieces->left[i] = (a[0] < b[0] ? a[0] : b[0]) - reach - 0.5;
    pieces->right[i] = (a[0] > b[0] ? a[0] : b[0]) + reach - 0.5;
    pieces->top[i] = (a[1] < b[1] ? a[1] : b[1]) - reach - 0.5;
    pieces->bottom[i] = (a[1] > b[1] ? a[1] : b[1]) + reach - 0.5;
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

static void add_stroke(loci_pieces *pieces, const loci_stroke *stroke, const loci_warp *warp,
                       int parts) {
    double raw[2], from[2], to[2];
    stroke_point(stroke, 0, 0, raw);
    carry(warp, raw, from);
    for (int i = 0; i + 1 < stroke->count; i++)
        for (int part = 1; part <= parts; part++) {
            stroke_point(stroke, i, (double)part / parts, raw);
            carry(warp, raw, to);
            add_piece(pieces, from, to);
            memcpy(from, to, sizeof from);
        }
}

#define DECLARE(isa) extern loci_pen_lay loci_pen_lay_##isa;
LOCI_EACH_ISA(DECLARE)

/* Some rows of a picture. */
typedef struct loci_band {
    loci_pen_lay *lay;
    int first, end;                         /* rows */
    int left, right;                        /* columns that any ink may be in: left <= x < right */
    float distance[BAND][LOCI_GLYPHS_MOST]; /* squared, from the middle of the nearest stroke */
} loci_band;

static int clip(double x, int low, int high) {
    return x < low ? low : x > high ? high : (int)x;
}

/* Narrows left..right to the columns of a row that may be within reach of a piece, and one more on
 * each side: only a part of the piece is near the row, and that part `off` from it or more. */
static void narrow(int *left, int *right, double y, const float a[2], const float d[2],
                   double reach) {
    double ay = (double)a[1] - y, dy = (double)d[1];
    double first = 0, last = 1;
    if (dy != 0) { /* |ay + t dy| <= reach */
        double t[2] = {(-reach - ay) / dy, (reach - ay) / dy};
        int low = t[0] < t[1] ? 0 : 1;
        first = t[low] > 0 ? t[low] : 0;
        last = t[1 - low] < 1 ? t[1 - low] : 1;
    }
    double end = ay + dy;
    double off = ay > 0 && end > 0   ? (ay < end ? ay : end)
                 : ay < 0 && end < 0 ? (ay > end ? ay : end)
                                     : 0;
    double width = off * off < reach * reach ? sqrt(reach * reach - off * off) : 0;
    double x[2] = {(double)a[0] + first * (double)d[0], (double)a[0] + last * (double)d[0]};
    int low = clip((x[0] < x[1] ? x[0] : x[1]) - width - 1.5, *left, *right);
    int high = clip((x[0] > x[1] ? x[0] : x[1]) + width + 1.5, *left, *right);
    *left = low;
    *right = high;
}

/* Lowers the distances of the pixels within reach of piece i. */
static void lay_piece(loci_band *band, const loci_pieces *pieces, size_t i, int side) {
    if (pieces->bottom[i] < band->first || pieces->top[i] >= band->end)
        return;
    int top = clip(pieces->top[i], band->first, band->end - 1);
    int bottom = clip(pieces->bottom[i], band->first, band->end - 1);
    for (int y = top; y <= bottom; y++) {
        int left = clip(pieces->left[i], 0, side - 1), right = clip(pieces->right[i], 0, side - 1);
        narrow(&left, &right, y + 0.5, pieces->from[i], pieces->to[i], pieces->reach);
        band->lay(band->distance[y - band->first], left, right + 1, (float)y + 0.5f,
                  pieces->from[i], pieces->to[i]);
    }
}

/* The columns that pieces may reach into in any row. */
static void find_columns(loci_band *band, const loci_pieces *pieces, int side) {
    band->left = side;
    band->right = 0;
    for (size_t i = 0; i < pieces->count; i++) {
        int left = clip(pieces->left[i], 0, side - 1), right = clip(pieces->right[i], 0, side - 1);
        band->left = left < band->left ? left : band->left;
        band->right = right >= band->right ? right + 1 : band->right;
    }
}

static void lay_band(loci_band *band, const loci_pieces *pieces, int first, int side) {
    band->first = first;
    band->end = first + BAND < side ? first + BAND : side;
    for (int y = 0; y < BAND; y++)
        for (int x = band->left; x < band->right; x++)
            band->distance[y][x] = (float)(4 * side * side);
    for (size_t i = 0; i < pieces->count; i++)
        lay_piece(band, pieces, i, side);
}

/* The pen: how far its ink goes, how wide its edge is, and how dark it is. */
typedef struct loci_pen {
    double reach, soft, ink;
} loci_pen;

static void ink_band(const loci_band *band, const loci_pen *by, loci_draws *draws, int side,
                     uint8_t *out) {
    for (int y = band->first; y < band->end; y++)
        for (int x = band->left; x < band->right; x++) {
            double squared = band->distance[y - band->first][x];
            if (squared >= by->reach * by->reach)
                continue;
            double cover = (by->reach - sqrt(squared)) / by->soft;
            cover = cover > 1 ? 1 : cover;
            cover *= by->ink * (1 - grain * between(draws, 0, 1));
            out[(size_t)y * (size_t)side + (size_t)x] = (uint8_t)(cover * 255 + 0.5);
        }
}

/* More pieces the larger the picture, or their corners would be seen. */
static int parts_of(uint32_t side) {
    uint32_t parts = PIECES * side / (2 * LOCI_GLYPH_SIDE);
    return parts < PIECES ? PIECES : parts > MOST_PIECES ? MOST_PIECES : (int)parts;
}

static int draw_digit(loci_draws *draws) {
    return (int)((uint64_t)next_word(draws) * LOCI_DIGITS >> 32);
}

int loci_glyphs_digit(uint32_t sample) {
    loci_draws draws = {.stream = {SEED, LOCI_RANDOM_GLYPHS, sample}};
    return draw_digit(&draws);
}

int loci_glyphs_draw(uint32_t sample, uint32_t side, uint8_t *out) {
    double scale = (double)side / LOCI_GLYPH_SIDE;
    loci_draws draws = {.stream = {SEED, LOCI_RANDOM_GLYPHS, sample}};
    int digit = draw_digit(&draws);
    int manner = (int)((uint64_t)next_word(&draws) * LOCI_MANNERS >> 32);
    const loci_drawing *drawing = &loci_drawings[digit][manner];
    loci_warp warp;
    draw_warp(&warp, &draws, scale);
    double radius = between(&draws, pen[0], pen[1]) * scale;
    double soft = between(&draws, softness[0], softness[1]) * scale;
    double ink = between(&draws, darkness[0], darkness[1]);
    const loci_pen by = {.reach = radius + soft / 2, .soft = soft, .ink = ink};

    loci_pieces pieces;
    pieces.count = 0;
    pieces.reach = by.reach;
    loci_band band;
    band.lay = LOCI_CHOOSE_ISA(loci_isa_best(), loci_pen_lay);
    for (int s = 0; s < drawing->count; s++)
        add_stroke(&pieces, &drawing->stroke[s], &warp, parts_of(side));
    find_columns(&band, &pieces, (int)side);
    for (int first = 0; first < (int)side; first += BAND) {
        lay_band(&band, &pieces, first, (int)side);
        ink_band(&band, &by, &draws, (int)side, out);
    }
    return digit;
}
