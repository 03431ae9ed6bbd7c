/* Preloaded into a program, makes its Nth allocation fail, counted from 1 (FAIL_AT=N), once. */
#define _GNU_SOURCE
#include <errno.h>
#include <link.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
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

/* Where the code of libraries lies whose allocations do not count. oneDNN compiles its kernels at
 * the first product and does not survive a shortage in there; that there is memory for it,
 * loci_gemm_prepare() sees to. */
enum { LIBRARIES = 2 };
static struct { uintptr_t start, end; } spared[LIBRARIES];
static size_t spared_count;

static int look_at(struct dl_phdr_info *library, size_t size, void *unused) {
    (void)size, (void)unused;
    if (strstr(library->dlpi_name, "/libdnnl.") == NULL &&
        strstr(library->dlpi_name, "/libstdc++.") == NULL)
        return 0;
    for (int i = 0; i < library->dlpi_phnum && spared_count < LIBRARIES; i++) {
        const ElfW(Phdr) *part = &library->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || (part->p_flags & PF_X) == 0)
            continue;
        uintptr_t start = library->dlpi_addr + part->p_vaddr;
        spared[spared_count].start = start;
        spared[spared_count++].end = start + part->p_memsz;
    }
    return 0;
}

__attribute__((constructor)) static void start(void) {
    const char *text = getenv("FAIL_AT");
    if (!text)
        return;
    on_exit(finish, NULL);
    dl_iterate_phdr(look_at, NULL);
    fail_at = strtoul(text, NULL, 10); /* from here on; what the loader needed does not count */
}

static int is_spared(const void *caller) {
    for (size_t i = 0; i < spared_count; i++)
        if ((uintptr_t)caller >= spared[i].start && (uintptr_t)caller < spared[i].end)
            return 1;
    return 0;
}

static int fails(const void *caller) {
    return fail_at && !is_spared(caller) && atomic_fetch_add(&allocations, 1) + 1 == fail_at;
}

void *malloc(size_t size) {
    return fails(__builtin_return_address(0)) ? (errno = ENOMEM, NULL) : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    return fails(__builtin_return_address(0)) ? (errno = ENOMEM, NULL) : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    return fails(__builtin_return_address(0)) ? (errno = ENOMEM, NULL) : __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    return fails(__builtin_return_address(0)) ? (errno = ENOMEM, NULL)
                                              : __libc_memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size) {
    if (fails(__builtin_return_address(0)))
        return ENOMEM;
    void *bytes = __libc_memalign(alignment, size);
    if (!bytes)
        return ENOMEM;
    *out = bytes;
    return 0;
}
