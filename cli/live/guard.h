/* Who may ask: a page of this server itself, and whoever has the token. */
#ifndef LOCI_CLI_LIVE_GUARD_H
#define LOCI_CLI_LIVE_GUARD_H

#include "live/request.h"

/* Whether the name that the server was asked by is one of this machine: another one would be a page
 * of somebody else, whose name was made to lead here. */
bool live_host_known(const live_state *state, const char *host);
/* Whether no other site's page asks. */
bool live_same_site(const live_request *request);
/* Whether text is the token; takes as long whatever it is. NULL is not. */
bool live_is_token(const live_state *state, const char *text);
/* Whether the cookie that the server set holds it. */
bool live_has_cookie(const live_state *state, const char *cookies);

#endif
