/* Weights that arrive later: the kernels, in every compilation this machine can run, against the
 * float64 twin. As in test_kernels.c an error is measured by what
 * was summed, 1e-5 of the sum of the terms' sizes. A term counts 1 + d times, as the share of it
 * that comes a step later is off by what the delay d is off by. */
#include "delay_case.h"

/* What the kernels make of a case. */
struct made {
    float *k;                   /* [taps, n, m] */
    float *to[DELAY_GRADIENTS]; /* from g */
    float *g;                   /* [taps, n, m] */
};

static void clear(struct made *x, const delay_shape *s) {
    for (int k = 0; k < DELAY_GRADIENTS; k++)
        memset(x->to[k], 0, delay_gradient_size(s, k) * sizeof(float));
}

/* The sums of an axon site become what sums.h says. */
static void take_axon(const delay_case *x, struct made *made, size_t site, const float *sum,
                      float late) {
    size_t C = x->shape.C;
    float c = x->wiring.c == NULL ? 1 : x->wiring.c[site];
    for (size_t d = 0; d < C; d++)
        made->to[DELAY_P][site * C + d] += sum[LOCI_AXON_POSITION + d];
    made->to[DELAY_C][site] += sum[LOCI_AXON_VALUE];
    made->to[DELAY_GAP][0] -= (float)x->twin.gap * c * sum[loci_axon_slope(C)];
    made->to[DELAY_CUTOFF][0] -= c * sum[loci_axon_reach(C)];
    made->to[DELAY_SCALE][0] += c * sum[LOCI_AXON_VALUE];
    made->to[DELAY_LENGTH][0] += c * sum[loci_axon_length(C)];
    made->to[DELAY_SPEED][0] -= c * late;
}

static void take_dendrites(const delay_case *x, struct made *made, const loci_tile *tile,
                           const float *sum) {
    size_t C = x->shape.C, D = x->shape.D;
    for (size_t j = 0; j < tile->width; j++)
        for (size_t b = 0; b < D; b++) {
            size_t site = (tile->j0 + j) * D + b;
            for (size_t d = 0; d < C; d++)
                made->to[DELAY_Q][site * C + d] +=
                    sum[((LOCI_DENDRITE_POSITION + d) * D + b) * tile->padded + j];
            made->to[DELAY_E][site] +=
                x->wiring.scale * sum[(loci_dendrite_value(C) * D + b) * tile->padded + j];
        }
}

/* Taps and gradients of sender i and a tile; room [taps, ld]. */
static void run_sender(const delay_case *x, struct made *made, const loci_delay_kernels *kernels,
                       const loci_tile *tile, size_t i, float *room, size_t ld, float *dendrite) {
    const delay_shape *s = &x->shape;
    float axon[8 * 16] = {0}, late[8] = {0};
    for (size_t k = 0; k < s->taps * ld; k++)
        room[k] = NAN; /* taps are written, not added */
    loci_reach reach = {x->delay.taps, 0};
    kernels->expand(&x->wiring, &x->delay, tile, i, s->own, room, ld, &reach);
    for (size_t k = 0; k < s->taps; k++)
        for (size_t j = 0; j < tile->padded; j++) {
            size_t at = (k * s->n + i) * s->m + tile->j0 + j;
            if (j < tile->width)
                made->k[at] = room[k * ld + j];
            else
                assert_true(room[k * ld + j] == 0);
            room[k * ld + j] = j < tile->width ? made->g[at] : 0;
        }
    kernels->contract(&x->wiring, &x->delay, tile, i, s->own, room, ld, axon, dendrite, late);
    for (size_t a = 0; a < s->A; a++)
        take_axon(x, made, i * s->A + a, axon + a * loci_axon_sums(s->C), late[a]);
}

static void run_kernels(const delay_case *x, struct made *made, enum loci_isa isa) {
    const delay_shape *s = &x->shape;
    clear(made, s);
    for (size_t j0 = 0; j0 < s->m; j0 += 64) {
        loci_tile tile;
        size_t width = s->m - j0 < 64 ? s->m - j0 : 64, ld = 80;
        float *pack = loci_alloc(loci_tile_floats(&x->wiring, width), sizeof *pack);
        float *dendrite = loci_alloc(loci_dendrite_sums(s->C) * s->D * 64, sizeof *dendrite);
        float *room = loci_alloc(s->taps * ld, sizeof *room);
        loci_tile_pack(&x->wiring, j0, width, pack, &tile);
        for (size_t i = 0; i < s->n; i++)
            run_sender(x, made, loci_delay_kernels_for(isa), &tile, i, room, ld, dendrite);
        take_dendrites(x, made, &tile, dendrite);
        free(pack);
        free(dendrite);
        free(room);
    }
}

static size_t with_speed; /* cases in which the speed has a gradient */

static void check_kernels(const delay_shape *s) {
    delay_case x;
    delay_case_open(&x, s);
    size_t all = s->taps * s->n * s->m;
    struct made made = {.k = loci_alloc(all, sizeof(float)), .g = draw(all, 5)};
    double *g = twice(made.g, all), *sizes = sizes_of(g, all), *to[DELAY_GRADIENTS],
           *terms[DELAY_GRADIENTS];
    double *taps = delay_case_taps(&x, false), *tap_terms = delay_case_taps(&x, true);
    delay_case_backward(&x, false, g, to);
    delay_case_backward(&x, true, sizes, terms);
    for (int k = 0; k < DELAY_GRADIENTS; k++)
        made.to[k] = loci_alloc(delay_gradient_size(s, k), sizeof(float));
    with_speed += to[DELAY_SPEED][0] != 0;
    for (int isa = 0; isa <= (int)loci_isa_best(); isa++) {
        run_kernels(&x, &made, (enum loci_isa)isa);
        delay_compare(x.name, "tap", made.k, taps, tap_terms, all);
        for (int k = 0; k < DELAY_GRADIENTS; k++)
            if (delay_gradient_is_there(&x, k))
                delay_compare(x.name, delay_gradient_name[k], made.to[k], to[k], terms[k],
                              delay_gradient_size(s, k));
    }
    for (int k = 0; k < DELAY_GRADIENTS; k++) {
        free(made.to[k]);
        free(to[k]);
        free(terms[k]);
    }
    void *const rest[] = {made.k, made.g, g, sizes, taps, tap_terms};
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
        free(rest[i]);
    delay_case_close(&x);
}

static void test_kernels(void **state) {
    (void)state;
    static const size_t coordinates[] = {1, 2, 3, 9}, sites[] = {1, 2, 5};
    static const size_t shapes[][2] = {{1, 1}, {7, 15}, {9, 70}, {17, 17}};
    static const uint32_t taps[] = {1, 2, 5, 12};
    static const double paces[] = {0.4, 1, 5};
    for (size_t i = 0; i < 4 * 3 * 3 * 4 * 4; i++) {
        size_t shape = i / 36 % 4, turn = i + i / 4 + i / 36;
        const delay_shape s = {.C = coordinates[i % 4],
                               .A = sites[i / 4 % 3],
                               .D = sites[i / 12 % 3],
                               .n = shapes[shape][0],
                               .m = shapes[shape][1],
                               .law = (int)(i / 144),
                               .range = turn % 2 ? 1.4 : 0,
                               .charged = turn % 5 > 0,
                               .cut = turn % 3 == 0,
                               .own = shapes[shape][0] == shapes[shape][1] && i % 5 > 0,
                               .first = (uint32_t)(turn / 2 % 2),
                               .taps = taps[(turn / 3 + i / 12) % 4],
                               .pace = paces[turn % 7 % 3]};
        check_kernels(&s);
    }
    assert_true(with_speed > 200);
}

/* What the formulas say of one connection, with numbers that are exact: d = 5/4 of a step goes to
 * taps 1 and 2, and of a layer to itself nothing comes before the next step. */
static void test_by_hand(void **state) {
    (void)state;
    const double p = 0, q = 1.25;
    double k[4], speed = 0, g[4] = {0, 8, 16, 64}, gap = 0;
    loci_reference w = {
        .n = 1, .m = 1, .axons = 1, .dendrites = 1, .coordinates = 1, .p = &p, .q = &q, .scale = 5};
    loci_reference_delay delay = {.inverse_speed = 1, .first = 0, .taps = 4};
    const loci_reference_gradient out = {.gap = &gap};
    loci_reference_taps(&w, &delay, k);
    assert_true(k[0] == 0 && k[1] == 3 && k[2] == 1 && k[3] == 0);
    loci_reference_taps_backward(&w, &delay, g, &out, &speed);
    assert_true(speed == -1.25 * 4 * (16 - 8));
    delay = (loci_reference_delay){.inverse_speed = 0.5, .first = 1, .taps = 2};
    speed = 0;
    loci_reference_taps(&w, &delay, k);
    assert_true(k[0] == 4 && k[1] == 0);
    loci_reference_taps_backward(&w, &delay, g, &out, &speed);
    assert_true(speed == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_kernels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
