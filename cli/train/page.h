/* The page that goes along with `loci train --live`. */
#ifndef LOCI_CLI_TRAIN_PAGE_H
#define LOCI_CLI_TRAIN_PAGE_H

#include "common/training.h"
#include "live/live.h"

/* Starts as zeros. */
typedef struct train_page {
    bool wanted;
    live_options options;
    live_server *server; /* NULL: none */
    train_follower follower;
} train_page;

void train_page_options(cli_options *options, train_page *page);
/* Whether what was given goes together, and can be had: CLI_GO_ON or an exit code. */
int train_page_check(const train_page *page);
/* Serves it, if it was asked for, and has the request's runs followed; page must outlive them.
 * CLI_GO_ON or an exit code. */
int train_page_open(train_page *page, const train_run *runs, size_t count, train_request *request);
/* Ends it; status: what the command came to. Who sits at a terminal may want to go on looking, and
 * ends it by a signal; a script wants to go on. */
void train_page_close(train_page *page, int status, const volatile sig_atomic_t *stop);

#endif
