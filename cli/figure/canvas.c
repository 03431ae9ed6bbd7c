/* The picture's surface and its file. */
#include <stdlib.h>
#include <string.h>

#include <cairo-pdf.h>
#include <cairo-svg.h>

#include "figure/figure.h"

/* Dots per point of a PNG: 300 an inch. */
static const double density = 300.0 / 72.0;

bool figure_format_of(const char *path, figure_format *format) {
    static const char *const ends[] = {".svg", ".pdf", ".png"};
    const char *end = strrchr(path, '.');
    for (int i = 0; end != NULL && i < 3; i++)
        if (strcmp(end, ends[i]) == 0) {
            *format = (figure_format)i;
            return true;
        }
    return false;
}

/* Cairo hands its output over piece by piece; the file is written when all is there. */
static cairo_status_t gather(void *to, const unsigned char *bytes, unsigned int length) {
    figure *f = to;
    if (f->size + length > f->room) {
        size_t room = 2 * (f->size + length);
        unsigned char *more = realloc(f->bytes, room);
        if (more == NULL) {
            f->lost = true;
            return CAIRO_STATUS_NO_MEMORY;
        }
        f->bytes = more;
        f->room = room;
    }
    memcpy(f->bytes + f->size, bytes, length);
    f->size += length;
    return CAIRO_STATUS_SUCCESS;
}

void figure_open(figure *f, figure_format format, double width, double height) {
    *f = (figure){.width = width, .height = height, .format = format};
    cairo_surface_t *surface;
    if (format == FIGURE_SVG) {
        surface = cairo_svg_surface_create_for_stream(gather, f, width, height);
    } else if (format == FIGURE_PDF) {
        surface = cairo_pdf_surface_create_for_stream(gather, f, width, height);
        /* the same figure is the same bytes, whenever it is drawn */
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE,
                                       "2000-01-01T00:00:00Z");
    } else {
        surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)(width * density + 0.5),
                                             (int)(height * density + 0.5));
    }
    f->cr = cairo_create(surface);
    cairo_surface_destroy(surface); /* the context keeps it */
    if (format == FIGURE_PNG)
        cairo_scale(f->cr, density, density);
    cairo_set_source_rgb(f->cr, 1, 1, 1);
    cairo_paint(f->cr);
    cairo_set_line_join(f->cr, CAIRO_LINE_JOIN_ROUND);
}

int figure_save(figure *f, const char *path) {
    cairo_surface_t *surface = cairo_surface_reference(cairo_get_target(f->cr));
    cairo_status_t status = cairo_status(f->cr);
    cairo_destroy(f->cr);
    if (status == CAIRO_STATUS_SUCCESS && f->format == FIGURE_PNG)
        status = cairo_surface_write_to_png_stream(surface, gather, f);
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    loci_error error = {0};
    int code = CLI_DONE;
    if (f->lost || status != CAIRO_STATUS_SUCCESS)
        code = cli_fail(path, "cannot draw: %s",
                        f->lost ? "out of memory" : cairo_status_to_string(status));
    else if (loci_write_file(path, f->bytes, f->size, &error) != LOCI_OK)
        code = cli_error(&error);
    free(f->bytes);
    return code;
}

void figure_drop(figure *f) {
    cairo_destroy(f->cr);
    free(f->bytes);
}
