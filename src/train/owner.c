#define _GNU_SOURCE
#include "train/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "base/text.h"

static const char format[] = "loci-lock";

/* A small file of /proc; "" where it cannot be read. */
static void read_small(const char *path, char *out, size_t size) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? read(fd, out, size - 1) : 0;
    out[got > 0 ? got : 0] = '\0';
    if (fd >= 0)
        close(fd);
    out[strcspn(out, "\n")] = '\0';
}

/* What /proc says of a process: the state's letter, and the ticks after boot at which it began. The
 * name before them may hold blanks and brackets. False where it says nothing. It is read of the
 * main thread, which says the same: an emulator makes up /proc/PID/stat of the process it runs. */
static bool read_stat(uint64_t pid, char *state, uint64_t *start) {
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%" PRIu64 "/task/%" PRIu64 "/stat", pid, pid);
    read_small(path, text, sizeof text);
    const char *at = strrchr(text, ')');
    if (at == NULL || at[1] != ' ')
        return false;
    *state = at[2];
    at += 2;
    for (int field = 3; field < 22 && at != NULL; field++) {
        at = strchr(at, ' ');
        at += at != NULL;
    }
    *start = at != NULL ? strtoull(at, NULL, 10) : 0;
    return at != NULL;
}

static uint64_t draw_token(void) {
    uint64_t token = 0;
    struct timespec now;
    if (getrandom(&token, sizeof token, GRND_NONBLOCK) != sizeof token) {
        clock_gettime(CLOCK_REALTIME, &now);
        token = ((uint64_t)now.tv_sec << 30 ^ (uint64_t)now.tv_nsec) * 0x9e3779b97f4a7c15u +
                (uint64_t)getpid();
    }
    return token != 0 ? token : 1;
}

void loci_owner_self(loci_owner *out) {
    char state;
    memset(out, 0, sizeof *out);
    gethostname(out->host, sizeof out->host - 1);
    read_small("/proc/sys/kernel/random/boot_id", out->boot, sizeof out->boot);
    if (readlink("/proc/self/ns/pid", out->space, sizeof out->space - 1) < 0)
        out->space[0] = '\0';
    out->pid = (uint64_t)getpid();
    if (!read_stat(out->pid, &state, &out->start))
        out->start = 0;
    out->token = draw_token();
}

bool loci_owner_is_near(const loci_owner *owner, const loci_owner *self) {
    return self->boot[0] != '\0' && self->space[0] != '\0' &&
           strcmp(owner->boot, self->boot) == 0 && strcmp(owner->space, self->space) == 0;
}

/* Signal 0 asks and does nothing more. One that ended and that nobody has waited for yet is a
 * zombie: it does nothing any more, either. */
bool loci_owner_has_ended(const loci_owner *owner) {
    char state;
    uint64_t start;
    if (owner->pid == 0 || owner->pid > INT32_MAX)
        return false;
    if (kill((pid_t)owner->pid, 0) != 0 && errno == ESRCH)
        return true;
    if (!read_stat(owner->pid, &state, &start))
        return false; /* it is there and hidden */
    return state == 'Z' || state == 'X' || (owner->start != 0 && owner->start != start);
}

size_t loci_owner_print(const loci_owner *owner, char text[LOCI_OWNER_TEXT]) {
    char token[24], host[sizeof owner->host];
    snprintf(token, sizeof token, "%016" PRIx64, owner->token);
    loci_shown(host, sizeof host, owner->host);
    json_t *json = json_pack("{ss ss ss ss sI sI ss}", "format", format, "host", host, "boot",
                             owner->boot, "space", owner->space, "pid", (json_int_t)owner->pid,
                             "start", (json_int_t)owner->start, "token", token);
    char *printed = json != NULL ? loci_json_print(json, JSON_COMPACT) : NULL;
    int length = printed != NULL ? snprintf(text, LOCI_OWNER_TEXT, "%s\n", printed) : 0;
    free(printed);
    json_decref(json);
    return length > 0 && length < LOCI_OWNER_TEXT ? (size_t)length : 0;
}

int loci_owner_read(loci_owner *out, const char *text, size_t size) {
    char kind[16], token[24], *end = token;
    json_error_t why;
    json_t *json = loci_json_read(text, size, &why);
    memset(out, 0, sizeof *out);
    if (loci_json_is_short(json, &why))
        return LOCI_E_MEMORY;
    bool whole = json != NULL && loci_json_text(json, "format", kind, sizeof kind) &&
                 strcmp(kind, format) == 0 &&
                 loci_json_text(json, "host", out->host, sizeof out->host) &&
                 loci_json_text(json, "boot", out->boot, sizeof out->boot) &&
                 loci_json_text(json, "space", out->space, sizeof out->space) &&
                 loci_json_count(json, "pid", INT32_MAX, &out->pid) &&
                 loci_json_count(json, "start", INT64_MAX, &out->start) &&
                 loci_json_text(json, "token", token, sizeof token);
    json_decref(json);
    if (whole)
        out->token = strtoull(token, &end, 16);
    whole = whole && end == token + 16 && *end == '\0' && out->token != 0;
    return whole ? LOCI_OK : LOCI_E_FORMAT;
}
