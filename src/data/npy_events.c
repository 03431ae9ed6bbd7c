/* Temporal data from .npy arrays. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/arrays.h"
#include "data/event_list.h"

/* An array that is read, and what it becomes. */
typedef struct loci_gathering {
    const loci_npy *npy;
    const unsigned char *bytes;
    size_t recorded, channels; /* of the array */
    size_t steps, features, grouped;
    uint32_t *sum; /* [steps, features] of one sample */
    const char *where;
} loci_gathering;

static int check_shape(const loci_dataset *data, const loci_npy *npy, const char *where,
                       loci_error *error) {
    if (npy->rank != 3)
        return loci_fail(error, LOCI_E_FORMAT, where,
                         "an array of %u dimensions; events have three, [n, steps, channels]",
                         npy->rank);
    if (data->features != 0 && npy->shape[1] != data->recorded_steps)
        return loci_fail(error, LOCI_E_FORMAT, where,
                         "samples of %zu time steps, but those before have %u", npy->shape[1],
                         data->recorded_steps);
    if (data->steps > npy->shape[1])
        return loci_fail(error, LOCI_E_ARGUMENT, where,
                         "has %zu time steps, which cannot become %u; give --time-steps %zu, or "
                         "fewer",
                         npy->shape[1], data->steps, npy->shape[1]);
    return LOCI_OK;
}

/* The events of one item of the array; the whole numbers there are of a channel and a step. */
static int add_item(loci_gathering *x, size_t sample, size_t i, double many, loci_error *error) {
    if (!(many >= 0 && many <= LOCI_MOST_EVENTS) || many != (double)(uint32_t)many)
        return loci_fail(error, LOCI_E_FORMAT, x->where,
                         "sample %zu holds %g; events are counted, 0 to %d", sample + 1, many,
                         LOCI_MOST_EVENTS);
    size_t step = i / x->channels * x->steps / x->recorded, channel = i % x->channels / x->grouped;
    uint32_t *sum = &x->sum[step * x->features + channel];
    if (*sum <= LOCI_MOST_EVENTS) /* more than these are refused, however many: no sum overflows */
        *sum += (uint32_t)many;
    return LOCI_OK;
}

static int add_sample(loci_gathering *x, size_t sample, loci_event_list *list, loci_error *error) {
    size_t each = x->recorded * x->channels, first = sample * each;
    int status = LOCI_OK;
    memset(x->sum, 0, x->steps * x->features * sizeof *x->sum);
    for (size_t i = 0; i < each && status == LOCI_OK; i++) {
        double many = loci_npy_number(x->npy, x->bytes, first + i);
        if (many != 0)
            status = add_item(x, sample, i, many, error);
    }
    for (size_t i = 0; i < x->steps * x->features && status == LOCI_OK; i++)
        if (x->sum[i] > 0)
            status = loci_event_list_add(list, (uint32_t)i, x->sum[i], error);
    loci_event_list_close(list);
    return status;
}

/* What a person should know of how arrays became samples. */
static int tell(loci_dataset *data, const char *where, loci_error *error) {
    int status = LOCI_OK;
    if (data->steps != data->recorded_steps)
        status = loci_dataset_note_down(data, "%s: %u time steps are gathered into %u", where,
                                        data->recorded_steps, data->steps);
    return status == LOCI_OK ? LOCI_OK : loci_fail_memory(error, where);
}

int loci_npy_events(loci_dataset *data, loci_samples *part, const loci_array *array,
                    loci_error *error) {
    loci_npy npy;
    loci_event_list list;
    bool first = data->features == 0;
    int status = loci_npy_parse(array->bytes, array->size, array->where, &npy, error);
    if (status == LOCI_OK)
        status = check_shape(data, &npy, array->where, error);
    size_t grouped = data->grouped > 1 ? data->grouped : 1;
    size_t channels = status == LOCI_OK ? npy.shape[2] : 0;
    if (status == LOCI_OK)
        status = loci_events_set_size(data, data->steps > 0 ? data->steps : npy.shape[1],
                                      channels / grouped + (channels % grouped > 0), array->where,
                                      error);
    if (status != LOCI_OK)
        return status;
    data->recorded_steps = (uint32_t)npy.shape[1];
    if (first)
        status = tell(data, array->where, error);
    loci_gathering x = {.npy = &npy,
                        .bytes = array->bytes,
                        .recorded = npy.shape[1],
                        .channels = channels,
                        .steps = data->steps,
                        .features = data->features,
                        .grouped = grouped,
                        .where = array->where};
    /* an array of no samples bears out no size of one */
    x.sum = loci_alloc(npy.shape[0] > 0 ? x.steps * x.features : 0, sizeof *x.sum);
    if (status == LOCI_OK)
        status = x.sum == NULL
                     ? loci_fail_memory(error, array->where)
                     : loci_event_list_begin(&list, part, npy.shape[0], array->where, error);
    for (size_t i = 0; i < npy.shape[0] && status == LOCI_OK; i++)
        status = add_sample(&x, i, &list, error);
    free(x.sum);
    if (status == LOCI_OK)
        loci_event_list_end(&list);
    return status;
}
