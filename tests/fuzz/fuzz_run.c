/* The text files of a run folder: each input is read as config.json, as summary.json, as
 * metrics.jsonl and as sparsity_curve.json. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../no_sync.h"
#include "train/metrics.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FILES = 4 };
static char folder[64], paths[FILES][96];

static void clean(void) {
    for (int i = 0; i < FILES; i++)
        remove(paths[i]);
    rmdir(folder);
}

static void prepare(void) {
    static const char *const names[FILES] = {"config.json", "summary.json", "metrics.jsonl",
                                             "sparsity_curve.json"};
    strcpy(folder, P_tmpdir "/loci-fuzz-XXXXXX");
    if (mkdtemp(folder) == NULL)
        abort();
    for (int i = 0; i < FILES; i++)
        snprintf(paths[i], sizeof paths[i], "%s/%s", folder, names[i]);
    atexit(clean);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (folder[0] == '\0')
        prepare();
    for (int i = 0; i < FILES; i++) {
        remove(paths[i]); /* writing over a file makes some file systems wait for the disk */
        FILE *file = fopen(paths[i], "wb");
        if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0)
            abort();
    }
    loci_config config;
    loci_summary summary;
    loci_metrics *metrics;
    loci_curve curve;
    size_t count;
    loci_error error = {0};
    if (loci_config_load(&config, folder, &error) == LOCI_OK &&
        loci_config_save(&config, folder, NULL) != LOCI_OK)
        abort(); /* what can be read can be written */
    if (loci_summary_load(paths[1], &summary, NULL) == LOCI_OK &&
        loci_summary_save(paths[1], &summary, NULL) != LOCI_OK)
        abort();
    if (loci_metrics_read(&metrics, &count, folder, NULL) == LOCI_OK) {
        for (size_t i = 1; i < count; i++)
            if (metrics[i].epoch <= metrics[i - 1].epoch)
                abort();
        free(metrics);
    }
    if (loci_metrics_cut(paths[2], 3, NULL) != LOCI_OK)
        abort();
    if (loci_curve_read(&curve, folder, NULL) == LOCI_OK) {
        for (size_t i = 0; i < curve.count; i++)
            if (!(curve.points[i].sparsity >= (i > 0 ? curve.points[i - 1].sparsity : 0)))
                abort();
        loci_curve_clear(&curve);
    }
    return 0;
}
