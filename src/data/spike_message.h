/* Whether what a header in an HDF5 file says can be handed to libhdf5, which believes the lengths
 * and texts in it, and divides by the sides of chunks. Layout: "HDF5 File Format Specification
 * Version 3.0", IV.A.2. */
#ifndef LOCI_DATA_SPIKE_MESSAGE_H
#define LOCI_DATA_SPIKE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

/* Kinds of messages; of all others nothing is looked at. */
enum {
    LOCI_SPIKE_LINKS = 2, /* where they are, if not in the header */
    LOCI_SPIKE_TYPE = 3,
    LOCI_SPIKE_OLD_FILL = 4,
    LOCI_SPIKE_FILL = 5,
    LOCI_SPIKE_LINK = 6,
    LOCI_SPIKE_EXTERNAL = 7,
    LOCI_SPIKE_LAYOUT = 8,
    LOCI_SPIKE_FILTERS = 11,
    LOCI_SPIKE_CONTINUED = 16,
    LOCI_SPIKE_TABLE = 17, /* of links: a tree of their entries and a heap of their names */
};

/* Of a data set that lies in this file, in one piece or in chunks that have sides, of numbers,
 * texts or lists of these. Layouts of before version 1.6.3 of libhdf5 are not taken. */
bool loci_spike_message_is_sound(unsigned kind, const unsigned char *bytes, size_t size);

#endif
