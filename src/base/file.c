#define _GNU_SOURCE
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "base/hash.h"

int loci_file_open(int *out, off_t *size, const char *path, loci_error *error) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return loci_fail_errno(error, errno == ENOENT ? LOCI_E_NOT_FOUND : LOCI_E_IO, path, errno,
                               "cannot open");
    struct stat info = {0};
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        close(fd);
        return loci_fail(error, LOCI_E_IO, path,
                         S_ISDIR(info.st_mode) ? "is a folder; a file is wanted here"
                                               : "not a regular file");
    }
    *out = fd;
    *size = info.st_size;
    return LOCI_OK;
}

int loci_file_read(const char *path, size_t most, unsigned char **bytes, size_t *size,
                   loci_error *error) {
    int fd;
    off_t claimed;
    int status = loci_file_open(&fd, &claimed, path, error);
    if (status != LOCI_OK)
        return status;
    if (claimed < 0 || (uintmax_t)claimed > most) {
        close(fd);
        return loci_fail(error, LOCI_E_FORMAT, path,
                         "%jd bytes; more than %zu are not accepted here", (intmax_t)claimed, most);
    }
    size_t length = (size_t)claimed, done = 0;
    unsigned char *buffer = malloc(length + 1);
    if (buffer == NULL) {
        close(fd);
        return loci_fail_memory(error, path);
    }
    while (done < length) {
        ssize_t got = read(fd, buffer + done, length - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            int err = got < 0 ? errno : EIO;
            close(fd);
            free(buffer);
            return loci_fail_errno(error, LOCI_E_IO, path, err, "cannot read");
        }
        done += (size_t)got;
    }
    close(fd);
    buffer[length] = 0;
    *bytes = buffer;
    *size = length;
    return LOCI_OK;
}

static void remove_temporary(const loci_writer *writer) {
    if (!writer->in_place)
        unlink(writer->temporary);
}

/* NAME.NUMBER.tmp. */
static bool is_temporary(const char *path) {
    size_t length = strlen(path), digits = 0;
    if (length < 6 || strcmp(path + length - 4, ".tmp") != 0)
        return false;
    for (const char *c = path + length - 5; c > path && *c >= '0' && *c <= '9'; c--)
        digits++;
    return digits > 0 && digits + 5 < length && path[length - 5 - digits] == '.';
}

/* Processes of many machines may write to one folder, whose numbers may be the same; and threads of
 * one, which have a number each. */
static uint64_t writer_number(void) {
    char where[160] = "";
    loci_hash hash;
    gethostname(where, 64);
    where[63] = '\0';
    ssize_t got = readlink("/proc/self/ns/pid", where + 64, 64);
    loci_hash_begin(&hash);
    loci_hash_bytes(&hash, where, got > 0 ? 64 + (size_t)got : 64);
    return loci_hash_end(&hash) << 32 | (uint32_t)syscall(SYS_gettid);
}

int loci_writer_open(loci_writer *writer, const char *path, loci_error *error) {
    writer->file = NULL;
    if (strlen(path) >= sizeof writer->path)
        return loci_fail(error, LOCI_E_ARGUMENT, path, "the path is too long");
    snprintf(writer->path, sizeof writer->path, "%s", path);
    struct stat info;
    /* a rename over a device (/dev/stdout, /dev/null) would replace it */
    writer->in_place = stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
    if (writer->in_place || is_temporary(path))
        snprintf(writer->temporary, sizeof writer->temporary, "%s", path);
    else
        snprintf(writer->temporary, sizeof writer->temporary, "%s.%" PRIu64 ".tmp", path,
                 writer_number());
    int flags = O_WRONLY | O_CLOEXEC | (writer->in_place ? 0 : O_CREAT | O_TRUNC);
    int fd = open(writer->temporary, flags, 0666);
    if (fd < 0)
        return loci_fail_errno(error, LOCI_E_IO, path, errno, "cannot write");
    writer->file = fdopen(fd, "wb");
    if (writer->file == NULL) {
        close(fd);
        remove_temporary(writer);
        return loci_fail_memory(error, path);
    }
    return LOCI_OK;
}

/* A rename survives a power cut only once the folder is on disk too. */
static void sync_folder_of(const char *path) {
    char folder[4096];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash == NULL)
        strcpy(folder, ".");
    else
        slash[slash == folder] = '\0';
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd); /* some file systems cannot; the file itself is safe */
        close(fd);
    }
}

int loci_writer_commit(loci_writer *writer, loci_error *error) {
    int earlier = ferror(writer->file) && errno != 0 ? errno : EIO; /* why a write failed */
    errno = 0;
    int failed = fflush(writer->file) != 0 || ferror(writer->file) ||
                 (!writer->in_place && fsync(fileno(writer->file)) != 0);
    int err = errno != 0 ? errno : earlier;
    if (fclose(writer->file) != 0 && !failed) {
        failed = 1;
        err = errno;
    }
    writer->file = NULL;
    bool renames = strcmp(writer->temporary, writer->path) != 0;
    if (!failed && renames && rename(writer->temporary, writer->path) != 0) {
        failed = 1;
        err = errno;
    }
    if (failed) {
        remove_temporary(writer);
        return loci_fail_errno(error, LOCI_E_IO, writer->path, err, "cannot write");
    }
    if (renames)
        sync_folder_of(writer->path);
    return LOCI_OK;
}

void loci_writer_abort(loci_writer *writer) {
    if (writer->file == NULL)
        return;
    fclose(writer->file);
    writer->file = NULL;
    remove_temporary(writer);
}

int loci_file_rename(const char *from, const char *to, loci_error *error) {
    if (rename(from, to) != 0)
        return loci_fail_errno(error, LOCI_E_IO, to, errno, "cannot write");
    sync_folder_of(to);
    return LOCI_OK;
}

int loci_file_write(const char *path, const void *bytes, size_t size, loci_error *error) {
    loci_writer writer;
    int status = loci_writer_open(&writer, path, error);
    if (status != LOCI_OK)
        return status;
    fwrite(bytes, 1, size, writer.file);
    return loci_writer_commit(&writer, error);
}

int loci_make_folders(const char *path, loci_error *error) {
    char part[4096];
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof part)
        return loci_fail(error, LOCI_E_ARGUMENT, path, "not a usable folder name");
    memcpy(part, path, length + 1);
    for (size_t i = 1; i <= length; i++) {
        if (part[i] != '/' && part[i] != '\0')
            continue;
        char kept = part[i];
        part[i] = '\0';
        if (mkdir(part, 0777) == 0)
            sync_folder_of(part);
        else if (errno != EEXIST)
            return loci_fail_errno(error, LOCI_E_IO, path, errno, "cannot make the folder");
        part[i] = kept;
    }
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode))
        return loci_fail(error, LOCI_E_IO, path, "is not a folder");
    return LOCI_OK;
}

int loci_path_join(char *out, size_t size, const char *folder, const char *name,
                   loci_error *error) {
    size_t length = strlen(folder);
    const char *slash = length > 0 && folder[length - 1] != '/' ? "/" : "";
    int n = snprintf(out, size, "%s%s%s", folder, slash, name);
    if (n < 0 || (size_t)n >= size)
        return loci_fail(error, LOCI_E_ARGUMENT, name, "the path is too long");
    return LOCI_OK;
}
