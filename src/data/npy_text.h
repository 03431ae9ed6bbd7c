/* Texts in .npy files: numpy's kind U, four bytes a character, and S, bytes. */
#ifndef LOCI_DATA_NPY_TEXT_H
#define LOCI_DATA_NPY_TEXT_H

#include "data/npy.h"

/* Item i of a parsed file of kind U or S, as UTF-8; free() it. numpy pads with zeros, which are
 * left out. LOCI_E_FORMAT with `where` (a zero within it, a number that is no character, bytes that
 * are no UTF-8) or LOCI_E_MEMORY. */
int loci_npy_text_item(const loci_npy *npy, const unsigned char *bytes, size_t i, const char *where,
                       char **out, loci_error *error);

/* The one text of a whole .npy file in memory, of kind U, likewise; LOCI_E_FORMAT also when there
 * is none, or more than one. */
int loci_npy_text(const unsigned char *bytes, size_t size, const char *where, char **out,
                  loci_error *error);

/* A text as items of kind U, little-endian; what is not UTF-8 becomes '?'. free() it. *characters:
 * how many, at least 1. NULL when memory is short. */
unsigned char *loci_npy_from_text(const char *text, size_t *characters);

#endif
