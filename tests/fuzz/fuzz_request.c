/* A request to the server of live pages: bytes become what a connection would have read, as far as
 * texts go, and the answer must be one that is allowed. The first byte says what the server is
 * like. */
#include <stdlib.h>
#include <string.h>

#include "live/events.h"
#include "live/request.h"
#include "mutate_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_TEXT = 8192 };

static const char *const folders[] = {"runs/a", "runs/b"};

/* The value of "NAME: ..." lines goes where the name says. */
static void take_header(live_request *r, char *line) {
    const struct {
        const char *name;
        const char **value;
    } known[] = {{"Host: ", &r->host},
                 {"Origin: ", &r->origin},
                 {"Site: ", &r->site},
                 {"Destination: ", &r->destination},
                 {"Token: ", &r->token_header},
                 {"Cookie: ", &r->cookies},
                 {"Key: ", &r->key},
                 {"Run: ", &r->run},
                 {"Argument: ", &r->token}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strncmp(line, known[i].name, strlen(known[i].name)) == 0)
            *known[i].value = line + strlen(known[i].name);
}

/* METHOD PATH, headers, an empty line, the body. */
static live_request read_request(char *text, size_t size, const char *token) {
    live_request r = {.method = "GET", .path = "/", .host = "localhost"};
    char *end = text + size, *line = text;
    for (bool first = true; line < end && *line != '\n'; first = false) {
        char *next = memchr(line, '\n', (size_t)(end - line));
        if (next != NULL)
            *next = '\0';
        char *blank = strchr(line, ' ');
        if (first && blank != NULL) {
            *blank = '\0';
            r.method = line;
            r.path = blank + 1;
        } else if (!first) {
            take_header(&r, line);
        }
        line = next != NULL ? next + 1 : end;
    }
    if (line < end) {
        r.body = line + 1;
        r.size = (size_t)(end - line) - 1;
    }
    if (r.size > LIVE_MOST_BODY)
        r.body = NULL;
    /* no draw finds a token */
    if (r.token_header != NULL && strcmp(r.token_header, "TOKEN") == 0)
        r.token_header = token;
    if (r.token != NULL && strcmp(r.token, "TOKEN") == 0)
        r.token = token;
    return r;
}

static void check(const live_state *state, const live_request *r, const live_response *answer,
                  bool steered) {
    static const unsigned known[] = {200, 303, 400, 401, 403, 404, 405, 409, 413};
    bool found = false;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        found |= answer->status == known[i];
    bool has_token = r->token_header == state->token;
    if (!found || answer->type == NULL || (steered && !has_token))
        abort();
    /* whose token stands in the address is sent on, with a cookie, and gets nothing yet */
    if (state->bound && answer->status == 200 && !has_token)
        abort();
    if (answer->set_cookie && (answer->status != 303 || r->token != state->token))
        abort();
    if (answer->location[0] != '\0' && answer->location[0] != '/')
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    live_state state;
    live_response answer;
    char text[MOST_TEXT + 1];
    if (size == 0 || size > MOST_TEXT ||
        !live_state_open(&state, folders, (data[0] & 8) != 0 ? 1 : 2))
        return 0;
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    state.bound = (data[0] & 1) != 0;
    state.training = (data[0] & 2) != 0;
    state.port = 7411;
    if ((data[0] & 4) != 0) {
        state.runs[0].page = live_bytes_text("page");
        state.runs[0].measured = live_bytes_text("measured");
        state.runs[0].kept = live_bytes_text("kept");
    }
    state.runs[0].key_number = 1;
    state.runs[0].key = live_bytes_text("key");
    state.runs[0].frame = live_bytes_text("frame");
    state.overview = live_bytes_text("all");
    state.waiting = live_bytes_text("wait");
    live_request request = read_request(text, size - 1, state.token);
    live_answer(&state, &request, &answer);
    check(&state, &request, &answer, state.paused || state.stopping);
    if (answer.stream) {
        live_told told[2] = {{0}};
        live_bytes_drop(live_events(&state, answer.run, told));
    }
    live_bytes_drop(answer.bytes);
    live_state_close(&state);
    return 0;
}

MUTATE_WORDS
