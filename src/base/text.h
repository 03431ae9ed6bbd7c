/* Text that came from outside: a file's name, a cell of a table. ASCII letters are told without the
 * host program's locale. loci_text_show() of <loci/support.h> is made of these. */
#ifndef LOCI_BASE_TEXT_H
#define LOCI_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <loci/support.h>

/* Whether an option's text is given: it is neither NULL nor empty. */
static inline bool loci_is_given(const char *text) {
    return text != NULL && text[0] != '\0';
}

static inline bool loci_is_digit(char c) {
    return c >= '0' && c <= '9';
}

static inline bool loci_is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool loci_is_alnum(char c) {
    return loci_is_letter(c) || loci_is_digit(c);
}

static inline char loci_upper(char c) {
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* Whether two texts differ in nothing but the case of ASCII letters. */
bool loci_same_letters(const char *a, const char *b);

/* The character that begins at text: how many bytes it has, 0 when they are no UTF-8 (or the text
 * ends here). */
size_t loci_character(const char *text, uint32_t *character);
bool loci_is_utf8(const char *text);

/* width.c: how many columns of a terminal a character takes, 0 to 2. */
unsigned loci_width(uint32_t character);

/* A text as loci_text_show() has it, of at most size - 1 bytes; returns out. */
const char *loci_shown(char *out, size_t size, const char *text);

/* For messages: at most so many bytes of a text. Lives until the end of the block. */
#define LOCI_SHOWN(bytes, text) loci_shown((char[(bytes) + 1]){0}, (bytes) + 1, text)

#endif
