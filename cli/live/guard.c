#include "live/guard.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The name of "name", "name:80", "[::1]:80"; the port may be another one, of a tunnel. "" where it
 * is none of these. */
static void name_of(const char *host, char *name, size_t size) {
    size_t length = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");
    const char *port = host + (length < strlen(host) ? length : strlen(host));
    bool good = length < size && (*port == '\0' || *port == ':');
    good = good && strspn(port + (*port == ':'), "0123456789") == strlen(port + (*port == ':'));
    snprintf(name, size, "%.*s", good ? (int)length : 0, host);
}

/* A number leads nowhere but to itself. */
static bool is_number(const char *name) {
    unsigned char address[16];
    char inner[64] = "";
    size_t length = strlen(name);
    if (name[0] == '[' && length > 2 && length < sizeof inner)
        memcpy(inner, name + 1, length - 2);
    return inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, inner, address) == 1;
}

bool live_host_known(const live_state *state, const char *host) {
    char name[128], own[128] = "";
    if (host == NULL)
        return false;
    name_of(host, name, sizeof name);
    if (strcmp(name, "127.0.0.1") == 0 || strcmp(name, "localhost") == 0 ||
        strcmp(name, "[::1]") == 0)
        return true;
    if (!state->bound || name[0] == '\0')
        return false;
    gethostname(own, sizeof own - 1);
    return is_number(name) || strcmp(name, own) == 0 || strcmp(name, state->host) == 0;
}

bool live_same_site(const live_request *request) {
    const char *site = request->site, *origin = request->origin;
    bool own = site == NULL || strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0;
    /* a link may lead here: it shows the page and learns nothing */
    bool visit = strcmp(request->method, "GET") == 0 && request->destination != NULL &&
                 strcmp(request->destination, "document") == 0;
    if (!own && !visit)
        return false;
    if (origin == NULL)
        return true;
    const char *name = strncmp(origin, "http://", 7) == 0    ? origin + 7
                       : strncmp(origin, "https://", 8) == 0 ? origin + 8
                                                             : NULL;
    return name != NULL && request->host != NULL && strcmp(name, request->host) == 0;
}

/* `length` bytes of text; all of the token's are looked at, so that time tells nothing. */
static bool same(const char *token, const char *text, size_t length) {
    unsigned differs = length != LIVE_TOKEN - 1;
    for (size_t i = 0; i < LIVE_TOKEN - 1; i++)
        differs |= (unsigned)(unsigned char)token[i] ^
                   (unsigned)(unsigned char)(i < length ? text[i] : '\0');
    return differs == 0;
}

bool live_is_token(const live_state *state, const char *text) {
    return text != NULL && same(state->token, text, strlen(text));
}

bool live_has_cookie(const live_state *state, const char *cookies) {
    char name[32];
    int length = snprintf(name, sizeof name, "loci-%u=", state->port);
    bool found = false;
    while (cookies != NULL && *cookies != '\0') {
        cookies += strspn(cookies, "; ");
        size_t size = strcspn(cookies, ";");
        if (size >= (size_t)length && strncmp(cookies, name, (size_t)length) == 0)
            found |= same(state->token, cookies + length, size - (size_t)length);
        cookies += size;
    }
    return found;
}
