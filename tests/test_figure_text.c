/* Text of figures: as wide where it is drawn as it was measured, whatever it is drawn on. */
#include "scratch.h"

#include "../cli/figure/lettering.c" /* the file under test, with what is private to it */

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <math.h>

static const char *const texts[] = {"r64, 3 runs",     "conventional, images shifted",
                                    "98.76",           "\xe2\x88\x92 0.587",
                                    "illicit filling", "WAVEFORM"};

static cairo_status_t nowhere(void *to, const unsigned char *bytes, unsigned int length) {
    (void)to, (void)bytes, (void)length;
    return CAIRO_STATUS_SUCCESS;
}

static void check(cairo_surface_t *surface, double density) {
    cairo_t *cr = cairo_create(surface);
    cairo_surface_destroy(surface);
    cairo_scale(cr, density, density);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (double size = 6.5; size < 9; size += 0.5) {
            choose_font(cr, size, false);
            assert_true(fabs(width_of(cr, texts[i]) - figure_text_width(texts[i], size)) < 0.02);
        }
    cairo_destroy(cr);
}

static void test_widths(void **state) {
    (void)state;
    check(cairo_svg_surface_create_for_stream(nowhere, NULL, 500, 300), 1);
    check(cairo_pdf_surface_create_for_stream(nowhere, NULL, 500, 300), 1);
    check(cairo_image_surface_create(CAIRO_FORMAT_RGB24, 500, 300), 300.0 / 72);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_widths)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
