/* What the server answers: from what was asked to what is sent, without a connection. */
#ifndef LOCI_CLI_LIVE_REQUEST_H
#define LOCI_CLI_LIVE_REQUEST_H

#include "live/state.h"

enum {
    LIVE_MOST_BODY = 1024, /* bytes of a POST */
    LIVE_ALL_RUNS = -1,
    LIVE_NO_RUN = -2,  /* of a page that waits for one */
    LIVE_LOCATION = 64 /* bytes of where another address is */
};

/* All that is looked at; texts that are not there are NULL. */
typedef struct live_request {
    const char *method, *path;
    const char *host, *origin, *site, *destination; /* headers; the last two Sec-Fetch-... */
    const char *token_header, *cookies;
    const char *key, *run, *token; /* arguments of the address */
    const char *body;              /* [size], of a POST */
    size_t size;
} live_request;

typedef struct live_response {
    unsigned status;
    const char *type;  /* of the body */
    live_bytes *bytes; /* the caller drops them; NULL: an empty body, or a stream */
    bool stream;       /* events of a run, or of LIVE_ALL_RUNS */
    long run;
    char location[LIVE_LOCATION]; /* another address, or "" */
    bool set_cookie;
} live_response;

/* Fills all of the response. bytes are NULL, and the status 500, where memory is short. */
void live_answer(live_state *state, const live_request *request, live_response *response);

#endif
