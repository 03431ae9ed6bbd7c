#define _GNU_SOURCE
#include "live/state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool draw(char text[LIVE_TOKEN]) {
    unsigned char bytes[(LIVE_TOKEN - 1) / 2];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return false;
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    return true;
}

bool live_state_open(live_state *state, const char *const *directories, size_t count) {
    *state = (live_state){.count = count, .runs = calloc(count, sizeof *state->runs)};
    pthread_mutex_init(&state->lock, NULL);
    pthread_cond_init(&state->work, NULL);
    pthread_cond_init(&state->going, NULL);
    bool whole = state->runs != NULL;
    for (size_t i = 0; state->runs != NULL && i < count; i++) {
        state->runs[i] = (live_run){.directory = strdup(directories[i]),
                                    .loss = NAN,
                                    .rate = NAN,
                                    .left = NAN,
                                    .change = 1};
        whole = whole && state->runs[i].directory != NULL;
    }
    state->clock = 1;
    return whole && draw(state->token) && draw(state->session);
}

void live_state_close(live_state *state) {
    for (size_t i = 0; state->runs != NULL && i < state->count; i++) {
        live_run *run = &state->runs[i];
        free(run->directory);
        free(run->metrics);
        live_bytes_drop(run->page);
        live_bytes_drop(run->key);
        live_bytes_drop(run->frame);
        live_bytes_drop(run->measured);
        live_bytes_drop(run->kept);
    }
    free(state->runs);
    live_bytes_drop(state->waiting);
    live_bytes_drop(state->overview);
    pthread_cond_destroy(&state->going);
    pthread_cond_destroy(&state->work);
    pthread_mutex_destroy(&state->lock);
}

void live_lock(live_state *state) {
    pthread_mutex_lock(&state->lock);
}

bool live_try_lock(live_state *state) {
    return pthread_mutex_trylock(&state->lock) == 0;
}

void live_unlock(live_state *state) {
    pthread_mutex_unlock(&state->lock);
}

void live_changed(live_state *state, live_run *run) {
    run->change = ++state->clock;
    pthread_cond_signal(&state->work);
}

void live_keep_page(live_run *run, live_bytes *page, uint32_t generation, live_status status) {
    bool finished = run->status == LIVE_FINISHED && status != LIVE_FINISHED;
    if (generation != run->generation || finished) {
        live_bytes_drop(page);
        return;
    }
    run->page = page;
    run->page_wanted = false;
}

void live_be_nice(void) {
    setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), 10);
}

const char *live_status_name(live_status status) {
    static const char *const names[] = {"waiting",  "running", "paused",
                                        "finished", "stopped", "failed"};
    return names[status];
}
