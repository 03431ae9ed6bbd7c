//@if fixed
typedef int32_t number; /* what is computed with */
//@if nibbles
typedef uint8_t stored; /* two numbers of -8 .. 7, the first in the lower half */
//@else
typedef int8_t stored; /* what positions, charges or weights are kept as */
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
    //@else
    return table[i];
    //@end
}

//@end
