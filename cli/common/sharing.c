/* Runs that several processes share out: which are left to this one, and waiting for the others. */
#include <time.h>

#include "common/training.h"

train_standing train_look(train_run *run) {
    loci_error why = {0};
    if (loci_run_result(&run->summary, run->directory, NULL) == LOCI_OK)
        return TRAIN_COMPLETE;
    if (loci_run_busy(run->directory, NULL) == LOCI_E_BUSY)
        return TRAIN_ELSEWHERE;
    /* what had failed before this command is tried once more: it was asked for again */
    if (!run->failed_before && loci_run_failure(&why, run->directory) == LOCI_OK) {
        run->error = why;
        return TRAIN_FAILED;
    }
    return TRAIN_OPEN;
}

bool train_wait(train_waiting *waiting, size_t elsewhere, const volatile sig_atomic_t *stop,
                const train_request *request) {
    const struct timespec rest = {0, 100 * 1000 * 1000};
    const char *plural = elsewhere == 1 ? "" : "s";
    if (request->no_wait) {
        cli_note("%zu run%s left to other processes", elsewhere, plural);
        return false;
    }
    if (waiting->tenths == 0 && !request->quiet)
        cli_note("waiting for %zu run%s that other processes are at work on", elsewhere, plural);
    waiting->tenths = waiting->tenths == 0 ? 1 : waiting->tenths < 10 ? 2 * waiting->tenths : 20;
    for (int i = 0; i < waiting->tenths && !cli_is_raised(stop); i++)
        nanosleep(&rest, NULL);
    return !cli_is_raised(stop);
}
