/* The safetensors container: its exact bytes, and every way a file can lie about itself. */
#include "scratch_folder.h"

#include "base/safetensors.h"

static const float numbers[6] = {1, -2, 0.5f, 3, 4, 5};
static const double exact[2] = {0.1, -1e300};
static const uint64_t counters[1] = {UINT64_MAX};
static const uint8_t small[3] = {7, 8, 9};
static const loci_stored arrays[] = {
    {"a", LOCI_F32, 2, {2, 3}, numbers, 0}, {"b", LOCI_F64, 1, {2}, exact, 0},
    {"c", LOCI_U64, 0, {0}, counters, 0},   {"nothing", LOCI_F32, 2, {0, 5}, numbers, 0},
    {"d", LOCI_U8, 3, {3, 1, 1}, small, 0},
};
static const loci_stored_note notes[] = {{"format", "test"}, {"quote", "\"\xc3\xa4\""}};

static void write_example(const char *path) {
    assert_int_equal(loci_safetensors_write(path, arrays, 5, notes, 2, NULL), LOCI_OK);
}

static void test_round_trip(void **state) {
    (void)state;
    const char *path = scratch_path(folder, "example");
    write_example(path);
    loci_safetensors *file;
    assert_int_equal(loci_safetensors_open(&file, path, NULL), LOCI_OK);
    assert_int_equal(loci_safetensors_count(file), 5);
    assert_int_equal(loci_safetensors_bytes(file), 24 + 16 + 8 + 3);
    assert_string_equal(loci_safetensors_note(file, "format"), "test");
    assert_string_equal(loci_safetensors_note(file, "quote"), "\"\xc3\xa4\"");
    assert_null(loci_safetensors_note(file, "absent"));
    assert_null(loci_safetensors_find(file, "absent"));
    assert_null(loci_safetensors_array(file, 5));
    loci_stored copies[5];
    unsigned char buffers[5][64];
    for (size_t i = 0; i < 5; i++) {
        const loci_stored *array = loci_safetensors_array(file, i);
        assert_string_equal(array->name, arrays[i].name);
        assert_ptr_equal(loci_safetensors_find(file, arrays[i].name), array);
        assert_int_equal(array->dtype, arrays[i].dtype);
        assert_int_equal(array->rank, arrays[i].rank);
        for (uint32_t d = 0; d < array->rank; d++)
            assert_int_equal(array->shape[d], arrays[i].shape[d]);
        assert_int_equal(loci_safetensors_read(file, array, buffers[i], NULL), LOCI_OK);
        assert_memory_equal(buffers[i], arrays[i].data,
                            loci_stored_count(array) * loci_dtype_size(array->dtype));
        copies[i] = *array;
        copies[i].data = buffers[i];
    }
    const char *again = scratch_path(folder, "again");
    assert_int_equal(loci_safetensors_write(again, copies, 5, notes, 2, NULL), LOCI_OK);
    scratch_assert_same(path, again);
    loci_safetensors_close(file);
}

/* The format is a contract with other readers: the bytes themselves. */
static void test_exact_bytes(void **state) {
    (void)state;
    const char *path = scratch_path(folder, "exact");
    const loci_stored array = {"x", LOCI_F32, 1, {2}, numbers, 0};
    const loci_stored_note note = {"k", "v"};
    assert_int_equal(loci_safetensors_write(path, &array, 1, &note, 1, NULL), LOCI_OK);
    static const char expected[] = "\x50\0\0\0\0\0\0\0"
                                   "{\"__metadata__\":{\"k\":\"v\"},\"x\":{\"dtype\":\"F32\","
                                   "\"shape\":[2],\"data_offsets\":[0,8]}}"
                                   " "
                                   "\0\0\x80\x3f\0\0\0\xc0";
    size_t size;
    unsigned char *bytes = scratch_read(path, &size);
    assert_int_equal(size, sizeof expected - 1);
    assert_memory_equal(bytes, expected, size);
    free(bytes);
}

/* Opens `path`, which must fail with `code` and a message that contains `part`. */
static void refused(const char *path, int code, const char *part) {
    loci_safetensors *file = NULL;
    loci_error error = {0};
    assert_int_equal(loci_safetensors_open(&file, path, &error), code);
    assert_null(file);
    assert_int_equal(error.code, code);
    assert_string_equal(error.where, path);
    if (strstr(error.message, part) == NULL)
        fail_msg("'%s' does not contain '%s'", error.message, part);
}

static void test_truncated_anywhere(void **state) {
    (void)state;
    const char *path = scratch_path(folder, "whole"), *cut = scratch_path(folder, "cut");
    write_example(path);
    size_t size;
    unsigned char *bytes = scratch_read(path, &size);
    for (size_t length = 0; length < size; length++) {
        scratch_write(cut, bytes, length);
        refused(cut, LOCI_E_FORMAT, "");
    }
    free(bytes);
}

/* Writes a header as given and `data` bytes after it. */
static void write_raw(const char *path, uint64_t claimed, const char *header, size_t data) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    for (int i = 0; i < 8; i++)
        fputc((int)(claimed >> (8 * i) & 255), file);
    fputs(header, file);
    for (size_t i = 0; i < data; i++)
        fputc('x', file);
    assert_int_equal(fclose(file), 0);
}

static void test_lies(void **state) {
    (void)state;
    static const struct {
        const char *header;
        size_t data;
        const char *message;
    } lies[] = {
        {"", 0, "not JSON"},
        {"{", 0, "not JSON"},
        {"[]", 0, "not a JSON object"},
        {"7", 0, "not JSON"},
        {"{} x", 0, "not JSON"},
        {"{\"a\xff\":1}", 0, "not JSON"},
        {"{\"a\":{},\"a\":{}}", 0, "duplicate"},
        {"{\"a\\u0000b\":{}}", 0, "not JSON"},
        {"{\"__metadata__\":[]}", 0, "__metadata__ is not"},
        {"{\"__metadata__\":{\"n\":1}}", 0, "not a string"},
        {"{\"a\":1}", 0, "not described"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "not described"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"more\":1}}", 4,
         "not described"},
        {"{\"a\":{\"dtype\":4,\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "not described"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":4,\"data_offsets\":[0,4]}}", 4, "not described"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", 4, "not described"},
        {"{\"a\":{\"dtype\":\"F33\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "dtype 'F33'"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1],\"data_offsets\":[0,4]}}", 4,
         "5 dimensions"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4,
         "impossible shape"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}", 4,
         "impossible shape"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4,1],\"data_offsets\":[0,4]}}",
         4, "impossible shape"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387905],\"data_offsets\":[0,4]}}", 4,
         "impossible shape"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,4]}}", 4,
         "not JSON"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1000000],\"data_offsets\":[0,4000000]}}", 4,
         "not lie within"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}", 4, "not lie within"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", 4, "not lie within"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[\"0\",4]}}", 4,
         "not lie within"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4,
         "has 4 bytes where"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 8, "at the end"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8,
         "belong to no array"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
         "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}",
         12, "overlap"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
         "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
         8, "overlap"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
         "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}",
         12, "belong to no array"},
    };
    const char *path = scratch_path(folder, "lie");
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        write_raw(path, strlen(lies[i].header), lies[i].header, lies[i].data);
        refused(path, LOCI_E_FORMAT, lies[i].message);
    }
}

/* What looks odd but is true is taken: the lies above fail for the reason given, not for their
 * looks. */
static void test_unusual_but_true(void **state) {
    (void)state;
    static const struct {
        const char *header;
        size_t data;
    } truths[] = {
        {"{}", 0},
        {"{}   ", 0},
        {"{\"b\":{\"data_offsets\":[4,8],\"shape\":[1],\"dtype\":\"F32\"},"
         "\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}",
         8},
        {"{\"e\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[4,4]},"
         "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
         4},
    };
    const char *path = scratch_path(folder, "true");
    for (size_t i = 0; i < sizeof truths / sizeof *truths; i++) {
        loci_safetensors *file;
        write_raw(path, strlen(truths[i].header), truths[i].header, truths[i].data);
        assert_int_equal(loci_safetensors_open(&file, path, NULL), LOCI_OK);
        loci_safetensors_close(file);
    }
}

static void test_header_length(void **state) {
    (void)state;
    const char *path = scratch_path(folder, "length");
    write_raw(path, UINT64_MAX, "{}", 0);
    refused(path, LOCI_E_FORMAT, "claims a header");
    write_raw(path, ((uint64_t)16 << 20) + 1, "{}", 0);
    refused(path, LOCI_E_FORMAT, "no safetensors file");
    write_raw(path, 3, "{}", 0);
    refused(path, LOCI_E_FORMAT, "only 2 follow");
    write_raw(path, 1, "{}", 0);
    refused(path, LOCI_E_FORMAT, "not JSON");
}

static void test_unreadable(void **state) {
    (void)state;
    refused(scratch_path(folder, "absent"), LOCI_E_NOT_FOUND, "No such file");
    refused(folder, LOCI_E_IO, "not a regular file");
    refused("/dev/null", LOCI_E_IO, "not a regular file");
}

/* A full disk: the file that was there stays as it was, and nothing else is left behind. */
static void test_disk_full(void **state) {
    (void)state;
    char place[512];
    snprintf(place, sizeof place, "%s/full", folder);
    assert_int_equal(mkdir(place, 0777), 0);
    const char *path = scratch_path(place, "file"), *kept = scratch_path(folder, "kept");
    write_example(path);
    write_example(kept);
    static const float large[50000];
    const loci_stored array = {"large", LOCI_F32, 1, {50000}, large, 0};
    loci_error error = {0};
    scratch_disk_limit(100000);
    int status = loci_safetensors_write(path, &array, 1, NULL, 0, &error);
    scratch_disk_limit(RLIM_INFINITY);
    assert_int_equal(status, LOCI_E_IO);
    assert_string_equal(error.where, path);
    scratch_assert_same(path, kept);
    assert_int_equal(scratch_each(place, NULL), 1);
    assert_int_equal(loci_safetensors_write(path, &array, 1, NULL, 0, NULL), LOCI_OK);
}

static void test_unwritable(void **state) {
    (void)state;
    loci_error error = {0};
    const char *path = scratch_path(folder, "no/such/folder");
    assert_int_equal(loci_safetensors_write(path, arrays, 5, notes, 2, &error), LOCI_E_IO);
    assert_string_equal(error.where, path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),         cmocka_unit_test(test_exact_bytes),
        cmocka_unit_test(test_truncated_anywhere), cmocka_unit_test(test_lies),
        cmocka_unit_test(test_unusual_but_true),   cmocka_unit_test(test_header_length),
        cmocka_unit_test(test_unreadable),         cmocka_unit_test(test_disk_full),
        cmocka_unit_test(test_unwritable),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
