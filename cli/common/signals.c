/* Signals to stop: the first one lets the program save and leave by itself. */
#include <string.h>

#include "common/cli.h"

static volatile sig_atomic_t stop;

void cli_ask_to_stop(void) {
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED); /* for whatever thread looks */
}

static void raise_flag(int number) {
    (void)number;
    cli_ask_to_stop();
}

/* What the caller had ignored stays ignored: a script's jobs in the background, nohup. */
static void catch_one(int number, int flags) {
    struct sigaction action;
    if (sigaction(number, NULL, &action) != 0 || action.sa_handler == SIG_IGN)
        return;
    memset(&action, 0, sizeof action);
    action.sa_handler = raise_flag;
    action.sa_flags = flags | SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

const volatile sig_atomic_t *cli_catch_signals(void) {
    const int once = (int)SA_RESETHAND; /* a second Ctrl-C ends the program at once */
    catch_one(SIGINT, once);
    catch_one(SIGTERM, once);
    /* a terminal that goes away can send more than one, from shell and kernel */
    catch_one(SIGHUP, 0);
    return &stop;
}
