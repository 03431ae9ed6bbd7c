#include "train/run_team.h"

#include <loci/support.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "network/contents.h"
#include "network/maps.h"
#include "network/rounding.h"
#include "synapse/connections.h"
#include "train/fingerprint.h"
#include "train/trainer_work.h"

static bool is_alone(const loci_meeting *meeting) {
    return meeting->team == NULL;
}

static bool follows(const loci_meeting *meeting) {
    return loci_meeting_number(meeting) > 0;
}

/* ---- what must be the same by itself ---- */

/* What a process computes by, and what it reads itself. */
typedef struct means {
    char code[128];
    char of_data[LOCI_FINGERPRINTS]; /* both parts, and the teachers */
} means;

static int take_means(means *own, const loci_config *config, loci_error *error) {
    memset(own, 0, sizeof *own);
    size_t used = (size_t)snprintf(own->code, sizeof own->code, "loci %s, ", loci_version());
    snprintf(own->of_data, sizeof own->of_data, "%s %s %s", config->train_fingerprint,
             config->test_fingerprint, config->teacher_fingerprint);
    return loci_code_path(own->code + used, sizeof own->code - used, error);
}

/* Each takes steps of Adam by itself, from one gradient: all have to round alike. */
int loci_team_compare(loci_meeting *meeting, const loci_config *config, loci_error *error) {
    means own, first;
    size_t number = loci_meeting_number(meeting);
    if (is_alone(meeting))
        return LOCI_OK;
    int status = take_means(&own, config, error);
    first = own;
    status = loci_meeting_agree(meeting, status, NULL, error);
    if (status == LOCI_OK)
        status = loci_meeting_broadcast(meeting, &first, sizeof first, error);
    if (status != LOCI_OK)
        return status;
    if (strcmp(first.code, own.code) != 0)
        return loci_fail(error, LOCI_E_MISMATCH, "training",
                         "process %zu computes by %s, process 0 by %s, which rounds otherwise; set "
                         "LOCI_ISA and ONEDNN_MAX_CPU_ISA to what all machines have",
                         number, own.code, first.code);
    if (strcmp(first.of_data, own.of_data) != 0)
        return loci_fail(error, LOCI_E_MISMATCH, "data",
                         "process %zu holds other data, or another teacher, than process 0; give "
                         "all machines the same files",
                         number);
    return LOCI_OK;
}

/* ---- scaling ---- */

typedef struct scales {
    float *low, *span;                     /* [pixels] */
    float *target_mean, *target_deviation; /* [classes] */
} scales;

/* Sends an array of a network that may be none: *to [count] on the way, *out what it is then. */
static int send_array(loci_meeting *meeting, const float *own, size_t count, float *to,
                      const float **out, loci_error *error) {
    bool there = own != NULL;
    if (there)
        memcpy(to, own, count * sizeof *to);
    int status = loci_meeting_broadcast(meeting, &there, sizeof there, error);
    if (status == LOCI_OK && there)
        status = loci_meeting_broadcast(meeting, to, count * sizeof *to, error);
    *out = there ? to : NULL;
    return status;
}

static int send_scales(loci_meeting *meeting, loci_network *network, const scales *room,
                       loci_error *error) {
    size_t pixels = loci_spec_pixels(&network->spec), classes = network->spec.classes;
    const float *low, *span, *mean, *deviation;
    int status = send_array(meeting, network->low, pixels, room->low, &low, error);
    if (status == LOCI_OK)
        status = send_array(meeting, network->span, pixels, room->span, &span, error);
    if (status == LOCI_OK)
        status =
            send_array(meeting, network->target_mean, classes, room->target_mean, &mean, error);
    if (status == LOCI_OK)
        status = send_array(meeting, network->target_deviation, classes, room->target_deviation,
                            &deviation, error);
    if (status == LOCI_OK && follows(meeting))
        status = loci_network_set_input_scaling(network, low, span, error);
    if (status == LOCI_OK && follows(meeting) && network->spec.task == LOCI_TASK_REGRESS)
        status = loci_network_set_target_scaling(network, mean, deviation, error);
    return status;
}

int loci_team_scale(loci_meeting *meeting, loci_network *network, loci_error *error) {
    size_t pixels = loci_spec_pixels(&network->spec), classes = network->spec.classes;
    loci_arena arena = {0};
    if (is_alone(meeting))
        return LOCI_OK;
    const scales room = {loci_arena_floats(&arena, pixels, 1), loci_arena_floats(&arena, pixels, 1),
                         loci_arena_floats(&arena, classes, 1),
                         loci_arena_floats(&arena, classes, 1)};
    int status = loci_arena_status(&arena, "training", error);
    status = loci_meeting_agree(meeting, status, NULL, error);
    if (status == LOCI_OK)
        status = send_scales(meeting, network, &room, error);
    loci_arena_clear(&arena);
    return status;
}

/* ---- shards ---- */

int loci_team_share(loci_meeting *meeting, loci_trainer *trainer, loci_error *error) {
    const loci_team *team = meeting->team;
    if (team == NULL)
        return LOCI_OK;
    size_t shards = trainer->options.shards, held = shards / team->processes;
    trainer->meeting = meeting;
    return loci_trainer_share(trainer, shards, team->number * held, held, team->gather, team->user,
                              error);
}

/* ---- where training stands ---- */

/* Of a network, beside its parameters. */
typedef struct standing {
    loci_training_state training;
    loci_run_state run;
    int pruned_by;
    loci_cut cut[LOCI_MAX_PAIRS]; /* sets: NULL or not */
    bool rounds;
    loci_rounding rounding; /* where it does */
} standing;

static size_t set_bytes(const loci_network *network, uint32_t l) {
    return loci_bitmap_bytes(1, loci_pair_connections(&network->spec, l));
}

static int send_numbers(loci_meeting *meeting, loci_trainer *t, loci_error *error) {
    float *arrays[] = {t->network->parameters, t->moment1, t->moment2, t->best};
    int status = LOCI_OK;
    for (size_t i = 0; i < 4 && status == LOCI_OK; i++)
        if (arrays[i] != NULL) /* the best is there with patience, everywhere or nowhere */
            status = loci_meeting_broadcast(meeting, arrays[i], t->count * sizeof(float), error);
    if (status == LOCI_OK && t->sum != NULL) /* likewise */
        status = loci_meeting_broadcast(meeting, t->sum, t->count * sizeof *t->sum, error);
    return status;
}

/* Room for the sets that process 0 has, in place of those that are here. */
static int take_cuts(loci_network *network, const standing *its, loci_error *error) {
    bool lost = false;
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(&network->spec); l++) {
        loci_cut *cut = &network->cut[l];
        free(cut->set);
        *cut = its->cut[l];
        cut->set = its->cut[l].set != NULL ? loci_alloc(set_bytes(network, l), 1) : NULL;
        lost |= cut->set == NULL && its->cut[l].set != NULL;
    }
    network->pruned_by = its->pruned_by;
    return lost ? loci_fail_memory(error, "training") : LOCI_OK;
}

static int send_sets(loci_meeting *meeting, loci_network *network, loci_error *error) {
    int status = LOCI_OK;
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(&network->spec) && status == LOCI_OK; l++)
        if (network->cut[l].set != NULL)
            status =
                loci_meeting_broadcast(meeting, network->cut[l].set, set_bytes(network, l), error);
    return status;
}

int loci_team_start(loci_meeting *meeting, loci_trainer *t, loci_run_state *state,
                    loci_error *error) {
    loci_network *network = t->network;
    standing its = {.training = t->state, .run = *state, .pruned_by = network->pruned_by};
    if (is_alone(meeting))
        return LOCI_OK;
    memcpy(its.cut, network->cut, sizeof its.cut);
    its.rounds = network->rounding != NULL;
    if (its.rounds)
        its.rounding = *network->rounding;
    int status = loci_meeting_broadcast(meeting, &its, sizeof its, error);
    if (status == LOCI_OK)
        status = send_numbers(meeting, t, error);
    if (status == LOCI_OK && follows(meeting))
        status = take_cuts(network, &its, error);
    if (status == LOCI_OK && follows(meeting))
        status = loci_rounding_copy(&network->rounding, its.rounds ? &its.rounding : NULL, error);
    status = loci_meeting_agree(meeting, status, NULL, error);
    if (status == LOCI_OK)
        status = send_sets(meeting, network, error);
    if (status != LOCI_OK || !follows(meeting))
        return status;
    t->state = its.training;
    *state = its.run;
    return loci_trainer_stands_apart(t) ? loci_trainer_refresh(t, error) : LOCI_OK;
}
