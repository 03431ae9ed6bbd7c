#include "data/samples.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

int loci_samples_from(loci_samples *part, const loci_sample_source *source, loci_error *error) {
    part->source = malloc(sizeof *part->source);
    if (part->source == NULL) {
        source->free(source->context);
        return loci_fail_memory(error, "samples");
    }
    *part->source = *source;
    part->source->failed = LOCI_OK;
    return LOCI_OK;
}

void loci_samples_drop_source(loci_samples *part) {
    if (part->source != NULL)
        part->source->free(part->source->context);
    free(part->source);
    part->source = NULL;
}

void loci_samples_expect(const loci_samples *part, const uint32_t *which, size_t count) {
    for (size_t i = 0; part->source != NULL && part->source->expect != NULL && i < count; i++)
        part->source->expect(part->source->context, which[i]);
}

int loci_samples_check(const loci_dataset *data, loci_error *error) {
    for (int s = 0; s < 2; s++) {
        const loci_sample_source *source = data->part[s].source;
        if (source != NULL && source->failed != LOCI_OK)
            return loci_fail(error, source->failed, data->name,
                             "cannot be read; the file has changed");
    }
    return LOCI_OK;
}

/* Of a failure zeros are left. */
static int read_sample(const loci_samples *part, size_t size, size_t i, void *out,
                       loci_error *error) {
    int status = part->source->read(part->source->context, i, out, error);
    if (status != LOCI_OK) {
        memset(out, 0, size);
        part->source->failed = status;
    }
    return status;
}

int loci_sample_bytes(const loci_samples *part, size_t features, size_t i, uint8_t *scratch,
                      const uint8_t **bytes, loci_error *error) {
    *bytes = part->source != NULL ? scratch : part->bytes + i * features;
    return part->source != NULL ? read_sample(part, features, i, scratch, error) : LOCI_OK;
}

int loci_sample_numbers(const loci_samples *part, size_t features, size_t i, float *out,
                        loci_error *error) {
    if (!loci_samples_are_bytes(part)) {
        if (part->source != NULL)
            return read_sample(part, features * sizeof *out, i, out, error);
        memcpy(out, part->values + i * features, features * sizeof *out);
        return LOCI_OK;
    }
    /* behind the numbers to come, which never reach a byte before it was taken */
    uint8_t *scratch = (uint8_t *)(out + features) - features;
    const uint8_t *bytes;
    int status = loci_sample_bytes(part, features, i, scratch, &bytes, error);
    for (size_t f = 0; f < features; f++)
        out[f] = (float)bytes[f];
    return status;
}
