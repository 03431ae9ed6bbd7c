//@if counts
/* How the counts of an input become what enters the network: from `first` to `last` by a straight
 * line, LEAST_INPUT below and MOST_INPUT above. */
typedef struct {
    uint32_t factor, offset; /* in 2^-SCALING_SHIFT; half a step is in offset, so that it rounds */
    given_t first, last;
} scaling;

//@insert scaling

//@end
/* The pixel that an input neuron looks at. */
static uint32_t pixel_of(uint32_t input) {
    //@if shrunk
    return pixels_used[input];
    //@else
    return input;
    //@end
}
//@if counts

/* The number that enters the network at an input neuron. */
static int32_t enter(const given_t *pixels, uint32_t i) {
    const scaling *s = &scalings[i];
    int32_t count = pixels[pixel_of(i)];
    if (count < s->first)
        return LEAST_INPUT;
    if (count > s->last)
        return MOST_INPUT;
    uint32_t above = (uint32_t)(count - s->first);
    return LEAST_INPUT + (int32_t)((above * s->factor + s->offset) >> SCALING_SHIFT);
}
//@end
