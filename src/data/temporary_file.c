#define _GNU_SOURCE
#include "data/temporary_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

int loci_temporary_file(loci_error *error) {
    const char *own = getenv("TMPDIR");
    const char *const folders[] = {own != NULL && own[0] != '\0' ? own : "/var/tmp", "/var/tmp",
                                   "/tmp"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char path[4096];
        int file = open(folders[i], O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
        if (file >= 0)
            return file;
        /* a file system that cannot do so */
        int length = snprintf(path, sizeof path, "%s/loci-", folders[i]);
        if (length < 0 || (size_t)length + 7 > sizeof path)
            continue;
        memset(path + length, 'X', 6); /* mkostemp() writes over these */
        path[length + 6] = '\0';
        file = mkostemp(path, O_CLOEXEC);
        if (file >= 0) {
            unlink(path);
            return file;
        }
    }
    loci_fail_errno(error, LOCI_E_IO, folders[0], errno,
                    "cannot make a temporary file; name another folder in TMPDIR");
    return -1;
}

int loci_temporary_write(int file, const void *bytes, size_t size, loci_error *error) {
    const char *at = bytes;
    while (size > 0) {
        ssize_t done = write(file, at, size);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return loci_fail_errno(error, LOCI_E_IO, "temporary file", errno,
                                   "cannot write; TMPDIR names another folder");
        at += done;
        size -= (size_t)done;
    }
    return LOCI_OK;
}
