/* From the command line to a run's configuration, new or to be gone on with. */
#include <string.h>
#include <sys/stat.h>

#include "common/training.h"

error_t train_take_seeds(train_request *request, const char *text, bool several) {
    const char *option = several ? "--seeds" : "--seed";
    if (request->seed_count > 0 && request->several != several) {
        cli_usage(option, "--seed and --seeds exclude each other");
        return EINVAL;
    }
    request->several = several;
    request->seed_count = 0;
    while (true) {
        char one[32];
        size_t length = several ? strcspn(text, ",") : strlen(text);
        cli_shown(one, length < sizeof one ? length + 1 : sizeof one, text);
        if (request->seed_count == CLI_MOST_SEEDS) {
            cli_usage(option, "at most %d seeds", CLI_MOST_SEEDS);
            return EINVAL;
        }
        uint64_t seed;
        if (!cli_read_number(option, one, 0, INT64_MAX, &seed))
            return EINVAL;
        for (size_t i = 0; i < request->seed_count; i++)
            if (request->seeds[i] == seed) {
                cli_usage(option, "%s is there twice", one);
                return EINVAL;
            }
        request->seeds[request->seed_count++] = seed;
        if (text[length] == '\0')
            return 0;
        text += length + 1;
    }
}

const loci_field *train_find_field(const char *name, bool *is_spec) {
    for (int table = 0; table < 2; table++) {
        size_t count;
        const loci_field *fields =
            table == 0 ? loci_spec_fields(&count) : loci_train_fields(&count);
        for (size_t i = 0; i < count; i++)
            if (strcmp(fields[i].name, name) == 0) {
                *is_spec = table == 0;
                return &fields[i];
            }
    }
    return NULL;
}

int train_failed(const loci_error *error) {
    bool is_spec, is_option = strcmp(error->where, "no-test") == 0 ||
                              train_find_field(error->where, &is_spec) != NULL;
    return error->code == LOCI_E_ARGUMENT && is_option ? cli_usage_error(error, "--")
                                                       : cli_error(error);
}

void train_give(train_request *request, const loci_field *field, bool is_spec, const char *text) {
    given_option *option = NULL;
    for (size_t i = 0; i < request->given_count; i++)
        if (request->given[i].field == field)
            option = &request->given[i]; /* the last one counts */
    if (option == NULL)
        option = &request->given[request->given_count++];
    *option = (given_option){field, field->argument != NULL ? text : "yes", is_spec};
}

static int set(loci_config *config, const given_option *option) {
    loci_error error = {0};
    int status = option->is_spec
                     ? loci_spec_set(&config->spec, option->field->name, option->text, &error)
                     : loci_train_set(&config->train, option->field->name, option->text, &error);
    return status == LOCI_OK ? CLI_GO_ON : cli_usage_error(&error, "--");
}

static const given_option *find_given(const train_request *request, const char *name) {
    for (size_t i = 0; i < request->given_count; i++)
        if (strcmp(request->given[i].field->name, name) == 0)
            return &request->given[i];
    return NULL;
}

bool train_gave(const train_request *request, const char *name) {
    return find_given(request, name) != NULL;
}

/* A network forgets what it has no use for; someone who asks for it by name is mistaken. What a
 * preset asks for may be overridden. */
static int check_use(const loci_config *config, const train_request *request) {
    loci_error error = {0};
    for (size_t i = 0; i < request->given_count; i++)
        if (loci_config_use(config, request->given[i].field->name, &error) != LOCI_OK)
            return cli_usage_error(&error, "--");
    return CLI_GO_ON;
}

int train_take_data(train_run *run, const loci_dataset *data, const train_request *request) {
    const char *given[CLI_MOST_OPTIONS];
    loci_error error = {0};
    run->config.spec.task = loci_dataset_task(data);
    for (size_t i = 0; i < request->given_count; i++)
        given[i] = request->given[i].field->name;
    if (run->is_new && loci_config_choose(&run->config, data, given, request->given_count,
                                          run->chosen, sizeof run->chosen, &error) != LOCI_OK)
        return cli_usage_error(&error, "--");
    return check_use(&run->config, request);
}

/* text: as it was typed, or NULL. */
static int take_teachers(loci_config *config, const char *text) {
    loci_error error = {0};
    if (text != NULL && loci_config_set(config, "teacher", text, &error) != LOCI_OK)
        return cli_usage_error(&error, "--");
    return CLI_GO_ON;
}

int train_copy_texts(loci_config *config, train_request *request) {
    int status = cli_data_to_config(config, &request->data);
    if (status == CLI_GO_ON)
        status = cli_copy_text(config->init, sizeof config->init, request->init, "--init");
    return status == CLI_GO_ON ? take_teachers(config, request->teacher) : status;
}

/* Whether a word that is no preset names data: a file or folder, or what the catalogue has. */
static bool is_data(const char *word) {
    struct stat there;
    const loci_catalogue_entry *entry;
    bool known = stat(word, &there) == 0;
    for (size_t i = 0; !known && (entry = loci_catalogue(i)) != NULL; i++)
        known = strcmp(entry->name, word) == 0;
    return known;
}

/* It is the rest of a list, data without their option, or a second preset. */
bool train_is_word_too_many(const char *word, const char *preset) {
    bool number = word[strspn(word, "0123456789.-")] == '\0';
    if (number)
        cli_usage(word, "a list is written with commas, such as --hidden 10,20");
    else if (preset != NULL && is_data(word))
        cli_usage(word, "data to train on are named by --data");
    else if (preset != NULL)
        cli_usage(word, "one preset at a time; '%s' is there already", preset);
    return number || preset != NULL;
}

static int plan_new(loci_config *config, train_request *request) {
    loci_error error = {0};
    loci_given given[CLI_MOST_OPTIONS + 4];
    size_t count = 0;
    for (; count < request->given_count; count++)
        given[count] = (loci_given){request->given[count].field->name, request->given[count].text};
    if (request->init != NULL)
        given[count++] = (loci_given){"init", request->init};
    if (request->teacher != NULL)
        given[count++] = (loci_given){"teacher", request->teacher};
    if (request->no_test)
        given[count++] = (loci_given){"no-test", "yes"};
    if (request->data.validation_group != NULL)
        given[count++] = (loci_given){"validation-group", request->data.validation_group};
    int status = loci_config_plan(config, request->preset, given, count, &error);
    bool preset = request->preset != NULL && request->data.name == NULL;
    if (status == LOCI_E_NOT_FOUND && preset && is_data(request->preset))
        return cli_usage(request->preset, "no such preset; data to train on are named by --data");
    if (status == LOCI_E_NOT_FOUND)
        return cli_usage_error(&error, "");
    if (request->data.name == NULL && (status == LOCI_OK || status == LOCI_E_ARGUMENT))
        return cli_usage("--data", "say what to train on, for example --data glyphs (built in) or "
                                   "--data mnist; 'loci data list' shows what is there");
    return status == LOCI_OK ? train_copy_texts(config, request) : cli_usage_error(&error, "--");
}

static int differs(const char *option, const char *there, const char *given) {
    if (*there == '\0')
        return cli_usage(option, "the run to resume was started without it; leave the option out, "
                                 "or start a new run");
    return cli_usage(option,
                     "the run to resume was started with '%s', not '%s'; leave the option "
                     "out, or start a new run",
                     there, given);
}

static int compare_text(const char *option, const char *there, const char *given) {
    if (given == NULL || strcmp(there, given) == 0)
        return CLI_GO_ON;
    return differs(option, there, given);
}

/* Models in another order are others: their mean is rounded otherwise. */
static int compare_teachers(const loci_config *there, const char *given) {
    static loci_config mine;
    if (given == NULL || strcmp(there->teacher, given) == 0)
        return CLI_GO_ON;
    int status = take_teachers(&mine, given);
    if (status != CLI_GO_ON || strcmp(there->teacher, mine.teacher) == 0)
        return status;
    char known[sizeof there->teacher];
    strcpy(known, there->teacher);
    for (char *c = known; *c != '\0'; c++)
        *c = *c == '\n' ? ',' : *c;
    return differs("--teacher", known, given);
}

static void value_of(const loci_config *config, const given_option *option, char text[1024]) {
    text[0] = '\0';
    if (option->is_spec)
        loci_spec_get(&config->spec, option->field->name, text, 1024);
    else
        loci_train_get(&config->train, option->field->name, text, 1024);
}

/* Whether values are the same as written; a list may stop where only its last entry goes on. */
static bool says_the_same(const char *whole, const char *given) {
    while (true) {
        size_t length = strcspn(whole, ","), here = strcspn(given, ",");
        if (length != here || memcmp(whole, given, length) != 0)
            return false;
        if (whole[length] == '\0')
            return given[here] == '\0';
        whole += length + 1;
        if (given[here] == ',')
            given += here + 1;
    }
}

/* Compares as values, so that 1e-2 is 0.01 and one number for all layer pairs is that list. What
 * the run has no use for may be said again as it was. */
static int compare_given(const loci_config *there, const given_option *option) {
    loci_config mine = *there, theirs = *there;
    char a[1024], b[1024], written[80];
    loci_error error = {0};
    int status = set(&mine, option);
    if (status != CLI_GO_ON)
        return status;
    value_of(&theirs, option, a);
    value_of(&mine, option, b);
    if (says_the_same(a, b))
        return CLI_GO_ON;
    if (strcmp(option->field->name, "task") == 0) /* such a network may not even be possible */
        return differs("--task", a, option->text);
    const loci_config given = mine;
    if (loci_spec_resolve(&mine.spec, &error) != LOCI_OK)
        return cli_usage_error(&error, "--");
    loci_spec_resolve(&theirs.spec, NULL);
    value_of(&theirs, option, a);
    value_of(&mine, option, b);
    snprintf(written, sizeof written, "--%s", option->field->name);
    if (strcmp(a, b) != 0)
        return differs(written, a, option->text);
    if (loci_config_use(&given, option->field->name, &error) != LOCI_OK)
        return cli_usage_error(&error, "--");
    return CLI_GO_ON;
}

static bool in_catalogue(const char *name) {
    const loci_catalogue_entry *entry;
    for (size_t i = 0; (entry = loci_catalogue(i)) != NULL; i++)
        if (strcmp(entry->name, name) == 0)
            return true;
    return false;
}

/* A file may be elsewhere by now: where the run knows what was in it, that is compared later. */
static int compare_file(const char *option, const char *there, const char *fingerprint,
                        const char *given) {
    if (given != NULL && there[0] != '\0' && fingerprint[0] != '\0' && !in_catalogue(given))
        return CLI_GO_ON;
    return compare_text(option, there, given);
}

/* --data-dir may differ: the same data may have moved. */
static int compare(const loci_config *there, train_request *request, uint64_t seed) {
    cli_data *data = &request->data;
    const char *before, *now;
    char a[32], b[32];
    snprintf(a, sizeof a, "%llu", (unsigned long long)there->seed);
    snprintf(b, sizeof b, "%llu", (unsigned long long)seed);
    int status = compare_text("preset", there->preset, request->preset);
    if (status == CLI_GO_ON)
        status = compare_file("--data", there->data, there->train_fingerprint, data->name);
    const char *option = cli_data_differs(there, data, &before, &now);
    if (status == CLI_GO_ON && option != NULL)
        status = differs(option, before, now);
    if (status == CLI_GO_ON)
        status = compare_file("--test", there->test_file, there->test_fingerprint,
                              data->options.test_file);
    if (status == CLI_GO_ON)
        status = compare_text("--colour", there->colour, data->options.colour);
    if (status == CLI_GO_ON)
        status = compare_text("--image-size", there->image_size, data->options.image_size);
    if (status == CLI_GO_ON)
        status = compare_text("--init", there->init, request->init);
    if (status == CLI_GO_ON)
        status = compare_teachers(there, request->teacher);
    if (status == CLI_GO_ON && request->seed_count > 0)
        status = compare_text("--seed", a, b);
    if (status == CLI_GO_ON && request->no_test && !there->no_test)
        status = cli_usage("--no-test", "the run to resume measures the test part; leave the "
                                        "option out, or start a new run");
    for (size_t i = 0; i < request->given_count && status == CLI_GO_ON; i++)
        status = compare_given(there, &request->given[i]);
    return status;
}

static int choose_directory(train_run *run, const train_request *request, uint64_t seed) {
    unsigned long long s = seed;
    int n;
    if (request->out != NULL && request->several)
        n = snprintf(run->directory, sizeof run->directory, "%s/s%llu", request->out, s);
    else if (request->out != NULL)
        n = snprintf(run->directory, sizeof run->directory, "%s", request->out);
    else
        n = snprintf(run->directory, sizeof run->directory, "runs/%s-s%llu",
                     request->preset != NULL ? request->preset : "custom", s);
    if (n < 1 || (size_t)n >= sizeof run->directory)
        return cli_usage("--out", "an empty name, or one of more than %d bytes", CLI_PATH - 32);
    return CLI_GO_ON;
}

/* Of the models to learn from the plan knows which they are. */
static int check_teachers(const char *directory, const loci_config *config) {
    char list[sizeof config->teacher], *rest;
    int status = CLI_GO_ON;
    strcpy(list, config->teacher);
    for (char *model = strtok_r(list, "\n", &rest); model != NULL && status == CLI_GO_ON;
         model = strtok_r(NULL, "\n", &rest))
        status = cli_check_output("--out", directory, model, NULL);
    return status;
}

int train_plan(train_run *run, train_request *request, size_t n) {
    loci_error error = {0};
    uint64_t seed = request->seed_count > 0 ? request->seeds[n] : 1;
    bool named = request->out != NULL || request->preset != NULL || request->data.name != NULL;
    if (request->resume && !named)
        return cli_usage("--resume", "say which run: --out DIR");
    int status = choose_directory(run, request, seed);
    if (status != CLI_GO_ON)
        return status;
    run->failed_before = loci_run_failure(&error, run->directory) == LOCI_OK;
    if (request->resume) {
        int found = loci_config_load(&run->config, run->directory, &error);
        if (found == LOCI_OK) {
            status = compare(&run->config, request, seed);
            run->task = run->config.spec.task;
            run->shaped = true;
            run->finished = loci_run_result(&run->summary, run->directory, NULL) == LOCI_OK;
            return status;
        }
        if (found != LOCI_E_NOT_FOUND)
            return cli_error(&error);
        if (request->data.name == NULL)
            return cli_usage(run->directory, "no run there to resume; give --data to start one");
    } else if (!request->force) {
        char config[CLI_PATH + 16];
        struct stat info;
        snprintf(config, sizeof config, "%s/config.json", run->directory);
        if (stat(config, &info) == 0)
            return cli_fail(run->directory, "a run is there already; go on with --resume, replace "
                                            "it with --force, or choose another --out");
    }
    status = cli_check_output("--out", run->directory, request->init, &request->data);
    if (status == CLI_GO_ON)
        status = plan_new(&run->config, request);
    if (status == CLI_GO_ON)
        status = check_teachers(run->directory, &run->config);
    run->is_new = true;
    run->config.seed = seed;
    run->task = find_given(request, "task") != NULL ? run->config.spec.task : -1;
    return status;
}
