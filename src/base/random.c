#include "base/random.h"

#include <math.h>

void loci_random_words(const loci_random *stream, uint64_t index, uint32_t words[4]) {
    uint32_t c0 = (uint32_t)index, c1 = (uint32_t)(index >> 32), c2 = stream->purpose,
             c3 = stream->round;
    uint32_t k0 = (uint32_t)stream->seed, k1 = (uint32_t)(stream->seed >> 32);
    for (int r = 0; r < 10; r++) {
        uint64_t a = (uint64_t)0xD2511F53u * c0;
        uint64_t b = (uint64_t)0xCD9E8D57u * c2;
        uint32_t n0 = (uint32_t)(b >> 32) ^ c1 ^ k0, n2 = (uint32_t)(a >> 32) ^ c3 ^ k1;
        c1 = (uint32_t)b;
        c3 = (uint32_t)a;
        c0 = n0;
        c2 = n2;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    words[0] = c0;
    words[1] = c1;
    words[2] = c2;
    words[3] = c3;
}

static double unit(uint32_t high, uint32_t low) {
    uint64_t bits = ((uint64_t)high << 32 | low) >> 11;
    return (double)bits * 0x1p-53;
}

double loci_random_uniform(const loci_random *stream, uint64_t index) {
    uint32_t w[4];
    loci_random_words(stream, index, w);
    return unit(w[0], w[1]);
}

double loci_random_normal(const loci_random *stream, uint64_t index) {
    uint32_t w[4];
    loci_random_words(stream, index, w);
    double u = 1.0 - unit(w[0], w[1]); /* (0, 1]: the logarithm needs it */
    return sqrt(-2.0 * log(u)) * cos(6.283185307179586 * unit(w[2], w[3]));
}

uint32_t loci_random_below(const loci_random *stream, uint64_t index, uint32_t bound) {
    uint32_t w[4];
    loci_random_words(stream, index, w);
    return (uint32_t)((unsigned __int128)((uint64_t)w[0] << 32 | w[1]) * bound >> 64);
}

void loci_random_permutation(const loci_random *stream, uint32_t *order, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        order[i] = i;
    for (uint32_t i = count; i > 1; i--) {
        uint32_t j = loci_random_below(stream, i, i), swap = order[i - 1];
        order[i - 1] = order[j];
        order[j] = swap;
    }
}
