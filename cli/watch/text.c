/* Runs as lines of text: on a terminal one a run, written anew as it goes on; else a plain line for
 * what is new. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/command_line.h"
#include "common/follow.h"
#include "common/spark.h"
#include "watch/watch.h"

/* Seconds between two looks. */
static const double look_every = 0.5;

typedef struct followed {
    const char *directory;
    cli_stamp config, metrics, summary;
    uint32_t epochs; /* planned; 0: not known */
    loci_metrics last;
    cli_trace loss;
    uint32_t told; /* the epoch of the last line */
    bool over, told_over;
    bool changed;
    char trouble[400];
} followed;

static void read_config(followed *run) {
    loci_config *config = malloc(sizeof *config); /* holds paths: too large for some stacks */
    if (config != NULL && loci_config_load(config, run->directory, NULL) == LOCI_OK)
        run->epochs = config->train.epochs;
    free(config);
}

/* A run that was started anew has another past. */
static void read_metrics(followed *run) {
    loci_metrics *metrics = NULL;
    size_t count = 0;
    loci_error error = {0};
    int status = loci_metrics_read(&metrics, &count, run->directory, &error);
    run->trouble[0] = '\0';
    if (status == LOCI_OK && count > 0) {
        run->loss = (cli_trace){.count = 0};
        for (size_t i = 0; i < count; i++)
            cli_trace_add(&run->loss, metrics[i].train_loss);
        if (metrics[count - 1].epoch < run->told)
            run->told = 0;
        run->last = metrics[count - 1];
    } else if (status != LOCI_OK && status != LOCI_E_NOT_FOUND) {
        snprintf(run->trouble, sizeof run->trouble, "%s", CLI_CUT(300, error.message));
    }
    free(metrics);
}

static void look(followed *run) {
    bool config = cli_stamp_changed(&run->config, run->directory, "config.json");
    bool metrics = cli_stamp_changed(&run->metrics, run->directory, "metrics.jsonl");
    bool summary = cli_stamp_changed(&run->summary, run->directory, "summary.json");
    if (config)
        read_config(run);
    if (metrics)
        read_metrics(run);
    run->over = cli_run_is_over(run->directory);
    run->told_over = run->told_over && run->over;
    run->changed = config || metrics || summary;
}

/* ", test 93.20%": the first that was measured. */
static const char *score_of(const loci_metrics *m, char text[2 * CLI_WORD]) {
    char number[CLI_WORD];
    text[0] = '\0';
    bool regress = m->task == LOCI_TASK_REGRESS;
    bool tested = regress ? !isnan(m->test.r2) : m->test_accuracy >= 0;
    bool validated = regress ? !isnan(m->validation.r2) : m->validation_accuracy >= 0;
    const char *part = tested ? "test" : "validation";
    if (regress && (tested || validated))
        snprintf(text, 2 * CLI_WORD, ", %s R2 %s", part,
                 cli_r2(number, tested ? m->test.r2 : m->validation.r2));
    else if (!regress && (tested || validated))
        snprintf(text, 2 * CLI_WORD, ", %s %s", part,
                 cli_percent(number, tested ? m->test_accuracy : m->validation_accuracy));
    return text;
}

/* Where the run is, without its name. */
static void describe(const followed *run, char *text, size_t size, size_t spark) {
    char score[2 * CLI_WORD], line[CLI_SPARK], planned[CLI_WORD] = "";
    const loci_metrics *m = &run->last;
    if (run->trouble[0] != '\0') {
        snprintf(text, size, "%s", run->trouble);
        return;
    }
    if (m->epoch == 0) {
        snprintf(text, size, "%s", run->over ? "finished" : "no epoch yet");
        return;
    }
    if (run->epochs > 0)
        snprintf(planned, sizeof planned, "/%u", run->epochs);
    const char *past = spark > 0 ? cli_spark(line, &run->loss, spark) : "";
    snprintf(text, size, "epoch %u%s: loss %.4f%s%s%s%s", m->epoch, planned, m->train_loss,
             *past != '\0' ? " " : "", past, score_of(m, score), run->over ? ", finished" : "");
}

static const char *name_of(const followed *run) {
    const char *slash = strrchr(run->directory, '/');
    return slash != NULL && slash[1] != '\0' ? slash + 1 : run->directory;
}

/* Over what stands there; the cursor stays below. */
static void draw(const followed *runs, size_t count, bool again) {
    int width = cli_terminal_width(stdout) - 1;
    if (again)
        printf("\033[%zuA", count);
    for (size_t i = 0; i < count; i++) {
        char text[600], line[1000], cut[CLI_TEXT];
        describe(&runs[i], text, sizeof text, 16);
        snprintf(line, sizeof line, "%s  %s", CLI_CUT(300, name_of(&runs[i])), text);
        loci_text_show(cut, sizeof cut, line, (size_t)width);
        printf("\r\033[K%s\n", cut);
    }
    fflush(stdout);
}

/* Plain lines: of each run the newest epoch, and its end. */
static void log_news(followed *run) {
    char text[600];
    bool ended = run->over && !run->told_over;
    if (!run->changed || (run->last.epoch == run->told && !ended && run->trouble[0] == '\0'))
        return;
    describe(run, text, sizeof text, 0);
    printf("%s  %s\n", CLI_CUT(300, name_of(run)), text);
    fflush(stdout);
    run->told = run->last.epoch;
    run->told_over = run->over;
}

static bool all_over(const followed *runs, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!runs[i].over)
            return false;
    return true;
}

static void follow(followed *runs, size_t count, const volatile sig_atomic_t *stop) {
    bool rewrites = cli_rewrites(stdout), again = false;
    do {
        bool changed = !again;
        for (size_t i = 0; i < count; i++) {
            look(&runs[i]);
            changed |= runs[i].changed;
            if (!rewrites)
                log_news(&runs[i]);
        }
        if (rewrites && changed)
            draw(runs, count, again);
        again = true;
        if (all_over(runs, count))
            return;
        cli_wait(look_every, stop);
    } while (!cli_is_raised(stop));
}

int watch_text(const char *const *directories, size_t count, const volatile sig_atomic_t *stop) {
    followed *runs = calloc(count, sizeof *runs);
    if (runs == NULL)
        return cli_fail("watch", "out of memory");
    for (size_t i = 0; i < count; i++)
        runs[i].directory = directories[i];
    follow(runs, count, stop);
    free(runs);
    return CLI_DONE;
}
