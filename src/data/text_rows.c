#include "data/text_rows.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "data/dataset.h"

enum { LEAST = 1 << 12, BLOCK = 1 << 18, LONGEST_ROW = 1 << 28 };

/* A row, or a cell, goes on behind the text that is in memory; no status of the library. */
enum { UNFINISHED = -1 };

/* ---- the text in memory ---- */

static int check_text(const loci_text_rows *rows, const char *from, size_t size,
                      loci_error *error) {
    if (memchr(from, '\0', size) == NULL)
        return LOCI_OK;
    return loci_fail(error, LOCI_E_FORMAT, rows->source.where, "not a text file");
}

static int grow(loci_text_rows *rows, loci_error *error) {
    if (rows->size >= LONGEST_ROW)
        return loci_fail(error, LOCI_E_FORMAT, rows->source.where,
                         "line %zu: the row goes on for more than %d MB; is a quote not closed?",
                         rows->line, LONGEST_ROW >> 20);
    const loci_text_source *source = &rows->source;
    size_t first = source->block > 0 ? source->block : source->file != NULL ? BLOCK : LEAST;
    size_t size = rows->size > 0 ? 2 * rows->size : first;
    while (source->file == NULL && source->block == 0 && size <= source->left)
        size *= 2; /* all of it: what was read of it stays where it is */
    char *buffer = realloc(rows->buffer, size + 1);
    if (buffer == NULL)
        return loci_fail_memory(error, rows->source.where);
    rows->buffer = buffer;
    rows->size = size;
    return LOCI_OK;
}

/* Reads on behind what is there, which moves to the front. */
static int refill(loci_text_rows *rows, loci_error *error) {
    memmove(rows->buffer, rows->buffer + rows->at, rows->end - rows->at);
    rows->end -= rows->at;
    rows->at = 0;
    int status = rows->end == rows->size ? grow(rows, error) : LOCI_OK;
    while (status == LOCI_OK && rows->end < rows->size && !rows->over) {
        size_t got;
        status = loci_text_source_read(&rows->source, rows->buffer + rows->end,
                                       rows->size - rows->end, &got, error);
        if (status != LOCI_OK)
            break;
        status = check_text(rows, rows->buffer + rows->end, got, error);
        rows->end += got;
        rows->over = got == 0;
    }
    rows->buffer[rows->end] = '\n'; /* so that a scan ends */
    return status;
}

int loci_text_rows_open(loci_text_rows *rows, loci_text_source source, loci_error *error) {
    *rows = (loci_text_rows){.source = source, .line = 1};
    loci_text_rows_separate(rows, ',');
    int status = grow(rows, error);
    if (status != LOCI_OK)
        return status;
    loci_error inner = {0};
    status = refill(rows, &inner);
    const unsigned char *b = (const unsigned char *)rows->buffer;
    if (rows->end >= 2 && ((b[0] == 0xff && b[1] == 0xfe) || (b[0] == 0xfe && b[1] == 0xff)))
        return loci_fail(error, LOCI_E_FORMAT, source.where, "is UTF-16; save the table as UTF-8");
    if (status != LOCI_OK && error != NULL)
        *error = inner;
    if (rows->end >= 3 && memcmp(b, "\xef\xbb\xbf", 3) == 0)
        rows->at = 3;
    return status;
}

void loci_text_rows_close(loci_text_rows *rows) {
    loci_text_source_close(&rows->source);
    free(rows->buffer);
    free(rows->cells);
    *rows = (loci_text_rows){0};
}

static size_t count_lines(const loci_text_rows *rows) {
    const char *at = rows->buffer + rows->at, *end = rows->buffer + rows->end;
    size_t lines = 0;
    while (at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        lines++;
        at++;
    }
    return lines;
}

int loci_text_rows_peek(loci_text_rows *rows, size_t lines, const char **text, size_t *size,
                        loci_error *error) {
    int status = LOCI_OK;
    while (status == LOCI_OK && !rows->over && rows->size < LONGEST_ROW &&
           count_lines(rows) < lines)
        status = refill(rows, error);
    *text = rows->buffer + rows->at;
    *size = rows->end - rows->at;
    return status;
}

void loci_text_rows_skip(loci_text_rows *rows, size_t size, size_t lines) {
    rows->at += size;
    rows->line += lines;
}

void loci_text_rows_separate(loci_text_rows *rows, char separator) {
    rows->separator = separator;
    memset(rows->stops, 0, sizeof rows->stops);
    rows->stops[(unsigned char)separator] = rows->stops['\n'] = rows->stops['\r'] = 1;
    if (separator == LOCI_BLANKS)
        rows->stops['\t'] = 1;
}

/* ---- cutting ---- */

static bool is_blank(const loci_text_rows *rows, char c) {
    return c == ' ' || (c == '\t' && rows->separator != '\t');
}

static const char *skip_blanks(const loci_text_rows *rows, const char *at) {
    while (is_blank(rows, *at))
        at++;
    return at;
}

static int add_cell(loci_text_rows *rows, const char *from, const char *to, bool quoted,
                    loci_error *error) {
    if (rows->count == rows->room) {
        size_t room = rows->room == 0 ? 64 : 2 * rows->room;
        if (room > 2 * (size_t)LOCI_MAX_FEATURES)
            return loci_fail(error, LOCI_E_FORMAT, rows->source.where, "line %zu: too many columns",
                             rows->line);
        loci_cell *cells = realloc(rows->cells, room * sizeof *cells);
        if (cells == NULL)
            return loci_fail_memory(error, rows->source.where);
        rows->cells = cells;
        rows->room = room;
    }
    rows->cells[rows->count++] = (loci_cell){.text = rows->buffer + (from - rows->buffer),
                                             .length = (size_t)(to - from),
                                             .quoted = quoted};
    return LOCI_OK;
}

/* The closing quote of the cell behind whose opening one `at` is; the end of the text if there is
 * none. */
static const char *find_quote(const loci_text_rows *rows, const char *at) {
    const char *end = rows->buffer + rows->end;
    while (at < end && (at = memchr(at, '"', (size_t)(end - at))) != NULL) {
        if (at + 1 < end && at[1] == '"')
            at += 2;
        else
            return at;
    }
    return end;
}

/* One cell from *at on, which is left at what ends it. Nothing is written yet: where the text in
 * memory ends too early, the row is cut again. */
static int cut_cell(loci_text_rows *rows, const char **at, loci_error *error) {
    const char *end = rows->buffer + rows->end;
    const char *from = skip_blanks(rows, *at), *to;
    bool quoted = from < end && *from == '"';
    if (quoted) {
        to = find_quote(rows, ++from);
        if (to == end && rows->over)
            return loci_fail(error, LOCI_E_FORMAT, rows->source.where,
                             "line %zu: a quoted cell does not end", rows->line);
        /* whether it is a closing quote the character after it says */
        if (to == end || (to + 1 == end && !rows->over))
            return UNFINISHED;
        *at = skip_blanks(rows, to + 1);
        if (*at < end && !rows->stops[(unsigned char)**at] &&
            !(rows->separator == LOCI_BLANKS && *at > to + 1))
            return loci_fail(error, LOCI_E_FORMAT, rows->source.where,
                             "line %zu: text after a quoted cell", rows->line);
    } else {
        to = from;
        while (!rows->stops[(unsigned char)*to])
            to++;
        *at = to;
        while (to > from && is_blank(rows, to[-1]))
            to--;
    }
    if (*at >= end && !rows->over)
        return UNFINISHED;
    return add_cell(rows, from, to, quoted, error);
}

/* Whether another cell follows behind what ended the last one. */
static bool goes_on(const loci_text_rows *rows, const char **at) {
    const char *end = rows->buffer + rows->end;
    if (rows->separator == LOCI_BLANKS) {
        *at = skip_blanks(rows, *at);
        return *at < end && **at != '\n' && **at != '\r';
    }
    if (*at >= end || **at != rows->separator)
        return false;
    ++*at;
    return true;
}

/* Where the row behind rows->at ends; its line feed is left behind. */
static int cut_row(loci_text_rows *rows, const char **at, loci_error *error) {
    const char *end = rows->buffer + rows->end;
    int status;
    rows->count = 0;
    *at = rows->buffer + rows->at;
    do
        status = cut_cell(rows, at, error);
    while (status == LOCI_OK && goes_on(rows, at));
    if (status != LOCI_OK)
        return status;
    if (*at >= end)
        return rows->over ? LOCI_OK : UNFINISHED;
    if (**at == '\r' && *at + 1 == end && !rows->over)
        return UNFINISHED; /* a line feed may follow */
    *at += **at == '\r' && *at + 1 < end && (*at)[1] == '\n' ? 2 : 1;
    return LOCI_OK;
}

/* Ends each cell with a 0, at a place that has been read; quotes inside become single. */
static void finish_row(loci_text_rows *rows) {
    for (size_t c = 0; c < rows->count; c++) {
        loci_cell *cell = &rows->cells[c];
        char *to = cell->text;
        for (size_t i = 0; cell->quoted && i < cell->length; i++) {
            rows->line += cell->text[i] == '\n';
            *to++ = cell->text[i];
            i += cell->text[i] == '"'; /* the second of two */
        }
        if (cell->quoted)
            cell->length = (size_t)(to - cell->text);
        cell->text[cell->length] = '\0';
    }
}

/* Cuts the row behind rows->at, with as much text in memory as that takes. */
static int cut_whole_row(loci_text_rows *rows, const char **at, loci_error *error) {
    int status;
    while ((status = cut_row(rows, at, error)) == UNFINISHED) {
        status = refill(rows, error);
        if (status != LOCI_OK)
            return status;
        if (rows->at == rows->end)
            break; /* that was all */
    }
    if (rows->at == rows->end)
        rows->count = 0;
    return status;
}

/* Separators and nothing between them, as spreadsheets write behind the last row. */
static bool is_blank_row(const loci_text_rows *rows) {
    size_t c = 0;
    while (c < rows->count && rows->cells[c].length == 0 && !rows->cells[c].quoted)
        c++;
    return c == rows->count;
}

int loci_text_rows_next(loci_text_rows *rows, loci_error *error) {
    do {
        const char *at;
        rows->count = 0;
        if (rows->at == rows->end && rows->over)
            return LOCI_OK;
        int status = cut_whole_row(rows, &at, error);
        if (status != LOCI_OK || rows->count == 0)
            return status;
        bool ended = at > rows->buffer && (at[-1] == '\n' || at[-1] == '\r');
        rows->start = rows->line;
        rows->at = (size_t)(at - rows->buffer);
        finish_row(rows);
        rows->line += ended;
    } while (is_blank_row(rows));
    return LOCI_OK;
}

bool loci_text_rows_narrow(loci_text_rows *rows, size_t width) {
    size_t count = rows->count;
    while (count > width && rows->cells[count - 1].length == 0 && !rows->cells[count - 1].quoted)
        count--;
    if (count == width)
        rows->count = count;
    return count == width;
}
