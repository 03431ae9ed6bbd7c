/* Ctrl-C and its relatives: ask nicely first. */
#include <string.h>

#include "cli.h"

static volatile sig_atomic_t stop;

static void raise_flag(int number) {
    (void)number;
    stop = 1;
}

const volatile sig_atomic_t *cli_catch_signals(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = raise_flag;
    action.sa_flags = (int)SA_RESETHAND | SA_RESTART; /* a second Ctrl-C ends the program at once */
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    return &stop;
}
