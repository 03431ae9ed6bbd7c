/* Pairs of zero bits before the first pair with a 1. */
static uint32_t leading_pairs(uint32_t word) {
#if defined(__GNUC__) && (!defined(__arm__) || defined(__ARM_FEATURE_CLZ))
    return (uint32_t)__builtin_clz(word) / 2;
#else
    uint32_t pairs = 0;
    if (word < 0x10000u)
        word <<= 16, pairs += 8;
    if (word < 0x1000000u)
        word <<= 8, pairs += 4;
    if (word < 0x10000000u)
        word <<= 4, pairs += 2;
    return word < 0x40000000u ? pairs + 1 : pairs;
#endif
}

/* 1 / sqrt(square), in units that depend on shift: the square is moved up by pairs of bits to 2^30
 * or more, the root read from a table and what lies between its entries interpolated. */
static int32_t inverse_root(uint32_t square, uint32_t shift) {
    uint32_t pairs = leading_pairs(square);
    uint32_t scaled = square << 2 * pairs;
    uint32_t entry = (scaled >> 25) - 32, rest = scaled >> 9 & 0xffff;
    uint32_t high = root_table[entry], low = root_table[entry + 1];
    return (int32_t)((high - ((high - low) * rest >> 16)) >> (shift - pairs));
}
