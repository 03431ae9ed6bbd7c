/* The page: what was reproduced, beside what the paper reports. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reproduce/document.h"
#include "reproduce/reproduce.h"

enum { CELL = 512, MOST_COLUMNS = 10 };

/* ---- cells ---- */

const char *reproduce_accuracy_text(char text[CLI_WORD], double mean, double deviation) {
    if (isnan(mean) || mean < 0)
        snprintf(text, CLI_WORD, "-");
    else if (isnan(deviation))
        snprintf(text, CLI_WORD, "%.2f%%", 100 * mean);
    else
        snprintf(text, CLI_WORD, "%.2f%% \xc2\xb1 %.2f", 100 * mean, 100 * deviation);
    return text;
}

const char *reproduce_paper_text(char text[CLI_WORD], const paper_value *paper) {
    char word[CLI_WORD];
    reproduce_accuracy_text(word, paper->accuracy > 0 ? paper->accuracy : NAN,
                            paper->deviation > 0 ? paper->deviation : NAN);
    snprintf(text, CLI_WORD, "%.40s%s", word, paper->digitised ? " (D)" : "");
    return text;
}

/* Why a seed of a row has no value. */
static const char *reason(const reproduce_row *row, const reproduce_run *run) {
    if (run->why != NULL)
        return run->why;
    if (row->cut > 0 && run->cuts.count > 0)
        return reproduce_nothing_left;
    return "missing";
}

/* "92.10, 92.47, missing" */
static void write_seeds(char text[CELL], const reproduction *all, const reproduce_row *row,
                        const reproduce_result *result, size_t seeds) {
    size_t used = 0;
    for (size_t n = 0; n < seeds && used < CELL; n++) {
        char word[CLI_WORD];
        const char *value = reason(row, &all->runs[row->runs[n]]);
        if (!isnan(result->accuracy[n])) {
            snprintf(word, sizeof word, "%.2f", 100 * result->accuracy[n]);
            value = word;
        }
        used += (size_t)snprintf(text + used, CELL - used, "%s%s", n > 0 ? ", " : "", value);
    }
}

static void write_parameters(char text[CELL], const reproduce_row *row,
                             const reproduce_result *result) {
    char ours[CLI_WORD], theirs[CLI_WORD];
    if (result->parameters == 0)
        snprintf(text, CELL, "-");
    else if (row->paper.parameters == 0 || row->paper.parameters == result->parameters)
        snprintf(text, CELL, "%s", cli_count(ours, result->parameters));
    else
        snprintf(text, CELL, "%s (paper: %s)", cli_count(ours, result->parameters),
                 cli_count(theirs, row->paper.parameters));
}

/* ---- tables ---- */

typedef struct columns {
    const char *heads[MOST_COLUMNS];
    page_cell cells[MOST_COLUMNS];
    char texts[MOST_COLUMNS][CELL];
    size_t count;
} columns;

/* A further cell; its text is to be written to what is returned. */
static char *add(columns *c, const char *head) {
    c->heads[c->count] = head;
    c->cells[c->count] = (page_cell){.text = c->texts[c->count]};
    c->texts[c->count][0] = '\0';
    return c->texts[c->count++];
}

static bool has_cuts(const reproduction *all, const reproduce_section *section) {
    reproduce_result result;
    for (size_t i = 0; i < section->row_count; i++) {
        reproduce_measure(all, section, &section->rows[i], &result);
        if (result.kept < result.connections)
            return true;
    }
    return false;
}

/* Ours: the mean, or why there is none, and of several seeds each. */
static void add_ours(columns *c, const reproduction *all, const reproduce_row *row,
                     const reproduce_result *result, size_t seeds) {
    char word[CLI_WORD];
    snprintf(add(c, "test accuracy"), CELL, "%s",
             result->count > 0 || seeds > 1
                 ? reproduce_accuracy_text(word, result->mean, result->deviation)
                 : reason(row, &all->runs[row->runs[0]]));
    c->cells[c->count - 1].bold = result->count > 0;
    if (seeds > 1)
        write_seeds(add(c, "each seed"), all, row, result, seeds);
}

static void add_paper(columns *c, const reproduction *all, const reproduce_row *row,
                      const reproduce_result *result) {
    char word[CLI_WORD];
    bool mnist = reproduce_is_mnist(all);
    snprintf(add(c, mnist ? "the paper" : "the paper, for MNIST"), CELL, "%s",
             reproduce_paper_text(word, &row->paper));
    if (mnist && result->count > 0 && row->paper.accuracy > 0)
        snprintf(add(c, "difference"), CELL, "%+.2f", 100 * (result->mean - row->paper.accuracy));
    else
        snprintf(add(c, "difference"), CELL, "-");
}

static void add_kept(columns *c, const reproduce_result *result) {
    char kept[CLI_WORD], all[CLI_WORD], *text = add(c, "connections kept");
    if (result->count > 0)
        snprintf(text, CELL, "%s of %s", cli_count(kept, result->kept),
                 cli_count(all, result->connections));
    else
        snprintf(text, CELL, "-");
}

/* One row of a table, and the heads that go with it. */
static void fill(columns *c, const reproduction *all, const reproduce_section *section,
                 const reproduce_row *row, bool cuts) {
    reproduce_result result;
    char word[CLI_WORD];
    reproduce_measure(all, section, row, &result);
    c->count = 0;
    snprintf(add(c, "network"), CELL, "%s", row->label);
    add_ours(c, all, row, &result, reproduce_seeds(all, section, row));
    if (section->target->own == NULL)
        add_paper(c, all, row, &result);
    write_parameters(add(c, "parameters"), row, &result);
    if (cuts)
        add_kept(c, &result);
    snprintf(add(c, "epochs"), CELL, "%u", all->runs[row->runs[0]].run.config.train.epochs);
    snprintf(add(c, "time of a run"), CELL, "%s",
             result.count > 0 ? cli_duration(word, result.seconds) : "-");
    char *command = reproduce_command(all, section, row);
    snprintf(add(c, "command"), CELL, "%s", command != NULL ? command : "");
    c->cells[c->count - 1].code = true;
    free(command);
}

static void write_table(page *p, const reproduction *all, const reproduce_section *section) {
    static columns c;
    bool cuts = has_cuts(all, section);
    for (size_t i = 0; i < section->row_count; i++) {
        fill(&c, all, section, &section->rows[i], cuts);
        if (i == 0)
            page_table(p, c.heads, c.count);
        page_row(p, c.cells, c.count);
    }
    page_table_end(p);
}

/* Whether others report anything for the data. */
static bool is_elsewhere(const reproduction *all) {
    const paper_elsewhere *e;
    char name[FIGURE_NAME];
    reproduce_dataset(all, name);
    for (size_t i = 0; (e = paper_elsewhere_at(i)) != NULL; i++)
        if (strcmp(e->data, name) == 0)
            return true;
    return false;
}

static void write_elsewhere(page *p, const reproduction *all) {
    static const char *const heads[] = {"network", "form", "parameters", "test accuracy", "source"};
    const paper_elsewhere *e;
    char name[FIGURE_NAME];
    reproduce_dataset(all, name);
    page_heading(p, 3,
                 reproduce_is_mnist(all) ? "Reported elsewhere, for MNIST"
                                         : "Reported elsewhere, for the same data");
    page_paragraph(p, "Taken from the sources named, not measured here.");
    page_table(p, heads, 5);
    for (size_t i = 0; (e = paper_elsewhere_at(i)) != NULL; i++) {
        char parameters[CLI_WORD];
        const page_cell cells[] = {{.text = e->network},
                                   {.text = paper_form_name(e->form)},
                                   {.text = cli_count(parameters, e->parameters)},
                                   {.text = e->accuracy_text},
                                   {.text = e->source}};
        if (strcmp(e->data, name) == 0)
            page_row(p, cells, 5);
    }
    page_table_end(p);
}

static void write_section(page *p, const reproduction *all, const reproduce_section *section) {
    page_heading(p, 2, section->target->title);
    if (section->target->about != NULL)
        page_paragraph(p, section->target->about);
    write_table(p, all, section);
    for (size_t i = 0; i < section->figure_count; i++) {
        char file[32];
        snprintf(file, sizeof file, "%s.svg", section->figures[i]);
        page_picture(p, file, section->target->title);
    }
    if (section->target->draw != NULL && section->figure_count == 0)
        page_paragraph(p, "There is no figure yet: its runs are missing.");
    if (strcmp(section->target->name, "frontier") == 0 && is_elsewhere(all))
        write_elsewhere(p, all);
}

/* ---- the page ---- */

static void write_shortened(page *p, const reproduction *all) {
    uint32_t least = UINT32_MAX, most = 0;
    char text[CELL], usual[64];
    if (all->epochs == 0)
        return;
    for (size_t r = 0; r < all->run_count; r++) {
        uint32_t epochs = all->runs[r].preset_epochs;
        least = epochs < least ? epochs : least;
        most = epochs > most ? epochs : most;
    }
    if (least == most)
        snprintf(usual, sizeof usual, "%u", most);
    else
        snprintf(usual, sizeof usual, "the %u to %u", least, most);
    snprintf(text, sizeof text,
             "%s: %u epoch%s in place of %s of the full protocol. This tries the "
             "machinery; it reproduces nothing.",
             all->epochs <= least ? "Shortened" : "Changed", all->epochs,
             all->epochs == 1 ? "" : "s", usual);
    page_paragraph(p, text);
}

static void write_missing(page *p, const reproduction *all) {
    size_t missing = 0;
    char text[CELL];
    for (size_t r = 0; r < all->run_count; r++)
        missing += all->runs[r].state != REPRODUCE_DONE;
    if (missing == 0)
        return;
    snprintf(
        text, sizeof text,
        "Not complete: %zu of %zu run%s %s missing; the tables show which. The same command goes "
        "on.",
        missing, all->run_count, all->run_count == 1 ? "" : "s", missing == 1 ? "is" : "are");
    page_paragraph(p, text);
}

static void write_page(page *p, const reproduction *all) {
    static const char title[] = "Training Neural Networks by Optimizing Neuron Positions, repeated";
    char text[2 * CELL];
    size_t used = 0;
    page_begin(p, title);
    write_shortened(p, all);
    page_heading(p, 1, title);
    write_missing(p, all);
    used = (size_t)snprintf(text, sizeof text,
                            "Data: %s. Seeds:", CLI_CUT(400, all->request.data.name));
    for (size_t n = 0; n < all->request.seed_count && used < sizeof text; n++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s %llu", n > 0 ? "," : "",
                                 (unsigned long long)all->request.seeds[n]);
    if (used < sizeof text)
        snprintf(
            text + used, sizeof text - used,
            ". Accuracy is the mean over the seeds \xc2\xb1 the standard deviation (n - 1), on "
            "the test part, after the last epoch; differences are in points. The paper is Erb "
            "et al. 2025, arXiv 2506.13410; (D) marks a value read off one of its figures.");
    page_paragraph(p, text);
    for (size_t s = 0; s < all->section_count; s++)
        write_section(p, all, &all->sections[s]);
    page_end(p);
}

static int save(const reproduction *all, bool html) {
    char path[CLI_PATH + 32], *text = NULL;
    size_t size = 0;
    loci_error error = {0};
    page p = {open_memstream(&text, &size), html};
    if (p.to == NULL)
        return cli_fail("reproduce", "out of memory");
    write_page(&p, all);
    bool lost = ferror(p.to) != 0;
    lost |= fclose(p.to) != 0;
    while (!lost && !html && size > 1 && text[size - 1] == '\n' && text[size - 2] == '\n')
        size--;
    snprintf(path, sizeof path, "%s/%s", all->out, html ? "index.html" : "results.md");
    int status = lost ? LOCI_E_MEMORY : loci_write_file(path, text, size, &error);
    free(text);
    if (lost)
        return cli_fail("reproduce", "out of memory");
    return status == LOCI_OK ? CLI_GO_ON : cli_error(&error);
}

int reproduce_write_page(const reproduction *all) {
    if (!cli_is_folder(all->out))
        return CLI_GO_ON; /* there is nothing to show */
    int status = save(all, false);
    return status == CLI_GO_ON ? save(all, true) : status;
}
