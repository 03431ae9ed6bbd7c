/* What a model calls its inputs and outputs. */
#include <string.h>

#include "info/info.h"

enum { MOST_OUTPUTS = 12, MOST_COLUMNS = 40, WIDTH = 78 };

/* Whether the names are no more than the numbers of the outputs. */
static bool are_numbers(const json_t *names) {
    char number[CLI_WORD];
    for (size_t k = 0; k < json_array_size(names); k++) {
        const char *name = json_string_value(json_array_get(names, k));
        snprintf(number, sizeof number, "%zu", k);
        if (name == NULL || strcmp(name, number) != 0)
            return false;
    }
    return true;
}

static void print_outputs(const info_subject *it) {
    char text[CLI_WORD];
    bool regress = it->spec.task == LOCI_TASK_REGRESS;
    json_t *names = cli_output_names(it->network);
    uint32_t outputs = it->spec.classes;
    printf(regress ? "%u number%s predicted" : "%u class%s", outputs,
           outputs == 1 ? ""
           : regress    ? "s"
                        : "es");
    if (regress || !are_numbers(names))
        for (uint32_t k = 0; k < outputs && k <= MOST_OUTPUTS; k++)
            printf("%s%s", k == 0 ? ": " : ", ",
                   k == MOST_OUTPUTS ? "..." : CLI_SHOWN(cli_output_name(names, k, text)));
    printf("\n");
    json_decref(names);
}

json_t *info_columns(const loci_network *network) {
    json_t *table = json_loads(loci_network_note(network, "columns"), 0, NULL);
    json_t *columns = json_incref(json_object_get(table, "columns"));
    json_decref(table);
    return columns;
}

/* "colour (blue, green, red)". */
static void describe(const json_t *column, char text[CLI_TEXT]) {
    const char *name = json_string_value(json_object_get(column, "name"));
    const json_t *words = json_object_get(column, "words"), *word;
    size_t i, used = (size_t)snprintf(text, CLI_TEXT, "%s", CLI_CUT(60, name != NULL ? name : ""));
    json_array_foreach(words, i, word) {
        bool cut = i == MOST_OUTPUTS || used > CLI_TEXT / 2;
        const char *shown = cut ? "..." : CLI_CUT(60, json_string_value(word));
        used += (size_t)snprintf(text + used, CLI_TEXT - used, "%s%s", i == 0 ? " (" : ", ", shown);
        if (cut)
            break;
    }
    if (json_array_size(words) > 0)
        snprintf(text + used, CLI_TEXT - used, ")");
}

static void print_columns(const info_subject *it) {
    json_t *columns = info_columns(it->network);
    size_t count = json_array_size(columns);
    int at = printf("columns: ");
    for (size_t i = 0; i < count && i <= MOST_COLUMNS; i++) {
        char text[CLI_TEXT] = "...";
        bool last = i + 1 == count || i == MOST_COLUMNS;
        if (i < MOST_COLUMNS)
            describe(json_array_get(columns, i), text);
        int length = cli_width(text) + 1;
        if (i > 0 && at + 1 + length > WIDTH)
            at = printf("\n  ") - 1;
        else if (i > 0)
            at += printf(" ");
        printf("%s%s", text, last ? "" : ",");
        at += length;
    }
    printf("\n");
    json_decref(columns);
}

void info_print_names(const info_subject *it) {
    print_outputs(it);
    if (*loci_network_note(it->network, "columns") != '\0')
        print_columns(it);
}
