/* Which power of 16 brings a square, which is not 0, below 256 when it is divided by it. */
static uint32_t range_of(uint32_t square) {
#if defined(__GNUC__) && (!defined(__arm__) || defined(__ARM_FEATURE_CLZ))
    return (27 - (uint32_t)__builtin_clz(square | 16)) / 4;
#else
    uint32_t range = square < 0x100000u ? 3 : 4;
    if (square < 0x10000u)
        range = square < 0x1000u ? square >= 0x100u : 2;
    else if (square >= 0x1000000u)
        range = square < 0x10000000u ? 5 : 6;
    return range;
#endif
}

/* 1 / sqrt(square), in units that depend on shift. */
static int32_t inverse_root(uint32_t square, uint32_t shift) {
    uint32_t range = range_of(square);
    return (int32_t)((uint32_t)root_table[square >> 4 * range] << 15 >> (shift + 2 * range));
}
