#include "data/disguise.h"

#include <stddef.h>
#include <string.h>

#include "base/text.h"

/* What may stand before and after digits, and between them. */
static const char *const signs[] = {"-", "+", "\xe2\x88\x92", NULL}; /* minus */
static const char *const units[] = {"%",        "$",        "\xe2\x82\xac", "\xc2\xa3",
                                    "\xc2\xa5", /* EUR GBP JPY */
                                    " ",        "\xc2\xa0", "\xe2\x80\xaf", NULL};
static const char *const groups[] = {
    ".", ",", "_", "'", " ", "\xc2\xa0", "\xe2\x80\x89", "\xe2\x80\xaf", "\xe2\x80\x99",
    NULL}; /* blanks that do not break, an apostrophe */

/* Steps over one of a list of texts; false where none of them stands. */
static bool step_over(const char **at, const char *const *list) {
    for (; *list != NULL; list++)
        if (strncmp(*at, *list, strlen(*list)) == 0) {
            *at += strlen(*list);
            return true;
        }
    return false;
}

static bool is_hexadecimal(const char *at) {
    if (at[0] != '0' || (at[1] != 'x' && at[1] != 'X') || at[2] == '\0')
        return false;
    return at[2 + strspn(at + 2, "0123456789abcdefABCDEF")] == '\0';
}

static const char *skip_exponent(const char *at) {
    if (*at != 'e' && *at != 'E')
        return at;
    const char *digits = at + 1 + (at[1] == '-' || at[1] == '+');
    return loci_is_digit(*digits) ? digits : at;
}

bool loci_disguised_number(const char *at) {
    while (step_over(&at, signs) || step_over(&at, units))
        ;
    if (loci_same_letters(at, "inf") || loci_same_letters(at, "infinity") || is_hexadecimal(at))
        return true;
    bool digits = false;
    do {
        digits |= loci_is_digit(*at);
        while (loci_is_digit(*at))
            at++;
        at = digits ? skip_exponent(at) : at;
    } while (loci_is_digit(*at) || step_over(&at, groups));
    while (step_over(&at, units))
        ;
    return digits && *at == '\0';
}
