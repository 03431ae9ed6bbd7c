/* gzip: from memory and from a file, in pieces of any size, the same content comes out, or the same
 * refusal; and never more than was said to be possible. The first byte says how large pieces are.
 */
#include "memory_file.h"

#include <stdlib.h>
#include <string.h>

#include "data/inflate.h"
#include "mutate.h"
#include "short_memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_CONTENT = 1 << 20 };
static unsigned char content[2][MOST_CONTENT];

/* Reads to the end or to a fault; *got: how many bytes of content. */
static int read_all(loci_inflater *inflater, size_t piece, unsigned char *to, size_t *got) {
    int status = LOCI_OK;
    size_t more = piece;
    *got = 0;
    while (status == LOCI_OK && more == piece && *got + piece <= MOST_CONTENT) {
        size_t most = loci_inflater_most(inflater);
        status = loci_inflater_read(inflater, to + *got, piece, &more, NULL);
        if (more > piece || more > most)
            abort();
        *got += more;
    }
    return status;
}

/* A file that is shorter than it was when it was opened ends in an error, wherever that is met. */
static int open_shorter(int fd, size_t size) {
    loci_inflater file;
    size_t got = 0;
    int status = loci_inflater_open_file(&file, fd, size + 100, "fuzz", NULL);
    if (status == LOCI_OK)
        status = read_all(&file, 65536, content[1], &got);
    loci_inflater_close(&file);
    if (status == LOCI_OK && got < MOST_CONTENT / 2)
        abort();
    return memory_was_short() ? status : LOCI_OK;
}

static int run(const uint8_t *data, size_t size) {
    char path[32];
    loci_inflater memory, file;
    size_t got[2] = {0, 0};
    if (size == 0)
        return 0;
    int fd = memory_file(data + 1, size - 1, path), status[2];
    if (fd < 0)
        return 0;
    status[0] = loci_inflater_open(&memory, data + 1, size - 1, "fuzz", NULL);
    if (status[0] == LOCI_OK)
        status[0] = read_all(&memory, (size_t)1 + data[0] * 7u, content[0], &got[0]);
    loci_inflater_close(&memory);
    status[1] = open_shorter(fd, size);
    if (status[1] == LOCI_OK)
        status[1] = loci_inflater_open_file(&file, fd, size - 1, "fuzz", NULL);
    else
        file = (loci_inflater){.file = -1};
    if (status[1] == LOCI_OK)
        status[1] = read_all(&file, 65536, content[1], &got[1]);
    loci_inflater_close(&file);
    close(fd);
    /* what came before a fault depends on the pieces */
    if (status[0] == LOCI_OK && status[1] == LOCI_OK && got[0] < MOST_CONTENT / 2 &&
        (got[0] != got[1] || memcmp(content[0], content[1], got[0]) != 0))
        abort();
    if (status[0] != status[1] && !memory_was_short() && got[0] < MOST_CONTENT / 2 &&
        got[1] < MOST_CONTENT / 2)
        abort();
    return 0;
}

WITH_SHORT_MEMORY(run)

/* What is packed changes, and is packed again: into one member, or two. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed) {
    mutant m = mutant_of(data, size, max_size, seed);
    uLongf room = MOST_CONTENT / 4;
    z_stream in = {.next_in = data + 1,
                   .avail_in = size > 0 ? (uInt)(size - 1) : 0,
                   .next_out = content[0],
                   .avail_out = (uInt)room};
    if (size < 2 || mutant_draw(&m, 2) == 0 || inflateInit2(&in, 15 + 16) != Z_OK)
        return LLVMFuzzerMutate(data, size, max_size);
    inflate(&in, Z_FINISH);
    size_t plain = room - in.avail_out;
    inflateEnd(&in);
    plain = LLVMFuzzerMutate(content[0], plain, 4096);
    size_t at = mutant_draw(&m, 4) == 0 ? size : 1;
    z_stream out = {.next_in = content[0],
                    .avail_in = (uInt)plain,
                    .next_out = data + at,
                    .avail_out = (uInt)(max_size - at)};
    if (at >= max_size || deflateInit2(&out, (int)mutant_draw(&m, 10), Z_DEFLATED, 15 + 16, 8,
                                       Z_DEFAULT_STRATEGY) != Z_OK)
        return LLVMFuzzerMutate(data, size, max_size);
    deflate(&out, Z_FINISH);
    deflateEnd(&out);
    return max_size - out.avail_out;
}
