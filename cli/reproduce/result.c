/* What came of a row: its figures, and the command that makes it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reproduce/reproduce.h"

/* One run's part in a row; NaN where it is missing. */
static double take(const reproduce_row *row, const reproduce_run *run, reproduce_result *out) {
    const loci_summary *summary = &run->run.summary;
    if (run->state != REPRODUCE_DONE)
        return NAN;
    const loci_curve_point *point = row->cut > 0 ? reproduce_cut(run, row->cut) : NULL;
    if (row->cut > 0 && point == NULL)
        return NAN;
    if (out->count++ == 0) {
        out->parameters = summary->parameters;
        out->connections = summary->connections;
        out->kept = point != NULL ? point->connections_kept : summary->connections_kept;
        out->epochs = summary->epochs;
    }
    out->seconds += summary->seconds_total;
    return point != NULL ? point->test_accuracy : summary->test_accuracy;
}

void reproduce_measure(const reproduction *all, const reproduce_section *section,
                       const reproduce_row *row, reproduce_result *out) {
    size_t seeds = reproduce_seeds(all, section, row);
    *out = (reproduce_result){0};
    for (size_t n = 0; n < seeds; n++)
        out->accuracy[n] = take(row, &all->runs[row->runs[n]], out);
    cli_mean(out->accuracy, seeds, &out->mean, &out->deviation);
    if (out->count < 2)
        out->deviation = NAN;
    if (out->count > 0)
        out->seconds /= (double)out->count;
}

/* ---- the command ---- */

/* A word as a shell takes it. */
static void write_word(FILE *to, const char *word) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-./,:=+@%";
    if (word[0] != '\0' && strspn(word, plain) == strlen(word)) {
        fputs(word, to);
        return;
    }
    fputc('\'', to);
    for (const char *c = word; *c != '\0'; c++)
        if (*c == '\'')
            fputs("'\\''", to);
        else
            fputc(*c, to);
    fputc('\'', to);
}

static void write_option(FILE *to, const char *option, const char *value) {
    if (value == NULL)
        return;
    fprintf(to, " %s ", option);
    write_word(to, CLI_SHOWN(value));
}

static void write_data(FILE *to, const cli_data *data) {
    write_option(to, "--data", data->name);
    write_option(to, "--data-dir", data->options.directory);
    write_option(to, "--label", data->options.label_column);
    write_option(to, "--test", data->options.test_file);
}

/* The folder of a row's runs, without the seed. */
static void write_folder(FILE *to, const char *option, const char *preset, const char *variant) {
    fprintf(to, " %s runs/%s-%s", option, preset, variant);
}

/* A row's own options; without its epochs, where all runs are shortened. */
static void write_options(FILE *to, const reproduce_row *row, bool shortened) {
    static const char epochs[] = " --epochs ";
    char words[sizeof row->options + 1];
    snprintf(words, sizeof words, "%s%s", row->options[0] != '\0' ? " " : "", row->options);
    char *at = shortened ? strstr(words, epochs) : NULL;
    const char *rest = at == NULL ? "" : at + strlen(epochs);
    if (at != NULL)
        *at = '\0';
    fprintf(to, "%s%s", words, rest + strcspn(rest, " "));
}

/* Where runs of several seeds go of themselves, or to a folder of their own. */
static void write_training(FILE *to, const reproduction *all, const reproduce_row *row,
                           size_t seeds) {
    fprintf(to, "loci train %s", row->preset);
    write_options(to, row, all->epochs > 0);
    unsigned long long first = all->request.seeds[0];
    if (row->teacher != NULL) {
        write_folder(to, "--teacher", row->teacher->preset, row->teacher->variant);
        fprintf(to, "-s%llu", first);
    }
    write_data(to, &all->request.data);
    if (all->epochs > 0)
        fprintf(to, " --epochs %u", all->epochs);
    fprintf(to, seeds > 1 ? " --seeds " : " --seed ");
    for (size_t n = 0; n < seeds; n++)
        fprintf(to, "%s%llu", n > 0 ? "," : "", (unsigned long long)all->request.seeds[n]);
    if (row->variant[0] == '\0')
        return;
    write_folder(to, "--out", row->preset, row->variant);
    if (seeds == 1)
        fprintf(to, "-s%llu", first);
}

/* The cuts of the first seed's run; those of the others are made likewise. */
static void write_cuts(FILE *to, const reproduction *all, const reproduce_row *row) {
    fprintf(to, "loci prune ");
    write_word(to, CLI_SHOWN(all->runs[row->runs[0]].run.directory));
    fprintf(to, " --curve ");
    for (int c = 0; c < PAPER_CUTS; c++)
        fprintf(to, "%s%g", c > 0 ? "," : "", paper_cuts[c]);
}

char *reproduce_command(const reproduction *all, const reproduce_section *section,
                        const reproduce_row *row) {
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    if (to == NULL)
        return NULL;
    if (row->cut > 0)
        write_cuts(to, all, row);
    else
        write_training(to, all, row, reproduce_seeds(all, section, row));
    bool lost = ferror(to) != 0;
    lost |= fclose(to) != 0;
    if (!lost)
        return text;
    free(text);
    return NULL;
}
