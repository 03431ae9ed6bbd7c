#include "data/inflate.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"

int loci_inflater_open(loci_inflater *inflater, const void *bytes, size_t size, const char *where,
                       loci_error *error) {
    *inflater = (loci_inflater){.bytes = bytes, .size = size, .where = where};
    inflater->gzipped = size >= 2 && inflater->bytes[0] == 0x1f && inflater->bytes[1] == 0x8b;
    /* 15: the largest window; 16: a gzip header and its checksum */
    if (inflater->gzipped && inflateInit2(&inflater->stream, 15 + 16) != Z_OK)
        return loci_fail_memory(error, where);
    return LOCI_OK;
}

void loci_inflater_close(loci_inflater *inflater) {
    if (inflater->gzipped)
        inflateEnd(&inflater->stream);
    inflater->gzipped = false;
}

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
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
    const unsigned char *next = inflater->bytes + inflater->position;
    size_t left = inflater->size - inflater->position;
    if (left == 0) {
        inflater->ended = true;
        return LOCI_OK;
    }
    if (left < 2 || next[0] != 0x1f || next[1] != 0x8b)
        return loci_fail(error, LOCI_E_FORMAT, inflater->where,
                         "%zu bytes of something else after the gzip data", left);
    inflateReset(&inflater->stream);
    return LOCI_OK;
}

int loci_inflater_read(loci_inflater *inflater, void *out, size_t want, size_t *got,
                       loci_error *error) {
    *got = 0;
    if (!inflater->gzipped) {
        *got = smaller(want, inflater->size - inflater->position);
        memcpy(out, inflater->bytes + inflater->position, *got);
        inflater->position += *got;
        return LOCI_OK;
    }
    z_stream *stream = &inflater->stream;
    while (*got < want && !inflater->ended) {
        uInt room = (uInt)smaller(want - *got, UINT_MAX);
        uInt left = (uInt)smaller(inflater->size - inflater->position, UINT_MAX);
        stream->next_in = (Bytef *)(uintptr_t)(inflater->bytes + inflater->position);
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
            int status = end_member(inflater, error);
            if (status != LOCI_OK)
                return status;
        }
    }
    return LOCI_OK;
}
