/* Downloads from a server that answers whatever it likes: the bytes are its answers, one a
 * connection, between lines of "--". What gets the file's name is the file; all else leaves none.
 * The bits of the first byte: 1 an archive, 2 and 4 how much of it is there already, 8 the bytes
 * are an archive to be unpacked, 16 who asked stops it, 32 the file is there already, 64 and that
 * is not what it should be, under another name with 128. */
#define _GNU_SOURCE
#include "../no_sync.h"
#include "target_folder.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "data/catalogue.h"
#include "data/fetch_zip.h"
#include "mutate_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* "loci" and a line feed, packed either way. */
static const uint8_t packed[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02,
                                 0x03, 0xcb, 0xc9, 0x4f, 0xce, 0xe4, 0x02, 0x00, 0x8d,
                                 0xc6, 0xde, 0xe7, 0x05, 0x00, 0x00, 0x00};
static const uint8_t zipped[] = {
    0x50, 0x4b, 0x03, 0x04, 0x14, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x21, 0x00, 0x8d,
    0xc6, 0xde, 0xe7, 0x05, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
    0x78, 0x6c, 0x6f, 0x63, 0x69, 0x0a, 0x50, 0x4b, 0x01, 0x02, 0x14, 0x03, 0x14, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x21, 0x00, 0x8d, 0xc6, 0xde, 0xe7, 0x05, 0x00, 0x00, 0x00,
    0x05, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x80, 0x01, 0x00, 0x00, 0x00, 0x00, 0x78, 0x50, 0x4b, 0x05, 0x06, 0x00, 0x00, 0x00,
    0x00, 0x01, 0x00, 0x01, 0x00, 0x2f, 0x00, 0x00, 0x00, 0x24, 0x00, 0x00, 0x00, 0x00, 0x00};
static const char plain[] = "loci\n";

static const loci_remote remotes[2] = {
    {.entry = {.name = "test"},
     .files = {{"x", "d0170612c7b60dd5fee5c16005122a90bfbdb03f935159dc0d236113aa1ebeb5", NULL}}},
    {.entry = {.name = "test"}, .files = {{"x", NULL, "447ce485934f6a711256e74e7e7e835b"}}},
};

/* ---- the server ---- */

static const uint8_t *answers;
static size_t answers_size;

/* The next answer; empty once there is none. */
static size_t next_answer(const uint8_t **answer) {
    static const char between[] = "\n--\n";
    const uint8_t *end =
        answers_size > 0 ? memmem(answers, answers_size, between, sizeof between - 1) : NULL;
    size_t length = end != NULL ? (size_t)(end - answers) : answers_size;
    size_t taken = end != NULL ? length + sizeof between - 1 : length;
    *answer = answers;
    answers += taken;
    answers_size -= taken;
    return length;
}

/* Instead of a connection: one end of a pair, whose other end has answered already. */
static curl_socket_t open_pair(void *user, curlsocktype purpose, struct curl_sockaddr *address) {
    int ends[2];
    const uint8_t *answer;
    int *other = user;
    (void)purpose;
    (void)address;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        return CURL_SOCKET_BAD;
    size_t length = next_answer(&answer);
    if (length > 0 && send(ends[1], answer, length, MSG_NOSIGNAL) < 0)
        abort();
    shutdown(ends[1], SHUT_WR);
    if (*other >= 0)
        close(*other);
    *other = ends[1];
    return ends[0];
}

/* In place of the C library's, for libcurl to see: such a pair needs none. */
__attribute__((visibility("default"))) int connect(int socket, const struct sockaddr *address,
                                                   socklen_t size) {
    (void)socket;
    (void)address;
    (void)size;
    return 0;
}

/* In place of libcurl's, which is linked dynamically: no name is looked up, nothing is reached. */
CURLcode curl_easy_perform(CURL *curl) {
    static CURLcode (*own)(CURL *);
    int other = -1;
    if (own == NULL)
        *(void **)&own = dlsym(RTLD_NEXT, "curl_easy_perform");
    struct curl_slist *here = curl_slist_append(NULL, "::127.0.0.1:1");
    curl_easy_setopt(curl, CURLOPT_CONNECT_TO, here);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L); /* reading certificates takes long */
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_pair);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &other);
    curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
    CURLcode result = own(curl);
    curl_easy_setopt(curl, CURLOPT_CONNECT_TO, NULL);
    curl_slist_free_all(here);
    if (other >= 0)
        close(other);
    return result;
}

/* Nobody waits here for a server to recover. */
int nanosleep(const struct timespec *wanted, struct timespec *left) {
    (void)wanted;
    (void)left;
    return 0;
}

/* ---- what came of it ---- */

enum { FOLDER, GZ_PART, GZ, ZIP_PART, UNPACKED };

static bool holds(int path, const void *bytes, size_t size) {
    uint8_t read[256];
    FILE *file = fopen(target_paths[path], "rb");
    size_t got = file != NULL ? fread(read, 1, sizeof read, file) : 0;
    if (file != NULL)
        fclose(file);
    return got == size && memcmp(read, bytes, size) == 0;
}

static bool is_there(int path) {
    return access(target_paths[path], F_OK) == 0;
}

static void unpack(const uint8_t *data, size_t size) {
    target_folder_put(ZIP_PART, data, size);
    int status = loci_zip_unpack(target_paths[ZIP_PART], "x", target_paths[UNPACKED], NULL);
    if ((status == LOCI_OK) != is_there(UNPACKED))
        abort();
}

/* Whoever looks on stops at the second look. */
static int stop(void *user, const char *name, uint64_t done, uint64_t total) {
    int *looks = user;
    (void)name;
    (void)done;
    (void)total;
    return ++*looks > 1;
}

static void download(int way) {
    bool zip = (way & 1) != 0;
    size_t size = zip ? sizeof zipped : sizeof packed, there = size * ((size_t)(way >> 1) & 3) / 3;
    loci_fetch_options options;
    loci_error error = {0};
    loci_fetch_options_defaults(&options);
    options.directory = target_folder;
    options.base_url = "http://127.0.0.1/";
    int looks = 0;
    options.user = &looks;
    options.progress = (way & 16) != 0 ? stop : NULL;
    if ((way & 32) != 0 && !zip)
        target_folder_put((way & 128) != 0 ? UNPACKED : GZ, packed,
                          sizeof packed - ((way & 64) != 0));
    if (there > 0)
        target_folder_put(zip ? ZIP_PART : GZ_PART, zip ? zipped : packed, there);
    int status = loci_fetch_remote(&remotes[zip], &options, &error), file = zip ? UNPACKED : GZ;
    if (status != LOCI_OK && error.message[0] == '\0')
        abort();
    if (status != LOCI_OK && (way & 32) == 0 && is_there(file))
        abort();
    if (status == LOCI_OK && zip && !holds(file, plain, sizeof plain - 1))
        abort();
    if (status == LOCI_OK && !is_there(file) && (way & 128) == 0)
        abort(); /* packed in another way it is the file as well */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const names[] = {"test/", "test/x.gz.part", "test/x.gz", "test/x.zip.part",
                                        "test/x"};
    if (size == 0)
        return 0;
    target_folder_make(names, 5);
    for (int i = GZ_PART; i <= UNPACKED; i++)
        remove(target_paths[i]);
    answers = data + 1;
    answers_size = size - 1;
    if ((data[0] & 8) != 0)
        unpack(data + 1, size - 1);
    else
        download(data[0]);
    return 0;
}

MUTATE_WORDS
