/* Everything a page knows, put together. */
#include "view/payload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <loci/prune.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "data/table_inputs.h"
#include "network/contents.h"
#include "network/pruning_note.h"
#include "network/spec_json.h"
#include "option/fields.h"

/* ---- names ---- */

json_t *loci_view_text(const char *text) {
    json_t *string = json_string(text);
    return string != NULL ? string : json_string(LOCI_SHOWN(1023, text));
}

/* "784-128-10"; of maps "784-8x14x14-10" */
static void describe_layers(const loci_spec *spec, char *out, size_t size) {
    size_t length = 0;
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(spec) + 1 && length < size; l++) {
        loci_maps maps;
        const char *between = l > 0 ? "-" : "";
        int wrote = l > 0 && loci_spec_maps(spec, l, &maps)
                        ? snprintf(out + length, size - length, "%s%ux%ux%u", between, maps.count,
                                   maps.height, maps.width)
                        : snprintf(out + length, size - length, "%s%zu", between,
                                   loci_spec_layer_size(spec, l));
        length += (size_t)wrote;
    }
}

static const char *dataset_of(const loci_payload *payload) {
    const char *noted = loci_network_note(payload->network, "dataset");
    const loci_dataset *data = payload->options->data;
    return *noted == '\0' && data != NULL ? loci_dataset_name(data) : noted;
}

static json_t *title_of(const loci_payload *payload) {
    char layers[512], title[1024];
    const char *name = loci_network_note(payload->network, "preset");
    const char *dataset = dataset_of(payload);
    describe_layers(loci_network_spec(payload->network), layers, sizeof layers);
    snprintf(title, sizeof title, "%s%s%s", *name != '\0' ? LOCI_SHOWN(400, name) : layers,
             *dataset != '\0' ? " on " : "", LOCI_SHOWN(100, dataset));
    return loci_view_text(title);
}

/* The names of classes, or of what is predicted, that a model carries; else those of the data; else
 * numbers. */
static json_t *classes_of(const loci_payload *payload) {
    uint32_t classes = loci_network_spec(payload->network)->classes;
    const char *note = loci_network_note(payload->network, "classes");
    json_error_t why;
    json_t *noted = loci_json_read(note, strlen(note), &why); /* NULL where there are none */
    json_t *names = json_array();
    bool lost = loci_json_is_short(noted, &why);
    for (uint32_t c = 0; c < classes; c++) {
        char number[16];
        snprintf(number, sizeof number, "%u", c);
        const char *name = json_string_value(json_array_get(noted, c));
        if (name == NULL && payload->options->data != NULL)
            name = loci_dataset_output_name(payload->options->data, c);
        lost |= json_array_append_new(names, loci_view_text(name != NULL ? name : number)) != 0;
    }
    json_decref(noted);
    if (!lost)
        return names;
    json_decref(names);
    return NULL;
}

/* Texts as an array, each freed; NULL where memory is short, the list too. */
static json_t *texts_json(char **texts, size_t count) {
    json_t *names = texts != NULL ? json_array() : NULL;
    bool lost = names == NULL;
    for (size_t i = 0; texts != NULL && i < count; i++) {
        lost =
            lost || texts[i] == NULL || json_array_append_new(names, loci_view_text(texts[i])) != 0;
        free(texts[i]);
    }
    free(texts);
    if (!lost)
        return names;
    json_decref(names);
    return NULL;
}

/* The inputs of a table as the model's note has them, else from the data; null where there are
 * none.
 */
static json_t *columns_of(const loci_payload *payload) {
    const loci_dataset *data = payload->options->data;
    size_t pixels = loci_spec_pixels(loci_network_spec(payload->network));
    const char *note = loci_network_note(payload->network, "columns");
    loci_schema schema = {0};
    bool noted = note[0] != '\0' && loci_schema_from_text(&schema, note, "", NULL) == LOCI_OK &&
                 schema.header && loci_schema_inputs(&schema) == pixels;
    char **names = noted ? loci_table_inputs_names(&schema) : NULL;
    loci_schema_free(&schema);
    if (noted)
        return texts_json(names, pixels);
    if (data == NULL || loci_dataset_column_name(data, 0) == NULL)
        return json_null();
    names = calloc(pixels, sizeof *names);
    for (size_t i = 0; names != NULL && i < pixels; i++) {
        const char *name = loci_dataset_column_name(data, i);
        names[i] = strdup(name != NULL ? name : "");
    }
    return texts_json(names, pixels);
}

/* ---- numbers ---- */

/* All options as texts. */
static json_t *spec_of(const loci_spec *spec) {
    size_t count;
    const loci_field *fields = loci_spec_fields(&count);
    return loci_fields_to_texts(fields, count, spec);
}

static int put_heading(loci_payload *payload, loci_error *error) {
    const loci_network *network = payload->network;
    const loci_spec *spec = loci_network_spec(network);
    json_int_t connections = (json_int_t)loci_network_connections(network);
    size_t kept = (size_t)connections;
    int status = LOCI_OK;
    if (kept <= LOCI_VIEW_MOST_LISTED)
        status = loci_network_count_kept(network, &kept, error);
    else
        status = loci_payload_leave_out(
            payload, error, "how many connections are kept: %zu are too many to be counted", kept);
    if (status != LOCI_OK)
        return status;
    json_t *heading = json_pack(
        "{s:i, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:s?, s:o}", "format",
        loci_spec_version(spec), "title", title_of(payload), "preset",
        loci_view_text(loci_network_note(network, "preset")), "dataset",
        loci_view_text(dataset_of(payload)), "classes", classes_of(payload), "columns",
        columns_of(payload), "height", (json_int_t)spec->height, "width", (json_int_t)spec->width,
        "parameters", (json_int_t)loci_network_parameter_count(network), "connections", connections,
        "connections_kept", (json_int_t)kept, "pruned_by", loci_pruning_by_name(network->pruned_by),
        "spec", spec_of(spec));
    int failed = json_object_update(payload->root, heading);
    if (spec->channels != 1)
        failed |= json_object_set_new(payload->root, "channels", json_integer(spec->channels));
    json_decref(heading);
    return failed != 0 ? loci_fail_memory(error, "page") : LOCI_OK;
}

/* Of a regressor: that it is one, and the units of what it predicts. */
static int put_task(loci_payload *payload, loci_error *error) {
    const loci_network *network = payload->network;
    size_t outputs = network->spec.classes;
    if (network->spec.task != LOCI_TASK_REGRESS)
        return LOCI_OK;
    int status = loci_payload_put(payload, "task", json_string("regress"), error);
    if (status != LOCI_OK)
        return status;
    json_t *units = json_null();
    if (network->target_mean != NULL)
        units = json_pack(
            "{s:o, s:o}", "mean", loci_view_array(LOCI_VIEW_F32, network->target_mean, 1, &outputs),
            "deviation", loci_view_array(LOCI_VIEW_F32, network->target_deviation, 1, &outputs));
    return loci_payload_put(payload, "units", units, error);
}

void loci_view_options_defaults(loci_view_options *options) {
    *options = (loci_view_options){.samples = 100, .frames = 40};
}

int loci_payload_make(json_t **root, const loci_network *network, const loci_view_options *options,
                      loci_error *error) {
    loci_view_options defaults;
    loci_view_options_defaults(&defaults);
    loci_payload payload = {network, options != NULL ? options : &defaults, json_object(),
                            json_array()};
    int status = loci_check_matrices(network, "page", error); /* the page makes them */
    if (status == LOCI_OK)
        status = put_heading(&payload, error);
    if (status == LOCI_OK)
        status = put_task(&payload, error);
    if (status == LOCI_OK)
        status = loci_payload_network(&payload, error);
    if (status == LOCI_OK)
        status = loci_payload_run(&payload, error);
    if (status == LOCI_OK)
        status = loci_payload_movement(&payload, error);
    if (status == LOCI_OK)
        status = loci_payload_samples(&payload, error);
    if (status == LOCI_OK)
        status = loci_payload_put(&payload, "left_out", json_incref(payload.left_out), error);
    json_decref(payload.left_out);
    if (status != LOCI_OK) {
        json_decref(payload.root);
        return status;
    }
    *root = payload.root;
    return LOCI_OK;
}
