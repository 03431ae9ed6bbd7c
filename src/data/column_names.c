#include "data/column_names.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

bool loci_column_names_open(loci_column_names *names, size_t width) {
    *names = (loci_column_names){.first = loci_alloc(width, sizeof *names->first),
                                 .last = loci_alloc(width, sizeof *names->last),
                                 .next = loci_alloc(width, sizeof *names->next)};
    return names->first != NULL && names->last != NULL && names->next != NULL;
}

bool loci_column_names_put(loci_column_names *names, size_t column, const char *name) {
    uint32_t known = names->words.count, word = loci_words_add(&names->words, name, strlen(name));
    if (word == LOCI_NO_WORD)
        return false;
    if (word == known)
        names->first[word] = column;
    else
        names->next[names->last[word]] = column;
    names->last[word] = column;
    names->next[column] = SIZE_MAX;
    return true;
}

void loci_column_names_free(loci_column_names *names) {
    loci_words_free(&names->words);
    free(names->first);
    free(names->last);
    free(names->next);
    *names = (loci_column_names){0};
}

size_t loci_column_names_find(const loci_column_names *names, const char *name) {
    uint32_t word = loci_words_find(&names->words, name, strlen(name));
    return word != LOCI_NO_WORD ? names->first[word] : SIZE_MAX;
}
