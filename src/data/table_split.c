#include "data/table_split.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/random.h"
#include "data/split.h"

void loci_table_split_free(loci_table_split *split) {
    free(split->mark);
    free(split->key);
    *split = (loci_table_split){0};
}

static uint64_t key_of_group(const loci_table *table, size_t row) {
    loci_hash hash;
    const char *name = table->groups.word[table->group[row]];
    loci_hash_begin(&hash);
    loci_hash_bytes(&hash, name, strlen(name));
    return loci_hash_end(&hash);
}

/* Whether a value that may not be missing is. */
static bool lacks_value(const loci_table_inputs *x, size_t row, const float *inputs) {
    const loci_table *table = x->table;
    bool lacks = (table->label != NULL && table->label[row] == LOCI_NO_WORD) ||
                 (table->group != NULL && table->group[row] == LOCI_NO_WORD);
    for (size_t f = 0; f < x->count && !lacks; f++)
        lacks = isnan(inputs[f]);
    for (size_t k = table->columns.inputs; k < table->stored && !lacks; k++)
        lacks = isnan(x->row[k]);
    return lacks;
}

/* Marks of the rows that are dropped, and keys of all. */
static int look_at_rows(loci_table_split *split, loci_table_inputs *x, int part, bool keys,
                        loci_error *error) {
    const loci_table *table = x->table;
    float *inputs = loci_alloc(x->count, sizeof *inputs);
    split->mark = loci_alloc(table->rows, 1);
    split->key = keys ? loci_alloc(table->rows, sizeof *split->key) : NULL;
    int status = inputs == NULL || split->mark == NULL || (keys && split->key == NULL)
                     ? loci_fail_memory(error, table->where)
                     : LOCI_OK;
    bool drop = table->missing == LOCI_MISSING_DROP;
    for (size_t row = 0; row < table->rows && status == LOCI_OK; row++) {
        split->mark[row] = (uint8_t)part;
        if (drop || (keys && table->group == NULL))
            status = loci_table_inputs_read(x, row, inputs, error);
        if (status == LOCI_OK && drop && lacks_value(x, row, inputs))
            split->mark[row] = LOCI_ROW_DROPPED;
        else if (status == LOCI_OK)
            split->count[part]++;
        if (status == LOCI_OK && keys && split->mark[row] != LOCI_ROW_DROPPED)
            split->key[row] = table->group != NULL ? key_of_group(table, row)
                                                   : loci_split_key(inputs, x->count, 0);
    }
    free(inputs);
    return status;
}

static int note_dropped(const loci_table *table, size_t kept, loci_dataset *data,
                        loci_error *error) {
    size_t dropped = table->rows - kept;
    if (kept == 0)
        return loci_fail(error, LOCI_E_FORMAT, table->where,
                         "in each row a value is missing; --without leaves a column out, --missing "
                         "mean puts the column's mean there");
    if (dropped == 0)
        return LOCI_OK;
    return loci_dataset_note_down(data, "%s: %zu of %zu rows have missing values and are left out",
                                  table->where, dropped, table->rows) == LOCI_OK
               ? LOCI_OK
               : loci_fail_memory(error, table->where);
}

int loci_table_split_none(loci_table_split *split, loci_table_inputs *x, int part,
                          loci_dataset *data, loci_error *error) {
    int status = look_at_rows(split, x, part, part == LOCI_TRAIN, error);
    return status == LOCI_OK ? note_dropped(x->table, split->count[part], data, error) : status;
}

/* As version 0.1: a seeded choice of row numbers. */
static int choose_by_number(loci_table_split *split, const loci_table *table,
                            const loci_data_options *options, loci_error *error) {
    size_t rows = table->rows, tested = (size_t)((double)rows * options->test_fraction + 0.5);
    tested = tested < 1 ? 1 : tested > rows - 1 ? rows - 1 : tested;
    uint32_t *order = loci_alloc(rows, sizeof *order);
    if (order == NULL)
        return loci_fail_memory(error, table->where);
    const loci_random stream = {options->split_seed, LOCI_RANDOM_SPLIT, 0};
    loci_random_permutation(&stream, order, (uint32_t)rows);
    for (size_t i = 0; i < tested; i++)
        split->mark[order[i]] = LOCI_TEST;
    split->count[LOCI_TRAIN] = rows - tested;
    split->count[LOCI_TEST] = tested;
    free(order);
    return LOCI_OK;
}

/* Rows that are kept, and only these, are shared out by their keys; all keys as the seed has them.
 */
static int choose_by_content(loci_table_split *split, const loci_table *table, const uint32_t *rank,
                             const loci_data_options *options, loci_dataset *data,
                             loci_error *error) {
    size_t kept = split->count[LOCI_TRAIN], n = 0;
    uint64_t *key = loci_alloc(kept, sizeof *key);
    uint8_t *mark = loci_alloc(kept, 1);
    bool classes = table->label != NULL && table->group == NULL;
    int32_t *label = classes ? loci_alloc(kept, sizeof *label) : NULL;
    int status = key == NULL || mark == NULL || (classes && label == NULL)
                     ? loci_fail_memory(error, table->where)
                     : LOCI_OK;
    for (size_t row = 0; row < table->rows && status == LOCI_OK; row++) {
        if (split->mark[row] == LOCI_ROW_DROPPED)
            continue;
        key[n] = loci_split_mix(split->key[row], options->split_seed);
        if (classes)
            label[n] = (int32_t)rank[table->label[row]];
        n++;
    }
    if (status == LOCI_OK)
        status = loci_split_choose(mark, key, label, kept, options->test_fraction, error);
    if (status == LOCI_E_FORMAT) { /* no row can be spared */
        memset(mark, LOCI_TRAIN, kept);
        status = loci_dataset_note_down(data,
                                        "%s: none of the %zu rows is kept for testing, as each "
                                        "class needs one to train on; --test FILE names others",
                                        table->where, kept) == LOCI_OK
                     ? LOCI_OK
                     : loci_fail_memory(error, table->where);
    }
    split->count[0] = split->count[1] = n = 0;
    for (size_t row = 0; row < table->rows && status == LOCI_OK; row++)
        if (split->mark[row] != LOCI_ROW_DROPPED)
            split->count[split->mark[row] = mark[n++]]++;
    free(key);
    free(mark);
    free(label);
    return status;
}

int loci_table_split_rows(loci_table_split *split, loci_table_inputs *x, const uint32_t *rank,
                          const loci_data_options *options, loci_dataset *data, loci_error *error) {
    const loci_table *table = x->table;
    bool by_number = options->reading == LOCI_READING_FIRST;
    if (!(options->test_fraction > 0 && options->test_fraction < 1))
        return loci_fail(error, LOCI_E_ARGUMENT, "test fraction", "must be between 0 and 1");
    int status = look_at_rows(split, x, LOCI_TRAIN, !by_number, error);
    if (status == LOCI_OK)
        status = note_dropped(table, split->count[LOCI_TRAIN], data, error);
    size_t kept = split->count[LOCI_TRAIN];
    if (status == LOCI_OK && (kept < 2 || kept > UINT32_MAX))
        return loci_fail(error, LOCI_E_FORMAT, table->where,
                         "%zu row%s%s cannot be split in two parts; --test FILE has a test part of "
                         "its own",
                         kept, kept == 1 ? "" : "s",
                         kept < table->rows ? " without missing values" : "");
    if (status != LOCI_OK)
        return status;
    return by_number ? choose_by_number(split, table, options, error)
                     : choose_by_content(split, table, rank, options, data, error);
}
