/* The small services: suggestions, the error object, checked memory, files that are whole or
 * absent. */
#include "scratch.h"

#include <pthread.h>

#include <loci/support.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/random.h"

static void seconds_pass(void **state) {
    (void)state;
    double before = loci_seconds(), later = before;
    for (int i = 0; i < 100000000 && later == before; i++)
        later = loci_seconds();
    assert_true(later > before && later - before < 60);
}

static void edit_distance_counts_edits(void **state) {
    (void)state;
    assert_int_equal(loci_edit_distance("", ""), 0);
    assert_int_equal(loci_edit_distance("mnist", "mnist"), 0);
    assert_int_equal(loci_edit_distance("", "abc"), 3);
    assert_int_equal(loci_edit_distance("kitten", "sitting"), 3);
    assert_int_equal(loci_edit_distance("mnist", "mnits"), 1); /* neighbours swapped */
}

static void the_nearest_name_is_suggested(void **state) {
    (void)state;
    static const char *const names[] = {"epochs", NULL, "batch", "hidden"};
    assert_string_equal(loci_suggest("epcohs", names, 4), "epochs");
    assert_string_equal(loci_suggest("hiden", names, 4), "hidden");
    assert_null(loci_suggest("zzzzzz", names, 4));
    char longer[300] = "epochs";
    memset(longer + 6, 's', sizeof longer - 7);
    assert_null(loci_suggest(longer, names, 4));
    assert_null(loci_suggest("epochs", names, 0));
}

/* What is dismissed by a count of letters is too far by the edit distance, too. */
static void no_near_name_is_dismissed(void **state) {
    (void)state;
    static const char letters[] = "aabcde-1";
    char word[2][12];
    const loci_random draws = {.seed = 7, .purpose = LOCI_RANDOM_TEST};
    uint64_t drawn = 0;
    size_t near = 0;
    for (int round = 0; round < 20000; round++) {
        for (int w = 0; w < 2; w++) {
            size_t length = loci_random_below(&draws, drawn++, sizeof word[w]);
            for (size_t i = 0; i < length; i++)
                word[w][i] = letters[loci_random_below(&draws, drawn++, sizeof letters - 1)];
            word[w][length] = '\0';
        }
        size_t length = strlen(word[0]), distance = loci_edit_distance(word[0], word[1]);
        bool begins = length >= 3 && strncmp(word[1], word[0], length) == 0;
        loci_nearest nearest = {.wanted = word[0], .distance = SIZE_MAX};
        loci_nearest_offer(&nearest, word[1]);
        assert_int_equal(nearest.best != NULL, begins || distance <= 1 + length / 3);
        near += nearest.best != NULL;
    }
    assert_in_range(near, 1000, 10000);
}

static void an_error_is_one_line_and_always_ends(void **state) {
    (void)state;
    loci_error error;
    char longer[2000];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(loci_fail(&error, LOCI_E_FORMAT, longer, "a\nb\t%s", longer), LOCI_E_FORMAT);
    assert_int_equal(error.code, LOCI_E_FORMAT);
    assert_int_equal(strlen(error.where), sizeof error.where - 1);
    assert_int_equal(strlen(error.message), sizeof error.message - 1);
    assert_null(strpbrk(error.message, "\n\t"));
    assert_int_equal(loci_fail(NULL, LOCI_E_IO, "", "nobody listens"), LOCI_E_IO);
}

/* The numbers are a promise to programs that were compiled against an older header. */
static void status_codes_are_pinned(void **state) {
    (void)state;
    assert_string_equal(loci_status_name(0), "LOCI_OK");
    assert_string_equal(loci_status_name(4), "LOCI_E_FORMAT");
    assert_string_equal(loci_status_name(7), "LOCI_E_INTERRUPTED");
    assert_string_equal(loci_status_name(11), "LOCI_E_NETWORK");
    assert_string_equal(loci_status_name(12), "LOCI_E_BUSY");
    assert_string_equal(loci_status_name(13), "unknown");
    assert_string_equal(loci_status_name(-1), "unknown");
}

static void memory_refuses_products_that_overflow(void **state) {
    (void)state;
    assert_null(loci_alloc(SIZE_MAX / 2, 3));
    assert_null(loci_alloc(SIZE_MAX, 1));
    unsigned char *bytes = loci_alloc(33, 3);
    assert_non_null(bytes);
    assert_int_equal((uintptr_t)bytes % 64, 0);
    for (size_t i = 0; i < 99; i++)
        assert_int_equal(bytes[i], 0);
    free(bytes);
    void *nothing = loci_alloc(0, 8);
    assert_non_null(nothing);
    free(nothing);
}

/* Each test of files has a folder of its own, the current one, and must leave no temporary file
 * there. */
static int enter_folder(void **state) {
    char folder[256];
    scratch_make(folder);
    *state = strdup(folder);
    return *state == NULL ? -1 : chdir(folder);
}

static int leave_folder(void **state) {
    const char *const known[] = {"file", "a/b", "a"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        remove(known[i]);
    int status = chdir("/") == 0 ? rmdir(*state) : -1;
    free(*state);
    return status;
}

static void a_file_is_replaced_whole_or_not_at_all(void **state) {
    (void)state;
    unsigned char *bytes = NULL;
    size_t size = 0;
    assert_int_equal(loci_file_write("file", "first", 5, NULL), LOCI_OK);
    loci_writer writer;
    assert_int_equal(loci_writer_open(&writer, "file", NULL), LOCI_OK);
    fputs("second, and never finished", writer.file);
    loci_writer_abort(&writer);
    assert_int_equal(loci_file_read("file", 100, &bytes, &size, NULL), LOCI_OK);
    assert_int_equal(size, 5);
    assert_string_equal((char *)bytes, "first"); /* one 0 stands past the end */
    free(bytes);
}

static void *write_other(void *status) {
    *(int *)status = loci_file_write("file", "other", 5, NULL);
    return NULL;
}

static void threads_write_one_file(void **state) {
    (void)state;
    unsigned char *bytes = NULL;
    size_t size = 0;
    loci_writer writer;
    pthread_t thread;
    int other = -1;
    assert_int_equal(loci_writer_open(&writer, "file", NULL), LOCI_OK);
    assert_int_equal(pthread_create(&thread, NULL, write_other, &other), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(other, LOCI_OK);
    fputs("own", writer.file);
    assert_int_equal(loci_writer_commit(&writer, NULL), LOCI_OK);
    assert_int_equal(loci_file_read("file", 100, &bytes, &size, NULL), LOCI_OK);
    assert_string_equal((char *)bytes, "own");
    free(bytes);
}

static void reading_tells_what_is_wrong(void **state) {
    (void)state;
    unsigned char *bytes = NULL;
    size_t size = 0;
    loci_error error = {0};
    assert_int_equal(loci_file_read("absent", 10, &bytes, &size, &error), LOCI_E_NOT_FOUND);
    assert_string_equal(error.where, "absent");
    assert_int_equal(loci_file_read(".", 10, &bytes, &size, NULL), LOCI_E_IO);
    assert_int_equal(loci_file_write("file", "four", 4, NULL), LOCI_OK);
    assert_int_equal(loci_file_read("file", 3, &bytes, &size, NULL), LOCI_E_FORMAT);
    assert_null(bytes);
    assert_int_equal(loci_file_read("file", 4, &bytes, &size, NULL), LOCI_OK);
    free(bytes);
}

static void folders_are_made_with_their_parents(void **state) {
    (void)state;
    struct stat info;
    assert_int_equal(loci_make_folders("a/b", NULL), LOCI_OK);
    assert_int_equal(loci_make_folders("a/b", NULL), LOCI_OK);
    assert_true(stat("a/b", &info) == 0 && S_ISDIR(info.st_mode));
    assert_int_equal(loci_file_write("file", "", 0, NULL), LOCI_OK);
    assert_int_equal(loci_make_folders("file/b", NULL), LOCI_E_IO);
    char path[8];
    assert_int_equal(loci_path_join(path, sizeof path, "a", "b", NULL), LOCI_OK);
    assert_string_equal(path, "a/b");
    assert_int_equal(loci_path_join(path, sizeof path, "folder", "b", NULL), LOCI_E_ARGUMENT);
}

static uint64_t hash_of(const char *text, size_t step) {
    size_t length = strlen(text);
    loci_hash hash;
    loci_hash_begin(&hash);
    for (size_t at = 0; at < length; at += step)
        loci_hash_bytes(&hash, text + at, length - at < step ? length - at : step);
    return loci_hash_end(&hash);
}

/* Values that xxHash's own documents and its users publish; pieces make no difference. */
static void a_hash_is_that_of_xxhash(void **state) {
    (void)state;
    static const char repetition[] = "Nobody inspects the spammish repetition";
    char text[LOCI_HASH_TEXT], whole[300];
    loci_hash hash;
    assert_true(hash_of("", 1) == 0xef46db3751d8e999);
    assert_true(hash_of("a", 1) == 0xd24ec4f1a98c6e5b);
    assert_true(hash_of("abc", 3) == 0x44bc2cf5ad770999);
    assert_true(hash_of(repetition, 99) == 0xfbcea83c8a378bf1);
    for (size_t i = 0; i < sizeof whole; i++)
        whole[i] = i + 1 < sizeof whole ? (char)('!' + i % 90) : '\0';
    for (size_t step = 1; step < 100; step++) {
        assert_true(hash_of(repetition, step) == 0xfbcea83c8a378bf1);
        assert_true(hash_of(whole, step) == hash_of(whole, sizeof whole));
    }
    loci_hash_begin(&hash);
    loci_hash_text(&hash, text);
    assert_string_equal(text, "ef46db3751d8e999");
    const uint32_t words[] = {0x64636261, 0x68676665}; /* "abcdefgh" where the low byte is first */
    loci_hash_words(&hash, words, 2);
    assert_true(loci_hash_end(&hash) == hash_of("abcdefgh", 8));
}

static void an_arena_counts_and_fails_for_good(void **state) {
    (void)state;
    loci_arena arena = {0};
    float *first = loci_arena_floats(&arena, 3, 5), *none = loci_arena_floats(&arena, 0, 7);
    uint8_t *third = loci_arena_take(&arena, 100, 1);
    assert_non_null(first);
    assert_non_null(none);
    assert_non_null(third);
    assert_int_equal((uintptr_t)first % 64 | (uintptr_t)third % 64, 0);
    for (size_t i = 0; i < 15; i++)
        assert_true(first[i] == 0);
    assert_int_equal(arena.bytes, 3 * 5 * sizeof(float) + 100);
    assert_int_equal(loci_arena_status(&arena, "here", NULL), LOCI_OK);

    loci_error error;
    assert_null(loci_arena_floats(&arena, SIZE_MAX / 8, 3));
    assert_null(loci_arena_floats(&arena, 3, SIZE_MAX / 2));
    assert_null(loci_arena_take(&arena, 1, SIZE_MAX - 7));
    assert_null(loci_arena_take(&arena, 1, 1)); /* it sticks */
    assert_int_equal(loci_arena_status(&arena, "here", &error), LOCI_E_MEMORY);
    assert_string_equal(error.where, "here");
    assert_int_equal(arena.bytes, 3 * 5 * sizeof(float) + 100);
    loci_arena_clear(&arena);
    assert_int_equal(arena.bytes, 0);
    assert_non_null(loci_arena_take(&arena, 1, 1));
    loci_arena_clear(&arena);
    loci_arena_clear(&arena);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seconds_pass),
        cmocka_unit_test(edit_distance_counts_edits),
        cmocka_unit_test(the_nearest_name_is_suggested),
        cmocka_unit_test(no_near_name_is_dismissed),
        cmocka_unit_test(an_error_is_one_line_and_always_ends),
        cmocka_unit_test(status_codes_are_pinned),
        cmocka_unit_test(memory_refuses_products_that_overflow),
        cmocka_unit_test(threads_write_one_file),
        cmocka_unit_test(an_arena_counts_and_fails_for_good),
        cmocka_unit_test(a_hash_is_that_of_xxhash),
        IN_FOLDER(a_file_is_replaced_whole_or_not_at_all),
        IN_FOLDER(reading_tells_what_is_wrong),
        IN_FOLDER(folders_are_made_with_their_parents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
