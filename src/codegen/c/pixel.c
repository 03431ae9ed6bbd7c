/* The pixel that an input neuron looks at. */
static uint32_t pixel_of(uint32_t input) {
    //@if shrunk
    return pixels_used[input];
    //@else
    return input;
    //@end
}
