/* From the tables of networks to the rows of a section. */
#include <assert.h>
#include <string.h>

#include "reproduce/reproduce.h"

static reproduce_row *add(reproduce_section *section) {
    assert(section->row_count < REPRODUCE_MOST_ROWS);
    return &section->rows[section->row_count++];
}

static reproduce_row *add_reported(reproduce_section *section, const char *preset) {
    const paper_network *network = paper_find(preset);
    assert(network != NULL);
    reproduce_row *row = add(section);
    *row = (reproduce_row){.preset = preset, .paper = network->value};
    snprintf(row->label, sizeof row->label, "%s", network->label);
    return row;
}

static reproduce_row *add_own(reproduce_section *section, const reproduce_network *network) {
    reproduce_row *row = add(section);
    *row = (reproduce_row){.preset = network->preset};
    snprintf(row->label, sizeof row->label, "%s", network->label);
    snprintf(row->options, sizeof row->options, "%s", network->options);
    snprintf(row->variant, sizeof row->variant, "%s", network->variant);
    return row;
}

/* A network of which a share is cut, "during" or "after" its training. */
static reproduce_row *add_cut(reproduce_section *section, const char *preset, const char *when,
                              double share, double accuracy) {
    reproduce_row *row = add_reported(section, preset);
    row->paper = (paper_value){.accuracy = accuracy, .digitised = true};
    snprintf(row->label, sizeof row->label, "%.40s, %g%% %s", paper_find(preset)->label,
             100 * share, when);
    return row;
}

/* In every forward pass the longest connections are left out; or once, when all is trained. */
static void add_pruned(reproduce_section *section, const paper_pruned *network) {
    add_reported(section, network->preset)->curve = true;
    for (int c = 1; c < PAPER_CUTS; c++) {
        double share = paper_cuts[c];
        reproduce_row *row = add_cut(section, network->preset, "during", share, network->during[c]);
        snprintf(row->options, sizeof row->options, "--prune during:%g", share);
        snprintf(row->variant, sizeof row->variant, "during-%g", share);
    }
    for (int c = 1; c < PAPER_CUTS; c++) {
        double share = paper_cuts[c];
        reproduce_row *row = add_cut(section, network->preset, "after", share, network->after[c]);
        row->cut = share;
        row->curve = true;
    }
}

static void add_networks(reproduce_section *section, const reproduce_network *networks) {
    for (; networks != NULL && networks->label != NULL; networks++)
        add_own(section, networks);
}

static void add_lessons(reproduce_section *section, const reproduce_lesson *lesson) {
    for (; lesson != NULL && lesson->teacher != NULL; lesson++) {
        add_own(section, lesson->teacher)->single = true;
        for (const reproduce_network *n = lesson->taught; n->label != NULL; n++)
            add_own(section, n)->teacher = lesson->teacher;
    }
}

void reproduce_list_rows(reproduce_section *section, const char *dataset) {
    const reproduce_target *target = section->target;
    const paper_pruned *pruned;
    bool fashion = target->fashion != NULL && strcmp(dataset, "fashion-mnist") == 0;
    for (size_t i = 0; target->paper != NULL && target->paper[i] != NULL; i++)
        add_reported(section, target->paper[i]);
    for (size_t i = 0; target->pruned && (pruned = paper_pruned_at(i)) != NULL; i++)
        add_pruned(section, pruned);
    add_networks(section, fashion ? target->fashion : target->own);
    add_lessons(section, fashion ? target->fashion_lessons : target->lessons);
}
