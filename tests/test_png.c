/* Pictures: every kind of PNG comes out as the grey image a person sees; damaged ones are refused.
 */
#include <math.h>
#include <zlib.h>

#include "data/picture.h"
#include "loci/data.h"
#include "pictures.h"

/* Reads a copy of exactly `size` bytes. */
static int read_png(const unsigned char *data, size_t size, uint32_t height, uint32_t width,
                    int invert, float *out, loci_error *error) {
    unsigned char *copy = malloc(size > 0 ? size : 1);
    assert_non_null(copy);
    memcpy(copy, data, size);
    int status = loci_picture_read(copy, size, "test", height, width, 1, invert, out, error);
    free(copy);
    return status;
}

static void check(const bytes *png, uint32_t height, uint32_t width, const float *expected) {
    float out[64];
    loci_error error;
    for (int invert = 0; invert < 2; invert++) {
        if (read_png(png->data, png->size, height, width, invert, out, &error) != LOCI_OK)
            fail_msg("%s", error.message);
        for (size_t i = 0; i < (size_t)height * width; i++) {
            float wanted = invert ? 1 - expected[i] : expected[i];
            if (!(fabsf(out[i] - wanted) < 2e-3f))
                fail_msg("pixel %zu is %g, not %g", i, (double)out[i], (double)wanted);
        }
    }
}

static void test_kinds(void **state) {
    (void)state;
    static bytes png;
    const float expected[4] = {1, 0, 0, 1};
    for (int interlace = 0; interlace < 2; interlace++) {
        const unsigned char bits[2] = {0x80, 0x40}, index[2] = {0x40, 0x80};
        const unsigned char grey[4] = {255, 0, 0, 255};
        const unsigned char grey16[8] = {255, 255, 0, 0, 0, 0, 255, 255};
        const unsigned char rgb[12] = {255, 255, 255, 0, 0, 0, 0, 0, 0, 255, 255, 255};
        const unsigned char rgba[16] = {255, 255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9, 0};
        const unsigned char grey_alpha[8] = {255, 255, 0, 255, 0, 255, 7, 0};
        picture_encode(&png, 2, 2, 1, PNG_COLOR_TYPE_GRAY, interlace, bits, 1);
        check(&png, 2, 2, expected);
        picture_encode(&png, 2, 2, 1, PNG_COLOR_TYPE_PALETTE, interlace, index, 1);
        check(&png, 2, 2, expected);
        picture_encode(&png, 2, 2, 8, PNG_COLOR_TYPE_GRAY, interlace, grey, 2);
        check(&png, 2, 2, expected);
        picture_encode(&png, 2, 2, 16, PNG_COLOR_TYPE_GRAY, interlace, grey16, 4);
        check(&png, 2, 2, expected);
        picture_encode(&png, 2, 2, 8, PNG_COLOR_TYPE_RGB, interlace, rgb, 6);
        check(&png, 2, 2, expected);
        picture_encode(&png, 2, 2, 8, PNG_COLOR_TYPE_RGBA, interlace, rgba, 8);
        check(&png, 2, 2, expected);
        picture_encode(&png, 2, 2, 8, PNG_COLOR_TYPE_GRAY_ALPHA, interlace, grey_alpha, 4);
        check(&png, 2, 2, expected);
    }
}

static void test_colour_and_paper(void **state) {
    (void)state;
    static bytes png;
    const unsigned char colours[12] = {255, 0, 0, 0, 255, 0, 0, 0, 255, 128, 128, 128};
    picture_encode(&png, 2, 2, 8, PNG_COLOR_TYPE_RGB, 0, colours, 6);
    check(&png, 2, 2, (const float[]){0.299f, 0.587f, 0.114f, 128 / 255.0f});
    /* white strokes on nothing stay visible: what is behind them is black then */
    const unsigned char chalk[8] = {255, 255, 0, 0, 0, 0, 255, 128};
    picture_encode(&png, 2, 2, 8, PNG_COLOR_TYPE_GRAY_ALPHA, 0, chalk, 4);
    check(&png, 2, 2, (const float[]){1, 0, 0, 128 / 255.0f});
}

/* Colours stay, a palette of greys is grey, and how opaque a pixel is can be had. */
static void test_channels(void **state) {
    (void)state;
    static bytes png;
    float out[16];
    loci_picture picture;
    const unsigned char rgba[16] = {255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 51, 255, 255, 0, 255, 51};
    picture_encode(&png, 2, 2, 8, PNG_COLOR_TYPE_RGBA, 0, rgba, 8);
    assert_int_equal(loci_picture_read(png.data, png.size, "test", 2, 2, 4, true, out, NULL),
                     LOCI_OK);
    for (size_t i = 0; i < 16; i++)
        assert_float_equal(out[i], (i % 4 == 3 ? rgba[i] : 255 - rgba[i]) / 255.0f, 1e-6);
    assert_int_equal(loci_picture_read(png.data, png.size, "test", 2, 2, 3, false, out, NULL),
                     LOCI_OK);
    const float on_paper[12] = {1, 0, 0, 0, 1, 0, 0, 0, 0.2f, 1, 0.8f, 1};
    for (size_t i = 0; i < 12; i++)
        assert_float_equal(out[i], on_paper[i], 1e-6);
    assert_int_equal(loci_picture_decode(&picture, png.data, png.size, "test", NULL), LOCI_OK);
    assert_true(picture.colour && !picture.deep);
    loci_picture_free(&picture);
    const unsigned char index[2] = {0x40, 0x80};
    picture_encode(&png, 2, 2, 1, PNG_COLOR_TYPE_PALETTE, 0, index, 1);
    assert_int_equal(loci_picture_decode(&picture, png.data, png.size, "test", NULL), LOCI_OK);
    assert_false(picture.colour);
    loci_picture_free(&picture);
}

/* Puts a chunk before the first one with pixels. */
static void add_chunk(bytes *png, const char *name, const unsigned char *content, size_t size) {
    unsigned char chunk[128] = {0, 0, 0, (unsigned char)size};
    size_t at = 8;
    while (memcmp(png->data + at + 4, "IDAT", 4) != 0)
        at += 12 + (size_t)png->data[at + 3] + 256 * (size_t)png->data[at + 2];
    memcpy(chunk + 4, name, 4);
    memcpy(chunk + 8, content, size);
    uint32_t sum = (uint32_t)crc32(0, chunk + 4, (unsigned)size + 4);
    for (int i = 0; i < 4; i++)
        chunk[8 + size + (size_t)i] = (unsigned char)(sum >> (24 - 8 * i));
    memmove(png->data + at + 12 + size, png->data + at, png->size - at);
    memcpy(png->data + at, chunk, 12 + size);
    png->size += 12 + size;
}

/* A palette's colours may be transparent, and so may one colour of others; 16 bits and how opaque
 * they are go together. */
static void test_transparent(void **state) {
    (void)state;
    static bytes png;
    float out[16];
    const unsigned char index[2] = {0x40, 0x80}, opaque[2] = {255, 51};
    picture_encode(&png, 2, 2, 1, PNG_COLOR_TYPE_PALETTE, 0, index, 1);
    add_chunk(&png, "tRNS", opaque, 2);
    assert_int_equal(loci_picture_read(png.data, png.size, "test", 2, 2, 4, false, out, NULL),
                     LOCI_OK);
    for (size_t i = 0; i < 16; i++) {
        bool black = i / 4 == 1 || i / 4 == 2;
        float wanted = !black ? 1 : i % 4 == 3 ? 0.2f : 0;
        assert_float_equal(out[i], wanted, 1e-6);
    }
    const unsigned char rgb[12] = {0, 0, 0, 9, 9, 9, 0, 0, 0, 0, 0, 0},
                        none[6] = {0, 9, 0, 9, 0, 9};
    picture_encode(&png, 2, 2, 8, PNG_COLOR_TYPE_RGB, 0, rgb, 6);
    add_chunk(&png, "tRNS", none, 6);
    check(&png, 2, 2, (const float[]){0, 1, 0, 0});
    unsigned char deep[32] = {0};
    for (size_t i = 0; i < 4; i++) { /* black, of 4 shares of 65,535 opaque */
        deep[8 * i + 6] = (unsigned char)(85 * i);
        deep[8 * i + 7] = (unsigned char)(85 * i);
    }
    picture_encode(&png, 2, 2, 16, PNG_COLOR_TYPE_RGBA, 1, deep, 16);
    check(&png, 2, 2, (const float[]){1, 2 / 3.0f, 1 / 3.0f, 0});
}

/* Which way up it is stands in a PNG that was made of a photograph, too. */
static void test_orientation(void **state) {
    (void)state;
    static bytes png;
    unsigned char exif[] = {'M',  'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01,
                            0x12, 0,   3, 0,  0, 0, 1, 0, 6, 0, 0};
    const unsigned char grey[6] = {0, 51, 102, 153, 204, 255};
    loci_picture picture;
    picture_encode(&png, 3, 2, 8, PNG_COLOR_TYPE_GRAY, 0, grey, 3);
    add_chunk(&png, "eXIf", exif, sizeof exif);
    assert_int_equal(loci_picture_decode(&picture, png.data, png.size, "test", NULL), LOCI_OK);
    assert_true(picture.rows == 3 && picture.columns == 2);
    loci_picture_free(&picture);
    check(&png, 3, 2, (const float[]){0.6f, 0, 0.8f, 0.2f, 1, 0.4f});
    png.data[33 + 8 + sizeof exif] ^= 1; /* its check sum */
    check(&png, 2, 3, (const float[]){0, 0.2f, 0.4f, 0.6f, 0.8f, 1});
}

/* Of 16 bits none is lost: neighbours stay apart, in grey and in colour. */
static void test_sixteen_bits(void **state) {
    (void)state;
    static bytes png;
    float out[12];
    const unsigned char grey[8] = {0x12, 0x34, 0x12, 0x35, 0xff, 0xff, 0, 1};
    picture_encode(&png, 2, 2, 16, PNG_COLOR_TYPE_GRAY, 0, grey, 4);
    assert_int_equal(read_png(png.data, png.size, 2, 2, 0, out, NULL), LOCI_OK);
    const double wanted[4] = {0x1234 / 65535.0, 0x1235 / 65535.0, 1, 1 / 65535.0};
    for (size_t i = 0; i < 4; i++)
        assert_true(fabs((double)out[i] - wanted[i]) < 3e-7);
    unsigned char rgb[24];
    for (size_t i = 0; i < 12; i++) {
        rgb[2 * i] = (unsigned char)(i * 20);
        rgb[2 * i + 1] = (unsigned char)(255 - i);
    }
    picture_encode(&png, 2, 2, 16, PNG_COLOR_TYPE_RGB, 1, rgb, 12);
    assert_int_equal(loci_picture_read(png.data, png.size, "test", 2, 2, 3, false, out, NULL),
                     LOCI_OK);
    for (size_t i = 0; i < 12; i++)
        assert_true(fabs((double)out[i] - (double)(i * 20 * 256 + 255 - i) / 65535) < 1e-7);
}

static void test_sizes(void **state) {
    (void)state;
    static bytes png;
    unsigned char grey[36];
    for (int i = 0; i < 36; i++)
        grey[i] = (unsigned char)(i % 6 < 3 ? 0 : 255);
    picture_encode(&png, 6, 6, 8, PNG_COLOR_TYPE_GRAY, 0, grey, 6);
    check(&png, 2, 2, (const float[]){0, 1, 0, 1});       /* whole pixels */
    check(&png, 1, 4, (const float[]){0, 0, 1, 1});       /* 1.5 pixels each */
    check(&png, 1, 5, (const float[]){0, 0, 0.5f, 1, 1}); /* and shares of them */
    check(&png, 1, 12, (const float[]){0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1}); /* larger */
    check(&png, 1, 1, (const float[]){0.5f});
    memset(grey, 51, sizeof grey);
    picture_encode(&png, 6, 6, 8, PNG_COLOR_TYPE_GRAY, 0, grey, 6);
    check(&png, 1, 7, (const float[]){0.2f, 0.2f, 0.2f, 0.2f, 0.2f, 0.2f, 0.2f});
}

static void test_damaged(void **state) {
    (void)state;
    static bytes png;
    unsigned char grey[64];
    float out[16];
    loci_error error;
    for (size_t i = 0; i < sizeof grey; i++)
        grey[i] = (unsigned char)(i * 37);
    picture_encode(&png, 8, 8, 8, PNG_COLOR_TYPE_GRAY, 0, grey, 8);
    assert_int_equal(read_png(png.data, png.size, 4, 4, 0, out, &error), LOCI_OK);
    for (size_t cut = 0; cut < png.size; cut++)
        assert_int_equal(read_png(png.data, cut, 4, 4, 0, out, &error), LOCI_E_FORMAT);
    for (size_t at = 0; at < png.size - 12; at++) { /* the end's own checksum may be off */
        png.data[at] ^= 0x04;
        assert_int_equal(read_png(png.data, png.size, 4, 4, 0, out, &error), LOCI_E_FORMAT);
        png.data[at] ^= 0x04;
    }
}

/* A header with a right checksum that claims a size the file does not have. */
static void test_size_that_lies(void **state) {
    (void)state;
    static bytes png;
    const unsigned char grey[4] = {0};
    float out[4];
    loci_error error;
    static const uint32_t sizes[][2] = {{20000, 3000}, {1000000, 1000000}, {60000, 60000}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        picture_encode(&png, 2, 2, 8, PNG_COLOR_TYPE_GRAY, 0, grey, 2);
        for (int b = 0; b < 4; b++) {
            png.data[16 + b] = (unsigned char)(sizes[i][0] >> (24 - 8 * b));
            png.data[20 + b] = (unsigned char)(sizes[i][1] >> (24 - 8 * b));
        }
        uint32_t crc = 0xffffffff;
        for (size_t at = 12; at < 29; at++) {
            crc ^= png.data[at];
            for (int bit = 0; bit < 8; bit++)
                crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
        }
        for (int b = 0; b < 4; b++)
            png.data[29 + b] = (unsigned char)(~crc >> (24 - 8 * b));
        assert_int_equal(read_png(png.data, png.size, 2, 2, 0, out, &error), LOCI_E_FORMAT);
        assert_non_null(strstr(error.message, "pixels"));
    }
}

static void test_files(void **state) {
    (void)state;
    char folder[256];
    float out[4];
    loci_error error;
    scratch_make(folder);
    const char *path = scratch_path(folder, "a.png");
    assert_int_equal(loci_image_read(path, 2, 2, 0, out, &error), LOCI_E_NOT_FOUND);
    assert_int_equal(loci_image_read(folder, 2, 2, 0, out, &error), LOCI_E_IO);
    scratch_write(path, "GIF89a..", 8);
    assert_int_equal(loci_image_read(path, 2, 2, 0, out, &error), LOCI_E_FORMAT);
    assert_string_equal(error.message, "neither a PNG nor a JPEG picture");
    static bytes png;
    const unsigned char grey[4] = {255, 0, 0, 255};
    picture_encode(&png, 2, 2, 8, PNG_COLOR_TYPE_GRAY, 0, grey, 2);
    scratch_write(path, png.data, png.size);
    assert_int_equal(loci_image_read(path, 2, 2, 1, out, &error), LOCI_OK);
    assert_true(out[0] == 0 && out[1] == 1);
    scratch_remove(folder);
}

/* As a network takes it: in its channels, or where one of version 0.1 knows rows of values, and a
 * picture of colour has just these pixels, in colour. */
static void test_for_networks(void **state) {
    (void)state;
    char folder[256];
    static bytes png;
    float out[16];
    uint32_t channels;
    loci_error error;
    loci_spec spec;
    const unsigned char rgb[12] = {255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255};
    scratch_make(folder);
    const char *path = scratch_path(folder, "a.png");
    picture_encode(&png, 2, 2, 8, PNG_COLOR_TYPE_RGB, 0, rgb, 6);
    scratch_write(path, png.data, png.size);
    loci_spec_defaults(&spec);
    spec.height = spec.width = 2;
    static const struct {
        uint32_t width, channels, read;
        float third;
    } cases[] = {{2, 3, 3, 0}, {2, 1, 1, 0.114f}, {2, 4, 4, 0}, {6, 1, 3, 0}, {4, 1, 1, 0.587f}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        spec.width = cases[i].width;
        spec.channels = cases[i].channels;
        assert_int_equal(loci_image_read_for(path, &spec, 0, out, &channels, &error), LOCI_OK);
        assert_int_equal(channels, cases[i].read);
        assert_float_equal(out[2], cases[i].third, 1e-6);
    }
    spec.height = 3;
    spec.width = 4;
    spec.channels = 1;
    assert_int_equal(loci_image_read_for(path, &spec, 0, out, &channels, &error),
                     LOCI_E_UNSUPPORTED);
    spec.channels = 2;
    assert_int_equal(loci_image_read_for(path, &spec, 0, out, &channels, &error),
                     LOCI_E_UNSUPPORTED);
    scratch_remove(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),          cmocka_unit_test(test_colour_and_paper),
        cmocka_unit_test(test_sizes),          cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_size_that_lies), cmocka_unit_test(test_files),
        cmocka_unit_test(test_channels),       cmocka_unit_test(test_sixteen_bits),
        cmocka_unit_test(test_transparent),    cmocka_unit_test(test_orientation),
        cmocka_unit_test(test_for_networks),
    };
    return cmocka_run_group_tests_name("png", tests, NULL, NULL);
}
