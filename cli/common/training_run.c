/* One run, from opened data to its summary. */
#include <string.h>

#include "common/training.h"

int train_try_data(loci_dataset **data, const train_run *run, train_request *request,
                   loci_error *error) {
    loci_config config = run->config;
    /* what is given is meant as seen from here: the data may have moved */
    const cli_data *given = &request->data;
    if (given->name != NULL)
        config.data[0] = '\0';
    if (given->options.test_file != NULL)
        config.test_file[0] = '\0';
    int status = request->resume ? loci_config_locate(&config, run->directory, error) : LOCI_OK;
    if (status == LOCI_OK && train_copy_texts(&config, request) != CLI_GO_ON)
        status = LOCI_E_ARGUMENT; /* which is said */
    if (status != LOCI_OK)
        return status;
    loci_data_options options;
    status = loci_config_data(&config, &options, error);
    cli_name_option(error);
    if (status != LOCI_OK)
        return status;
    options.task = run->task;
    if (train_gave(request, "time-steps") && !request->resume)
        options.time_steps = config.spec.time_steps;
    options.test_optional |= request->test_optional;
    /* going on with a run, other data are more than worth a note */
    return cli_open_named(data, config.data, &options, run->shaped ? &run->config.spec : NULL,
                          request->resume ? NULL : &run->config, error);
}

int train_open_data(loci_dataset **data, const train_run *run, train_request *request) {
    loci_error error = {0};
    if (train_try_data(data, run, request, &error) == LOCI_OK)
        return CLI_GO_ON;
    return error.message[0] == '\0' ? CLI_USAGE : cli_error(&error);
}

static int interrupted(const train_run *run, const train_show *show, const train_request *request) {
    char how[CLI_PATH + 64];
    if (request->again != NULL)
        snprintf(how, sizeof how, "%s", request->again);
    else
        snprintf(how, sizeof how, "go on with 'loci train --resume --out %s'", run->directory);
    char when[64] = "before the first epoch";
    if (show->epoch > 0)
        snprintf(when, sizeof when, "in epoch %u of %u", show->epoch, run->config.train.epochs);
    cli_fail(run->directory, "interrupted %s, state saved; %s", when, how);
    return CLI_INTERRUPTED;
}

/* Who is told of a run: people at the terminal, and who else follows. */
typedef struct audience {
    train_show show;
    const train_follower *follower; /* NULL: none */
    bool begun;                     /* it is this process's: told of until its end */
    const volatile sig_atomic_t *stop;
} audience;

static void tell_begin(void *user) {
    audience *a = user;
    const train_run *run = a->show.run;
    int when = run->config.train.prune.when;
    bool prunes = when == LOCI_PRUNE_DURING || when == LOCI_PRUNE_GRADUAL;
    train_show_begin(&a->show);
    a->begun = true;
    if (a->follower != NULL)
        a->follower->begin(a->follower->user, run->number, a->show.data, prunes);
}

static void tell_progress(void *user, const loci_progress *progress) {
    audience *a = user;
    train_show_progress(&a->show, progress);
    if (a->follower != NULL)
        a->follower->progress(a->follower->user, a->show.run->number, progress, a->stop);
}

static void tell_note(void *user, const char *text) {
    audience *a = user;
    train_show_note(&a->show, text);
}

static void tell_end(audience *a, int status) {
    if (a->follower != NULL && a->begun)
        a->follower->end(a->follower->user, a->show.run->number, status);
    train_show_clear(&a->show);
}

int train_one(train_run *run, const loci_dataset *data, loci_pool *pool,
              const volatile sig_atomic_t *stop, const train_request *request) {
    loci_error error = {0};
    audience heard = {.follower = request->follower, .stop = stop};
    loci_run_options options;
    loci_run_options_defaults(&options);
    options.resume = request->resume;
    options.force = request->force;
    options.share = request->share;
    options.stop = stop;
    options.begin = request->share ? tell_begin : NULL; /* it may be another process's */
    options.progress = tell_progress;
    options.note = tell_note;
    options.user = &heard;
    options.team = cli_team();
    train_show_start(&heard.show, run, data, pool, request);
    if (!request->share)
        tell_begin(&heard);
    int status =
        loci_run_train(&run->config, data, run->directory, pool, &options, &run->summary, &error);
    run->error = error;
    run->elsewhere = status == LOCI_E_BUSY;
    tell_end(&heard, status);
    if (run->elsewhere && heard.show.epoch > 0)
        cli_note("%s: %s", error.where, error.message);
    if (run->elsewhere)
        return CLI_GO_ON;
    if (status == LOCI_E_INTERRUPTED)
        return interrupted(run, &heard.show, request);
    return status == LOCI_OK ? CLI_GO_ON : train_failed(&error);
}

json_t *train_read_summary(const train_run *run) {
    char path[CLI_PATH + 16];
    json_error_t why;
    snprintf(path, sizeof path, "%s/summary.json", run->directory);
    json_t *summary = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
    if (summary == NULL)
        cli_fail(path, "%s", why.text);
    return summary;
}
