/* A file without a name, for what is larger than memory should hold. */
#ifndef LOCI_DATA_TEMPORARY_FILE_H
#define LOCI_DATA_TEMPORARY_FILE_H

#include <stddef.h>

#include <loci/status.h>

/* Opens one in $TMPDIR, /var/tmp or /tmp: a descriptor; it goes when that is closed. -1 with
 * LOCI_E_IO. */
int loci_temporary_file(loci_error *error);
/* Writes all of it where the descriptor stands. LOCI_E_IO: the disk is full. */
int loci_temporary_write(int file, const void *bytes, size_t size, loci_error *error);

#endif
