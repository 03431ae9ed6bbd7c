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

/* How many rows of each class the test part is to have: *quota [classes], free() it. */
static size_t *find_quota(const int32_t *labels, size_t rows, double fraction, size_t *all) {
    int32_t most = 0;
    for (size_t row = 0; row < rows; row++)
        most = label_of(labels, row) > most ? label_of(labels, row) : most;
    size_t classes = (size_t)most + 1, tested = 0;
    size_t *quota = loci_alloc(classes, sizeof *quota);
    for (size_t row = 0; quota != NULL && row < rows; row++)
        quota[label_of(labels, row)]++;
    size_t before = 0, given = 0; /* rows of the classes before, and what these give */
    for (size_t c = 0; quota != NULL && c < classes; c++) {
        size_t count = quota[c];
        before += count;
        size_t wanted = (size_t)((double)before * fraction + 0.5) - given;
        given += wanted;
        quota[c] = wanted < count ? wanted : count > 0 ? count - 1 : 0;
        tested += quota[c];
    }
    for (size_t c = 0; quota != NULL && tested == 0 && c < classes; c++)
        tested += quota[c] = 1; /* of classes too small to share: the first */
    *all = tested;
    return quota;
}

int loci_split_choose(uint8_t *marks, const uint64_t *keys, const int32_t *labels, size_t rows,
                      double fraction, loci_error *error) {
    entry *list = loci_alloc(rows, sizeof *list);
    size_t wanted = 0, tested = 0, *quota = find_quota(labels, rows, fraction, &wanted);
    if (list == NULL || quota == NULL) {
        free(list);
        free(quota);
        return loci_fail_memory(error, "split");
    }
    for (size_t row = 0; row < rows; row++)
        list[row] = (entry){keys[row], (uint32_t)row};
    qsort(list, rows, sizeof *list, compare);
    memset(marks, LOCI_TRAIN, rows);
    for (size_t at = 0, end; at < rows; at = end) {
        int32_t class = label_of(labels, list[at].row);
        for (end = at; end < rows && list[end].key == list[at].key; end++)
            class =
                label_of(labels, list[end].row) < class ? label_of(labels, list[end].row) : class;
        size_t size = end - at;
        if (quota[class] == 0 || size == rows || (tested > 0 && tested + size > wanted))
            continue;
        tested += size;
        for (size_t i = at; i < end; i++)
            marks[list[i].row] = LOCI_TEST;
        quota[class] = quota[class] > size ? quota[class] - size : 0;
    }
    free(list);
    free(quota);
    return LOCI_OK;
}
