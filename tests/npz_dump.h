/* Arrays under their names, for another implementation to compare with. */
#ifndef LOCI_TESTS_NPZ_DUMP_H
#define LOCI_TESTS_NPZ_DUMP_H

#include "spiking_fixture.h"

#include "data/npz.h"

enum { MOST_ARRAYS = 2 * LOCI_MAX_TENSORS + 2 * LOCI_MAX_PAIRS + 4 };

struct dump {
    loci_npz_array arrays[MOST_ARRAYS];
    char names[MOST_ARRAYS][64];
    void *owned[MOST_ARRAYS];
    size_t count;
};

/* Room for an array of the dump, to be filled. */
static inline float *put(struct dump *d, const char *name, uint32_t rank, size_t a, size_t b,
                         size_t c) {
    size_t i = d->count++;
    float *data = d->owned[i] = loci_alloc(a * b * c, sizeof *data);
    snprintf(d->names[i], sizeof d->names[i], "%s", name);
    d->arrays[i] = (loci_npz_array){d->names[i], "<f4", rank, {a, b, c}, data};
    return data;
}

/* Every parameter tensor, and its gradient. */
static inline void put_tensors(struct dump *d, const fixture *f, const float *gradient) {
    const loci_tensor *t;
    for (size_t n = 0; (t = loci_network_tensor(f->network, n)) != NULL; n++) {
        char name[64];
        snprintf(name, sizeof name, "%s.gradient", t->name);
        memcpy(put(d, t->name, t->rank, t->shape[0], t->shape[1], t->shape[2]),
               f->network->parameters + t->offset, t->count * sizeof(float));
        memcpy(put(d, name, t->rank, t->shape[0], t->shape[1], t->shape[2]), gradient + t->offset,
               t->count * sizeof(float));
    }
}

/* Writes them, and lets go of them. */
static inline void write_dump(struct dump *d, const char *path) {
    loci_error error = {0};
    if (loci_npz_write(path, d->arrays, d->count, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    for (size_t i = 0; i < d->count; i++)
        free(d->owned[i]);
    d->count = 0;
}

#endif
