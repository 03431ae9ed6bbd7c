/* A page of headings, paragraphs, tables and pictures, as Markdown or as HTML. */
#ifndef LOCI_CLI_DOCUMENT_H
#define LOCI_CLI_DOCUMENT_H

#include <stdbool.h>
#include <stdio.h>

typedef struct page {
    FILE *to;
    bool html;
} page;

typedef struct page_cell {
    const char *text;
    bool code, bold;
} page_cell;

void page_begin(page *p, const char *title); /* nothing of it is seen on the page */
void page_end(page *p);
void page_heading(page *p, int level, const char *text);
void page_paragraph(page *p, const char *text);
void page_picture(page *p, const char *file, const char *text);
/* A table: its head, rows of as many cells, its end. */
void page_table(page *p, const char *const *heads, size_t count);
void page_row(page *p, const page_cell *cells, size_t count);
void page_table_end(page *p);

#endif
