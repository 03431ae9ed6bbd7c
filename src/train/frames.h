/* frames.npz: where the sites were at some moments of a run, for those who want to see them move.
 */
#ifndef LOCI_TRAIN_FRAMES_H
#define LOCI_TRAIN_FRAMES_H

#include <loci/network.h>

/* Most frames of a run; fewer where the positions are many. */
#define LOCI_MOST_FRAMES 40

/* The frames of a run, evenly spread over its epochs, start and end included. */
typedef struct loci_frames loci_frames;

/* Frames of a network that will be trained for so many epochs. */
int loci_frames_create(loci_frames **out, const loci_network *network, uint32_t epochs,
                       loci_error *error);
void loci_frames_free(loci_frames *frames); /* NULL is allowed */

/* Takes a frame if one is due when that epoch is over (0: at the start); otherwise does nothing. */
void loci_frames_take(loci_frames *frames, const loci_network *network, uint32_t epoch);

/* Writes the file if there is a new frame: "epochs" [F], and each position tensor under its name
 * [F, ...]. A network without positions writes none. */
int loci_frames_write(loci_frames *frames, const char *path, loci_error *error);

/* Takes up the frames of a file up to the given epoch. Frames only show what happened: where the
 * file is missing or damaged, the run goes on without them. */
void loci_frames_reload(loci_frames *frames, const char *path, uint32_t epoch);

#endif
