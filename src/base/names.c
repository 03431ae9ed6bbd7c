#include "base/names.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

enum { MOST = 64 }; /* what is longer is compared so far */

size_t loci_edit_distance(const char *a, const char *b) {
    size_t n = smaller(strlen(a), MOST - 1), m = smaller(strlen(b), MOST - 1);
    size_t row[3][MOST]; /* row i of the table stands in row[i % 3] */
    for (size_t j = 0; j <= m; j++)
        row[0][j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t *now = row[i % 3], *above = row[(i + 2) % 3], *above2 = row[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t cost = a[i - 1] != b[j - 1];
            now[j] = smaller(smaller(above[j] + 1, now[j - 1] + 1), above[j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = smaller(now[j], above2[j - 2] + 1);
        }
    }
    return row[n % 3][m];
}

/* The kinds of characters in a text, by their last five bits. */
static uint32_t kinds_in(const char *text, size_t length) {
    uint32_t kinds = 0;
    for (size_t i = 0; i < length; i++)
        kinds |= (uint32_t)1 << (text[i] & 31);
    return kinds;
}

static size_t larger(size_t a, size_t b) {
    return a > b ? a : b;
}

/* No fewer edits than this make one of the other: a kind of character that one of them lacks must
 * come in, or go. Much cheaper to tell. */
static size_t fewest_edits(const char *a, size_t n, const char *b, size_t m) {
    uint32_t in_a = kinds_in(a, n), in_b = kinds_in(b, m);
    int more = __builtin_popcount(in_a & ~in_b), less = __builtin_popcount(in_b & ~in_a);
    return larger(n > m ? n - m : m - n, larger((size_t)more, (size_t)less));
}

void loci_nearest_offer(loci_nearest *nearest, const char *candidate) {
    size_t length = strlen(nearest->wanted);
    size_t n = smaller(length, MOST - 1), m = smaller(strlen(candidate), MOST - 1);
    size_t nearer = smaller(2 + n / 3, nearest->distance);
    /* a name cut short ("arbor" for "arbor-mlp-2k") is near too */
    bool begins = length >= 3 && strncmp(candidate, nearest->wanted, length) == 0;
    if (!begins && fewest_edits(nearest->wanted, n, candidate, m) >= nearer)
        return;
    size_t distance = loci_edit_distance(nearest->wanted, candidate);
    if (begins)
        distance = smaller(distance, 1);
    if (distance < nearer) {
        nearest->distance = distance;
        nearest->best = candidate;
    }
}
