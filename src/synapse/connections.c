#include "synapse/connections.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

static void list_senders(loci_connections *c, const loci_selection *selection) {
    for (size_t i = 0; i < c->n; i++)
        for (size_t j = 0; j < c->m; j++)
            c->receiver_start[j + 1] += selection->mask[i * selection->ld + j];
    for (size_t j = 0; j < c->m; j++)
        c->receiver_start[j + 1] += c->receiver_start[j];
    for (size_t i = 0; i < c->n; i++) /* to[j] moves on to the start of the next */
        for (size_t j = 0; j < c->m; j++)
            if (selection->mask[i * selection->ld + j] != 0)
                c->sender[c->receiver_start[j]++] = (uint32_t)i;
    memmove(c->receiver_start + 1, c->receiver_start, c->m * sizeof *c->receiver_start);
    c->receiver_start[0] = 0;
}

static void list_receivers(loci_connections *c) {
    for (size_t t = 0; t < c->count; t++)
        c->sender_start[c->sender[t] + 1]++;
    for (size_t i = 0; i < c->n; i++)
        c->sender_start[i + 1] += c->sender_start[i];
    for (size_t j = 0; j < c->m; j++)
        for (uint32_t t = c->receiver_start[j]; t < c->receiver_start[j + 1]; t++) {
            uint32_t place = c->sender_start[c->sender[t]]++;
            c->receiver[place] = (uint32_t)j;
            c->connection[place] = t;
        }
    memmove(c->sender_start + 1, c->sender_start, c->n * sizeof *c->sender_start);
    c->sender_start[0] = 0;
}

int loci_connections_create(loci_connections **out, const loci_selection *selection,
                            loci_error *error) {
    loci_connections *c = calloc(1, sizeof *c);
    if (c == NULL)
        return loci_fail_memory(error, "connections");
    *c = (loci_connections){.n = selection->n, .m = selection->m, .count = selection->count};
    c->receiver_start = loci_alloc(c->m + 1, sizeof *c->receiver_start);
    c->sender_start = loci_alloc(c->n + 1, sizeof *c->sender_start);
    c->sender = loci_alloc(c->count, sizeof *c->sender);
    c->receiver = loci_alloc(c->count, sizeof *c->receiver);
    c->connection = loci_alloc(c->count, sizeof *c->connection);
    if (c->receiver_start == NULL || c->sender_start == NULL || c->sender == NULL ||
        c->receiver == NULL || c->connection == NULL) {
        loci_connections_free(c);
        return loci_fail_memory(error, "connections");
    }
    list_senders(c, selection);
    list_receivers(c);
    *out = c;
    return LOCI_OK;
}

void loci_connections_free(loci_connections *c) {
    if (c == NULL)
        return;
    free(c->receiver_start);
    free(c->sender_start);
    free(c->sender);
    free(c->receiver);
    free(c->connection);
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
