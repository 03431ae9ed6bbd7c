/* What reading and writing .npz files share. */
#ifndef LOCI_DATA_NPZ_ZIP_H
#define LOCI_DATA_NPZ_ZIP_H

#include <loci/status.h>
#include <zip.h>

/* Puts what libzip says into the error. LOCI_E_FORMAT, LOCI_E_IO or LOCI_E_MEMORY. */
int loci_zip_fail(loci_error *error, const char *path, zip_error_t *reason, const char *what);

#endif
