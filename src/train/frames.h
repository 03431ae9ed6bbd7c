/* frames.npz: the network at some moments of a run, for those who want to see its sites move. */
#ifndef LOCI_TRAIN_FRAMES_H
#define LOCI_TRAIN_FRAMES_H

#include <stdbool.h>

#include <loci/record.h>

/* Most frames of a run; fewer where the positions are many. */
#define LOCI_MOST_FRAMES 40

/* A run's frames to be, evenly spread over its epochs, start and end included. */
int loci_frames_create(loci_frames **out, const loci_network *network, uint32_t epochs,
                       loci_error *error);

/* Takes a frame if one is due when that epoch is over (0: at the start); otherwise does nothing. */
void loci_frames_take(loci_frames *frames, const loci_network *network, uint32_t epoch);

/* Whether there is a new frame to write; a network without positions has none. */
bool loci_frames_are_new(const loci_frames *frames);
/* Writes the file if there is: "epochs" [F], and each tensor under its name [F, ...], positions
 * first. */
int loci_frames_write(loci_frames *frames, const char *path, loci_error *error);

/* Takes up the frames of a file up to the given epoch. Frames only show what happened: where the
 * file is missing or damaged, the run goes on without them. LOCI_E_MEMORY. */
int loci_frames_reload(loci_frames *frames, const char *path, uint32_t epoch, loci_error *error);

/* Whether they hold all parameters; files of 0.1 hold positions only. */
bool loci_frames_whole(const loci_frames *frames);

/* Overwrites those parameters that frame f holds: [parameter_count] of the frames' network. */
void loci_frames_restore(const loci_frames *frames, size_t f, float *parameters);

#endif
