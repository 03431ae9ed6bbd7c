/* What was reproduced, as one JSON object: the page's figures in full. */
#include <math.h>
#include <stdlib.h>

#include "reproduce/reproduce.h"

static json_t *size_or_null(size_t value) {
    return value > 0 ? json_integer((json_int_t)value) : json_null();
}

static json_t *share_or_null(double value) {
    return value > 0 ? json_real(value) : json_null();
}

static json_t *paper_json(const paper_value *paper) {
    if (paper->accuracy <= 0)
        return json_null();
    json_t *object = json_object();
    json_object_set_new(object, "dataset", json_string("mnist"));
    json_object_set_new(object, "mean", json_real(paper->accuracy));
    json_object_set_new(object, "std", share_or_null(paper->deviation));
    json_object_set_new(object, "parameters", size_or_null(paper->parameters));
    json_object_set_new(object, "digitised", json_boolean(paper->digitised));
    return object;
}

static json_t *seeds_json(const reproduction *all, const reproduce_section *section,
                          const reproduce_row *row, const reproduce_result *result) {
    json_t *list = json_array();
    for (size_t n = 0; n < reproduce_seeds(all, section, row); n++) {
        const reproduce_run *run = &all->runs[row->runs[n]];
        json_t *object = json_object();
        json_object_set_new(object, "seed", json_integer((json_int_t)all->request.seeds[n]));
        json_object_set_new(object, "run", cli_json_text(run->run.directory));
        json_object_set_new(object, "done", json_boolean(run->state == REPRODUCE_DONE));
        json_object_set_new(object, "test_accuracy", cli_json_real(result->accuracy[n]));
        if (run->why != NULL)
            json_object_set_new(object, "failed", json_string(run->why));
        json_array_append_new(list, object);
    }
    return list;
}

static json_t *row_json(const reproduction *all, const reproduce_section *section,
                        const reproduce_row *row) {
    reproduce_result result;
    json_t *object = json_object();
    reproduce_measure(all, section, row, &result);
    bool comparable = reproduce_is_mnist(all) && result.count > 0 && row->paper.accuracy > 0;
    char *command = reproduce_command(all, section, row);
    json_object_set_new(object, "network", json_string(row->label));
    json_object_set_new(object, "preset", json_string(row->preset));
    json_object_set_new(object, "options", json_string(row->options));
    json_object_set_new(object, "pruned_after", json_real(row->cut));
    json_object_set_new(object, "mean", cli_json_real(result.mean));
    json_object_set_new(object, "std", cli_json_real(result.deviation));
    json_object_set_new(object, "seeds", seeds_json(all, section, row, &result));
    json_object_set_new(object, "paper", paper_json(&row->paper));
    json_object_set_new(object, "difference",
                        comparable ? json_real(result.mean - row->paper.accuracy) : json_null());
    json_object_set_new(object, "parameters", size_or_null(result.parameters));
    json_object_set_new(object, "connections", size_or_null(result.connections));
    json_object_set_new(object, "connections_kept", size_or_null(result.kept));
    json_object_set_new(object, "epochs",
                        json_integer(all->runs[row->runs[0]].run.config.train.epochs));
    json_object_set_new(object, "seconds_total",
                        result.count > 0 ? json_real(result.seconds) : json_null());
    json_object_set_new(object, "command", command != NULL ? cli_json_text(command) : json_null());
    free(command);
    return object;
}

static json_t *section_json(const reproduction *all, const reproduce_section *section) {
    json_t *object = json_object(), *rows = json_array(), *figures = json_array();
    for (size_t i = 0; i < section->row_count; i++)
        json_array_append_new(rows, row_json(all, section, &section->rows[i]));
    for (size_t i = 0; i < section->figure_count; i++)
        json_array_append_new(figures, json_string(section->figures[i]));
    json_object_set_new(object, "name", json_string(section->target->name));
    json_object_set_new(object, "title", json_string(section->target->title));
    json_object_set_new(object, "rows", rows);
    json_object_set_new(object, "figures", figures);
    return object;
}

json_t *reproduce_json(const reproduction *all) {
    json_t *object = json_object(), *seeds = json_array(), *targets = json_array();
    for (size_t n = 0; n < all->request.seed_count; n++)
        json_array_append_new(seeds, json_integer((json_int_t)all->request.seeds[n]));
    for (size_t s = 0; s < all->section_count; s++)
        json_array_append_new(targets, section_json(all, &all->sections[s]));
    json_object_set_new(object, "data", cli_json_text(all->request.data.name));
    json_object_set_new(object, "seeds", seeds);
    json_object_set_new(object, "shortened_to", size_or_null(all->epochs));
    json_object_set_new(object, "out", cli_json_text(all->out));
    json_object_set_new(object, "targets", targets);
    if (all->dry) {
        double done, left;
        bool known = reproduce_time(all, &done, &left);
        json_object_set_new(object, "seconds_done", known ? json_real(done) : json_null());
        json_object_set_new(object, "seconds_left", known ? json_real(left) : json_null());
    }
    return object;
}
