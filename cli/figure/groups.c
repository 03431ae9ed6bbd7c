/* Runs that differ in nothing but the seed belong together: their mean is drawn, and a band. */
#include <ctype.h>
#include <string.h>

#include "figure/figure.h"

void figure_base_name(const char *path, char out[FIGURE_NAME]) {
    size_t end = strlen(path);
    while (end > 1 && path[end - 1] == '/')
        end--;
    size_t start = end;
    while (start > 0 && path[start - 1] != '/')
        start--;
    cli_shown(out, end - start < FIGURE_NAME ? end - start + 1 : FIGURE_NAME, path + start);
}

void figure_drop_seed(char *name) {
    size_t end = strlen(name);
    while (end > 0 && isdigit((unsigned char)name[end - 1]))
        end--;
    if (end > 2 && name[end] != '\0' && name[end - 1] == 's' && name[end - 2] == '-')
        name[end - 2] = '\0';
}

/* What data of one name decide; they may have been changed between two runs. */
static bool same_sizes(const loci_spec *a, const loci_spec *b) {
    return a->height == b->height && a->width == b->width && a->channels == b->channels &&
           a->inputs == b->inputs && a->classes == b->classes;
}

static bool belongs(const figure_group *group, const loci_config *config) {
    const loci_config *other = &group->config;
    cli_difference difference;
    return strcmp(other->preset, config->preset) == 0 && strcmp(other->data, config->data) == 0 &&
           strcmp(other->init, config->init) == 0 && strcmp(other->teacher, config->teacher) == 0 &&
           same_sizes(&other->spec, &config->spec) &&
           !cli_options_differ(other, config, &difference);
}

/* A preset's name says what a run is, as long as no other group has it. */
static void name_groups(figure_group *groups, size_t count) {
    for (size_t g = 0; g < count; g++) {
        const char *preset = groups[g].config.preset;
        bool single = *preset != '\0';
        for (size_t other = 0; other < count; other++)
            single &= other == g || strcmp(groups[other].config.preset, preset) != 0;
        if (single) {
            snprintf(groups[g].name, FIGURE_NAME, "%s", preset);
        } else {
            figure_base_name(groups[g].runs[0], groups[g].name);
            figure_drop_seed(groups[g].name);
        }
    }
}

int figure_group_runs(const figure_request *request, figure_group *groups, size_t *count) {
    *count = 0;
    for (size_t r = 0; r < request->count; r++) {
        static loci_config config;
        loci_error error = {0};
        size_t g = 0;
        if (cli_load_run(&config, request->runs[r], &error) != LOCI_OK)
            return cli_error(&error);
        while (g < *count && !belongs(&groups[g], &config))
            g++;
        if (g == FIGURE_MOST_GROUPS)
            return cli_fail(request->runs[r], "more than %d kinds of runs in one figure",
                            FIGURE_MOST_GROUPS);
        if (g == *count)
            groups[(*count)++] = (figure_group){.config = config};
        groups[g].runs[groups[g].count++] = request->runs[r];
    }
    name_groups(groups, *count);
    return CLI_GO_ON;
}
