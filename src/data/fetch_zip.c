#include "data/fetch_zip.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <zip.h>

#include "base/error.h"
#include "base/file.h"
#include "data/formats.h"
#include "data/npz_zip.h"

enum { BLOCK = 65536 };

/* Takes a file in, a block at a time: it may be larger than memory. */
static int digest_file(EVP_MD_CTX *hash, const char *path, loci_error *error) {
    unsigned char block[BLOCK];
    size_t got;
    FILE *file = fopen(path, "rbe");
    if (file == NULL)
        return loci_fail_errno(error, LOCI_E_IO, path, errno, "cannot read");
    bool lost = false;
    while (!lost && (got = fread(block, 1, sizeof block, file)) > 0)
        lost = !EVP_DigestUpdate(hash, block, got);
    int reason = ferror(file) ? errno : 0;
    fclose(file);
    if (reason != 0)
        return loci_fail_errno(error, LOCI_E_IO, path, reason, "cannot read");
    return lost ? loci_fail_memory(error, path) : LOCI_OK;
}

int loci_zip_verify(const char *path, const char *md5, loci_error *error) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    char text[2 * EVP_MAX_MD_SIZE + 1] = "";
    unsigned length = 0;
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    int status = hash == NULL || !EVP_DigestInit_ex(hash, EVP_md5(), NULL)
                     ? loci_fail_memory(error, path)
                     : digest_file(hash, path, error);
    if (status == LOCI_OK && !EVP_DigestFinal_ex(hash, digest, &length))
        status = loci_fail_memory(error, path);
    EVP_MD_CTX_free(hash);
    for (unsigned i = 0; i < length; i++)
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    if (status == LOCI_OK && strcmp(text, md5) != 0)
        status = loci_fail(error, LOCI_E_FORMAT, path,
                           "wrong content: its MD5 is %.12s..., not %.12s...", text, md5);
    return status;
}

/* The end of a member is where its check sum is looked at. */
static int copy_member(zip_file_t *member, FILE *to, const char *path, loci_error *error) {
    unsigned char block[BLOCK];
    zip_int64_t got;
    while ((got = zip_fread(member, block, sizeof block)) > 0)
        if (fwrite(block, 1, (size_t)got, to) != (size_t)got)
            return LOCI_OK; /* which is noticed when it gets its name */
    return got == 0 ? LOCI_OK
                    : loci_zip_fail(error, path, zip_file_get_error(member), "cannot be unpacked");
}

static int write_member(zip_t *zip, const char *path, const char *name, const char *to,
                        loci_error *error) {
    zip_stat_t info;
    loci_writer writer;
    zip_file_t *member = NULL;
    if (zip_stat(zip, name, 0, &info) == 0 && (info.valid & ZIP_STAT_SIZE) &&
        info.size <= LOCI_DATA_MOST)
        member = zip_fopen(zip, name, 0);
    if (member == NULL)
        return loci_fail(error, LOCI_E_FORMAT, path, "there is no %s in the archive", name);
    int status = loci_writer_open(&writer, to, error);
    if (status == LOCI_OK && (status = copy_member(member, writer.file, path, error)) != LOCI_OK)
        loci_writer_abort(&writer);
    else if (status == LOCI_OK)
        status = loci_writer_commit(&writer, error);
    zip_fclose(member);
    return status;
}

int loci_zip_unpack(const char *path, const char *name, const char *to, loci_error *error) {
    int code;
    zip_error_t reason;
    zip_t *zip = zip_open(path, ZIP_RDONLY, &code);
    if (zip == NULL) {
        zip_error_init_with_code(&reason, code);
        int status = loci_zip_fail(error, path, &reason, "not a sound zip file");
        zip_error_fini(&reason);
        return status;
    }
    int status = write_member(zip, path, name, to, error);
    zip_discard(zip);
    return status;
}
