/* Names of outputs and inputs, where they have some: in the header and in the README. */
#include "base/number.h"
#include "base/text.h"
#include "codegen/emit.h"

void loci_emit_upper(char out[64], const char *name) {
    size_t i = 0;
    for (; name[i] != '\0' && i < 63; i++)
        out[i] = loci_upper(name[i]);
    out[i] = '\0';
}

/* A name within a comment: nothing in it ends the comment, or begins another. */
static void put_comment(const char *text, FILE *to) {
    char last = '\0';
    for (text = LOCI_SHOWN(63, text); *text != '\0'; last = *text++)
        fprintf(to, "%s%c",
                (last == '*' && *text == '/') || (last == '/' && *text == '*') ? " " : "", *text);
}

/* A name as a C string of the same bytes; no trigraph comes of it. */
static void put_string(const char *text, FILE *to) {
    putc('"', to);
    for (text = LOCI_SHOWN(255, text); *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\' || c == '?')
            fprintf(to, "\\%c", c);
        else if (c < ' ' || c >= 127)
            fprintf(to, "\\%03o", c); /* always three digits: what follows may be one */
        else
            putc(c, to);
    }
    putc('"', to);
}

void loci_emit_output_names(const loci_export *export, const char *name, FILE *to) {
    const loci_codegen_names *names = &export->names;
    if (!names->outputs)
        return;
    fprintf(to, "/* What they are:\n");
    for (uint32_t k = 0; k < export->spec->classes; k++) {
        fprintf(to, " *   %u: \"", k);
        put_comment(names->output[k], to);
        fprintf(to, "\"\n");
    }
    fprintf(to, " */\n#define %s_%s_NAMES { \\\n", name,
            loci_codegen_regresses(export) ? "OUTPUT" : "CLASS");
    for (uint32_t k = 0; k < export->spec->classes; k++) {
        fprintf(to, "    ");
        put_string(names->output[k], to);
        fprintf(to, ", \\\n");
    }
    fprintf(to, "}\n");
}

/* What one count is of an input that has a unit of its own, or nothing. */
static void put_unit(const loci_export *export, size_t p, FILE *to) {
    if (export->input.counts && export->options.input_units > 1)
        loci_number_put(to, ", one count is %.9g", export->input.count[p]);
}

static bool has_lines(const loci_export *export) {
    return export->names.input != NULL || (export->input.counts && export->options.input_units > 1);
}

void loci_emit_input_names(const loci_export *export, FILE *to) {
    if (!has_lines(export))
        return;
    fprintf(to, "/* In this order:\n");
    for (size_t p = 0; p < export->pixels; p++) {
        fprintf(to, " *   %zu", p);
        if (export->names.input != NULL) {
            fprintf(to, ": \"");
            put_comment(export->names.input[p], to);
            fprintf(to, "\"");
        }
        put_unit(export, p, to);
        fprintf(to, "\n");
    }
    fprintf(to, " */\n");
}

void loci_emit_listed_outputs(const loci_export *export, FILE *to) {
    const char *what = loci_codegen_regresses(export) ? "output" : "class";
    for (uint32_t k = 0; k < export->spec->classes; k++)
        fprintf(to, "- %s %u: %s\n", what, k, LOCI_SHOWN(63, export->names.output[k]));
}

void loci_emit_listed_inputs(const loci_export *export, FILE *to) {
    for (size_t p = 0; has_lines(export) && p < export->pixels; p++) {
        fprintf(to, "- input %zu", p);
        if (export->names.input != NULL)
            fprintf(to, ": %s", LOCI_SHOWN(63, export->names.input[p]));
        put_unit(export, p, to);
        fprintf(to, "\n");
    }
}
