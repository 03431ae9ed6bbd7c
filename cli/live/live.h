/* A web page of trainings that goes along with them: what the commands that serve one call. */
#ifndef LOCI_CLI_LIVE_H
#define LOCI_CLI_LIVE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include <loci/loci.h>

/* A server, in threads of its own. */
typedef struct live_server live_server;

/* How it is asked for. */
typedef struct live_options {
    const char *port; /* as given; NULL: LIVE_PORT, or another one where that is taken */
    const char *bind; /* address of this machine to be reached at; NULL: from this machine alone */
} live_options;

#define LIVE_PORT "7411"

/* Whether this program can serve: CLI_GO_ON, or an exit code after an error line. */
int live_possible(const char *option);

/* Starts a server of these run folders [count], in their order, and prints its address on stderr.
 * training: they are trained by this process, one after the other. CLI_GO_ON, or an exit code after
 * an error line. *out stays NULL unless CLI_GO_ON is returned. */
int live_open(live_server **out, const live_options *options, const char *const *directories,
              size_t count, bool training);
/* Ends it. NULL is allowed. */
void live_close(live_server *server);

/* Between live_begin() and live_end() run i is trained: the three are called by the one thread that
 * trains. data: borrowed until live_end(). prunes: which connections are kept changes as it
 * learns. */
void live_begin(live_server *server, size_t i, const loci_dataset *data, bool prunes);
/* Tells of the progress; waits while somebody has paused the training, unless *stop. */
void live_progress(live_server *server, size_t i, const loci_progress *progress,
                   const volatile sig_atomic_t *stop);
/* status: as loci_run_train() returned it. */
void live_end(live_server *server, size_t i, int status);
/* Waits until what ended was told to the pages that are open, a few seconds at most. */
void live_settle(live_server *server);
/* The same, and then until *stop. */
void live_stay(live_server *server, const volatile sig_atomic_t *stop);

#endif
