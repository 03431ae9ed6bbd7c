/* How much memory there is for this process, whatever it has taken of it. */
#ifndef LOCI_BASE_MEMORY_ROOM_H
#define LOCI_BASE_MEMORY_ROOM_H

#include <stddef.h>

/* The least of: the machine's memory, what the process's control group may use, and what limits of
 * the process (ulimit -v, -d) allow. SIZE_MAX where nothing is known. */
size_t loci_memory_room(void);

#endif
