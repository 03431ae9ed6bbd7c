/* A figure that is drawn again as its runs go on. */
#include <stdlib.h>

#include "common/follow.h"
#include "figure/figure.h"

/* Seconds between two looks. */
static const double look_every = 0.5;

/* Whether each run has an epoch to draw. */
static bool begun(const figure_request *request) {
    for (size_t i = 0; i < request->count; i++) {
        loci_metrics *metrics = NULL;
        size_t count = 0;
        int status = loci_metrics_read(&metrics, &count, request->runs[i], NULL);
        free(metrics);
        if (status == LOCI_E_NOT_FOUND || (status == LOCI_OK && count == 0))
            return false; /* what else is wrong, drawing says */
    }
    return true;
}

/* Looks at all of them, so that all stamps are the present ones. */
static bool changed(const figure_request *request, cli_stamp *stamps) {
    bool any = false;
    for (size_t i = 0; i < request->count; i++)
        any |= cli_stamp_changed(&stamps[i], request->runs[i], "metrics.jsonl");
    return any;
}

static bool over(const figure_request *request) {
    for (size_t i = 0; i < request->count; i++)
        if (!cli_run_is_over(request->runs[i]))
            return false;
    return true;
}

int figure_follow(const figure_request *request, int (*draw)(const figure_request *)) {
    static cli_stamp stamps[FIGURE_MOST_RUNS];
    const volatile sig_atomic_t *stop = cli_catch_signals();
    int status = CLI_DONE;
    bool ended = false;
    while (!cli_is_raised(stop) && !ended) {
        /* asked first: what is written between is drawn once more */
        ended = over(request);
        if ((changed(request, stamps) || ended) && begun(request))
            status = draw(request);
        if (status != CLI_DONE)
            return status;
        if (!ended)
            cli_wait(look_every, stop);
    }
    return CLI_DONE;
}
