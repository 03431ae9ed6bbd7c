/* Where the bytes of a member lie in a zip archive, which libzip does not tell. */
#ifndef LOCI_DATA_ZIP_PLACE_H
#define LOCI_DATA_ZIP_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* *at: where the `size` bytes of the member called `name` lie in an archive of `whole` bytes, open
 * as a descriptor, if they are stored as they are. False where they are packed, or where anything
 * is not as it should be: then they are to be read through libzip. */
bool loci_zip_place(int file, uint64_t whole, const char *name, uint64_t size, uint64_t *at);

#endif
