/* Memory that runs out. A target that has WITH_SHORT_MEMORY(run) runs each input as it is; of some
 * inputs, as their bytes decide, it runs it once more, and one of the allocations fails that the
 * library asked for in the first run. The linker hands these to what stands here (tests/fuzz/
 * meson.build); the libraries beneath ask for their own.
 *
 * run() says by memory_was_short() whether that is why something failed. */
#ifndef LOCI_TESTS_SHORT_MEMORY_H
#define LOCI_TESTS_SHORT_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t most);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t most);

/* Of the thread that runs the target: the others would make it a matter of chance. */
static _Thread_local struct {
    size_t asked; /* allocations so far */
    size_t fails; /* which of them fails, counted from 1; 0: none */
    bool over;    /* those that follow are not counted */
} short_memory;

static bool memory_fails(void) {
    return !short_memory.over && ++short_memory.asked == short_memory.fails;
}

/* No more fail until run() is over: what follows is not the reader. */
static inline void memory_is_enough(void) {
    short_memory.over = true;
}

static inline bool memory_was_short(void) {
    return short_memory.fails > 0 && short_memory.asked >= short_memory.fails;
}

void *__wrap_malloc(size_t size) {
    return memory_fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size) {
    return memory_fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size) {
    return memory_fails() ? NULL : __real_realloc(old, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size) {
    return memory_fails() ? NULL : __real_aligned_alloc(alignment, size);
}

char *__wrap_strdup(const char *text) {
    return memory_fails() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t most) {
    return memory_fails() ? NULL : __real_strndup(text, most);
}

static inline int run_with_short_memory(int (*run)(const uint8_t *data, size_t size),
                                        const uint8_t *data, size_t size) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ data[i]) * 16777619u;
    short_memory.asked = short_memory.fails = 0;
    short_memory.over = false;
    run(data, size);
    size_t asked = short_memory.asked;
    if (hash % 4 == 0 && asked > 0) {
        short_memory.asked = 0;
        short_memory.fails = 1 + (hash >> 8) % asked;
        short_memory.over = false;
        run(data, size);
    }
    short_memory.fails = 0;
    return 0;
}

#define WITH_SHORT_MEMORY(run)                                                                     \
    int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {                                 \
        return run_with_short_memory(run, data, size);                                             \
    }

#endif
