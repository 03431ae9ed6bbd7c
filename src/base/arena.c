#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"

/* In front of every buffer, as large as what buffers are aligned to. */
struct loci_arena_buffer {
    struct loci_arena_buffer *before;
} __attribute__((aligned(64)));
enum { FRONT = sizeof(struct loci_arena_buffer) };

/* By loci_alloc() or loci_alloc_raw(). */
static void *take(loci_arena *arena, void *(*alloc)(size_t, size_t), size_t count, size_t size) {
    size_t bytes;
    struct loci_arena_buffer *buffer = NULL;
    if (!arena->failed && !__builtin_mul_overflow(count, size, &bytes) && bytes <= SIZE_MAX - FRONT)
        buffer = alloc(FRONT + bytes, 1);
    if (buffer == NULL) {
        arena->failed = true;
        return NULL;
    }
    buffer->before = arena->last;
    arena->last = buffer;
    arena->bytes += bytes;
    return buffer + 1;
}

void *loci_arena_take(loci_arena *arena, size_t count, size_t size) {
    return take(arena, loci_alloc, count, size);
}

void *loci_arena_take_raw(loci_arena *arena, size_t count, size_t size) {
    return take(arena, loci_alloc_raw, count, size);
}

float *loci_arena_floats(loci_arena *arena, size_t rows, size_t columns) {
    size_t size;
    if (!__builtin_mul_overflow(columns, sizeof(float), &size))
        return loci_arena_take(arena, rows, size);
    arena->failed = true;
    return NULL;
}

int loci_arena_status(const loci_arena *arena, const char *where, loci_error *error) {
    return arena->failed ? loci_fail_memory(error, where) : LOCI_OK;
}

void loci_arena_clear(loci_arena *arena) {
    while (arena->last != NULL) {
        struct loci_arena_buffer *buffer = arena->last;
        arena->last = buffer->before;
        free(buffer);
    }
    *arena = (loci_arena){0};
}
