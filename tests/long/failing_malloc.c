/* Preloaded into a program, makes its Nth allocation fail, counted from 1 (FAIL_AT=N), once. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static atomic_ulong allocations;
static unsigned long fail_at;

/* The driver must know whether the allocation was reached: 88 = the program was done before it, 89
 * = the program failed before it, which it must not. */
static void finish(int status, void *unused) {
    (void)unused;
    if (atomic_load(&allocations) < fail_at)
        _exit(status == 0 ? 88 : 89);
}

__attribute__((constructor)) static void start(void) {
    const char *text = getenv("FAIL_AT");
    if (!text)
        return;
    on_exit(finish, NULL);
    fail_at = strtoul(text, NULL, 10); /* from here on; what the loader needed does not count */
}

static int fails(void) {
    return fail_at && atomic_fetch_add(&allocations, 1) + 1 == fail_at;
}

void *malloc(size_t size) {
    return fails() ? (errno = ENOMEM, NULL) : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    return fails() ? (errno = ENOMEM, NULL) : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    return fails() ? (errno = ENOMEM, NULL) : __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    return fails() ? (errno = ENOMEM, NULL) : __libc_memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size) {
    if (fails())
        return ENOMEM;
    void *bytes = __libc_memalign(alignment, size);
    if (!bytes)
        return ENOMEM;
    *out = bytes;
    return 0;
}
