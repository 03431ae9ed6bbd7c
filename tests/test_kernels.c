/* The float32 kernels, in every compilation this machine can run, against the float64 twin.
 *
 * What "the same to 1e-5" means here. Where nothing cancels, as in the weights of single sites, it
 * is the project's tolerance: |a - b| <= 1e-5 max(|b|, 1e-3 max|tensor|). A sum whose terms have
 * both signs can come out near 0, or at 0, while its terms are of size 1, and no float32 sum can be
 * exact to 1e-5 of that: the error is measured by what was summed, |a - b| <= 1e-5 sum|terms|,
 * entry by entry, the terms taken from the twin (loci_reference.absolute). And since such errors
 * have both signs too, a tensor as a whole must be near in the project's sense: |a - b|_2 <= 1e-5
 * |b|_2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "compare.h"
#include "linear/linear.h"
#include "linear/sparse.h"
#include "reference/wiring_twin.h"
#include "wiring/wiring.h"

static const double TOLERANCE = 1e-5;

/* A float32 array and its exact float64 copy. */
struct numbers {
    size_t count;
    float *single;
    double *twin;
};

static struct numbers make(size_t count) {
    struct numbers x = {count, loci_alloc(count, sizeof(float)), loci_alloc(count, sizeof(double))};
    assert_non_null(x.single);
    assert_non_null(x.twin);
    return x;
}

static struct numbers draw(size_t count, uint32_t round) {
    const loci_random stream = {count, LOCI_RANDOM_TEST, round};
    struct numbers x = make(count);
    for (size_t i = 0; i < count; i++)
        x.twin[i] = x.single[i] = (float)loci_random_normal(&stream, i);
    return x;
}

static void drop(struct numbers *x) {
    free(x->single);
    free(x->twin);
}

/* A pair of layers with everything about it, and what the twin says of its weights and gradients.
 */
struct pair {
    char name[128];
    loci_wiring wiring;
    loci_reference reference;
    size_t padded;
    struct numbers p, c, q, e, g; /* g [n, m]: dL/dw */
    struct numbers w, w_terms;    /* [n, m] */
    /* twin: by the reference; single: by the kernel */
    struct numbers dp, dc, dq, de, dgap, dcutoff, dlog_scale, dlength;
    /* the sums of absolute terms */
    struct numbers tp, tc, tq, te, tgap, tcutoff, tlog_scale, tlength;
    uint8_t *mask, *mask_twin; /* of a pruned pair, else NULL */
};

/* Cuts about a third of the connections. */
static void cut_pair(struct pair *x, size_t n, size_t m) {
    const loci_random stream = {n, LOCI_RANDOM_TEST, 6};
    x->mask = loci_alloc(n, loci_mask_leading(m));
    x->mask_twin = loci_alloc(n, m);
    assert_true(x->mask != NULL && x->mask_twin != NULL);
    for (size_t i = 0; i < n * m; i++)
        x->mask_twin[i] = x->mask[i / m * loci_mask_leading(m) + i % m] =
            loci_random_below(&stream, i, 3) > 0;
}

/* Of finite range: what a law is worth at its end. */
static void limit(struct pair *x, double range) {
    x->reference.cutoff = x->wiring.cutoff = (float)loci_reference_law(&x->reference, range);
    x->reference.length_cutoff = x->wiring.length_cutoff =
        (float)loci_reference_law_length(&x->reference, range);
}

static void open_pair(struct pair *x, size_t C, size_t A, size_t D, size_t n, size_t m,
                      bool charged, enum loci_law law, double range, bool cut) {
    memset(x, 0, sizeof *x);
    snprintf(x->name, sizeof x->name,
             "law %d, %zu coordinates, %zu axon and %zu dendrite sites, %zu to %zu%s%s%s", (int)law,
             C, A, D, n, m, charged ? "" : " uncharged", range > 0 ? " in range" : "",
             cut ? " cut" : "");
    if (cut)
        cut_pair(x, n, m);
    x->padded = loci_pad16(m);
    x->p = draw(n * A * C, 1);
    x->c = draw(n * A, 2);
    x->q = draw(m * D * C, 3);
    x->e = draw(m * D, 4);
    x->g = draw(n * m, 5);
    const float base = 0.01f, scale = 0.3f;
    x->wiring = (loci_wiring){
        .n = n, .m = m, .axons = A, .dendrites = D, .coordinates = C, .base = base, .scale = scale};
    x->wiring.law = (int)law;
    const double length = 0.75 * sqrt((double)C); /* distances grow so */
    x->wiring.length = (float)length;
    x->wiring.mask = x->mask;
    x->wiring.p = x->p.single;
    x->wiring.q = x->q.single;
    x->wiring.c = charged ? x->c.single : NULL;
    x->wiring.e = charged ? x->e.single : NULL;
    x->reference = (loci_reference){
        .n = n, .m = m, .axons = A, .dendrites = D, .coordinates = C, .scale = scale};
    x->reference.law = (int)law;
    x->reference.length = x->wiring.length;
    if (range > 0)
        limit(x, range);
    x->reference.mask = x->mask_twin;
    x->reference.p = x->p.twin;
    x->reference.q = x->q.twin;
    x->reference.c = charged ? x->c.twin : NULL;
    x->reference.e = charged ? x->e.twin : NULL;
    x->reference.gap = sqrt((double)base);
    enum { RESULTS = 8 };
    struct numbers *const results[2][RESULTS] = {
        {&x->dp, &x->dc, &x->dq, &x->de, &x->dgap, &x->dcutoff, &x->dlog_scale, &x->dlength},
        {&x->tp, &x->tc, &x->tq, &x->te, &x->tgap, &x->tcutoff, &x->tlog_scale, &x->tlength}};
    const size_t counts[RESULTS] = {n * A * C, n * A, m * D * C, m * D, 1, 1, 1, 1};
    x->w = make(n * m);
    x->w_terms = make(n * m);
    for (int absolute = 0; absolute < 2; absolute++) {
        struct numbers *const *to = results[absolute];
        for (int i = 0; i < RESULTS; i++)
            *to[i] = make(counts[i]);
        x->reference.absolute = absolute != 0;
        loci_reference_weights(&x->reference, absolute ? x->w_terms.twin : x->w.twin);
        const loci_reference_gradient out = {to[0]->twin, to[1]->twin, to[2]->twin, to[3]->twin,
                                             to[4]->twin, to[5]->twin, to[6]->twin, to[7]->twin};
        loci_reference_backward(&x->reference, x->g.twin, &out);
    }
}

static void close_pair(struct pair *x) {
    struct numbers *const all[] = {
        &x->p,          &x->c,       &x->q,       &x->e,       &x->g,      &x->w,
        &x->w_terms,    &x->dp,      &x->dc,      &x->dq,      &x->de,     &x->dgap,
        &x->tp,         &x->tc,      &x->tq,      &x->te,      &x->tgap,   &x->tlog_scale,
        &x->dlog_scale, &x->dcutoff, &x->tcutoff, &x->dlength, &x->tlength};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        drop(all[i]);
    free(x->mask);
    free(x->mask_twin);
}

/* Compares x->single with x->twin; what its entries were summed from is in terms, NULL where
 * nothing cancels. */
static void compare(const struct pair *pair, const char *what, const struct numbers *x,
                    const struct numbers *terms) {
    double floor = 1e-3 * largest_of(x->twin, x->count), error = 0, length = 0;
    for (size_t i = 0; i < x->count; i++) {
        double a = x->single[i], b = x->twin[i];
        double allowed = TOLERANCE * (terms == NULL ? fmax(fabs(b), floor) : terms->twin[i]);
        if (!(fabs(a - b) <= allowed))
            fail_msg("%s: %s[%zu] is %.9g instead of %.9g, %.2g times what is allowed", pair->name,
                     what, i, a, b, fabs(a - b) / allowed);
        error += (a - b) * (a - b);
        /* what is left of k within a range is a difference: its error is measured by its terms */
        length +=
            terms != NULL && pair->wiring.cutoff > 0 ? terms->twin[i] * terms->twin[i] : b * b;
    }
    if (x->count >= 16 && !(error <= TOLERANCE * TOLERANCE * length))
        fail_msg("%s: %s is off by %.2g of its length", pair->name, what, sqrt(error / length));
}

/* Weights and gradients of the block of receiving neurons j0 .. j1-1, rows in two parts. */
static void run_block(struct pair *x, const loci_wiring_kernels *kernels, size_t j0, size_t j1) {
    const loci_wiring *w = &x->wiring;
    size_t width = j1 - j0, padded = loci_pad16(width), ld = padded + 16, n = w->n;
    size_t A = w->axons, D = w->dendrites, C = w->coordinates, half = (n + 1) / 2;
    float *buffer = loci_alloc(loci_tile_floats(w, width), sizeof(float));
    float *block = loci_alloc(n * ld, sizeof(float));
    float *axon = loci_alloc(n * A * loci_axon_sums(C), sizeof(float));
    float *dendrite = loci_alloc((C + 1) * D * padded, sizeof(float));
    assert_true(buffer != NULL && block != NULL && axon != NULL && dendrite != NULL);
    loci_tile tile;
    loci_tile_pack(w, j0, width, buffer, &tile);
    for (size_t i = 0; i < n * ld; i++)
        block[i] = NAN; /* weights are written, not added */
    kernels->weights(w, &tile, 0, half, block, ld);
    kernels->weights(w, &tile, half, n, block + half * ld, ld);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < padded; j++) {
            if (j < width)
                x->w.single[i * w->m + j0 + j] = block[i * ld + j];
            else
                assert_true(block[i * ld + j] == 0);
            block[i * ld + j] = j < width ? x->g.single[i * w->m + j0 + j] : 0;
        }
    kernels->contract(w, &tile, 0, half, block, ld, axon, dendrite);
    kernels->contract(w, &tile, half, n, block + half * ld, ld, axon + half * A * loci_axon_sums(C),
                      dendrite);
    for (size_t site = 0; site < n * A; site++) {
        const float *from = axon + site * loci_axon_sums(C);
        float c = w->c == NULL ? 1 : w->c[site];
        x->dc.single[site] += from[0];
        for (size_t d = 0; d < C; d++)
            x->dp.single[site * C + d] += from[1 + d];
        x->dgap.single[0] -= (float)x->reference.gap * c * from[loci_axon_slope(C)];
        x->dcutoff.single[0] -= c * from[loci_axon_reach(C)];
        x->dlog_scale.single[0] += c * from[LOCI_AXON_VALUE];
        x->dlength.single[0] += c * from[loci_axon_length(C)];
    }
    for (size_t j = j0; j < j1; j++)
        for (size_t b = 0; b < D; b++) {
            const float *from = dendrite + b * padded + j - j0;
            for (size_t d = 0; d < C; d++)
                x->dq.single[(j * D + b) * C + d] = from[d * D * padded];
            x->de.single[j * D + b] = w->scale * from[C * D * padded];
        }
    free(buffer);
    free(block);
    free(axon);
    free(dendrite);
}

static void check_pair(struct pair *x, enum loci_isa isa) {
    struct numbers *const added[] = {&x->dp,      &x->dc,         &x->dgap,
                                     &x->dcutoff, &x->dlog_scale, &x->dlength};
    for (size_t i = 0; i < sizeof added / sizeof *added; i++)
        memset(added[i]->single, 0, added[i]->count * sizeof(float));
    const size_t widest = 64;
    for (size_t j0 = 0; j0 < x->wiring.m; j0 += widest)
        run_block(x, loci_wiring_kernels_for(isa), j0,
                  j0 + widest < x->wiring.m ? j0 + widest : x->wiring.m);
    bool single = x->wiring.axons == 1 && x->wiring.dendrites == 1 && x->wiring.cutoff == 0;
    compare(x, "weight", &x->w, single ? NULL : &x->w_terms);
    compare(x, "dL/dp", &x->dp, &x->tp);
    compare(x, "dL/dc", &x->dc, &x->tc);
    compare(x, "dL/dq", &x->dq, &x->tq);
    compare(x, "dL/de", &x->de, &x->te);
    compare(x, "dL/dg", &x->dgap, &x->tgap);
    compare(x, "dL/dlog s", &x->dlog_scale, &x->tlog_scale);
    if (x->wiring.cutoff > 0)
        compare(x, "dL/dcutoff", &x->dcutoff, &x->tcutoff);
    if (loci_law_has_length(x->wiring.law))
        compare(x, "dL/dL", &x->dlength, &x->tlength);
}

static void test_wiring(void **state) {
    (void)state;
    static const size_t coordinates[] = {1, 2, 3, 4, 9, 63}, sites[] = {1, 2, 8};
    static const size_t shapes[][2] = {{1, 1}, {7, 15}, {40, 16}, {33, 50}, {3, 130}};
    for (size_t c = 0; c < 6; c++)
        for (size_t a = 0; a < 3; a++)
            for (size_t d = 0; d < 3; d++)
                for (size_t s = 0; s < 5; s++)
                    for (int law = 0; law < LOCI_LAWS; law++) {
                        struct pair pair;
                        open_pair(&pair, coordinates[c], sites[a], sites[d], shapes[s][0],
                                  shapes[s][1], (a + d + s) % 4, (enum loci_law)law,
                                  (a + d) % 2 ? 1.4 : 0, (d + s) % 3 == 0);
                        for (int isa = 0; isa <= (int)loci_isa_best(); isa++)
                            check_pair(&pair, (enum loci_isa)isa);
                        close_pair(&pair);
                    }
}

/* The project's tolerance must notice one wrong entry among larger ones. */
static void assert_caught(double wrong) {
    double right[4] = {1, -2, 1e-4, 0.5}, changed[4] = {1, -2, 1e-4, 0.5};
    size_t where;
    assert_true(worst_excess(changed, right, 4, TOLERANCE, &where) == 0);
    changed[2] = wrong;
    assert_true(worst_excess(changed, right, 4, TOLERANCE, &where) > 1);
    assert_int_equal(where, 2);
}

static void test_comparison(void **state) {
    (void)state;
    assert_caught(-1e-4);
    assert_caught(1e-4 + 3e-8);
    assert_caught(NAN);
    assert_caught(INFINITY);
}

/* 1 / sqrt(x) as the kernels have it, seen as the weight between two neurons on one spot: over [1,
 * 4) densely, which is all there is up to powers of 4, and over the whole range of exponents. */
static double root_error(const loci_wiring_kernels *kernels, size_t C, uint32_t from, uint32_t to,
                         uint32_t step) {
    static const float origin[2] = {0, 0}, one = 1;
    loci_wiring w = {.n = 1, .m = 1, .axons = 1, .dendrites = 1, .coordinates = C, .scale = 1};
    w.p = w.q = origin;
    w.c = w.e = &one;
    _Alignas(64) float buffer[64], out[16];
    loci_tile tile;
    loci_tile_pack(&w, 0, 1, buffer, &tile);
    double worst = 0;
    for (uint32_t bits = from; bits < to; bits += step) {
        memcpy(&w.base, &bits, sizeof bits);
        kernels->weights(&w, &tile, 0, 1, out, 16);
        double error = fabs(out[0] * sqrt((double)w.base) - 1);
        if (!(error <= worst))
            worst = error;
    }
    return worst;
}

static void test_inverse_root(void **state) {
    (void)state;
    for (int isa = 0; isa <= (int)loci_isa_best(); isa++)
        for (size_t C = 1; C <= 2; C++) {
            const loci_wiring_kernels *kernels = loci_wiring_kernels_for((enum loci_isa)isa);
            double dense = root_error(kernels, C, 0x3F800000, 0x40800000, 13);
            double wide = root_error(kernels, C, 0x00800000, 0x7E800000, 8191);
            if (!(dense < 8e-7) || !(wide < 8e-7))
                fail_msg("%s, %zu coordinates: inverse root off by %.3g in [1, 4), %.3g elsewhere",
                         loci_isa_name((enum loci_isa)isa), C, dense, wide);
        }
}

/* The sparse product against a plain triple loop; entries in rows 0, 1, few and many. */
static void check_product(enum loci_isa isa, size_t rows, size_t K, size_t width, double density,
                          int add) {
    const loci_random stream = {rows * 1000 + width, LOCI_RANDOM_TEST, 7};
    size_t ldm = width + 16, ldo = width + 32;
    uint32_t *start = loci_alloc(rows + 1, sizeof *start),
             *index = loci_alloc(rows * K, sizeof *index);
    struct numbers value = make(rows * K), m = draw(K * ldm, 8), out = draw(rows * ldo, 9),
                   terms = make(rows * ldo);
    for (size_t r = 0; r < rows; r++) {
        start[r + 1] = start[r];
        for (size_t k = 0; k < K; k++)
            if (loci_random_uniform(&stream, r * K + k) < density * (double)(r % 3)) {
                index[start[r + 1]] = (uint32_t)k;
                value.twin[start[r + 1]] = value.single[start[r + 1]] =
                    (float)loci_random_normal(&stream, rows * K + k);
                start[r + 1]++;
            }
    }
    for (size_t r = 0; r < rows; r++)
        for (size_t j = 0; j < width; j++) {
            double sum = add ? out.twin[r * ldo + j] : 0, size = fabs(sum);
            for (uint32_t t = start[r]; t < start[r + 1]; t++) {
                double term = value.twin[t] * m.twin[index[t] * ldm + j];
                sum += term;
                size += fabs(term);
            }
            out.twin[r * ldo + j] = sum;
            terms.twin[r * ldo + j] = size;
        }
    const loci_sparse sparse = loci_sparse_rows(rows, start, index, value.single);
    size_t half = rows / 2;
    loci_linear_kernels_for(isa)->spmm(&sparse, 0, half, m.single, ldm, out.single, ldo, width,
                                       add);
    loci_linear_kernels_for(isa)->spmm(&sparse, half, rows, m.single, ldm, out.single + half * ldo,
                                       ldo, width, add);
    struct pair name = {.wiring = {.cutoff = 0}};
    snprintf(name.name, sizeof name.name, "product %zu x %zu x %zu, %s", rows, K, width,
             loci_isa_name(isa));
    compare(&name, "out", &out, &terms); /* columns past width were not touched: they are equal */
    drop(&value);
    drop(&m);
    drop(&out);
    drop(&terms);
    free(start);
    free(index);
}

static void test_sparse_product(void **state) {
    (void)state;
    static const size_t rows[] = {1, 2, 9, 40}, inner[] = {1, 7, 100},
                        widths[] = {16, 32, 48, 64, 112, 256};
    for (int isa = 0; isa <= (int)loci_isa_best(); isa++)
        for (size_t r = 0; r < 4; r++)
            for (size_t k = 0; k < 3; k++)
                for (size_t w = 0; w < 6; w++)
                    check_product((enum loci_isa)isa, rows[r], inner[k], widths[w], 0.3,
                                  (int)((r + k + w) % 2));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wiring),
        cmocka_unit_test(test_comparison),
        cmocka_unit_test(test_inverse_root),
        cmocka_unit_test(test_sparse_product),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
