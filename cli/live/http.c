/* The server's connections, by libmicrohttpd: one thread of its own takes them all. Pages that wait
 * for events are suspended and cost nothing until there are some. */
#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/cli.h"
#include "live/connections.h"
#include "live/events.h"
#include "live/request.h"
#include "live/server.h"

/* Bytes of headers and of what is on its way, a connection; seconds without a byte. */
enum { MOST_MEMORY = 32 << 10, MOST_QUIET = 20, EVENT_BLOCK = 16 << 10, BEAT = 15 };

/* A page that is told what happens. */
typedef struct listener {
    struct listener *next;
    live_http *http;
    struct MHD_Connection *connection;
    live_connection *limits;
    long run;
    live_bytes *text; /* being sent, from `sent` on */
    size_t sent;
    bool suspended;
    double told;    /* clock */
    live_told of[]; /* [runs] */
} listener;

struct live_http {
    live_state *state;
    struct MHD_Daemon *daemon;
    live_connections *connections;
    listener *listeners;
};

/* What was received of a request so far. */
typedef struct arriving {
    char body[LIVE_MOST_BODY];
    size_t size; /* may be more than there is room for */
} arriving;

/* ---- events ---- */

/* More text to send, if there is some. The lock is held. */
static bool refill(listener *l) {
    live_bytes_drop(l->text);
    l->sent = 0;
    l->text = live_events(l->http->state, l->run, l->of);
    double now = loci_seconds();
    if (l->text == NULL && now - l->told >= BEAT)
        l->text = live_bytes_text(":\n\n"); /* who is gone is noticed when something is sent */
    if (l->text != NULL)
        l->told = now;
    return l->text != NULL;
}

static ssize_t send_events(void *user, uint64_t position, char *buffer, size_t room) {
    listener *l = user;
    live_state *state = l->http->state;
    ssize_t size = 0;
    (void)position;
    live_lock(state);
    live_connection_moved(l->limits);
    bool there = (l->text != NULL && l->sent < l->text->size) || refill(l);
    if (there) {
        size_t left = l->text->size - l->sent;
        size = (ssize_t)(left < room ? left : room);
        memcpy(buffer, l->text->data + l->sent, (size_t)size);
        l->sent += (size_t)size;
    } else if (state->closing) {
        size = MHD_CONTENT_READER_END_OF_STREAM;
    } else {
        MHD_suspend_connection(l->connection);
        l->suspended = true;
        live_connection_wait(l->limits, true);
    }
    live_unlock(state);
    return size;
}

static void forget_listener(void *user) {
    listener *l = user;
    live_state *state = l->http->state;
    live_lock(state);
    for (listener **at = &l->http->listeners; *at != NULL; at = &(*at)->next)
        if (*at == l) {
            *at = l->next;
            break;
        }
    live_unlock(state);
    atomic_fetch_sub(&state->watchers, 1);
    live_bytes_drop(l->text);
    free(l);
}

static struct MHD_Response *listen_to(live_http *http, struct MHD_Connection *connection,
                                      live_connection *limits, long run) {
    live_state *state = http->state;
    listener *l = calloc(1, sizeof *l + state->count * sizeof *l->of);
    if (l == NULL)
        return NULL;
    l->http = http;
    l->connection = connection;
    l->limits = limits;
    l->run = run;
    l->told = loci_seconds();
    struct MHD_Response *response = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, EVENT_BLOCK, send_events, l, forget_listener);
    if (response == NULL) {
        free(l);
        return NULL;
    }
    live_lock(state);
    l->next = http->listeners;
    http->listeners = l;
    live_unlock(state);
    atomic_fetch_add(&state->watchers, 1);
    return response;
}

/* Whether there is something to tell. */
static bool has_news(const listener *l) {
    const live_state *state = l->http->state;
    for (size_t i = 0; i < state->count; i++)
        if ((l->run == LIVE_ALL_RUNS || (size_t)l->run == i) &&
            l->of[i].change != state->runs[i].change)
            return true;
    return false;
}

void live_http_wake(live_http *http) {
    double now = loci_seconds();
    for (listener *l = http->listeners; l != NULL; l = l->next)
        if (l->suspended && (http->state->closing || has_news(l) || now - l->told >= BEAT)) {
            l->suspended = false;
            live_connection_wait(l->limits, false);
            MHD_resume_connection(l->connection);
        }
    live_connections_limit(http->connections, now);
}

bool live_http_behind(const live_http *http) {
    for (const listener *l = http->listeners; l != NULL; l = l->next)
        if (!l->suspended || has_news(l))
            return true;
    return false;
}

/* ---- answers ---- */

static void drop_bytes(void *bytes) {
    live_bytes_drop(bytes);
}

static struct MHD_Response *response_of(live_http *http, struct MHD_Connection *connection,
                                        live_connection *limits, live_response *answer) {
    if (answer->stream)
        return listen_to(http, connection, limits, answer->run);
    if (answer->bytes == NULL)
        return MHD_create_response_from_buffer(0, (void *)(uintptr_t) "", MHD_RESPMEM_PERSISTENT);
    struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls(
        answer->bytes->size, answer->bytes->data, drop_bytes, answer->bytes);
    if (response == NULL)
        live_bytes_drop(answer->bytes);
    return response;
}

static void add_headers(const live_http *http, struct MHD_Response *response,
                        const live_response *answer) {
    static const char *const headers[][2] = {{"Cache-Control", "no-store"},
                                             {"X-Content-Type-Options", "nosniff"},
                                             {"X-Frame-Options", "DENY"},
                                             {"Referrer-Policy", "no-referrer"},
                                             {"Cross-Origin-Resource-Policy", "same-origin"},
                                             {"Cross-Origin-Opener-Policy", "same-origin"}};
    const live_state *state = http->state;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        MHD_add_response_header(response, headers[i][0], headers[i][1]);
    MHD_add_response_header(response, "Content-Type", answer->type);
    MHD_add_response_header(response, "Content-Security-Policy", state->policy);
    if (answer->location[0] != '\0')
        MHD_add_response_header(response, "Location", answer->location);
    if (answer->status == 405)
        MHD_add_response_header(response, "Allow", "GET, HEAD, POST");
    if (answer->set_cookie) {
        char cookie[128];
        snprintf(cookie, sizeof cookie, "loci-%u=%s; Path=/; HttpOnly; SameSite=Strict",
                 state->port, state->token);
        MHD_add_response_header(response, "Set-Cookie", cookie);
    }
}

static const char *header(struct MHD_Connection *connection, const char *name) {
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static const char *argument(struct MHD_Connection *connection, const char *name) {
    return MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, name);
}

static enum MHD_Result answer_it(live_http *http, struct MHD_Connection *connection,
                                 const char *method, const char *path, const arriving *got) {
    const live_request request = {
        .method = method,
        .path = path,
        .host = header(connection, "Host"),
        .origin = header(connection, "Origin"),
        .site = header(connection, "Sec-Fetch-Site"),
        .destination = header(connection, "Sec-Fetch-Dest"),
        .token_header = header(connection, "X-Loci-Token"),
        .cookies = header(connection, "Cookie"),
        .key = argument(connection, "key"),
        .run = argument(connection, "run"),
        .token = argument(connection, "token"),
        .body = got->size <= LIVE_MOST_BODY ? got->body : NULL,
        .size = got->size,
    };
    live_response answer;
    live_answer(http->state, &request, &answer);
    live_connection *limits = live_connection_of(connection);
    live_connection_answers(limits, answer.stream);
    struct MHD_Response *response = response_of(http, connection, limits, &answer);
    if (response == NULL)
        return MHD_NO;
    add_headers(http, response, &answer);
    enum MHD_Result result = MHD_queue_response(connection, answer.status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result handle(void *user, struct MHD_Connection *connection, const char *path,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **own) {
    arriving *got = *own;
    (void)version;
    if (got == NULL) {
        *own = calloc(1, sizeof *got);
        return *own != NULL ? MHD_YES : MHD_NO;
    }
    if (*size == 0)
        return answer_it(user, connection, method, path, got);
    size_t room = got->size < LIVE_MOST_BODY ? LIVE_MOST_BODY - got->size : 0;
    memcpy(got->body + (LIVE_MOST_BODY - room), data, *size < room ? *size : room);
    got->size += *size;
    if (got->size > LIVE_MOST_BODY << 6)
        return MHD_NO; /* who sends so much does not listen */
    *size = 0;
    return MHD_YES;
}

static void completed(void *user, struct MHD_Connection *connection, void **own,
                      enum MHD_RequestTerminationCode why) {
    (void)user;
    (void)why;
    free(*own);
    *own = NULL;
    live_connection_rests(live_connection_of(connection));
}

/* ---- the socket ---- */

static int resolve(const char *host, unsigned port, struct sockaddr_storage *address) {
    char service[8];
    struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV | AI_NUMERICHOST,
                             .ai_socktype = SOCK_STREAM};
    struct addrinfo *found;
    snprintf(service, sizeof service, "%u", port);
    int status = getaddrinfo(host, service, &hints, &found);
    if (status != 0)
        return cli_usage("--bind", "'%s' is no address of a machine, such as 192.0.2.7 or 0.0.0.0",
                         CLI_SHOWN(host));
    memcpy(address, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return CLI_GO_ON;
}

static struct MHD_Daemon *start(live_http *http, const struct sockaddr_storage *address) {
    unsigned flags = MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD | MHD_ALLOW_SUSPEND_RESUME;
    if (address->ss_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    return MHD_start_daemon(
        flags, 0, NULL, NULL, handle, http, MHD_OPTION_SOCK_ADDR, (const struct sockaddr *)address,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)LIVE_MOST_CONNECTIONS,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MOST_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)MOST_QUIET, MHD_OPTION_NOTIFY_COMPLETED, completed, NULL,
        MHD_OPTION_NOTIFY_CONNECTION, live_connections_notify, http->connections, MHD_OPTION_END);
}

/* Where the library cannot go on it would abort. What is trained is saved as after a kill. */
static void give_up(void *unused, const char *file, unsigned line, const char *why) {
    (void)unused, (void)file, (void)line;
    cli_fail("live", "the server of the page cannot go on: %s",
             why != NULL ? why : "out of memory, or of descriptors");
    _exit(CLI_FAILED);
}

int live_http_open(live_http **out, live_state *state, unsigned port, bool anyway) {
    struct sockaddr_storage address;
    int status = resolve(state->host, port, &address);
    if (status != CLI_GO_ON)
        return status;
    live_http *http = calloc(1, sizeof *http);
    live_connections *connections = live_connections_new();
    if (http == NULL || connections == NULL) {
        free(http);
        live_connections_free(connections);
        return cli_fail("live", "out of memory");
    }
    *http = (live_http){.state = state, .connections = connections};
    MHD_set_panic_func(give_up, NULL);
    live_lock(state); /* no request is answered before the port is known, by which cookies go */
    errno = 0;
    http->daemon = start(http, &address);
    int why = errno;
    if (http->daemon == NULL && anyway && resolve(state->host, 0, &address) == CLI_GO_ON)
        http->daemon = start(http, &address);
    if (http->daemon != NULL)
        state->port = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
    live_unlock(state);
    if (http->daemon == NULL) {
        free(http);
        live_connections_free(connections);
        return cli_fail("live", "cannot serve on %s, port %u: %s; another one may be free: --port",
                        state->host, port, why != 0 ? strerror(why) : "not possible");
    }
    *out = http;
    return CLI_GO_ON;
}

void live_http_close(live_http *http) {
    if (http == NULL)
        return;
    live_lock(http->state);
    live_http_wake(http);
    live_unlock(http->state);
    MHD_stop_daemon(http->daemon);
    live_connections_free(http->connections);
    free(http);
}
