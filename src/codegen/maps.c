#include "codegen/maps.h"

#include <string.h>

#include "base/error.h"
#include "network/maps.h"

/* Sides of grids are kept in 16 bits. */
enum { LONGEST_SIDE = 65535 };

int loci_codegen_check_maps(const loci_spec *spec, loci_error *error) {
    if (spec->maps_count == 0)
        return LOCI_OK;
    if (loci_spec_spikes(spec))
        return loci_fail(error, LOCI_E_UNSUPPORTED, "export",
                         "maps that spike are not written as C; train maps with --neuron relu");
    if (spec->width > LONGEST_SIDE || spec->height > LONGEST_SIDE)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "export",
                         "an image of %u x %u is longer than the %d places that maps as C have",
                         spec->height, spec->width, LONGEST_SIDE);
    return LOCI_OK;
}

size_t loci_codegen_kept_rows(const loci_stencil *stencil) {
    size_t rows = (stencil->pool - 1) * stencil->stride + stencil->window;
    return rows < stencil->height ? rows : stencil->height;
}

size_t loci_codegen_kept_numbers(const loci_export *export, uint32_t l) {
    size_t count = 0;
    for (uint32_t k = 0; k < l && k < export->spec->maps_count; k++) {
        const loci_stencil stencil = loci_stencil_of(export->spec, k);
        count += loci_codegen_kept_rows(&stencil) * stencil.width * stencil.in;
    }
    return count;
}

size_t loci_codegen_stencil_numbers(const loci_export *export, uint32_t l) {
    size_t count = 0;
    for (uint32_t k = 0; k < l && k < export->spec->maps_count; k++)
        count += export->pair[k].n * export->pair[k].m;
    return export->options.mode == LOCI_EXPORT_POSITIONS ? count : 0;
}

size_t loci_codegen_widest_maps(const loci_export *export) {
    size_t most = 0;
    for (uint32_t k = 0; k < export->spec->maps_count; k++)
        most = export->spec->maps[k] > most ? export->spec->maps[k] : most;
    return most;
}

/* Places along one side at which place `at` of a window lies on a grid of that side. */
static size_t places_on(size_t side, size_t at, const loci_stencil *stencil) {
    size_t all = loci_conv_places(side, stencil->stride) / stencil->pool * stencil->pool;
    size_t half = stencil->window / 2, count = 0;
    for (size_t p = 0; p < all; p++) {
        size_t place = p * stencil->stride + at;
        count += place >= half && place - half < side;
    }
    return count;
}

double loci_codegen_uses(const loci_export *export, uint32_t l, size_t i) {
    if (!loci_has_stencil(export->spec, l))
        return 1;
    const loci_stencil stencil = loci_stencil_of(export->spec, l);
    size_t at = i / stencil.in;
    return (double)places_on(stencil.height, at / stencil.window, &stencil) *
           (double)places_on(stencil.width, at % stencil.window, &stencil);
}

/* Numbers of all patches together: as many as moments are soon made of. */
enum { PATCH_NUMBERS = 1 << 22 };

/* Places that a stencil is laid over and that something follows from. */
static size_t laid_over(const loci_stencil *stencil) {
    const loci_maxpool pool = loci_stencil_pool(stencil);
    return (pool.height / pool.side) * (pool.width / pool.side) * pool.side * pool.side;
}

size_t loci_codegen_patches(const loci_export *export, uint32_t l, size_t samples) {
    if (!loci_has_stencil(export->spec, l))
        return 0;
    const loci_stencil stencil = loci_stencil_of(export->spec, l);
    size_t all = samples * laid_over(&stencil),
           most = PATCH_NUMBERS / loci_stencil_entries(&stencil);
    most = most > 0 ? most : 1;
    return all < most ? all : most;
}

/* What lies under a stencil at a place; beyond the edge are zeros. */
static void gather(const loci_stencil *s, const int32_t *image, size_t row, size_t column,
                   int32_t *out) {
    size_t half = s->window / 2;
    memset(out, 0, loci_stencil_entries(s) * sizeof *out);
    for (size_t k = 0; k < s->window * s->window; k++) {
        size_t y = row * s->stride + k / s->window - half;
        size_t x = column * s->stride + k % s->window - half;
        if (y < s->height && x < s->width) /* below 0 is very large */
            memcpy(out + k * s->in, image + (y * s->width + x) * s->in, s->in * sizeof *out);
    }
}

void loci_codegen_gather_patches(const loci_export *export, uint32_t l, const int32_t *in,
                                 size_t samples, int32_t *out) {
    const loci_stencil stencil = loci_stencil_of(export->spec, l);
    const loci_maxpool pool = loci_stencil_pool(&stencil);
    size_t columns = pool.width / pool.side * pool.side, over = laid_over(&stencil);
    size_t count = loci_codegen_patches(export, l, samples);
    for (size_t k = 0; k < count; k++) {
        /* even steps, and within each a place that follows no pattern of rows or columns */
        size_t from = k * samples * over / count, to = (k + 1) * samples * over / count;
        size_t at = from + (uint32_t)(k * 2654435761u) % (to - from), place = at % over;
        gather(&stencil, in + at / over * loci_stencil_senders(&stencil), place / columns,
               place % columns, out + k * loci_stencil_entries(&stencil));
    }
}
