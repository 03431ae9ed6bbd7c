/* What a run works with while it goes. */
#ifndef LOCI_TRAIN_RUN_WORK_H
#define LOCI_TRAIN_RUN_WORK_H

#include <stdbool.h>

#include "base/file.h"
#include "base/meeting.h"
#include "train/checkpoint.h"
#include "train/fingerprint.h"
#include "train/frames.h"
#include "train/progress.h"
#include "train/run_files.h"
#include "train/silence.h"

/* Least seconds between two checkpoints at ends of epochs. */
#define LOCI_RUN_EPOCH_INTERVAL 1.0

typedef struct loci_run_work {
    loci_config config; /* sizes taken from the data, resolved */
    loci_config here;   /* the same, but paths of models hold from the current folder */
    char fingerprints[LOCI_FINGERPRINTS];
    loci_run_options options;
    loci_run_folder folder;
    loci_meeting meeting; /* of the processes that train it */
    loci_network *network;
    loci_trainer *trainer;
    loci_frames *frames;
    loci_run_state state;
    loci_silence silence;
    loci_progress_clock progress;
    double started, elapsed_before; /* clock at the start; seconds of the processes before */
    double saved, saving; /* clock after the last checkpoint, and what it took; 0: none yet */
    uint64_t saved_step;  /* where it stands */
    bool is_saved;
} loci_run_work;

/* Whether this process keeps the folder: of several the first one alone. */
static inline bool loci_run_leads(const loci_run_work *r) {
    return loci_meeting_number(&r->meeting) == 0;
}

/* The path of a file in the folder. LOCI_E_ARGUMENT: too long. */
static inline int loci_run_path(const loci_run_work *r, char path[4096], const char *name,
                                loci_error *error) {
    return loci_path_join(path, 4096, r->folder.path, name, error);
}

/* Hands a line to who asked for it; "" is none. */
static inline void loci_run_tell(const loci_run_work *r, const char *note) {
    if (r->options.note != NULL && note[0] != '\0')
        r->options.note(r->options.user, note);
}

/* Begins anew, or goes on where the run in the folder was left. To be called by who leads. Errors
 * as loci_run_train(). */
int loci_run_begin(loci_run_work *r, loci_error *error);
/* Trains to the end, and saves now and then. LOCI_E_INTERRUPTED: was asked to stop, and saved. */
int loci_run_loop(loci_run_work *r, loci_error *error);
/* What remains to be written when training is over; *summary is what it came to. */
int loci_run_finish(loci_run_work *r, loci_summary *summary, loci_error *error);

#endif
