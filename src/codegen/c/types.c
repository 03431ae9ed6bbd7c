//@if fixed
typedef int32_t number; /* what is computed with */
//@if nibbles
typedef uint8_t stored; /* two numbers of -8 .. 7, the first in the lower half */
//@end
//@if quarters
typedef uint8_t stored; /* four numbers of -2 .. 1, the first in the lowest bits */
//@end
//@if whole_bytes
typedef int8_t stored; /* what positions, charges or weights are kept as */
//@end
//@if charges_apart
//@if charge_nibbles
typedef uint8_t stowed; /* two charges of -8 .. 7, the first in the lower half */
//@end
//@if charge_quarters
typedef uint8_t stowed; /* four charges of -2 .. 1, the first in the lowest bits */
//@end
//@if charge_bytes
typedef int8_t stowed; /* what charges are kept as */
//@end
//@end
//@else
typedef float number;
typedef float stored;
//@end
//@if maps
//@if fixed
typedef int16_t held; /* what maps send, in rows that are kept */
//@else
typedef float held; /* what maps send, in rows that are kept */
//@end
//@end
//@if wide_starts
typedef uint32_t start_index;
//@end
//@if narrow_starts
typedef uint16_t start_index;
//@end

//@if at
/* Number i of a table. */
static number at(const stored *table, uint32_t i) {
    //@if nibbles
    number bits = table[i / 2] >> (i % 2 * 4) & 15;
    return bits - (bits & 8) * 2;
    //@end
    //@if quarters
    number bits = table[i / 4] >> (i % 4 * 2) & 3;
    return bits - (bits & 2) * 2;
    //@end
    //@if whole_bytes
    return table[i];
    //@end
}

//@end
//@if charges_apart
/* Charge i of a table. */
static number charge_at(const stowed *table, uint32_t i) {
    //@if charge_nibbles
    number bits = table[i / 2] >> (i % 2 * 4) & 15;
    return bits - (bits & 8) * 2;
    //@end
    //@if charge_quarters
    number bits = table[i / 4] >> (i % 4 * 2) & 3;
    return bits - (bits & 2) * 2;
    //@end
    //@if charge_bytes
    return table[i];
    //@end
}

//@end
