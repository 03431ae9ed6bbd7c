/* What the source knows of the grids that maps stand on. */
#include "codegen/emit.h"
#include "codegen/maps.h"
#include "network/maps.h"

/* Numbers of a grid in 16 bits and in 8; one more of 32 says where its rows begin. */
enum { WORDS = 6, BYTES = 3, GRID_BYTES = (4 + 2 * WORDS + BYTES + 3) & ~3 };

static void put_grid(const loci_export *export, uint32_t l, FILE *to) {
    static const char *const words[WORDS] = {"rows", "columns",   "maps",
                                             "kept", "made_rows", "made_columns"};
    static const char *const bytes[BYTES] = {"window", "stride", "pool"};
    const loci_stencil s = loci_stencil_of(export->spec, l);
    loci_maps made;
    loci_spec_maps(export->spec, l + 1, &made);
    const size_t word[WORDS] = {s.height,    s.width,   s.in, loci_codegen_kept_rows(&s),
                                made.height, made.width};
    const size_t byte[BYTES] = {s.window, s.stride, s.pool};
    fprintf(to, "    {\n        .first = %zu,\n", loci_codegen_kept_numbers(export, l));
    if (export->options.mode == LOCI_EXPORT_POSITIONS)
        fprintf(to, "        .stencil = %zu,\n", loci_codegen_stencil_numbers(export, l));
    for (size_t i = 0; i < WORDS; i++)
        fprintf(to, "        .%s = %zu,\n", words[i], word[i]);
    for (size_t i = 0; i < BYTES; i++)
        fprintf(to, "        .%s = %zu,\n", bytes[i], byte[i]);
    fprintf(to, "    },\n");
}

size_t loci_emit_grids(const loci_export *export, FILE *to) {
    size_t count = export->spec->maps_count;
    if (count > 0 && to != NULL) {
        fprintf(to, "/* what layers of maps look at */\nstatic const grid grids[%zu] = {\n", count);
        for (uint32_t l = 0; l < count; l++)
            put_grid(export, l, to);
        fprintf(to, "};\n\n");
    }
    return count * (GRID_BYTES + (export->options.mode == LOCI_EXPORT_POSITIONS ? 4u : 0u));
}
