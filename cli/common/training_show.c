/* What people see of a training: one line that is rewritten on a terminal, a few plain ones in a
 * log. */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "common/training.h"

/* Columns of the loss's past on the progress line. */
enum { SHORTEST_PAST = 4, LONGEST_PAST = 16 };

static const char *network_name(const train_run *run) {
    return run->config.preset[0] != '\0' ? run->config.preset : "custom network";
}

/* Only a terminal has someone waiting; only then is the trial worth its second. */
static void show_estimate(const train_run *run, const loci_dataset *data, loci_pool *pool) {
    loci_estimate estimate;
    char time[CLI_WORD], memory[CLI_WORD];
    if (loci_run_estimate(&run->config, data, pool, &estimate, NULL) != LOCI_OK)
        return; /* the run itself will say what is wrong */
    if (estimate.seconds >= 10)
        fprintf(stderr, "about %s and %s of memory; Ctrl-C saves and stops\n",
                cli_duration(time, estimate.seconds), cli_bytes(memory, estimate.bytes));
}

static loci_metrics not_measured(int task) {
    const loci_regression none = {NAN, NAN, NAN};
    return (loci_metrics){.task = task,
                          .validation_accuracy = -1,
                          .test_accuracy = -1,
                          .validation = none,
                          .test = none};
}

void train_show_start(train_show *show, const train_run *run, const loci_dataset *data,
                      loci_pool *pool, const train_request *request) {
    *show = (train_show){.quiet = request->quiet,
                         .live = cli_rewrites(stderr),
                         .run = run,
                         .data = data,
                         .pool = pool,
                         .count = request->count};
    show->test = not_measured(loci_dataset_task(data));
}

void train_show_begin(void *context) {
    const train_show *show = context;
    const train_run *run = show->run;
    const loci_dataset *data = show->data;
    if (show->quiet)
        return;
    loci_spec spec = run->config.spec;
    spec.height = loci_dataset_height(data);
    spec.width = loci_dataset_width(data);
    spec.channels = loci_dataset_channels(data);
    spec.task = loci_dataset_task(data);
    spec.classes = loci_dataset_outputs(data);
    loci_parameter_counts counts = {0};
    if (loci_spec_resolve(&spec, NULL) != LOCI_OK)
        return; /* the run itself will say what is wrong */
    loci_spec_count(&spec, &counts);
    char parameters[CLI_WORD], samples[CLI_WORD];
    char processes[CLI_WORD] = "";
    int threads = loci_pool_threads(show->pool);
    const loci_team *team = cli_team();
    if (team != NULL)
        snprintf(processes, sizeof processes, " in each of %zu processes", team->processes);
    fprintf(stderr,
            "%s%s on %s, seed %llu: %s parameters, %s samples, %u epoch%s, %d thread%s%s -> %s\n",
            show->count != NULL ? show->count : "", CLI_SHOWN(network_name(run)),
            loci_dataset_name(data), (unsigned long long)run->config.seed,
            cli_count(parameters, counts.total),
            cli_count(samples, loci_dataset_count(data, LOCI_TRAIN)), run->config.train.epochs,
            run->config.train.epochs == 1 ? "" : "s", threads, threads == 1 ? "" : "s", processes,
            CLI_SHOWN(run->directory));
    if (run->chosen[0] != '\0')
        fprintf(stderr, "%s\n", run->chosen);
    if (show->live && team == NULL) /* what one step takes one process does not tell of several */
        show_estimate(run, data, show->pool);
}

static bool is_tested(const loci_metrics *m) {
    return m->task == LOCI_TASK_REGRESS ? !isnan(m->test.r2) : m->test_accuracy >= 0;
}

static const char *scores(char text[2 * CLI_WORD], const loci_metrics *m) {
    char number[CLI_WORD];
    size_t used = 0;
    text[0] = '\0';
    if (m->task == LOCI_TASK_REGRESS && !isnan(m->validation.r2))
        used = (size_t)snprintf(text, CLI_WORD, ", validation R2 %s",
                                cli_r2(number, m->validation.r2));
    if (m->task != LOCI_TASK_REGRESS && m->validation_accuracy >= 0)
        used = (size_t)snprintf(text, CLI_WORD, ", validation %s",
                                cli_percent(number, m->validation_accuracy));
    if (m->task == LOCI_TASK_REGRESS && is_tested(m))
        snprintf(text + used, CLI_WORD, ", test R2 %s", cli_r2(number, m->test.r2));
    else if (is_tested(m))
        snprintf(text + used, CLI_WORD, ", test %s", cli_percent(number, m->test_accuracy));
    return text;
}

/* How the loss came to where it is, where there is room for it: in columns of what follows it. */
static const char *past(char text[CLI_SPARK + 2], const cli_trace *loss, int room) {
    char line[CLI_SPARK] = "";
    if (room >= SHORTEST_PAST + 1 && loss->count >= SHORTEST_PAST)
        cli_spark(line, loss, (size_t)(room - 1 < LONGEST_PAST ? room - 1 : LONGEST_PAST));
    snprintf(text, CLI_SPARK + 2, "%s%s", line[0] != '\0' ? " " : "", line);
    return text;
}

static void draw(train_show *show, const loci_progress *progress) {
    char rate[CLI_WORD], left[CLI_WORD + 8] = "", tail[2 * CLI_WORD], start[256], end[256];
    char spark[CLI_SPARK + 2];
    double share =
        progress->samples > 0 ? (double)progress->samples_done / (double)progress->samples : 0;
    if (progress->seconds_left >= 0)
        snprintf(left, sizeof left, "  %s left", cli_duration(rate, progress->seconds_left));
    snprintf(start, sizeof start, "epoch %u/%u  %3.0f%%  %s samples/s  loss %.4f", progress->epoch,
             progress->epochs, floor(100 * share),
             cli_count(rate, (uint64_t)progress->samples_per_second), progress->loss);
    snprintf(end, sizeof end, "%s%s", scores(tail, &show->test), left);
    /* a line that wraps could not be rewritten */
    int most = cli_terminal_width(stderr) - 1, used = (int)(strlen(start) + strlen(end));
    cli_trace_add(&show->loss, progress->loss);
    fprintf(stderr, "\r\033[K%.*s%s%.*s", most, start, past(spark, &show->loss, most - used),
            used > most ? (int)fmax(0, most - (double)strlen(start)) : INT_MAX, end);
    fflush(stderr);
    show->shown = loci_seconds();
}

/* About ten lines, however many epochs. */
static void log_epoch(const loci_progress *progress) {
    const loci_metrics *metrics = progress->finished;
    uint32_t step = (progress->epochs + 9) / 10;
    char tail[2 * CLI_WORD];
    if (metrics->epoch % step == 0 || metrics->epoch == progress->epochs)
        fprintf(stderr, "epoch %u/%u: loss %.4f%s\n", metrics->epoch, progress->epochs,
                metrics->train_loss, scores(tail, metrics));
}

void train_show_progress(void *user, const loci_progress *progress) {
    train_show *show = user;
    show->epoch = progress->epoch;
    if (progress->finished != NULL && is_tested(progress->finished)) {
        show->test.test_accuracy = progress->finished->test_accuracy;
        show->test.test = progress->finished->test;
    }
    if (show->quiet)
        return;
    if (!show->live && progress->finished != NULL)
        log_epoch(progress);
    if (show->live && (progress->finished != NULL || loci_seconds() - show->shown >= 0.1))
        draw(show, progress);
}

void train_show_clear(train_show *show) {
    if (show->live && show->shown > 0)
        fprintf(stderr, "\r\033[K");
    show->shown = 0;
}

void train_show_note(void *user, const char *text) {
    train_show_clear(user);
    cli_note("%s", text);
}

/* How good the network is on data that it has not learnt from; nothing where it was not measured.
 */
static void print_score(const loci_summary *summary) {
    char text[4 * CLI_WORD], percent[CLI_WORD];
    bool regress = summary->task == LOCI_TASK_REGRESS;
    bool tested = regress ? !isnan(summary->test.rmse) : summary->test_accuracy >= 0;
    bool validated = regress ? !isnan(summary->validation.rmse) : summary->validation_accuracy >= 0;
    const char *part = tested ? "test" : "validation";
    if (!tested && !validated)
        return;
    if (regress)
        printf(": %s on the %s part",
               cli_regression(text, tested ? &summary->test : &summary->validation), part);
    else
        printf(": %s of the %s part right",
               cli_percent(percent, tested ? summary->test_accuracy : summary->validation_accuracy),
               part);
}

void train_show_result(const train_run *run) {
    const loci_summary *summary = &run->summary;
    char text[CLI_WORD], tail[CLI_WORD], connections[CLI_WORD];
    printf("%s on %s, seed %llu", CLI_SHOWN(network_name(run)), CLI_SHOWN(summary->dataset),
           (unsigned long long)summary->seed);
    print_score(summary);
    printf("\n  %s parameters for %s connections", cli_count(text, summary->parameters),
           cli_count(connections, summary->connections));
    const loci_train_options *options = &run->config.train;
    bool pruned = options->prune.when != LOCI_PRUNE_NEVER || options->freeze_mask;
    if (summary->connections_kept < summary->connections)
        printf(", of which %s are %s (sparsity %s)",
               cli_count(connections, summary->connections_kept), pruned ? "kept" : "within range",
               cli_percent(text, summary->sparsity));
    if (summary->epochs > 0)
        printf("; training loss %.4f", summary->train_loss);
    printf("\n");
    if (summary->time_steps > 0)
        printf("  %s of the neurons spike in a step; %s synaptic operations per inference\n",
               cli_percent(text, summary->activity.spike_rate),
               cli_count(tail, (uint64_t)llround(summary->activity.synaptic_operations)));
    if (summary->epochs > 0)
        printf("  %u epoch%s in %s, %s each\n", summary->epochs, summary->epochs == 1 ? "" : "s",
               cli_duration(text, summary->seconds_total),
               cli_duration(tail, summary->seconds_per_epoch));
    printf("  %s/model.safetensors\n", CLI_SHOWN(run->directory));
}

int train_show_needs(const train_run *run, size_t count, const loci_dataset *data, loci_pool *pool,
                     bool json) {
    loci_estimate estimate;
    loci_error error = {0};
    char word[CLI_WORD];
    if (loci_run_estimate(&run->config, data, pool, &estimate, &error) != LOCI_OK)
        return train_failed(&error);
    double seconds = estimate.seconds < 0 ? NAN : estimate.seconds * (double)count;
    double operations = estimate.operations * (double)count;
    if (json) {
        json_t *object = json_object();
        json_object_set_new(object, "bytes", cli_json_real(estimate.bytes));
        json_object_set_new(object, "seconds", cli_json_real(seconds));
        json_object_set_new(object, "operations", cli_json_real(operations));
        return cli_json_print(object);
    }
    printf("memory       %s\n", cli_bytes(word, estimate.bytes));
    printf("time         %s\n", isnan(seconds) ? "not measured" : cli_duration(word, seconds));
    printf("operations   %.3g multiply-adds\n", operations);
    return CLI_DONE;
}
