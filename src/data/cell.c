#include "data/cell.h"

#include "base/text.h"

bool loci_cell_missing(const loci_cell *cell) {
    static const char *const signs[] = {"?", "NA", "N/A", "#N/A", "NaN", "null", "none"};
    if (cell->length == 0)
        return true;
    char c = cell->text[0];
    if (cell->length > 4 || loci_is_digit(c) || c == '-' || c == '.')
        return false; /* most cells */
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (loci_same_letters(cell->text, signs[i]))
            return true;
    return false;
}
