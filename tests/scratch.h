/* A folder of its own for a test's files, and files read and written whole. Any failure fails the
 * test. */
#ifndef LOCI_TESTS_SCRATCH_H
#define LOCI_TESTS_SCRATCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Makes a new folder and writes its path to folder. */
static inline void scratch_make(char folder[256]) {
    const char *base = getenv("TMPDIR");
    snprintf(folder, 256, "%.200s/loci-test-XXXXXX",
             base != NULL && *base != '\0' ? base : P_tmpdir);
    assert_non_null(mkdtemp(folder));
}

/* Calls visit for each entry of a folder, "." and ".." left out; returns how many there are. */
static inline size_t scratch_each(const char *folder, void (*visit)(const char *path)) {
    DIR *open = opendir(folder);
    assert_non_null(open);
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(open)) != NULL;) {
        char path[1024];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        int length = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        assert_in_range(length, 1, sizeof path - 1);
        count++;
        if (visit != NULL)
            visit(path);
    }
    closedir(open);
    return count;
}

/* Removes a folder and all in it. */
static inline void scratch_remove(const char *path) {
    struct stat info;
    if (lstat(path, &info) == 0 && S_ISDIR(info.st_mode))
        scratch_each(path, scratch_remove);
    assert_int_equal(remove(path), 0);
}

/* folder/name, in a buffer that the next call but three overwrites. */
static inline const char *scratch_path(const char *folder, const char *name) {
    static char paths[4][1024];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static inline void scratch_write(const char *path, const void *bytes, size_t size) {
    remove(path); /* writing over a file makes some file systems wait for the disk */
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* The whole file, with a 0 past its end; free() it. NULL when there is none. */
static inline unsigned char *scratch_read(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    *size = 0;
    if (file == NULL)
        return NULL;
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long end = ftell(file);
    assert_true(end >= 0);
    rewind(file);
    unsigned char *bytes = malloc((size_t)end + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, (size_t)end, file), end);
    bytes[end] = 0;
    fclose(file);
    *size = (size_t)end;
    return bytes;
}

static inline void scratch_assert_same(const char *path_a, const char *path_b) {
    size_t size_a, size_b;
    unsigned char *a = scratch_read(path_a, &size_a), *b = scratch_read(path_b, &size_b);
    assert_non_null(a);
    assert_non_null(b);
    assert_int_equal(size_a, size_b);
    assert_memory_equal(a, b, size_a);
    free(a);
    free(b);
}

/* From now on no file of this process grows past `bytes`: a full disk. RLIM_INFINITY ends it. */
static inline void scratch_disk_limit(rlim_t bytes) {
    struct rlimit limit;
    signal(SIGXFSZ, SIG_IGN); /* so that write() fails instead */
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

#endif
