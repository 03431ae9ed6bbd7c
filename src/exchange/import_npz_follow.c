/* What follows from the arrays of an imported network stands in the file too, and may have been
 * edited, or be out of date. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "exchange/import_npz.h"
#include "exchange/network_numbers.h"
#include "exchange/npz_checksum.h"
#include "network/kept.h"
#include "network/model_file.h"

/* Whether nothing that is stored was edited since the export. False where that is not known. */
static int is_untouched(const loci_npz_import *in, bool *untouched, loci_error *error) {
    loci_npz_loaded stored;
    uint32_t sum;
    *untouched = false;
    if (!loci_npz_has(&in->file, LOCI_NPZ_CHECKSUM))
        return LOCI_OK;
    int status = loci_npz_take(&in->file, LOCI_NPZ_CHECKSUM, "u4", &stored, error);
    if (status != LOCI_OK)
        return status;
    status = loci_npz_checksum(in->network, &sum, error);
    if (status == LOCI_OK)
        *untouched = stored.count == 1 && memcmp(stored.data, &sum, sizeof sum) == 0;
    free(stored.data);
    return status;
}

/* ---- kept connections ---- */

/* Rows and columns of what pair l keeps. */
static void pair_shape(const loci_npz_import *in, uint32_t l, size_t shape[2]) {
    loci_spec_pair_shape(&in->network->spec, l, &shape[0], &shape[1]);
}

/* All pairs have an array of what they keep, or none has. */
static int count_kept_arrays(const loci_npz_import *in, uint32_t *count, loci_error *error) {
    uint32_t pairs = loci_spec_hidden_layers(&in->network->spec) + 1;
    const uint32_t none = pairs;
    uint32_t absent = none;
    char name[LOCI_MODEL_NAME];
    *count = 0;
    for (uint32_t l = 0; l < pairs; l++)
        if (loci_npz_has(&in->file, loci_model_name(name, l, "kept")))
            (*count)++;
        else if (absent == none)
            absent = l;
    if (absent != none && (*count > 0 || in->note.by == LOCI_PRUNE_BY_SET))
        return loci_fail(error, LOCI_E_FORMAT, in->path, "'%s' is missing",
                         loci_model_name(name, absent, "kept"));
    return LOCI_OK;
}

/* What the file says each pair keeps: mask[l] [n, m]. Free them in any case. */
static int read_kept(const loci_npz_import *in, uint8_t *mask[LOCI_MAX_PAIRS], loci_error *error) {
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(&in->network->spec); l++) {
        size_t shape[2];
        char name[LOCI_MODEL_NAME];
        pair_shape(in, l, shape);
        int status =
            loci_import_flags(in, loci_model_name(name, l, "kept"), 2, shape, &mask[l], error);
        if (status != LOCI_OK)
            return status;
    }
    return LOCI_OK;
}

/* From now on the network keeps this set. */
static int adopt(loci_npz_import *in, uint8_t *const *mask, loci_error *error) {
    loci_network *network = in->network;
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(&network->spec); l++) {
        size_t shape[2], kept = 0, at = network->projection[l].weight;
        pair_shape(in, l, shape);
        size_t all = shape[0] * shape[1];
        uint8_t *set = loci_bitmap_of(mask[l], all);
        if (set == NULL)
            return loci_fail_memory(error, in->path);
        for (size_t i = 0; i < all; i++) {
            kept += mask[l][i];
            if (at != LOCI_NONE && mask[l][i] == 0)
                network->parameters[at + i] = 0;
        }
        free(network->cut[l].set);
        network->cut[l] = (loci_cut){.kept = kept, .set = set};
    }
    network->pruned_by = LOCI_PRUNE_BY_SET;
    return LOCI_OK;
}

/* Whether the network keeps just these connections. */
static int compare(const loci_network *network, uint8_t *const *mask, bool *same,
                   loci_error *error) {
    loci_acting acting;
    int status = loci_exchange_acting(&acting, network, error);
    *same = status == LOCI_OK;
    for (uint32_t l = 0; *same && l < acting.pairs; l++) {
        size_t all = acting.wiring[l].n * acting.wiring[l].m;
        uint8_t *own = loci_alloc(all, 1);
        if (own == NULL) {
            status = loci_fail_memory(error, "kept");
            *same = false;
            break;
        }
        if (network->pruned_by == LOCI_UNPRUNED)
            memset(own, 1, all); /* a finite range's reach is no cut */
        else
            loci_kept_count(&acting, l, own);
        *same = memcmp(own, mask[l], all) == 0;
        free(own);
    }
    loci_acting_close(&acting);
    return status;
}

/* Applies the cut that the file notes to the positions as they are now. */
static int apply_cut(loci_npz_import *in, loci_error *error) {
    size_t kept;
    loci_error inner = {0};
    if (in->note.by == LOCI_UNPRUNED)
        return LOCI_OK;
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(&in->network->spec); l++)
        in->network->cut[l] = (loci_cut){.value = in->note.cut[l], .kept = in->note.kept[l]};
    int status = loci_network_count_kept(in->network, &kept, &inner);
    if (status == LOCI_E_MISMATCH) {
        in->report.new_count = 1;
        return loci_kept_recount(in->network, error);
    }
    return status == LOCI_OK ? LOCI_OK : loci_fail(error, status, inner.where, "%s", inner.message);
}

/* What is kept goes by the file. Where that is what the cut leaves, it stays a cut. */
static int settle(loci_npz_import *in, uint8_t *const *mask, loci_error *error) {
    bool same = false, untouched;
    int status = apply_cut(in, error);
    if (status == LOCI_OK)
        status = compare(in->network, mask, &same, error);
    if (status != LOCI_OK || same)
        return status;
    if (in->note.by != LOCI_PRUNE_BY_RANGE) {
        in->report.fixed_set = 1;
        in->report.new_count = 0;
        return adopt(in, mask, error);
    }
    status = is_untouched(in, &untouched, error);
    if (status == LOCI_OK && untouched)
        return loci_fail(error, LOCI_E_FORMAT, in->path,
                         "what is kept was changed, but in a network pruned by range it follows "
                         "from positions; change these");
    return status;
}

int loci_import_kept(loci_npz_import *in, loci_error *error) {
    uint8_t *mask[LOCI_MAX_PAIRS] = {NULL};
    uint32_t arrays;
    in->network->connections = in->note.connections;
    in->network->pruned_by = in->note.by == LOCI_PRUNE_BY_SET ? LOCI_UNPRUNED : in->note.by;
    int status = count_kept_arrays(in, &arrays, error);
    if (status != LOCI_OK)
        return status;
    if (arrays == 0)
        return apply_cut(in, error);
    status = read_kept(in, mask, error);
    if (status == LOCI_OK)
        status =
            in->note.by == LOCI_PRUNE_BY_SET ? adopt(in, mask, error) : settle(in, mask, error);
    for (size_t l = 0; l < LOCI_MAX_PAIRS; l++)
        free(mask[l]);
    return status;
}

/* ---- weights ---- */

/* Far above what one kind of CPU computes otherwise than another, far below what an edit is for. */
static bool near(float a, float b, float largest) {
    return fabsf(a - b) <= 1e-4f * fmaxf(fabsf(b), 1e-3f * largest);
}

/* Whether the weights [n, m] of a file are those that follow. What a cut connection has there says
 * nothing, unless strict. */
static int compare_weights(const loci_acting *acting, size_t p, const float *weights, bool strict,
                           bool *same, loci_error *error) {
    size_t m = acting->wiring[p].m, all = acting->wiring[p].n * m;
    float *own = loci_alloc(all, sizeof *own), largest = 0;
    uint8_t *mask = loci_alloc(all, 1);
    int status = own != NULL && mask != NULL ? loci_acting_weights(acting, p, own, error)
                                             : loci_fail_memory(error, "weights");
    if (status == LOCI_OK)
        loci_kept_count(acting, p, mask);
    for (size_t j = 0; status == LOCI_OK && p >= acting->pairs && j < m; j++)
        own[j * m + j] = 0; /* no neuron wires to itself */
    for (size_t i = 0; status == LOCI_OK && i < all; i++)
        largest = fmaxf(largest, fabsf(own[i]));
    for (size_t i = 0; status == LOCI_OK && i < all; i++)
        if (strict || mask[i] != 0)
            *same &= near(weights[i], own[i], largest);
    free(own);
    free(mask);
    return status;
}

static int check_weights(const loci_npz_import *in, const loci_acting *acting, size_t p,
                         bool untouched, bool *same, loci_error *error) {
    size_t shape[2] = {acting->wiring[p].n, acting->wiring[p].m};
    char name[LOCI_MODEL_NAME];
    float *weights;
    if (!loci_npz_has(&in->file, loci_exchange_name(name, in->network, p, "weight")))
        return LOCI_OK;
    int status = loci_import_numbers(in, name, 2, shape, &weights, error);
    if (status != LOCI_OK)
        return status;
    status = compare_weights(acting, p, weights, untouched, same, error);
    free(weights);
    if (status == LOCI_OK && !*same && untouched)
        return loci_fail(error, LOCI_E_FORMAT, in->path,
                         "'%s' was changed, but it follows from positions and charges, which were "
                         "not; change these",
                         name);
    return status;
}

int loci_import_weights(loci_npz_import *in, loci_error *error) {
    loci_acting acting;
    bool untouched;
    if (in->network->spec.wiring == LOCI_WIRING_DENSE)
        return LOCI_OK;
    int status = is_untouched(in, &untouched, error);
    if (status != LOCI_OK)
        return status;
    status = loci_exchange_acting(&acting, in->network, error);
    for (size_t p = 0; status == LOCI_OK && p < acting.count; p++) {
        bool same = true;
        status = check_weights(in, &acting, p, untouched, &same, error);
        in->report.stale_weights |= !same;
    }
    loci_acting_close(&acting);
    return status;
}
