/* The text files of a run folder: each input is read as config.json, as summary.json, as
 * metrics.jsonl and as sparsity_curve.json. */
#include "../no_sync.h"
#include <string.h>

#include "mutate_words.h"
#include "short_memory.h"
#include "target_folder.h"
#include "train/config.h"
#include "train/metrics.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FILES = 4 };

/* What can be read can be written, and is what it is; what another run has is said. */
static void use_config(const loci_config *config) {
    static loci_config other;
    loci_error error = {0};
    if (loci_config_save(config, target_folder, NULL) != LOCI_OK && !memory_was_short())
        abort();
    if (loci_config_compare(config, config, &error) != LOCI_OK && !memory_was_short())
        abort();
    loci_config_defaults(&other);
    if (loci_config_compare(&other, config, &error) != LOCI_OK && error.message[0] == '\0')
        abort();
}

/* The next epoch's line is read behind those that were there. */
static void append(const loci_metrics *last) {
    loci_metrics next = *last, *all;
    size_t count;
    if (last->epoch == UINT32_MAX)
        return;
    next.epoch++;
    if (loci_metrics_cut(target_paths[2], last->epoch, NULL) != LOCI_OK ||
        loci_metrics_append(target_paths[2], &next, NULL, NULL) != LOCI_OK ||
        loci_metrics_sync(target_paths[2], NULL) != LOCI_OK ||
        loci_metrics_read(&all, &count, target_folder, NULL) != LOCI_OK) {
        if (memory_was_short())
            return;
        abort();
    }
    if (count == 0 || all[count - 1].epoch != next.epoch)
        abort();
    free(all);
}

static int run(const uint8_t *data, size_t size) {
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
    memset(&config, 0, sizeof config);
    if (loci_config_load(&config, target_folder, &error) == LOCI_OK)
        use_config(&config);
    if (loci_summary_load(target_paths[1], &summary, NULL) == LOCI_OK &&
        loci_summary_save(target_paths[1], &summary, NULL) != LOCI_OK && !memory_was_short())
        abort();
    if (loci_summary_read(&summary, target_folder, &error) != LOCI_OK && error.message[0] == '\0')
        abort();
    if (loci_metrics_read(&metrics, &count, target_folder, NULL) == LOCI_OK) {
        for (size_t i = 1; i < count; i++)
            if (metrics[i].epoch <= metrics[i - 1].epoch)
                abort();
        if (count > 0)
            append(&metrics[count - 1]);
        free(metrics);
    }
    if (loci_metrics_cut(target_paths[2], 3, NULL) != LOCI_OK && !memory_was_short())
        abort();
    if (loci_curve_read(&curve, target_folder, NULL) == LOCI_OK) {
        for (size_t i = 0; i < curve.count; i++)
            if (!(curve.points[i].sparsity >= (i > 0 ? curve.points[i - 1].sparsity : 0)))
                abort();
        loci_curve_clear(&curve);
    }
    return 0;
}

WITH_SHORT_MEMORY(run)
MUTATE_WORDS
