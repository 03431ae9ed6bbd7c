/* What tells two runs apart: the first option of network or training that differs. */
#include <string.h>

#include "common/command_line.h"

typedef int field_getter(const void *object, const char *name, char *text, size_t size);
static int get_spec(const void *object, const char *name, char *text, size_t size) {
    return loci_spec_get(object, name, text, size);
}
static int get_train(const void *object, const char *name, char *text, size_t size) {
    return loci_train_get(object, name, text, size);
}

static bool find(const loci_field *fields, size_t count, field_getter *get, const void *a,
                 const void *b, cli_difference *out) {
    for (size_t i = 0; i < count; i++) {
        /* how often it was measured on the way does not make a run another */
        if (strcmp(fields[i].name, "test-every") == 0)
            continue;
        out->a[0] = out->b[0] = '\0';
        get(a, fields[i].name, out->a, sizeof out->a);
        get(b, fields[i].name, out->b, sizeof out->b);
        out->option = fields[i].name;
        if (strcmp(out->a, out->b) != 0)
            return true;
    }
    return false;
}

bool cli_options_differ(const loci_config *a, const loci_config *b, cli_difference *out) {
    size_t count;
    const loci_field *fields = loci_spec_fields(&count);
    if (find(fields, count, get_spec, &a->spec, &b->spec, out))
        return true;
    fields = loci_train_fields(&count);
    return find(fields, count, get_train, &a->train, &b->train, out);
}
