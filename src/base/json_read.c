#define _GNU_SOURCE
/* A reader of JSON that makes jansson's values. jansson's own does not survive a shortage of
 * memory: it goes on with half a word where one could not grow, and then stops the program or reads
 * past its end. This one takes what a text needs before it begins with it. It accepts what jansson
 * does, and says why not in the same words. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/number.h"
#include "base/text.h"

enum { DEEPEST = 2048, SHOWN = 20 }; /* levels of brackets; bytes of what is not understood */

typedef struct reader {
    const char *start, *at, *end;
    int depth;
    json_error_t *why; /* NULL: nobody asks */
} reader;

static json_t *read_value(reader *r);

/* ---- what is wrong ---- */

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Where it stands, and what stands there. Returns NULL. */
static void *refuse(const reader *r, enum json_error_code code, const char *what) {
    json_error_t *why = r->why;
    if (why == NULL)
        return NULL;
    memset(why, 0, sizeof *why);
    strcpy(why->source, "<text>");
    why->line = 1;
    const char *line = r->start;
    for (const char *c = r->start; c < r->at; c++)
        if (*c == '\n') {
            why->line++;
            line = c + 1;
        }
    why->column = (int)(r->at - line < INT_MAX ? r->at - line : INT_MAX);
    why->position = (int)(r->at - r->start < INT_MAX ? r->at - r->start : INT_MAX);
    int length = 0;
    while (length < SHOWN && r->at + length < r->end && !is_blank(r->at[length]) &&
           (length == 0 || strchr(",:[]{}", r->at[length]) == NULL))
        length++;
    if (length > 0)
        snprintf(why->text, sizeof why->text - 1, "%s near '%.*s'", what, length, r->at);
    else
        snprintf(why->text, sizeof why->text - 1, "%s near end of file", what);
    why->text[sizeof why->text - 1] = (char)code; /* where json_error_code() looks */
    return NULL;
}

static void *refuse_memory(const reader *r) {
    return refuse(r, json_error_out_of_memory, "out of memory");
}

static json_t *made(const reader *r, json_t *json) {
    return json != NULL ? json : refuse_memory(r);
}

/* The next character that is no blank, '\0' at the end; it stays. */
static char next(reader *r) {
    while (r->at < r->end && is_blank(*r->at))
        r->at++;
    return r->at < r->end ? *r->at : '\0';
}

/* ---- texts ---- */

/* Four hexadecimal digits, or -1. */
static long read_hex(const char *at, const char *end) {
    long value = 0;
    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        const char *digits = "0123456789abcdef", c = at[i];
        const char *found = strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
        if (c == '\0' || found == NULL)
            return -1;
        value = value << 4 | (found - digits);
    }
    return value;
}

static char *put_character(char *to, unsigned long c) {
    if (c < 0x80) {
        *to++ = (char)c;
        return to;
    }
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const int first[] = {0, 0xc0, 0xe0, 0xf0};
    *to++ = (char)(first[more] | (int)(c >> 6 * more));
    while (more-- > 0)
        *to++ = (char)(0x80 | ((c >> 6 * more) & 0x3f));
    return to;
}

/* What stands behind a backslash; NULL: nothing that may. Moves `at` past it. */
static char *put_escape(char *to, const char **at, const char *end) {
    static const char names[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    const char *found = **at != '\0' ? strchr(names, **at) : NULL;
    if (found != NULL) {
        *to++ = meant[found - names];
        ++*at;
        return to;
    }
    long c = **at == 'u' ? read_hex(*at + 1, end) : -1;
    *at += 5;
    if (c >= 0xd800 && c < 0xdc00) { /* the first half of a pair */
        bool paired = end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u';
        long second = paired ? read_hex(*at + 2, end) : -1;
        *at += 6;
        c = second >= 0xdc00 && second < 0xe000 ? 0x10000 + ((c - 0xd800) << 10) + second - 0xdc00
                                                : -1;
    } else if (c >= 0xdc00 && c < 0xe000)
        c = -1;
    return c > 0 ? put_character(to, (unsigned long)c) : NULL;
}

/* The text that begins with the quote here: *length bytes and a 0, to be freed. */
static char *read_text(reader *r, size_t *length) {
    const char *from = r->at + 1, *end = from;
    while (end < r->end && *end != '"' && (unsigned char)*end >= 0x20)
        end += *end == '\\' && end + 1 < r->end ? 2 : 1;
    if (end >= r->end)
        return refuse(r, json_error_premature_end_of_input, "premature end of input");
    if (*end != '"')
        return refuse(r, json_error_invalid_syntax, "control character in a text");
    char *text = malloc((size_t)(end - from) + 1), *to = text;
    if (text == NULL)
        return refuse_memory(r);
    while (from < end && to != NULL) {
        uint32_t unused;
        size_t bytes = 1;
        if (*from == '\\') {
            from++;
            to = put_escape(to, &from, end);
            continue;
        }
        if ((unsigned char)*from >= 0x80 && (bytes = loci_character(from, &unused)) == 0)
            break;
        memcpy(to, from, bytes);
        to += bytes;
        from += bytes;
    }
    if (to == NULL || from < end) {
        free(text);
        return to == NULL ? refuse(r, json_error_invalid_syntax, "invalid escape")
                          : refuse(r, json_error_invalid_utf8, "no UTF-8");
    }
    *to = '\0';
    *length = (size_t)(to - text);
    r->at = end + 1;
    return text;
}

/* ---- values ---- */

static const char *digits(const char *at, const char *end) {
    while (at < end && loci_is_digit(*at))
        at++;
    return at;
}

static json_t *number_of(const reader *r, const char *text, bool whole) {
    errno = 0;
    long long integer = whole ? strtoll(text, NULL, 10) : 0;
    if (whole && errno == ERANGE)
        return refuse(r, json_error_numeric_overflow,
                      *text == '-' ? "too big negative integer" : "too big integer");
    if (whole)
        return made(r, json_integer(integer));
    double real = loci_number_read(text, NULL);
    if (isinf(real))
        return refuse(r, json_error_numeric_overflow, "real number overflow");
    return made(r, json_real(real));
}

static json_t *read_number(reader *r) {
    const char *at = r->at + (*r->at == '-'), *begin = at;
    bool whole = true;
    at = digits(at, r->end);
    bool good = at > begin && (*begin != '0' || at == begin + 1);
    if (good && at < r->end && *at == '.') {
        const char *after = digits(at + 1, r->end);
        good = after > at + 1;
        whole = false;
        at = after;
    }
    if (good && at < r->end && (*at == 'e' || *at == 'E')) {
        const char *first = at + 1;
        first += first < r->end && (*first == '+' || *first == '-');
        at = digits(first, r->end);
        good = at > first;
        whole = false;
    }
    if (!good)
        return refuse(r, json_error_invalid_syntax, "invalid token");
    char *text = strndup(r->at, (size_t)(at - r->at));
    if (text == NULL)
        return refuse_memory(r);
    json_t *json = number_of(r, text, whole);
    free(text);
    r->at = at;
    return json;
}

static json_t *read_word(reader *r) {
    static const char *const words[] = {"true", "false", "null"};
    json_t *const values[] = {json_true(), json_false(), json_null()};
    for (int i = 0; i < 3; i++) {
        size_t length = strlen(words[i]);
        if ((size_t)(r->end - r->at) < length || memcmp(r->at, words[i], length) != 0)
            continue;
        if (r->at + length < r->end && loci_is_letter(r->at[length]))
            break;
        r->at += length;
        return values[i];
    }
    bool misplaced = r->at == r->end || memchr(",:]}", *r->at, 4) != NULL;
    return refuse(r, json_error_invalid_syntax, misplaced ? "unexpected token" : "invalid token");
}

/* KEY: VALUE into the object; whether it is there now. */
static bool read_member(reader *r, json_t *object) {
    size_t length;
    if (next(r) != '"')
        return refuse(r, json_error_invalid_syntax, "string or '}' expected") != NULL;
    const char *where = r->at;
    char *key = read_text(r, &length);
    if (key == NULL)
        return false;
    json_t *value = NULL;
    if (json_object_get(object, key) != NULL) {
        r->at = where;
        refuse(r, json_error_duplicate_key, "duplicate object key");
    } else if (next(r) != ':')
        refuse(r, json_error_invalid_syntax, "':' expected");
    else {
        r->at++;
        value = read_value(r);
    }
    bool set = value != NULL && json_object_set_new_nocheck(object, key, value) == 0;
    if (value != NULL && !set)
        refuse_memory(r);
    free(key);
    return set;
}

static bool read_item(reader *r, json_t *array) {
    json_t *value = read_value(r);
    bool set = value != NULL && json_array_append_new(array, value) == 0;
    if (value != NULL && !set)
        refuse_memory(r);
    return set;
}

/* What stands between two brackets, with commas between. */
static json_t *read_all(reader *r, json_t *all, bool one(reader *, json_t *), char close) {
    r->at++;
    bool good = all != NULL;
    if (good && next(r) == close) {
        r->at++;
        return all;
    }
    while ((good = good && one(r, all)) && next(r) == ',')
        r->at++;
    if (good && next(r) == close) {
        r->at++;
        return all;
    }
    if (good)
        refuse(r, json_error_invalid_syntax, close == '}' ? "'}' expected" : "']' expected");
    json_decref(all);
    return NULL;
}

static json_t *read_value(reader *r) {
    json_t *json;
    char *text;
    size_t length = 0;
    switch (next(r)) {
    case '{':
    case '[':
        if (r->depth == DEEPEST)
            return refuse(r, json_error_stack_overflow, "maximum parsing depth reached");
        r->depth++;
        json = *r->at == '{' ? read_all(r, made(r, json_object()), read_member, '}')
                             : read_all(r, made(r, json_array()), read_item, ']');
        r->depth--;
        return json;
    case '"':
        text = read_text(r, &length);
        json = text != NULL ? made(r, json_stringn_nocheck(text, length)) : NULL;
        free(text);
        return json;
    default:
        if (r->at < r->end && (*r->at == '-' || loci_is_digit(*r->at)))
            return read_number(r);
        return read_word(r);
    }
}

json_t *loci_json_read(const char *text, size_t size, json_error_t *why) {
    reader r = {.start = text, .at = text, .end = text + size, .why = why};
    char first = next(&r);
    if (first != '{' && first != '[')
        return refuse(&r, json_error_invalid_syntax, "'[' or '{' expected");
    json_t *json = read_value(&r);
    next(&r);
    if (json == NULL || r.at == r.end)
        return json;
    json_decref(json);
    return refuse(&r, json_error_end_of_input_expected, "end of file expected");
}
