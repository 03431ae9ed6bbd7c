/* What --help prints: the options in the order of the tables, wrapped for 80 columns. */
#include <string.h>

#include "options.h"

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

void cli_help(const struct argp_option *list, const char *command, const char *usage,
              const char *description, const char *notes) {
    const char *lead = "Usage:";
    for (const char *line = usage; *line != '\0'; lead = "  or: ") {
        int length = (int)strcspn(line, "\n");
        printf("%s %s %.*s\n", lead, command, length, line);
        line += length + (line[length] == '\n');
    }
    cli_wrap(stdout, description, 0, 0);
    for (const struct argp_option *option = list; option->doc != NULL; option++) {
        if (option->name == NULL)
            printf("\n%s\n", option->doc);
        else
            print_option(option);
    }
    printf("\n");
    cli_wrap(stdout, notes, 0, 0);
}
