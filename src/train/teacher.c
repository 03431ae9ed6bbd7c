#include "train/teacher.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/shape.h"
#include "infer/evaluate.h"
#include "network/pass.h"
#include "train/answers.h"

struct loci_teacher {
    loci_network *network;
    loci_pass *pass;
    loci_batch *own;       /* NULL: somebody else's batch is what this network takes, too */
    loci_answers *answers; /* NULL: it is asked anew each time */
    float *remembered;     /* [most, loci_leading(classes)] answers that were given before */
    uint32_t *asked;       /* [most] samples that it is asked for */
    float **answer;        /* [most] of each sample of a lesson, among those that are kept */
    float **place;         /* [most] where the answers of those that it is asked for go */
    size_t most;
    uint64_t seed;
    loci_pool *pool;
};

static int check_fit(const loci_spec *spec, const loci_spec *learner, const char *path,
                     loci_error *error) {
    loci_shape_text its, own;
    /* one of them may have a column for each channel, as networks of version 0.1 */
    if (spec->height != learner->height ||
        (uint64_t)spec->width * spec->channels != (uint64_t)learner->width * learner->channels)
        return loci_fail(error, LOCI_E_MISMATCH, path,
                         "cannot teach: it takes inputs of %s, the net to train %s",
                         loci_shape_name(&its, spec->height, spec->width, spec->channels),
                         loci_shape_name(&own, learner->height, learner->width, learner->channels));
    if (spec->task != learner->task)
        return loci_fail(error, LOCI_E_MISMATCH, path,
                         "cannot teach: it predicts %s, the net to train %s",
                         spec->task == LOCI_TASK_REGRESS ? "numbers" : "classes",
                         spec->task == LOCI_TASK_REGRESS ? "classes" : "numbers");
    if (spec->task == LOCI_TASK_REGRESS && spec->classes != learner->classes)
        return loci_fail(error, LOCI_E_MISMATCH, path,
                         "cannot teach: it predicts %u numbers, the net to train %u", spec->classes,
                         learner->classes);
    if (spec->classes != learner->classes)
        return loci_fail(error, LOCI_E_MISMATCH, path,
                         "cannot teach: it knows %u classes, the net to train %u", spec->classes,
                         learner->classes);
    return LOCI_OK;
}

int loci_teacher_create(loci_teacher **out, const char *path, const loci_spec *learner, size_t most,
                        uint64_t seed, loci_pool *pool, loci_error *error) {
    loci_teacher *t = calloc(1, sizeof *t);
    if (t == NULL)
        return loci_fail_memory(error, "teacher");
    t->most = most;
    t->seed = seed;
    t->pool = pool;
    int status = loci_network_load(&t->network, path, error);
    if (status == LOCI_OK)
        status = check_fit(&t->network->spec, learner, path, error);
    if (status == LOCI_OK)
        status = loci_pass_create(&t->pass, t->network, most, false, pool, error);
    if (status != LOCI_OK) {
        loci_teacher_free(t);
        return status;
    }
    *out = t;
    return LOCI_OK;
}

void loci_teacher_free(loci_teacher *teacher) {
    if (teacher == NULL)
        return;
    loci_pass_free(teacher->pass);
    loci_batch_free(teacher->own);
    loci_answers_free(teacher->answers);
    free(teacher->remembered);
    free(teacher->asked);
    free(teacher->answer);
    free(teacher->place);
    loci_network_free(teacher->network);
    free(teacher);
}

/* Whether a batch is scaled as the teacher's inputs are. */
static bool is_scaled_alike(const loci_network *network, const loci_batch *batch) {
    size_t size = batch->features * sizeof(float);
    if (network->low == NULL || batch->low == NULL)
        return network->low == batch->low;
    return memcmp(network->low, batch->low, size) == 0 &&
           memcmp(network->span, batch->span, size) == 0;
}

/* Samples as they are: images, or events over as many steps. What is drawn at random is each
 * network's own. */
static bool is_coded_alike(const loci_coding_options *wanted, const loci_coding_options *there) {
    bool constant = wanted->coding == LOCI_CODING_CONSTANT && (there->sparse || !wanted->sparse);
    bool events = wanted->coding == LOCI_CODING_EVENTS && wanted->steps == there->steps;
    return wanted->coding == there->coding && (constant || events);
}

static bool takes(const loci_teacher *t, const loci_batch *batch) {
    const loci_coding_options wanted = loci_coding_of(&t->network->spec, t->seed);
    return is_coded_alike(&wanted, &batch->coding) && t->network->pixels == NULL &&
           batch->place == NULL && is_scaled_alike(t->network, batch);
}

/* Making a batch ready costs as much as a small teacher's answer, so they share them: the
 * learner's, or one that a teacher asked before has filled for itself. NULL: none will do. */
static const loci_batch *find_batch(const loci_teacher *t, const loci_lesson *lesson) {
    if (takes(t, lesson->batch))
        return lesson->batch;
    for (size_t i = 0; i < lesson->asked_count; i++)
        if (lesson->asked[i]->own != NULL && takes(t, lesson->asked[i]->own))
            return lesson->asked[i]->own;
    return NULL;
}

static int fill_own(loci_teacher *t, const loci_lesson *lesson, loci_error *error) {
    int status = LOCI_OK;
    if (t->own == NULL)
        status = loci_inference_batch(&t->own, t->network, t->most, t->seed, t->pool, error);
    return status != LOCI_OK
               ? status
               : loci_batch_fill(t->own, lesson->data, LOCI_TRAIN, lesson->index, lesson->count,
                                 lesson->warping, lesson->epoch, error);
}

/* ---- what was said before ---- */

/* Whether answers are kept; the first lesson decides. */
static bool remembers(loci_teacher *t, const loci_lesson *lesson) {
    size_t samples = loci_dataset_count(lesson->data, LOCI_TRAIN);
    return t->network->spec.coding != LOCI_CODING_POISSON &&
           loci_answers_suit(lesson->warping, samples, t->network->spec.classes);
}

static int begin_to_remember(loci_teacher *t, const loci_lesson *lesson, loci_error *error) {
    size_t samples = loci_dataset_count(lesson->data, LOCI_TRAIN), width = t->network->spec.classes;
    if (t->remembered == NULL)
        t->remembered = loci_alloc(t->most, loci_leading(width) * sizeof *t->remembered);
    if (t->asked == NULL)
        t->asked = loci_alloc(t->most, sizeof *t->asked);
    if (t->answer == NULL)
        t->answer = loci_alloc(t->most, sizeof *t->answer);
    if (t->place == NULL)
        t->place = loci_alloc(t->most, sizeof *t->place);
    if (t->remembered == NULL || t->asked == NULL || t->answer == NULL || t->place == NULL)
        return loci_fail_memory(error, "teacher");
    return loci_answers_create(&t->answers, lesson->warping, samples, width, error);
}

/* Asks for those samples of a lesson that are new; from a batch of its own, so that what it says
 * does not depend on which were. */
static int ask_for_new(loci_teacher *t, const loci_lesson *lesson, size_t count,
                       loci_error *error) {
    size_t width = t->network->spec.classes, ld = loci_leading(width);
    loci_lesson asked = *lesson;
    asked.index = t->asked;
    asked.count = count;
    int status = fill_own(t, &asked, error);
    if (status == LOCI_OK)
        status = loci_pass_forward(t->pass, &t->own->in, error);
    const float *said = loci_pass_logits(t->pass);
    for (size_t i = 0; status == LOCI_OK && i < count; i++) {
        memcpy(t->place[i], said + i * ld, width * sizeof *said);
        loci_answers_keep(t->answers, t->place[i]);
    }
    return status;
}

static int recall(loci_teacher *t, const loci_lesson *lesson, const float **logits,
                  loci_error *error) {
    size_t width = t->network->spec.classes, ld = loci_leading(width), count = 0;
    for (size_t i = 0; i < lesson->count; i++) {
        bool known;
        t->answer[i] = loci_answers_of(t->answers, lesson->warping, lesson->index[i], &known);
        if (known)
            continue;
        t->asked[count] = lesson->index[i];
        t->place[count++] = t->answer[i];
    }
    int status = count > 0 ? ask_for_new(t, lesson, count, error) : LOCI_OK;
    for (size_t i = 0; status == LOCI_OK && i < lesson->count; i++)
        memcpy(t->remembered + i * ld, t->answer[i], width * sizeof *t->remembered);
    *logits = t->remembered;
    return status;
}

/* ---- a lesson ---- */

int loci_teacher_answer(loci_teacher *t, const loci_lesson *lesson, const float **logits,
                        loci_error *error) {
    int status = LOCI_OK;
    if (t->answers == NULL && remembers(t, lesson))
        status = begin_to_remember(t, lesson, error);
    if (status != LOCI_OK)
        return status;
    if (t->answers != NULL)
        return recall(t, lesson, logits, error);
    const loci_batch *batch = find_batch(t, lesson);
    if (batch == NULL) {
        status = fill_own(t, lesson, error);
        batch = t->own;
    }
    if (status == LOCI_OK)
        status = loci_pass_forward(t->pass, &batch->in, error);
    *logits = loci_pass_logits(t->pass);
    return status;
}

void loci_teacher_values(const loci_teacher *t, const loci_batch *batch, const float *answer,
                         size_t count, float *values) {
    size_t width = t->network->spec.classes, ld = loci_leading(width);
    for (size_t i = 0; i < count; i++)
        memcpy(values + i * width, answer + i * ld, width * sizeof *values);
    loci_network_to_units(t->network, values, count);
    for (size_t i = 0; batch->target_mean != NULL && i < count * width; i++)
        values[i] =
            (values[i] - batch->target_mean[i % width]) / batch->target_deviation[i % width];
}

size_t loci_teacher_bytes(const loci_teacher *t) {
    return loci_pass_bytes(t->pass) + (t->own != NULL ? loci_batch_bytes(t->own) : 0) +
           (t->answers != NULL ? loci_answers_bytes(t->answers) : 0) +
           t->network->parameter_count * sizeof(float);
}
