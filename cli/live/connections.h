/* How long a connection may take: who sends a byte now and then never comes to an end, and neither
 * does who reads so. libmicrohttpd itself counts the time without any byte. */
#ifndef LOCI_CLI_LIVE_CONNECTIONS_H
#define LOCI_CLI_LIVE_CONNECTIONS_H

#include <microhttpd.h>
#include <stdbool.h>

enum { LIVE_MOST_CONNECTIONS = 256 };

typedef struct live_connections live_connections;
typedef struct live_connection live_connection;

live_connections *live_connections_new(void); /* NULL when memory is short */
void live_connections_free(live_connections *connections);
/* For MHD_OPTION_NOTIFY_CONNECTION. */
void live_connections_notify(void *connections, struct MHD_Connection *connection, void **own,
                             enum MHD_ConnectionNotificationCode what);
/* Ends those that take too long; now: the clock. */
void live_connections_limit(live_connections *connections, double now);

/* NULL where there was no room: then nothing is done with it. */
live_connection *live_connection_of(struct MHD_Connection *connection);
/* A request was understood and is answered; events: without an end. */
void live_connection_answers(live_connection *connection, bool events);
/* More of the events was asked for; or it waits for some. */
void live_connection_moved(live_connection *connection);
void live_connection_wait(live_connection *connection, bool waits);
/* The answer is sent; another request may come. */
void live_connection_rests(live_connection *connection);

#endif
