/* The text files of a run folder: each input is read as config.json, as summary.json and as
 * metrics.jsonl. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "train/metrics.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[64], paths[3][96];

static void clean(void) {
    for (int i = 0; i < 3; i++)
        remove(paths[i]);
    rmdir(folder);
}

static void prepare(void) {
    static const char *const names[3] = {"config.json", "summary.json", "metrics.jsonl"};
    strcpy(folder, P_tmpdir "/loci-fuzz-XXXXXX");
    if (mkdtemp(folder) == NULL)
        abort();
    for (int i = 0; i < 3; i++)
        snprintf(paths[i], sizeof paths[i], "%s/%s", folder, names[i]);
    atexit(clean);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (folder[0] == '\0')
        prepare();
    for (int i = 0; i < 3; i++) {
        remove(paths[i]); /* writing over a file makes some file systems wait for the disk */
        FILE *file = fopen(paths[i], "wb");
        if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0)
            abort();
    }
    loci_config config;
    loci_summary summary;
    loci_error error = {0};
    if (loci_config_load(&config, folder, &error) == LOCI_OK &&
        loci_config_save(&config, folder, NULL) != LOCI_OK)
        abort(); /* what can be read can be written */
    if (loci_summary_load(paths[1], &summary, NULL) == LOCI_OK &&
        loci_summary_save(paths[1], &summary, NULL) != LOCI_OK)
        abort();
    if (loci_metrics_cut(paths[2], 3, NULL) != LOCI_OK)
        abort();
    return 0;
}
