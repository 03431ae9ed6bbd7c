/* JPEG pictures: grey and colour come out as they are; damaged ones are refused, and none does
 * harm. */
#include <stdio.h>

#include <jpeglib.h>
#include <math.h>

#include "data/picture.h"
#include "loci/data.h"
#include "scratch.h"

enum { SIDE = 16 };

typedef struct bytes {
    unsigned char *data;
    unsigned long size;
} bytes;

/* A picture of four quarters, `channels` values each. */
static bytes encode(const unsigned char *quarters, int channels, J_COLOR_SPACE from,
                    J_COLOR_SPACE to, bool progressive) {
    struct jpeg_compress_struct writer;
    struct jpeg_error_mgr errors;
    bytes out = {NULL, 0};
    unsigned char row[SIDE * 4];
    JSAMPROW rows[1] = {row};
    writer.err = jpeg_std_error(&errors);
    jpeg_create_compress(&writer);
    jpeg_mem_dest(&writer, &out.data, &out.size);
    writer.image_width = writer.image_height = SIDE;
    writer.input_components = channels;
    writer.in_color_space = from;
    jpeg_set_defaults(&writer);
    jpeg_set_colorspace(&writer, to);
    jpeg_set_quality(&writer, 100, TRUE);
    writer.comp_info[0].h_samp_factor = writer.comp_info[0].v_samp_factor = 1; /* of sharp colour */
    if (progressive)
        jpeg_simple_progression(&writer);
    jpeg_start_compress(&writer, TRUE);
    for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++)
            memcpy(row + x * channels, quarters + (2 * (y / 8) + x / 8) * channels,
                   (size_t)channels);
        jpeg_write_scanlines(&writer, rows, 1);
    }
    jpeg_finish_compress(&writer);
    jpeg_destroy_compress(&writer);
    return out;
}

static const unsigned char colours[12] = {255, 0, 0, 0, 255, 0, 0, 0, 255, 200, 200, 200};
static const unsigned char greys[4] = {0, 100, 200, 255};

/* Reads a copy of exactly `size` bytes. */
static int read_copy(const unsigned char *data, size_t size, uint32_t channels, float *out,
                     loci_error *error) {
    unsigned char *copy = malloc(size > 0 ? size : 1);
    assert_non_null(copy);
    memcpy(copy, data, size);
    int status = loci_picture_read(copy, size, "test", 2, 2, channels, false, out, error);
    free(copy);
    return status;
}

static void check(bytes jpeg, uint32_t channels, const float *expected) {
    float out[16];
    loci_error error;
    if (read_copy(jpeg.data, jpeg.size, channels, out, &error) != LOCI_OK)
        fail_msg("%s", error.message);
    for (size_t i = 0; i < 4 * channels; i++)
        if (!(fabsf(out[i] - expected[i]) < 0.02f))
            fail_msg("value %zu is %g, not %g", i, (double)out[i], (double)expected[i]);
}

static void kinds(void **state) {
    (void)state;
    float rgb[12], light[4], rgba[16], grey[4], thrice[12];
    for (int i = 0; i < 4; i++) {
        const unsigned char *p = colours + 3 * i;
        light[i] = (0.299f * p[0] + 0.587f * p[1] + 0.114f * p[2]) / 255;
        grey[i] = greys[i] / 255.0f;
        rgba[4 * i + 3] = 1;
        for (int k = 0; k < 3; k++) {
            rgb[3 * i + k] = rgba[4 * i + k] = p[k] / 255.0f;
            thrice[3 * i + k] = grey[i];
        }
    }
    for (int progressive = 0; progressive < 2; progressive++) {
        loci_picture picture;
        bytes jpeg = encode(colours, 3, JCS_RGB, JCS_YCbCr, progressive);
        check(jpeg, 3, rgb);
        check(jpeg, 1, light);
        check(jpeg, 4, rgba);
        assert_int_equal(loci_picture_decode(&picture, jpeg.data, jpeg.size, "test", NULL),
                         LOCI_OK);
        assert_true(picture.colour && !picture.deep && picture.rows == SIDE);
        loci_picture_free(&picture);
        free(jpeg.data);
        jpeg = encode(colours, 3, JCS_RGB, JCS_RGB, progressive); /* Adobe's marker says so */
        check(jpeg, 3, rgb);
        free(jpeg.data);
        jpeg = encode(greys, 1, JCS_GRAYSCALE, JCS_GRAYSCALE, progressive);
        check(jpeg, 1, grey);
        check(jpeg, 3, thrice);
        assert_int_equal(loci_picture_decode(&picture, jpeg.data, jpeg.size, "test", NULL),
                         LOCI_OK);
        assert_false(picture.colour);
        loci_picture_free(&picture);
        free(jpeg.data);
    }
}

/* What a camera notes, in either order of bytes, between other entries; `cut` bytes are missing at
 * its end. */
static bytes note_orientation(bytes jpeg, unsigned value, bool little, size_t cut) {
    const unsigned char big[] = {0xff, 0xe1, 0, 46,  'E',  'x',  'i',
                                 'f',  0,    0, 'M', 'M',  0,    42,
                                 0,    0,    0, 8,   0,    2,    0x01,
                                 0x10, 0,    2, 0,   0,    0,    1,
                                 'x',  0,    0, 0,   0x01, 0x12, 0,
                                 3,    0,    0, 0,   1,    0,    (unsigned char)value,
                                 0,    0,    0, 0,   0,    0},
                        small[] = {0xff,
                                   0xe1,
                                   0,
                                   46,
                                   'E',
                                   'x',
                                   'i',
                                   'f',
                                   0,
                                   0,
                                   'I',
                                   'I',
                                   42,
                                   0,
                                   8,
                                   0,
                                   0,
                                   0,
                                   2,
                                   0,
                                   0x10,
                                   0x01,
                                   2,
                                   0,
                                   1,
                                   0,
                                   0,
                                   0,
                                   'x',
                                   0,
                                   0,
                                   0,
                                   0x12,
                                   0x01,
                                   3,
                                   0,
                                   1,
                                   0,
                                   0,
                                   0,
                                   (unsigned char)value,
                                   0,
                                   0,
                                   0,
                                   0,
                                   0,
                                   0,
                                   0};
    size_t size = sizeof big - cut;
    bytes out = {malloc(jpeg.size + size), jpeg.size + size};
    assert_non_null(out.data);
    memcpy(out.data, jpeg.data, 2);
    memcpy(out.data + 2, little ? small : big, size);
    out.data[5] = (unsigned char)(size - 2);
    memcpy(out.data + 2 + size, jpeg.data + 2, jpeg.size - 2);
    return out;
}

/* Pictures are seen as cameras were held: by where the four quarters come to lie. */
static void orientations(void **state) {
    (void)state;
    static const int places[9][4] = {{0},          {0, 1, 2, 3}, {1, 0, 3, 2},
                                     {3, 2, 1, 0}, {2, 3, 0, 1}, {0, 2, 1, 3},
                                     {2, 0, 3, 1}, {3, 1, 2, 0}, {1, 3, 0, 2}};
    bytes plain = encode(greys, 1, JCS_GRAYSCALE, JCS_GRAYSCALE, false);
    for (unsigned value = 0; value <= 9; value++)
        for (int little = 0; little < 2; little++) {
            bytes turned = note_orientation(plain, value, little, 0);
            float expected[4];
            for (int i = 0; i < 4; i++)
                expected[i] = greys[places[value >= 1 && value <= 8 ? value : 1][i]] / 255.0f;
            check(turned, 1, expected);
            free(turned.data);
        }
    for (size_t cut = 9; cut < 44; cut++) { /* says nothing then, or is no Exif */
        bytes turned = note_orientation(plain, 6, true, cut);
        float expected[4];
        for (int i = 0; i < 4; i++)
            expected[i] = greys[i] / 255.0f;
        check(turned, 1, expected);
        free(turned.data);
    }
    free(plain.data);
}

/* Of what is not read it is said what to do. */
static void others(void **state) {
    (void)state;
    const unsigned char quarters[16] = {9};
    bytes jpeg = encode(greys, 1, JCS_GRAYSCALE, JCS_GRAYSCALE, false);
    float out[4];
    loci_error error;
    size_t at = 0;
    while (!(jpeg.data[at] == 0xff && jpeg.data[at + 1] == 0xc0))
        assert_true(++at + 1 < jpeg.size);
    jpeg.data[at + 1] = 0xc9;
    assert_int_equal(read_copy(jpeg.data, jpeg.size, 1, out, &error), LOCI_E_UNSUPPORTED);
    assert_non_null(strstr(error.message, "arithmetic coding"));
    free(jpeg.data);
    jpeg = encode(quarters, 4, JCS_CMYK, JCS_CMYK, false);
    assert_int_equal(read_copy(jpeg.data, jpeg.size, 1, out, &error), LOCI_E_UNSUPPORTED);
    assert_non_null(strstr(error.message, "save it as RGB"));
    free(jpeg.data);
    jpeg = encode(quarters, 4, JCS_CMYK, JCS_YCCK, true); /* as Adobe's programs write inks */
    assert_int_equal(read_copy(jpeg.data, jpeg.size, 3, out, &error), LOCI_E_UNSUPPORTED);
    assert_non_null(strstr(error.message, "save it as RGB"));
    free(jpeg.data);
}

static void damaged(void **state) {
    (void)state;
    float out[12];
    loci_error error;
    for (int progressive = 0; progressive < 2; progressive++) {
        bytes jpeg = encode(colours, 3, JCS_RGB, JCS_YCbCr, progressive);
        for (size_t cut = 0; cut + 2 < jpeg.size; cut++)
            assert_int_equal(read_copy(jpeg.data, cut, 3, out, &error), LOCI_E_FORMAT);
        for (size_t at = 0; at < jpeg.size; at++) /* what it becomes is another picture, or none */
            for (int bit = 0; bit < 8; bit++) {
                jpeg.data[at] ^= (unsigned char)(1 << bit);
                int status = read_copy(jpeg.data, jpeg.size, 3, out, &error);
                assert_true(status == LOCI_OK || status == LOCI_E_FORMAT ||
                            status == LOCI_E_UNSUPPORTED);
                jpeg.data[at] ^= (unsigned char)(1 << bit);
            }
        free(jpeg.data);
    }
}

/* A header that claims 32,768 x 16 pixels, which a kilobyte could hold, and one that claims
 * 32,768 x 32,768. */
static void size_that_lies(void **state) {
    (void)state;
    bytes jpeg = encode(greys, 1, JCS_GRAYSCALE, JCS_GRAYSCALE, false);
    float out[4];
    loci_error error;
    size_t at = 0;
    while (!(jpeg.data[at] == 0xff && jpeg.data[at + 1] == 0xc0))
        assert_true(++at + 1 < jpeg.size);
    jpeg.data[at + 7] = 0x80;
    assert_int_equal(read_copy(jpeg.data, jpeg.size, 1, out, &error), LOCI_E_FORMAT);
    assert_non_null(strstr(error.message, "cannot hold"));
    jpeg.data[at + 5] = 0x80;
    assert_int_equal(read_copy(jpeg.data, jpeg.size, 1, out, &error), LOCI_E_FORMAT);
    assert_non_null(strstr(error.message, "at most 67108864 are read"));
    free(jpeg.data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds),   cmocka_unit_test(orientations),   cmocka_unit_test(others),
        cmocka_unit_test(damaged), cmocka_unit_test(size_that_lies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
