#include "data/header.h"

#include <math.h>
#include <string.h>

#include "data/cell.h"

static bool number(const loci_cell *cell, char point, double *value) {
    return loci_decimal_read_either(cell->text, cell->length, point, value);
}

/* What the rows under the first one hold in a column. */
typedef struct under {
    bool numbers; /* nothing but numbers, one at least */
    bool again;   /* the text of the first row */
} under;

static under look_under(const loci_sample_rows *sample, size_t c, char point) {
    under x = {.numbers = false};
    size_t numbers = 0, words = 0;
    double ignored;
    for (size_t r = 1; r < sample->rows; r++) {
        if (c >= sample->columns[r] || loci_cell_missing(&sample->row[r][c]))
            continue;
        bool is = number(&sample->row[r][c], point, &ignored);
        numbers += is;
        words += !is;
        x.again |= strcmp(sample->row[r][c].text, sample->row[0][c].text) == 0;
    }
    x.numbers = numbers > 0 && words == 0;
    return x;
}

/* Whether the numbers of a row go up by the same step, as numbers of columns and wavelengths do. */
static bool goes_up(const loci_sample_rows *sample, size_t r, char point) {
    double first = 0, last = 0, step = 0, value;
    size_t count = 0;
    for (size_t c = 0; c < sample->columns[r]; c++) {
        if (!number(&sample->row[r][c], point, &value))
            continue;
        double by = value - last;
        if (count == 0)
            first = value;
        else if (count == 1)
            step = by;
        if (count > 0 && (!(by > 0) || fabs(by - step) > 1e-6 * step))
            return false;
        last = value;
        count++;
    }
    return count >= 3 || (count == 2 && first == 0 && step == 1);
}

static bool alone_goes_up(const loci_sample_rows *sample, char point) {
    if (sample->rows < 2 || !goes_up(sample, 0, point))
        return false;
    for (size_t r = 1; r < sample->rows; r++)
        if (goes_up(sample, r, point))
            return false;
    return true;
}

bool loci_header_found(const loci_sample_rows *sample, char point, bool *doubtful) {
    size_t names = 0, numbers = 0, words = 0, columns = sample->rows > 0 ? sample->columns[0] : 0;
    bool again = false, last_is_name = false;
    double ignored;
    *doubtful = false;
    for (size_t c = 0; c < columns; c++) {
        const loci_cell *cell = &sample->row[0][c];
        last_is_name = false;
        if (loci_cell_missing(cell))
            continue;
        under x = look_under(sample, c, point);
        if (number(cell, point, &ignored)) {
            numbers++;
            continue;
        }
        words++;
        again |= x.again;
        last_is_name = x.numbers;
        names += x.numbers;
    }
    if (again)
        return false;
    if (names > 0 && (names >= numbers || last_is_name))
        return true;
    *doubtful = true;
    if (words > 0 && numbers == 0)
        return true; /* words over words, none of them twice */
    *doubtful = alone_goes_up(sample, point);
    return *doubtful;
}

bool loci_header_of_first_edition(const loci_sample_rows *sample, size_t label) {
    size_t words = 0, numbers = 0, columns = sample->columns[0];
    double ignored;
    label = label < columns ? label : columns - 1;
    for (size_t c = 0; c < columns; c++) {
        const loci_cell *cell = &sample->row[0][c];
        if (c == label || cell->length == 0)
            continue;
        bool is = number(cell, '.', &ignored);
        numbers += is;
        words += !is;
    }
    if (words > 0 && words >= numbers)
        return true;
    return sample->rows > 1 && sample->columns[1] == columns &&
           !number(&sample->row[0][label], '.', &ignored) &&
           number(&sample->row[1][label], '.', &ignored);
}
