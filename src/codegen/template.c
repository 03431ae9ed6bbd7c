#include "codegen/template.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"

static bool in_name(char c) {
    return loci_is_alnum(c) || c == '_';
}

/* The name in place of "net" or "NET". */
static void put_name(const char *name, bool upper, FILE *to) {
    for (; *name != '\0'; name++)
        putc(upper ? loci_upper(*name) : *name, to);
}

/* What stands in place of a word, or NULL. */
static const char *other_word(const loci_filling *filling, const char *word, size_t length) {
    for (size_t i = 0; i < LOCI_WORD_LISTS; i++)
        for (const loci_word *w = filling->words[i]; w != NULL && w->from != NULL; w++)
            if (strlen(w->from) == length && memcmp(w->from, word, length) == 0)
                return w->to;
    return NULL;
}

/* Part of a line, names and, where `words`, words replaced. */
static void put_text(const char *line, size_t length, const loci_filling *filling, bool words,
                     FILE *to) {
    for (size_t i = 0; i < length;) {
        size_t end = i;
        while (end < length && in_name(line[end]))
            end++;
        const char *other = words ? other_word(filling, line + i, end - i) : NULL;
        if (other != NULL) {
            put_text(other, strlen(other), filling, false, to);
            i = end;
            continue;
        }
        bool lower = strncmp(line + i, "net", 3) == 0, upper = strncmp(line + i, "NET", 3) == 0;
        if (end >= i + 3 && (lower || upper) && (end == i + 3 || line[i + 3] == '_')) {
            put_name(filling->name, upper, to);
            i += 3;
        }
        end = end > i ? end : i + 1;
        end = end < length ? end : length;
        fwrite(line + i, 1, end - i, to);
        i = end;
    }
}

static const char *text_of(const char *file) {
    for (const loci_template *t = loci_templates; t->name != NULL; t++)
        if (strcmp(t->name, file) == 0)
            return t->text;
    return NULL;
}

/* The word that follows a directive, or NULL when the line is none. */
static const char *directive(const char *line, const char *name, char word[32]) {
    size_t length = strlen(name);
    line += strspn(line, " ");
    if (strncmp(line, "//@", 3) != 0 || strncmp(line + 3, name, length) != 0)
        return NULL;
    line += 3 + length;
    line += strspn(line, " ");
    size_t count = 0;
    while (in_name(*line) && count < 31)
        word[count++] = *line++;
    word[count] = '\0';
    return word;
}

void loci_template_write(const char *file, const loci_filling *filling, FILE *to) {
    enum { DEPTH = 8 };
    const char *text = text_of(file);
    bool shown[DEPTH + 1] = {true};
    size_t depth = 0;
    char word[32];
    assert(text != NULL);
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        if (directive(text, "if", word) != NULL) {
            assert(depth < DEPTH);
            shown[depth + 1] = shown[depth] && filling->flag(filling->context, word);
            depth++;
        } else if (directive(text, "else", word) != NULL) {
            shown[depth] = shown[depth - 1] && !shown[depth];
        } else if (directive(text, "end", word) != NULL) {
            depth--;
        } else if (shown[depth] && directive(text, "insert", word) != NULL) {
            filling->insert(filling->context, word, to);
        } else if (shown[depth]) {
            fprintf(to, "%*s", length > 0 ? filling->indent : 0, "");
            put_text(text, length, filling, true, to);
            putc('\n', to);
        }
        text += length + 1;
    }
    assert(depth == 0);
}
