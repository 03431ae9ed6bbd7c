/* Downloads of catalogue entries. A file grows as NAME.gz.part, from which an interrupted download
 * goes on; it gets its name once the SHA-256 of what it decompresses to is right. An archive grows
 * as NAME.zip.part; once its MD5 is right, NAME is unpacked from it and it goes. */
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "data/catalogue.h"
#include "data/fetch_zip.h"
#include "data/formats.h"
#include "data/inflate.h"

enum {
    ROUNDS = 3,              /* each goes over all mirrors */
    WAIT_MILLISECONDS = 500, /* before the second round; longer before later ones */
    CONNECT_SECONDS = 20,    /* to reach a server */
    STALL_SECONDS = 30,      /* without a byte before a connection is given up */
    MOST_BYTES = 1 << 28,    /* of one file as it is sent */
    MOST_ZIPPED = 16,        /* times as many of an archive */
};

void loci_fetch_options_defaults(loci_fetch_options *options) {
    *options = (loci_fetch_options){0};
}

/* One file under way. */
typedef struct loci_download {
    const loci_fetch_options *options;
    const loci_remote_file *file;
    char name[80];       /* NAME.gz */
    char path[4096];     /* where it will be */
    char part[4096 + 8]; /* where it grows */
    int fd;              /* of the part */
    uint64_t size;       /* of the part */
    uint64_t most;       /* that the part may have */
    int write_error;     /* errno of a failed write, else 0 */
    bool stopped;        /* by the progress callback */
    bool passing;        /* a mirror failed in a way that may pass */
} loci_download;

/* ---- verification ---- */

/* Compares the SHA-256 of what the file holds, decompressed, with what it should be. */
static int verify(const char *path, const char *sha256, loci_error *error) {
    unsigned char *bytes, block[65536], digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    size_t size, got;
    int status = loci_file_read(path, LOCI_DATA_MOST, &bytes, &size, error);
    if (status != LOCI_OK)
        return status;
    loci_inflater inflater;
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    status = loci_inflater_open(&inflater, bytes, size, path, error);
    if (status == LOCI_OK && (hash == NULL || !EVP_DigestInit_ex(hash, EVP_sha256(), NULL)))
        status = loci_fail_memory(error, path);
    do {
        if (status == LOCI_OK)
            status = loci_inflater_read(&inflater, block, sizeof block, &got, error);
        if (status == LOCI_OK && !EVP_DigestUpdate(hash, block, got))
            status = loci_fail_memory(error, path);
    } while (status == LOCI_OK && got == sizeof block);
    if (status == LOCI_OK && !EVP_DigestFinal_ex(hash, digest, &length))
        status = loci_fail_memory(error, path);
    loci_inflater_close(&inflater);
    EVP_MD_CTX_free(hash);
    free(bytes);
    char text[2 * EVP_MAX_MD_SIZE + 1] = "";
    for (unsigned i = 0; i < length; i++)
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    if (status == LOCI_OK && strcmp(text, sha256) != 0)
        status = loci_fail(error, LOCI_E_FORMAT, path,
                           "wrong content: its SHA-256 is %.12s..., not %.12s...", text, sha256);
    return status;
}

/* ---- one transfer ---- */

static size_t on_data(char *bytes, size_t one, size_t count, void *user) {
    loci_download *download = user;
    size_t done = 0, total = one * count;
    if (total > download->most - download->size) {
        download->write_error = EFBIG;
        return 0;
    }
    while (done < total) {
        ssize_t wrote = write(download->fd, bytes + done, total - done);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0) {
            download->write_error = wrote < 0 ? errno : EIO;
            return 0;
        }
        done += (size_t)wrote;
        download->size += (uint64_t)wrote;
    }
    return total;
}

static bool wants_stop(loci_download *download, uint64_t total) {
    const loci_fetch_options *options = download->options;
    if (options->progress != NULL &&
        options->progress(options->user, download->name, download->size, total) != 0)
        download->stopped = true;
    return download->stopped;
}

static int on_progress(void *user, curl_off_t total, curl_off_t now, curl_off_t up_total,
                       curl_off_t up_now) {
    loci_download *download = user;
    (void)up_total;
    (void)up_now;
    uint64_t left = total > now ? (uint64_t)(total - now) : 0;
    return wants_stop(download, total > 0 ? download->size + left : 0);
}

/* Throws away what is there of the part. */
static int restart(loci_download *download, loci_error *error) {
    if (ftruncate(download->fd, 0) != 0 || lseek(download->fd, 0, SEEK_SET) != 0)
        return loci_fail_errno(error, LOCI_E_IO, download->part, errno, "cannot write");
    download->size = 0;
    return LOCI_OK;
}

/* A handle for each: where one is used again, libcurl before 8.1.1 reads memory it gave back when
 * an answer begins with a header that goes on with the one before. */
static CURLcode transfer(loci_download *download, const char *url, char *reason, long *answer) {
    const char *schemes = strncmp(url, "http://", 7) == 0 ? "http,https" : "https";
    CURL *curl = curl_easy_init();
    *answer = 0;
    if (curl == NULL)
        return CURLE_OUT_OF_MEMORY;
    reason[0] = '\0';
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, schemes);
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, schemes);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 5L);
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L); /* an error page is no data */
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)STALL_SECONDS);
    curl_easy_setopt(curl, CURLOPT_RESUME_FROM_LARGE, (curl_off_t)download->size);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "loci");
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_data);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, download);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, download);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    CURLcode result = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, answer);
    curl_easy_cleanup(curl);
    if (reason[0] == '\0')
        snprintf(reason, CURL_ERROR_SIZE, "%s", curl_easy_strerror(result));
    return result;
}

/* Tries one mirror: goes on with what is there of the part, or starts over when that leads nowhere.
 * LOCI_OK: the part is whole and right. LOCI_E_NETWORK and LOCI_E_FORMAT: another mirror may do
 * better. */
static int try_mirror(loci_download *download, const char *url, loci_error *error) {
    for (;;) {
        char reason[CURL_ERROR_SIZE];
        long answer;
        bool resumed = download->size > 0;
        CURLcode result = transfer(download, url, reason, &answer);
        if (result == CURLE_OUT_OF_MEMORY)
            return loci_fail_memory(error, download->name);
        if (download->stopped)
            return loci_fail(error, LOCI_E_INTERRUPTED, download->name,
                             "stopped; the next download goes on from here");
        if (download->write_error != 0)
            return loci_fail_errno(error, LOCI_E_IO, download->part, download->write_error,
                                   "cannot write");
        int status;
        if (result == CURLE_OK || answer == 416) { /* 416: there is nothing after what we have */
            bool zipped = download->file->md5 != NULL;
            status = zipped ? loci_zip_verify(download->part, download->file->md5, error)
                            : verify(download->part, download->file->sha256, error);
            if (status != LOCI_E_FORMAT)
                return status;
            status =
                loci_fail(error, LOCI_E_FORMAT, url, "sent something else than %s: its %s is wrong",
                          download->file->name, zipped ? "MD5" : "SHA-256");
            if (restart(download, error) != LOCI_OK)
                return LOCI_E_IO;
        } else if (result == CURLE_RANGE_ERROR && resumed) { /* the server cannot resume */
            status = restart(download, error);
            if (status != LOCI_OK)
                return status;
        } else {
            bool refused = answer >= 400 && answer < 500; /* and will be the next time */
            download->passing = download->passing || !refused;
            return loci_fail(error, LOCI_E_NETWORK, url, "%s; what has come is kept, try again",
                             reason);
        }
        if (!resumed)
            return status;
    }
}

/* ---- one file ---- */

static int make_url(char *url, size_t size, const char *base, const char *name, loci_error *error) {
    size_t length = strlen(base);
    int n =
        snprintf(url, size, "%s%s%s", base, length > 0 && base[length - 1] != '/' ? "/" : "", name);
    if (n < 0 || (size_t)n >= size)
        return loci_fail(error, LOCI_E_ARGUMENT, base, "the address is too long");
    return LOCI_OK;
}

static int try_mirrors(loci_download *download, const char *const *mirrors, loci_error *error) {
    int status = LOCI_E_NETWORK;
    download->passing = true;
    for (int round = 0; round < ROUNDS && download->passing; round++) {
        download->passing = false;
        if (round > 0) {
            long wait = (long)WAIT_MILLISECONDS * round;
            nanosleep(&(struct timespec){wait / 1000, wait % 1000 * 1000000}, NULL);
        }
        for (int m = 0; mirrors[m] != NULL; m++) {
            char url[2048];
            status = make_url(url, sizeof url, mirrors[m], download->name, error);
            if (status == LOCI_OK)
                status = try_mirror(download, url, error);
            if (status != LOCI_E_NETWORK && status != LOCI_E_FORMAT) {
                download->passing = false; /* done, or nothing another mirror can help */
                break;
            }
        }
    }
    return status;
}

/* Whether what was opened still has that name: another download may have made it the file itself
 * before it was locked here. */
static bool is_part(const loci_download *download) {
    struct stat own, named;
    return fstat(download->fd, &own) == 0 && stat(download->part, &named) == 0 &&
           own.st_ino == named.st_ino && own.st_dev == named.st_dev;
}

static int lock_part(loci_download *download, loci_error *error) {
    enum { ATTEMPTS = 10 };
    for (int i = 0; i < ATTEMPTS; i++) {
        download->fd = open(download->part, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (download->fd < 0)
            return loci_fail_errno(error, LOCI_E_IO, download->part, errno, "cannot write");
        bool busy = flock(download->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
        if (!busy && is_part(download))
            return LOCI_OK;
        close(download->fd);
        if (busy)
            break;
    }
    return loci_fail(error, LOCI_E_IO, download->part, "another download of it is under way");
}

/* Opens the part for appending, locked against a second download of the same file. */
static int open_part(loci_download *download, loci_error *error) {
    int status = lock_part(download, error);
    if (status != LOCI_OK)
        return status;
    off_t end = lseek(download->fd, 0, SEEK_END);
    if (end > 0)
        download->size = (uint64_t)end;
    if (download->size > download->most)
        status = restart(download, error);
    if (status != LOCI_OK)
        close(download->fd);
    return status;
}

/* A whole part becomes the file; of an archive what is in it, and the archive goes. */
static int keep(const loci_download *download, loci_error *error) {
    if (download->file->md5 == NULL)
        return loci_file_rename(download->part, download->path, error);
    int status = loci_zip_unpack(download->part, download->file->name, download->path, error);
    if (status == LOCI_OK)
        unlink(download->part);
    return status;
}

/* Fetches what is not there. */
static int fetch_part(loci_download *download, const char *const *mirrors, loci_error *error) {
    int status = open_part(download, error);
    if (status != LOCI_OK)
        return status;
    status = try_mirrors(download, mirrors, error);
    if (status == LOCI_OK && fsync(download->fd) != 0)
        status = loci_fail_errno(error, LOCI_E_IO, download->part, errno, "cannot write");
    if (status == LOCI_OK)
        status = keep(download, error);
    else if (download->size == 0)
        unlink(download->part); /* nothing to go on from */
    close(download->fd);
    return status;
}

/* A file in an archive got its name when it was right, and what it is right by is gone. */
static int fetch_zipped(const loci_remote_file *file, const char *folder,
                        const char *const *mirrors, const loci_fetch_options *options,
                        loci_error *error) {
    loci_download download = {
        .options = options, .file = file, .most = (uint64_t)MOST_ZIPPED * MOST_BYTES};
    snprintf(download.name, sizeof download.name, "%s.zip", file->name);
    int status = loci_path_join(download.path, sizeof download.path, folder, file->name, error);
    if (status != LOCI_OK || access(download.path, F_OK) == 0)
        return status;
    snprintf(download.part, sizeof download.part, "%s.part", download.path);
    return fetch_part(&download, mirrors, error);
}

static int fetch_file(const loci_remote_file *file, const char *folder, const char *const *mirrors,
                      const loci_fetch_options *options, loci_error *error) {
    loci_download download = {.options = options, .file = file, .most = MOST_BYTES};
    char found[4096];
    if (file->md5 != NULL)
        return fetch_zipped(file, folder, mirrors, options, error);
    snprintf(download.name, sizeof download.name, "%s.gz", file->name);
    int status = loci_path_join(download.path, sizeof download.path, folder, download.name, error);
    if (status != LOCI_OK)
        return status;
    snprintf(download.part, sizeof download.part, "%s.part", download.path);
    if (loci_idx_find(found, sizeof found, folder, file->name)) {
        status = verify(found, file->sha256, error);
        if (status == LOCI_OK)
            return LOCI_OK;
        if (strcmp(found, download.path) != 0) /* it would hide what is fetched */
            return loci_fail(error, LOCI_E_FORMAT, found,
                             "is there, but not what it should be; move it away and fetch again");
    }
    return fetch_part(&download, mirrors, error);
}

int loci_fetch_remote(const loci_remote *remote, const loci_fetch_options *options,
                      loci_error *error) {
    const char *name = remote->entry.name;
    char parent[4096], folder[4096];
    int status = LOCI_OK;
    if (options->directory != NULL && options->directory[0] != '\0')
        status = loci_path_join(folder, sizeof folder, options->directory, name, error);
    else if ((status = loci_cache_folder(parent, sizeof parent, error)) == LOCI_OK)
        status = loci_path_join(folder, sizeof folder, parent, name, error);
    if (status == LOCI_OK)
        status = loci_make_folders(folder, error);
    const char *const given[] = {options->base_url, NULL};
    for (int f = 0; f < LOCI_CATALOGUE_FILES && remote->files[f].name != NULL && status == LOCI_OK;
         f++)
        status = fetch_file(&remote->files[f], folder,
                            options->base_url != NULL ? given : remote->mirrors, options, error);
    return status;
}

int loci_fetch(const char *name, const loci_fetch_options *options, loci_error *error) {
    loci_fetch_options defaults;
    loci_fetch_options_defaults(&defaults);
    const loci_remote *remote = loci_catalogue_find(name, error);
    if (remote == NULL)
        return LOCI_E_NOT_FOUND;
    if (remote->entry.built_in)
        return loci_fail(error, LOCI_E_UNSUPPORTED, name, "is built in; there is nothing to fetch");
    return loci_fetch_remote(remote, options != NULL ? options : &defaults, error);
}
