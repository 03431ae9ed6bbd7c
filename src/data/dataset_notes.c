/* What a person should know of how a data set was read. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/dataset.h"

int loci_dataset_note_down(loci_dataset *data, const char *format, ...) {
    char line[512];
    va_list arguments;
    char **notes = realloc(data->notes, (data->note_count + 1) * sizeof *notes);
    if (notes == NULL)
        return LOCI_E_MEMORY;
    data->notes = notes;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    notes[data->note_count] = strdup(line);
    if (notes[data->note_count] == NULL)
        return LOCI_E_MEMORY;
    data->note_count++;
    return LOCI_OK;
}

const char *loci_dataset_note(const loci_dataset *data, size_t i) {
    return i < data->note_count ? data->notes[i] : NULL;
}
