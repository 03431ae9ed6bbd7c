#include "synapse/connections.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "synapse/connections_list.h"

/* ---- making a list: counted by receiver, then filled ---- */

int loci_connections_open(loci_connections **out, size_t n, size_t m, loci_error *error) {
    loci_connections *c = calloc(1, sizeof *c);
    *out = c;
    if (c == NULL)
        return loci_fail_memory(error, "connections");
    *c = (loci_connections){.n = n, .m = m};
    c->receiver_start = loci_arena_take(&c->arena, m + 1, sizeof *c->receiver_start);
    c->sender_start = loci_arena_take(&c->arena, n + 1, sizeof *c->sender_start);
    return loci_arena_status(&c->arena, "connections", error);
}

int loci_connections_begin(loci_connections *c, loci_error *error) {
    uint32_t *start = c->receiver_start;
    for (size_t j = 0; j < c->m; j++) {
        c->count += start[j + 1];
        start[j + 1] = (uint32_t)c->count - start[j + 1]; /* of the receiver before, the end */
    }
    if (c->count > UINT32_MAX)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "connections",
                         "more than 2^32 in one layer pair");
    c->sender = loci_arena_take(&c->arena, c->count, sizeof *c->sender);
    c->receiver = loci_arena_take(&c->arena, c->count, sizeof *c->receiver);
    c->connection = loci_arena_take(&c->arena, c->count, sizeof *c->connection);
    return loci_arena_status(&c->arena, "connections", error);
}

void loci_connections_end(loci_connections *c) {
    for (size_t t = 0; t < c->count; t++)
        c->sender_start[c->sender[t] + 1]++;
    for (size_t i = 0; i < c->n; i++)
        c->sender_start[i + 1] += c->sender_start[i];
    for (size_t j = 0; j < c->m; j++)
        for (uint32_t t = c->receiver_start[j]; t < c->receiver_start[j + 1]; t++) {
            /* moves on to where the next begins */
            uint32_t place = c->sender_start[c->sender[t]]++;
            c->receiver[place] = (uint32_t)j;
            c->connection[place] = t;
        }
    memmove(c->sender_start + 1, c->sender_start, c->n * sizeof *c->sender_start);
    c->sender_start[0] = 0;
}

/* Whether the connection from i to j is in a set. */
typedef bool is_kept(const void *set, size_t i, size_t j);

static int list(loci_connections **out, size_t n, size_t m, is_kept *kept, const void *set,
                loci_error *error) {
    loci_connections *c;
    int status = loci_connections_open(&c, n, m, error);
    for (size_t i = 0; status == LOCI_OK && i < n; i++)
        for (size_t j = 0; j < m; j++)
            c->receiver_start[j + 1] += kept(set, i, j);
    if (status == LOCI_OK)
        status = loci_connections_begin(c, error);
    if (status != LOCI_OK) {
        loci_connections_free(c);
        return status;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++)
            if (kept(set, i, j))
                c->sender[c->receiver_start[j + 1]++] = (uint32_t)i;
    loci_connections_end(c);
    *out = c;
    return LOCI_OK;
}

struct mask {
    const uint8_t *mask;
    size_t ld;
};

static bool in_mask(const void *set, size_t i, size_t j) {
    const struct mask *x = set;
    return x->mask[i * x->ld + j] != 0;
}

int loci_connections_of_mask(loci_connections **out, size_t n, size_t m, const uint8_t *mask,
                             size_t ld, loci_error *error) {
    const struct mask set = {mask, ld};
    return list(out, n, m, in_mask, &set, error);
}

static bool in_bitmap(const void *set, size_t i, size_t j) {
    const struct mask *x = set;
    size_t bit = i * x->ld + j;
    return x->mask[bit / 8] >> bit % 8 & 1;
}

int loci_connections_of_bitmap(loci_connections **out, size_t n, size_t m, const uint8_t *bitmap,
                               loci_error *error) {
    const struct mask set = {bitmap, m};
    return list(out, n, m, in_bitmap, &set, error);
}

void loci_connections_free(loci_connections *c) {
    if (c == NULL)
        return;
    loci_arena_clear(&c->arena);
    free(c);
}

size_t loci_connections_bytes(const loci_connections *c) {
    return c->arena.bytes;
}

/* ---- other forms of it ---- */

void loci_connections_mask(const loci_connections *c, uint8_t *mask, size_t ld) {
    memset(mask, 0, c->n * ld);
    for (size_t i = 0; i < c->n; i++)
        for (uint32_t place = c->sender_start[i]; place < c->sender_start[i + 1]; place++)
            mask[i * ld + c->receiver[place]] = 1;
}

void loci_connections_clear_others(const loci_connections *c, float *weights) {
    for (size_t i = 0; i < c->n; i++) {
        const uint32_t *next = c->receiver + c->sender_start[i],
                       *end = c->receiver + c->sender_start[i + 1];
        for (size_t j = 0; j < c->m; j++)
            if (next < end && *next == j)
                next++;
            else
                weights[i * c->m + j] = 0;
    }
}

size_t loci_bitmap_bytes(size_t n, size_t m) {
    return (n * m + 7) / 8;
}

void loci_connections_bitmap(const loci_connections *c, uint8_t *bitmap) {
    memset(bitmap, 0, loci_bitmap_bytes(c->n, c->m));
    for (size_t i = 0; i < c->n; i++)
        for (uint32_t place = c->sender_start[i]; place < c->sender_start[i + 1]; place++) {
            size_t bit = i * c->m + c->receiver[place];
            bitmap[bit / 8] |= (uint8_t)(1 << bit % 8);
        }
}

/* ---- where they pay ---- */

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
