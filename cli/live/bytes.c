#include "live/bytes.h"

#include <stdlib.h>
#include <string.h>

live_bytes *live_bytes_new(size_t size) {
    live_bytes *bytes = size < SIZE_MAX / 2 ? malloc(sizeof *bytes + size + 1) : NULL;
    if (bytes == NULL)
        return NULL;
    atomic_init(&bytes->holders, 1);
    bytes->size = size;
    bytes->data[size] = 0;
    return bytes;
}

live_bytes *live_bytes_copy(const void *data, size_t size) {
    live_bytes *bytes = live_bytes_new(size);
    if (bytes != NULL && size > 0)
        memcpy(bytes->data, data, size);
    return bytes;
}

live_bytes *live_bytes_text(const char *text) {
    return live_bytes_copy(text, strlen(text));
}

live_bytes *live_bytes_hold(live_bytes *bytes) {
    if (bytes != NULL)
        atomic_fetch_add(&bytes->holders, 1);
    return bytes;
}

void live_bytes_drop(live_bytes *bytes) {
    if (bytes != NULL && atomic_fetch_sub(&bytes->holders, 1) == 1)
        free(bytes);
}
