/* frames.npz: where the sites were at some moments of a run, for those who want to see them move.
 */
#ifndef LOCI_TRAIN_FRAMES_H
#define LOCI_TRAIN_FRAMES_H

#include <loci/record.h>

/* Most frames of a run; fewer where the positions are many. */
#define LOCI_MOST_FRAMES 40

/* A run's frames to be, evenly spread over its epochs, start and end included. */
int loci_frames_create(loci_frames **out, const loci_network *network, uint32_t epochs,
                       loci_error *error);

/* Takes a frame if one is due when that epoch is over (0: at the start); otherwise does nothing. */
void loci_frames_take(loci_frames *frames, const loci_network *network, uint32_t epoch);

/* Writes the file if there is a new frame: "epochs" [F], and each position tensor under its name
 * [F, ...]. A network without positions writes none. */
int loci_frames_write(loci_frames *frames, const char *path, loci_error *error);

/* Takes up the frames of a file up to the given epoch. Frames only show what happened: where the
 * file is missing or damaged, the run goes on without them. */
void loci_frames_reload(loci_frames *frames, const char *path, uint32_t epoch);

#endif
