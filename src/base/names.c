#include "base/names.h"

#include <string.h>

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

size_t loci_edit_distance(const char *a, const char *b) {
    enum { MOST = 64 };
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

void loci_nearest_offer(loci_nearest *nearest, const char *candidate) {
    size_t length = strlen(nearest->wanted);
    size_t distance = loci_edit_distance(nearest->wanted, candidate);
    /* a name cut short ("arbor" for "arbor-mlp-2k") is near too */
    if (length >= 3 && strncmp(candidate, nearest->wanted, length) == 0)
        distance = smaller(distance, 1);
    if (distance < nearest->distance && distance <= 1 + length / 3) {
        nearest->distance = distance;
        nearest->best = candidate;
    }
}
