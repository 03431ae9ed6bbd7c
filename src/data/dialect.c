#include "data/dialect.h"

#include <loci/data.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "data/cell.h"
#include "data/header.h"
#include "data/sample_rows.h"

static const char found[] = {',', ';', '\t', LOCI_BLANKS};
enum { FOUND = sizeof found };

static const struct {
    char separator;
    const char *name, *several;
} names[] = {{',', "comma", "commas"},
             {';', "semicolon", "semicolons"},
             {'\t', "tab", "tabs"},
             {LOCI_BLANKS, "space", "spaces"}};

char loci_separator_of(const char *text) {
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(text, names[i].name) == 0)
            return names[i].separator;
    if (strcmp(text, "\\t") == 0)
        return '\t';
    char c = text[0];
    bool one = c != '\0' && text[1] == '\0';
    return one && (unsigned char)c < 0x80 && !loci_is_alnum(c) && strchr("\"\r\n.+-", c) == NULL
               ? c
               : 0;
}

const char *loci_separator_name(char separator, char own[4]) {
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (separator == names[i].separator)
            return names[i].several;
    own[0] = own[2] = '\'';
    own[1] = separator;
    own[3] = '\0';
    return own;
}

/* ---- the separator ---- */

static bool is_number(const loci_cell *cell, char point) {
    double ignored;
    return loci_decimal_read(cell->text, cell->length, point, &ignored);
}

/* Cells of row r of a sample, less those at its end that are empty and beyond `width`. */
static size_t cells_of(const loci_sample_rows *sample, size_t r, size_t width) {
    size_t count = sample->columns[r];
    while (count > width && sample->row[r][count - 1].length == 0 &&
           !sample->row[r][count - 1].quoted)
        count--;
    return count;
}

/* Columns of a table: cells of the first row, less those at its end that are empty in every row, as
 * separators at the end of each line leave them. */
static size_t find_width(const loci_sample_rows *sample) {
    size_t width = sample->rows > 0 ? sample->columns[0] : 0;
    for (size_t r = 0; r < sample->rows; r++) {
        size_t filled = cells_of(sample, r, 0), most = sample->columns[0];
        if (r == 0)
            width = filled;
        else if (filled > width)
            width = filled < most ? filled : most;
    }
    return width;
}

/* The cells that all rows but the first have; 0 where they do not agree, or there are none. */
static size_t cells_below(const loci_sample_rows *sample, size_t width) {
    size_t below = sample->rows > 1 ? cells_of(sample, 1, width) : 0;
    for (size_t r = 2; r < sample->rows; r++)
        if (cells_of(sample, r, width) != below)
            return 0;
    return below;
}

/* How well a separator fits: the share of cells that are numbers or empty, less that of words which
 * hold another separator, from -1 to 1; less 2 where the first row alone has another number of
 * cells, as a title above a table has. MISFIT: rows differ, or there is a single column. */
enum { MISFIT = -4 };
static double fit(const loci_sample_rows *sample) {
    size_t cells = 0, numbers = 0, foreign = 0, width = find_width(sample);
    size_t below = cells_below(sample, width), columns = below > 0 ? below : width;
    if (columns < 2 || (below == 0 && sample->rows > 1))
        return MISFIT;
    for (size_t r = 0; r < sample->rows; r++)
        for (size_t c = 0; c < sample->columns[r]; c++) {
            const loci_cell *cell = &sample->row[r][c];
            bool number = loci_cell_missing(cell) || is_number(cell, '.') || is_number(cell, ',');
            cells++;
            numbers += number;
            foreign += !number && !cell->quoted && strpbrk(cell->text, ",;\t") != NULL;
        }
    return ((double)numbers - (double)foreign) / (double)cells - (columns != width ? 2 : 0);
}

static int compare_counts(const void *a, const void *b) {
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* As many cells as half of the rows have at least. */
static size_t usual_cells(const loci_sample_rows *sample) {
    size_t counts[LOCI_SAMPLE_ROWS];
    if (sample->rows == 0)
        return 0;
    memcpy(counts, sample->columns, sample->rows * sizeof *counts);
    qsort(counts, sample->rows, sizeof *counts, compare_counts);
    return counts[sample->rows / 2];
}

/* The separator that fits best; where none does the one that cuts half of the rows into most
 * cells, of which a clear line will be said. Blanks separate where nothing else does. */
static int find_separator(char *out, const char *text, size_t size, bool whole, loci_error *error) {
    double best = MISFIT;
    size_t best_columns = 0, most = 1;
    char fallback = ',';
    *out = 0;
    for (size_t i = 0; i < FOUND; i++) {
        loci_sample_rows sample;
        if (found[i] == LOCI_BLANKS && (*out != 0 || most > 1))
            continue;
        int status = loci_sample_rows_cut(&sample, text, size, whole, found[i], error);
        double score = fit(&sample);
        size_t columns = usual_cells(&sample);
        loci_sample_rows_free(&sample);
        if (status != LOCI_OK)
            return status;
        if (score > best || (score == best && score > MISFIT && columns > best_columns)) {
            best = score;
            best_columns = columns;
            *out = found[i];
        }
        if (columns > most) {
            most = columns;
            fallback = found[i];
        }
    }
    *out = *out != 0 ? *out : fallback;
    return LOCI_OK;
}

/* ---- fractions ---- */

/* Whether a comma could as well stand between thousands: 1,234. */
static bool could_group(const char *text) {
    size_t whole = strcspn(text, ","), after = strlen(text + whole) - 1;
    whole -= text[0] == '-' || text[0] == '+';
    return after == 3 && whole > 0 && whole <= 3 && text[whole - 1] != '0';
}

/* What stands before fractions in a sample; 0 where none is written. Between commas, quoted cells
 * alone could hold one, and mostly it stands between thousands. */
static char find_point(const loci_sample_rows *sample, char separator) {
    size_t commas = 0, points = 0;
    for (size_t r = 0; r < sample->rows; r++)
        for (size_t c = 0; c < sample->columns[r]; c++) {
            const loci_cell *cell = &sample->row[r][c];
            bool comma = strchr(cell->text, ',') != NULL && is_number(cell, ',');
            commas += comma && (separator != ',' || !could_group(cell->text));
            points += strchr(cell->text, '.') != NULL && is_number(cell, '.');
        }
    if (points > 0 || (separator == ',' && commas == 0))
        return '.';
    return commas > 0 ? ',' : 0;
}

/* ---- all of it ---- */

/* A line "sep=;" tells spreadsheets what separates. */
static char take_mark(loci_text_rows *rows, const char *text, size_t size) {
    if (size < 6 || memcmp(text, "sep=", 4) != 0)
        return 0;
    size_t end = text[5] == '\r' && size > 6 && text[6] == '\n' ? 7 : 6;
    if (text[5] != '\n' && end != 7)
        return 0;
    char separator = text[4];
    loci_text_rows_skip(rows, end, 1);
    return separator;
}

int loci_dialect_find(loci_dialect *out, loci_text_rows *rows, char separator, int header,
                      loci_error *error) {
    const char *text;
    size_t size;
    int status = loci_text_rows_peek(rows, 3, &text, &size, error);
    if (status != LOCI_OK)
        return status;
    char marked = take_mark(rows, text, size);
    status = loci_text_rows_peek(rows, 3, &text, &size, error);
    *out = (loci_dialect){.separator = separator != 0 ? separator : marked};
    if (status == LOCI_OK && out->separator == 0)
        status = find_separator(&out->separator, text, size, rows->over, error);
    if (status != LOCI_OK)
        return status;
    loci_sample_rows sample;
    status = loci_sample_rows_cut(&sample, text, size, rows->over, out->separator, error);
    if (status == LOCI_OK) {
        out->point = find_point(&sample, out->separator);
        out->width = find_width(&sample);
        out->below = sample.rows > 2 ? cells_below(&sample, out->width) : 0;
        out->header = header == LOCI_HEADER_FOUND
                          ? loci_header_found(&sample, out->point, &out->doubtful)
                          : header == LOCI_HEADER_YES;
    }
    loci_sample_rows_free(&sample);
    loci_text_rows_separate(rows, out->separator);
    return status;
}

int loci_dialect_of_first_edition(loci_dialect *out, loci_text_rows *rows, size_t label,
                                  bool *readable, loci_error *error) {
    const char *text;
    size_t size;
    loci_sample_rows sample;
    *out = (loci_dialect){.separator = ',', .point = '.'};
    *readable = true;
    int status = loci_text_rows_peek(rows, 3, &text, &size, error);
    if (status != LOCI_OK)
        return status;
    status = loci_sample_rows_cut(&sample, text, size, rows->over, ',', error);
    if (status == LOCI_OK && sample.rows > 0) {
        *readable = sample.columns[0] > 1;
        out->header = loci_header_of_first_edition(&sample, label);
    }
    loci_sample_rows_free(&sample);
    return status;
}
