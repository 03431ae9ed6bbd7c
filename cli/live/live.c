/* The server as commands see it: one thread keeps what is shown up to date, another one answers. */
#define _GNU_SOURCE
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/command_line.h"
#include "live/request.h"
#include "live/server.h"

/* Milliseconds between two looks, where nothing calls before. */
enum { LOOK = 250 };
/* Milliseconds between two tellings, at least: more often nobody looks, and pages may be many. */
enum { BREATH = 80 };
/* Seconds that pages have to fetch the end. */
static const double settling = 3;

static void wait_for(pthread_cond_t *what, live_state *state, long milliseconds) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += milliseconds * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_cond_timedwait(what, &state->lock, &until);
}

static void keep_up(live_server *server) {
    live_state *state = &server->state;
    for (size_t i = 0; i < state->count; i++) {
        live_source *source = &server->sources[i];
        live_source_take(source, state, i, &server->measure);
        live_source_look(source, state, i);
        live_source_page(source, state, i, &server->page);
    }
}

static void *serve(void *user) {
    live_server *server = user;
    live_state *state = &server->state;
    live_be_nice();
    double told = 0;
    uint64_t told_of = 0;
    live_lock(state);
    while (!state->closing) {
        live_unlock(state);
        keep_up(server);
        live_lock(state);
        double now = loci_seconds();
        bool due = now - told >= BREATH / 1000.0;
        if (due) {
            live_http_wake(server->http);
            told = now;
            told_of = state->clock;
        }
        if (!state->closing)
            wait_for(&state->work, state, told_of == state->clock ? LOOK : BREATH);
    }
    live_unlock(state);
    return NULL;
}

/* ---- beginning and end ---- */

int live_possible(const char *option) {
    (void)option;
    return CLI_GO_ON;
}

static void print_address(const live_state *state) {
    char host[160];
    bool all = strcmp(state->host, "0.0.0.0") == 0 || strcmp(state->host, "::") == 0;
    bool bare = strchr(state->host, ':') == NULL;
    if (all)
        gethostname(host, sizeof host);
    else
        snprintf(host, sizeof host, bare ? "%s" : "[%s]", state->host);
    if (state->bound)
        fprintf(stderr, "live: http://%s:%u/?token=%s\n", CLI_SHOWN(host), state->port,
                state->token);
    else
        fprintf(stderr, "live: http://%s:%u/\n", host, state->port);
    if (state->training)
        fprintf(stderr, "live: the token to pause and stop from the page: %s\n", state->token);
    fflush(stderr);
}

static int start_threads(live_server *server, unsigned port, bool anyway) {
    sigset_t all, before;
    /* signals are for the thread that trains */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int status = live_http_open(&server->http, &server->state, port, anyway);
    if (status == CLI_GO_ON) {
        server->started = pthread_create(&server->thread, NULL, serve, server) == 0;
        if (!server->started)
            status = cli_fail("live", "the system refuses a thread");
        if (server->state.training)
            live_measure_start(&server->measure, &server->state);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return status;
}

static int start(live_server *server, const live_options *options) {
    live_state *state = &server->state;
    uint64_t port;
    const char *text = options->port != NULL ? options->port : LIVE_PORT;
    if (!cli_read_number("--port", text, 0, 65535, &port))
        return CLI_USAGE;
    state->bound = options->bind != NULL;
    snprintf(state->host, sizeof state->host, "%s", state->bound ? options->bind : "127.0.0.1");
    int status = live_template_read(&server->page);
    if (status != CLI_GO_ON)
        return status;
    state->policy = server->page.policy;
    state->waiting = live_page(&server->page, state, LIVE_NO_RUN, 0, "null", NULL);
    if (state->count > 1)
        state->overview = live_page(&server->page, state, LIVE_ALL_RUNS, 0, "null", NULL);
    return start_threads(server, (unsigned)port, options->port == NULL);
}

int live_open(live_server **out, const live_options *options, const char *const *directories,
              size_t count, bool training) {
    live_server *server = calloc(1, sizeof *server);
    if (server == NULL)
        return cli_fail("live", "out of memory");
    server->sources = calloc(count, sizeof *server->sources);
    int status = CLI_GO_ON;
    if (!live_state_open(&server->state, directories, count) || server->sources == NULL)
        status = cli_fail("live", "out of memory, or of random numbers");
    server->state.training = training;
    if (status == CLI_GO_ON)
        status = start(server, options);
    if (status != CLI_GO_ON) {
        live_close(server);
        return status;
    }
    print_address(&server->state);
    *out = server;
    return CLI_GO_ON;
}

void live_close(live_server *server) {
    if (server == NULL)
        return;
    live_lock(&server->state);
    server->state.closing = true;
    pthread_cond_broadcast(&server->state.work);
    live_unlock(&server->state);
    if (server->started)
        pthread_join(server->thread, NULL);
    live_measure_stop(&server->measure);
    live_http_close(server->http);
    for (size_t i = 0; server->sources != NULL && i < server->state.count; i++)
        live_source_clear(&server->sources[i]);
    free(server->sources);
    live_template_free(&server->page);
    live_state_close(&server->state);
    free(server);
}

/* ---- training ---- */

void live_begin(live_server *server, size_t i, const loci_dataset *data, bool prunes) {
    if (server == NULL)
        return;
    live_source_begin(&server->sources[i], &server->state, i, data, prunes);
    live_lock(&server->state);
    server->state.runs[i].status = LIVE_RUNNING;
    live_changed(&server->state, &server->state.runs[i]);
    live_unlock(&server->state);
}

static void note(live_run *run, const loci_progress *progress) {
    run->status = LIVE_RUNNING;
    run->epoch = progress->epoch;
    run->epochs = progress->epochs;
    run->samples_done = progress->samples_done;
    run->samples = progress->samples;
    run->loss = progress->loss;
    run->rate = progress->samples_per_second;
    run->left = progress->seconds_left >= 0 ? progress->seconds_left : NAN;
    run->quiet = 0;
}

/* Pages then show where the training stands, and not where it was a moment before. */
static void hold(live_state *state, live_source *source, live_run *run,
                 const loci_progress *progress, const volatile sig_atomic_t *stop) {
    bool shown = false;
    if (!state->paused)
        return;
    run->status = LIVE_PAUSED;
    live_changed(state, run);
    while (state->paused && !state->stopping && !cli_is_raised(stop)) {
        if (!shown && !atomic_load(&source->full)) {
            live_unlock(state);
            live_source_copy(source, state, progress->network);
            live_lock(state);
            shown = true;
        }
        wait_for(&state->going, state, 100);
    }
    run->status = LIVE_RUNNING;
    live_changed(state, run);
}

void live_progress(live_server *server, size_t i, const loci_progress *progress,
                   const volatile sig_atomic_t *stop) {
    if (server == NULL)
        return;
    live_state *state = &server->state;
    /* however many pages are told just now: training does not wait for them */
    if (progress->finished != NULL)
        live_lock(state);
    else if (!live_try_lock(state))
        return;
    bool due = live_source_note(&server->sources[i], state, progress);
    note(&state->runs[i], progress);
    live_changed(state, &state->runs[i]);
    hold(state, &server->sources[i], &state->runs[i], progress, stop);
    if (state->stopping)
        cli_ask_to_stop();
    live_unlock(state);
    if (due && !atomic_load(&server->sources[i].full))
        live_source_copy(&server->sources[i], state, progress->network);
}

void live_end(live_server *server, size_t i, int status) {
    if (server == NULL)
        return;
    live_state *state = &server->state;
    live_source_end(&server->sources[i], state);
    live_lock(state);
    live_bytes_drop(state->runs[i].page); /* now there is all of the training to show */
    state->runs[i].page = NULL;
    state->runs[i].status = status == LOCI_OK              ? LIVE_FINISHED
                            : status == LOCI_E_INTERRUPTED ? LIVE_STOPPED
                            : status == LOCI_E_BUSY        ? LIVE_WAITING /* its folder tells */
                                                           : LIVE_FAILED;
    live_changed(state, &state->runs[i]);
    live_unlock(state);
}

void live_settle(live_server *server) {
    if (server == NULL)
        return;
    live_state *state = &server->state;
    double since = loci_seconds();
    live_lock(state);
    /* a look into the folder, and a moment for pages to fetch what they were told of */
    while (atomic_load(&state->watchers) > 0 && loci_seconds() - since < settling &&
           (loci_seconds() - since < 3 * LOOK / 1000.0 || live_http_behind(server->http)))
        wait_for(&state->going, state, BREATH);
    live_unlock(state);
}

void live_stay(live_server *server, const volatile sig_atomic_t *stop) {
    if (server == NULL)
        return;
    fprintf(stderr, "live: the page stays; Ctrl-C ends it\n");
    live_lock(&server->state);
    while (!cli_is_raised(stop))
        wait_for(&server->state.going, &server->state, 100);
    live_unlock(&server->state);
}
