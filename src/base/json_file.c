#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"

static int name_file(char *path, const char *folder, const char *name, loci_error *error) {
    enum { ROOM = 4096 };
    if (name != NULL)
        return loci_path_join(path, ROOM, folder, name, error);
    if (snprintf(path, ROOM, "%s", folder) >= ROOM)
        return loci_fail(error, LOCI_E_ARGUMENT, folder, "the path is too long");
    return LOCI_OK;
}

int loci_json_load(json_t **out, const char *folder, const char *name, size_t most, char *path,
                   json_error_t *why, loci_error *error) {
    unsigned char *bytes;
    size_t size;
    int status = name_file(path, folder, name, error);
    if (status == LOCI_OK)
        status = loci_file_read(path, most, &bytes, &size, error);
    if (status != LOCI_OK)
        return status;
    json_t *json = loci_json_read((const char *)bytes, size, why);
    free(bytes);
    if (loci_json_is_short(json, why))
        return loci_fail_memory(error, path);
    *out = json;
    return LOCI_OK;
}
