#include "synapse/partition.h"

#include "base/memory.h"

static size_t pieces(size_t n, size_t size) {
    return (n + size - 1) / size;
}

/* A tile should stay in the second-level cache (64 columns of 784 rows are 200 kB). 64 columns are
 * also what the sparse product keeps in registers. With only a few columns of tiles, tiles are cut
 * lower where they can be: the last task of a loop is what the other threads wait for. */
loci_partition loci_partition_of(size_t n, size_t m, int streamed) {
    size_t width = loci_pad16(pieces(m, 4));
    if (width > 64)
        width = 64;
    while (width > 16 && streamed && n * width > 1u << 17)
        width = loci_pad16(width / 2);
    size_t columns = pieces(m, width);
    size_t wanted = streamed ? pieces(16, columns) : columns >= 4 ? 1 : pieces(8, columns);
    size_t height = loci_pad16(pieces(n, wanted));
    if (streamed && height < 128)
        height = 128;
    if (!streamed && height > 1024)
        height = 1024;
    if (height > n)
        height = n;
    return (loci_partition){width, columns, height, pieces(n, height)};
}
