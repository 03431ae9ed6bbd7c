/* What, beside positions, a network followed from during training: charges, scales, biases and so
 * on as they acted, so that the page can run the network of any moment. */
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "view/parts.h"

static json_t *follow(loci_part_view *m, size_t p, enum loci_part part,
                      const loci_frames *recording, const size_t *frames, size_t count) {
    loci_track track = loci_part_track(m, p, part);
    float *values = loci_alloc(count * track.count, sizeof *values);
    char name[64];
    if (values == NULL)
        return NULL;
    loci_part_name(&m->network, p, part, name, sizeof name);
    track.name = name;
    track.frames = count;
    for (size_t f = 0; f < count; f++) {
        loci_frames_restore(recording, frames[f], m->network.parameters);
        loci_acting_update(&m->acting);
        loci_part_copy(m, p, part, track.count, values + f * track.count);
        track.at[f] = values + f * track.count;
    }
    bool many = loci_part_is_charge(part);
    const size_t shape[] = {count, track.count};
    json_t *json = many ? loci_view_track(&track)
                        : json_pack("{s:s, s:o}", "name", name, "data",
                                    loci_view_array(LOCI_VIEW_F32, values, 2, shape));
    free(values);
    return json;
}

static bool follow_all(json_t *tracks, loci_part_view *m, const loci_frames *recording,
                       const size_t *frames, size_t count) {
    bool lost = false;
    for (size_t p = 0; p < m->acting.count; p++)
        for (int part = 0; part < LOCI_PARTS; part++)
            if (loci_part_trained(&m->network, p, (enum loci_part)part))
                lost |= json_array_append_new(tracks, follow(m, p, (enum loci_part)part, recording,
                                                             frames, count)) != 0;
    return !lost;
}

bool loci_view_moments(json_t *tracks, const loci_network *network, const loci_frames *recording,
                       const size_t *frames, size_t count) {
    loci_part_view m;
    bool done = loci_part_view_open(&m, network, NULL) == LOCI_OK &&
                follow_all(tracks, &m, recording, frames, count);
    loci_part_view_close(&m);
    return done;
}
