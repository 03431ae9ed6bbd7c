/* Text made from templates.
 *
 * The templates are the files of src/codegen/c, C where C comes out. In them
 *   net, net_..., NET_...   where a name begins so, stands for the export's own
 *   a word of the filling's list   stands for the other
 *   //@if FLAG, //@else, //@end   keep or leave out lines; they nest
 *   //@insert PART   is replaced by what a function writes
 * each on a line of its own. */
#ifndef LOCI_CODEGEN_TEMPLATE_H
#define LOCI_CODEGEN_TEMPLATE_H

#include <stdbool.h>
#include <stdio.h>

typedef struct loci_template {
    const char *name; /* of the file; NULL past the last */
    const char *text;
} loci_template;

/* Made by templates.py. */
extern const loci_template loci_templates[];

/* A whole word, and what stands in its place. */
typedef struct loci_word {
    const char *from, *to;
} loci_word;

enum { LOCI_WORD_LISTS = 4 };

/* What a template is filled with. */
typedef struct loci_filling {
    const void *context;
    const char *name;                        /* in place of "net" */
    int indent;                              /* blanks before each line */
    const loci_word *words[LOCI_WORD_LISTS]; /* each up to one from NULL; NULL = none */
    bool (*flag)(const void *context, const char *name);
    void (*insert)(const void *context, const char *part, FILE *to);
} loci_filling;

/* Writes a template, "layer.c" for example. */
void loci_template_write(const char *file, const loci_filling *filling, FILE *to);

#endif
