/* The small services: suggestions, the error object, checked memory, files that are whole or
 * absent. */
#include "scratch.h"

#include <loci/support.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/names.h"

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
    assert_null(loci_suggest("epochs", names, 0));
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
    assert_string_equal(loci_status_name(12), "unknown");
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

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edit_distance_counts_edits),
        cmocka_unit_test(the_nearest_name_is_suggested),
        cmocka_unit_test(an_error_is_one_line_and_always_ends),
        cmocka_unit_test(status_codes_are_pinned),
        cmocka_unit_test(memory_refuses_products_that_overflow),
        IN_FOLDER(a_file_is_replaced_whole_or_not_at_all),
        IN_FOLDER(reading_tells_what_is_wrong),
        IN_FOLDER(folders_are_made_with_their_parents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
