#include "synapse/connections.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

static void list_senders(loci_connections *c, const loci_kept *kept) {
    for (size_t i = 0; i < c->n; i++)
        for (size_t j = 0; j < c->m; j++)
            c->to[j + 1] += kept->keep[i * kept->ld + j];
    for (size_t j = 0; j < c->m; j++)
        c->to[j + 1] += c->to[j];
    for (size_t i = 0; i < c->n; i++) /* to[j] moves on to the start of the next */
        for (size_t j = 0; j < c->m; j++)
            if (kept->keep[i * kept->ld + j] != 0)
                c->sender[c->to[j]++] = (uint32_t)i;
    memmove(c->to + 1, c->to, c->m * sizeof *c->to);
    c->to[0] = 0;
}

static void list_receivers(loci_connections *c) {
    for (size_t t = 0; t < c->count; t++)
        c->from[c->sender[t] + 1]++;
    for (size_t i = 0; i < c->n; i++)
        c->from[i + 1] += c->from[i];
    for (size_t j = 0; j < c->m; j++)
        for (uint32_t t = c->to[j]; t < c->to[j + 1]; t++) {
            uint32_t place = c->from[c->sender[t]]++;
            c->receiver[place] = (uint32_t)j;
            c->number[place] = t;
        }
    memmove(c->from + 1, c->from, c->n * sizeof *c->from);
    c->from[0] = 0;
}

int loci_connections_create(loci_connections **out, const loci_kept *kept, loci_error *error) {
    loci_connections *c = calloc(1, sizeof *c);
    if (c == NULL)
        return loci_fail_memory(error, "connections");
    *c = (loci_connections){.n = kept->n, .m = kept->m, .count = kept->count};
    c->to = loci_alloc(c->m + 1, sizeof *c->to);
    c->from = loci_alloc(c->n + 1, sizeof *c->from);
    c->sender = loci_alloc(c->count, sizeof *c->sender);
    c->receiver = loci_alloc(c->count, sizeof *c->receiver);
    c->number = loci_alloc(c->count, sizeof *c->number);
    if (c->to == NULL || c->from == NULL || c->sender == NULL || c->receiver == NULL ||
        c->number == NULL) {
        loci_connections_free(c);
        return loci_fail_memory(error, "connections");
    }
    list_senders(c, kept);
    list_receivers(c);
    *out = c;
    return LOCI_OK;
}

void loci_connections_free(loci_connections *c) {
    if (c == NULL)
        return;
    free(c->to);
    free(c->from);
    free(c->sender);
    free(c->receiver);
    free(c->number);
    free(c);
}

bool loci_connections_pay_alone(size_t n, size_t m, size_t count) {
    double all = (double)n * (double)m, share = all * sizeof(float) > 1 << 20 ? 0.06 : 0.03;
    return (double)count < share * all;
}

bool loci_connections_pay(size_t n, size_t m, size_t count) {
    return (double)count < 0.08 * (double)n * (double)m;
}

bool loci_connections_pay_many(size_t n, size_t m, size_t count) {
    return (double)count < 0.24 * (double)n * (double)m;
}
