/* Which way up a picture is to be seen, as cameras note it (Exif). */
#ifndef LOCI_DATA_ORIENTATION_H
#define LOCI_DATA_ORIENTATION_H

#include "data/picture.h"

/* What a JPEG or PNG says of it, 1 to 8: 1 as it is stored, 2 mirrored left for right, 3 turned by
 * half, 4 mirrored top for bottom, 5 to 8 the same with rows and columns exchanged first (6: to be
 * turned clockwise by a quarter, 8: the other way). 1 where nothing is said, or nothing sound. */
int loci_orientation_of(const unsigned char *bytes, size_t size);

/* Turns a picture so that it is seen. LOCI_E_MEMORY; then it is as it was. */
int loci_orientation_turn(loci_picture *picture, int orientation, const char *where,
                          loci_error *error);

#endif
