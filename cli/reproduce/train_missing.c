/* Trains what is missing, one run after the other. */
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

static bool needs_data(const reproduce_run *run) {
    return run->state != REPRODUCE_DONE || (run->curve && run->cuts.count == 0);
}

static int train(reproduction *all, reproduce_run *run, const loci_dataset *data, loci_pool *pool,
                 const volatile sig_atomic_t *stop) {
    int status = train_one(&run->run, data, pool, stop, &all->request);
    if (status == CLI_GO_ON) {
        run->state = REPRODUCE_DONE;
        return CLI_GO_ON;
    }
    run->state = REPRODUCE_STARTED;
    run->why = hopeless(&run->run.error);
    return run->why != NULL ? CLI_GO_ON : status;
}

/* Everything of one run: training, and the curve of cuts where one is wanted. */
static int complete(reproduction *all, reproduce_run *run, const loci_dataset *data,
                    loci_pool *pool, const volatile sig_atomic_t *stop) {
    int status = CLI_GO_ON;
    if (run->state != REPRODUCE_DONE)
        status = train(all, run, data, pool, stop);
    if (status == CLI_GO_ON && run->state == REPRODUCE_DONE && run->curve && run->cuts.count == 0)
        status = reproduce_measure_cuts(run, data, pool);
    /* the page is never far behind */
    return status == CLI_GO_ON ? reproduce_write_page(all) : status;
}

static int train_list(reproduction *all, const loci_dataset *data, loci_pool *pool) {
    const volatile sig_atomic_t *stop = cli_catch_signals();
    size_t wanted = 0, n = 0;
    int status = CLI_GO_ON;
    all->request.resume = true;
    for (size_t r = 0; r < all->run_count; r++)
        wanted += needs_data(&all->runs[r]);
    for (size_t r = 0; r < all->run_count && status == CLI_GO_ON; r++) {
        if (!needs_data(&all->runs[r]))
            continue;
        if (!all->request.quiet)
            fprintf(stderr, "[%zu/%zu] ", ++n, wanted);
        status = complete(all, &all->runs[r], data, pool, stop);
        if (status == CLI_GO_ON && *stop) {
            cli_fail("reproduce", "interrupted; %s", all->request.again);
            status = CLI_INTERRUPTED;
        }
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
