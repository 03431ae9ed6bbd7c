/* What stands at the top of the files: what they are, sizes, the scratch buffer. */
#include <ctype.h>
#include <string.h>

#include "embed/emit.h"

static void upper(char out[64], const char *name) {
    size_t i = 0;
    for (; name[i] != '\0' && i < 63; i++)
        out[i] = (char)toupper((unsigned char)name[i]);
    out[i] = '\0';
}

void loci_emit_banner(const loci_export *export, FILE *to) {
    static const char *const stored[] = {"positions and charges", "weights",
                                         "the weights of kept connections"};
    fprintf(to, "/* %s: a network as C, made by loci %s. It has ", export->name, loci_version());
    if (export->fixed)
        fprintf(to, "%s in %u bits\n * and computes in 32-bit integers.",
                stored[export->options.mode], export->options.bits);
    else
        fprintf(to, "%s as floats.", stored[export->options.mode]);
    fprintf(to, " README.md tells how to use it. */\n");
}

void loci_emit_sizes(const loci_export *export, FILE *to) {
    char name[64], unit[32];
    const loci_spec *spec = export->spec;
    upper(name, export->name);
    fprintf(to, "#define %s_WIDTH %u\n", name, spec->width);
    fprintf(to, "#define %s_HEIGHT %u\n", name, spec->height);
    fprintf(to, "#define %s_INPUTS (%s_WIDTH * %s_HEIGHT)\n", name, name, name);
    fprintf(to, "#define %s_CLASSES %u\n", name, spec->classes);
    fprintf(to, "#define %s_LAYERS %zu\n", name, export->pairs);
    if (export->options.mode == LOCI_EXPORT_POSITIONS)
        fprintf(to, "#define %s_COORDINATES %zu\n", name, export->coordinates);
    if (export->options.mode == LOCI_EXPORT_POSITIONS && export->network->sheet != NULL) {
        loci_print_float(unit, loci_embed_grid_pitch(export));
        if (export->fixed)
            fprintf(to, "#define %s_GRID_PITCH %d\n", name,
                    export->pair[0].fixed.placed.grid_pitch);
        else
            fprintf(to, "#define %s_GRID_PITCH %s\n", name, unit);
    }
    if (export->spiking)
        fprintf(to, "#define %s_STEPS %u\n", name, spec->time_steps);
    if (export->fixed) {
        if (!export->spiking)
            fprintf(to, "#define %s_MOST %d /* what a hidden neuron sends at most */\n", name,
                    LOCI_EMBED_MOST);
        loci_print_float(unit, (float)loci_export_unit(export));
        fprintf(to, "#define %s_LOGIT_UNIT %s\n", name, unit);
    } else {
        loci_print_float(unit, (float)spec->logit_scale);
        fprintf(to, "#define %s_LOGIT_SCALE %s\n", name, unit);
    }
    fprintf(to, "#define %s_SCRATCH_BYTES %zu\n", name, loci_emit_scratch_bytes(export));
}

/* The widest of layers first, first + 2, ..., the output left out; 0 when there is none. */
static size_t widest(const loci_export *export, size_t first, size_t stride) {
    size_t most = 0;
    for (size_t l = first; l + 1 < export->pairs; l += stride)
        most = export->pair[l].m > most ? export->pair[l].m : most;
    return most;
}

static void member(const char *type, const char *name, size_t size, size_t count,
                   const char *comment, FILE *to, size_t *bytes) {
    if (count == 0)
        return;
    *bytes += size * count;
    if (to != NULL)
        fprintf(to, "    %s %s[%zu];%s%s%s\n", type, name, count, *comment ? " /* " : "", comment,
                *comment ? " */" : "");
}

static size_t scratch(const loci_export *export, FILE *to) {
    const char *type = export->fixed ? "int32_t" : "float";
    size_t bytes = 0;
    member(type, "even", 4, widest(export, 0, 2), "hidden layers 1, 3, ...", to, &bytes);
    member(type, "odd", 4, widest(export, 1, 2), "hidden layers 2, 4, ...", to, &bytes);
    member(type, "logits", 4, export->spec->classes, "", to, &bytes);
    return bytes;
}

void loci_emit_scratch(const loci_export *export, FILE *to) {
    scratch(export, to);
}

size_t loci_emit_scratch_bytes(const loci_export *export) {
    return scratch(export, NULL);
}
