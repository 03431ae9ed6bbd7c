/* loci train: trains a network, once or for several seeds. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "common/training.h"
#include "train/page.h"

enum { KEY_SEED = CLI_KEY_OWN, KEY_SEEDS };

static const char description[] =
    "Train a network and keep the run in a folder: model, configuration, metrics, checkpoints.";
static const char notes[] =
    "PRESET is a name that 'loci info' lists; any of its options can be given another value. "
    "Without one, what is not given follows from the data; a line says what was chosen. "
    "The same command and seed make the same model, byte for byte, whatever the number of "
    "threads. Processes that mpirun starts share a run out, and make those bytes, too: their "
    "number "
    "has to divide --shards.\n"
    "\n"
    "Examples:\n"
    "  loci train --data iris.csv\n"
    "  loci train arbor-mlp-10k --data mnist\n"
    "  loci train --hidden 64,64 --dendrite-sites 8,4 --data glyphs --out runs/mine\n"
    "  loci train --hidden 64 --neuron lif --time-steps 10 --data glyphs\n"
    "  loci train --hidden 64,32 --data houses.csv --target price\n"
    "  loci train paper-mlp --data mnist --seeds 1,2,3 --json\n"
    "  loci train arbor-mlp-10k --data mnist --teacher runs/dense-mlp-1024-s1\n"
    "  loci train arbor-mlp-2k --data glyphs --live\n"
    "  loci train --resume --out runs/mine\n"
    "  mpirun -n 4 loci train arbor-mlp-10k --data mnist --shards 4";

/* What people need first; then by what it is about, whatever table it stands in. */
static const cli_help_group layout[] = {
    {"To begin with [in brackets the default; a preset has its own, and without one most follow "
     "from the data]:",
     "data out resume force seed epochs validation hidden dendrite-sites neuron"},
    {"Data:", "data-dir label target weight task test colour image-size bias-input no-test"},
    {"Tables:", "separator header no-header columns without one-hot missing pixels "
                "validation-group"},
    {"Run:", "seeds no-wait threads shards init test-every dry-run json quiet live port bind"},
    {"Training:", "loss class-weight batch lr lr-positions lr-charges schedule warmup patience "
                  "average"},
    {"Images, moved and bent anew each time:", "shift rotate zoom shear elastic flip"},
    {"Temporal data, and how its events are moved anew each time:",
     "duration group-channels time-shift channel-shift time-stretch drop"},
    {"Learning from a larger network:", "teacher distillation temperature"},
    {"Pruning:", "prune prune-by prune-scope prune-ramp freeze-mask"},
    {"Rounding, for exports as C:", "quantise quantise-what quantise-charges quantise-start"},
    {"Network:", "wiring input-scaling dim planes input sign tied scale axon-sites gap law length "
                 "train-length range "
                 "train-range activation softening steepness logit-scale spread extent noise"},
    {"Maps, whose neurons share one arbor:", "maps window pool stride"},
    {"Spiking networks:", "time-steps coding latency-span readout surrogate slope beta threshold "
                          "reset train-beta train-threshold"},
    {"Spikes that travel, layers that remember:",
     "delay speed train-speed longest-delay recurrent recurrent-gap adaptation-decay "
     "adaptation-membrane adaptation-spike train-adaptation"},
    {"Other:", "help version"},
    {NULL, NULL}};

static void add_options(cli_options *options, train_request *request, train_page *page) {
    options->layout = layout;
    cli_data_add_training(options, &request->data);
    cli_options_add(options, "seed", KEY_SEED, "N",
                    "of start positions, order of samples and shifts [1]");
    cli_options_add(options, "seeds", KEY_SEEDS, "N,N,...",
                    "one run per seed; then their mean and standard deviation; with --resume "
                    "processes that are started alike share the runs out");
    cli_options_threads(options, &request->threads);
    cli_options_text(options, "out", 0, "DIR", &request->out,
                     "run folder [runs/PRESET-sSEED]; with --seeds DIR/sSEED");
    cli_options_flag(options, "resume", &request->resume,
                     "go on with the run in the folder as its config.json says; start it if there "
                     "is none");
    cli_options_flag(options, "no-wait", &request->no_wait,
                     "with --resume and --seeds: leave runs that other processes are at work on");
    cli_options_flag(options, "force", &request->force, "replace a run that is there");
    cli_options_text(options, "init", 0, "MODEL", &request->init,
                     "start from the parameters of this model");
    cli_options_text(
        options, "teacher", 0, "MODEL[,MODEL...]", &request->teacher,
        "learn this model's class probabilities, or the numbers it predicts, beside the data's; of "
        "several, up to 16, their mean");
    cli_options_flag(options, "no-test", &request->no_test, "never read the test part");
    cli_options_flag(options, "dry-run", &request->dry_run,
                     "train a few batches, say how much memory and time all would take, and keep "
                     "nothing");
    cli_options_flag(options, "json", &request->json, "print the summary as one JSON object");
    cli_options_flag(options, "quiet", &request->quiet, "no progress");
    train_page_options(options, page);
    cli_options_add_spec(options);
    cli_options_add_train(options);
}

static error_t parse(int key, char *argument, struct argp_state *state) {
    train_request *request = state->input;
    size_t count;
    if (key >= CLI_KEY_TRAIN && key < CLI_KEY_TRAIN + CLI_MOST_OPTIONS) {
        train_give(request, &loci_train_fields(&count)[key - CLI_KEY_TRAIN], false, argument);
        return 0;
    }
    if (key >= CLI_KEY_SPEC && key < CLI_KEY_SPEC + CLI_MOST_OPTIONS) {
        train_give(request, &loci_spec_fields(&count)[key - CLI_KEY_SPEC], true, argument);
        return 0;
    }
    switch (key) {
    case KEY_SEED:
        return train_take_seeds(request, argument, false);
    case KEY_SEEDS:
        return train_take_seeds(request, argument, true);
    case ARGP_KEY_ARG:
        if (train_is_word_too_many(argument, request->preset))
            return EINVAL;
        request->preset = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* What is told of several runs: an accuracy, or how far off a regressor is. */
typedef enum score { ACCURACY, R2, MAE, RMSE } score;
static const char *const score_keys[] = {"test_accuracy", "test_r2", "test_mae", "test_rmse"};

static double score_of(const loci_summary *s, score which) {
    const double scores[] = {s->test_accuracy < 0 ? NAN : s->test_accuracy, s->test.r2, s->test.mae,
                             s->test.rmse};
    return scores[which];
}

/* NaN where there is none: no test part, or a single run. */
static void spread(const train_run *runs, size_t count, score which, double *mean,
                   double *deviation) {
    double values[CLI_MOST_SEEDS] = {0};
    *mean = *deviation = NAN;
    for (size_t i = 0; i < count; i++) {
        values[i] = score_of(&runs[i].summary, which);
        if (isnan(values[i]))
            return;
    }
    cli_mean(values, count, mean, deviation);
    if (count == 1)
        *deviation = NAN;
}

/* Numbers of a classifier, objects of a regressor. */
static void put_spread(json_t *object, const train_run *runs, size_t count) {
    double mean, deviation;
    json_t *means = json_object(), *deviations = json_object();
    for (int which = R2; which <= RMSE; which++) {
        spread(runs, count, (score)which, &mean, &deviation);
        json_object_set_new(means, score_keys[which], cli_json_real(mean));
        json_object_set_new(deviations, score_keys[which], cli_json_real(deviation));
    }
    spread(runs, count, ACCURACY, &mean, &deviation);
    bool regress = runs[0].summary.task == LOCI_TASK_REGRESS;
    json_object_set_new(object, "mean", regress ? json_incref(means) : cli_json_real(mean));
    json_object_set_new(object, "std",
                        regress ? json_incref(deviations) : cli_json_real(deviation));
    json_decref(means);
    json_decref(deviations);
}

static int report_json(const train_run *runs, size_t count, bool several) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *summary = train_read_summary(&runs[i]);
        if (summary == NULL) {
            json_decref(list);
            return CLI_FAILED;
        }
        json_array_append_new(list, summary);
    }
    json_t *object;
    if (several) {
        object = json_object();
        json_object_set(object, "runs", list);
        put_spread(object, runs, count);
    } else {
        object = json_incref(json_array_get(list, 0));
    }
    json_decref(list);
    return cli_json_print(object);
}

static void print_scores(const double *values, bool regress) {
    char a[CLI_WORD], b[CLI_WORD];
    if (regress)
        printf("  %8s  %10s", cli_r2(a, values[0]), cli_quantity(b, values[1]));
    else
        printf("  %8s", cli_percent(a, values[0]));
}

static void print_seeds(const train_run *runs, size_t count) {
    char text[CLI_WORD];
    bool regress = runs[0].summary.task == LOCI_TASK_REGRESS;
    const score first = regress ? R2 : ACCURACY, second = RMSE;
    printf(regress ? "%20s  %8s  %10s  %10s\n" : "%20s  %8s  %10s\n", "seed",
           regress ? "test R2" : "test", regress ? "test RMSE" : "time", "time");
    for (size_t i = 0; i < count; i++) {
        const loci_summary *summary = &runs[i].summary;
        printf("%20llu", (unsigned long long)summary->seed);
        print_scores((double[]){score_of(summary, first), score_of(summary, second)}, regress);
        printf("  %10s\n", cli_duration(text, summary->seconds_total));
    }
    double mean[2], deviation[2];
    spread(runs, count, first, &mean[0], &deviation[0]);
    spread(runs, count, second, &mean[1], &deviation[1]);
    printf("%20s", "mean");
    print_scores(mean, regress);
    printf("\n%20s", "standard deviation");
    print_scores(deviation, regress);
    printf("\n");
}

/* Those that are finished come first; returns how many there are. */
static size_t gather(train_run *runs, size_t count) {
    size_t finished = 0;
    for (size_t i = 0; i < count; i++)
        if (runs[i].finished)
            runs[finished++] = runs[i];
    return finished;
}

static int report(train_run *runs, size_t planned, const train_request *request) {
    size_t count = gather(runs, planned);
    if (request->json)
        return report_json(runs, count, request->several);
    if (request->several && count > 0)
        print_seeds(runs, count);
    else if (!request->several)
        train_show_result(runs);
    return CLI_DONE;
}

/* One of several runs: *elsewhere counts it if another process is at work on it. CLI_GO_ON or an
 * exit code. */
static int train_shared(train_run *run, size_t *elsewhere, const loci_dataset *data,
                        loci_pool *pool, const volatile sig_atomic_t *stop,
                        const train_request *request) {
    int status = CLI_GO_ON;
    train_standing standing = request->share ? train_look(run) : TRAIN_OPEN;
    if (standing == TRAIN_FAILED)
        return cli_error(&run->error);
    if (standing == TRAIN_OPEN)
        status = train_one(run, data, pool, stop, request);
    bool left = standing == TRAIN_ELSEWHERE || (standing == TRAIN_OPEN && run->elsewhere);
    run->finished = status == CLI_GO_ON && !left;
    *elsewhere += left;
    return status;
}

/* What is not finished, as often as it takes until nobody is at work on any of it. */
static int train_each(train_run *runs, size_t count, const loci_dataset *data, loci_pool *pool,
                      const volatile sig_atomic_t *stop, const train_request *request) {
    train_waiting waiting = {0};
    while (true) {
        size_t elsewhere = 0;
        int status = CLI_GO_ON;
        for (size_t i = 0; i < count && status == CLI_GO_ON; i++)
            if (!runs[i].finished)
                status = train_shared(&runs[i], &elsewhere, data, pool, stop, request);
        if (status != CLI_GO_ON || elsewhere == 0)
            return status;
        if (!train_wait(&waiting, elsewhere, stop, request))
            break;
    }
    if (!cli_is_raised(stop))
        return CLI_GO_ON;
    cli_fail("train", "interrupted; %s", request->again);
    return CLI_INTERRUPTED;
}

/* A rate that is still rising when the training ends never is what was asked for. Runs differ in
 * their seeds alone. */
static void note_warmup(const train_run *run, const loci_dataset *data) {
    const loci_train_options *train = &run->config.train;
    size_t held_out;
    if (loci_dataset_held_out(data, train->validation, &held_out, NULL) != LOCI_OK)
        return; /* the training will say why */
    size_t samples = loci_dataset_count(data, LOCI_TRAIN) - held_out;
    uint64_t steps = train->epochs * (uint64_t)((samples + train->batch - 1) / train->batch);
    if (run->is_new && steps > 0 && steps < train->warmup)
        cli_note("the training has %llu step%s, fewer than the %u of --warmup: the learning rate "
                 "never reaches --lr; give a smaller --warmup, or more --epochs",
                 (unsigned long long)steps, steps == 1 ? "" : "s", train->warmup);
}

/* Runs first..count-1, but for those that are finished. */
static int train_rest(train_run *runs, size_t first, size_t count,
                      const volatile sig_atomic_t *stop, train_request *request) {
    loci_pool *pool = cli_pool(request->threads);
    loci_dataset *data = NULL;
    int status = pool != NULL ? train_open_data(&data, &runs[first], request) : CLI_FAILED;
    for (size_t i = first; i < count && status == CLI_GO_ON; i++)
        if (!runs[i].finished && cli_leads()) /* which sees a model to start from */
            status = train_take_data(&runs[i], data, request);
    if (status == CLI_GO_ON && cli_leads())
        note_warmup(&runs[first], data);
    if (request->dry_run && status == CLI_GO_ON && cli_leads())
        status = train_show_needs(&runs[first], count - first, data, pool, request->json);
    status = cli_agree(status);
    if (status == CLI_GO_ON)
        cli_share(runs, count * sizeof *runs);
    if (status == CLI_GO_ON)
        status = train_each(runs + first, count - first, data, pool, stop, request);
    loci_dataset_free(data);
    loci_pool_free(pool);
    return status;
}

/* A run that is there, perhaps since another process began it, knows what a new one will hear from
 * the data: the task, and that they are no table. */
static bool same_data(const train_run *a, const train_run *b) {
    static loci_config known;
    const train_run *there = a->is_new ? b : a, *other = a->is_new ? a : b;
    known = there->config;
    if (other->is_new && known.train_fingerprint[0] != '\0')
        strcpy(known.reading, other->config.reading);
    return cli_data_same(&known, &other->config) &&
           (a->task == b->task || a->task < 0 || b->task < 0);
}

/* All runs are planned before the first one starts: a mistake in the third should not cost two. Of
 * several processes the first one does, which sees the folders. */
static int plan_all(train_run *runs, size_t count, train_request *request) {
    int status = CLI_GO_ON;
    loci_error error = {0};
    for (size_t i = 0; i < count && status == CLI_GO_ON && cli_leads(); i++) {
        runs[i].number = i;
        status = train_plan(&runs[i], request, i);
    }
    status = cli_agree(status);
    if (status != CLI_GO_ON)
        return status;
    cli_share(runs, count * sizeof *runs);
    for (size_t i = 0; i < count; i++)
        if (loci_team_check(cli_team(), runs[i].config.train.shards, &error) != LOCI_OK)
            return cli_usage_error(&error, "--");
    return CLI_GO_ON;
}

static int train_all(train_run *runs, size_t count, train_request *request, train_page *page) {
    const volatile sig_atomic_t *stop = cli_catch_signals();
    int status = plan_all(runs, count, request);
    if (status != CLI_GO_ON)
        return status;
    for (size_t i = 1; i < count; i++)
        if (!same_data(&runs[0], &runs[i]))
            return cli_usage(runs[i].directory,
                             "was started on other data than %s; resume them "
                             "one by one",
                             runs[0].directory);
    size_t first = 0;
    while (first < count && runs[first].finished)
        first++;
    if (first < count && cli_leads() && !request->dry_run)
        status = train_page_open(page, runs, count, request);
    status = cli_agree(status);
    if (first < count && status == CLI_GO_ON)
        status = train_rest(runs, first, count, stop, request);
    if (status == CLI_GO_ON)
        status = cli_leads() ? report(runs, count, request) : CLI_DONE;
    train_page_close(page, status, stop);
    return status;
}

int cmd_train(int argc, char **argv) {
    static cli_options options; /* too large for comfort on the stack */
    train_request request = {.preset = NULL};
    train_page page = {.wanted = false};
    add_options(&options, &request, &page);
    int status = cli_parse(&options,
                           "PRESET --data NAME|PATH [OPTION...]\n--data NAME|PATH "
                           "[OPTION...]\n--resume --out DIR",
                           description, notes, parse, argc, argv, &request);
    if (status != CLI_GO_ON)
        return status;
    if (request.no_wait && !(request.resume && request.several))
        return cli_usage("--no-wait", "is for runs that several processes share: --resume --seeds "
                                      "N,N,...");
    request.share = request.resume && request.several && cli_team() == NULL;
    if (request.resume && request.force)
        return cli_usage("--force", "--resume and --force exclude each other");
    request.quiet |= !cli_leads();
    if ((status = train_page_check(&page)) != CLI_GO_ON)
        return status;
    request.again = request.several ? "give the same command with --resume" : NULL;
    size_t count = request.several ? request.seed_count : 1;
    train_run *runs = calloc(count, sizeof *runs);
    if (runs == NULL)
        return cli_fail("train", "out of memory");
    status = train_all(runs, count, &request, &page);
    free(runs);
    return status;
}
