/* Memory of jansson, which does not survive a shortage: its reader goes on with half a word where
 * one could not grow, and stops the program or reads past its end. So something is put by for it.
 * When that is used up, too, the program says so and ends, as it must. */
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/cli.h"

enum { RESERVE = 1 << 20 }; /* bytes: what reading most headers of models takes */

static void *_Atomic reserve;

static void *take(size_t size) {
    void *memory = malloc(size);
    void *put_by = memory == NULL ? atomic_exchange(&reserve, NULL) : NULL;
    if (put_by != NULL) {
        free(put_by);
        memory = malloc(size);
    }
    if (memory == NULL) {
        cli_fail("JSON", "out of memory");
        _exit(CLI_FAILED);
    }
    return memory;
}

void cli_guard_json(void) {
    atomic_store(&reserve, malloc(RESERVE));
    json_set_alloc_funcs(take, free);
}
