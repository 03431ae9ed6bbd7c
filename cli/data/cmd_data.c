/* loci data: lists, downloads and inspects data sets. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "common/command_line.h"

static const char description[] =
    "List the data sets known by name, download one, or look into one (a name or a path).";
static const char notes[] = "Examples:\n"
                            "  loci data list\n"
                            "  loci data fetch mnist\n"
                            "  loci data info glyphs\n"
                            "  loci data info table.csv --label species --json";

typedef struct data_request {
    const char *action, *name;
    cli_data data;
    const char *url;
    bool json;
} data_request;

static error_t parse(int key, char *argument, struct argp_state *state) {
    data_request *request = state->input;
    if (key != ARGP_KEY_ARG)
        return ARGP_ERR_UNKNOWN;
    if (request->action == NULL)
        request->action = argument;
    else if (request->name == NULL)
        request->name = argument;
    else {
        cli_usage(argument, "one data set at a time; '%s' is there already", request->name);
        return EINVAL;
    }
    return 0;
}

static int list_json(const char *directory) {
    json_t *object = json_object(), *list = json_array();
    const loci_catalogue_entry *entry;
    for (size_t i = 0; (entry = loci_catalogue(i)) != NULL; i++) {
        char path[PATH_MAX];
        bool found = loci_catalogue_locate(entry->name, directory, path, sizeof path) == LOCI_OK;
        json_t *one = json_object();
        json_object_set_new(one, "name", json_string(entry->name));
        json_object_set_new(one, "description", json_string(entry->description));
        json_object_set_new(one, "licence", json_string(entry->licence));
        json_object_set_new(one, "source", json_string(entry->source));
        json_object_set_new(one, "built_in", json_boolean(entry->built_in));
        json_object_set_new(one, "found", found ? cli_json_text(path) : json_null());
        json_array_append_new(list, one);
    }
    json_object_set_new(object, "datasets", list);
    return cli_json_print(object);
}

static int list(const data_request *request) {
    const char *directory = request->data.options.directory;
    const loci_catalogue_entry *entry;
    if (request->name != NULL)
        return cli_usage(request->name,
                         "'loci data list' takes no name; 'loci data info %s' looks "
                         "into one",
                         request->name);
    if (request->json)
        return list_json(directory);
    for (size_t i = 0; (entry = loci_catalogue(i)) != NULL; i++) {
        char path[PATH_MAX];
        bool found = loci_catalogue_locate(entry->name, directory, path, sizeof path) == LOCI_OK;
        printf("%s%s\n", i > 0 ? "\n" : "", entry->name);
        printf("  %s\n", entry->description);
        if (found)
            printf("  found    %s\n", CLI_SHOWN(path));
        else
            printf("  found    not here; 'loci data fetch %s' downloads it\n", entry->name);
        printf("  licence  %s\n", entry->licence);
        printf("  source   %s\n", entry->source);
    }
    return CLI_DONE;
}

/* A download's progress, and whether to go on with it. */
typedef struct fetch_show {
    const volatile sig_atomic_t *stop;
    bool live;
    bool drawn;
} fetch_show;

static int fetch_progress(void *user, const char *file, uint64_t done, uint64_t total) {
    fetch_show *show = user;
    char a[CLI_WORD], b[CLI_WORD];
    if (show->live) {
        fprintf(stderr, "\r\033[K%s  %s", file, cli_bytes(a, (double)done));
        if (total > 0)
            fprintf(stderr, " of %s", cli_bytes(b, (double)total));
        fflush(stderr);
        show->drawn = true;
    }
    return *show->stop;
}

static int fetch(const data_request *request) {
    loci_error error = {0};
    loci_fetch_options options;
    fetch_show show = {.stop = cli_catch_signals(), .live = cli_is_terminal(stderr)};
    loci_fetch_options_defaults(&options);
    options.directory = request->data.options.directory;
    options.base_url = request->url;
    options.progress = fetch_progress;
    options.user = &show;
    int status = loci_fetch(request->name, &options, &error);
    if (show.drawn)
        fprintf(stderr, "\r\033[K");
    if (status == LOCI_E_UNSUPPORTED) {
        printf("%s is built in; nothing to fetch\n", request->name);
        return CLI_DONE;
    }
    if (status != LOCI_OK)
        return cli_error(&error);
    char path[PATH_MAX] = "the cache";
    loci_catalogue_locate(request->name, options.directory, path, sizeof path);
    printf("%s: complete and verified, in %s\n", request->name, CLI_SHOWN(path));
    return CLI_DONE;
}

/* What the training images look like as numbers. */
typedef struct pixel_statistics {
    double mean, zeros;
} pixel_statistics;

static int measure_pixels(const loci_dataset *data, pixel_statistics *out) {
    size_t features = (size_t)loci_dataset_height(data) * loci_dataset_width(data);
    size_t count = loci_dataset_count(data, LOCI_TRAIN), zeros = 0;
    float *pixels = calloc(features, sizeof *pixels);
    if (pixels == NULL)
        return cli_fail(loci_dataset_name(data), "out of memory");
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        loci_dataset_sample(data, LOCI_TRAIN, i, pixels);
        for (size_t k = 0; k < features; k++) {
            sum += (double)pixels[k];
            zeros += pixels[k] == 0.0f;
        }
    }
    free(pixels);
    double all = (double)count * (double)features;
    *out = (pixel_statistics){sum / all, (double)zeros / all};
    return CLI_GO_ON;
}

/* Samples per class of one part, [classes]; NULL after an error line. */
static size_t *histogram(const loci_dataset *data, enum loci_split split) {
    size_t *counts = calloc(loci_dataset_classes(data), sizeof *counts);
    if (counts == NULL) {
        cli_fail(loci_dataset_name(data), "out of memory");
        return NULL;
    }
    for (size_t i = 0; i < loci_dataset_count(data, split); i++)
        counts[loci_dataset_label(data, split, i)]++;
    return counts;
}

static int info_json(const loci_dataset *data, const pixel_statistics *pixels, const size_t *train,
                     const size_t *test) {
    json_t *object = json_object(), *classes = json_array();
    for (uint32_t c = 0; c < loci_dataset_classes(data); c++) {
        json_t *one = json_object();
        json_object_set_new(one, "class", cli_json_text(loci_dataset_class_name(data, c)));
        json_object_set_new(one, "train", json_integer((json_int_t)train[c]));
        json_object_set_new(one, "test", json_integer((json_int_t)test[c]));
        json_array_append_new(classes, one);
    }
    json_object_set_new(object, "dataset", cli_json_text(loci_dataset_name(data)));
    json_object_set_new(object, "train",
                        json_integer((json_int_t)loci_dataset_count(data, LOCI_TRAIN)));
    json_object_set_new(object, "test",
                        json_integer((json_int_t)loci_dataset_count(data, LOCI_TEST)));
    json_object_set_new(object, "height", json_integer(loci_dataset_height(data)));
    json_object_set_new(object, "width", json_integer(loci_dataset_width(data)));
    json_object_set_new(object, "mean", json_real(pixels->mean));
    json_object_set_new(object, "zeros", json_real(pixels->zeros));
    json_object_set_new(object, "classes", classes);
    return cli_json_print(object);
}

static void print_histogram(const loci_dataset *data, const size_t *train, const size_t *test) {
    enum { BAR = 30 };
    uint32_t classes = loci_dataset_classes(data);
    size_t most = 1;
    int width = 5;
    for (uint32_t c = 0; c < classes; c++) {
        int columns = cli_width(loci_dataset_class_name(data, c));
        most = train[c] > most ? train[c] : most;
        width = columns > width ? columns : width;
    }
    width = width < 24 ? width : 24;
    printf("\n%-*s  %8s  %8s\n", width, "class", "training", "test");
    for (uint32_t c = 0; c < classes; c++) {
        char a[CLI_WORD], b[CLI_WORD], name[CLI_COLUMN];
        int bar = (int)((double)train[c] / (double)most * BAR + 0.5);
        printf("%s  %8s  %8s  %.*s\n", cli_column(name, loci_dataset_class_name(data, c), width),
               cli_count(a, train[c]), cli_count(b, test[c]), bar,
               "##############################");
    }
}

static void print_samples(const loci_dataset *data) {
    uint32_t height = loci_dataset_height(data), width = loci_dataset_width(data);
    float *pixels = height > 1 ? calloc((size_t)height * width, sizeof *pixels) : NULL;
    for (size_t i = 0; pixels != NULL && i < 2 && i < loci_dataset_count(data, LOCI_TRAIN); i++) {
        int32_t label = loci_dataset_label(data, LOCI_TRAIN, i);
        loci_dataset_sample(data, LOCI_TRAIN, i, pixels);
        printf("\ntraining sample %zu, class %s\n", i,
               CLI_SHOWN(loci_dataset_class_name(data, (uint32_t)label)));
        cli_picture(stdout, pixels, height, width);
    }
    free(pixels);
}

static void info_text(const loci_dataset *data, const pixel_statistics *pixels, const size_t *train,
                      const size_t *test) {
    char a[CLI_WORD], b[CLI_WORD];
    uint32_t height = loci_dataset_height(data), width = loci_dataset_width(data);
    printf("%s: %s training and %s test samples, %u classes\n", loci_dataset_name(data),
           cli_count(a, loci_dataset_count(data, LOCI_TRAIN)),
           cli_count(b, loci_dataset_count(data, LOCI_TEST)), loci_dataset_classes(data));
    if (height > 1)
        printf("%u x %u pixels, ", height, width);
    else
        printf("%u columns, ", width);
    printf("mean %.4f, %s of them zero (training part, as the network sees it)\n", pixels->mean,
           cli_percent(a, pixels->zeros));
    print_histogram(data, train, test);
    print_samples(data);
}

static int info(const data_request *request) {
    loci_error error = {0};
    loci_dataset *data = NULL;
    pixel_statistics pixels = {0};
    cli_data from = request->data;
    from.name = request->name;
    if (cli_open_data(&data, &from, NULL, &error) != LOCI_OK)
        return cli_error(&error);
    size_t *train = histogram(data, LOCI_TRAIN);
    size_t *test = train != NULL ? histogram(data, LOCI_TEST) : NULL;
    int status = test != NULL ? measure_pixels(data, &pixels) : CLI_FAILED;
    if (status == CLI_GO_ON && request->json) {
        status = info_json(data, &pixels, train, test);
    } else if (status == CLI_GO_ON) {
        info_text(data, &pixels, train, test);
        status = CLI_DONE;
    }
    free(train);
    free(test);
    loci_dataset_free(data);
    return status;
}

/* The actions that need a data set's name. */
static int act_on(const data_request *request) {
    bool is_fetch = strcmp(request->action, "fetch") == 0;
    if (!is_fetch && request->url != NULL)
        return cli_usage("--url", "only for 'loci data fetch'");
    if (is_fetch && request->json)
        return cli_usage("--json", "'loci data fetch' reports no figures");
    if (request->name == NULL)
        return cli_usage(request->action, "say which data set; 'loci data list' names them");
    return is_fetch ? fetch(request) : info(request);
}

int cmd_data(int argc, char **argv) {
    static cli_options options;
    static const char *const actions[] = {"list", "fetch", "info"};
    data_request request = {.action = NULL};
    cli_options_group(&options, "Data:");
    cli_data_add_files(&options, &request.data);
    cli_options_text(&options, "url", 0, "URL", &request.url,
                     "fetch: a mirror to use instead of the catalogue's own");
    cli_options_flag(&options, "json", &request.json, "list, info: print one JSON object");
    int status =
        cli_parse(&options, "list [OPTION...]\nfetch NAME [OPTION...]\ninfo NAME|PATH [OPTION...]",
                  description, notes, parse, argc, argv, &request);
    if (status != CLI_GO_ON)
        return status;
    if (request.action == NULL)
        return cli_usage("data", "say what to do: list, fetch NAME or info NAME");
    if (strcmp(request.action, "list") == 0)
        return list(&request);
    if (strcmp(request.action, "fetch") == 0 || strcmp(request.action, "info") == 0)
        return act_on(&request);
    const char *near = loci_suggest(request.action, actions, 3);
    if (near != NULL)
        return cli_usage(request.action, "no such action; did you mean '%s'?", near);
    return cli_usage(request.action, "no such action; there are list, fetch and info");
}
