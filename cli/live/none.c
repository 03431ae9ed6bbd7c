/* A program that was built without libmicrohttpd serves no page. */
#include "common/cli.h"
#include "live/live.h"

int live_possible(const char *option) {
    return cli_fail(option, "this program was built without libmicrohttpd and serves no page; "
                            "install libmicrohttpd-dev and build again");
}

/* What follows is never called: nobody has a server. */
int live_open(live_server **out, const live_options *options, const char *const *directories,
              size_t count, bool training) {
    (void)out, (void)options, (void)directories, (void)count, (void)training;
    return live_possible("live");
}

void live_close(live_server *server) {
    (void)server;
}

void live_begin(live_server *server, size_t i, const loci_dataset *data, bool prunes) {
    (void)server, (void)i, (void)data, (void)prunes;
}

void live_progress(live_server *server, size_t i, const loci_progress *progress,
                   const volatile sig_atomic_t *stop) {
    (void)server, (void)i, (void)progress, (void)stop;
}

void live_end(live_server *server, size_t i, int status) {
    (void)server, (void)i, (void)status;
}

void live_settle(live_server *server) {
    (void)server;
}

void live_stay(live_server *server, const volatile sig_atomic_t *stop) {
    (void)server, (void)stop;
}
