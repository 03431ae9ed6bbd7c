/* Runs a fuzz target over files and folders of files: a corpus stays a test where no fuzz engine is
 * at hand.
 *
 * Besides every file itself, each of its truncations at 0..63 bytes and at 16 places further on is
 * run: a cut file is the damage that happens most. Of its first bytes, each is also changed in a
 * few ways: headers stand there. A target that changes inputs by their fields does so to each file
 * for a while. With REPLAY_EVERY=N each Nth length and each Nth byte of all are
 * (tests/campaigns/bytes.py). */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A target that changes inputs by itself has this one. */
__attribute__((weak)) size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
                                                     unsigned int seed);

/* As an engine would change bytes, only plainer: one becomes another, goes, or comes twice. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size) {
    static unsigned draws;
    mutant m = mutant_of(data, size, max_size, ++draws);
    size_t at = size > 0 ? mutant_draw(&m, size) : 0, way = mutant_draw(&m, 4);
    if (size > 0 && (way > 1 || max_size == 0))
        data[at] = (uint8_t)mutant_draw(&m, 256);
    else if (size > 0 && way == 0)
        mutant_splice(&m, at, 1, "", 0);
    else
        mutant_splice(&m, at, 0, "\xff", 1);
    return m.size;
}

/* Every so many of the first bytes are changed: REPLAY_STEP, of a target that takes its time. 0:
 * the files alone are run. */
static size_t step = 1;
static size_t every, runs; /* REPLAY_EVERY; inputs so far */

/* The target gets a copy of exactly `size` bytes, so that a sanitizer sees a read past the end. */
static int run_bytes(const uint8_t *data, size_t size) {
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy) {
        return 0;
    }
    memcpy(copy, data, size);
    runs++;
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
    return 1;
}

/* Changes by fields, each to the file as it is. */
static int run_mutants(const uint8_t *data, size_t size) {
    size_t most = size + 4096;
    uint8_t *copy = LLVMFuzzerCustomMutator != NULL ? malloc(most) : NULL;
    int good = 1;
    for (unsigned seed = 0; copy != NULL && good && seed < 64; seed += (unsigned)step) {
        memcpy(copy, data, size);
        good = run_bytes(copy, LLVMFuzzerCustomMutator(copy, size, most, seed));
    }
    free(copy);
    return good;
}

static int run_file(const char *path) {
    FILE *file = fopen(path, "rb");
    uint8_t *data = NULL;
    size_t size = 0;
    struct stat info;
    if (!file || fstat(fileno(file), &info) != 0) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        if (file) {
            fclose(file);
        }
        return 0;
    }
    size = (size_t)info.st_size;
    data = malloc(size ? size : 1);
    int good = data && fread(data, 1, size, file) == size;
    fclose(file);
    good = good && run_bytes(data, size);
    if (step == 0 && every == 0) {
        free(data);
        return good;
    }
    size_t cuts = every > 0 || size < 64 ? size : 64;
    size_t changed = every > 0 || size < 2048 ? size : 2048;
    for (size_t cut = 0; good && cut<cuts; cut += every> 0 ? every : 1) {
        good = run_bytes(data, cut);
    }
    for (size_t part = 1; good && part < 16; part++) {
        good = run_bytes(data, size / 16 * part);
    }
    static const uint8_t changes[] = {0x01, 0x80, 0xff};
    for (size_t at = 0; good && at<changed; at += every> 0 ? every : step)
        for (size_t c = 0; good && c < sizeof changes; c++) {
            data[at] ^= changes[c];
            good = run_bytes(data, size);
            data[at] ^= changes[c];
        }
    good = good && run_mutants(data, size);
    free(data);
    return good;
}

/* Runs a file, or every file of a folder. Returns how many ran, -1 on failure. */
static int run_path(const char *path) {
    struct stat info;
    if (stat(path, &info) != 0) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return -1;
    }
    if (!S_ISDIR(info.st_mode)) {
        return run_file(path) ? 1 : -1;
    }
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, NULL, alphasort);
    int ran = count < 0 ? -1 : 0;
    for (int i = 0; i < count; i++) {
        char *inner = NULL;
        if (ran >= 0 && entries[i]->d_name[0] != '.' &&
            asprintf(&inner, "%s/%s", path, entries[i]->d_name) >= 0) {
            ran = run_file(inner) ? ran + 1 : -1;
            free(inner);
        }
        free(entries[i]);
    }
    free(entries);
    return ran;
}

int main(int argc, char **argv) {
    const char *wanted = getenv("REPLAY_STEP"), *all = getenv("REPLAY_EVERY");
    step = wanted != NULL && atoi(wanted) >= 0 ? (size_t)atoi(wanted) : 1;
    every = all != NULL && atoi(all) > 0 ? (size_t)atoi(all) : 0;
    int total = 0;
    for (int i = 1; i < argc; i++) {
        int ran = run_path(argv[i]);
        if (ran < 0) {
            return 1;
        }
        total += ran;
    }
    printf("%d files replayed, %zu runs\n", total, runs);
    return total > 0 ? 0 : 1; /* an empty corpus tests nothing */
}
