/* loci prune: cuts connections of a trained model, once or while it is trained on. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "commands.h"
#include "prune/prune.h"

enum {
    KEY_CURVE = CLI_KEY_OWN,
    KEY_BY,
    KEY_SCOPE,
    KEY_FINETUNE,
    KEY_SEED,
    KEY_LR,
    KEY_BATCH,
    KEY_VALIDATION
};

static const char description[] =
    "Cut the longest or the weakest connections of a model, once or while it is trained on, and "
    "measure what is left.";
static const char notes[] =
    "MODEL is a model file or a run folder; a run folder knows its data and its training options, "
    "too. What is kept follows from the positions and one number per layer pair, so the model file "
    "does not grow; --shrink makes it smaller.\n"
    "\n"
    "Examples:\n"
    "  loci prune runs/arbor-mlp-10k-s1 --sparsity 0.8 --out runs/pruned\n"
    "  loci prune runs/arbor-mlp-10k-s1 --sparsity 0.95 --when gradual --by range --finetune 20 "
    "--out runs/pruned\n"
    "  loci prune runs/arbor-mlp-10k-s1 --curve 0.2,0.4,0.6,0.8,0.9,0.95\n"
    "  loci prune runs/pruned --shrink --out runs/small";

static void add_options(cli_options *options, prune_request *request) {
    train_request *run = &request->run;
    cli_options_group(options, "What to cut:");
    cli_options_text(options, "sparsity", 0, "F", &request->sparsity,
                     "share of the connections that goes, 0 to below 1");
    cli_options_add(options, "curve", KEY_CURVE, "F,F,...",
                    "one after the other, each from MODEL; prints a table and keeps it as "
                    "sparsity_curve.json in --out, or in the run folder MODEL");
    cli_options_add(options, "by", KEY_BY, "NAME",
                    "what goes: distance (the longest), weight (the smallest |w|), range (the "
                    "longest, by a range at which weights fall to 0) [weight; of nets with an "
                    "inhibition mask, as the paper's, distance]");
    cli_options_add(options, "scope", KEY_SCOPE, "NAME",
                    "the share is one of each layer, or of the whole net [net where neither is "
                    "said and charges are free, else layer]");
    cli_options_flag(options, "shrink", &request->shrink,
                     "remove neurons left without inputs or outputs; alone: of a model that is "
                     "pruned already");
    cli_options_group(options, "Training on:");
    cli_options_text(options, "when", 0, "NAME", &request->when,
                     "after (cut at once, then train on), during (likewise: the cut is found anew "
                     "in every step), gradual (the sparsity rises over the first half) [after]");
    cli_options_add(options, "finetune", KEY_FINETUNE, "N", "epochs to train on [0]");
    cli_options_flag(options, "freeze-mask", &request->freeze,
                     "keep the first set of connections instead of finding it anew in every step");
    cli_options_add(options, "lr", KEY_LR, "RATE",
                    "where the learning rate starts [that of the "
                    "run or preset]");
    cli_options_add(options, "batch", KEY_BATCH, "N", "samples a step [likewise]");
    cli_options_add(options, "validation", KEY_VALIDATION, "N",
                    "training samples held out, to choose by [likewise]");
    cli_options_add(options, "seed", KEY_SEED, "N", "order of samples and shifts [likewise]");
    cli_data_add(options, &run->data);
    cli_options_group(options, "Run:");
    cli_options_text(options, "out", 0, "DIR", &run->out, "run folder to make; with --curve DIR/F");
    cli_options_flag(options, "force", &run->force, "replace a run that is there");
    cli_options_flag(options, "no-test", &run->no_test, "never read the test part");
    cli_options_threads(options, &run->threads);
    cli_options_flag(options, "json", &run->json, "print the summary as one JSON object");
    cli_options_flag(options, "quiet", &run->quiet, "no progress");
}

/* Options that are given on to the training. */
static error_t take_given(prune_request *request, const char *name, const char *text) {
    bool is_spec;
    train_give(&request->run, train_find_field(name, &is_spec), false, text);
    return 0;
}

/* F,F,...: kept as texts, which name the folders. */
static error_t take_curve(prune_request *request, char *text) {
    for (char *one = strtok(text, ","); one != NULL; one = strtok(NULL, ",")) {
        if (request->point_count == PRUNE_MOST_POINTS) {
            cli_usage("--curve", "at most %d points", PRUNE_MOST_POINTS);
            return EINVAL;
        }
        for (size_t i = 0; i < request->point_count; i++)
            if (strcmp(request->points[i], one) == 0) { /* they would go into one folder */
                cli_usage("--curve", "%s is there twice", CLI_SHOWN(one));
                return EINVAL;
            }
        request->points[request->point_count++] = one;
    }
    if (request->point_count == 0) {
        cli_usage("--curve", "no sparsity; for example --curve 0.5,0.8,0.9");
        return EINVAL;
    }
    return 0;
}

static error_t parse(int key, char *argument, struct argp_state *state) {
    prune_request *request = state->input;
    train_request *run = &request->run;
    uint64_t number;
    switch (key) {
    case KEY_CURVE:
        return take_curve(request, argument);
    case KEY_BY:
        return take_given(request, "prune-by", argument);
    case KEY_SCOPE:
        return take_given(request, "prune-scope", argument);
    case KEY_FINETUNE:
        if (!cli_read_number("--finetune", argument, 0, 100000, &number))
            return EINVAL;
        request->finetune = (uint32_t)number;
        return 0;
    case KEY_LR:
        return take_given(request, "lr", argument);
    case KEY_BATCH:
        return take_given(request, "batch", argument);
    case KEY_VALIDATION:
        return take_given(request, "validation", argument);
    case KEY_SEED:
        if (!cli_read_number("--seed", argument, 0, INT64_MAX, &run->seeds[0]))
            return EINVAL;
        run->seed_count = 1;
        return 0;
    case ARGP_KEY_ARG:
        return cli_take_model(&request->model, argument);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* What cannot be asked for together. */
static int check_request(const prune_request *request) {
    bool curve = request->point_count > 0, cut = request->sparsity != NULL || curve;
    bool later = strcmp(request->when, "during") == 0 || strcmp(request->when, "gradual") == 0;
    if (request->model == NULL)
        return cli_usage("prune", "say which model: a file or a run folder");
    if (request->sparsity != NULL && curve)
        return cli_usage("--curve", "--sparsity and --curve exclude each other");
    if (!cut && !request->shrink)
        return cli_usage("prune", "say how much to cut: --sparsity F, for example 0.8, or --curve");
    if (!later && strcmp(request->when, "after") != 0)
        return cli_usage("--when", "'%s' is none of after, during, gradual", request->when);
    if (later && request->finetune == 0)
        return cli_usage("--when", "%s needs epochs to train on; add --finetune N", request->when);
    if (request->freeze && request->finetune == 0)
        return cli_usage("--freeze-mask", "is for training on; add --finetune N");
    if (!cut && request->finetune > 0)
        return cli_usage("--finetune", "needs --sparsity; to train a pruned model on as it is, use "
                                       "'loci train --init MODEL --freeze-mask'");
    if (curve && request->shrink)
        return cli_usage("--shrink", "a curve keeps no models; shrink one with --sparsity");
    if (request->run.out == NULL && !curve)
        return cli_usage("--out", "say where to: --out DIR");
    return CLI_GO_ON;
}

static int report(const prune_request *request, const prune_point *points, size_t count) {
    if (request->run.json)
        return prune_report_json(request, points, count);
    if (request->point_count > 0)
        prune_report_curve(points, count);
    else
        train_show_result(&points[0].run);
    prune_report_choice(&points[0]);
    return CLI_DONE;
}

/* Takes the points that leave nothing off the curve, saying so; what is left of them. */
static size_t drop_points(prune_point *points, size_t count) {
    size_t left = 0;
    for (size_t i = 0; i < count; i++)
        left += !points[i].disconnected;
    if (left == 0) /* one error line will say so */
        return 0;
    left = 0;
    for (size_t i = 0; i < count; i++) {
        if (points[i].disconnected)
            cli_note("a sparsity of %s leaves no way from an input to an output; the curve goes on "
                     "without it",
                     points[i].sparsity);
        else
            points[left++] = points[i];
    }
    return left;
}

static int run_points(prune_request *request, prune_point *points, size_t *count,
                      const loci_dataset *data, loci_pool *pool) {
    const volatile sig_atomic_t *stop = cli_catch_signals();
    int status = CLI_GO_ON;
    for (size_t i = 0; i < *count && status == CLI_GO_ON; i++) {
        status = train_one(&points[i].run, data, pool, stop, &request->run);
        const loci_error *why = &points[i].run.error;
        points[i].disconnected = why->code == LOCI_E_ARGUMENT && strcmp(why->where, "prune") == 0;
        if (request->point_count > 0 && points[i].disconnected)
            status = CLI_GO_ON;
    }
    if (status == CLI_GO_ON)
        *count = drop_points(points, *count);
    return status;
}

static int prune_all(prune_request *request, prune_point *points, size_t count) {
    int status = CLI_GO_ON;
    for (size_t i = 0; i < count && status == CLI_GO_ON; i++)
        status = prune_plan(&points[i], request, i);
    if (status != CLI_GO_ON)
        return status;
    loci_pool *pool = cli_pool(request->run.threads);
    loci_dataset *data = NULL;
    count = drop_points(points, count);
    request->run.test_optional = points[0].untested;
    if (count > 0)
        status = pool != NULL ? train_open_data(&data, &points[0].run, &request->run) : CLI_FAILED;
    for (size_t i = 0; i < count && status == CLI_GO_ON; i++)
        points[i].run.config.no_test |= loci_dataset_count(data, LOCI_TEST) == 0;
    if (status == CLI_GO_ON)
        status = run_points(request, points, &count, data, pool);
    if (status == CLI_GO_ON && count > 0 && request->shrink)
        status = prune_shrink_run(&points[0].run, data, pool);
    loci_dataset_free(data);
    loci_pool_free(pool);
    if (status == CLI_GO_ON && count == 0)
        return cli_usage("--curve", "every sparsity leaves no way from an input to an output");
    if (status == CLI_GO_ON && request->point_count > 0)
        status = prune_save_curve(request, points, count);
    return status == CLI_GO_ON ? report(request, points, count) : status;
}

int cmd_prune(int argc, char **argv) {
    static cli_options options;
    static prune_request request = {.when = "after"};
    add_options(&options, &request);
    int status = cli_parse(&options,
                           "MODEL --sparsity F --data NAME|PATH --out DIR [OPTION...]\n"
                           "MODEL --curve F,F,... --data NAME|PATH [OPTION...]\n"
                           "MODEL --shrink --out DIR",
                           description, notes, parse, argc, argv, &request);
    if (status == CLI_GO_ON)
        status = check_request(&request);
    if (status != CLI_GO_ON)
        return status;
    if (request.sparsity == NULL && request.point_count == 0)
        return prune_shrink_only(&request);
    size_t count = request.point_count > 0 ? request.point_count : 1;
    prune_point *points = calloc(count, sizeof *points);
    if (points == NULL)
        return cli_fail("prune", "out of memory");
    status = prune_all(&request, points, count);
    free(points);
    return status;
}
