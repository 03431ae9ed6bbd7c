/* Bytes that several hold: an answer is sent while the next one is already there. */
#ifndef LOCI_CLI_LIVE_BYTES_H
#define LOCI_CLI_LIVE_BYTES_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

typedef struct live_bytes {
    atomic_size_t holders;
    size_t size;
    unsigned char data[]; /* [size], and a 0 behind it */
} live_bytes;

/* Not set; one holder. NULL when memory is short. */
live_bytes *live_bytes_new(size_t size);
live_bytes *live_bytes_copy(const void *data, size_t size);
live_bytes *live_bytes_text(const char *text);
/* One holder more; NULL stays NULL. */
live_bytes *live_bytes_hold(live_bytes *bytes);
/* One less. NULL is allowed. */
void live_bytes_drop(live_bytes *bytes);

#endif
