#include "data/split.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"
#include "data/event_list.h"
#include "data/float_store.h"
#include "data/resident.h"
#include "data/row_file.h"

/* ---- keys ---- */

static void begin(loci_hash *hash, uint64_t seed) {
    const uint32_t words[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    loci_hash_begin(hash);
    loci_hash_words(hash, words, 2);
}

enum { AT_ONCE = 256 };

uint64_t loci_split_key(const float *values, size_t n, uint64_t seed) {
    loci_hash hash;
    float plain[AT_ONCE];
    begin(&hash, seed);
    for (size_t i = 0; i < n; i += AT_ONCE) {
        size_t count = n - i < AT_ONCE ? n - i : AT_ONCE;
        for (size_t k = 0; k < count; k++)
            plain[k] = values[i + k] + 0.0f; /* -0 becomes 0 */
        loci_hash_words(&hash, plain, count);
    }
    return loci_hash_end(&hash);
}

uint64_t loci_split_key_bytes(const uint8_t *values, size_t n, uint64_t seed) {
    loci_hash hash;
    float plain[AT_ONCE];
    begin(&hash, seed);
    for (size_t i = 0; i < n; i += AT_ONCE) {
        size_t count = n - i < AT_ONCE ? n - i : AT_ONCE;
        for (size_t k = 0; k < count; k++)
            plain[k] = values[i + k];
        loci_hash_words(&hash, plain, count);
    }
    return loci_hash_end(&hash);
}

/* ---- the choice ---- */

/* What there is of a class. */
typedef struct loci_stratum {
    size_t rows;   /* in groups of this class */
    size_t taken;  /* of them, so far */
    size_t labels; /* rows in training that have this very label */
} loci_stratum;

/* Rows by key, and how far they are sorted out. */
typedef struct loci_choosing {
    uint8_t *marks;
    const uint64_t *keys;
    const int32_t *labels;
    size_t rows;
    uint32_t *order;        /* [rows] by key; of equal keys, as they stand */
    loci_stratum *strata;   /* [largest label + 1] */
    loci_stratum *together; /* NULL, or one for all, so that classes only count for what is left */
    double fraction;
    uint32_t *spare; /* [2 rows + 1] */
} loci_choosing;

/* Rows order[first..end) have one key. */
typedef struct loci_group {
    size_t first, end;
} loci_group;

static size_t label_of(const loci_choosing *x, size_t place) {
    return x->labels != NULL ? (size_t)x->labels[x->order[place]] : 0;
}

static loci_group group_at(const loci_choosing *x, size_t first) {
    loci_group group = {first, first + 1};
    while (group.end < x->rows && x->keys[x->order[group.end]] == x->keys[x->order[first]])
        group.end++;
    return group;
}

static loci_stratum *stratum_of(const loci_choosing *x, loci_group group) {
    size_t smallest = label_of(x, group.first);
    if (x->together != NULL)
        return x->together;
    for (size_t i = group.first + 1; i < group.end; i++)
        if (label_of(x, i) < smallest)
            smallest = label_of(x, i);
    return &x->strata[smallest];
}

/* Sorts order by the keys, a digit at a time from the lowest: equal ones keep their order. A digit
 * has 16 bits, of few rows 8: going through the digits would take longer than the rows. start:
 * [DIGITS + 1]. */
enum { DIGITS = 1 << 16, FEW_DIGITS = 1 << 8, FEW = 1 << 14 };

static void sort_by_key(loci_choosing *x, uint32_t *start) {
    uint32_t *from = x->order, *to = x->spare;
    for (size_t i = 0; i < x->rows; i++)
        from[i] = (uint32_t)i;
    size_t digits = x->rows < FEW ? FEW_DIGITS : DIGITS;
    for (unsigned shift = 0; shift < 64; shift += x->rows < FEW ? 8 : 16) {
        memset(start, 0, (digits + 1) * sizeof *start);
        for (size_t i = 0; i < x->rows; i++)
            start[(x->keys[i] >> shift) % digits + 1]++;
        for (size_t d = 0; d < digits; d++)
            start[d + 1] += start[d];
        for (size_t i = 0; i < x->rows; i++)
            to[start[(x->keys[from[i]] >> shift) % digits]++] = from[i];
        uint32_t *swap = from;
        from = to;
        to = swap;
    }
    /* after four rounds, or eight, the sorted rows are in order again */
}

/* Takes a group unless a label would be left without a row in training. */
static bool take(loci_choosing *x, loci_group group, loci_stratum *stratum) {
    size_t bare = group.first;
    while (bare < group.end && --x->strata[label_of(x, bare)].labels > 0)
        bare++;
    if (bare < group.end) {
        for (size_t i = group.first; i <= bare; i++)
            x->strata[label_of(x, i)].labels++;
        return false;
    }
    for (size_t i = group.first; i < group.end; i++)
        x->marks[x->order[i]] = LOCI_TEST;
    stratum->taken += group.end - group.first;
    return true;
}

/* Goes through the groups; whether any was taken. */
static bool take_quotas(loci_choosing *x) {
    bool any = false;
    for (size_t i = 0; i < x->rows;) {
        loci_group group = group_at(x, i);
        loci_stratum *stratum = stratum_of(x, group);
        size_t quota = (size_t)((double)stratum->rows * x->fraction + 0.5);
        size_t size = group.end - group.first, taken = stratum->taken;
        if (x->together != NULL && quota == 0)
            quota = 1;
        /* not further above than it was below */
        if (taken < quota && size <= 2 * (quota - taken))
            any |= take(x, group, stratum);
        i = group.end;
    }
    return any;
}

/* The smallest group that can be spared, of equal ones the first: all are far above the quota. */
static bool take_smallest(loci_choosing *x) {
    uint32_t *count = x->spare; /* [rows + 1] of each size; then where those of it begin */
    uint32_t *by_size = count + x->rows + 1, groups = 0, before = 0; /* [groups] their first rows */
    memset(count, 0, (x->rows + 1) * sizeof *count);
    for (size_t i = 0; i < x->rows; i = group_at(x, i).end, groups++)
        count[group_at(x, i).end - i]++;
    for (size_t size = 0; size <= x->rows; size++) {
        uint32_t here = count[size];
        count[size] = before;
        before += here;
    }
    for (size_t i = 0, end; i < x->rows; i = end) {
        end = group_at(x, i).end;
        by_size[count[end - i]++] = (uint32_t)i;
    }
    for (uint32_t g = 0; g < groups; g++) {
        loci_group group = group_at(x, by_size[g]);
        if (group.end - group.first < x->rows && take(x, group, x->together))
            return true;
    }
    return false;
}

/* All rows as if of one class; spare: each label still keeps a row in training. */
static bool take_together(loci_choosing *x, loci_stratum *together, bool spare) {
    x->together = together;
    if (!spare) {
        x->labels = NULL;
        x->strata[0].labels = x->rows;
    }
    return take_quotas(x) || take_smallest(x);
}

static int choose(loci_choosing *x, loci_error *error) {
    loci_stratum together = {.rows = x->rows};
    for (size_t i = 0; i < x->rows; i++)
        x->strata[label_of(x, i)].labels++;
    for (size_t i = 0; i < x->rows;) {
        loci_group group = group_at(x, i);
        stratum_of(x, group)->rows += group.end - group.first;
        i = group.end;
    }
    if (take_quotas(x) || take_together(x, &together, true) || take_together(x, &together, false))
        return LOCI_OK;
    return loci_fail(error, LOCI_E_FORMAT, "test part",
                     "all %zu samples hold the same, so none can be kept for testing; give a test "
                     "part of its own, or other data",
                     x->rows);
}

int loci_split_choose(uint8_t *marks, const uint64_t *keys, const int32_t *labels, size_t rows,
                      double fraction, loci_error *error) {
    size_t classes = 1;
    if (!(fraction > 0 && fraction < 1))
        return loci_fail(error, LOCI_E_ARGUMENT, "test fraction", "must be between 0 and 1");
    if (rows > UINT32_MAX)
        return loci_fail(error, LOCI_E_FORMAT, "test part",
                         "%zu rows are too many to be split; give test data of their own", rows);
    for (size_t i = 0; labels != NULL && i < rows; i++) {
        assert(labels[i] >= 0 && labels[i] < LOCI_MAX_CLASSES);
        if ((size_t)labels[i] >= classes)
            classes = (size_t)labels[i] + 1;
    }
    loci_choosing x = {
        .marks = marks, .keys = keys, .labels = labels, .rows = rows, .fraction = fraction};
    x.order = loci_alloc(rows, sizeof *x.order);
    x.strata = loci_alloc(classes, sizeof *x.strata);
    x.spare = loci_alloc_raw(2 * rows + 1, sizeof *x.spare);
    uint32_t *start = loci_alloc((rows < FEW ? FEW_DIGITS : DIGITS) + 1, sizeof *start);
    int status = LOCI_OK;
    if (x.order == NULL || x.strata == NULL || x.spare == NULL || start == NULL)
        status = loci_fail_memory(error, "test part");
    if (status == LOCI_OK) {
        memset(marks, LOCI_TRAIN, rows);
        sort_by_key(&x, start);
        status = choose(&x, error);
    }
    free(x.spare);
    free(start);
    free(x.order);
    free(x.strata);
    return status;
}

/* ---- a data set in memory ---- */

/* Rows to be moved, of both parts. */
typedef struct loci_move {
    const uint8_t *marks; /* [rows] */
    size_t rows, tested;  /* tested: 0 = they are dropped */
    bool lost;            /* memory was short */
} loci_move;

/* Takes the marked rows out of an array [rows, size bytes], whose others close up, and returns
 * them; NULL where there are none, or memory is short. */
static void *take_rows(void *array, size_t size, loci_move *x) {
    unsigned char *kept = array;
    const unsigned char *row = array;
    if (array == NULL)
        return NULL;
    void *taken = x->tested > 0 ? loci_alloc(x->tested, size) : NULL;
    unsigned char *moved = taken;
    if (x->tested > 0 && taken == NULL) {
        x->lost = true;
        return NULL;
    }
    for (size_t i = 0; i < x->rows; i++, row += size)
        if (x->marks[i] == LOCI_TRAIN) {
            memmove(kept, row, size);
            kept += size;
        } else if (moved != NULL) {
            memcpy(moved, row, size);
            moved += size;
        }
    return taken;
}

/* The same of values that are mapped: those that are tested go to a store of their own. `error` is
 * not NULL. */
static int file_rows(loci_dataset *data, const loci_move *x, const char *where, loci_error *error) {
    loci_samples *train = &data->part[LOCI_TRAIN], *test = &data->part[LOCI_TEST];
    size_t features = data->features, kept = 0;
    loci_float_store store = loci_float_store_new(0, where);
    int status = LOCI_OK;
    for (size_t i = 0; i < x->rows && status == LOCI_OK; i++) {
        const float *row = train->values + i * features;
        float *to = train->values + kept * features;
        if (x->marks[i] == LOCI_TRAIN)
            kept++;
        else if ((to = x->tested > 0 ? loci_float_store_add(&store, features, error) : NULL) ==
                 NULL) {
            status = x->tested > 0 ? error->code : LOCI_OK;
            continue;
        }
        memmove(to, row, features * sizeof *to);
        loci_resident_touch(train, 1, features);
    }
    if (status == LOCI_OK)
        status = loci_float_store_take(&store, &test->values, &test->mapped, error);
    if (status == LOCI_OK && test->mapped > 0) {
        test->touched = calloc(1, sizeof *test->touched);
        status = test->touched == NULL ? loci_fail_memory(error, where) : LOCI_OK;
    }
    loci_float_store_free(&store);
    return status;
}

static int move_rows(loci_dataset *data, const uint8_t *marks, bool drop, const char *where,
                     loci_error *error) {
    loci_samples *train = &data->part[LOCI_TRAIN], *test = &data->part[LOCI_TEST];
    size_t tested = 0;
    for (size_t i = 0; i < train->count; i++)
        tested += marks[i] == LOCI_TEST;
    loci_move x = {.marks = marks, .rows = train->count, .tested = drop ? 0 : tested};
    int status = LOCI_OK;
    if (train->source != NULL)
        status = loci_row_file_split(train, test, marks, x.tested, where, error);
    if (status == LOCI_OK && train->mapped > 0)
        status = file_rows(data, &x, where, error);
    if (status != LOCI_OK)
        return status;
    test->bytes = take_rows(train->bytes, data->features, &x);
    if (train->mapped == 0)
        test->values = take_rows(train->values, data->features * sizeof(float), &x);
    test->labels = take_rows(train->labels, sizeof(int32_t), &x);
    test->targets = take_rows(train->targets, data->outputs * sizeof(float), &x);
    test->weights = take_rows(train->weights, sizeof(float), &x);
    if (x.lost)
        return loci_fail_memory(error, where);
    if (data->timed) {
        status = loci_events_split(train, test, marks, drop, where, error);
        if (status != LOCI_OK)
            return status;
    }
    train->count -= tested;
    test->count = x.tested;
    return LOCI_OK;
}

/* keys [rows] of what rows hold. */
static int find_keys(const loci_dataset *data, uint64_t seed, uint64_t *keys, const char *where,
                     loci_error *error) {
    const loci_samples *train = &data->part[LOCI_TRAIN];
    size_t features = data->features;
    bool bytes = loci_samples_are_bytes(train);
    uint8_t *scratch = train->source != NULL ? loci_alloc(features, 1) : NULL;
    const uint8_t *row;
    int status =
        train->source != NULL && scratch == NULL ? loci_fail_memory(error, where) : LOCI_OK;
    for (size_t i = 0; i < train->count && status == LOCI_OK; i++) {
        if (!data->timed && bytes)
            status = loci_sample_bytes(train, features, i, scratch, &row, error);
        if (status == LOCI_OK)
            keys[i] = data->timed ? loci_events_key(train, i, seed)
                      : bytes     ? loci_split_key_bytes(row, features, seed)
                                  : loci_split_key(train->values + i * features, features, seed);
        loci_resident_touch(train, 1, features);
    }
    free(scratch);
    return status;
}

int loci_dataset_split(loci_dataset *data, const loci_data_options *options, const char *where,
                       loci_error *error) {
    loci_samples *train = &data->part[LOCI_TRAIN];
    size_t rows = train->count;
    loci_error inner = {0};
    assert(!data->borrowed && data->part[LOCI_TEST].count == 0);
    uint64_t *keys = loci_alloc(rows, sizeof *keys), seed = options->split_seed;
    uint8_t *marks = loci_alloc(rows, 1);
    int status = LOCI_OK;
    if (keys == NULL || marks == NULL)
        status = loci_fail_memory(&inner, where);
    if (status == LOCI_OK)
        status = find_keys(data, seed, keys, where, &inner);
    if (status == LOCI_OK)
        status =
            loci_split_choose(marks, keys, train->labels, rows, options->test_fraction, &inner);
    free(keys);
    if (status == LOCI_OK)
        status = move_rows(data, marks, options->skip_test != 0, where, &inner);
    free(marks);
    data->parted = status == LOCI_OK && options->skip_test == 0;
    if (status == LOCI_OK)
        return LOCI_OK;
    return loci_fail(error, status, status == LOCI_E_FORMAT ? where : inner.where, "%s",
                     inner.message);
}

int loci_dataset_parted(const loci_dataset *data) {
    return data->parted;
}
