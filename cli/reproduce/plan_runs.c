/* From targets to runs: which are needed, where they are, how far they have come. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reproduce/reproduce.h"

/* ---- one run ---- */

/* Gives "--name value" after "--name value", "--name" alone of a switch; words is written to and
 * must stay. */
static int give_options(train_request *request, char *words) {
    char *rest;
    for (char *name = strtok_r(words, " ", &rest); name != NULL;
         name = strtok_r(NULL, " ", &rest)) {
        bool is_spec;
        const loci_field *field = train_find_field(name + 2, &is_spec);
        bool alone = field != NULL && field->argument == NULL;
        const char *value = alone ? "yes" : strtok_r(NULL, " ", &rest);
        if (field == NULL || value == NULL)
            return cli_fail("reproduce", "'%s' is no option of this version", name);
        train_give(request, field, is_spec, value);
    }
    return CLI_GO_ON;
}

/* "OUT/runs/paper-mlp-during-0.8-e2-s1" */
static int name_folder(const reproduction *all, const char *preset, const char *variant,
                       uint64_t seed, char folder[CLI_PATH]) {
    char shortened[16] = "";
    if (all->epochs > 0)
        snprintf(shortened, sizeof shortened, "-e%u", all->epochs);
    int n = snprintf(folder, CLI_PATH, "%s/runs/%s%s%s%s-s%llu", all->out, preset,
                     variant[0] != '\0' ? "-" : "", variant, shortened, (unsigned long long)seed);
    if (n < 0 || n >= CLI_PATH - 32)
        return cli_usage("--out", "longer than %d bytes", CLI_PATH - 128);
    return CLI_GO_ON;
}

/* The configuration a row asks for, as `loci train` makes it. */
static int configure(const reproduction *all, const reproduce_row *row, uint64_t seed,
                     const char *folder, reproduce_run *out) {
    static train_request request; /* too large for comfort on the stack */
    char words[sizeof row->options], teacher[CLI_PATH];
    loci_spec spec;
    loci_train_options train;
    loci_error error = {0};
    request = all->request;
    request.preset = row->preset;
    request.out = folder;
    request.seeds[0] = seed;
    request.seed_count = 1;
    request.several = false;
    request.force = true; /* whether what is there will do is found out below */
    snprintf(words, sizeof words, "%s", row->options);
    int status = give_options(&request, words);
    if (status == CLI_GO_ON && row->teacher != NULL) {
        request.teacher = teacher;
        status = name_folder(all, row->teacher->preset, row->teacher->variant,
                             all->request.seeds[0], teacher);
    }
    bool is_spec;
    if (all->epochs > 0)
        train_give(&request, train_find_field("epochs", &is_spec), false, all->epochs_text);
    if (status == CLI_GO_ON)
        status = train_plan(&out->run, &request, 0);
    if (status == CLI_GO_ON && loci_preset(row->preset, &spec, &train, &error) != LOCI_OK)
        return cli_error(&error);
    if (status == CLI_GO_ON)
        out->preset_epochs = train.epochs;
    return status;
}

/* ---- what is there ---- */

/* Notes what makes the run in a folder another one than is wanted. */
static void is_another(reproduce_run *out, const char *option, const char *there,
                       const char *wanted) {
    out->state = REPRODUCE_ANOTHER;
    snprintf(out->other, sizeof out->other, "its %s is '%s', not '%s'", option, CLI_CUT(60, there),
             CLI_CUT(60, wanted));
}

static void compare_text(reproduce_run *out, const char *option, const char *there,
                         const char *wanted) {
    if (out->state != REPRODUCE_ANOTHER && strcmp(there, wanted) != 0)
        is_another(out, option, there, wanted);
}

/* The name of a run: where it stands does not matter. */
static const char *run_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

int reproduce_differ(const loci_config *there, const loci_config *wanted, bool *differ,
                     cli_difference *out) {
    loci_config a = *there, b = *wanted;
    b.spec.height = a.spec.height; /* the data's, which are equal */
    b.spec.width = a.spec.width;
    b.spec.channels = a.spec.channels;
    b.spec.classes = a.spec.classes;
    loci_error error = {0};
    if (loci_spec_resolve(&b.spec, &error) != LOCI_OK ||
        loci_spec_resolve(&a.spec, &error) != LOCI_OK)
        return cli_error(&error);
    *differ = cli_options_differ(&a, &b, out);
    return CLI_GO_ON;
}

/* What decides the result must be equal: a run made by hand is as good as one of ours. */
static int compare(reproduce_run *out, const loci_config *there) {
    const loci_config *wanted = &out->run.config;
    cli_difference difference;
    bool differ = false;
    char a[32], b[32];
    snprintf(a, sizeof a, "%llu", (unsigned long long)there->seed);
    snprintf(b, sizeof b, "%llu", (unsigned long long)wanted->seed);
    compare_text(out, "data", there->data, wanted->data);
    compare_text(out, "label", there->label_column, wanted->label_column);
    compare_text(out, "test", there->test_file, wanted->test_file);
    compare_text(out, "init", there->init, wanted->init);
    compare_text(out, "teacher", run_name(there->teacher), run_name(wanted->teacher));
    compare_text(out, "no-test", there->no_test ? "yes" : "no", "no");
    compare_text(out, "seed", a, b);
    int status = reproduce_differ(there, wanted, &differ, &difference);
    if (status == CLI_GO_ON && differ)
        compare_text(out, difference.option, difference.a, difference.b);
    return status;
}

/* How far the run has come; from where it stands it goes on as its own configuration says. */
static int look(reproduce_run *out) {
    static loci_config there;
    loci_error error = {0};
    const char *folder = out->run.directory;
    int found = loci_config_load(&there, folder, &error);
    if (found == LOCI_E_NOT_FOUND)
        return CLI_GO_ON;
    if (found != LOCI_OK)
        return cli_error(&error);
    int status = compare(out, &there);
    if (status != CLI_GO_ON || out->state == REPRODUCE_ANOTHER)
        return status;
    out->run.config = there;
    out->state = REPRODUCE_STARTED;
    out->run.failed_before = loci_run_failure(&error, folder) == LOCI_OK;
    found = loci_summary_read(&out->run.summary, folder, &error);
    if (found != LOCI_OK && found != LOCI_E_NOT_FOUND)
        return cli_error(&error);
    if (found == LOCI_OK)
        out->state = REPRODUCE_DONE;
    return CLI_GO_ON;
}

/* Runs that stand where ours should be are never replaced. */
static int refuse_others(const reproduction *all) {
    const reproduce_run *first = NULL;
    size_t count = 0;
    char more[80] = "it";
    for (size_t r = 0; r < all->run_count; r++)
        if (all->runs[r].state == REPRODUCE_ANOTHER && count++ == 0)
            first = &all->runs[r];
    if (count == 0)
        return CLI_GO_ON;
    if (count > 1)
        snprintf(more, sizeof more, "it and %zu more that --dry-run lists", count - 1);
    return cli_fail(first->run.directory,
                    "is another run: %s; move %s away, or choose another --out", first->other,
                    more);
}

/* ---- all ---- */

static int find_run(reproduction *all, const reproduce_row *row, uint64_t seed, size_t *index) {
    char folder[CLI_PATH];
    int status = name_folder(all, row->preset, row->variant, seed, folder);
    if (status != CLI_GO_ON)
        return status;
    for (size_t r = 0; r < all->run_count; r++)
        if (strcmp(all->runs[r].run.directory, folder) == 0) {
            *index = r;
            return CLI_GO_ON;
        }
    if (all->run_count == all->run_room) {
        size_t room = 2 * all->run_room + 16;
        reproduce_run *more = realloc(all->runs, room * sizeof *more);
        if (more == NULL)
            return cli_fail("reproduce", "out of memory");
        all->runs = more;
        all->run_room = room;
    }
    reproduce_run *run = &all->runs[all->run_count];
    *run = (reproduce_run){.state = REPRODUCE_TO_DO, .seconds_per_epoch = -1};
    *index = all->run_count++;
    status = configure(all, row, seed, folder, run);
    return status == CLI_GO_ON ? look(run) : status;
}

size_t reproduce_seeds(const reproduction *all, const reproduce_section *section,
                       const reproduce_row *row) {
    return section->target->single || row->single ? 1 : all->request.seed_count;
}

/* The runs of a section's rows for the n-th seed. */
static int plan_section(reproduction *all, reproduce_section *section, size_t n) {
    int status = CLI_GO_ON;
    for (size_t i = 0; i < section->row_count && status == CLI_GO_ON; i++) {
        reproduce_row *row = &section->rows[i];
        if (n >= reproduce_seeds(all, section, row))
            continue;
        status = find_run(all, row, all->request.seeds[n], &row->runs[n]);
        if (status == CLI_GO_ON)
            all->runs[row->runs[n]].curve |= row->curve;
    }
    return status;
}

/* Whether a run that is still to be made learns from what stands in a folder. */
static bool is_needed(const reproduction *all, const char *folder) {
    for (size_t r = 0; r < all->run_count; r++)
        if (all->runs[r].state != REPRODUCE_DONE &&
            strcmp(all->runs[r].run.config.teacher, folder) == 0)
            return true;
    return false;
}

/* Of runs that are kept without their models a teacher's is made again before it is learnt from. */
static void need_teachers(reproduction *all) {
    char model[CLI_PATH + 32];
    for (size_t r = 0; r < all->run_count && !all->no_train; r++) {
        reproduce_run *run = &all->runs[r];
        snprintf(model, sizeof model, "%s/model.safetensors", run->run.directory);
        if (run->state == REPRODUCE_DONE && is_needed(all, run->run.directory) &&
            access(model, R_OK) != 0)
            run->state = REPRODUCE_STARTED;
    }
}

/* The first seed of everything comes first: an early page has every row. */
int reproduce_plan(reproduction *all) {
    int status = CLI_GO_ON;
    char dataset[FIGURE_NAME];
    reproduce_dataset(all, dataset);
    for (size_t s = 0; s < all->section_count; s++)
        reproduce_list_rows(&all->sections[s], dataset);
    for (size_t n = 0; n < all->request.seed_count; n++)
        for (size_t s = 0; s < all->section_count && status == CLI_GO_ON; s++)
            status = plan_section(all, &all->sections[s], n);
    if (status == CLI_GO_ON)
        need_teachers(all);
    for (size_t r = 0; r < all->run_count && status == CLI_GO_ON; r++)
        if (all->runs[r].curve && all->runs[r].state == REPRODUCE_DONE)
            status = reproduce_read_cuts(&all->runs[r]);
    return status == CLI_GO_ON && !all->dry ? refuse_others(all) : status;
}

void reproduce_clear(reproduction *all) {
    for (size_t r = 0; r < all->run_count; r++)
        loci_curve_clear(&all->runs[r].cuts);
    free(all->sections);
    free(all->runs);
}
