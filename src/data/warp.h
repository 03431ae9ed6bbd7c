/* Augmentation: an image is moved, turned, stretched and bent a little before it is learnt from. */
#ifndef LOCI_DATA_WARP_H
#define LOCI_DATA_WARP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/jitter.h"

/* By how much, at most. All 0: not at all. */
typedef struct loci_augmentation {
    uint32_t shift; /* whole pixels either way */
    double rotate;  /* degrees either way */
    double zoom;    /* share of the size, either way, of each axis by itself */
    double shear;   /* columns a row, either way */
    double elastic; /* pixels: how far the nodes of a coarse grid are pulled, either way */
    bool flip;      /* every other image, at random, left for right */
} loci_augmentation;

/* Whether an image comes in more ways than can be counted. */
static inline bool loci_deforms(const loci_augmentation *by) {
    return by->rotate > 0 || by->zoom > 0 || by->shear > 0 || by->elastic > 0;
}

/* Whether more happens than a shift. */
static inline bool loci_warps(const loci_augmentation *by) {
    return by->flip || loci_deforms(by);
}

/* The first option of those that do more; of none at all it is the last. */
static inline const char *loci_warps_by(const loci_augmentation *by) {
    return by->rotate > 0  ? "rotate"
           : by->zoom > 0  ? "zoom"
           : by->shear > 0 ? "shear"
           : by->flip      ? "flip"
                           : "elastic";
}

/* Nodes of that grid along each side of the image. */
enum { LOCI_WARP_NODES = 5 };

/* What happens to one image. */
typedef struct loci_warp {
    int32_t down, right; /* whole pixels */
    bool turned;         /* whether more happens than that; what follows counts only then */
    bool bent;
    bool mirrored; /* left for right; row and column have it already */
    /* Seen from its centre, pixel (r, c) comes from row[0] r + row[1] c, column[0] r + column[1] c.
     */
    float row[2], column[2];
    float pull[2][LOCI_WARP_NODES][LOCI_WARP_NODES]; /* and further: rows, columns */
} loci_warp;

/* What an epoch does to its images, or to temporal data: a function of seed, epoch and sample,
 * whatever batch a sample falls into. */
typedef struct loci_warping {
    loci_augmentation by;
    uint64_t seed;
    uint32_t epoch;
    size_t height, width, channels; /* of an image; the channels of a pixel move together */
    loci_jitter jitter;             /* of temporal data */
} loci_warping;
void loci_warp_draw(loci_warp *warp, const loci_warping *warping, uint32_t sample);

/* Rows and columns that a framed image has more: one before it and two after. */
enum { LOCI_WARP_FRAME = 3 };

/* framed [height + FRAME, width + FRAME] = image [height, width] with zeros around it; the pixels
 * of image are `step` numbers apart. */
void loci_warp_frame(const float *image, size_t height, size_t width, size_t step, float *framed);

/* to [height, width] = the framed image, warped; between pixels values are interpolated, beyond the
 * frame they are 0. to has room for one row more, and must not overlap framed. */
void loci_warp_apply(const loci_warp *warp, const float *framed, size_t height, size_t width,
                     float *to);

/* Floats that loci_warp_image() needs beside the image. */
size_t loci_warp_scratch(const loci_warping *warping);

/* Warps image [height, width, channels] in place, each channel alike. It is followed by
 * loci_warp_scratch() floats. */
void loci_warp_image(const loci_warp *warp, const loci_warping *warping, float *image);

#endif
