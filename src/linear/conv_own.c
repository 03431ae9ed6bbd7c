#include "linear/conv_own.h"

#include <string.h>

/* Numbers that a window sees: [window, window, in]. */
static size_t seen(const loci_conv_shape *s) {
    return s->window * s->window * s->in;
}

static size_t places(const loci_conv_shape *s) {
    return loci_conv_places(s->height, s->stride) * loci_conv_places(s->width, s->stride);
}

size_t loci_conv_own_floats(const loci_conv_shape *s) {
    return s->rows * places(s) * seen(s);
}

/* One line of a window: `count` places side by side of x from `at` on, the `skipped` before them
 * beyond the edge. */
struct line {
    size_t at, skipped, count; /* in places */
};

/* The line dy of the window over place (oy, ox) of one row; count 0 where it is beyond the edge. */
static struct line line_of(const loci_conv_shape *s, size_t oy, size_t ox, size_t dy) {
    size_t half = s->window / 2, y = s->stride * oy + dy, left = s->stride * ox;
    if (y < half || y - half >= s->height)
        return (struct line){0, 0, 0};
    size_t first = left < half ? half - left : 0, end = s->window;
    if (left + end > s->width + half)
        end = s->width + half - left;
    return (struct line){(y - half) * s->width + left + first - half, first, end - first};
}

/* RUN(line, place, dy) for every line of every window. */
#define EACH_LINE(s, RUN)                                                                          \
    do {                                                                                           \
        size_t place = 0;                                                                          \
        for (size_t row = 0; row < (s)->rows; row++)                                               \
            for (size_t oy = 0; oy < loci_conv_places((s)->height, (s)->stride); oy++)             \
                for (size_t ox = 0; ox < loci_conv_places((s)->width, (s)->stride); ox++, place++) \
                    for (size_t dy = 0; dy < (s)->window; dy++) {                                  \
                        struct line line = line_of(s, oy, ox, dy);                                 \
                        line.at += row * (s)->height * (s)->width;                                 \
                        RUN(line, place, dy);                                                      \
                    }                                                                              \
    } while (0)

/* columns [places, seen] from x. */
static void gather(const loci_conv_shape *s, const float *x, float *columns) {
    size_t width = s->window * s->in;
#define COPY(line, place, dy)                                                                      \
    do {                                                                                           \
        float *to = columns + (place)*seen(s) + (dy)*width;                                        \
        size_t before = (line).skipped * s->in, count = (line).count * s->in;                      \
        memset(to, 0, before * sizeof *to);                                                        \
        memcpy(to + before, x + (line).at * s->in, count * sizeof *to);                            \
        memset(to + before + count, 0, (width - before - count) * sizeof *to);                     \
    } while (0)
    EACH_LINE(s, COPY);
#undef COPY
}

/* The way back: each place of x gets what all windows that saw it have of it. */
static void scatter(const loci_conv_shape *s, const float *columns, float *x) {
    size_t width = s->window * s->in;
    memset(x, 0, loci_conv_in_floats(s) * sizeof *x);
#define ADD(line, place, dy)                                                                       \
    do {                                                                                           \
        const float *from = columns + (place)*seen(s) + (dy)*width + (line).skipped * s->in;       \
        for (size_t i = 0; i < (line).count * s->in; i++)                                          \
            x[(line).at * s->in + i] += from[i];                                                   \
    } while (0)
    EACH_LINE(s, ADD);
#undef ADD
}

void loci_conv_own_forward(loci_gemm_kernel *gemm, const loci_conv_shape *s, const float *k,
                           size_t ld, const float *x, float *y, float *scratch) {
    gather(s, x, scratch);
    gemm(s->rows * places(s), s->out, seen(s), (loci_operand){scratch, seen(s), false},
         (loci_operand){k, ld, false}, y, s->out);
}

void loci_conv_own_input_gradient(loci_gemm_kernel *gemm, const loci_conv_shape *s, const float *k,
                                  size_t ld, const float *g, float *g_x, float *scratch) {
    gemm(s->rows * places(s), seen(s), s->out, (loci_operand){g, s->out, false},
         (loci_operand){k, ld, true}, scratch, seen(s));
    scatter(s, scratch, g_x);
}

void loci_conv_own_stencil_gradient(loci_gemm_kernel *gemm, const loci_conv_shape *s,
                                    const float *x, const float *g, float *g_k, float *scratch) {
    gather(s, x, scratch);
    gemm(seen(s), s->out, s->rows * places(s), (loci_operand){scratch, seen(s), true},
         (loci_operand){g, s->out, false}, g_k, s->out);
}
