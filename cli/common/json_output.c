/* JSON for --json: one object, one line, on stdout. */
#include <math.h>
#include <string.h>

#include "common/cli.h"

json_t *cli_json_text(const char *text) {
    json_t *string = json_string(text);
    if (string != NULL)
        return string;
    return json_string(CLI_SHOWN(text)); /* a file name may hold any bytes, JSON may not */
}

json_t *cli_json_real(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

void cli_json_regression(json_t *object, const char *prefix, const loci_regression *regression) {
    const struct {
        const char *name;
        double value;
    } scores[] = {{"r2", regression->r2}, {"mae", regression->mae}, {"rmse", regression->rmse}};
    for (size_t i = 0; i < sizeof scores / sizeof *scores; i++) {
        char key[CLI_WORD];
        snprintf(key, sizeof key, "%s%s", prefix, scores[i].name);
        json_object_set_new(object, key, cli_json_real(scores[i].value));
    }
}

/* What a terminal would obey is written as an escape, which means the same. jansson does so below
 * U+0020; the others stand in texts only. */
static void put_text(const char *json) {
    for (const unsigned char *c = (const unsigned char *)json; *c != 0;) {
        unsigned control = 0, length = 1;
        if (c[0] == 0x7f) {
            control = c[0];
        } else if (c[0] == 0xc2 && c[1] < 0xa0) {
            control = c[1];
            length = 2;
        } else if (c[0] == 0xe2 && ((c[1] == 0x80 && c[2] >= 0xa8 && c[2] <= 0xae) ||
                                    (c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9))) {
            control = 0x2000u | (c[1] & 0x3fu) << 6 | (c[2] & 0x3fu);
            length = 3;
        }
        if (control != 0)
            printf("\\u%04x", control);
        else
            putchar(*c);
        c += length;
    }
    putchar('\n');
}

int cli_json_print(json_t *object) {
    char *text = json_dumps(object, JSON_REAL_PRECISION(15));
    json_decref(object);
    if (text == NULL)
        return cli_fail("--json", "out of memory");
    put_text(text);
    free(text);
    return CLI_DONE;
}

int cli_json_write(const json_t *object, const char *folder, const char *name) {
    char path[CLI_PATH + 32];
    loci_error error = {0};
    char *text = json_dumps(object, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
    if (text == NULL)
        return cli_fail(name, "out of memory");
    size_t length = strlen(text);
    text[length] = '\n'; /* in place of the 0 */
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int status = loci_write_file(path, text, length + 1, &error);
    free(text);
    return status == LOCI_OK ? CLI_GO_ON : cli_error(&error);
}

json_t *cli_output_names(const loci_network *network) {
    json_t *names = json_loads(loci_network_note(network, "classes"), 0, NULL);
    if (json_array_size(names) == loci_network_spec(network)->classes)
        return names;
    json_decref(names);
    return NULL;
}

const char *cli_output_name(const json_t *names, uint32_t c, char text[CLI_WORD]) {
    const char *name = json_string_value(json_array_get(names, c));
    if (name != NULL)
        return name;
    snprintf(text, CLI_WORD, "%u", c);
    return text;
}
