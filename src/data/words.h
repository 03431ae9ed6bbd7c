/* The different words of a column, numbered in the order in which they come. */
#ifndef LOCI_DATA_WORDS_H
#define LOCI_DATA_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The value of a word that is a number. */
typedef struct loci_valued {
    double value;
    uint32_t number;
} loci_valued;

typedef struct loci_words {
    uint32_t count, room;
    char **word;           /* [count], owned */
    uint32_t *slot;        /* [slots] number + 1 of a word, 0 = free: open addressing */
    uint32_t slots;        /* a power of two, or 0 */
    loci_valued *by_value; /* [count] sorted, owned; NULL: words are known by their bytes alone */
    char point;            /* in the fractions of by_value; 0 = there are none */
} loci_words;

/* What loci_words_add() and loci_words_find() return in place of a number. */
enum { LOCI_NO_WORD = UINT32_MAX };

/* The number of a word, which is new or known; LOCI_NO_WORD when memory is short. */
uint32_t loci_words_add(loci_words *words, const char *word, size_t length);
/* The number of a word that is known, else LOCI_NO_WORD. */
uint32_t loci_words_find(const loci_words *words, const char *word, size_t length);
/* Likewise; after loci_words_value() also of a word of the same value, which is written with
 * `point`, 0 = a point or a comma. */
uint32_t loci_words_match(const loci_words *words, const char *word, size_t length, char point);
void loci_words_free(loci_words *words);

/* Whether all of them are numbers, with a point or a comma. */
bool loci_words_are_numbers(const loci_words *words, char point);

/* Once all words are there: where all are numbers, loci_words_match() finds them by value, of equal
 * ones the first. False: memory is short. */
bool loci_words_value(loci_words *words);

/* Puts words in order: by value when all are numbers, and then "1" and "1.0" are the same, else by
 * their bytes. *rank [count before] becomes the new number of each; free() it. False: memory is
 * short. */
bool loci_words_sort(loci_words *words, bool numbers, char point, uint32_t **rank);

#endif
