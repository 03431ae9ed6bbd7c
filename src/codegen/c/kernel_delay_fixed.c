/* How long a connection takes, in steps / 256: its length, the root of the square, by a table with
 * straight lines between its entries, times the pace. */
static uint32_t delay_of(const layer *l, uint32_t square) {
    uint32_t zeros = leading_zeros(square) & ~1u;
    uint32_t digits = square << zeros, i = (digits >> 26) - 16;
    uint32_t rise = (uint32_t)(length_table[i + 1] - length_table[i]);
    uint32_t length = length_table[i] + (rise * (digits >> 16 & 1023) >> 10);
    uint32_t shift = l->pace_shift + zeros / 2;
    uint32_t late = shift < 32 ? length * l->pace >> shift : 0;
    //@if recurrent
    late = late > l->soonest ? late - l->soonest : 0;
    //@end
    return late < l->latest ? late : l->latest;
}
