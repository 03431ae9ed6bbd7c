/* A specification as JSON: the form it has in model files, checkpoints and config.json. */
#ifndef LOCI_NETWORK_SPEC_JSON_H
#define LOCI_NETWORK_SPEC_JSON_H

#include <jansson.h>
#include <loci/spec.h>

/* Digits that give every double back exactly. Compact, so that the same specification is the same
 * text. */
#define LOCI_JSON_EXACT (JSON_COMPACT | JSON_REAL_PRECISION(17))

/* A new JSON object: height, width, classes, then every option that 0.1 had or that says something
 * else than 0.1 did; NULL when memory is short. */
json_t *loci_spec_to_json(const loci_spec *spec);
/* Likewise with every option: to compare by. */
json_t *loci_spec_to_full_json(const loci_spec *spec);
/* The format version of what a specification is written to: 1, or higher where an option that is
 * younger says something else than 0.1 did. */
int loci_spec_version(const loci_spec *spec);
/* Reads what loci_spec_to_json() made, over the defaults; not resolved. LOCI_E_FORMAT with `where`.
 */
int loci_spec_from_json(loci_spec *spec, const json_t *json, const char *where, loci_error *error);

/* The same as text; free() it. NULL when memory is short. */
char *loci_spec_to_text(const loci_spec *spec);
int loci_spec_from_text(loci_spec *spec, const char *text, const char *where, loci_error *error);

#endif
