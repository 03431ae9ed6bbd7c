#include "exchange/npz_checksum.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/error.h"
#include "network/pruning_note.h"
#include "network/rounding_note.h"
#include "network/spec_json.h"
#include "synapse/connections.h"

static uint32_t add(uint32_t sum, const void *bytes, size_t size) {
    return bytes == NULL ? sum : (uint32_t)crc32_z(sum, bytes, size);
}

int loci_npz_checksum(const loci_network *network, uint32_t *sum, loci_error *error) {
    const loci_spec *spec = &network->spec;
    size_t pixels = loci_spec_pixels(spec);
    loci_pruning_note note;
    loci_pruning_note_of(&note, network);
    char *text = loci_spec_to_text(spec), *pruning = loci_pruning_note_to_text(&note, spec);
    char *rounding = network->rounding != NULL ? loci_rounding_note(network) : NULL;
    if (text == NULL || pruning == NULL || (network->rounding != NULL && rounding == NULL)) {
        free(text);
        free(pruning);
        free(rounding);
        return loci_fail_memory(error, "checksum");
    }
    uint32_t s = add(0, text, strlen(text));
    s = add(s, pruning, strlen(pruning));
    s = add(s, rounding, rounding != NULL ? strlen(rounding) : 0);
    s = add(s, network->parameters, network->parameter_count * sizeof *network->parameters);
    s = add(s, network->low, pixels * sizeof *network->low);
    s = add(s, network->span, pixels * sizeof *network->span);
    s = add(s, network->target_mean, spec->classes * sizeof *network->target_mean);
    s = add(s, network->target_deviation, spec->classes * sizeof *network->target_deviation);
    s = add(s, network->pixels, spec->inputs * sizeof *network->pixels);
    bool set = network->pruned_by == LOCI_PRUNE_BY_SET;
    for (uint32_t l = 0; set && l <= loci_spec_hidden_layers(spec); l++) {
        size_t n, m;
        loci_spec_pair_shape(spec, l, &n, &m);
        s = add(s, network->cut[l].set, loci_bitmap_bytes(n, m));
    }
    *sum = s;
    free(text);
    free(pruning);
    free(rounding);
    return LOCI_OK;
}
