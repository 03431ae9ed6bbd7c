/* Markdown (with GitHub's tables) and HTML from the same calls. */
#include "reproduce/document.h"

static const char style[] =
    ":root { color-scheme: light dark; --edge: #ccc; --head: #f2f2f2; }\n"
    "body { font: 15px/1.45 sans-serif; max-width: 75em; margin: 2em auto; padding: 0 1em; "
    "overflow-wrap: anywhere; }\n"
    "table { border-collapse: collapse; font-size: 13px; overflow-wrap: normal; }\n"
    "th, td { border: 1px solid var(--edge); padding: 3px 7px; text-align: left; }\n"
    "th { background: var(--head); }\n"
    ".scroll { overflow-x: auto; }\n"
    "code { font-size: 12px; }\n"
    "td code { display: block; min-width: 16em; }\n"
    "code span { white-space: nowrap; }\n"
    "img { max-width: 100%; display: block; margin: 1em 0; }\n"
    "@media (prefers-color-scheme: dark) {\n"
    ":root { --edge: #454b54; --head: #262c34; }\n"
    "body { background: #14181d; color: #e4e6e8; }\n"
    "}\n";

/* Text as it is: what means something to HTML or Markdown is escaped. */
static void put(page *p, const char *text, bool in_table) {
    for (const char *c = text; *c != '\0'; c++) {
        if (p->html && *c == '&')
            fputs("&amp;", p->to);
        else if (p->html && *c == '<')
            fputs("&lt;", p->to);
        else if (p->html && *c == '>')
            fputs("&gt;", p->to);
        else if (p->html && *c == '"')
            fputs("&quot;", p->to);
        else if (!p->html && in_table && *c == '|')
            fputs("\\|", p->to);
        else
            fputc(*c == '\n' ? ' ' : *c, p->to);
    }
}

/* A character of code. Options are not broken after their first hyphen: a line ends between words.
 */
static void put_code_character(page *p, char c, bool in_table) {
    if (p->html && c == ' ')
        fputs("</span> <span>", p->to);
    else
        put(p, (char[]){c, '\0'}, in_table);
}

static void put_code_end(page *p, bool begins) {
    fputs(!p->html ? "`" : begins ? "<code><span>" : "</span></code>", p->to);
}

/* Text in which `...` is code. */
static void put_text(page *p, const char *text) {
    bool code = false;
    for (const char *c = text; *c != '\0'; c++)
        if (*c == '`')
            put_code_end(p, code = !code);
        else if (code)
            put_code_character(p, *c, false);
        else
            put(p, (char[]){*c, '\0'}, false);
}

static void put_code(page *p, const char *text, bool in_table) {
    put_code_end(p, true);
    for (const char *c = text; *c != '\0'; c++)
        put_code_character(p, *c, in_table);
    put_code_end(p, false);
}

void page_begin(page *p, const char *title) {
    if (!p->html)
        return;
    fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
          p->to);
    put(p, title, false);
    fprintf(p->to, "</title>\n<style>\n%s</style>\n</head>\n<body>\n", style);
}

void page_end(page *p) {
    if (p->html)
        fputs("</body>\n</html>\n", p->to);
}

void page_heading(page *p, int level, const char *text) {
    if (p->html)
        fprintf(p->to, "<h%d>", level);
    else
        fprintf(p->to, "%.*s ", level, "######");
    put_text(p, text);
    if (p->html)
        fprintf(p->to, "</h%d>\n", level);
    else
        fputs("\n\n", p->to);
}

void page_paragraph(page *p, const char *text) {
    if (p->html)
        fputs("<p>", p->to);
    put_text(p, text);
    fputs(p->html ? "</p>\n" : "\n\n", p->to);
}

void page_picture(page *p, const char *file, const char *text) {
    fputs(p->html ? "<img src=\"" : "![", p->to);
    put(p, p->html ? file : text, false);
    fputs(p->html ? "\" alt=\"" : "](", p->to);
    put(p, p->html ? text : file, false);
    fputs(p->html ? "\">\n" : ")\n\n", p->to);
}

void page_table(page *p, const char *const *heads, size_t count) {
    fputs(p->html ? "<div class=\"scroll\">\n<table>\n<tr>" : "|", p->to);
    for (size_t i = 0; i < count; i++) {
        fputs(p->html ? "<th>" : " ", p->to);
        put(p, heads[i], true);
        fputs(p->html ? "</th>" : " |", p->to);
    }
    fputs(p->html ? "</tr>\n" : "\n|", p->to);
    for (size_t i = 0; i < count && !p->html; i++)
        fputs("---|", p->to);
    if (!p->html)
        fputc('\n', p->to);
}

static void put_cell(page *p, const page_cell *cell) {
    const char *open = "", *close = "";
    if (cell->bold) {
        open = p->html ? "<b>" : "**";
        close = p->html ? "</b>" : "**";
    }
    fprintf(p->to, p->html ? "<td>%s" : " %s", open);
    if (cell->code)
        put_code(p, cell->text, true);
    else
        put(p, cell->text, true);
    fprintf(p->to, p->html ? "%s</td>" : "%s |", close);
}

void page_row(page *p, const page_cell *cells, size_t count) {
    fputs(p->html ? "<tr>" : "|", p->to);
    for (size_t i = 0; i < count; i++)
        put_cell(p, &cells[i]);
    fputs(p->html ? "</tr>\n" : "\n", p->to);
}

void page_table_end(page *p) {
    fputs(p->html ? "</table>\n</div>\n" : "\n", p->to);
}
