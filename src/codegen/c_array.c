/* Constant arrays in C. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "codegen/emit.h"

/* Columns of a line, and where numbers begin. */
enum { WIDTH = 100, INDENT = 4 };

void loci_table_name(char name[64], const char *stem, uint32_t l) {
    if (l == LOCI_NO_LAYER)
        snprintf(name, 64, "%s", stem);
    else
        snprintf(name, 64, "%s_%u", stem, l);
}

loci_array loci_array_open(FILE *to, const char *type, const char *name, size_t count) {
    fprintf(to, "static const %s %s[%zu] = {\n", type, name, count);
    return (loci_array){.to = to};
}

static void put(loci_array *array, const char *text) {
    int length = (int)strlen(text) + 1;
    if (array->column > 0 && array->column + 1 + length > WIDTH) {
        putc('\n', array->to);
        array->column = 0;
    }
    if (array->column == 0)
        array->column = fprintf(array->to, "%*s%s,", INDENT, "", text);
    else
        array->column += fprintf(array->to, " %s,", text);
}

void loci_array_integer(loci_array *array, int64_t number) {
    char text[32];
    snprintf(text, sizeof text, "%" PRId64, number);
    put(array, text);
}

void loci_print_float(char text[32], float number) {
    for (int digits = 1; digits <= 9; digits++) {
        loci_number_print(text, 24, "%.*g", digits, (double)number);
        if (loci_number_read_float(text) == number)
            break;
    }
    strcat(text, strpbrk(text, ".e") != NULL ? "f" : ".0f");
}

void loci_array_float(loci_array *array, float number) {
    char text[32];
    loci_print_float(text, number);
    put(array, text);
}

void loci_array_close(loci_array *array) {
    fprintf(array->to, "\n};\n");
}
