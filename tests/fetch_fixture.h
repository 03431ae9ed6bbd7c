/* A server on 127.0.0.1 with some files, and what was fetched from it. */
#ifndef LOCI_TESTS_FETCH_FIXTURE_H
#define LOCI_TESTS_FETCH_FIXTURE_H

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <zip.h>
#include <zlib.h>

#include "data/catalogue.h"
#include "scratch.h"

static const char *python, *script;
static char served[256], kept[256], base[64];
static pid_t server;
static int server_input;

enum { CONTENT = 100000 };
static unsigned char packed[4][CONTENT + 1024]; /* what is served */
static size_t packed_size[4];
static char sums[4][65];
static loci_remote remote = {
    .entry = {.name = "test"},
    .files = {{"train-images-idx3-ubyte", sums[0], NULL},
              {"train-labels-idx1-ubyte", sums[1], NULL},
              {"t10k-images-idx3-ubyte", sums[2], NULL},
              {"t10k-labels-idx1-ubyte", sums[3], NULL}},
};

/* File f: noise, which gzip cannot make smaller; its sum is that of the noise, not of the packed
 * bytes. */
static inline void make_file(int f) {
    static unsigned char content[CONTENT];
    unsigned char digest[32];
    unsigned length;
    char name[64];
    uint32_t noise = (uint32_t)f + 1;
    for (size_t i = 0; i < CONTENT; i++) {
        noise = noise * 1664525 + 1013904223;
        content[i] = (unsigned char)(noise >> 24);
    }
    assert_true(EVP_Digest(content, CONTENT, digest, &length, EVP_sha256(), NULL));
    for (unsigned i = 0; i < length; i++)
        snprintf(sums[f] + 2 * i, 3, "%02x", digest[i]);
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = content;
    stream.avail_in = CONTENT;
    stream.next_out = packed[f];
    stream.avail_out = sizeof packed[f];
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed_size[f] = sizeof packed[f] - stream.avail_out;
    deflateEnd(&stream);
    snprintf(name, sizeof name, "%s.gz", remote.files[f].name);
    scratch_write(scratch_path(served, name), packed[f], packed_size[f]);
}

static inline int start_server(void **state) {
    (void)state;
    int input[2], output[2], port = 0;
    scratch_make(served);
    for (int f = 0; f < 4; f++)
        make_file(f);
    assert_int_equal(pipe(input), 0);
    assert_int_equal(pipe(output), 0);
    server = fork();
    assert_true(server >= 0);
    if (server == 0) {
        dup2(input[0], 0);
        dup2(output[1], 1);
        close(input[1]);
        close(output[0]);
        execlp(python, python, script, served, (char *)NULL);
        _exit(127);
    }
    close(input[0]);
    close(output[1]);
    server_input = input[1];
    FILE *answer = fdopen(output[0], "r");
    assert_non_null(answer);
    assert_int_equal(fscanf(answer, "%d", &port), 1);
    fclose(answer);
    snprintf(base, sizeof base, "http://127.0.0.1:%d", port);
    return 0;
}

static inline int stop_server(void **state) {
    (void)state;
    close(server_input); /* the server ends with its input */
    waitpid(server, NULL, 0);
    scratch_remove(served);
    return 0;
}

static inline int make_folder(void **state) {
    (void)state;
    scratch_make(kept);
    scratch_write(scratch_path(served, "requests.log"), "", 0);
    return 0;
}

static inline int remove_folder(void **state) {
    (void)state;
    scratch_remove(kept);
    return 0;
}

static inline int fetch(const char *behaviour, loci_error *error) {
    loci_fetch_options options;
    char url[128];
    loci_fetch_options_defaults(&options);
    snprintf(url, sizeof url, "%s/%s", base, behaviour);
    options.directory = kept;
    options.base_url = url;
    return loci_fetch_remote(&remote, &options, error);
}

/* How often the server was asked for something that this text is part of. */
static inline size_t requests(const char *text) {
    size_t size, count = 0;
    char *log = (char *)scratch_read(scratch_path(served, "requests.log"), &size);
    for (char *at = log; (at = strstr(at, text)) != NULL; at++)
        count++;
    free(log);
    return count;
}

static inline const char *file_path(int f, const char *ending) {
    char name[96];
    snprintf(name, sizeof name, "test/%s.gz%s", remote.files[f].name, ending);
    return scratch_path(kept, name);
}

static inline void assert_file(int f) {
    size_t size;
    unsigned char *bytes = scratch_read(file_path(f, ""), &size);
    assert_non_null(bytes);
    assert_int_equal(size, packed_size[f]);
    assert_memory_equal(bytes, packed[f], size);
    free(bytes);
    assert_int_equal(access(file_path(f, ".part"), F_OK), -1);
}

static inline void assert_part(int f, size_t size) {
    struct stat info;
    assert_int_equal(access(file_path(f, ""), F_OK), -1);
    assert_int_equal(stat(file_path(f, ".part"), &info), 0);
    assert_int_equal(info.st_size, size);
}

static inline void write_part(int f, size_t size) {
    mkdir(scratch_path(kept, "test"), 0777);
    scratch_write(file_path(f, ".part"), packed[f], size);
}

#endif
