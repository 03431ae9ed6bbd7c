/* The text files of a run folder: each input is read as config.json, as summary.json, as
 * metrics.jsonl and as sparsity_curve.json. */
#include "../no_sync.h"
#include "mutate_words.h"
#include "target_folder.h"
#include "train/metrics.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FILES = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const names[FILES] = {"config.json", "summary.json", "metrics.jsonl",
                                             "sparsity_curve.json"};
    target_folder_make(names, FILES);
    for (int i = 0; i < FILES; i++)
        target_folder_put(i, data, size);
    loci_config config;
    loci_summary summary;
    loci_metrics *metrics;
    loci_curve curve;
    size_t count;
    loci_error error = {0};
    if (loci_config_load(&config, target_folder, &error) == LOCI_OK &&
        loci_config_save(&config, target_folder, NULL) != LOCI_OK)
        abort(); /* what can be read can be written */
    if (loci_summary_load(target_paths[1], &summary, NULL) == LOCI_OK &&
        loci_summary_save(target_paths[1], &summary, NULL) != LOCI_OK)
        abort();
    if (loci_metrics_read(&metrics, &count, target_folder, NULL) == LOCI_OK) {
        for (size_t i = 1; i < count; i++)
            if (metrics[i].epoch <= metrics[i - 1].epoch)
                abort();
        free(metrics);
    }
    if (loci_metrics_cut(target_paths[2], 3, NULL) != LOCI_OK)
        abort();
    if (loci_curve_read(&curve, target_folder, NULL) == LOCI_OK) {
        for (size_t i = 0; i < curve.count; i++)
            if (!(curve.points[i].sparsity >= (i > 0 ? curve.points[i - 1].sparsity : 0)))
                abort();
        loci_curve_clear(&curve);
    }
    return 0;
}

MUTATE_WORDS
