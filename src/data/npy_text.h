/* Texts in .npy files: numpy's kind U, four bytes a character. */
#ifndef LOCI_DATA_NPY_TEXT_H
#define LOCI_DATA_NPY_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include <loci/status.h>

/* The one text of a whole .npy file in memory, as UTF-8; free() it. numpy pads with zeros, which
 * are left out. LOCI_E_FORMAT with `where` (no text, more than one, a zero within it, a number that
 * is no character) or LOCI_E_MEMORY. */
int loci_npy_text(const unsigned char *bytes, size_t size, const char *where, char **out,
                  loci_error *error);

/* A text as items of kind U, little-endian; what is not UTF-8 becomes '?'. free() it. *characters:
 * how many, at least 1. NULL when memory is short. */
unsigned char *loci_npy_from_text(const char *text, size_t *characters);

#endif
