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
