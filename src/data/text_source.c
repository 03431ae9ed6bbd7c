#define _GNU_SOURCE
#include "data/text_source.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/error.h"
#include "base/file.h"

/* Of a file that is smaller, buffers are as well. */
enum { BUFFER = 1 << 18, LEAST = 1 << 12 };

int loci_text_source_open(loci_text_source *source, const char *path, loci_error *error) {
    *source = (loci_text_source){.where = path};
    int fd;
    off_t size;
    int status = loci_file_open(&fd, &size, path, error);
    if (status != LOCI_OK)
        return status;
    source->file = gzdopen(fd, "rb"); /* reads plain files, too, without a copy */
    if (source->file == NULL) {
        close(fd);
        return loci_fail_memory(error, path);
    }
    size_t enough = (size_t)size + LEAST;
    source->block = enough < BUFFER ? enough : 0;
    gzbuffer(source->file, enough < BUFFER ? (unsigned)enough : BUFFER);
    return LOCI_OK;
}

loci_text_source loci_text_source_of(const char *text, size_t size, const char *where) {
    return (loci_text_source){.memory = text, .left = size, .where = where};
}

void loci_text_source_close(loci_text_source *source) {
    if (source->file != NULL)
        gzclose_r(source->file);
    *source = (loci_text_source){0};
}

static int fail_read(loci_text_source *source, loci_error *error) {
    int code;
    const char *why = gzerror(source->file, &code), *colon = strstr(why, ">: ");
    why = colon != NULL ? colon + 3 : why; /* zlib calls the file "<fd:3>" */
    if (code == Z_ERRNO)
        return loci_fail_errno(error, LOCI_E_IO, source->where, errno, "cannot read");
    if (code == Z_MEM_ERROR)
        return loci_fail_memory(error, source->where);
    return loci_fail(error, LOCI_E_FORMAT, source->where, "damaged gzip data: %s",
                     code == Z_BUF_ERROR ? "cut short" : why);
}

int loci_text_source_read(loci_text_source *source, char *to, size_t most, size_t *got,
                          loci_error *error) {
    most = most < INT_MAX ? most : INT_MAX;
    if (source->file == NULL) {
        *got = most < source->left ? most : source->left;
        memcpy(to, source->memory, *got);
        source->memory += *got;
        source->left -= *got;
        return LOCI_OK;
    }
    int code, count = gzread(source->file, to, (unsigned)most);
    gzerror(source->file, &code);
    if (count < 0 || (code != Z_OK && code != Z_STREAM_END)) /* what is cut short comes first */
        return fail_read(source, error);
    *got = (size_t)count;
    return LOCI_OK;
}
