/* Texts from outside as they are shown: whole characters, nothing a terminal would obey, and as
 * wide as is said. */
#include "scratch.h"

#include <loci/data.h>
#include <loci/support.h>

#include "base/error.h"
#include "base/text.h"

static void check(const char *text, size_t columns, const char *wanted, size_t width) {
    char shown[256];
    assert_int_equal(loci_text_show(shown, sizeof shown, text, columns), width);
    assert_string_equal(shown, wanted);
    assert_true(loci_is_utf8(shown));
}

static void columns_are_those_of_a_terminal(void **state) {
    (void)state;
    check("", 9, "", 0);
    check("plain", SIZE_MAX, "plain", 5);
    check("груша", SIZE_MAX, "груша", 5);
    check("日本語", SIZE_MAX, "日本語", 6);
    check("한국", SIZE_MAX, "한국", 4);
    check("\u1112\u1161\u11ab", SIZE_MAX, "\u1112\u1161\u11ab",
          2); /* the same syllables in parts */
    check("e\u0301te\u0301", SIZE_MAX, "e\u0301te\u0301", 3);
    check("नमस्ते", SIZE_MAX, "नमस्ते", 4);
    check("👍", SIZE_MAX, "👍", 2);
    check("ｆｕｌｌ", SIZE_MAX, "ｆｕｌｌ", 8);
    check("\u00ad\u200d\ufeff", SIZE_MAX, "\u00ad\u200d\ufeff", 1);
}

static void a_text_ends_with_a_whole_character(void **state) {
    (void)state;
    check("груша", 3, "гру", 3);
    check("日本語", 3, "日", 2); /* half a character has no place */
    check("日本語", 4, "日本", 4);
    check("e\u0301a", 1, "e\u0301", 1); /* what stands above it stays */
    check("abc", 0, "", 0);
    char small[6];
    assert_int_equal(loci_text_show(small, sizeof small, "аб語", SIZE_MAX), 2);
    assert_string_equal(small, "аб");
    assert_int_equal(loci_text_show(small, 1, "a", SIZE_MAX), 0);
    assert_string_equal(small, "");
}

static void what_is_no_character_becomes_a_question_mark(void **state) {
    (void)state;
    check("a\xff z", SIZE_MAX, "a? z", 4);
    check("\xc4pfel", SIZE_MAX, "?pfel", 5);        /* Latin-1 */
    check("ab\xd0", SIZE_MAX, "ab?", 3);            /* cut off */
    check("\xc0\xaf", SIZE_MAX, "??", 2);           /* '/' in two bytes */
    check("\xe0\x80\xaf", SIZE_MAX, "???", 3);      /* in three */
    check("\xf0\x82\x82\xac", SIZE_MAX, "????", 4); /* the euro in four */
    check("\xed\xa0\x80", SIZE_MAX, "???", 3);      /* half of a pair of UTF-16 */
    check("\xf4\x90\x80\x80", SIZE_MAX, "????", 4); /* past the last */
    check("\xf4\x8f\xbf\xbd", SIZE_MAX, "\xf4\x8f\xbf\xbd", 1);
    assert_false(loci_is_utf8("a\xd0"));
}

static void a_terminal_gets_nothing_to_obey(void **state) {
    (void)state;
    check("\x1b[2Jx\a\n\t\r\x7f", SIZE_MAX, "?[2Jx?????", 10);
    check("\xc2\x9b"
          "2J",
          SIZE_MAX, "?2J", 3);                             /* the same in one character */
    check("a\u202eb\u2066c\u2028", SIZE_MAX, "a?b?c?", 6); /* turns the text around; a line's end */
}

static void errors_end_with_a_whole_character(void **state) {
    (void)state;
    char longer[1500] = "x";
    loci_error error;
    for (size_t i = 1; i + 2 < sizeof longer; i += 2)
        memcpy(longer + i, "ж", 2);
    loci_fail(&error, LOCI_E_IO, longer, "%s", longer);
    assert_int_equal(strlen(error.message), 511);
    assert_int_equal(strlen(error.where), 255);
    assert_true(loci_is_utf8(error.message) && loci_is_utf8(error.where));
    loci_fail(&error, LOCI_E_IO, "", "'%s' is none", LOCI_SHOWN(4, "яблоко"));
    assert_string_equal(error.message, "'яб' is none");
}

static void a_data_set_has_a_name_of_whole_characters(void **state) {
    (void)state;
    const float value = 0.5f;
    const int32_t label = 0;
    char name[64] = "x";
    loci_dataset *data;
    for (size_t i = 1; i < 61; i += 3)
        memcpy(name + i, "語", 3);
    memcpy(name + 61, "\xe8\xaa", 2);
    assert_int_equal(
        loci_dataset_from_arrays(&data, name, 1, 1, &value, &label, 1, NULL, NULL, 0, NULL),
        LOCI_OK);
    assert_int_equal(strlen(loci_dataset_name(data)), 63);
    assert_string_equal(loci_dataset_name(data) + 58, "語??");
    loci_dataset_free(data);
}

static void letters_are_those_of_ascii(void **state) {
    (void)state;
    assert_true(loci_same_letters("NaN", "nAn") && loci_same_letters("", ""));
    assert_false(loci_same_letters("nan", "na") || loci_same_letters("na", "nan"));
    assert_true(loci_upper('i') == 'I' && loci_upper('\xe4') == '\xe4');
    assert_false(loci_is_letter('\xe4') || loci_is_alnum('_') || loci_is_digit('\xb2'));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_those_of_a_terminal),
        cmocka_unit_test(a_text_ends_with_a_whole_character),
        cmocka_unit_test(what_is_no_character_becomes_a_question_mark),
        cmocka_unit_test(a_terminal_gets_nothing_to_obey),
        cmocka_unit_test(errors_end_with_a_whole_character),
        cmocka_unit_test(a_data_set_has_a_name_of_whole_characters),
        cmocka_unit_test(letters_are_those_of_ascii),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
