#include "data/table_part.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/hold_out.h"

int loci_table_means(loci_table *table, loci_table_inputs *x, const loci_table_split *split,
                     loci_error *error) {
    double *sum = loci_alloc(x->count, sizeof *sum);
    size_t *count = loci_alloc(x->count, sizeof *count), f = 0;
    float *inputs = loci_alloc(x->count, sizeof *inputs);
    int status = sum == NULL || count == NULL || inputs == NULL
                     ? loci_fail_memory(error, table->where)
                     : LOCI_OK;
    for (size_t row = 0; row < table->rows && status == LOCI_OK; row++) {
        if (split->mark[row] != LOCI_TRAIN)
            continue;
        status = loci_table_inputs_read(x, row, inputs, error);
        for (size_t i = 0; i < x->count && status == LOCI_OK; i++) {
            bool there = !isnan(inputs[i]);
            sum[i] += there ? (double)inputs[i] : 0;
            count[i] += there;
        }
    }
    for (size_t c = 0; c < table->schema.count && status == LOCI_OK; c++) {
        loci_input_column *column = &table->schema.column[c];
        size_t of_it = loci_column_inputs(column);
        column->mean = loci_alloc(of_it, sizeof *column->mean);
        if (column->mean == NULL)
            status = loci_fail_memory(error, table->where);
        for (size_t i = 0; i < of_it && status == LOCI_OK; i++, f++)
            column->mean[i] = count[f] > 0 ? (float)(sum[f] / (double)count[f]) : 0;
    }
    free(sum);
    free(count);
    free(inputs);
    return status;
}

/* ---- samples ---- */

/* A part under way. */
typedef struct building {
    loci_samples *part;
    loci_float_store numbers; /* of values; bytes are written where they stay */
    size_t next;
} building;

static int take_memory(loci_samples *part, size_t count, const loci_table_inputs *x,
                       loci_error *error) {
    const loci_table *table = x->table;
    bool weighed = table->columns.weight != SIZE_MAX;
    size_t targets = table->columns.targets, total;
    if (__builtin_mul_overflow(count, x->count, &total))
        return loci_fail_memory(error, table->where);
    part->bytes = table->schema.pixels ? loci_alloc(total, 1) : NULL;
    part->labels = table->label != NULL ? loci_alloc(count, sizeof *part->labels) : NULL;
    part->targets = targets > 0 ? loci_alloc(count * targets, sizeof *part->targets) : NULL;
    part->weights = weighed ? loci_alloc(count, sizeof *part->weights) : NULL;
    if ((table->schema.pixels && part->bytes == NULL) ||
        (table->label != NULL && part->labels == NULL) || (targets > 0 && part->targets == NULL) ||
        (weighed && part->weights == NULL))
        return loci_fail_memory(error, table->where);
    return LOCI_OK;
}

static void put_means(const loci_schema *schema, float *inputs) {
    for (size_t c = 0; c < schema->count; c++) {
        const loci_input_column *column = &schema->column[c];
        for (size_t i = 0; i < loci_column_inputs(column); i++, inputs++)
            if (isnan(*inputs))
                *inputs = column->mean != NULL ? column->mean[i] : 0;
    }
}

static int take_row(building *to, loci_table_inputs *x, size_t row, const uint32_t *rank,
                    float *scratch, loci_error *error) {
    const loci_table *table = x->table;
    loci_samples *part = to->part;
    bool pixels = table->schema.pixels;
    size_t n = to->next++, targets = table->columns.targets;
    float *inputs = pixels ? scratch : loci_float_store_add(&to->numbers, x->count, error);
    if (inputs == NULL)
        return LOCI_E_MEMORY;
    int status = loci_table_inputs_read(x, row, inputs, error);
    if (status != LOCI_OK)
        return status;
    put_means(&table->schema, inputs);
    for (size_t f = 0; pixels && f < x->count; f++)
        part->bytes[n * x->count + f] = (uint8_t)inputs[f];
    const float *rest = x->row + table->columns.inputs;
    if (targets > 0)
        memcpy(part->targets + n * targets, rest, targets * sizeof *rest);
    if (part->weights != NULL)
        part->weights[n] = rest[targets];
    if (part->labels != NULL)
        part->labels[n] = table->label[row] == LOCI_NO_WORD ? -1 : (int32_t)rank[table->label[row]];
    return LOCI_OK;
}

/* A part that is not wanted has no rows. */
static int finish_part(loci_samples *part, building *from, loci_error *error) {
    part->count = from->next;
    if (part->bytes != NULL || from->next == 0)
        return LOCI_OK;
    int status = loci_float_store_take(&from->numbers, &part->values, &part->mapped, error);
    if (status != LOCI_OK || part->mapped == 0)
        return status;
    part->touched = calloc(1, sizeof *part->touched);
    return part->touched != NULL ? LOCI_OK : loci_fail_memory(error, "table");
}

int loci_table_fill(loci_dataset *data, loci_table_inputs *x, const loci_table_split *split,
                    const uint32_t *rank, loci_error *error) {
    const loci_table *table = x->table;
    building to[2];
    loci_error inner = {0};
    const size_t shape[2] = {table->rows, x->count};
    data->full_range = true; /* bytes of a table are pixels that were called so */
    int status = loci_dataset_set_shape(data, 2, shape, table->schema.pixels, table->where, &inner);
    float *scratch = loci_alloc(x->count, sizeof *scratch);
    if (status == LOCI_OK && scratch == NULL)
        status = loci_fail_memory(&inner, table->where);
    for (int s = 0; s < 2; s++) {
        to[s] = (building){&data->part[s], loci_float_store_new(0, table->where), 0};
        if (status == LOCI_OK && split->count[s] > 0)
            status = take_memory(&data->part[s], split->count[s], x, &inner);
    }
    for (size_t row = 0; row < table->rows && status == LOCI_OK; row++) {
        int s = split->mark[row];
        if (s != LOCI_ROW_DROPPED && split->count[s] > 0 &&
            take_row(&to[s], x, row, rank, scratch, &inner) != LOCI_OK)
            status = inner.code;
    }
    for (int s = 0; s < 2; s++) {
        if (status == LOCI_OK && split->count[s] > 0)
            status = finish_part(&data->part[s], &to[s], &inner);
        loci_float_store_free(&to[s].numbers);
    }
    free(scratch);
    if (status != LOCI_OK && error != NULL)
        *error = inner;
    return status;
}

/* ---- held out ---- */

static const char *group_name(const loci_table *table, const loci_table_split *split,
                              uint64_t key) {
    for (size_t row = 0; row < table->rows; row++)
        if (split->key[row] == key)
            return table->groups.word[table->group[row]];
    return "";
}

int loci_table_hold_out(loci_dataset *data, const loci_table_inputs *x,
                        const loci_table_split *split, const loci_data_options *options,
                        loci_error *error) {
    const loci_table *table = x->table;
    size_t n = 0, count = split->count[LOCI_TRAIN];
    data->row_key = loci_alloc(count, sizeof *data->row_key);
    if (data->row_key == NULL)
        return loci_fail_memory(error, table->where);
    for (size_t row = 0; row < table->rows; row++)
        if (split->mark[row] == LOCI_TRAIN)
            data->row_key[n++] = split->key[row];
    data->validation_groups = options->validation_groups;
    if (options->validation_groups == 0)
        return LOCI_OK;
    uint64_t *held;
    size_t groups, rows;
    int status = loci_hold_out_groups(data, &held, &groups, &rows, error);
    if (status != LOCI_OK)
        return status;
    char list[120] = "", own[32];
    size_t used = 0;
    for (size_t i = 0; i < groups && used < 60; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? ", " : "",
                                 LOCI_SHOWN(30, group_name(table, split, held[i])));
    free(held);
    status = loci_dataset_note_down(
        data, "%s: held out for validation: %zu row%s with %s %s%s", table->where, rows,
        rows == 1 ? "" : "s",
        LOCI_SHOWN(40, loci_columns_name(&table->columns, table->columns.group, own)), list,
        used >= 60 ? ", ..." : "");
    return status == LOCI_OK ? LOCI_OK : loci_fail_memory(error, table->where);
}
