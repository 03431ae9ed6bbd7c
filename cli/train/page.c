#include "train/page.h"

void train_page_options(cli_options *options, train_page *page) {
    cli_options_flag(options, "live", &page->wanted,
                     "serve a page that shows the network while it learns, and print its address");
    cli_options_text(options, "port", 0, "P", &page->options.port,
                     "of that page; 0: one that is free [7411, or one that is free]");
    cli_options_text(options, "bind", 0, "ADDRESS", &page->options.bind,
                     "let other machines have the page, by this address of yours; it takes a "
                     "token then [this machine alone]");
}

int train_page_check(const train_page *page) {
    const live_options *given = &page->options;
    if ((given->port != NULL || given->bind != NULL) && !page->wanted)
        return cli_usage(given->port != NULL ? "--port" : "--bind",
                         "is of the page that --live serves; add --live");
    return page->wanted ? live_possible("--live") : CLI_GO_ON;
}

static void begin(void *server, size_t number, const loci_dataset *data, bool prunes) {
    live_begin(server, number, data, prunes);
}

static void go_on(void *server, size_t number, const loci_progress *progress,
                  const volatile sig_atomic_t *stop) {
    live_progress(server, number, progress, stop);
}

static void end(void *server, size_t number, int status) {
    live_end(server, number, status);
}

int train_page_open(train_page *page, const train_run *runs, size_t count, train_request *request) {
    const char *directories[CLI_MOST_SEEDS];
    if (!page->wanted)
        return CLI_GO_ON;
    for (size_t i = 0; i < count; i++)
        directories[i] = runs[i].directory;
    int status = live_open(&page->server, &page->options, directories, count, true);
    if (status != CLI_GO_ON)
        return status;
    page->follower = (train_follower){page->server, begin, go_on, end};
    request->follower = &page->follower;
    return CLI_GO_ON;
}

void train_page_close(train_page *page, int status, const volatile sig_atomic_t *stop) {
    if (status == CLI_DONE && cli_is_terminal(stderr)) {
        fflush(stdout);
        live_stay(page->server, stop);
    } else {
        live_settle(page->server);
    }
    live_close(page->server);
}
