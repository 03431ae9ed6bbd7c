#include "data/inflate.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

/* What is read from a file at a time, at most. */
enum { PIECE = 1 << 20 };

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Makes sure that the byte at `position` is there, where there is one; of a file a piece is read.
 */
static int look_ahead(loci_inflater *inflater, loci_error *error) {
    size_t at = inflater->position;
    if (inflater->file < 0 || at >= inflater->size ||
        (at >= inflater->start && at - inflater->start < inflater->held))
        return LOCI_OK;
    size_t wanted = smaller(PIECE, inflater->size - at), done = 0;
    while (done < wanted) {
        ssize_t got =
            pread(inflater->file, inflater->buffer + done, wanted - done, (off_t)(at + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return loci_fail_errno(error, LOCI_E_IO, inflater->where, got < 0 ? errno : EIO,
                                   "cannot read");
        done += (size_t)got;
    }
    inflater->start = at;
    inflater->held = done;
    return LOCI_OK;
}

/* The bytes that follow, and how many of them are here. */
static const unsigned char *next_bytes(const loci_inflater *inflater, size_t *left) {
    size_t from = inflater->position - inflater->start;
    *left = inflater->position < inflater->size ? inflater->held - from : 0;
    return inflater->bytes + from;
}

static int begin(loci_inflater *inflater, loci_error *error) {
    size_t left;
    const unsigned char *first = next_bytes(inflater, &left);
    inflater->gzipped = left >= 2 && first[0] == 0x1f && first[1] == 0x8b;
    /* 15: the largest window; 16: a gzip header and its checksum */
    if (inflater->gzipped && inflateInit2(&inflater->stream, 15 + 16) != Z_OK)
        return loci_fail_memory(error, inflater->where);
    return LOCI_OK;
}

int loci_inflater_open(loci_inflater *inflater, const void *bytes, size_t size, const char *where,
                       loci_error *error) {
    *inflater =
        (loci_inflater){.bytes = bytes, .size = size, .held = size, .file = -1, .where = where};
    return begin(inflater, error);
}

int loci_inflater_open_file(loci_inflater *inflater, int file, size_t size, const char *where,
                            loci_error *error) {
    *inflater = (loci_inflater){.size = size, .file = file, .where = where};
    inflater->bytes = inflater->buffer = malloc(size > 0 ? smaller(PIECE, size) : 1);
    if (inflater->buffer == NULL)
        return loci_fail_memory(error, where);
    int status = look_ahead(inflater, error);
    return status == LOCI_OK ? begin(inflater, error) : status;
}

void loci_inflater_close(loci_inflater *inflater) {
    if (inflater->gzipped)
        inflateEnd(&inflater->stream);
    inflater->gzipped = false;
    free(inflater->buffer);
    inflater->buffer = NULL;
}

size_t loci_inflater_most(const loci_inflater *inflater) {
    size_t left = inflater->size - inflater->position, most;
    if (!inflater->gzipped)
        return left;
    /* zlib keeps up to a window of content it has not handed out yet */
    if (__builtin_mul_overflow(left, (size_t)LOCI_DEFLATE_MOST, &most) || most > SIZE_MAX - 65536)
        return SIZE_MAX;
    return most + 65536;
}

/* One member of a gzip file has ended; another may follow it directly. */
static int end_member(loci_inflater *inflater, loci_error *error) {
    size_t left = inflater->size - inflater->position, held;
    if (left == 0) {
        inflater->ended = true;
        return LOCI_OK;
    }
    int status = look_ahead(inflater, error);
    if (status != LOCI_OK)
        return status;
    const unsigned char *next =
        next_bytes(inflater, &held); /* inflate() looks at the second byte */
    if (left < 2 || next[0] != 0x1f || (held > 1 && next[1] != 0x8b))
        return loci_fail(error, LOCI_E_FORMAT, inflater->where,
                         "%zu bytes of something else after the gzip data", left);
    inflateReset(&inflater->stream);
    return LOCI_OK;
}

static int copy_plain(loci_inflater *inflater, void *out, size_t want, size_t *got,
                      loci_error *error) {
    while (*got < want && inflater->position < inflater->size) {
        size_t held;
        int status = look_ahead(inflater, error);
        if (status != LOCI_OK)
            return status;
        const unsigned char *next = next_bytes(inflater, &held);
        size_t take = smaller(want - *got, held);
        memcpy((char *)out + *got, next, take);
        inflater->position += take;
        *got += take;
    }
    return LOCI_OK;
}

int loci_inflater_read(loci_inflater *inflater, void *out, size_t want, size_t *got,
                       loci_error *error) {
    *got = 0;
    if (!inflater->gzipped)
        return copy_plain(inflater, out, want, got, error);
    z_stream *stream = &inflater->stream;
    while (*got < want && !inflater->ended) {
        size_t held;
        int status = look_ahead(inflater, error);
        if (status != LOCI_OK)
            return status;
        const unsigned char *next = next_bytes(inflater, &held);
        uInt room = (uInt)smaller(want - *got, UINT_MAX), left = (uInt)smaller(held, UINT_MAX);
        stream->next_in = (Bytef *)(uintptr_t)next;
        stream->avail_in = left;
        stream->next_out = (Bytef *)out + *got;
        stream->avail_out = room;
        int result = inflate(stream, Z_NO_FLUSH);
        inflater->position += left - stream->avail_in;
        *got += room - stream->avail_out;
        if (result == Z_MEM_ERROR)
            return loci_fail_memory(error, inflater->where);
        if (result == Z_BUF_ERROR || (result == Z_OK && left == 0 && stream->avail_out == room))
            return loci_fail(error, LOCI_E_FORMAT, inflater->where, "the gzip data are cut short");
        if (result != Z_OK && result != Z_STREAM_END)
            return loci_fail(error, LOCI_E_FORMAT, inflater->where, "damaged gzip data: %s",
                             stream->msg != NULL ? stream->msg : "unknown reason");
        if (result == Z_STREAM_END) {
            status = end_member(inflater, error);
            if (status != LOCI_OK)
                return status;
        }
    }
    return LOCI_OK;
}
