#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void *loci_alloc(size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > PTRDIFF_MAX - 64)
        return NULL;
    bytes = bytes == 0 ? 64 : (bytes + 63) & ~(size_t)63;
    void *memory = aligned_alloc(64, bytes);
    if (memory != NULL)
        memset(memory, 0, bytes);
    return memory;
}
