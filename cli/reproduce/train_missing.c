/* Trains what is missing, one run after the other. Other processes may do so at the same time: what
 * one of them is at work on is left to it. */
#include <string.h>

#include "reproduce/reproduce.h"

/* A run that cannot have a result is no reason to leave the others: training that diverged, a cut
 * that leaves no way through the network. */
static const char *hopeless(const loci_error *why) {
    if (why->code == LOCI_E_DIVERGED)
        return "training diverged";
    if (why->code == LOCI_E_ARGUMENT && strcmp(why->where, "prune") == 0)
        return reproduce_nothing_left;
    return NULL;
}

static bool needs_cuts(const reproduce_run *run) {
    return run->state == REPRODUCE_DONE && run->curve && run->cuts.count == 0;
}

static bool needs_data(const reproduce_run *run) {
    return run->why == NULL && (run->state != REPRODUCE_DONE || needs_cuts(run));
}

/* ---- what others did ---- */

/* Takes what came of a run meanwhile. CLI_GO_ON or an exit code. */
static int take_result(reproduce_run *run, train_standing *standing) {
    *standing = train_look(&run->run);
    if (*standing == TRAIN_FAILED) {
        run->why = hopeless(&run->run.error);
        cli_error(&run->run.error);
        return run->why != NULL ? CLI_GO_ON : CLI_FAILED;
    }
    if (*standing != TRAIN_COMPLETE)
        return CLI_GO_ON;
    run->state = REPRODUCE_DONE;
    return run->curve ? reproduce_read_cuts(run) : CLI_GO_ON;
}

/* The page shows everybody's runs. */
static int write_page(reproduction *all) {
    int status = CLI_GO_ON;
    for (size_t r = 0; r < all->run_count && status == CLI_GO_ON; r++) {
        reproduce_run *run = &all->runs[r];
        if (needs_cuts(run))
            status = reproduce_read_cuts(run);
        else if (run->state != REPRODUCE_DONE &&
                 loci_run_result(&run->run.summary, run->run.directory, NULL) == LOCI_OK) {
            run->state = REPRODUCE_DONE;
            status = run->curve ? reproduce_read_cuts(run) : CLI_GO_ON;
        }
    }
    return status == CLI_GO_ON ? reproduce_write_page(all) : status;
}

/* A model is there from a run's first checkpoint on; it is learnt from when the run is complete. */
static bool waits_for_teacher(const reproduction *all, const reproduce_run *run) {
    const char *teacher = run->run.config.teacher;
    for (size_t r = 0; r < all->run_count && teacher[0] != '\0'; r++)
        if (strcmp(all->runs[r].run.directory, teacher) == 0)
            return all->runs[r].state != REPRODUCE_DONE && all->runs[r].why == NULL;
    return false;
}

/* ---- one run ---- */

static int train(reproduction *all, reproduce_run *run, const loci_dataset *data, loci_pool *pool,
                 const volatile sig_atomic_t *stop) {
    int status = train_one(&run->run, data, pool, stop, &all->request);
    if (status == CLI_GO_ON && !run->run.elsewhere) {
        run->state = REPRODUCE_DONE;
        return CLI_GO_ON;
    }
    run->state = REPRODUCE_STARTED;
    run->why = hopeless(&run->run.error);
    return run->why != NULL ? CLI_GO_ON : status;
}

/* Measured by one process, too. */
static int measure_cuts(reproduce_run *run, const loci_dataset *data, loci_pool *pool) {
    loci_run_hold *hold = NULL;
    loci_error error = {0};
    int taken = loci_run_hold_take(&hold, run->run.directory, &error);
    run->run.elsewhere = taken == LOCI_E_BUSY;
    if (run->run.elsewhere)
        return CLI_GO_ON;
    if (taken != LOCI_OK)
        return cli_error(&error);
    int status = reproduce_read_cuts(run);
    if (status == CLI_GO_ON && run->cuts.count == 0)
        status = reproduce_measure_cuts(run, data, pool);
    loci_run_hold_free(hold);
    return status;
}

/* Everything of one run: training, and the curve of cuts where one is wanted; *left: of it
 * something is another process's. */
static int complete(reproduction *all, reproduce_run *run, bool *left, const loci_dataset *data,
                    loci_pool *pool, const volatile sig_atomic_t *stop) {
    int status = CLI_GO_ON;
    run->run.elsewhere = false;
    if (run->state != REPRODUCE_DONE)
        status = train(all, run, data, pool, stop);
    if (status == CLI_GO_ON && needs_cuts(run))
        status = measure_cuts(run, data, pool);
    *left = run->run.elsewhere;
    /* the page is never far behind */
    return status == CLI_GO_ON ? write_page(all) : status;
}

/* ---- all ---- */

/* Once through what is missing; *left counts what is another process's, or waits for one that is.
 * CLI_GO_ON or an exit code. */
static int go_through(reproduction *all, size_t *left, const loci_dataset *data, loci_pool *pool,
                      const volatile sig_atomic_t *stop) {
    size_t wanted = 0, n = 0;
    int status = CLI_GO_ON;
    *left = 0;
    for (size_t r = 0; r < all->run_count; r++)
        wanted += needs_data(&all->runs[r]);
    for (size_t r = 0; r < all->run_count && status == CLI_GO_ON; r++) {
        reproduce_run *run = &all->runs[r];
        train_standing standing = TRAIN_OPEN;
        bool elsewhere = true;
        if (!needs_data(run))
            continue;
        n++;
        if (run->state != REPRODUCE_DONE)
            status = take_result(run, &standing);
        if (status != CLI_GO_ON || !needs_data(run))
            continue;
        if (standing != TRAIN_ELSEWHERE && !waits_for_teacher(all, run)) {
            char count[48];
            snprintf(count, sizeof count, "[%zu/%zu] ", n, wanted);
            all->request.count = count;
            status = complete(all, run, &elsewhere, data, pool, stop);
        }
        *left += elsewhere;
        if (status == CLI_GO_ON && cli_is_raised(stop))
            break;
    }
    return status;
}

static int train_list(reproduction *all, const loci_dataset *data, loci_pool *pool) {
    const volatile sig_atomic_t *stop = cli_catch_signals();
    train_waiting waiting = {0};
    size_t left;
    int status;
    all->request.resume = all->request.share = true;
    do
        status = go_through(all, &left, data, pool, stop);
    while (status == CLI_GO_ON && left > 0 && !cli_is_raised(stop) &&
           train_wait(&waiting, left, stop, &all->request));
    if (status == CLI_GO_ON && cli_is_raised(stop)) {
        cli_fail("reproduce", "interrupted; %s", all->request.again);
        status = CLI_INTERRUPTED;
    }
    return status;
}

int reproduce_train(reproduction *all) {
    loci_dataset *data = NULL;
    size_t first = 0;
    while (first < all->run_count && !needs_data(&all->runs[first]))
        first++;
    if (first == all->run_count)
        return CLI_GO_ON;
    loci_pool *pool = cli_pool(all->request.threads);
    int status =
        pool != NULL ? train_open_data(&data, &all->runs[first].run, &all->request) : CLI_FAILED;
    if (status == CLI_GO_ON)
        status = train_list(all, data, pool);
    loci_dataset_free(data);
    loci_pool_free(pool);
    return status;
}
