/* Option tables: one row per option of a plain struct, from which command line, JSON, help and
 * comparison follow. */
#ifndef LOCI_OPTION_FIELDS_H
#define LOCI_OPTION_FIELDS_H

#include <jansson.h>
#include <loci/option.h>
#include <loci/status.h>
#include <stdbool.h>
#include <stdint.h>

enum loci_field_type {
    LOCI_FIELD_UINT,      /* uint32_t */
    LOCI_FIELD_REAL,      /* double */
    LOCI_FIELD_NAME,      /* int, an index into names */
    LOCI_FIELD_UINT_LIST, /* uint32_t[most]; entries not given are 0 */
    LOCI_FIELD_REAL_LIST, /* double[most]; likewise */
    LOCI_FIELD_SWITCH,    /* int, 0 or 1: "no" or "yes"; on the command line its name alone */
    LOCI_FIELD_PLAN,      /* double, int: the int a name, the double a share: "none", "NAME:F" */
    LOCI_FIELD_SIZES,     /* uint32_t[most], how many of them in a uint32_t at count_at: "256,128",
                             "0" or "" for none; entry: what has those sizes, "layer" */
    LOCI_FIELD_TEXT       /* char[most]; where there are names one of them, `entry` is kept as "" */
};
/* The longest list. */
enum { LOCI_FIELD_MOST = 16 };

/* The members of a LOCI_FIELD_PLAN. */
typedef struct loci_field_plan {
    double share;
    int name;
} loci_field_plan;

/* Sets one option of the struct at `object` from text. */
int loci_field_set(const loci_field *fields, size_t count, void *object, const char *name,
                   const char *text, loci_error *error);
/* The text that loci_field_set() would take. LOCI_E_ARGUMENT for a value that has none. */
int loci_field_get(const loci_field *fields, size_t count, const void *object, const char *name,
                   char *text, size_t size);
/* How many entries of a list option are in use: of sizes as many as are counted, else up to the
 * last that is not 0. */
size_t loci_field_length(const loci_field *field, const void *object);

/* The name that value stands for; NULL where there is none. */
const char *loci_field_name_of(const loci_field *field, int value);
/* Checks every value of the struct against its row. An entry of a list may also be 0, "as the one
 * before". LOCI_E_ARGUMENT with the option in error->where. */
int loci_fields_check(const loci_field *fields, size_t count, const void *object,
                      loci_error *error);
/* Whether the value asks for nothing: "no" of a name, -1 where numbers are at least that, 0 of a
 * whole number. */
bool loci_field_is_idle(const loci_field *field, const void *object);
/* Whether an option is younger than version 0.1 and says something else than 0.1 did: then it is
 * written, and what it is written to has the format version of its row's `since`. */
bool loci_field_is_new(const loci_field *field, const void *object);
/* The format version that all options together need: 1, unless some of them are new. */
int loci_fields_version(const loci_field *fields, size_t count, const void *object);

/* A new JSON object with every option that 0.1 had or that is new, '_' for '-'; NULL when memory is
 * short or a value would not pass loci_fields_check(). */
json_t *loci_fields_to_json(const loci_field *fields, size_t count, const void *object);
/* Likewise with every option: to compare by. */
json_t *loci_fields_to_full_json(const loci_field *fields, size_t count, const void *object);
/* As loci_fields_to_json(), every option as the text that loci_field_set() would take. */
json_t *loci_fields_to_texts(const loci_field *fields, size_t count, const void *object);
/* Reads options from a JSON object. A missing key means for ever what 0.1 did: what is younger is
 * set to that, and of older options, which are always written, the value stays. An unknown key, a
 * wrong type or range is LOCI_E_FORMAT with `where`. */
int loci_fields_from_json(const loci_field *fields, size_t count, void *object, const json_t *json,
                          const char *where, loci_error *error);

#endif
