#include "data/mersenne.h"

enum { N = LOCI_MERSENNE_WORDS, M = 397 };

void loci_mersenne_seed(loci_mersenne *state, uint32_t seed) {
    state->word[0] = seed;
    for (uint32_t i = 1; i < N; i++) {
        uint32_t before = state->word[i - 1];
        state->word[i] = 1812433253u * (before ^ before >> 30) + i;
    }
    state->next = N;
}

/* All words anew. */
static void turn(loci_mersenne *state) {
    uint32_t *word = state->word;
    for (uint32_t i = 0; i < N; i++) {
        uint32_t y = (word[i] & 0x80000000u) | (word[(i + 1) % N] & 0x7fffffffu);
        word[i] = word[(i + M) % N] ^ y >> 1 ^ ((y & 1) != 0 ? 0x9908b0dfu : 0);
    }
    state->next = 0;
}

static uint32_t draw(loci_mersenne *state) {
    if (state->next == N)
        turn(state);
    uint32_t y = state->word[state->next++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c5680u;
    y ^= y << 15 & 0xefc60000u;
    return y ^ y >> 18;
}

double loci_mersenne_uniform(loci_mersenne *state) {
    uint32_t high = draw(state) >> 5, low = draw(state) >> 6;
    return ((double)high * 67108864 + (double)low) / 9007199254740992;
}

/* As numpy does it: as many bits as the largest has, until they are not too many. */
uint32_t loci_mersenne_below(loci_mersenne *state, uint32_t bound) {
    uint32_t mask = bound - 1, value;
    for (unsigned shift = 1; shift < 32; shift *= 2)
        mask |= mask >> shift;
    if (mask == 0)
        return 0;
    do
        value = draw(state) & mask;
    while (value >= bound);
    return value;
}
