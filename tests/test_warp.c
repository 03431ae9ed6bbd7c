/* Augmentation: where pixels come from, what is drawn, and what reaches a batch. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "data/batch.h"
#include "data/dataset.h"

enum { HEIGHT = 5, WIDTH = 7, PIXELS = HEIGHT * WIDTH, NODES = LOCI_WARP_NODES };

static void fill_image(float *image) {
    for (int i = 0; i < PIXELS; i++)
        image[i] = (float)(i * 37 % 100 + 1) / 128;
}

/* to [height, width] = from, warped. */
static void apply(const loci_warp *warp, const float *from, size_t height, size_t width,
                  float *to) {
    size_t floats = (height + LOCI_WARP_FRAME) * (width + LOCI_WARP_FRAME);
    float *framed = malloc(floats * sizeof *framed),
          *room = malloc((height + 1) * width * sizeof *room);
    assert_true(framed != NULL && room != NULL);
    loci_warp_frame(from, height, width, 1, framed);
    loci_warp_apply(warp, framed, height, width, room);
    memcpy(to, room, height * width * sizeof *to);
    free(framed);
    free(room);
}

static loci_warp identity(void) {
    return (loci_warp){.turned = true, .row = {1, 0}, .column = {0, 1}};
}

static float at(const float *image, int r, int c) {
    return r < 0 || c < 0 || r >= HEIGHT || c >= WIDTH ? 0 : image[r * WIDTH + c];
}

static void nothing_stays_the_same(void **state) {
    (void)state;
    float from[PIXELS], to[PIXELS];
    const loci_warp warp = identity();
    fill_image(from);
    apply(&warp, from, HEIGHT, WIDTH, to);
    assert_memory_equal(from, to, sizeof from);
}

static void whole_pixels(void **state) {
    (void)state;
    float from[PIXELS], to[PIXELS];
    fill_image(from);
    for (int turned = 0; turned < 2; turned++)
        for (int down = -6; down <= 6; down++)
            for (int right = -8; right <= 8; right++) {
                loci_warp warp = identity();
                warp.turned = turned != 0;
                warp.down = down;
                warp.right = right;
                apply(&warp, from, HEIGHT, WIDTH, to);
                for (int r = 0; r < HEIGHT; r++)
                    for (int c = 0; c < WIDTH; c++)
                        assert_true(at(to, r, c) == at(from, r - down, c - right));
            }
}

/* A quarter turn of the middle square; half a pixel is the mean of two. */
static void turns_and_halves(void **state) {
    (void)state;
    float from[PIXELS], to[PIXELS];
    fill_image(from);
    loci_warp warp = identity();
    warp.row[0] = warp.column[1] = 0;
    warp.row[1] = -1;
    warp.column[0] = 1;
    apply(&warp, from, HEIGHT, WIDTH, to);
    for (int r = -2; r <= 2; r++)
        for (int c = -2; c <= 2; c++)
            assert_true(at(to, 2 + r, 3 + c) == at(from, 2 - c, 3 + r));
    warp = identity();
    warp.bent = true;
    for (int i = 0; i < NODES * NODES; i++)
        warp.pull[1][i / NODES][i % NODES] = 0.5f;
    apply(&warp, from, HEIGHT, WIDTH, to);
    for (int r = 0; r < HEIGHT; r++)
        for (int c = 0; c < WIDTH; c++)
            assert_true(fabsf(at(to, r, c) - (at(from, r, c) + at(from, r, c + 1)) / 2) < 1e-6f);
}

/* One node pulls its neighbourhood and nothing else. */
static void a_node_is_local(void **state) {
    (void)state;
    enum { SIDE = 9 }; /* two pixels from node to node */
    float from[SIDE * SIDE], to[SIDE * SIDE];
    for (int i = 0; i < SIDE * SIDE; i++)
        from[i] = (float)(i % 13);
    loci_warp warp = identity();
    warp.bent = true;
    warp.pull[0][2][2] = 1;
    apply(&warp, from, SIDE, SIDE, to);
    assert_true(to[4 * SIDE + 4] == from[5 * SIDE + 4]);
    for (int r = 0; r < SIDE; r++)
        for (int c = 0; c < SIDE; c++)
            if (abs(r - 4) >= 2 || abs(c - 4) >= 2)
                assert_true(to[r * SIDE + c] == from[r * SIDE + c]);
}

/* Draws use their whole range, evenly to either side, and depend on sample, epoch and seed. */
static void draws(void **state) {
    (void)state;
    enum { DRAWS = 4000 };
    const loci_warping warping = {.by = {2, 30, 0.2, 0, 1.5, false},
                                  .seed = 7,
                                  .epoch = 3,
                                  .height = HEIGHT,
                                  .width = WIDTH,
                                  .channels = 1};
    loci_warping later = warping, other = warping;
    later.epoch++;
    other.seed++;
    double angle_sum = 0, most = 0, pull_sum = 0, pull_most = 0, size_most = 0;
    int shifts[5] = {0};
    for (uint32_t i = 0; i < DRAWS; i++) {
        loci_warp w, again;
        memset(&w, 0, sizeof w);
        memset(&again, 0, sizeof again);
        loci_warp_draw(&w, &warping, i);
        loci_warp_draw(&again, &warping, i);
        assert_memory_equal(&w, &again, sizeof w);
        double angle = atan2(-(double)w.row[1], (double)w.row[0]);
        double size = hypot((double)w.row[0], (double)w.row[1]);
        angle_sum += angle;
        most = fmax(most, fabs(angle));
        size_most = fmax(size_most, fabs(1 / size - 1));
        assert_in_range(w.down + 2, 0, 4);
        shifts[w.down + 2]++;
        for (int k = 0; k < 2 * NODES * NODES; k++) {
            double pull = (double)(&w.pull[0][0][0])[k];
            pull_sum += pull;
            pull_most = fmax(pull_most, fabs(pull));
        }
    }
    const double degree = 3.14159265358979323846 / 180;
    assert_true(most > 29.9 * degree && most <= 30.001 * degree);
    assert_true(fabs(angle_sum / DRAWS) < 1.5 * degree);
    assert_true(size_most > 0.199 && size_most < 0.2001);
    assert_true(pull_most > 1.499 && pull_most <= 1.5);
    assert_true(fabs(pull_sum / (DRAWS * 2 * NODES * NODES)) < 0.02);
    for (int k = 0; k < 5; k++)
        assert_in_range(shifts[k], DRAWS / 5 - 150, DRAWS / 5 + 150);
    loci_warp a, b, c;
    loci_warp_draw(&a, &warping, 1);
    loci_warp_draw(&b, &later, 1);
    loci_warp_draw(&c, &other, 1);
    assert_true(a.row[1] != b.row[1] && a.row[1] != c.row[1]);
}

/* Every other image is mirrored, and then shifted: pixel for pixel, nothing between them. */
static void flips(void **state) {
    (void)state;
    enum { DRAWS = 400 };
    const loci_warping warping = {.by = {.shift = 1, .flip = true}, .seed = 3};
    float from[PIXELS], to[PIXELS];
    int mirrored = 0;
    fill_image(from);
    for (uint32_t i = 0; i < DRAWS; i++) {
        loci_warp w;
        loci_warp_draw(&w, &warping, i);
        mirrored += w.mirrored;
        apply(&w, from, HEIGHT, WIDTH, to);
        for (int r = 0; r < HEIGHT; r++)
            for (int c = 0; c < WIDTH; c++) {
                int column = c - w.right;
                column = w.mirrored ? WIDTH - 1 - column : column;
                assert_true(at(to, r, c) == at(from, r - w.down, column));
            }
    }
    assert_in_range(mirrored, DRAWS / 2 - 50, DRAWS / 2 + 50);
}

/* Shear slants: the columns of a row move together, the further from the middle the more. */
static void shear(void **state) {
    (void)state;
    const loci_warping warping = {.by = {.shear = 0.5}, .seed = 1};
    for (uint32_t i = 0; i < 20; i++) {
        loci_warp w;
        loci_warp_draw(&w, &warping, i);
        assert_true(w.turned && !w.bent && w.row[0] == 1 && w.row[1] == 0 && w.column[1] == 1);
        assert_true(fabsf(w.column[0]) <= 0.5f);
    }
}

/* What a batch lists is what warping gives, on one thread and on three. */
static void batches(void **state) {
    (void)state;
    enum { COUNT = 30 };
    static float values[COUNT * PIXELS], expected[PIXELS];
    int32_t labels[COUNT];
    uint32_t chosen[COUNT];
    loci_warp warp[COUNT];
    loci_dataset *data = NULL;
    const loci_warping warping = {.by = {1, 20, 0.1, 0.1, 1, false},
                                  .seed = 1,
                                  .height = HEIGHT,
                                  .width = WIDTH,
                                  .channels = 1};
    for (uint32_t i = 0; i < COUNT; i++) {
        labels[i] = (int32_t)i % 2;
        chosen[i] = i;
        loci_warp_draw(&warp[i], &warping, i);
    }
    for (int i = 0; i < COUNT * PIXELS; i++)
        values[i] = i % 3 == 0 ? 0 : (float)(i * 7 % 256) / 255;
    assert_int_equal(loci_dataset_from_arrays(&data, "same", HEIGHT, WIDTH, values, labels, COUNT,
                                              values, labels, COUNT, NULL),
                     LOCI_OK);
    for (int threads = 1; threads <= 3; threads += 2) {
        loci_pool *pool;
        loci_batch *batch;
        assert_int_equal(loci_pool_create(&pool, threads, NULL), LOCI_OK);
        assert_int_equal(loci_batch_create(&batch, COUNT, PIXELS, false, NULL, NULL), LOCI_OK);
        batch->pool = pool;
        assert_int_equal(loci_batch_fill(batch, data, LOCI_TRAIN, chosen, COUNT, &warping, 0, NULL),
                         LOCI_OK);
        for (size_t i = 0; i < COUNT; i++) {
            apply(&warp[i], values + i * PIXELS, HEIGHT, WIDTH, expected);
            for (uint32_t t = batch->start[i]; t < batch->end[i]; t++) {
                assert_true(batch->value[t] == expected[batch->index[t]]);
                expected[batch->index[t]] = 0;
            }
            for (int k = 0; k < PIXELS; k++)
                assert_true(expected[k] == 0); /* all that is not 0 was listed */
        }
        loci_batch_free(batch);
        loci_pool_free(pool);
    }
    loci_dataset_free(data);
}

/* Bytes that are only shifted go another way: row by row, nothing between pixels. */
static void shifted_bytes(void **state) {
    (void)state;
    enum { COUNT = 200, FAR = 2 };
    static float values[PIXELS], expected[PIXELS];
    const loci_warping warping = {
        .by = {.shift = FAR}, .seed = 5, .height = HEIGHT, .width = WIDTH, .channels = 1};
    uint32_t chosen[COUNT];
    int seen[2 * FAR + 1][2 * FAR + 1] = {{0}};
    loci_dataset *data = loci_dataset_new("bytes");
    assert_non_null(data);
    assert_int_equal(loci_dataset_set_size(data, HEIGHT, WIDTH, "bytes", NULL), LOCI_OK);
    loci_samples *part = &data->part[LOCI_TRAIN];
    part->bytes = loci_alloc(COUNT, PIXELS);
    part->labels = loci_alloc(COUNT, sizeof *part->labels);
    part->count = COUNT;
    for (uint32_t i = 0; i < COUNT; i++) {
        chosen[i] = i;
        part->labels[i] = (int32_t)i % 2;
    }
    for (uint32_t i = 0; i < COUNT * PIXELS; i++)
        part->bytes[i] = (uint8_t)(i % 4 == 0 ? 0 : i * 7 % 256);
    assert_int_equal(loci_dataset_finish(data, "bytes", NULL), LOCI_OK);
    loci_batch *batch;
    assert_int_equal(loci_batch_create(&batch, COUNT, PIXELS, false, NULL, NULL), LOCI_OK);
    assert_int_equal(loci_batch_fill(batch, data, LOCI_TRAIN, chosen, COUNT, &warping, 0, NULL),
                     LOCI_OK);
    for (uint32_t i = 0; i < COUNT; i++) {
        loci_warp warp;
        loci_warp_draw(&warp, &warping, i);
        seen[warp.down + FAR][warp.right + FAR]++;
        for (size_t k = 0; k < PIXELS; k++)
            values[k] = (float)part->bytes[i * PIXELS + k] / 255;
        apply(&warp, values, HEIGHT, WIDTH, expected);
        for (uint32_t t = batch->start[i]; t < batch->end[i]; t++) {
            assert_true(batch->value[t] == expected[batch->index[t]]);
            expected[batch->index[t]] = 0;
        }
        for (int k = 0; k < PIXELS; k++)
            assert_true(expected[k] == 0);
    }
    for (int k = 0; k < (2 * FAR + 1) * (2 * FAR + 1); k++)
        assert_true((&seen[0][0])[k] > 0); /* every shift was among them */
    loci_batch_free(batch);
    loci_dataset_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_stays_the_same),
        cmocka_unit_test(whole_pixels),
        cmocka_unit_test(turns_and_halves),
        cmocka_unit_test(a_node_is_local),
        cmocka_unit_test(draws),
        cmocka_unit_test(flips),
        cmocka_unit_test(shear),
        cmocka_unit_test(batches),
        cmocka_unit_test(shifted_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
