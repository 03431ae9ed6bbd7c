/* What --help prints: the options in groups, wrapped for 80 columns. */
#include <assert.h>
#include <string.h>

#include "common/command_line.h"

enum { WIDTH = 79, COLUMN = 30 };

void cli_wrap(FILE *to, const char *text, int column, int indent) {
    bool first = true; /* on this line */
    while (*text != '\0') {
        int length = (int)strcspn(text, " \n");
        if (!first && column + 1 + length > WIDTH) {
            fprintf(to, "\n%*s", indent, "");
            column = indent;
            first = true;
        }
        column += fprintf(to, "%s%.*s", first ? "" : " ", length, text);
        first = false;
        text += length;
        if (*text == '\n') {
            fprintf(to, "\n%*s", text[1] != '\0' && text[1] != '\n' ? indent : 0, "");
            column = indent;
            first = true;
        }
        if (*text != '\0')
            text++;
    }
    putc('\n', to);
}

static void print_option(const struct argp_option *option) {
    bool letter = option->key > ' ' && option->key < 0x7f;
    int column =
        letter ? printf("  -%c, --%s", option->key, option->name) : printf("  --%s", option->name);
    if (option->arg != NULL)
        column += printf(" %s", option->arg);
    if (column + 2 > COLUMN) {
        printf("\n");
        column = 0;
    }
    printf("%*s", COLUMN - column, "");
    cli_wrap(stdout, option->doc, COLUMN, COLUMN);
}

static size_t find(const cli_options *options, const char *name, size_t length) {
    size_t i = 0;
    while (i < options->count &&
           (options->list[i].name == NULL || strlen(options->list[i].name) != length ||
            strncmp(options->list[i].name, name, length) != 0))
        i++;
    return i;
}

static void print_added(const cli_options *options) {
    for (size_t i = 0; i < options->count; i++)
        if (options->list[i].name == NULL)
            printf("\n%s\n", options->list[i].doc);
        else
            print_option(&options->list[i]);
}

/* What no group names comes last: nothing is hidden. */
static void print_laid_out(const cli_options *options) {
    bool shown[CLI_MOST_OPTIONS] = {false};
    const char *heading = "\nFurther:\n";
    for (const cli_help_group *group = options->layout; group->heading != NULL; group++) {
        printf("\n%s\n", group->heading);
        for (const char *name = group->names; *name != '\0'; name += strspn(name, " ")) {
            size_t length = strcspn(name, " "), i = find(options, name, length);
            assert(i < options->count && !shown[i]);
            print_option(&options->list[i]);
            shown[i] = true;
            name += length;
        }
    }
    for (size_t i = 0; i < options->count; i++) {
        if (options->list[i].name == NULL || shown[i])
            continue;
        printf("%s", heading);
        heading = "";
        print_option(&options->list[i]);
    }
}

void cli_help(const cli_options *options, const char *command, const char *usage,
              const char *description, const char *notes) {
    const char *lead = "Usage:";
    for (const char *line = usage; *line != '\0'; lead = "  or: ") {
        int length = (int)strcspn(line, "\n");
        printf("%s %s %.*s\n", lead, command, length, line);
        line += length + (line[length] == '\n');
    }
    cli_wrap(stdout, description, 0, 0);
    if (options->layout != NULL)
        print_laid_out(options);
    else
        print_added(options);
    printf("\n");
    cli_wrap(stdout, notes, 0, 0);
}
