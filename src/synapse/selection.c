#include "synapse/selection.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

int loci_selection_create(loci_selection **out, size_t n, size_t m, loci_error *error) {
    loci_selection *selection = calloc(1, sizeof *selection);
    if (selection == NULL)
        return loci_fail_memory(error, "pruning");
    *selection =
        (loci_selection){.n = n, .m = m, .ld = loci_mask_leading(m), .count = n * m, .cut = -1};
    selection->mask = loci_alloc(n, selection->ld);
    selection->strength = loci_alloc(n, selection->ld * sizeof(float));
    if (selection->mask == NULL || selection->strength == NULL) {
        loci_selection_free(selection);
        return loci_fail_memory(error, "pruning");
    }
    for (size_t i = 0; i < n; i++)
        memset(selection->mask + i * selection->ld, 1, m);
    *out = selection;
    return LOCI_OK;
}

void loci_selection_free(loci_selection *selection) {
    if (selection == NULL)
        return;
    free(selection->mask);
    free(selection->strength);
    free(selection);
}

size_t loci_selection_bytes(const loci_selection *selection) {
    return selection->n * selection->ld * (sizeof *selection->mask + sizeof *selection->strength);
}

int loci_selection_measure(loci_selection *selection, const loci_wiring *w, enum loci_rank rank,
                           loci_pool *pool, loci_error *error) {
    return loci_strength_measure(w, rank, selection->strength, selection->ld, pool, error);
}

/* Keeps what is stronger than the cut; returns how many. */
static size_t keep_stronger(loci_selection *selection, float cut) {
    size_t above = 0;
    for (size_t i = 0; i < selection->n; i++) {
        const float *restrict strength = selection->strength + i * selection->ld;
        uint8_t *restrict mask = selection->mask + i * selection->ld;
        uint32_t here = 0;
        for (size_t j = 0; j < selection->m; j++) {
            uint8_t stronger = strength[j] > cut;
            mask[j] = stronger;
            here += stronger;
        }
        above += here;
    }
    return above;
}

void loci_selection_reached(loci_selection *selection, float cut) {
    selection->count = keep_stronger(selection, cut);
    selection->cut = cut;
}

void loci_selection_clear_others(const loci_selection *selection, float *weights) {
    for (size_t i = 0; i < selection->n; i++)
        for (size_t j = 0; j < selection->m; j++)
            if (selection->mask[i * selection->ld + j] == 0)
                weights[i * selection->m + j] = 0;
}

bool loci_selection_apply(loci_selection *selection, float cut, size_t count) {
    size_t above = keep_stronger(selection, cut);
    if (above > count)
        return false;
    size_t ties = count - above; /* of those equal to the cut */
    for (size_t i = 0; i < selection->n && ties > 0; i++)
        for (size_t j = 0; j < selection->m && ties > 0; j++)
            if (selection->strength[i * selection->ld + j] == cut) {
                selection->mask[i * selection->ld + j] = 1;
                ties--;
            }
    selection->cut = cut;
    selection->count = count;
    return ties == 0;
}
