/* A file in memory with a path, for readers that take paths. */
#ifndef LOCI_TESTS_MEMORY_FILE_H
#define LOCI_TESTS_MEMORY_FILE_H

#define _GNU_SOURCE
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

/* Makes the file; close() the number it returns. -1 on failure. */
static inline int memory_file(const uint8_t *data, size_t size, char path[32]) {
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (fd >= 0 && write(fd, data, size) != (ssize_t)size) {
        close(fd);
        fd = -1;
    }
    snprintf(path, 32, "/proc/self/fd/%d", fd);
    return fd;
}

#endif
