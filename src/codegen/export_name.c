#include "codegen/export_name.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

/* C and C++ keywords, what the source and its headers call by these names, and the headers of the C
 * library, which one of that name would stand in front of. */
static const char *const taken[] = {
    "alignas",  "alignof",  "and",      "asm",      "auto",     "bool",      "break",
    "case",     "catch",    "char",     "class",    "const",    "constexpr", "continue",
    "default",  "delete",   "do",       "double",   "else",     "enum",      "explicit",
    "export",   "extern",   "false",    "float",    "for",      "friend",    "goto",
    "if",       "inline",   "int",      "long",     "main",     "mutable",   "namespace",
    "new",      "not",      "nullptr",  "operator", "or",       "private",   "protected",
    "public",   "register", "restrict", "return",   "short",    "signed",    "sizeof",
    "static",   "struct",   "switch",   "template", "test",     "this",      "throw",
    "true",     "try",      "typedef",  "typeid",   "typename", "typeof",    "union",
    "unsigned", "using",    "virtual",  "void",     "volatile", "while",     "xor",
    "clean",    "math",     "stdint",   "stdio",    "string",   "assert",    "complex",
    "ctype",    "errno",    "features", "fenv",     "inttypes", "limits",    "locale",
    "setjmp",   "signal",   "stdarg",   "stdbool",  "stddef",   "stdlib",    "tgmath",
    "time",     "wchar",    "wctype"};

bool loci_codegen_is_identifier(const char *name) {
    if (!loci_is_letter(name[0]))
        return false;
    for (const char *c = name; *c != '\0'; c++)
        if (!loci_is_alnum(*c) && *c != '_')
            return false;
    return true;
}

static bool is_taken(const char *name) {
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (strcmp(taken[i], name) == 0)
            return true;
    return false;
}

int loci_codegen_choose_name(char name[LOCI_CODEGEN_NAME + 1], const loci_network *network,
                             const char *wanted, loci_error *error) {
    const char *preset = loci_network_note(network, "preset");
    if (wanted == NULL) {
        strncpy(name, preset, LOCI_CODEGEN_NAME);
        name[LOCI_CODEGEN_NAME] = '\0';
        for (char *c = name; *c != '\0'; c++)
            if (!loci_is_alnum(*c))
                *c = '_';
        if (!loci_codegen_is_identifier(name) || is_taken(name))
            strcpy(name, "loci_net");
        return LOCI_OK;
    }
    if (strlen(wanted) > LOCI_CODEGEN_NAME)
        return loci_fail(error, LOCI_E_ARGUMENT, "name", "is longer than %d characters",
                         LOCI_CODEGEN_NAME);
    if (!loci_codegen_is_identifier(wanted))
        return loci_fail(error, LOCI_E_ARGUMENT, "name",
                         "'%s' is no C identifier: letters, digits and _, a letter first", wanted);
    if (is_taken(wanted))
        return loci_fail(error, LOCI_E_ARGUMENT, "name", "'%s' means something else in C", wanted);
    strcpy(name, wanted);
    return LOCI_OK;
}
