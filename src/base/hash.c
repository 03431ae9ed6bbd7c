#include "base/hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"

enum { STRIPE = 32 };

static const uint64_t prime[5] = {0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9,
                                  0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5};

static uint64_t turn(uint64_t x, int by) {
    return x << by | x >> (64 - by);
}

static uint64_t mix(uint64_t lane, uint64_t input) {
    return turn(lane + input * prime[1], 31) * prime[0];
}

void loci_hash_begin(loci_hash *h) {
    *h = (loci_hash){.lane = {prime[0] + prime[1], prime[1], 0, 0 - prime[0]}};
}

static void take_stripe(uint64_t lane[4], const unsigned char *p) {
    for (int k = 0; k < 4; k++)
        lane[k] = mix(lane[k], loci_u64le(p + 8 * k));
}

void loci_hash_bytes(loci_hash *h, const void *bytes, size_t size) {
    const unsigned char *p = bytes;
    size_t held = h->size % STRIPE;
    if (size == 0)
        return; /* bytes may be NULL */
    h->size += size;
    if (held + size < STRIPE) {
        memcpy(h->rest + held, p, size);
        return;
    }
    if (held > 0) {
        memcpy(h->rest + held, p, STRIPE - held);
        take_stripe(h->lane, h->rest);
        p += STRIPE - held;
        size -= STRIPE - held;
    }
    for (; size >= STRIPE; p += STRIPE, size -= STRIPE)
        take_stripe(h->lane, p);
    memcpy(h->rest, p, size);
}

void loci_hash_words(loci_hash *h, const void *words, size_t count) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    loci_hash_bytes(h, words, 4 * count);
#else
    for (size_t i = 0; i < count; i++) {
        uint32_t word;
        memcpy(&word, (const unsigned char *)words + 4 * i, sizeof word);
        word = __builtin_bswap32(word);
        loci_hash_bytes(h, &word, sizeof word);
    }
#endif
}

static uint64_t join_lanes(const loci_hash *h) {
    if (h->size < STRIPE)
        return prime[4];
    uint64_t sum =
        turn(h->lane[0], 1) + turn(h->lane[1], 7) + turn(h->lane[2], 12) + turn(h->lane[3], 18);
    for (int k = 0; k < 4; k++)
        sum = (sum ^ mix(0, h->lane[k])) * prime[0] + prime[3];
    return sum;
}

uint64_t loci_hash_end(const loci_hash *h) {
    uint64_t sum = join_lanes(h) + h->size;
    const unsigned char *p = h->rest, *end = p + h->size % STRIPE;
    for (; end - p >= 8; p += 8)
        sum = turn(sum ^ mix(0, loci_u64le(p)), 27) * prime[0] + prime[3];
    for (; end - p >= 4; p += 4)
        sum = turn(sum ^ loci_u32le(p) * prime[0], 23) * prime[1] + prime[2];
    for (; p < end; p++)
        sum = turn(sum ^ *p * prime[4], 11) * prime[0];
    sum = (sum ^ sum >> 33) * prime[1];
    sum = (sum ^ sum >> 29) * prime[2];
    return sum ^ sum >> 32;
}

void loci_hash_text(const loci_hash *h, char text[LOCI_HASH_TEXT]) {
    snprintf(text, LOCI_HASH_TEXT, "%016" PRIx64, loci_hash_end(h));
}
