/* Our own dense product, compiled once per instruction set.
 *
 * B goes by in panels, packed so that its numbers are read in order. A block of C stays in
 * registers while a panel's rows go by; each row costs one load a vector and one multiply-add a
 * vector and row of C. */
#include <string.h>

#include "base/isa.h"
#include "linear/gemm.h"
#include "linear/vector.h"

#define loci_gemm_kernel_isa LOCI_ISA_NAME(loci_gemm_kernel)
loci_gemm_kernel loci_gemm_kernel_isa;

/* The block of C that fits the machine's registers, ROWS x VECTORS of them. A panel of DEPTH rows
 * stays in the first-level cache. */
#if defined(__AVX512F__)
enum { ROWS = 6, VECTORS = 4, DEPTH = 96 };
#elif defined(__AVX2__)
enum { ROWS = 6, VECTORS = 2, DEPTH = 256 };
#else
enum { ROWS = 4, VECTORS = 2, DEPTH = 256 };
#endif
enum { WIDTH = LANES * VECTORS };

/* panel [depth, WIDTH] = B from row k, column j on; columns past the width are 0. */
static void pack(loci_operand b, size_t k, size_t depth, size_t j, size_t width, float *panel) {
    if (!b.transposed) {
        for (size_t i = 0; i < depth; i++) {
            memcpy(panel + i * WIDTH, b.at + (k + i) * b.ld + j, width * sizeof *panel);
            memset(panel + i * WIDTH + width, 0, (WIDTH - width) * sizeof *panel);
        }
        return;
    }
    if (width < WIDTH)
        memset(panel, 0, depth * WIDTH * sizeof *panel);
    for (size_t x = 0; x < width; x++) {
        const float *from = b.at + (j + x) * b.ld + k;
        for (size_t i = 0; i < depth; i++)
            panel[i * WIDTH + x] = from[i];
    }
}

/* c [rows, ldc] (+)= A panel, `rows` and `vectors` known when this is compiled. a: of A, element
 * (r, i) at a[r * row + i * step]. */
static inline __attribute__((always_inline)) void block(int rows, int vectors, const float *a,
                                                        size_t row, size_t step, size_t depth,
                                                        const float *panel, float *c, size_t ldc,
                                                        bool add) {
    vector sum[ROWS][VECTORS];
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++)
            sum[r][v] = add ? AT(c + (size_t)r * ldc + LANES * v) : (vector){0};
    for (size_t i = 0; i < depth; i++) {
        const float *from = panel + i * WIDTH;
        for (int r = 0; r < rows; r++) {
            float x = a[(size_t)r * row + i * step];
            for (int v = 0; v < vectors; v++)
                sum[r][v] += x * AT(from + LANES * v);
        }
    }
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++)
            STORE(c + (size_t)r * ldc + LANES * v, sum[r][v]);
}

/* What a strip of C is made from. */
struct strip {
    loci_operand a;
    size_t m, k, depth; /* of A: all rows, the panel's columns from k on */
    const float *panel;
    float *c; /* [m, ldc], of which whole vectors may be written */
    size_t ldc;
    bool add;
};

static inline __attribute__((always_inline)) void strip_of(int vectors, const struct strip *s) {
    size_t row = s->a.transposed ? 1 : s->a.ld, step = s->a.transposed ? s->a.ld : 1, r = 0;
    const float *a = s->a.at + s->k * step;
    for (; r + ROWS <= s->m; r += ROWS)
        block(ROWS, vectors, a + r * row, row, step, s->depth, s->panel, s->c + r * s->ldc, s->ldc,
              s->add);
    for (; r < s->m; r++)
        block(1, vectors, a + r * row, row, step, s->depth, s->panel, s->c + r * s->ldc, s->ldc,
              s->add);
}

static void run_strip(size_t vectors, const struct strip *s) {
    if (vectors == 1)
        strip_of(1, s);
    else if (vectors == 2)
        strip_of(2, s);
#if defined(__AVX512F__)
    else if (vectors == 3)
        strip_of(3, s);
    else
        strip_of(4, s);
#endif
}

/* A strip whose last vector is not whole goes through a block of its own, some rows at a time. */
enum { RAGGED = 8 * ROWS };
static void run_ragged(size_t width, const struct strip *s) {
    float block[RAGGED * WIDTH];
    size_t vectors = (width + LANES - 1) / LANES;
    for (size_t first = 0; first < s->m; first += RAGGED) {
        struct strip part = *s;
        part.m = s->m - first < RAGGED ? s->m - first : RAGGED;
        part.a.at += first * (s->a.transposed ? 1 : s->a.ld);
        part.c = block;
        part.ldc = WIDTH;
        float *to = s->c + first * s->ldc;
        for (size_t r = 0; s->add && r < part.m; r++) {
            memset(block + r * WIDTH, 0, LANES * vectors * sizeof *block);
            memcpy(block + r * WIDTH, to + r * s->ldc, width * sizeof *block);
        }
        run_strip(vectors, &part);
        for (size_t r = 0; r < part.m; r++)
            memcpy(to + r * s->ldc, block + r * WIDTH, width * sizeof *block);
    }
}

void loci_gemm_kernel_isa(size_t m, size_t n, size_t k, loci_operand a, loci_operand b, float *c,
                          size_t ldc) {
    float panel[DEPTH * WIDTH] __attribute__((aligned(64)));
    for (size_t j = 0; j < n; j += WIDTH) {
        size_t width = n - j < WIDTH ? n - j : WIDTH;
        for (size_t from = 0; from == 0 || from < k; from += DEPTH) {
            struct strip s = {.a = a, .m = m, .k = from, .panel = panel, .c = c + j, .ldc = ldc};
            s.depth = k - from < DEPTH ? k - from : DEPTH;
            s.add = from > 0;
            pack(b, from, s.depth, j, width, panel);
            if (width % LANES == 0)
                run_strip(width / LANES, &s);
            else
                run_ragged(width, &s);
        }
    }
}
