#define _GNU_SOURCE
#include "train/checkpoint.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/error.h"
#include "base/file.h"
#include "base/finite.h"
#include "base/memory.h"
#include "base/safetensors.h"
#include "base/text.h"
#include "infer/regression.h"
#include "network/maps.h"
#include "network/model_file.h"
#include "network/rounding.h"
#include "network/rounding_note.h"
#include "network/spec_json.h"
#include "synapse/connections.h"

static const char format_name[] = "loci-checkpoint", format_version[] = "1";

/* Doubles come first so that everything in the file is aligned to its size; the sets of a network
 * whose kept connections are fixed come last. The first two arrays are the small numbers; not all
 * trainings have all of the others. */
enum { SMALL = 2, ARRAYS = 7, MOST_ARRAYS = ARRAYS + LOCI_MAX_PAIRS };

/* The small numbers of a checkpoint, as they stand in the file. */
enum { REAL_COUNT = 11, REGRESSION_COUNT = 6, COUNT_COUNT = 8 };
typedef struct numbers {
    double real[REAL_COUNT + REGRESSION_COUNT]; /* the rest: of a regressor only */
    uint64_t count[COUNT_COUNT];
} numbers;

static void pack(numbers *n, const loci_trainer *trainer, const loci_run_state *run) {
    const loci_training_state *s = &trainer->state;
    const loci_metrics *m = &run->last;
    const double real[REAL_COUNT + REGRESSION_COUNT] = {
        s->loss_sum,       s->seconds,         s->total,          s->best,
        m->learning_rate,  m->train_loss,      m->train_accuracy, m->validation_accuracy,
        m->test_accuracy,  m->seconds,         run->elapsed,      m->validation.r2,
        m->validation.mae, m->validation.rmse, m->test.r2,        m->test.mae,
        m->test.rmse,
    };
    const uint64_t count[COUNT_COUNT] = {
        s->epoch,      s->batch, s->step,          s->correct,
        s->best_epoch, m->epoch, trainer->samples, trainer->batches,
    };
    memcpy(n->real, real, sizeof real);
    memcpy(n->count, count, sizeof count);
}

static size_t real_count(const loci_trainer *trainer) {
    bool regress = trainer->network->spec.task == LOCI_TASK_REGRESS;
    return regress ? REAL_COUNT + REGRESSION_COUNT : REAL_COUNT;
}

static void unpack(const numbers *n, int task, loci_training_state *s, loci_run_state *run) {
    const double *r = n->real, *of = r + REAL_COUNT;
    const uint64_t *c = n->count;
    bool regress = task == LOCI_TASK_REGRESS;
    const loci_regression none = loci_regression_none();
    *s = (loci_training_state){
        .epoch = (uint32_t)c[0],
        .batch = (uint32_t)c[1],
        .step = c[2],
        .loss_sum = r[0],
        .correct = c[3],
        .seconds = r[1],
        .total = r[2],
        .best = r[3],
        .best_epoch = (uint32_t)c[4],
    };
    *run = (loci_run_state){
        .last = {.task = task,
                 .epoch = (uint32_t)c[5],
                 .learning_rate = r[4],
                 .train_loss = r[5],
                 .train_accuracy = r[6],
                 .validation_accuracy = r[7],
                 .test_accuracy = r[8],
                 .seconds = r[9],
                 .validation = regress ? (loci_regression){of[0], of[1], of[2]} : none,
                 .test = regress ? (loci_regression){of[3], of[4], of[5]} : none},
        .elapsed = r[10],
    };
}

/* The arrays of a trainer's checkpoint, where the trainer has them. Returns how many there are. */
static size_t list_arrays(const loci_trainer *t, const numbers *n,
                          loci_stored arrays[MOST_ARRAYS]) {
    const loci_stored all[ARRAYS] = {
        {"state.real", LOCI_F64, 1, {real_count(t)}, n->real, 0},
        {"state.count", LOCI_U64, 1, {COUNT_COUNT}, n->count, 0},
        {"average.sum", LOCI_F64, 1, {t->count}, t->sum, 0},
        {"parameters", LOCI_F32, 1, {t->count}, t->network->parameters, 0},
        {"adam.moment1", LOCI_F32, 1, {t->count}, t->moment1, 0},
        {"adam.moment2", LOCI_F32, 1, {t->count}, t->moment2, 0},
        {"best.parameters", LOCI_F32, 1, {t->count}, t->best, 0},
    };
    size_t count = 0;
    for (size_t i = 0; i < ARRAYS; i++)
        if (all[i].data != NULL)
            arrays[count++] = all[i];
    return count;
}

static size_t bytes_of(const loci_stored *array) {
    return loci_stored_count(array) * loci_dtype_size(array->dtype);
}

static size_t set_bytes(const loci_network *network, uint32_t l) {
    return loci_bitmap_bytes(1, loci_pair_connections(&network->spec, l));
}

/* The sets of kept connections, which `set` points to; returns how many arrays there are with them.
 */
static size_t list_sets(const loci_network *network, uint8_t *const *set,
                        char names[LOCI_MAX_PAIRS][LOCI_MODEL_NAME], loci_stored *arrays,
                        size_t count) {
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(&network->spec); l++)
        arrays[count++] = (loci_stored){
            loci_model_name(names[l], l, "kept"), LOCI_U8, 1, {set_bytes(network, l)}, set[l], 0};
    return count;
}

/* CRC-32 of one array's numbers after those before; zlib takes 32-bit lengths. */
static unsigned long checksum(unsigned long sum, const loci_stored *array) {
    const unsigned char *bytes = array->data;
    size_t left = bytes_of(array);
    while (left > 0) {
        size_t part = left < 1u << 30 ? left : 1u << 30;
        sum = crc32(sum, bytes, (unsigned)part);
        bytes += part;
        left -= part;
    }
    return sum;
}

/* And of what a text says; NULL says nothing. */
static unsigned long checksum_text(unsigned long sum, const char *text) {
    return text == NULL ? sum : crc32_z(sum, (const unsigned char *)text, strlen(text));
}

/* ---- writing ---- */

int loci_checkpoint_write(const loci_trainer *trainer, const loci_run_state *state,
                          const char *path, loci_error *error) {
    char crc[16];
    const bool rounded = trainer->network->rounding != NULL;
    char *spec = loci_spec_to_text(&trainer->network->spec);
    char *rounding = rounded ? loci_rounding_note(trainer->network) : NULL;
    if (spec == NULL || (rounded && rounding == NULL)) {
        free(spec);
        free(rounding);
        return loci_fail_memory(error, path);
    }
    numbers n;
    pack(&n, trainer, state);
    loci_stored arrays[MOST_ARRAYS];
    char names[LOCI_MAX_PAIRS][LOCI_MODEL_NAME];
    size_t count = list_arrays(trainer, &n, arrays);
    if (trainer->network->pruned_by == LOCI_PRUNE_BY_SET) {
        uint8_t *set[LOCI_MAX_PAIRS];
        for (size_t l = 0; l < LOCI_MAX_PAIRS; l++)
            set[l] = trainer->network->cut[l].set;
        count = list_sets(trainer->network, set, names, arrays, count);
    }
    unsigned long sum = 0;
    for (size_t i = 0; i < count; i++)
        sum = checksum(sum, &arrays[i]);
    snprintf(crc, sizeof crc, "%08lx", checksum_text(sum, rounding));
    loci_stored_note notes[6] = {
        {"format", format_name}, {"version", format_version}, {"spec", spec}, {"crc32", crc}};
    size_t note_count = 4;
    if (trainer->fingerprints != NULL)
        notes[note_count++] = (loci_stored_note){"fingerprints", trainer->fingerprints};
    if (rounded)
        notes[note_count++] = (loci_stored_note){"rounding", rounding};
    int status = loci_safetensors_write(path, arrays, count, notes, note_count, error);
    free(spec);
    free(rounding);
    return status;
}

/* ---- reading ---- */

/* Two lists of fingerprints, of which each may lack some. */
static bool fits(const char *a, const char *b) {
    while (*a != '\0' && *b != '\0') {
        size_t m = strcspn(a, " "), n = strcspn(b, " ");
        if (m > 0 && n > 0 && (m != n || memcmp(a, b, n) != 0))
            return false;
        a += m + (a[m] == ' ');
        b += n + (b[n] == ' ');
    }
    return true;
}

static int check_notes(const loci_safetensors *file, const char *path, const loci_trainer *trainer,
                       loci_error *error) {
    const char *format = loci_safetensors_note(file, "format");
    const char *version = loci_safetensors_note(file, "version");
    const char *spec = loci_safetensors_note(file, "spec");
    if (format == NULL || strcmp(format, format_name) != 0 || version == NULL || spec == NULL)
        return loci_fail(error, LOCI_E_FORMAT, path, "is not a checkpoint");
    if (strcmp(version, format_version) != 0)
        return loci_fail(error, LOCI_E_UNSUPPORTED, path,
                         "has format version %s; this program knows %s", LOCI_SHOWN(16, version),
                         format_version);
    char *own = loci_spec_to_text(&trainer->network->spec);
    if (own == NULL)
        return loci_fail_memory(error, path);
    bool same = strcmp(own, spec) == 0;
    free(own);
    if (!same)
        return loci_fail(error, LOCI_E_MISMATCH, path, "belongs to another network");
    const char *from = loci_safetensors_note(file, "fingerprints");
    if (from != NULL && trainer->fingerprints != NULL && !fits(trainer->fingerprints, from))
        return loci_fail(error, LOCI_E_MISMATCH, path,
                         "belongs to other data, or to another model to start or learn from");
    return LOCI_OK;
}

/* What was not measured is among the small numbers: check_numbers() knows. */
static bool is_finite(const loci_stored *array, bool small) {
    const double *sum = array->data;
    bool good = array->dtype != LOCI_F32 || loci_all_finite(array->data, array->shape[0]);
    for (size_t i = 0; !small && array->dtype == LOCI_F64 && i < array->shape[0]; i++)
        good &= isfinite(sum[i]) != 0;
    return good;
}

/* Reads the arrays to where `arrays` point, as they should be there. */
static int read_arrays(const loci_safetensors *file, const char *path, const loci_stored *arrays,
                       size_t count, loci_error *error) {
    unsigned long sum = 0;
    if (loci_safetensors_count(file) != count)
        return loci_fail(error, LOCI_E_FORMAT, path, "does not hold the arrays of this run");
    for (size_t i = 0; i < count; i++) {
        const loci_stored *found = loci_safetensors_array(file, i);
        if (strcmp(found->name, arrays[i].name) != 0 || found->dtype != arrays[i].dtype ||
            found->rank != 1 || found->shape[0] != arrays[i].shape[0])
            return loci_fail(error, LOCI_E_FORMAT, path, "does not hold the arrays of this run");
        int status = loci_safetensors_read(file, found, (void *)(uintptr_t)arrays[i].data, error);
        if (status != LOCI_OK)
            return status;
        sum = checksum(sum, &arrays[i]);
        if (!is_finite(&arrays[i], i < SMALL))
            return loci_fail(error, LOCI_E_FORMAT, path, "'%s' holds a number that is not finite",
                             arrays[i].name);
    }
    const char *note = loci_safetensors_note(file, "crc32");
    char *end;
    sum = checksum_text(sum, loci_safetensors_note(file, "rounding"));
    if (note == NULL || strlen(note) != 8 || strtoul(note, &end, 16) != sum || *end != '\0')
        return loci_fail(error, LOCI_E_FORMAT, path, "is damaged: its checksum does not fit");
    return LOCI_OK;
}

/* A checkpoint that was whole when it was written can still be of other data. */
static int check_numbers(const numbers *n, const char *path, const loci_trainer *trainer,
                         loci_error *error) {
    const uint64_t *c = n->count;
    if (c[6] != trainer->samples || c[7] != trainer->batches)
        return loci_fail(error, LOCI_E_MISMATCH, path,
                         "was made with %ju training samples; the data have %zu now",
                         (uintmax_t)c[6], trainer->samples);
    bool possible = c[0] <= trainer->options.epochs && c[1] <= trainer->batches && c[4] <= c[0] &&
                    c[5] == c[0] && c[3] <= trainer->samples;
    for (size_t i = 0; i < REAL_COUNT; i++) /* what was not measured of a regressor is NaN */
        possible &= isfinite(n->real[i]) != 0;
    if (!possible)
        return loci_fail(error, LOCI_E_FORMAT, path, "describes a state that cannot be");
    return LOCI_OK;
}

/* What is read before it is known to be good. */
typedef struct copies {
    unsigned char *arrays;        /* of all that are not small, one after another */
    uint8_t *set[LOCI_MAX_PAIRS]; /* NULL where the checkpoint has none */
    char names[LOCI_MAX_PAIRS][LOCI_MODEL_NAME];
} copies;

static void free_copies(copies *c) {
    free(c->arrays);
    for (size_t l = 0; l < LOCI_MAX_PAIRS; l++)
        free(c->set[l]);
}

/* Has the arrays that are not small read to copies; targets: where they belong. LOCI_E_MEMORY. */
static int expect_arrays(copies *c, loci_stored *arrays, size_t count, void *targets[ARRAYS],
                         loci_error *error) {
    size_t all = 0, used = 0;
    for (size_t i = SMALL; i < count; i++)
        all += bytes_of(&arrays[i]);
    c->arrays = loci_alloc(all, 1);
    for (size_t i = SMALL; i < count && c->arrays != NULL; i++) {
        targets[i] = (void *)(uintptr_t)arrays[i].data;
        arrays[i].data = c->arrays + used;
        used += bytes_of(&arrays[i]);
    }
    return c->arrays == NULL ? loci_fail_memory(error, "checkpoint") : LOCI_OK;
}

/* Room for sets, if the checkpoint has them; *count becomes the arrays it should have then. */
static int expect_sets(copies *c, const loci_trainer *trainer, const loci_safetensors *file,
                       loci_stored *arrays, size_t *count, loci_error *error) {
    const loci_network *network = trainer->network;
    bool lost = false;
    if (loci_safetensors_count(file) <= *count)
        return LOCI_OK;
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(&network->spec); l++) {
        c->set[l] = loci_alloc(set_bytes(network, l), 1);
        lost |= c->set[l] == NULL;
    }
    *count = list_sets(network, c->set, c->names, arrays, *count);
    return lost ? loci_fail_memory(error, "checkpoint") : LOCI_OK;
}

/* A set has bits for connections, and none past them: what is kept is counted by its bits. */
static int check_sets(const loci_network *network, const copies *c, const char *path,
                      loci_error *error) {
    for (uint32_t l = 0; c->set[0] != NULL && l <= loci_spec_hidden_layers(&network->spec); l++) {
        size_t bits = loci_pair_connections(&network->spec, l);
        if (bits % 8 != 0 && c->set[l][bits / 8] >> bits % 8 != 0)
            return loci_fail(error, LOCI_E_FORMAT, path, "'%s' has bits past its end", c->names[l]);
    }
    return LOCI_OK;
}

/* Without sets, what is kept is found anew by the next step; what a later one had found is over. */
static void take_sets(loci_network *network, copies *c) {
    bool sets = c->set[0] != NULL;
    network->pruned_by = sets ? LOCI_PRUNE_BY_SET : LOCI_UNPRUNED;
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(&network->spec); l++) {
        size_t kept = 0;
        for (size_t i = 0; sets && i < set_bytes(network, l); i++)
            kept += (size_t)__builtin_popcount(c->set[l][i]);
        free(network->cut[l].set);
        network->cut[l] = (loci_cut){.kept = kept, .set = c->set[l]};
        c->set[l] = NULL;
    }
}

/* What the network rounds by then, or nothing. */
static int take_rounding(loci_network *network, const loci_safetensors *file, const char *path,
                         loci_error *error) {
    const char *text = loci_safetensors_note(file, "rounding");
    return text != NULL ? loci_rounding_read(network, text, path, error)
                        : loci_rounding_copy(&network->rounding, NULL, error);
}

/* Reads one checkpoint; trainer and state change only when all of it is good. */
int loci_checkpoint_read(loci_trainer *trainer, loci_run_state *state, const char *path,
                         loci_error *error) {
    loci_safetensors *file;
    int status = loci_safetensors_open(&file, path, error);
    if (status != LOCI_OK)
        return status;
    numbers n;
    copies c = {.arrays = NULL};
    loci_stored arrays[MOST_ARRAYS];
    void *targets[ARRAYS];
    size_t whole = list_arrays(trainer, &n, arrays), count = whole;
    status = expect_arrays(&c, arrays, whole, targets, error);
    if (status == LOCI_OK)
        status = check_notes(file, path, trainer, error);
    if (status == LOCI_OK)
        status = expect_sets(&c, trainer, file, arrays, &count, error);
    if (status == LOCI_OK)
        status = read_arrays(file, path, arrays, count, error);
    if (status == LOCI_OK)
        status = check_numbers(&n, path, trainer, error);
    if (status == LOCI_OK)
        status = check_sets(trainer->network, &c, path, error);
    if (status == LOCI_OK)
        status = take_rounding(trainer->network, file, path, error);
    if (status == LOCI_OK) {
        for (size_t i = SMALL; i < whole; i++)
            memcpy(targets[i], arrays[i].data, bytes_of(&arrays[i]));
        unpack(&n, trainer->network->spec.task, &trainer->state, state);
        take_sets(trainer->network, &c);
    }
    free_copies(&c);
    loci_safetensors_close(file);
    return status;
}
