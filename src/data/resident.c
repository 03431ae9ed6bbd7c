#include "data/resident.h"

#include <sys/mman.h>

/* Bytes that may count as in use before all are let go. The kernel maps the pages around the one
 * that is looked at, too: 64 KB. */
enum { MOST = LOCI_RESIDENT_BYTES, AROUND = 1 << 16 };

void loci_resident_rest(const loci_samples *part) {
    if (part->mapped > 0)
        madvise(part->values, part->mapped, MADV_DONTNEED); /* of a file: the next look reads it */
}

void loci_resident_touch(const loci_samples *part, size_t samples, size_t features) {
    if (part->mapped == 0 || part->touched == NULL)
        return;
    size_t each = features * sizeof(float), bytes = samples * (each > AROUND ? each : AROUND);
    size_t before = atomic_fetch_add_explicit(part->touched, bytes, memory_order_relaxed);
    if (before / MOST != (before + bytes) / MOST)
        loci_resident_rest(part);
}
