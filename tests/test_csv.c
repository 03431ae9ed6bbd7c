/* CSV tables: quoting, headers, labels, splits, and a clear line number for everything that is
 * wrong. */
#include <math.h>
#include <sys/mman.h>

#include "data/decimal.h"
#include "data/formats.h"
#include "data/table.h"
#include "scratch_folder.h"

/* Reads exactly the text, with its labels as classes. */
static int parse(loci_table *table, const char *text, const char *label, loci_error *error) {
    loci_data_options options;
    loci_data_options_defaults(&options);
    options.label_column = label;
    return loci_table_read(table, loci_text_source_of(text, strlen(text), "test"), &options, false,
                           NULL, error);
}

static void check(const char *text, const char *label, size_t rows, size_t columns, bool header,
                  size_t label_at, const char *first_label) {
    loci_table table;
    loci_error error;
    if (parse(&table, text, label, &error) != LOCI_OK)
        fail_msg("%s: %s", text, error.message);
    assert_int_equal(table.rows, rows);
    assert_int_equal(table.columns.width, columns);
    assert_int_equal(table.columns.name != NULL, header);
    assert_int_equal(table.columns.label, label_at);
    assert_string_equal(table.labels.word[table.label[0]], first_label);
    loci_table_free(&table);
}

static void test_forms(void **state) {
    (void)state;
    check("1,2,a\n3,4,b\n", NULL, 2, 3, false, 2, "a");
    check("1,2,a\r\n3,4,b", NULL, 2, 3, false, 2, "a");
    check("1,2,a\r3,4,b\r", NULL, 2, 3, false, 2, "a");
    check("\n\n 1 ,\t2, a b \n\n3,4,b\n\n", NULL, 2, 3, false, 2, "a b");
    check("\xef\xbb\xbfx,y,c\n1,2,a\n", NULL, 1, 3, true, 2, "a");
    check("\"1\",\"2\",\"a, \"\"b\"\"\nc\"\n3,4,d", NULL, 2, 3, false, 2, "a, \"b\"\nc");
    check("\"1\" , \"2\",\"\"\"\"\n", NULL, 1, 3, false, 2, "\"");
    check("1e3,-2.5E-1,+7\n.5,1.,8\n", NULL, 2, 3, false, 2, "+7");
}

static void test_headers(void **state) {
    (void)state;
    check("x,y,label\n1,2,a\n", NULL, 1, 3, true, 2, "a");
    check("x,y,label\n1,2,3\n", "label", 1, 3, true, 2, "3");
    check("label,x,y\n7,1,2\n", "label", 1, 3, true, 0, "7");
    check("label,x,y\n7,1,2\n", "1", 1, 3, true, 0, "7");
    check("7,1,2\n8,3,4\n", "1", 2, 3, false, 0, "7");
    check("0,1,label\n5,6,7\n", NULL, 1, 3, true, 2, "7"); /* as pandas names columns */
    check("5,6,a\n5,6,b\n", NULL, 2, 3, false, 2, "a");
    check("0,1,2,kind\n.1,.3,.1,a\n.2,.3,.1,b\n.1,.3,.1,a\n", NULL, 3, 4, true, 3, "a");
    check("0,1,2,3\n.1,.3,.1,0\n.2,.3,.1,1\n", NULL, 2, 4, true, 3, "0");
    check("400,402.5,405,kind\n1,2,4,a\n2,3,3,a\n", NULL, 2, 4, true, 3, "a"); /* wavelengths */
    check("1,2,3,4\n2,3,4,5\n9,9,9,9\n", NULL, 3, 4, false, 3, "4");
    check("p,x,s\ne,x,y\np,b,s\n", NULL, 3, 3, false, 2, "s"); /* words, not names */
    check("colour,shape,kind\nred,round,a\nred,flat,b\n", NULL, 2, 3, true, 2, "a");
    check("x,2,y\n1,5,9\n", "2", 1, 3, true, 1, "5"); /* a name before a number */
    check("1,2,3\n4,5,6\n", "2", 2, 3, false, 1, "2");
}

static void check_refused(const char *text, const char *label, int status, const char *message) {
    loci_table table;
    loci_error error;
    int got = parse(&table, text, label, &error);
    if (got != status)
        fail_msg("%s: %d, not %d", text, got, status);
    loci_table_free(&table);
    if (strstr(error.message, message) == NULL)
        fail_msg("'%s' does not say '%s'", error.message, message);
}

static void test_refused(void **state) {
    (void)state;
    check_refused("", NULL, LOCI_E_FORMAT, "empty");
    check_refused("\n \n", NULL, LOCI_E_FORMAT, "empty");
    check_refused("1\n2\n", NULL, LOCI_E_FORMAT, "separated by commas, semicolons, tabs");
    check_refused("x,y\n", NULL, LOCI_E_FORMAT, "no rows");
    check_refused("1,2,a\n\n3,b\n", NULL, LOCI_E_FORMAT, "line 3: 2 cells");
    check_refused("1,2,a\n3,4,b,5\n", NULL, LOCI_E_FORMAT, "line 2: 4 cells");
    check_refused("1,2,a\n3,,b\n", NULL, LOCI_E_FORMAT,
                  "line 2, column 2: the value is missing; --missing mean");
    check_refused("1,2,a\n3,nan,b\n", NULL, LOCI_E_FORMAT,
                  "line 2, column 2: the value is missing ('nan')");
    check_refused("1,2,a\ninf,4,b\n", NULL, LOCI_E_FORMAT, "line 2, column 1: 'inf'");
    check_refused("1,2,a\n1e999,4,b\n", NULL, LOCI_E_FORMAT, "line 2, column 1: '1e999'");
    check_refused("1,2,a\n1e39,4,b\n", NULL, LOCI_E_FORMAT, "line 2, column 1: '1e39'");
    check_refused("1,2,a\n0x10,4,b\n", NULL, LOCI_E_FORMAT, "line 2, column 1: '0x10'");
    check_refused("1,2,a\n1 2,4,b\n", NULL, LOCI_E_FORMAT, "line 2, column 1: '1 2'");
    check_refused("1,2,3,NA,a\n1,2,3,4,b\n", NULL, LOCI_E_FORMAT,
                  "line 1, column 4: the value is missing");
    check_refused("x,y\n1,a\nb,a\n", NULL, LOCI_E_FORMAT, "line 3, column 1 (x): 'b' is no number");
    check_refused("x,y\nb,a\n1,a\n", NULL, LOCI_E_FORMAT, "line 3, column 1 (x): '1' is a number");
    check_refused("1,2,a\n3,4,\n", NULL, LOCI_E_FORMAT, "line 2, column 3: the label is missing");
    check_refused("1,2,3\n3,4,NaN\n", NULL, LOCI_E_FORMAT, "the label is missing");
    check_refused("1,2,a\n3,4,\xc4pfel\n", NULL, LOCI_E_FORMAT,
                  "line 2, column 3: the label '?pfel' is not UTF-8; save the table as UTF-8");
    check_refused("1,2,\"a\n3,4,b\n", NULL, LOCI_E_FORMAT, "line 1: a quoted cell does not end");
    check_refused("1,2,a\n3,4,\"b\"c\n", NULL, LOCI_E_FORMAT, "line 2: text after a quoted cell");
    check_refused("\"x\n\",2,a\nx,b,b\n", NULL, LOCI_E_FORMAT, "line 3, column 2");
    check_refused("x,y,label\n1,2,a\n", "lable", LOCI_E_ARGUMENT, "did you mean label?");
    check_refused("1,2,a\n", "4", LOCI_E_ARGUMENT, "no column 4 among 3");
    check_refused("1,2,a\n", "0", LOCI_E_ARGUMENT, "no column 0 among 3");
    check_refused("1,2,a\n", "name", LOCI_E_ARGUMENT, "no header");
    loci_table table;
    loci_error error;
    loci_data_options options;
    loci_data_options_defaults(&options);
    assert_int_equal(loci_table_read(&table, loci_text_source_of("1,\0,a\n", 7, "test"), &options,
                                     false, NULL, &error),
                     LOCI_E_FORMAT);
    assert_string_equal(error.message, "not a text file");
    loci_table_free(&table);
}

/* More words than anyone means are refused while they are read. */
static void test_many_words(void **state) {
    (void)state;
    char text[20000] = "name,size,kind\n", line[32];
    for (int i = 0; i < 1100; i++) {
        snprintf(line, sizeof line, "n%d,1,a\n", i);
        strcat(text, line);
    }
    check_refused(text, NULL, LOCI_E_FORMAT,
                  "column 1 (name) holds more than 1000 different words; --without name leaves it "
                  "out");
}

static bool is_number(const char *text, double *value) {
    return loci_decimal_read(text, strlen(text), '.', value);
}

static void test_numbers(void **state) {
    (void)state;
    double value;
    assert_true(is_number("0", &value) && value == 0);
    assert_true(is_number("255", &value) && value == 255);
    assert_true(is_number("1234567890123", &value) && value == 1234567890123.0);
    assert_true(is_number("-0.125", &value) && value == -0.125);
    assert_true(is_number("1e-3", &value) && value == 1e-3);
    static const char *const none[] = {"",    "-",   "1-",  "e5", "1e",  "nan",  "0x1",
                                       "1,5", "1 2", "--1", ".",  "inf", "1e400"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (is_number(none[i], &value))
            fail_msg("'%s' read as %g", none[i], value);
}

/* ---- data sets ---- */

static int open_table(loci_dataset **data, const char *text, loci_data_options *options,
                      loci_error *error) {
    const char *path = scratch_path(folder, "table.csv");
    scratch_write(path, text, strlen(text));
    return loci_dataset_open(data, path, options, error);
}

static void test_classes(void **state) {
    (void)state;
    loci_dataset *data;
    assert_int_equal(open_table(&data, "1,10\n2,9\n3,10.0\n4,2\n5,2\n", NULL, NULL), LOCI_OK);
    assert_int_equal(loci_dataset_classes(data), 3);
    assert_string_equal(loci_dataset_class_name(data, 0), "2");
    assert_string_equal(loci_dataset_class_name(data, 1), "9");
    assert_null(loci_dataset_class_name(data, 3));
    loci_dataset_free(data);
    assert_int_equal(open_table(&data, "1,pear\n2,apple\n3,fig\n4,apple\n", NULL, NULL), LOCI_OK);
    assert_string_equal(loci_dataset_class_name(data, 0), "apple");
    assert_string_equal(loci_dataset_class_name(data, 2), "pear");
    loci_dataset_free(data);
}

/* The label's column is left out; pictures and tables without a header have no names. */
static void test_column_names(void **state) {
    (void)state;
    loci_dataset *data;
    assert_int_equal(open_table(&data, "x,kind,y z\n0.5,a,1\n2,b,3\n1,a,2\n",
                                &(loci_data_options){.label_column = "kind", .test_fraction = 0.4},
                                NULL),
                     LOCI_OK);
    assert_string_equal(loci_dataset_column_name(data, 0), "x");
    assert_string_equal(loci_dataset_column_name(data, 1), "y z");
    assert_null(loci_dataset_column_name(data, 2));
    loci_dataset_free(data);
    assert_int_equal(open_table(&data, "1,10\n2,9\n3,10\n", NULL, NULL), LOCI_OK);
    assert_null(loci_dataset_column_name(data, 0));
    loci_dataset_free(data);
}

/* Rows "i, label i % 3". */
static void make_rows(char *text, size_t size, int rows) {
    size_t length = 0;
    for (int i = 0; i < rows; i++)
        length += (size_t)snprintf(text + length, size - length, "%d.5,%d\n", i, i % 3);
}

static void test_split(void **state) {
    (void)state;
    char text[2048];
    loci_dataset *data, *other;
    loci_data_options options;
    loci_data_options_defaults(&options);
    make_rows(text, sizeof text, 100);
    assert_int_equal(open_table(&data, text, &options, NULL), LOCI_OK);
    assert_int_equal(loci_dataset_count(data, LOCI_TRAIN), 79); /* a fifth of each class, rounded */
    assert_int_equal(loci_dataset_count(data, LOCI_TEST), 21);
    int seen[100] = {0}, last[2] = {-1, -1};
    for (int s = 0; s < 2; s++)
        for (size_t i = 0; i < data->part[s].count; i++) {
            int row = (int)data->part[s].values[i];
            assert_int_equal(data->part[s].labels[i], row % 3);
            assert_true(row > last[s]); /* rows keep their order */
            last[s] = row;
            seen[row]++;
        }
    for (int i = 0; i < 100; i++)
        assert_int_equal(seen[i], 1);

    options.skip_test = 1; /* the training part stays the same */
    assert_int_equal(open_table(&other, text, &options, NULL), LOCI_OK);
    assert_int_equal(loci_dataset_count(other, LOCI_TEST), 0);
    assert_memory_equal(other->part[0].values, data->part[0].values, 79 * sizeof(float));
    loci_dataset_free(other);
    options.skip_test = 0;
    options.split_seed = 2;
    options.test_fraction = 0.999; /* one of each class stays */
    assert_int_equal(open_table(&other, text, &options, NULL), LOCI_OK);
    assert_int_equal(loci_dataset_count(other, LOCI_TRAIN), 3);
    loci_dataset_free(other);
    options.test_fraction = 0.2;
    assert_int_equal(open_table(&other, text, &options, NULL), LOCI_OK);
    assert_memory_not_equal(other->part[1].values, data->part[1].values, 20 * sizeof(float));
    loci_dataset_free(other);
    loci_dataset_free(data);
    for (int i = 0; i < 4; i++) {
        options.test_fraction = (const double[]){0, 1, -1, NAN}[i];
        assert_int_equal(open_table(&data, text, &options, NULL), LOCI_E_ARGUMENT);
    }
    options.test_fraction = 0.5;
    assert_int_equal(open_table(&data, "1,2\n", &options, NULL), LOCI_E_FORMAT);
}

static void test_pixels(void **state) {
    (void)state;
    char text[512] = "";
    loci_dataset *data;
    for (int row = 0; row < 3; row++)
        for (int c = 0; c <= 16; c++)
            sprintf(text + strlen(text), "%d%s", c == 16 ? row : 15 * c, c == 16 ? "\n" : ",");
    loci_data_options options;
    loci_data_options_defaults(&options);
    assert_int_equal(open_table(&data, text, NULL, NULL), LOCI_OK);
    assert_null(data->part[LOCI_TRAIN].bytes); /* a table is none unless it says so */
    loci_dataset_free(data);
    options.pixels = 1;
    assert_int_equal(open_table(&data, text, &options, NULL), LOCI_OK);
    assert_non_null(data->part[LOCI_TRAIN].bytes);
    assert_int_equal(loci_dataset_height(data), 4);
    assert_int_equal(loci_dataset_width(data), 4);
    assert_int_equal(data->part[LOCI_TRAIN].bytes[15], 225);
    loci_dataset_free(data);
    loci_error error;
    assert_int_equal(open_table(&data, "1,0,a\n256,7,b\n", &options, &error), LOCI_E_FORMAT);
    assert_non_null(strstr(error.message, "line 2: 256, but pixels"));
    /* as version 0.1 read it */
    loci_data_options_defaults(&options);
    options.reading = LOCI_READING_FIRST;
    assert_int_equal(open_table(&data, text, &options, NULL), LOCI_OK);
    assert_non_null(data->part[LOCI_TRAIN].bytes);
    loci_dataset_free(data);
    assert_int_equal(open_table(&data, "1,0,a\n16,7,b\n", &options, NULL), LOCI_OK);
    assert_null(data->part[LOCI_TRAIN].bytes);
    loci_dataset_free(data);
    assert_int_equal(open_table(&data, "1,0,a\n256,7,b\n", &options, NULL), LOCI_OK);
    assert_null(data->part[LOCI_TRAIN].bytes);
    loci_dataset_free(data);
}

static void check_test_file(const char *text, const char *message) {
    loci_dataset *data = NULL;
    loci_data_options options;
    loci_error error;
    char path[300];
    loci_data_options_defaults(&options);
    snprintf(path, sizeof path, "%s/test.csv", folder);
    scratch_write(path, text, strlen(text));
    options.test_file = path;
    int status = open_table(&data, "x,y,label\n1,200,a\n2,4,b\n", &options, &error);
    if (message == NULL) {
        assert_int_equal(status, LOCI_OK);
        assert_int_equal(loci_dataset_count(data, LOCI_TRAIN), 2);
        assert_int_equal(loci_dataset_label(data, LOCI_TEST, 0), 1);
        loci_dataset_free(data);
        return;
    }
    assert_true(status == LOCI_E_FORMAT || status == LOCI_E_MISMATCH);
    assert_null(data);
    assert_string_equal(error.where, path);
    if (strstr(error.message, message) == NULL)
        fail_msg("'%s' does not say '%s'", error.message, message);
}

static void test_test_file(void **state) {
    (void)state;
    check_test_file("x,y,label\n5,6,b\n", NULL);
    check_test_file("5,6,b\n", NULL);            /* a header is optional */
    check_test_file("label,y,x\nb,6,5\n", NULL); /* by name, in any order */
    check_test_file("x,z,label\n5,6,b\n", "lacks what the model was trained on: y");
    check_test_file("5,6,7,b\n", "4 columns without a header");
    check_test_file("5,6,c\n", "line 1: label 'c', which no training row has");
    check_test_file("5,6,a\n5\n", "line 2: 1 cell; the first row has 3");
    loci_dataset *data = NULL;
    loci_data_options options;
    loci_data_options_defaults(&options);
    options.test_file = "/nonexistent.csv";
    assert_int_equal(open_table(&data, "1,a\n2,b\n", &options, NULL), LOCI_E_NOT_FOUND);
    options.skip_test = 1; /* then it is not even looked at */
    assert_int_equal(open_table(&data, "1,a\n2,b\n", &options, NULL), LOCI_OK);
    assert_int_equal(loci_dataset_count(data, LOCI_TRAIN), 2);
    loci_dataset_free(data);
}

/* ---- by content ---- */

/* All first values of a part, added up, and how many there are. */
static double sum_of(const loci_dataset *data, int s) {
    double sum = 0;
    for (size_t i = 0; i < data->part[s].count; i++)
        sum += (double)data->part[s].values[i * data->features];
    return sum;
}

/* Another order of the rows puts the same ones into each part; equal rows are never apart. */
static void test_split_by_content(void **state) {
    (void)state;
    char forth[4096] = "", back[4096] = "", line[32];
    loci_dataset *a, *b;
    for (int i = 0; i < 100; i++) {
        snprintf(line, sizeof line, "%d.25,%d\n", i / 2, i / 2 % 3);
        strcat(forth, line);
        memmove(back + strlen(line), back, strlen(back) + 1);
        memcpy(back, line, strlen(line));
    }
    assert_int_equal(open_table(&a, forth, NULL, NULL), LOCI_OK);
    assert_int_equal(open_table(&b, back, NULL, NULL), LOCI_OK);
    for (int s = 0; s < 2; s++) {
        assert_int_equal(a->part[s].count, b->part[s].count);
        assert_true(sum_of(a, s) == sum_of(b, s));
    }
    for (size_t i = 0; i < a->part[0].count; i++)
        for (size_t k = 0; k < a->part[1].count; k++)
            assert_true(a->part[0].values[i] != a->part[1].values[k]);
    loci_dataset_free(a);
    loci_dataset_free(b);
}

/* A table that memory should not hold is the same one. */
static void test_store(void **state) {
    (void)state;
    enum { ROWS = 5000, EACH = 37 };
    loci_error error;
    loci_float_store small = loci_float_store_new(0, "test"),
                     large = loci_float_store_new(4096, "test");
    for (int i = 0; i < ROWS; i++) {
        float *a = loci_float_store_add(&small, EACH, &error),
              *b = loci_float_store_add(&large, EACH, &error);
        assert_non_null(a);
        assert_non_null(b);
        for (int k = 0; k < EACH; k++)
            a[k] = b[k] = (float)(i * EACH + k);
    }
    assert_true(large.file >= 0 && small.file < 0);
    for (size_t from = 0; from < (size_t)ROWS * EACH; from += 9973) {
        float got[3 * EACH];
        size_t count = (size_t)ROWS * EACH - from < 100 ? (size_t)ROWS * EACH - from : 100;
        assert_int_equal(loci_float_store_read(&large, from, count, got, &error), LOCI_OK);
        for (size_t k = 0; k < count; k++)
            assert_true(got[k] == (float)(from + k));
    }
    float *numbers[2];
    size_t mapped[2];
    assert_int_equal(loci_float_store_take(&small, &numbers[0], &mapped[0], &error), LOCI_OK);
    assert_int_equal(loci_float_store_take(&large, &numbers[1], &mapped[1], &error), LOCI_OK);
    assert_int_equal(mapped[0], 0);
    assert_int_equal(mapped[1], (size_t)ROWS * EACH * sizeof(float));
    assert_memory_equal(numbers[0], numbers[1], mapped[1]);
    free(numbers[0]);
    munmap(numbers[1], mapped[1]);
}

/* Cells that blocks of the file cut in two are whole. */
static void test_blocks(void **state) {
    (void)state;
    enum { ROWS = 60000 };
    char *text = malloc(40 * (size_t)ROWS);
    size_t length = 0;
    loci_dataset *data;
    assert_non_null(text);
    for (int i = 0; i < ROWS; i++)
        length += (size_t)sprintf(text + length, "\"%d\",\"a \"\"%d\"\"\"\r\n", i, i % 2);
    assert_int_equal(open_table(&data, text, NULL, NULL), LOCI_OK);
    assert_string_equal(loci_dataset_class_name(data, 1), "a \"1\"");
    assert_int_equal(data->part[0].count + data->part[1].count, ROWS);
    assert_true(sum_of(data, 0) + sum_of(data, 1) == (double)ROWS * (ROWS - 1) / 2);
    loci_dataset_free(data);
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_column_names),     cmocka_unit_test(test_forms),
        cmocka_unit_test(test_headers),          cmocka_unit_test(test_refused),
        cmocka_unit_test(test_many_words),       cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_classes),          cmocka_unit_test(test_split),
        cmocka_unit_test(test_pixels),           cmocka_unit_test(test_test_file),
        cmocka_unit_test(test_split_by_content), cmocka_unit_test(test_store),
        cmocka_unit_test(test_blocks),
    };
    return cmocka_run_group_tests_name("csv", tests, make_folder, remove_folder);
}
