#include "live/connections.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <loci/support.h>

/* Seconds for a request to arrive, for an answer to be read, for some events to be. */
static const double limits[] = {15, 120, 30};
typedef enum stage { ARRIVES, IS_READ, EVENTS } stage;

struct live_connection {
    live_connections *all;
    int socket; /* -1: a place that is free */
    stage stage;
    bool waits;   /* for events: that takes as long as it takes */
    double since; /* clock */
};

/* A lock of its own: what is closed must not be ended again, its number may be another's by then.
 */
struct live_connections {
    pthread_mutex_t lock;
    live_connection list[LIVE_MOST_CONNECTIONS];
};

live_connections *live_connections_new(void) {
    live_connections *all = calloc(1, sizeof *all);
    if (all == NULL)
        return NULL;
    pthread_mutex_init(&all->lock, NULL);
    for (int i = 0; i < LIVE_MOST_CONNECTIONS; i++)
        all->list[i] = (live_connection){.all = all, .socket = -1};
    return all;
}

void live_connections_free(live_connections *all) {
    if (all == NULL)
        return;
    pthread_mutex_destroy(&all->lock);
    free(all);
}

static void begin(live_connections *all, struct MHD_Connection *connection, void **own) {
    int socket = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    for (int i = 0; i < LIVE_MOST_CONNECTIONS; i++)
        if (all->list[i].socket < 0) {
            all->list[i].socket = socket;
            all->list[i].stage = ARRIVES;
            all->list[i].waits = false;
            all->list[i].since = loci_seconds();
            *own = &all->list[i];
            return;
        }
}

void live_connections_notify(void *user, struct MHD_Connection *connection, void **own,
                             enum MHD_ConnectionNotificationCode what) {
    live_connections *all = user;
    pthread_mutex_lock(&all->lock);
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        begin(all, connection, own);
    else if (*own != NULL)
        ((live_connection *)*own)->socket = -1;
    pthread_mutex_unlock(&all->lock);
}

void live_connections_limit(live_connections *all, double now) {
    pthread_mutex_lock(&all->lock);
    for (int i = 0; i < LIVE_MOST_CONNECTIONS; i++) {
        const live_connection *c = &all->list[i];
        if (c->socket >= 0 && !c->waits && now - c->since > limits[c->stage])
            shutdown(c->socket, SHUT_RDWR);
    }
    pthread_mutex_unlock(&all->lock);
}

live_connection *live_connection_of(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info != NULL ? info->socket_context : NULL;
}

static void enter(live_connection *c, stage now, bool waits) {
    if (c == NULL)
        return;
    pthread_mutex_lock(&c->all->lock);
    c->stage = now;
    c->waits = waits;
    c->since = loci_seconds();
    pthread_mutex_unlock(&c->all->lock);
}

void live_connection_answers(live_connection *c, bool events) {
    enter(c, events ? EVENTS : IS_READ, false);
}

void live_connection_moved(live_connection *c) {
    enter(c, EVENTS, false);
}

void live_connection_wait(live_connection *c, bool waits) {
    enter(c, EVENTS, waits);
}

void live_connection_rests(live_connection *c) {
    enter(c, ARRIVES, false);
}
