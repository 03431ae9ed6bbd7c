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
