/* How many binary digits of a word, which is not 0, are 0 before its first 1. */
static uint32_t leading_zeros(uint32_t word) {
#if defined(__GNUC__) && (!defined(__arm__) || defined(__ARM_FEATURE_CLZ))
    return (uint32_t)__builtin_clz(word);
#else
    uint32_t zeros = word < 0x10000u ? 16 : 0;
    if (word << zeros < 0x1000000u)
        zeros += 8;
    if (word << zeros < 0x10000000u)
        zeros += 4;
    if (word << zeros < 0x40000000u)
        zeros += 2;
    if (word << zeros < 0x80000000u)
        zeros += 1;
    return zeros;
#endif
}

/* The law of distance at a square, in units of its layer: straight lines between the entries of a
 * table. The first digits of the square tell the segment, the next 8 the place in it. */
static int32_t law_at(const layer *l, uint32_t square) {
    uint32_t zeros = leading_zeros(square | 1u << l->law_bits);
    uint32_t digits = square << zeros;
    uint32_t power = 31u - l->law_bits - zeros;
    uint32_t i = (digits >> (31 - l->law_bits)) + (power << l->law_bits) - l->law_first;
    if (i >= l->law_segments)
        return 0;
    uint32_t part = digits >> (23 - l->law_bits) & 255;
    uint32_t drop = (uint32_t)(l->law[i] - l->law[i + 1]);
    return (int32_t)(l->law[i] - (drop * part >> 8));
}
