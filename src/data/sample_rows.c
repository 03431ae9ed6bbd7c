#include "data/sample_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

int loci_sample_rows_cut(loci_sample_rows *sample, const char *text, size_t size, bool whole,
                         char separator, loci_error *error) {
    memset(sample, 0, sizeof *sample);
    int status = loci_text_rows_open(&sample->text, loci_text_source_of(text, size, ""), error);
    loci_text_rows_separate(&sample->text, separator);
    while (status == LOCI_OK && sample->rows < LOCI_SAMPLE_ROWS &&
           loci_text_rows_next(&sample->text, NULL) == LOCI_OK && sample->text.count > 0) {
        size_t count = sample->text.count, bytes = count * sizeof(loci_cell);
        loci_cell *row = malloc(bytes);
        if (row == NULL)
            return loci_fail_memory(error, "table");
        memcpy(row, sample->text.cells, bytes);
        sample->row[sample->rows] = row;
        sample->columns[sample->rows++] = count;
    }
    bool all = sample->rows < LOCI_SAMPLE_ROWS;
    if (all && !whole && sample->rows > 1)
        free(sample->row[--sample->rows]);
    return status;
}

void loci_sample_rows_free(loci_sample_rows *sample) {
    for (size_t i = 0; i < sample->rows; i++)
        free(sample->row[i]);
    loci_text_rows_close(&sample->text);
    sample->rows = 0;
}
