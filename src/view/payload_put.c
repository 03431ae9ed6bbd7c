/* How the parts of a payload get into it. */
#include <stdarg.h>
#include <stdio.h>

#include "base/error.h"
#include "view/payload.h"

int loci_payload_put(loci_payload *payload, const char *key, json_t *value, loci_error *error) {
    if (json_object_set_new(payload->root, key, value) != 0)
        return loci_fail_memory(error, "page");
    return LOCI_OK;
}

int loci_payload_leave_out(loci_payload *payload, loci_error *error, const char *format, ...) {
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (json_array_append_new(payload->left_out, json_string(text)) != 0)
        return loci_fail_memory(error, "page");
    return LOCI_OK;
}
