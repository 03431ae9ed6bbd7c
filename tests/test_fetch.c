/* Downloads from a server on 127.0.0.1 that behaves well, badly, and not at all. */
#include "fetch_fixture.h"

static void test_whole(void **state) {
    (void)state;
    loci_error error;
    assert_int_equal(fetch("good/", &error), LOCI_OK);
    for (int f = 0; f < 4; f++)
        assert_file(f);
    assert_int_equal(requests(" 200\n"), 4);
    assert_int_equal(fetch("good", &error), LOCI_OK); /* all there: nobody is asked */
    assert_int_equal(requests("\n"), 4);
    /* a damaged file is fetched again */
    scratch_write(file_path(2, ""), packed[2], 1000);
    assert_int_equal(fetch("good", &error), LOCI_OK);
    assert_int_equal(requests("\n"), 5);
    assert_file(2);
}

static void test_resumed(void **state) {
    (void)state;
    loci_error error;
    write_part(0, 40000);
    write_part(1, packed_size[1]); /* whole, only its name is missing */
    assert_int_equal(fetch("good", &error), LOCI_OK);
    for (int f = 0; f < 4; f++)
        assert_file(f);
    assert_int_equal(requests("bytes=40000- 206\n"), 1);
    assert_int_equal(requests(" 416\n"), 1);
    assert_int_equal(requests("\n"), 4);
}

static void test_resume_of_something_else(void **state) {
    (void)state;
    loci_error error;
    unsigned char other[5000] = {1, 2, 3};
    write_part(0, 10);
    scratch_write(file_path(0, ".part"), other, sizeof other);
    assert_int_equal(fetch("good", &error), LOCI_OK);
    assert_file(0);
    assert_int_equal(requests("bytes=5000- 206\n"), 1);
    assert_int_equal(requests("/train-images-idx3-ubyte.gz - 200\n"), 1);
}

static void test_server_without_ranges(void **state) {
    (void)state;
    loci_error error;
    write_part(0, 40000);
    assert_int_equal(fetch("norange", &error), LOCI_OK);
    assert_file(0);
}

static void test_wrong_content(void **state) {
    (void)state;
    loci_error error;
    static const char *const behaviours[] = {"wrong", "page"};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(fetch(behaviours[i], &error), LOCI_E_FORMAT);
        assert_non_null(strstr(error.message, "SHA-256"));
        assert_non_null(strstr(error.where, behaviours[i]));
        assert_int_equal(scratch_each(scratch_path(kept, "test"), NULL), 0);
    }
}

static void test_server_dies(void **state) {
    (void)state;
    loci_error error;
    assert_int_equal(fetch("dies", &error), LOCI_E_NETWORK);
    assert_int_equal(requests("\n"), 3); /* each went on from where the one before had ended */
    size_t left = packed_size[0];
    for (int i = 0; i < 3; i++)
        left -= left / 2;
    assert_part(0, packed_size[0] - left);
    assert_int_equal(fetch("good", &error), LOCI_OK);
    assert_int_equal(requests("good/train-images-idx3-ubyte.gz bytes="), 1);
    assert_file(0);
}

static void test_not_there(void **state) {
    (void)state;
    loci_error error;
    write_part(0, 40000);
    assert_int_equal(fetch("missing", &error), LOCI_E_NETWORK);
    assert_non_null(strstr(error.message, "404"));
    assert_part(0, 40000); /* what has come is kept, and no error page in it */
}

static void test_no_server(void **state) {
    (void)state;
    loci_fetch_options options;
    loci_error error;
    loci_fetch_options_defaults(&options);
    options.directory = kept;
    options.base_url = "http://127.0.0.1:1/";
    assert_int_equal(loci_fetch_remote(&remote, &options, &error), LOCI_E_NETWORK);
    assert_int_equal(scratch_each(scratch_path(kept, "test"), NULL), 0);
    options.base_url = "file:///etc/"; /* only the web */
    assert_int_equal(loci_fetch_remote(&remote, &options, &error), LOCI_E_NETWORK);
}

static void test_mirrors(void **state) {
    (void)state;
    loci_error error;
    loci_fetch_options options;
    loci_remote mirrored = remote;
    char bad[128], good[128];
    loci_fetch_options_defaults(&options);
    options.directory = kept;
    snprintf(bad, sizeof bad, "%s/wrong/", base);
    snprintf(good, sizeof good, "%s/good/", base);
    mirrored.mirrors[0] = bad;
    mirrored.mirrors[1] = good;
    assert_int_equal(loci_fetch_remote(&mirrored, &options, &error), LOCI_OK);
    for (int f = 0; f < 4; f++)
        assert_file(f);
}

static int stop_late(void *user, const char *file, uint64_t done, uint64_t total) {
    (void)file;
    (void)total;
    int *calls = user;
    ++*calls;
    return done > 0;
}

static void test_interrupted(void **state) {
    (void)state;
    loci_fetch_options options;
    loci_error error;
    int calls = 0;
    char url[128];
    snprintf(url, sizeof url, "%s/good/", base);
    loci_fetch_options_defaults(&options);
    options.directory = kept;
    options.base_url = url;
    options.progress = stop_late;
    options.user = &calls;
    assert_int_equal(loci_fetch_remote(&remote, &options, &error), LOCI_E_INTERRUPTED);
    assert_true(calls > 0);
    assert_int_equal(access(file_path(0, ".part"), F_OK), 0);
    assert_int_equal(fetch("good", &error), LOCI_OK);
    assert_file(0);
}

static void test_full_disk(void **state) {
    (void)state;
    loci_error error;
    scratch_disk_limit(50000);
    int status = fetch("good", &error);
    scratch_disk_limit(RLIM_INFINITY);
    assert_int_equal(status, LOCI_E_IO);
    assert_part(0, 50000);
    assert_int_equal(fetch("good", &error), LOCI_OK);
    assert_file(0);
}

static void test_hidden_file(void **state) {
    (void)state;
    loci_error error;
    write_part(0, 10);
    const char *path = scratch_path(kept, "test/train-images-idx3-ubyte");
    scratch_write(path, "other", 5);
    assert_int_equal(fetch("good", &error), LOCI_E_FORMAT);
    assert_string_equal(error.where, path);
    assert_int_equal(requests("\n"), 0);
}

static void test_two_at_once(void **state) {
    (void)state;
    loci_error error;
    write_part(0, 10);
    FILE *other = fopen(file_path(0, ".part"), "r+");
    assert_non_null(other);
    assert_int_equal(flock(fileno(other), LOCK_EX), 0);
    assert_int_equal(fetch("good", &error), LOCI_E_IO);
    assert_non_null(strstr(error.message, "under way"));
    fclose(other);
    assert_int_equal(fetch("good", &error), LOCI_OK);
}

/* ---- archives ---- */

static char archive_sum[33], stranger_sum[33];
static unsigned char inside[CONTENT];
static size_t archive_size;

/* NAME.zip among what is served, which holds `inside` by another name or the same. */
static void make_archive(const char *name, const char *member, char sum[33]) {
    const char *path = scratch_path(served, name);
    unsigned char digest[16];
    unsigned length;
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    assert_non_null(zip);
    assert_true(zip_file_add(zip, member, zip_source_buffer(zip, inside, CONTENT, 0), 0) >= 0);
    assert_int_equal(zip_close(zip), 0);
    unsigned char *bytes = scratch_read(scratch_path(served, name), &archive_size);
    assert_true(EVP_Digest(bytes, archive_size, digest, &length, EVP_md5(), NULL));
    free(bytes);
    for (unsigned i = 0; i < length; i++)
        snprintf(sum + 2 * i, 3, "%02x", digest[i]);
}

static int fetch_archive(const char *name, const char *sum, const char *behaviour,
                         loci_error *error) {
    const loci_remote zipped = {.entry = {.name = "test"}, .files = {{name, .md5 = sum}}};
    loci_fetch_options options;
    char url[128];
    loci_fetch_options_defaults(&options);
    snprintf(url, sizeof url, "%s/%s", base, behaviour);
    options.directory = kept;
    options.base_url = url;
    return loci_fetch_remote(&zipped, &options, error);
}

static void assert_unpacked(void) {
    size_t size;
    unsigned char *bytes = scratch_read(scratch_path(kept, "test/spikes.h5"), &size);
    assert_non_null(bytes);
    assert_int_equal(size, CONTENT);
    assert_memory_equal(bytes, inside, CONTENT);
    free(bytes);
    assert_int_equal(scratch_each(scratch_path(kept, "test"), NULL), 1); /* the archive is gone */
}

static void test_archive(void **state) {
    (void)state;
    loci_error error;
    for (uint32_t i = 0, noise = 9; i < CONTENT; i++) {
        noise = noise * 1664525 + 1013904223;
        inside[i] = (unsigned char)(noise >> 24);
    }
    make_archive("other.h5.zip", "spikes.h5", stranger_sum);
    make_archive("spikes.h5.zip", "spikes.h5", archive_sum);
    assert_int_equal(fetch_archive("spikes.h5", archive_sum, "wrong", &error), LOCI_E_FORMAT);
    assert_non_null(strstr(error.message, "MD5"));
    assert_int_equal(fetch_archive("spikes.h5", archive_sum, "dies", &error), LOCI_E_NETWORK);
    assert_int_equal(fetch_archive("spikes.h5", archive_sum, "good", &error), LOCI_OK);
    assert_int_equal(requests("good/spikes.h5.zip bytes="), 1);
    assert_unpacked();
    size_t asked = requests("\n");
    assert_int_equal(fetch_archive("spikes.h5", archive_sum, "good", &error), LOCI_OK);
    assert_int_equal(requests("\n"), asked); /* it is there */
}

static void test_archive_of_something_else(void **state) {
    (void)state;
    loci_error error;
    assert_int_equal(fetch_archive("other.h5", stranger_sum, "good", &error), LOCI_E_FORMAT);
    assert_non_null(strstr(error.message, "no other.h5"));
    assert_int_equal(access(scratch_path(kept, "test/other.h5"), F_OK), -1);
}

static void test_names(void **state) {
    (void)state;
    loci_error error;
    assert_int_equal(loci_fetch("minst", NULL, &error), LOCI_E_NOT_FOUND);
    assert_non_null(strstr(error.message, "did you mean mnist?"));
    assert_int_equal(loci_fetch("glyphs", NULL, &error), LOCI_E_UNSUPPORTED);
}

/* Whether a process can speak to itself; some containers have no network at all. */
static bool has_loopback(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int server_end = socket(AF_INET, SOCK_STREAM, 0), own_end = socket(AF_INET, SOCK_STREAM, 0);
    bool works = server_end >= 0 && own_end >= 0 &&
                 bind(server_end, (struct sockaddr *)&address, size) == 0 &&
                 listen(server_end, 1) == 0 &&
                 getsockname(server_end, (struct sockaddr *)&address, &size) == 0 &&
                 connect(own_end, (struct sockaddr *)&address, size) == 0;
    close(server_end);
    close(own_end);
    return works;
}

int main(int argc, char **argv) {
    if (argc != 3)
        return 2;
    python = argv[1];
    script = argv[2];
    if (!has_loopback()) {
        fprintf(stderr, "skipped: nothing answers on 127.0.0.1\n");
        return 77;
    }
    setenv("no_proxy", "127.0.0.1", 1);
#define TEST(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        TEST(test_whole),
        TEST(test_resumed),
        TEST(test_resume_of_something_else),
        TEST(test_server_without_ranges),
        TEST(test_wrong_content),
        TEST(test_server_dies),
        TEST(test_not_there),
        TEST(test_no_server),
        TEST(test_mirrors),
        TEST(test_interrupted),
        TEST(test_full_disk),
        TEST(test_hidden_file),
        TEST(test_two_at_once),
        TEST(test_archive),
        TEST(test_archive_of_something_else),
        TEST(test_names),
    };
    return cmocka_run_group_tests_name("fetch", tests, start_server, stop_server);
}
