#include "live/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "live/guard.h"

static const char text_type[] = "text/plain; charset=utf-8";
static const char page_type[] = "text/html; charset=utf-8";

static void say(live_response *response, unsigned status, const char *text) {
    *response =
        (live_response){.status = status, .type = text_type, .bytes = live_bytes_text(text)};
}

static void give(live_response *response, const char *type, live_bytes *bytes) {
    if (bytes == NULL)
        say(response, 404, "not there yet\n");
    else
        *response = (live_response){.status = 200, .type = type, .bytes = live_bytes_hold(bytes)};
}

static void give_page(live_state *state, live_run *run, live_response *response) {
    run->page_wanted = true;
    pthread_cond_signal(&state->work);
    give(response, page_type, run->page != NULL ? run->page : state->waiting);
}

/* What a page asks that waits for the network: whether it is there, or why it is not. */
static void say_whether_ready(live_state *state, live_run *run, live_response *response) {
    run->page_wanted = true;
    pthread_cond_signal(&state->work);
    if (run->page != NULL)
        say(response, 200, "ready\n");
    else
        say(response, 404, run->trouble);
}

/* Against the key that is at hand, if it is the present one. */
static void give_frame(const live_run *run, const char *key, live_response *response) {
    bool known =
        key != NULL && run->key != NULL && strtoul(key, NULL, 10) == (unsigned long)run->key_number;
    give(response, "application/octet-stream", known ? run->frame : run->key);
}

static void send_elsewhere(live_response *response, const char *location, bool set_cookie) {
    *response = (live_response){.status = 303, .type = text_type, .set_cookie = set_cookie};
    snprintf(response->location, sizeof response->location, "%s", location);
}

/* A whole number at *text, which goes past it; -1 where there is none below the end. */
static long number_at(const char **text, size_t end) {
    size_t digits = strspn(*text, "0123456789");
    long number = digits > 0 && digits < 7 ? strtol(*text, NULL, 10) : -1;
    *text += digits;
    return number >= 0 && (size_t)number < end ? number : -1;
}

/* "/net/0/" and what is below it. No name of a file is ever made of an address. */
static void give_of_run(live_state *state, const live_request *request, live_response *response) {
    const char *rest = request->path + strlen("/net/");
    long number = number_at(&rest, state->count);
    live_run *run = number >= 0 ? &state->runs[number] : NULL;
    if (run != NULL && strcmp(rest, "/") == 0)
        give_page(state, run, response);
    else if (run != NULL && strcmp(rest, "/ready") == 0)
        say_whether_ready(state, run, response);
    else if (run != NULL && strcmp(rest, "/frame") == 0)
        give_frame(run, request->key, response);
    else if (run != NULL && strcmp(rest, "/measured") == 0)
        give(response, "application/json", run->measured);
    else if (run != NULL && strcmp(rest, "/kept") == 0)
        give(response, "application/json", run->kept);
    else
        say(response, 404, "there is no such page\n");
}

static void give_events(live_state *state, const live_request *request, live_response *response) {
    const char *text = request->run;
    long run = LIVE_ALL_RUNS;
    if (text != NULL)
        run = number_at(&text, state->count);
    if (text != NULL && (run < 0 || *text != '\0'))
        say(response, 404, "there is no such run\n");
    else
        *response =
            (live_response){.status = 200, .type = "text/event-stream", .stream = true, .run = run};
}

static void get(live_state *state, const live_request *request, live_response *response) {
    const char *path = request->path;
    if (strcmp(path, "/") == 0 && state->count == 1)
        send_elsewhere(response, "/net/0/", false);
    else if (strcmp(path, "/") == 0)
        give(response, page_type, state->overview);
    else if (strcmp(path, "/events") == 0)
        give_events(state, request, response);
    else if (strncmp(path, "/net/", 5) == 0)
        give_of_run(state, request, response);
    else
        say(response, 404, "there is no such page\n");
}

/* The body is "token=..." or there is the header. */
static bool may_steer(const live_state *state, const live_request *request) {
    char text[LIVE_TOKEN + 8];
    if (live_is_token(state, request->token_header))
        return true;
    if (request->body == NULL || request->size >= sizeof text ||
        memchr(request->body, '\0', request->size) != NULL)
        return false;
    memcpy(text, request->body, request->size);
    text[request->size] = '\0';
    return strncmp(text, "token=", 6) == 0 && live_is_token(state, text + 6);
}

static void steer(live_state *state, const live_request *request, live_response *response) {
    bool pause = strcmp(request->path, "/pause") == 0, stop = strcmp(request->path, "/stop") == 0;
    if (!pause && !stop && strcmp(request->path, "/resume") != 0) {
        say(response, 404, "there is no such page\n");
    } else if (!may_steer(state, request)) {
        say(response, 403, "this takes the token that the terminal printed\n");
    } else if (!state->training) {
        say(response, 409, "no training of this program: what is watched cannot be steered\n");
    } else {
        state->paused = pause;
        state->stopping = state->stopping || stop;
        pthread_cond_broadcast(&state->going);
        say(response, 200, pause ? "paused\n" : stop ? "stopping\n" : "going on\n");
    }
}

/* Of a server that others can reach. The address with the token in it is used once: then a cookie
 * has it, and it is no longer to be seen. True: may go on. */
static bool let_in(live_state *state, const live_request *request, live_response *response) {
    if (!state->bound || live_is_token(state, request->token_header) ||
        live_has_cookie(state, request->cookies))
        return true;
    if (live_is_token(state, request->token) && strcmp(request->method, "GET") == 0)
        send_elsewhere(response, "/", true);
    else
        say(response, 401, "open the address that the terminal printed, with its token\n");
    return false;
}

static void answer(live_state *state, const live_request *request, live_response *response) {
    bool head = strcmp(request->method, "HEAD") == 0;
    if (!live_host_known(state, request->host))
        say(response, 403, "this is not a name of this server\n");
    else if (!live_same_site(request))
        say(response, 403, "pages of other sites may not ask\n");
    else if (request->path[0] != '/')
        say(response, 400, "that is no address\n");
    else if (!let_in(state, request, response))
        return;
    else if (strcmp(request->method, "GET") == 0 || head)
        get(state, request, response);
    else if (strcmp(request->method, "POST") != 0)
        say(response, 405, "only GET and POST are understood\n");
    else if (request->size > LIVE_MOST_BODY)
        say(response, 413, "that is too much\n");
    else
        steer(state, request, response);
    if (head)
        response->stream = false;
}

void live_answer(live_state *state, const live_request *request, live_response *response) {
    live_lock(state);
    answer(state, request, response);
    live_unlock(state);
    if (response->bytes == NULL && response->status == 200 && !response->stream &&
        strcmp(request->method, "HEAD") != 0)
        response->status = 500; /* memory is short */
}
