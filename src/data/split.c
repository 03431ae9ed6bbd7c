#include "data/split.h"

#include <loci/data.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"

uint64_t loci_split_key(const float *values, size_t n, uint64_t seed) {
    enum { PIECE = 256 };
    loci_hash hash;
    loci_hash_begin(&hash);
    for (size_t first = 0; first < n; first += PIECE) {
        float piece[PIECE];
        size_t count = n - first < PIECE ? n - first : PIECE;
        for (size_t i = 0; i < count; i++) {
            float value = values[first + i];
            piece[i] = isnan(value) ? NAN : value == 0 ? 0 : value;
        }
        loci_hash_words(&hash, piece, count);
    }
    return loci_split_mix(loci_hash_end(&hash), seed);
}

uint64_t loci_split_key_bytes(const uint8_t *values, size_t n, uint64_t seed) {
    loci_hash hash;
    loci_hash_begin(&hash);
    loci_hash_bytes(&hash, values, n);
    return loci_split_mix(loci_hash_end(&hash), seed);
}

typedef struct entry {
    uint64_t key;
    uint32_t row;
} entry;

static int compare(const void *a, const void *b) {
    const entry *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static int32_t label_of(const int32_t *labels, size_t row) {
    return labels == NULL ? 0 : labels[row];
}

/* Rows of each class, [*classes]; NULL: memory is short. */
static size_t *count_classes(const int32_t *labels, size_t rows, size_t *classes) {
    int32_t most = 0;
    for (size_t row = 0; row < rows; row++)
        most = label_of(labels, row) > most ? label_of(labels, row) : most;
    *classes = (size_t)most + 1;
    size_t *count = loci_alloc(*classes, sizeof *count);
    for (size_t row = 0; count != NULL && row < rows; row++)
        count[label_of(labels, row)]++;
    return count;
}

/* How many rows of each class, [classes], the test part is to have, *all in sum; NULL: memory is
 * short. */
static size_t *find_quota(const size_t *count, size_t classes, double fraction, size_t *all) {
    size_t *quota = loci_alloc(classes, sizeof *quota);
    size_t before = 0, given = 0, tested = 0; /* rows of the classes before, and what these give */
    for (size_t c = 0; quota != NULL && c < classes; c++) {
        before += count[c];
        size_t wanted = (size_t)((double)before * fraction + 0.5) - given;
        given += wanted;
        quota[c] = wanted < count[c] ? wanted : count[c] > 0 ? count[c] - 1 : 0;
        tested += quota[c];
    }
    for (size_t c = 0; quota != NULL && tested == 0 && c < classes; c++)
        tested += quota[c] = 1; /* of classes too small to share: the first */
    *all = tested;
    return quota;
}

/* A choice under way. */
typedef struct choice {
    const entry *list; /* [rows] by key */
    const int32_t *labels;
    size_t rows, classes, wanted, tested;
    size_t *quota; /* [classes] rows that the test part still wants */
    size_t *left;  /* [classes] rows in the training part */
    bool spare;    /* a row of each class at least stays there */
} choice;

/* Whether rows at..end of the list, of one key, go into the test part: where half of them are of
 * classes that are wanted. Whoever takes them counts them. */
static bool take(choice *x, size_t at, size_t end) {
    size_t size = end - at, asked = 0;
    bool last = false;
    for (size_t i = at; i < end; i++)
        asked += x->quota[label_of(x->labels, x->list[i].row)] > 0;
    if (2 * asked < size || size == x->rows || (x->tested > 0 && x->tested + size > x->wanted))
        return false;
    for (size_t i = at; i < end; i++)
        last |= --x->left[label_of(x->labels, x->list[i].row)] == 0;
    if (!last || !x->spare)
        return true;
    for (size_t i = at; i < end; i++)
        x->left[label_of(x->labels, x->list[i].row)]++;
    return false;
}

static void go_through(choice *x, uint8_t *marks) {
    for (size_t at = 0, end; at < x->rows; at = end) {
        for (end = at + 1; end < x->rows && x->list[end].key == x->list[at].key; end++)
            ;
        if (!take(x, at, end))
            continue;
        x->tested += end - at;
        for (size_t i = at; i < end; i++) {
            size_t *quota = &x->quota[label_of(x->labels, x->list[i].row)];
            *quota -= *quota > 0;
            marks[x->list[i].row] = LOCI_TEST;
        }
    }
}

int loci_split_choose(uint8_t *marks, const uint64_t *keys, const int32_t *labels, size_t rows,
                      double fraction, loci_error *error) {
    entry *list = loci_alloc(rows, sizeof *list);
    choice x = {.list = list, .labels = labels, .rows = rows, .spare = true};
    x.left = count_classes(labels, rows, &x.classes);
    x.quota = x.left == NULL ? NULL : find_quota(x.left, x.classes, fraction, &x.wanted);
    if (list == NULL || x.quota == NULL) {
        free(list);
        free(x.left);
        return loci_fail_memory(error, "split");
    }
    for (size_t row = 0; row < rows; row++)
        list[row] = (entry){keys[row], (uint32_t)row};
    qsort(list, rows, sizeof *list, compare);
    memset(marks, LOCI_TRAIN, rows);
    go_through(&x, marks);
    x.spare = false; /* rather than have no test part */
    if (x.tested == 0)
        go_through(&x, marks);
    free(list);
    free(x.left);
    free(x.quota);
    return LOCI_OK;
}
