/* JPEG: grey and colour, by libjpeg. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
/* jpeglib.h needs what stands above it */
#include <jpeglib.h>

#include <jerror.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/picture.h"

/* A progressive picture comes in scans; no camera or program makes as many, and each takes time. */
enum { MOST_SCANS = 200 };

/* libjpeg leaves its functions by longjmp(); what must survive that stands here, in the caller's
 * frame. */
typedef struct jpeg {
    struct jpeg_error_mgr errors; /* first: libjpeg's pointer to it is one to all */
    struct jpeg_progress_mgr progress;
    jmp_buf back;
    const char *where; /* borrowed */
    loci_error *error; /* may be NULL */
    int status;
    struct jpeg_decompress_struct reader;
    loci_picture picture;
    JSAMPLE *row; /* [columns, 3] */
} jpeg;

static void on_error(j_common_ptr reader) {
    jpeg *j = (jpeg *)reader->err;
    char message[JMSG_LENGTH_MAX];
    reader->err->format_message(reader, message);
    if (reader->err->msg_code == JERR_OUT_OF_MEMORY)
        j->status = loci_fail_memory(j->error, j->where);
    else
        j->status = loci_fail(j->error, LOCI_E_FORMAT, j->where, "damaged JPEG: %s", message);
    longjmp(j->back, 1);
}

/* libjpeg goes on after a warning; but a picture of which a part is missing is damaged. */
static void on_message(j_common_ptr reader, int level) {
    int code = reader->err->msg_code;
    bool damage = code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE;
    if (level < 0 && damage)
        on_error(reader);
}

static void on_progress(j_common_ptr reader) {
    jpeg *j = (jpeg *)reader->err;
    if (j->reader.input_scan_number <= MOST_SCANS)
        return;
    j->status = loci_fail(j->error, LOCI_E_FORMAT, j->where,
                          "a JPEG of more than %d scans; save it anew", MOST_SCANS);
    longjmp(j->back, 1);
}

/* A bit is the least that a block of 8 x 8 pixels takes, unless the coding is arithmetic, of which
 * there is no telling what it can hold. */
static int check_header(jpeg *j, size_t size) {
    uint32_t rows = j->reader.image_height, columns = j->reader.image_width;
    uint64_t blocks = (uint64_t)rows * columns / 64;
    J_COLOR_SPACE space = j->reader.jpeg_color_space;
    if (space != JCS_GRAYSCALE && space != JCS_YCbCr && space != JCS_RGB)
        return loci_fail(j->error, LOCI_E_UNSUPPORTED, j->where,
                         "a JPEG of inks (CMYK) or unknown colours; save it as RGB");
    if (j->reader.arith_code)
        return loci_fail(j->error, LOCI_E_UNSUPPORTED, j->where,
                         "a JPEG of arithmetic coding, which hardly any program reads; save it "
                         "anew");
    return loci_picture_check(rows, columns, blocks / 8, size, j->where, j->error);
}

static int take_memory(jpeg *j) {
    loci_picture *p = &j->picture;
    p->rows = j->reader.output_height;
    p->columns = j->reader.output_width;
    p->pixels = loci_alloc((size_t)p->rows * p->columns, 4);
    j->row = loci_alloc(p->columns, 3);
    return p->pixels == NULL || j->row == NULL ? loci_fail_memory(j->error, j->where) : LOCI_OK;
}

/* Each row becomes RGBA, opaque. */
static void read_rows(jpeg *j) {
    loci_picture *p = &j->picture;
    uint8_t *to = p->pixels;
    size_t apart = p->colour ? 3 : 1;
    while (j->reader.output_scanline < j->reader.output_height) {
        jpeg_read_scanlines(&j->reader, &j->row, 1);
        for (size_t x = 0; x < p->columns; x++, to += 4) {
            const JSAMPLE *from = j->row + x * apart;
            to[0] = from[0];
            to[1] = from[p->colour ? 1 : 0];
            to[2] = from[p->colour ? 2 : 0];
            to[3] = 255;
        }
    }
}

static void decode(jpeg *j, const unsigned char *bytes, size_t size) {
    if (setjmp(j->back) != 0)
        return; /* the status is set */
    jpeg_create_decompress(&j->reader);
    j->reader.progress = &j->progress;
    jpeg_mem_src(&j->reader, bytes, (unsigned long)size);
    jpeg_read_header(&j->reader, TRUE);
    j->status = check_header(j, size);
    if (j->status != LOCI_OK)
        return;
    j->picture.colour = j->reader.jpeg_color_space != JCS_GRAYSCALE;
    j->reader.out_color_space = j->picture.colour ? JCS_RGB : JCS_GRAYSCALE;
    jpeg_start_decompress(&j->reader);
    j->status = take_memory(j);
    if (j->status != LOCI_OK)
        return;
    read_rows(j);
    jpeg_finish_decompress(&j->reader);
}

bool loci_jpeg_begins(const unsigned char *bytes, size_t size) {
    return size >= 3 && bytes[0] == 0xff && bytes[1] == 0xd8 && bytes[2] == 0xff;
}

int loci_jpeg_decode(loci_picture *out, const unsigned char *bytes, size_t size, const char *where,
                     loci_error *error) {
    jpeg *j = calloc(1, sizeof *j);
    if (j == NULL)
        return loci_fail_memory(error, where);
    j->where = where;
    j->error = error;
    j->reader.err = jpeg_std_error(&j->errors);
    j->errors.error_exit = on_error;
    j->errors.emit_message = on_message;
    j->progress.progress_monitor = on_progress;
    decode(j, bytes, size);
    jpeg_destroy_decompress(&j->reader);
    free(j->row);
    int status = j->status;
    if (status == LOCI_OK)
        *out = j->picture;
    else
        loci_picture_free(&j->picture);
    free(j);
    return status;
}
