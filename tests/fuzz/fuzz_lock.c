/* The lock of a run folder: what it says is read whole or not at all, and is the same when it was
 * written and read once more. */
#include <stdlib.h>
#include <string.h>

#include "mutate_words.h"
#include "train/owner.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    loci_owner owner, again;
    char text[LOCI_OWNER_TEXT];
    if (loci_owner_read(&owner, (const char *)data, size) != LOCI_OK)
        return 0;
    if (owner.token == 0 || strlen(owner.host) >= sizeof owner.host ||
        strlen(owner.boot) >= sizeof owner.boot || strlen(owner.space) >= sizeof owner.space)
        abort();
    size_t length = loci_owner_print(&owner, text);
    if (length > 0 && (loci_owner_read(&again, text, length) != LOCI_OK ||
                       again.token != owner.token || again.pid != owner.pid ||
                       again.start != owner.start || strcmp(again.boot, owner.boot) != 0))
        abort();
    return 0;
}

MUTATE_WORDS
