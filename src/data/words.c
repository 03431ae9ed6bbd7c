#include "data/words.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "data/decimal.h"

/* FNV-1a, 32 bits (Fowler, Noll, Vo). */
static uint32_t hash(const char *word, size_t length) {
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < length; i++)
        h = (h ^ (unsigned char)word[i]) * 16777619u;
    return h;
}

/* The slot that a word is in, or would be. */
static uint32_t find_slot(const loci_words *words, const char *word, size_t length) {
    uint32_t at = hash(word, length) & (words->slots - 1);
    while (words->slot[at] != 0) {
        const char *there = words->word[words->slot[at] - 1];
        if (strncmp(there, word, length) == 0 && there[length] == '\0')
            break;
        at = (at + 1) & (words->slots - 1);
    }
    return at;
}

static bool grow(loci_words *words) {
    uint32_t room = words->room == 0 ? 16 : 2 * words->room;
    char **word = realloc(words->word, room * sizeof *word);
    if (word == NULL)
        return false;
    words->word = word;
    words->room = room;
    uint32_t *slot = loci_alloc(4 * (size_t)room, sizeof *slot);
    if (slot == NULL)
        return false;
    free(words->slot);
    words->slot = slot;
    words->slots = 4 * room;
    for (uint32_t w = 0; w < words->count; w++)
        words->slot[find_slot(words, words->word[w], strlen(words->word[w]))] = w + 1;
    return true;
}

uint32_t loci_words_find(const loci_words *words, const char *word, size_t length) {
    return words->slots == 0 ? LOCI_NO_WORD : words->slot[find_slot(words, word, length)] - 1;
}

uint32_t loci_words_add(loci_words *words, const char *word, size_t length) {
    uint32_t known = loci_words_find(words, word, length);
    if (known != LOCI_NO_WORD)
        return known;
    if ((words->count == words->room && !grow(words)) || words->count >= UINT32_MAX / 16)
        return LOCI_NO_WORD;
    char *copy = malloc(length + 1);
    if (copy == NULL)
        return LOCI_NO_WORD;
    memcpy(copy, word, length);
    copy[length] = '\0';
    words->word[words->count] = copy;
    words->slot[find_slot(words, copy, length)] = words->count + 1;
    return words->count++;
}

void loci_words_free(loci_words *words) {
    for (uint32_t w = 0; w < words->count; w++)
        free(words->word[w]);
    free(words->word);
    free(words->slot);
    free(words->by_value);
    *words = (loci_words){0};
}

bool loci_words_are_numbers(const loci_words *words, char point) {
    double ignored;
    for (uint32_t w = 0; w < words->count; w++)
        if (!loci_decimal_read(words->word[w], strlen(words->word[w]), point, &ignored))
            return false;
    return true;
}

/* ---- by value ---- */

/* Of equal values the first one. */
static int compare_valued(const void *a, const void *b) {
    const loci_valued *x = a, *y = b;
    int by_value = (x->value > y->value) - (x->value < y->value);
    return by_value != 0 ? by_value : (x->number > y->number) - (x->number < y->number);
}

bool loci_words_value(loci_words *words) {
    char point = loci_words_are_numbers(words, '.') ? '.' : ',';
    if (words->count == 0 || (point == ',' && !loci_words_are_numbers(words, ',')))
        return true;
    words->by_value = loci_alloc(words->count, sizeof *words->by_value);
    if (words->by_value == NULL)
        return false;
    for (uint32_t w = 0; w < words->count; w++) {
        const char *word = words->word[w];
        words->by_value[w].number = w;
        loci_decimal_read(word, strlen(word), point, &words->by_value[w].value);
        if (strchr(word, point) != NULL)
            words->point = point;
    }
    qsort(words->by_value, words->count, sizeof *words->by_value, compare_valued);
    return true;
}

uint32_t loci_words_match(const loci_words *words, const char *word, size_t length, char point) {
    uint32_t number = loci_words_find(words, word, length);
    double wanted;
    if (number != LOCI_NO_WORD || words->by_value == NULL)
        return number;
    if (words->point != 0 && point != 0 && point != words->point)
        return LOCI_NO_WORD; /* "1.200" beside "1,5" is no fraction */
    if (!loci_decimal_read_either(word, length, point != 0 ? point : words->point, &wanted))
        return LOCI_NO_WORD;
    size_t from = 0, to = words->count; /* the first that is not below it */
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (words->by_value[middle].value < wanted)
            from = middle + 1;
        else
            to = middle;
    }
    bool found = from < words->count && words->by_value[from].value == wanted;
    return found ? words->by_value[from].number : LOCI_NO_WORD;
}

/* ---- in order ---- */

typedef struct entry {
    char *word;
    double value;
    uint32_t number;
} entry;

/* Equal words keep the order in which they came. */
static int compare(const void *a, const void *b) {
    const entry *x = a, *y = b;
    int by = (x->value > y->value) - (x->value < y->value);
    return by != 0 ? by : (x->number > y->number) - (x->number < y->number);
}

static int compare_bytes(const void *a, const void *b) {
    return strcmp(((const entry *)a)->word, ((const entry *)b)->word);
}

bool loci_words_sort(loci_words *words, bool numbers, char point, uint32_t **rank) {
    uint32_t count = words->count, kept = 0;
    entry *list = loci_alloc(count, sizeof *list);
    *rank = loci_alloc(count, sizeof **rank);
    if (list == NULL || *rank == NULL) {
        free(list);
        free(*rank);
        *rank = NULL;
        return false;
    }
    for (uint32_t w = 0; w < count; w++) {
        list[w] = (entry){.word = words->word[w], .number = w};
        if (numbers)
            loci_decimal_read(list[w].word, strlen(list[w].word), point, &list[w].value);
    }
    if (count > 0)
        qsort(list, count, sizeof *list, numbers ? compare : compare_bytes);
    for (uint32_t w = 0; w < count; w++) {
        bool same = numbers && w > 0 && list[w].value == list[w - 1].value;
        if (same)
            free(list[w].word);
        else
            words->word[kept++] = list[w].word;
        (*rank)[list[w].number] = kept - 1;
    }
    free(list);
    words->count = kept;
    if (kept > 0)
        memset(words->slot, 0, words->slots * sizeof *words->slot);
    for (uint32_t w = 0; w < kept; w++)
        words->slot[find_slot(words, words->word[w], strlen(words->word[w]))] = w + 1;
    return true;
}
