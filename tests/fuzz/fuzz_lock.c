/* The lock of a run folder: what it says is read whole or not at all, and is the same when it was
 * written and read once more. Whether its process still lives is asked for whatever it says. */
#include <stdlib.h>
#include <string.h>

#include "mutate_words.h"
#include "short_memory.h"
#include "train/owner.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The process that runs this lives. */
static void ask(const loci_owner *owner) {
    static loci_owner self;
    if (self.token == 0)
        loci_owner_self(&self);
    loci_owner one = self;
    one.pid = owner->pid;
    one.start = owner->start;
    if (!loci_owner_is_near(&one, &self) || loci_owner_has_ended(&self))
        abort();
    bool ended = loci_owner_has_ended(&one);
    if (ended && one.pid == self.pid && one.start == self.start)
        abort();
    loci_owner_is_near(owner, &self);
}

static int run(const uint8_t *data, size_t size) {
    loci_owner owner, again;
    char text[LOCI_OWNER_TEXT];
    if (loci_owner_read(&owner, (const char *)data, size) != LOCI_OK)
        return 0;
    if (owner.token == 0 || strlen(owner.host) >= sizeof owner.host ||
        strlen(owner.boot) >= sizeof owner.boot || strlen(owner.space) >= sizeof owner.space)
        abort();
    ask(&owner);
    size_t length = loci_owner_print(&owner, text);
    bool same = length > 0 && loci_owner_read(&again, text, length) == LOCI_OK &&
                again.token == owner.token && again.pid == owner.pid &&
                again.start == owner.start && strcmp(again.boot, owner.boot) == 0;
    if (length > 0 && !same && !memory_was_short())
        abort();
    return 0;
}

WITH_SHORT_MEMORY(run)
MUTATE_WORDS
