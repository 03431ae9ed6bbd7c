/* The payload as text, and the template it goes into. */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <loci/support.h>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "view/payload.h"

/* No template is larger. */
enum { MOST_PAGE = 1 << 26 };

static const char opening[] = "<script type=\"application/json\" id=\"loci-data\">";
static const char placeholder[] = "__LOCI_DATA__";
static const char closing[] = "</script>";

/* <, > and & occur in JSON within texts only; there an escape means the same and cannot end a
 * script element. */
static int put_escaped(const char *text, size_t size, void *file) {
    for (size_t i = 0; i < size; i++)
        if (strchr("<>&", text[i]) != NULL && text[i] != '\0')
            fprintf(file, "\\u%04x", (unsigned char)text[i]);
        else
            putc_unlocked(text[i], file);
    return 0;
}

/* Writes JSON so that it can stand within HTML. */
static int print_payload(const json_t *root, FILE *to) {
    /* digits that give every float back exactly; U+2028 and all else beyond ASCII as escapes */
    return loci_json_put(root, put_escaped, to,
                         JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(17));
}

int loci_view_payload(char **out, const loci_network *network, const loci_view_options *options,
                      loci_error *error) {
    json_t *root = NULL;
    char *text = NULL;
    size_t size;
    int status = loci_payload_make(&root, network, options, error);
    if (status != LOCI_OK)
        return status;
    FILE *memory = open_memstream(&text, &size);
    bool failed = memory == NULL || print_payload(root, memory) != 0 || ferror(memory) != 0;
    if (memory != NULL)
        failed |= fclose(memory) != 0;
    json_decref(root);
    if (failed) {
        free(text);
        return loci_fail_memory(error, "page");
    }
    *out = text;
    return LOCI_OK;
}

/* Where in the template the payload goes; NULL unless there is exactly one such place. */
static const char *place_in(const char *text, size_t size) {
    char element[sizeof opening + sizeof placeholder + sizeof closing];
    int length = snprintf(element, sizeof element, "%s%s%s", opening, placeholder, closing);
    const char *found = memmem(text, size, element, (size_t)length);
    if (found == NULL)
        return NULL;
    const char *rest = found + length;
    if (memmem(rest, size - (size_t)(rest - text), element, (size_t)length) != NULL)
        return NULL;
    return found + strlen(opening);
}

static int write_page(const char *path, const char *text, size_t size, const char *place,
                      const json_t *root, loci_error *error) {
    loci_writer writer;
    int status = loci_writer_open(&writer, path, error);
    if (status != LOCI_OK)
        return status;
    size_t before = (size_t)(place - text);
    fwrite(text, 1, before, writer.file);
    if (print_payload(root, writer.file) != 0) {
        loci_writer_abort(&writer);
        return loci_fail_memory(error, path);
    }
    place += strlen(placeholder);
    fwrite(place, 1, size - before - strlen(placeholder), writer.file);
    return loci_writer_commit(&writer, error);
}

/* Whether a file would be replaced that the page is made of. */
static bool destroys(const char *path, const char *page, const loci_view_options *options) {
    return loci_would_replace(path, page, LOCI_SOURCE_RUN) ||
           (options != NULL && options->run != NULL &&
            loci_would_replace(path, options->run, LOCI_SOURCE_RUN));
}

/* The payload of one network, or of the first with the second in it. */
static int make_root(json_t **root, const loci_view_entry *entries, size_t count,
                     loci_error *error) {
    json_t *made[2] = {NULL, NULL};
    int status = LOCI_OK;
    for (size_t i = 0; i < count && status == LOCI_OK; i++)
        status = loci_payload_make(&made[i], entries[i].network, entries[i].options, error);
    for (size_t i = 0; i < count && count > 1 && status == LOCI_OK; i++)
        if (json_object_set_new(made[i], "name", loci_view_text(entries[i].name)) != 0)
            status = loci_fail_memory(error, "page");
    if (status == LOCI_OK && count > 1 && json_object_set(made[0], "other", made[1]) != 0)
        status = loci_fail_memory(error, "page");
    json_decref(made[1]);
    if (status == LOCI_OK)
        *root = made[0];
    else
        json_decref(made[0]);
    return status;
}

static int write_entries(const char *path, const loci_view_entry *entries, size_t count,
                         const char *page, loci_error *error) {
    unsigned char *bytes;
    size_t size;
    json_t *root = NULL;
    for (size_t i = 0; i < count; i++)
        if (destroys(path, page, entries[i].options))
            return loci_fail(error, LOCI_E_ARGUMENT, path,
                             "is what the page is made of; choose another name");
    int status = loci_file_read(page, MOST_PAGE, &bytes, &size, error);
    if (status != LOCI_OK)
        return status;
    const char *text = (const char *)bytes, *place = place_in(text, size);
    if (place == NULL)
        status = loci_fail(error, LOCI_E_FORMAT, page,
                           "is no template of a page: it has not one place for the data");
    if (status == LOCI_OK)
        status = make_root(&root, entries, count, error);
    if (status == LOCI_OK)
        status = write_page(path, text, size, place, root, error);
    json_decref(root);
    free(bytes);
    return status;
}

int loci_view_write(const char *path, const loci_network *network, const char *page,
                    const loci_view_options *options, loci_error *error) {
    const loci_view_entry entry = {NULL, network, options};
    return write_entries(path, &entry, 1, page, error);
}

int loci_view_compare(const char *path, const loci_view_entry *entries, const char *page,
                      loci_error *error) {
    return write_entries(path, entries, 2, page, error);
}
