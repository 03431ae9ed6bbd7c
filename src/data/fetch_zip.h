/* Downloads that come as a .zip of one file: whether what came is right, and the file in it. */
#ifndef LOCI_DATA_FETCH_ZIP_H
#define LOCI_DATA_FETCH_ZIP_H

#include <loci/status.h>

/* Compares a file's MD5, 32 hex digits. LOCI_E_FORMAT where it is another. MD5 is what is
 * published; it finds what went wrong on the way, and is no proof against someone who tries. */
int loci_zip_verify(const char *path, const char *md5, loci_error *error);
/* Writes the archive's member `name` to `to`, all or nothing. LOCI_E_FORMAT, LOCI_E_IO or
 * LOCI_E_MEMORY. */
int loci_zip_unpack(const char *path, const char *name, const char *to, loci_error *error);

#endif
