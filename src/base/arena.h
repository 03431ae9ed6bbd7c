/* Buffers that live and die together: counted, zeroed, with one failure that sticks. So whoever
 * needs a dozen arrays takes them all, asks once whether that went well, and clears them once. */
#ifndef LOCI_BASE_ARENA_H
#define LOCI_BASE_ARENA_H

#include <loci/status.h>
#include <stdbool.h>
#include <stddef.h>

/* Start with all 0. */
typedef struct loci_arena {
    struct loci_arena_buffer *last; /* of a list through all buffers */
    size_t bytes;                   /* asked for so far, the failed left out */
    bool failed;                    /* memory was short, or a size overflowed, at least once */
} loci_arena;

/* count * size zeroed bytes aligned to 64; count 0 gives a valid pointer. NULL when memory is short
 * or the product overflows, and from then on for every array. */
void *loci_arena_take(loci_arena *arena, size_t count, size_t size);
/* Likewise with anything in it, for large arrays of which little is used: memory is taken by what
 * is written. */
void *loci_arena_take_raw(loci_arena *arena, size_t count, size_t size);
/* A zeroed array [rows, columns] of floats, likewise. */
float *loci_arena_floats(loci_arena *arena, size_t rows, size_t columns);

/* LOCI_OK, or LOCI_E_MEMORY with `where` in error when anything was refused. */
int loci_arena_status(const loci_arena *arena, const char *where, loci_error *error);

/* Frees all buffers; the arena is as new. */
void loci_arena_clear(loci_arena *arena);

#endif
