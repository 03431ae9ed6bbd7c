/* Taps of connections that take time, in floats, by the operations of the C source. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "codegen/export.h"
#include "codegen/law_real.h"
#include "network/kept.h"

/* Two sites: what they are worth, charge of the axon left out, and how many steps it takes, counted
 * from the first. */
struct meeting {
    float worth, late;
};

static float distance(const loci_wiring *w, size_t ia, size_t jb, float *square) {
    *square = w->base;
    for (size_t x = 0; x < w->coordinates; x++) {
        float d = w->p[ia * w->coordinates + x] - w->q[jb * w->coordinates + x];
        *square += d * d;
    }
    return sqrtf(*square);
}

/* False: they are out of each other's range. */
static bool meet(const loci_wiring *w, const loci_delay *delay, float longest, size_t ia, size_t jb,
                 struct meeting *out) {
    float square, r = distance(w, ia, jb, &square), late = r * delay->inverse_speed;
    float closeness = loci_codegen_law_real(w, square) - w->cutoff;
    late = late - (float)delay->first > 0 ? late - (float)delay->first : 0;
    out->late = late < longest ? late : longest;
    out->worth = w->e != NULL ? w->e[jb] * closeness : closeness;
    return w->cutoff <= 0 || closeness > 0;
}

uint32_t loci_codegen_taps(const loci_export *export, uint32_t p) {
    const loci_wiring *w = &export->acting.wiring[p];
    const loci_delay delay = loci_acting_delay(&export->acting, p);
    float most = 0;
    struct meeting met;
    if (!export->delays)
        return 1;
    for (size_t ia = 0; ia < w->n * w->axons; ia++)
        for (size_t jb = 0; jb < w->m * w->dendrites; jb++) {
            bool own = export->pair[p].own && ia / w->axons == jb / w->dendrites;
            if (!own && meet(w, &delay, (float)(delay.taps - 1), ia, jb, &met))
                most = fmaxf(most, met.late);
        }
    return (uint32_t)ceilf(most) + 1;
}

/* One connection: taps are `stride` apart. */
static void expand(const loci_export *export, uint32_t p, size_t i, size_t j, float *taps) {
    const loci_wiring *w = &export->acting.wiring[p];
    const loci_delay delay = loci_acting_delay(&export->acting, p);
    float longest = (float)(export->pair[p].taps - 1);
    for (size_t ia = i * w->axons; ia < (i + 1) * w->axons; ia++)
        for (size_t jb = j * w->dendrites; jb < (j + 1) * w->dendrites; jb++) {
            struct meeting met;
            if (!meet(w, &delay, longest, ia, jb, &met))
                continue;
            float weight = w->c != NULL ? w->c[ia] * met.worth : met.worth;
            uint32_t tap = (uint32_t)met.late;
            float part = met.late - (float)tap, later = part * weight;
            taps[tap * w->m] += weight - later;
            if (part > 0)
                taps[(tap + 1) * w->m] += later;
        }
}

int loci_codegen_expand_taps(loci_export *export, uint32_t p, loci_error *error) {
    loci_codegen_pair *pair = &export->pair[p];
    size_t n = pair->n, m = pair->m;
    bool pruned = export->acting.kept[p] != NULL;
    loci_arena arena = {0};
    uint8_t *mask = pruned ? loci_arena_take(&arena, n, m) : NULL;
    int status = loci_arena_status(&arena, "export", error);
    if (status != LOCI_OK)
        return status;
    if (pruned)
        loci_kept_count(&export->acting, p, mask);
    memset(pair->real.w, 0, n * pair->width * sizeof *pair->real.w);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++)
            if ((!pruned || mask[i * m + j] != 0) && !(pair->own && i == j))
                expand(export, p, i, j, pair->real.w + i * pair->width + j);
    loci_arena_clear(&arena);
    return LOCI_OK;
}
