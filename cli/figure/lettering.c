/* Text that is never cut off at the picture's edge, and never stops cairo, whatever bytes it holds.
 */
#include <string.h>

#include "figure/figure.h"

enum { LONGEST = 512 };

/* Cairo draws nothing more after text that is no UTF-8. There is room for an ellipsis. */
static void clean(const char *text, char out[LONGEST]) {
    cli_shown(out, LONGEST - 4, text);
}

static double width_of(cairo_t *cr, const char *text) {
    cairo_text_extents_t extents;
    cairo_text_extents(cr, text, &extents);
    return extents.x_advance;
}

/* Takes characters off the end until the rest and an ellipsis fit. */
static void shorten(cairo_t *cr, char text[LONGEST], double room) {
    static const char ellipsis[] = "\xe2\x80\xa6";
    size_t length = strlen(text);
    if (width_of(cr, text) <= room)
        return;
    do {
        while (length > 0 && ((unsigned char)text[--length] & 0xc0) == 0x80)
            ;
        strcpy(text + length, ellipsis);
    } while (length > 0 && width_of(cr, text) > room);
}

/* Widths are those of the outlines, not rounded to the dots of a surface: text that was measured is
 * as wide wherever it is drawn, and nothing that fits is shortened. */
static void choose_font(cairo_t *cr, double size, bool bold) {
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_set_font_options(cr, options);
    cairo_font_options_destroy(options);
    cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                           bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cr, size);
}

void figure_text(figure *f, double x, double y, const char *text, figure_style style) {
    char line[LONGEST];
    cairo_t *cr = f->cr;
    clean(text, line);
    choose_font(cr, style.size, style.bold);
    if (style.room > 0)
        shorten(cr, line, style.room);
    cairo_save(cr);
    cairo_translate(cr, x, y);
    if (style.upwards)
        cairo_rotate(cr, -1.5707963267948966);
    cairo_move_to(cr, -width_of(cr, line) * 0.5 * style.align, 0);
    cairo_show_text(cr, line);
    cairo_restore(cr);
    cairo_new_path(cr);
}

double figure_text_width(const char *text, double size) {
    char line[LONGEST];
    cairo_surface_t *scratch = cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1);
    cairo_t *cr = cairo_create(scratch);
    clean(text, line);
    choose_font(cr, size, false);
    double width = width_of(cr, line);
    cairo_destroy(cr);
    cairo_surface_destroy(scratch);
    return width;
}
