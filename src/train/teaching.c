/* A trainer and its teachers: what these say of a batch becomes a part of its gradient. */
#include <string.h>

#include "base/error.h"
#include "train/trainer_work.h"

int loci_trainer_teach(loci_trainer *t, const char *path, loci_error *error) {
    struct loci_trainer_work *w = t->work;
    size_t width = t->network->spec.classes;
    loci_train_options usual;
    loci_train_options_defaults(&usual);
    if (t->network->spec.task == LOCI_TASK_REGRESS && t->options.temperature != usual.temperature)
        return loci_fail(error, LOCI_E_ARGUMENT, "temperature",
                         "there are no classes: numbers are to be predicted; leave the option out");
    if (w->teacher_count == LOCI_MOST_TEACHERS)
        return loci_fail(error, LOCI_E_ARGUMENT, "teacher", "at most %d models",
                         LOCI_MOST_TEACHERS);
    if (t->network->spec.task == LOCI_TASK_REGRESS && w->values == NULL) {
        w->said = loci_arena_floats(&w->arena, w->pass->most, width);
        w->values = loci_arena_floats(&w->arena, w->pass->most, width);
        w->taught = loci_arena_floats(&w->arena, w->pass->most, loci_leading(width));
    }
    int status = loci_arena_status(&w->arena, "training", error);
    if (status == LOCI_OK)
        status = loci_teacher_create(&w->teachers[w->teacher_count], path, &t->network->spec,
                                     w->pass->most, t->seed, t->pool, error);
    w->teacher_count += status == LOCI_OK;
    return status;
}

/* The mean of what teachers say, to w->values [count, classes]. */
static void take_values(const struct loci_trainer_work *w, const float *const *answers,
                        size_t count, size_t width) {
    loci_teacher_values(w->teachers[0], w->batch, answers[0], count, w->values);
    for (size_t i = 1; i < w->teacher_count; i++) {
        loci_teacher_values(w->teachers[i], w->batch, answers[i], count, w->said);
        for (size_t k = 0; k < count * width; k++)
            w->values[k] += w->said[k];
    }
    for (size_t k = 0; w->teacher_count > 1 && k < count * width; k++)
        w->values[k] /= (float)w->teacher_count;
}

/* The teachers' values pull as the targets do, each with its share. */
static int mix_values(loci_trainer *t, const struct loci_part *x, const float *const *answers) {
    struct loci_trainer_work *w = t->work;
    size_t width = t->network->spec.classes, ld = loci_leading(width);
    float *delta = loci_pass_logit_delta(w->pass), taught = (float)t->options.distillation;
    const loci_targets values = {.values = w->values, .weights = x->targets.weights};
    take_values(w, answers, x->count, width);
    loci_loss_of(t->loss, loci_pass_logits(w->pass), &values, x->count, width, ld,
                 1 / (double)x->size, w->taught, t->pool);
    for (size_t i = 0; i < x->count; i++)
        for (size_t k = 0; k < width; k++)
            delta[i * ld + k] += taught * (w->taught[i * ld + k] - delta[i * ld + k]);
    return LOCI_OK;
}

int loci_trainer_ask(loci_trainer *t, const struct loci_part *x, loci_error *error) {
    struct loci_trainer_work *w = t->work;
    size_t classes = t->network->spec.classes;
    loci_lesson lesson = {.batch = w->batch,
                          .data = t->data,
                          .index = w->chosen + x->first,
                          .count = x->count,
                          .warping = w->augment ? &w->warping : NULL,
                          .epoch = t->state.epoch,
                          .asked = w->teachers};
    const float *answers[LOCI_MOST_TEACHERS];
    int status = LOCI_OK;
    for (size_t i = 0; i < w->teacher_count && status == LOCI_OK; i++) {
        lesson.asked_count = i;
        status = loci_teacher_answer(w->teachers[i], &lesson, &answers[i], error);
    }
    if (status != LOCI_OK)
        return status;
    if (t->network->spec.task == LOCI_TASK_REGRESS)
        return mix_values(t, x, answers);
    loci_distil(loci_pass_logits(w->pass), answers, w->teacher_count, x->targets.weights, x->count,
                classes, loci_leading(classes), 1 / (double)x->size, t->options.distillation,
                t->options.temperature, loci_pass_logit_delta(w->pass), t->pool);
    return LOCI_OK;
}
