/* The parts of a page's payload. Each function makes one as JSON, NULL when memory is short, or
 * returns a status and puts what it makes into the payload. */
#ifndef LOCI_VIEW_PAYLOAD_H
#define LOCI_VIEW_PAYLOAD_H

#include <jansson.h>
#include <loci/view.h>
#include <stdbool.h>

#include "network/acting.h"
#include "train/frames.h"

/* What a page is made from, and the object it goes into. */
typedef struct loci_payload {
    const loci_network *network;
    const loci_view_options *options;
    json_t *root;     /* the payload; on failure half filled */
    json_t *left_out; /* borrowed from root: texts about what is not in the page */
} loci_payload;

/* Connections that the library goes through, or lists, for a page: it takes up to 16 bytes each. Of
 * a network of more, what it would take them for is left out. */
enum { LOCI_VIEW_MOST_LISTED = 1 << 27 };

/* payload_put.c: puts value, which may be NULL when memory was short, into the payload. LOCI_OK or
 * LOCI_E_MEMORY.
 */
int loci_payload_put(loci_payload *payload, const char *key, json_t *value, loci_error *error);
/* Says that something is left out. */
int loci_payload_leave_out(loci_payload *payload, loci_error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* base64_array.c: {"type", "shape", "data"}, the numbers in base64, little-endian. values NULL:
 * JSON's null. */
typedef enum loci_view_type { LOCI_VIEW_F32, LOCI_VIEW_U16, LOCI_VIEW_U8 } loci_view_type;
json_t *loci_view_array(loci_view_type type, const void *values, uint32_t rank,
                        const size_t *shape);
/* A list of whole numbers; count 0 gives an empty one. */
json_t *loci_view_counts(const size_t *values, size_t count);

/* Numbers over the frames of a page. */
typedef struct loci_track {
    const char *name;
    uint32_t rank;                       /* 1..3 */
    size_t shape[3], count, coordinates; /* every coordinates-th number has one span */
    size_t frames;
    const float *at[LOCI_MOST_FRAMES]; /* [frames], each [count], borrowed */
} loci_track;
/* track.c: {"name", "shape", "low", "high", "data"}; NULL when memory was short. */
json_t *loci_view_track(const loci_track *track);
/* moments.c: adds tracks of what else weights and outputs follow from, as it acts. frames [count]:
 * which of the recording. False when memory was short. */
bool loci_view_moments(json_t *tracks, const loci_network *network, const loci_frames *recording,
                       const size_t *frames, size_t count);

/* payload_time.c: what belongs to projection p in a network whose spikes travel, and to the
 * receivers of pair l where neurons adapt; empty objects elsewhere. NULL when memory was short. */
json_t *loci_view_delay(const loci_acting *acting, size_t p);
json_t *loci_view_adaptation(const loci_network *network, uint32_t l);
/* payload_events.c: samples [count, steps, channels] as a list of what is not 0; and how many of
 * them, `size` numbers each, a page can hold. */
size_t loci_view_events_fit(const float *samples, size_t count, size_t size);
json_t *loci_view_events(const float *samples, size_t count, size_t steps, size_t channels);

/* payload_maps.c: a layer, with its grid where it has maps; what belongs to projection p where it
 * leads to maps, and where it comes from some; empty objects elsewhere. NULL when memory was short.
 */
json_t *loci_view_layer(const loci_spec *spec, uint32_t l);
json_t *loci_view_stencil(const loci_spec *spec, size_t p);
json_t *loci_view_grid(const loci_network *network, const loci_wiring *w, size_t p);
/* A constant of the neurons of layer l + 1 as it acts, of maps one each. get fills that of all
 * neurons. */
json_t *loci_view_constant(const loci_network *network, uint32_t l,
                           void (*get)(const loci_network *, uint32_t, float *));

/* payload_network.c: "layers", "pairs", "recurrent", "spiking" and what belongs to
 * them. */
int loci_payload_network(loci_payload *payload, loci_error *error);
/* payload_run.c: "metrics", "summary", "sparsity_curve". */
int loci_payload_run(loci_payload *payload, loci_error *error);
/* payload_movement.c: "frames". */
int loci_payload_movement(loci_payload *payload, loci_error *error);
/* payload_samples.c: "samples", "confusion", "test_accuracy"; of a regressor "samples", "outputs",
 * "test". */
int loci_payload_samples(loci_payload *payload, loci_error *error);

/* payload.c: a text from outside; a file name, say, may hold any bytes, JSON may not. */
json_t *loci_view_text(const char *text);
/* Everything; json_decref() the root. */
int loci_payload_make(json_t **root, const loci_network *network, const loci_view_options *options,
                      loci_error *error);

#endif
