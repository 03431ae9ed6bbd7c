/* Pictures: every kind of PNG comes out as the grey image a person sees; damaged ones are refused.
 */
#include <math.h>
#include <png.h>

#include "data/png.h"
#include "loci/data.h"
#include "scratch.h"

typedef struct bytes {
    unsigned char data[65536];
    size_t size;
} bytes;

static void on_write(png_structp writer, png_bytep data, size_t count) {
    bytes *out = png_get_io_ptr(writer);
    assert_true(out->size + count <= sizeof out->data);
    memcpy(out->data + out->size, data, count);
    out->size += count;
}

/* Encodes rows of `stride` bytes. */
static void encode(bytes *out, uint32_t width, uint32_t height, int depth, int type, int interlace,
                   const unsigned char *pixels, size_t stride) {
    png_structp writer = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    assert_non_null(writer);
    png_infop info = png_create_info_struct(writer);
    assert_non_null(info);
    png_bytep rows[64];
    out->size = 0;
    png_set_write_fn(writer, out, on_write, NULL);
    png_set_IHDR(writer, info, width, height, depth, type, interlace, 0, 0);
    if (type == PNG_COLOR_TYPE_PALETTE) {
        const png_color colours[2] = {{255, 255, 255}, {0, 0, 0}};
        png_set_PLTE(writer, info, colours, 2);
    }
    for (uint32_t y = 0; y < height; y++)
        rows[y] = (png_bytep)(uintptr_t)(pixels + y * stride);
    png_write_info(writer, info);
    png_write_image(writer, rows);
    png_write_end(writer, info);
    png_destroy_write_struct(&writer, &info);
}

/* Reads a copy of exactly `size` bytes. */
static int read_png(const unsigned char *data, size_t size, uint32_t height, uint32_t width,
                    int invert, float *out, loci_error *error) {
    unsigned char *copy = malloc(size > 0 ? size : 1);
    assert_non_null(copy);
    memcpy(copy, data, size);
    int status = loci_png_read(copy, size, "test", height, width, invert, out, error);
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
        encode(&png, 2, 2, 1, PNG_COLOR_TYPE_GRAY, interlace, bits, 1);
        check(&png, 2, 2, expected);
        encode(&png, 2, 2, 1, PNG_COLOR_TYPE_PALETTE, interlace, index, 1);
        check(&png, 2, 2, expected);
        encode(&png, 2, 2, 8, PNG_COLOR_TYPE_GRAY, interlace, grey, 2);
        check(&png, 2, 2, expected);
        encode(&png, 2, 2, 16, PNG_COLOR_TYPE_GRAY, interlace, grey16, 4);
        check(&png, 2, 2, expected);
        encode(&png, 2, 2, 8, PNG_COLOR_TYPE_RGB, interlace, rgb, 6);
        check(&png, 2, 2, expected);
        encode(&png, 2, 2, 8, PNG_COLOR_TYPE_RGBA, interlace, rgba, 8);
        check(&png, 2, 2, expected);
        encode(&png, 2, 2, 8, PNG_COLOR_TYPE_GRAY_ALPHA, interlace, grey_alpha, 4);
        check(&png, 2, 2, expected);
    }
}

static void test_colour_and_paper(void **state) {
    (void)state;
    static bytes png;
    const unsigned char colours[12] = {255, 0, 0, 0, 255, 0, 0, 0, 255, 128, 128, 128};
    encode(&png, 2, 2, 8, PNG_COLOR_TYPE_RGB, 0, colours, 6);
    check(&png, 2, 2, (const float[]){0.299f, 0.587f, 0.114f, 128 / 255.0f});
    /* white strokes on nothing stay visible: what is behind them is black then */
    const unsigned char chalk[8] = {255, 255, 0, 0, 0, 0, 255, 128};
    encode(&png, 2, 2, 8, PNG_COLOR_TYPE_GRAY_ALPHA, 0, chalk, 4);
    check(&png, 2, 2, (const float[]){1, 0, 0, 128 / 255.0f});
}

static void test_sizes(void **state) {
    (void)state;
    static bytes png;
    unsigned char grey[36];
    for (int i = 0; i < 36; i++)
        grey[i] = (unsigned char)(i % 6 < 3 ? 0 : 255);
    encode(&png, 6, 6, 8, PNG_COLOR_TYPE_GRAY, 0, grey, 6);
    check(&png, 2, 2, (const float[]){0, 1, 0, 1});       /* whole pixels */
    check(&png, 1, 4, (const float[]){0, 0, 1, 1});       /* 1.5 pixels each */
    check(&png, 1, 5, (const float[]){0, 0, 0.5f, 1, 1}); /* and shares of them */
    check(&png, 1, 12, (const float[]){0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1}); /* larger */
    check(&png, 1, 1, (const float[]){0.5f});
    memset(grey, 51, sizeof grey);
    encode(&png, 6, 6, 8, PNG_COLOR_TYPE_GRAY, 0, grey, 6);
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
    encode(&png, 8, 8, 8, PNG_COLOR_TYPE_GRAY, 0, grey, 8);
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
        encode(&png, 2, 2, 8, PNG_COLOR_TYPE_GRAY, 0, grey, 2);
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
    assert_string_equal(error.message, "not a PNG picture");
    static bytes png;
    const unsigned char grey[4] = {255, 0, 0, 255};
    encode(&png, 2, 2, 8, PNG_COLOR_TYPE_GRAY, 0, grey, 2);
    scratch_write(path, png.data, png.size);
    assert_int_equal(loci_image_read(path, 2, 2, 1, out, &error), LOCI_OK);
    assert_true(out[0] == 0 && out[1] == 1);
    scratch_remove(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),          cmocka_unit_test(test_colour_and_paper),
        cmocka_unit_test(test_sizes),          cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_size_that_lies), cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests_name("png", tests, NULL, NULL);
}
