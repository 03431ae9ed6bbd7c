#include "data/coding.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/random.h"

uint32_t loci_latency(float x, uint32_t steps, double span) {
    if (!(x > 0))
        return steps;
    float last = (float)(steps - 1);
    return x >= 1 ? 0 : (uint32_t)lroundf((1 - x) * (span == 1 ? last : (float)(span * last)));
}

void loci_events_clear(loci_events *events) {
    free(events->start);
    free(events->index);
    free(events->value);
    *events = (loci_events){0};
}

int loci_events_room(loci_events *e, size_t rows, size_t entries, loci_error *error) {
    if (entries > UINT32_MAX)
        return loci_fail(error, LOCI_E_MEMORY, "coding",
                         "a batch of more than 2^32 spikes; use a smaller --batch");
    if (rows + 1 > e->rows_room) {
        uint32_t *start = realloc(e->start, (rows + 1) * sizeof *start);
        if (start == NULL)
            return loci_fail_memory(error, "coding");
        e->start = start;
        e->rows_room = rows + 1;
    }
    if (entries > e->entries_room) {
        size_t room = entries + entries / 4 + 1;
        free(e->index);
        free(e->value);
        e->index = malloc(room * sizeof *e->index);
        e->value = malloc(room * sizeof *e->value);
        e->entries_room = e->index == NULL || e->value == NULL ? 0 : room;
        if (e->entries_room == 0)
            return loci_fail_memory(error, "coding");
        for (size_t i = 0; i < room; i++)
            e->value[i] = 1;
    }
    return LOCI_OK;
}

/* The inputs of one sample that spike in step t, appended from `end` on; the new end. */
static uint32_t poisson_step(loci_events *e, const loci_sparse *x, size_t sample,
                             const loci_random *stream, uint64_t identity, uint32_t steps,
                             uint32_t t, uint32_t end) {
    uint32_t words[4] = {0};
    uint32_t first = x->start[sample], last = x->end[sample];
    uint64_t block = (identity * steps + t) << 22; /* of at most 2^24 inputs, four a draw */
    for (uint32_t k = first; k < last; k++) {
        uint32_t draw = k - first;
        if (draw % 4 == 0)
            loci_random_words(stream, block + draw / 4, words);
        e->index[end] = x->index[k];
        end += (float)(words[draw % 4] >> 8) * 0x1p-24f < x->value[k];
    }
    return end;
}

static void code_poisson(loci_events *e, const loci_coding_options *options, const loci_sparse *x,
                         const uint32_t *identity, uint32_t round) {
    const loci_random stream = {options->seed, LOCI_RANDOM_POISSON, round};
    uint32_t end = 0;
    for (size_t sample = 0; sample < x->rows; sample++)
        for (uint32_t t = 0; t < options->steps; t++) {
            e->start[sample * options->steps + t] = end;
            end = poisson_step(e, x, sample, &stream, identity[sample], options->steps, t, end);
        }
    e->start[options->steps * x->rows] = end;
}

static void code_latency(loci_events *e, const loci_coding_options *options, const loci_sparse *x) {
    uint32_t end = 0;
    double span = options->span > 0 ? options->span : 1;
    for (size_t sample = 0; sample < x->rows; sample++)
        for (uint32_t t = 0; t < options->steps; t++) {
            e->start[sample * options->steps + t] = end;
            for (uint32_t k = x->start[sample]; k < x->end[sample]; k++)
                if (loci_latency(x->value[k], options->steps, span) == t)
                    e->index[end++] = x->index[k];
        }
    e->start[options->steps * x->rows] = end;
}

int loci_code(loci_events *e, const loci_coding_options *options, const loci_sparse *x,
              const uint32_t *identity, uint32_t round, loci_error *error) {
    size_t entries = x->entries;
    /* one place more than can be filled: poisson_step() writes before it knows whether to keep */
    size_t most =
        options->coding == LOCI_CODING_POISSON ? entries * options->steps + 1 : entries + 1;
    int status = loci_events_room(e, x->rows * options->steps, most, error);
    if (status != LOCI_OK)
        return status;
    if (options->coding == LOCI_CODING_POISSON)
        code_poisson(e, options, x, identity, round);
    else
        code_latency(e, options, x);
    return LOCI_OK;
}
