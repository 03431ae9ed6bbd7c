/* What --dry-run tells: the runs, how far they are, and the time they take. */
#include <stdlib.h>
#include <string.h>

#include "reproduce/reproduce.h"

/* Takes epochs and time from a run that is there; in a finished one testing counts, too. */
static void look_back(reproduce_run *run) {
    loci_metrics *metrics = NULL;
    size_t count = 0;
    double seconds = 0;
    const loci_summary *summary = &run->run.summary;
    if (run->state == REPRODUCE_DONE && summary->epochs > 0) {
        run->seconds_per_epoch = summary->seconds_total / summary->epochs;
        run->epochs_done = summary->epochs;
        return;
    }
    if (run->state != REPRODUCE_STARTED ||
        loci_metrics_read(&metrics, &count, run->run.directory, NULL) != LOCI_OK)
        return;
    for (size_t i = 0; i < count; i++)
        seconds += metrics[i].seconds;
    if (count > 0) {
        uint32_t epochs = metrics[count - 1].epoch;
        /* a run with all its epochs is only made again when its model is gone */
        run->epochs_done = epochs < run->run.config.train.epochs ? epochs : 0;
        run->seconds_per_epoch = seconds / (double)count;
    }
    free(metrics);
}

/* Whether an epoch of both takes the same: seeds, learning rates and what is cut change little. */
static bool costs_same(const loci_config *a, const loci_config *b) {
    static loci_config x;
    cli_difference difference;
    bool differ = true;
    x = *a;
    x.train.epochs = b->train.epochs;
    x.train.lr = b->train.lr;
    x.train.prune = b->train.prune;
    return (a->teacher[0] == '\0') == (b->teacher[0] == '\0') &&
           reproduce_differ(b, &x, &differ, &difference) == CLI_GO_ON && !differ;
}

static bool take_from_another(const reproduction *all, reproduce_run *run) {
    for (size_t r = 0; r < all->run_count && run->seconds_per_epoch < 0; r++)
        if (all->runs[r].seconds_per_epoch >= 0 &&
            costs_same(&all->runs[r].run.config, &run->run.config))
            run->seconds_per_epoch = all->runs[r].seconds_per_epoch;
    return run->seconds_per_epoch >= 0;
}

/* Answering is about a third of learning. */
static double teacher_seconds(const reproduction *all, const reproduce_run *run) {
    for (size_t r = 0; r < all->run_count; r++)
        if (strcmp(all->runs[r].run.directory, run->run.config.teacher) == 0)
            return all->runs[r].seconds_per_epoch / 3;
    return -1;
}

/* A teacher that is not trained yet cannot be tried. */
static void try(const reproduction *all, reproduce_run *run, const loci_dataset *data,
                loci_pool *pool) {
    static loci_config config;
    loci_estimate estimate;
    double more = 0;
    config = run->run.config;
    int status = loci_run_estimate(&config, data, pool, &estimate, NULL);
    if (status != LOCI_OK && config.teacher[0] != '\0') {
        more = teacher_seconds(all, run);
        config.teacher[0] = '\0';
        status = loci_run_estimate(&config, data, pool, &estimate, NULL);
    }
    if (status == LOCI_OK && estimate.seconds >= 0 && more >= 0)
        run->seconds_per_epoch = estimate.seconds / config.train.epochs + more;
}

/* Of those whose time nothing tells, with a teacher or without. */
static void try_all(reproduction *all, bool taught, const loci_dataset *data, loci_pool *pool) {
    bool live = !all->request.quiet && cli_rewrites(stderr);
    for (size_t r = 0; r < all->run_count; r++) {
        reproduce_run *run = &all->runs[r];
        if ((run->run.config.teacher[0] != '\0') != taught || run->state == REPRODUCE_ANOTHER ||
            run->seconds_per_epoch >= 0 || take_from_another(all, run))
            continue;
        if (live)
            fprintf(stderr, "\r\033[Ktrying run %zu of %zu", r + 1, all->run_count);
        try(all, run, data, pool);
    }
    if (live)
        fprintf(stderr, "\r\033[K");
}

int reproduce_estimate(reproduction *all) {
    loci_dataset *data = NULL;
    loci_error error = {0};
    bool open = false;
    for (size_t r = 0; r < all->run_count; r++)
        look_back(&all->runs[r]);
    for (size_t r = 0; r < all->run_count; r++)
        open |= all->runs[r].state != REPRODUCE_ANOTHER && all->runs[r].seconds_per_epoch < 0 &&
                !take_from_another(all, &all->runs[r]);
    if (!open)
        return CLI_GO_ON;
    loci_pool *pool = cli_pool(all->request.threads);
    if (pool == NULL)
        return CLI_FAILED;
    if (train_try_data(&data, &all->runs[0].run, &all->request, &error) == LOCI_OK) {
        try_all(all, false, data, pool);
        try_all(all, true, data, pool);
    } else {
        cli_note("no time can be told: %s: %s", error.where, error.message);
    }
    loci_dataset_free(data);
    loci_pool_free(pool);
    return CLI_GO_ON;
}

bool reproduce_time(const reproduction *all, double *done, double *left) {
    bool known = true;
    *done = *left = 0;
    for (size_t r = 0; r < all->run_count; r++) {
        const reproduce_run *run = &all->runs[r];
        uint32_t epochs = run->run.config.train.epochs;
        if (run->state == REPRODUCE_ANOTHER)
            continue;
        known &= run->seconds_per_epoch >= 0;
        *done += run->epochs_done * run->seconds_per_epoch;
        if (run->state != REPRODUCE_DONE && epochs > run->epochs_done)
            *left += (epochs - run->epochs_done) * run->seconds_per_epoch;
    }
    return known;
}

static void show_run(const reproduce_run *run) {
    static const char *const states[] = {"to do", "started", "done", "another"};
    char time[CLI_WORD] = "";
    uint32_t epochs =
        run->state == REPRODUCE_DONE ? run->epochs_done : run->run.config.train.epochs;
    if (run->state != REPRODUCE_ANOTHER)
        cli_duration(time, epochs * run->seconds_per_epoch);
    printf("%7s  %6u  %11s  %s%s%s\n", states[run->state], run->run.config.train.epochs, time,
           CLI_SHOWN(run->run.directory), run->state == REPRODUCE_ANOTHER ? ": " : "",
           CLI_SHOWN(run->other));
}

int reproduce_show_plan(const reproduction *all) {
    size_t counts[4] = {0};
    double done, left;
    char time[CLI_WORD];
    printf("%7s  %6s  %11s  %s\n", "state", "epochs", "time", "run");
    for (size_t r = 0; r < all->run_count; r++) {
        counts[all->runs[r].state]++;
        show_run(&all->runs[r]);
    }
    printf("%zu run%s: %zu done, %zu started, %zu to do", all->run_count,
           all->run_count == 1 ? "" : "s", counts[REPRODUCE_DONE], counts[REPRODUCE_STARTED],
           counts[REPRODUCE_TO_DO]);
    if (counts[REPRODUCE_ANOTHER] > 0)
        printf(", %zu in the place of which others stand", counts[REPRODUCE_ANOTHER]);
    printf("\n");
    if (!reproduce_time(all, &done, &left))
        return CLI_DONE;
    if (left > 0)
        printf("about %s to go%s", cli_duration(time, left), done > 0 ? ", " : "\n");
    if (done > 0)
        printf("%s spent\n", cli_duration(time, done));
    return CLI_DONE;
}
