/* The names of outputs and of a table's columns. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "codegen/export.h"

/* A copy that lives as long as the export. NULL: memory is short, or a text of NULL. */
static const char *keep(loci_export *export, const char *text) {
    char *copy = text != NULL ? loci_arena_take(&export->arena, strlen(text) + 1, 1) : NULL;
    return copy != NULL ? strcpy(copy, text) : NULL;
}

/* What a note of the model says; NULL: there is none. */
static json_t *read_note(loci_export *export, const char *note) {
    json_error_t why;
    json_t *noted = loci_json_read(note, strlen(note), &why);
    export->arena.failed |= loci_json_is_short(noted, &why);
    return noted;
}

static void name_outputs(loci_export *export) {
    const char *note = loci_network_note(export->network, "classes");
    json_t *noted = read_note(export, note);
    loci_codegen_names *names = &export->names;
    uint32_t count = export->spec->classes;
    names->output = loci_arena_take(&export->arena, count, sizeof *names->output);
    for (uint32_t k = 0; names->output != NULL && k < count; k++) {
        char number[16];
        snprintf(number, sizeof number, "%u", k);
        const char *name = json_string_value(json_array_get(noted, k));
        if (name == NULL)
            name = loci_dataset_output_name(export->options.data, k);
        names->outputs |= name != NULL && strcmp(name, number) != 0;
        names->output[k] = keep(export, name != NULL ? name : number);
    }
    json_decref(noted);
}

/* Adds the name of an input; "colour = blue" of a word. False: there are too many, or no name. */
static bool add_input(loci_export *export, size_t *count, const char *column, const json_t *word) {
    char *name;
    const char *text = word != NULL ? json_string_value(word) : "";
    if (*count >= export->pixels || column == NULL || text == NULL)
        return false;
    size_t size = strlen(column) + strlen(text) + 4;
    name = loci_arena_take(&export->arena, size, 1);
    if (name == NULL)
        return false;
    snprintf(name, size, word != NULL ? "%s = %s" : "%s", column, text);
    export->names.word[*count] = word != NULL;
    export->names.input[(*count)++] = name;
    return true;
}

/* The note "columns": {"columns": [{"name": "petal length", "kind": "number"}, {"name": "colour",
 * "kind": "words", "words": ["blue", "red"]}]}: an input a number, and one a word. Whether it names
 * all inputs. */
static bool name_noted_inputs(loci_export *export) {
    const char *note = loci_network_note(export->network, "columns");
    json_t *noted = read_note(export, note);
    const json_t *columns = json_object_get(noted, "columns"), *column, *word;
    size_t count = 0, i, k;
    bool named = json_is_array(columns);
    json_array_foreach(columns, i, column) {
        const char *name = json_string_value(json_object_get(column, "name"));
        const json_t *words = json_object_get(column, "words");
        if (!json_is_array(words))
            named = named && add_input(export, &count, name, NULL);
        json_array_foreach(words, k, word) {
            named = named && add_input(export, &count, name, word);
        }
    }
    json_decref(noted);
    return named && count == export->pixels;
}

static bool name_inputs_of_data(loci_export *export) {
    size_t count = 0;
    while (count < export->pixels) {
        const char *name = loci_dataset_column_name(export->options.data, count);
        if (name == NULL || !add_input(export, &count, name, NULL))
            return false;
    }
    return true;
}

int loci_codegen_read_names(loci_export *export, loci_error *error) {
    loci_codegen_names *names = &export->names;
    name_outputs(export);
    names->input = loci_arena_take(&export->arena, export->pixels, sizeof *names->input);
    names->word = loci_arena_take(&export->arena, export->pixels, sizeof *names->word);
    if (!export->arena.failed && !name_noted_inputs(export) && !name_inputs_of_data(export)) {
        names->input = NULL;
        memset(names->word, 0, export->pixels * sizeof *names->word);
    }
    return loci_arena_status(&export->arena, "export", error);
}
