#include "train/run_files.h"

#include "train/metrics.h"

int loci_run_put_model(const loci_run_folder *folder, const loci_network *network,
                       loci_error *error) {
    char path[4096];
    int status = loci_run_folder_stage(folder, LOCI_RUN_MODEL, path, error);
    if (status == LOCI_OK)
        status = loci_network_save(network, path, error);
    return loci_run_folder_put(folder, LOCI_RUN_MODEL, status, error);
}

int loci_run_put_frames(const loci_run_folder *folder, loci_frames *frames, loci_error *error) {
    char path[4096];
    if (!loci_frames_are_new(frames))
        return LOCI_OK;
    int status = loci_run_folder_stage(folder, LOCI_RUN_FRAMES, path, error);
    if (status == LOCI_OK)
        status = loci_frames_write(frames, path, error);
    return loci_run_folder_put(folder, LOCI_RUN_FRAMES, status, error);
}

int loci_run_put_summary(const loci_run_folder *folder, const loci_summary *summary,
                         loci_error *error) {
    char path[4096];
    int status = loci_run_folder_stage(folder, LOCI_RUN_SUMMARY, path, error);
    if (status == LOCI_OK)
        status = loci_summary_save(path, summary, error);
    return loci_run_folder_put(folder, LOCI_RUN_SUMMARY, status, error);
}
