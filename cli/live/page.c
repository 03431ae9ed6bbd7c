#define _GNU_SOURCE
#include "live/page.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/cli.h"
#include "live/request.h"

enum { MOST_TEMPLATE = 64 << 20 };

static const char data_element[] = "<script type=\"application/json\" id=\"loci-data\">";
static const char data_place[] = "__LOCI_DATA__";
static const char policy_start[] = "default-src 'none'; script-src";
/* What a page from a file may not do, and this one must: ask the server that it came from. */
static const char asking[] = "default-src 'none'; connect-src 'self'; script-src";

static char *read_all(const char *path) {
    FILE *file = fopen(path, "rbe");
    char *text = NULL;
    long size = -1;
    if (file != NULL && fseek(file, 0, SEEK_END) == 0)
        size = ftell(file);
    if (size >= 0 && size <= MOST_TEMPLATE && fseek(file, 0, SEEK_SET) == 0)
        text = malloc((size_t)size + 1);
    if (text != NULL && fread(text, 1, (size_t)size, file) != (size_t)size) {
        free(text);
        text = NULL;
    }
    if (text != NULL)
        text[size] = '\0';
    if (file != NULL)
        fclose(file);
    return text;
}

/* The page's own policy, with the server to be asked; a frame in another page is no place for it.
 */
static bool take_policy(live_template *page, const char *start) {
    const char *end = strchr(start, '"');
    if (end == NULL || end - start > 700)
        return false;
    start += strlen(policy_start);
    snprintf(page->policy, sizeof page->policy,
             "%s%.*s; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", asking,
             (int)(end - start), start);
    return true;
}

/* Cuts the template at its two places. */
static bool cut(live_template *page, const char *text) {
    const char *policy = strstr(text, policy_start);
    const char *element = strstr(text, data_element);
    const char *place = element != NULL ? strstr(element, data_place) : NULL;
    if (policy == NULL || place == NULL || policy > element || !take_policy(page, policy))
        return false;
    const char *rest = policy + strlen(policy_start);
    if (asprintf(&page->before, "%.*s%s%.*s", (int)(policy - text), text, asking,
                 (int)(element - rest), rest) < 0)
        page->before = NULL;
    page->within = strndup(element, (size_t)(place - element));
    page->after = strdup(place + strlen(data_place));
    return page->before != NULL && page->within != NULL && page->after != NULL;
}

int live_template_read(live_template *page) {
    char path[4096];
    *page = (live_template){.before = NULL};
    if (!cli_page_template(path, sizeof path))
        return cli_fail("live", "the template of the page was not built; install nodejs and npm, "
                                "then run make again");
    char *text = read_all(path);
    if (text == NULL)
        return cli_fail(path, "cannot read: %s", strerror(errno));
    bool good = cut(page, text);
    free(text);
    return good ? CLI_GO_ON
                : cli_fail(path, "is no template of a page, or of another version of loci");
}

void live_template_free(live_template *page) {
    free(page->before);
    free(page->within);
    free(page->after);
}

static json_t *parts_of(const loci_moment *moment) {
    json_t *list = json_array();
    const char *name;
    size_t count;
    for (size_t i = 0; moment != NULL && (name = loci_moment_part(moment, i, &count)) != NULL; i++)
        json_array_append_new(list, json_pack("[s, I]", name, (json_int_t)count));
    return list;
}

/* All runs by the names of their folders. */
static json_t *names_of(const live_state *state) {
    json_t *list = json_array();
    for (size_t i = 0; i < state->count; i++)
        json_array_append_new(list, cli_json_text(state->runs[i].directory));
    return list;
}

/* Within a script element: no text may end it. */
static void put_escaped(FILE *to, const char *text) {
    for (; *text != '\0'; text++)
        if (strchr("<>&", *text) != NULL)
            fprintf(to, "\\u%04x", (unsigned char)*text);
        else
            putc_unlocked(*text, to);
}

static char *describe(const live_state *state, long number, uint32_t generation,
                      const loci_moment *moment) {
    char name[LIVE_TOKEN + 16];
    snprintf(name, sizeof name, "%s-%u", state->session, generation);
    json_t *json =
        json_pack("{s:o, s:s, s:b, s:o, s:o}", "run",
                  number == LIVE_ALL_RUNS ? json_null() : json_integer(number), "generation", name,
                  "training", state->training, "runs", names_of(state), "parts", parts_of(moment));
    char *text = json != NULL ? json_dumps(json, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
    json_decref(json);
    return text;
}

live_bytes *live_page(const live_template *page, const live_state *state, long number,
                      uint32_t generation, const char *payload, const loci_moment *moment) {
    char *text = NULL, *about = describe(state, number, generation, moment);
    size_t size = 0;
    FILE *memory = about != NULL ? open_memstream(&text, &size) : NULL;
    bool lost = memory == NULL;
    if (!lost) {
        fputs(page->before, memory);
        fputs("<script type=\"application/json\" id=\"loci-live\">", memory);
        put_escaped(memory, about);
        fputs("</script>\n", memory);
        fputs(page->within, memory);
        fputs(payload, memory);
        fputs(page->after, memory);
        lost = ferror(memory) != 0;
        lost |= fclose(memory) != 0;
    }
    live_bytes *bytes = lost ? NULL : live_bytes_copy(text, size);
    free(about);
    free(text);
    return bytes;
}
