/* PNG: every colour type, by libpng. */
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/inflate.h"
#include "data/picture.h"

/* libpng leaves its functions by longjmp(); what must survive that stands here, in the caller's
 * frame. */
typedef struct loci_png {
    const unsigned char *bytes; /* borrowed */
    size_t size, position;
    const char *where; /* borrowed */
    loci_error *error; /* may be NULL */
    int status;
    bool short_of_memory; /* libpng says so in words alone, or leaves a part out and goes on */
    png_structp reader;
    png_infop info;
    loci_picture picture;
    png_bytep *row; /* [rows], into its pixels */
} loci_png;

static png_voidp take(png_structp reader, png_alloc_size_t size) {
    loci_png *png = png_get_mem_ptr(reader);
    void *memory = malloc(size);
    png->short_of_memory |= memory == NULL;
    return memory;
}

static void give_back(png_structp reader, png_voidp memory) {
    (void)reader;
    free(memory);
}

static void on_error(png_structp reader, png_const_charp message) {
    loci_png *png = png_get_error_ptr(reader);
    png->status = loci_fail(png->error, LOCI_E_FORMAT, png->where, "damaged PNG: %s", message);
    png_longjmp(reader, 1);
}

/* libpng goes on after a warning, and so does this. */
static void on_warning(png_structp reader, png_const_charp message) {
    (void)reader;
    (void)message;
}

static void on_read(png_structp reader, png_bytep out, size_t count) {
    loci_png *png = png_get_io_ptr(reader);
    if (count > png->size - png->position)
        png_error(reader, "cut short");
    memcpy(out, png->bytes + png->position, count);
    png->position += count;
}

/* Whether an image is more than grey: a palette of greys is grey. */
static bool has_colour(const loci_png *png) {
    png_colorp palette;
    int count, type = png_get_color_type(png->reader, png->info);
    if (type != PNG_COLOR_TYPE_PALETTE)
        return (type & PNG_COLOR_MASK_COLOR) != 0;
    if (png_get_PLTE(png->reader, png->info, &palette, &count) == 0)
        return false;
    for (int i = 0; i < count; i++)
        if (palette[i].red != palette[i].green || palette[i].green != palette[i].blue)
            return true;
    return false;
}

/* One bit is the least a pixel takes before compression. */
static uint64_t least_bytes(const loci_picture *p) {
    return (uint64_t)p->rows * p->columns / 8 / LOCI_DEFLATE_MOST;
}

/* Decodes into the picture's pixels; every kind of PNG comes out as RGBA, of 8 or 16 bits. */
static void decode(loci_png *png) {
    loci_picture *p = &png->picture;
    const uint16_t one = 1;
    if (setjmp(png_jmpbuf(png->reader)) != 0)
        return; /* on_error() has set the status */
    png_set_read_fn(png->reader, png, on_read);
    /* of chunks that no pixel needs libpng sets memory aside for what they claim: it skips them */
    png_set_keep_unknown_chunks(png->reader, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_read_info(png->reader, png->info);
    p->rows = png_get_image_height(png->reader, png->info);
    p->columns = png_get_image_width(png->reader, png->info);
    p->colour = has_colour(png);
    p->deep = png_get_bit_depth(png->reader, png->info) == 16;
    png->status =
        loci_picture_check(p->rows, p->columns, least_bytes(p), png->size, png->where, png->error);
    if (png->status != LOCI_OK)
        return;
    if (p->deep && *(const unsigned char *)&one == 1)
        png_set_swap(png->reader); /* the file has the higher byte first */
    png_set_expand(png->reader);   /* palettes, fewer than 8 bits, a transparent colour */
    png_set_gray_to_rgb(png->reader);
    png_set_add_alpha(png->reader, 0xffff, PNG_FILLER_AFTER);
    png_set_interlace_handling(png->reader);
    png_read_update_info(png->reader, png->info);
    size_t stride = (p->deep ? 8 : 4) * (size_t)p->columns;
    if (png_get_rowbytes(png->reader, png->info) != stride)
        png_error(png->reader, "unexpected layout");
    p->pixels = loci_alloc(p->rows, stride);
    png->row = loci_alloc(p->rows, sizeof *png->row);
    if (p->pixels == NULL || png->row == NULL) {
        png->status = loci_fail_memory(png->error, png->where);
        return;
    }
    for (uint32_t y = 0; y < p->rows; y++)
        png->row[y] = (png_bytep)p->pixels + y * stride;
    png_read_image(png->reader, png->row);
    png_read_end(png->reader, NULL);
}

bool loci_png_begins(const unsigned char *bytes, size_t size) {
    return size >= 8 && png_sig_cmp(bytes, 0, 8) == 0;
}

int loci_png_decode(loci_picture *out, const unsigned char *bytes, size_t size, const char *where,
                    loci_error *error) {
    loci_png png = {.bytes = bytes, .size = size, .where = where, .error = error};
    png.reader = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &png, on_error, on_warning, &png,
                                          take, give_back);
    if (png.reader != NULL)
        png.info = png_create_info_struct(png.reader);
    if (png.info == NULL) {
        png_destroy_read_struct(&png.reader, NULL, NULL);
        return loci_fail_memory(error, where);
    }
    decode(&png);
    png_destroy_read_struct(&png.reader, &png.info, NULL);
    free(png.row);
    if (png.short_of_memory)
        png.status = loci_fail_memory(error, where);
    if (png.status == LOCI_OK)
        *out = png.picture;
    else
        loci_picture_free(&png.picture);
    return png.status;
}
