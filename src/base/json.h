/* Values out of JSON that may hold anything. Each returns whether the key is there with a value of
 * that kind; where it is not, *out may hold anything. */
#ifndef LOCI_BASE_JSON_H
#define LOCI_BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A text of less than `size` bytes. */
bool loci_json_text(const json_t *json, const char *key, char *out, size_t size);
/* A whole number from 0 to `most`. */
bool loci_json_count(const json_t *json, const char *key, uint64_t most, uint64_t *out);
/* A number; null is -1, which stands for what was not measured. */
bool loci_json_real(const json_t *json, const char *key, double *out);

#endif
