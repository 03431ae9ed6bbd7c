#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The bytes of an array, as many as are a whole number of lines of the cache; 0 = too many. */
static size_t whole_lines(size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > PTRDIFF_MAX - 64)
        return 0;
    return bytes == 0 ? 64 : (bytes + 63) & ~(size_t)63;
}

void *loci_alloc_raw(size_t count, size_t size) {
    size_t bytes = whole_lines(count, size);
    return bytes == 0 ? NULL : aligned_alloc(64, bytes);
}

void *loci_alloc(size_t count, size_t size) {
    void *memory = loci_alloc_raw(count, size);
    if (memory != NULL)
        memset(memory, 0, whole_lines(count, size));
    return memory;
}
