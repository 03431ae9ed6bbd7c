/* A folder of its own for a target that reads paths; it goes with the process. */
#ifndef LOCI_TESTS_TARGET_FOLDER_H
#define LOCI_TESTS_TARGET_FOLDER_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TARGET_PATHS = 20 };
static char target_folder[256], target_paths[TARGET_PATHS][320];

static inline void target_folder_clean(void) {
    for (int i = TARGET_PATHS; i-- > 0;)
        if (target_paths[i][0] != '\0')
            remove(target_paths[i]);
    rmdir(target_folder);
}

/* Names the paths of `count` files; one that ends in '/' is a folder, which is made. Does nothing
 * from the second call on. */
static inline void target_folder_make(const char *const *names, int count) {
    const char *base = getenv("TMPDIR");
    if (target_folder[0] != '\0')
        return;
    snprintf(target_folder, sizeof target_folder, "%.200s/loci-fuzz-XXXXXX",
             base != NULL && base[0] != '\0' ? base : P_tmpdir);
    if (count > TARGET_PATHS || mkdtemp(target_folder) == NULL)
        abort();
    for (int i = 0; i < count; i++) {
        int length =
            snprintf(target_paths[i], sizeof target_paths[i], "%s/%s", target_folder, names[i]);
        if (target_paths[i][length - 1] == '/' && mkdir(target_paths[i], 0700) != 0)
            abort();
    }
    atexit(target_folder_clean);
}

static inline void target_folder_put(int i, const void *data, size_t size) {
    remove(target_paths[i]); /* writing over a file makes some file systems wait for the disk */
    FILE *file = fopen(target_paths[i], "wb");
    if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0)
        abort();
}

#endif
