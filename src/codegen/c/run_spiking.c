//@if hidden
/* The current that the spikes of the layer before bring. */
static number *current_of_spikes(uint32_t k, net_scratch *scratch) {
    const layer *l = &layers[k];
    const uint8_t *fired = scratch->fired + layers[k - 1].first;
    for (uint32_t j = 0; j < l->receivers; j++)
        scratch->current[j] = 0;
    for (uint32_t i = 0; i < l->senders; i++)
        if (fired[i]) /* what is silent costs nothing */
            send(l, i, 1, scratch->current);
    return scratch->current;
}

//@end
//@if latency
/* The current that pixels bring in time step t. */
static number *current_of_spiking_pixels(const given_t *pixels, uint32_t t, net_scratch *scratch) {
    for (uint32_t j = 0; j < layers[0].receivers; j++)
        scratch->input[j] = 0;
    //@if counts
    for (uint32_t i = 0; i < layers[0].senders; i++)
        if (spikes((uint32_t)enter(pixels, i), t))
            send(&layers[0], i, 1, scratch->input);
    //@else
    for (uint32_t i = 0; i < layers[0].senders; i++)
        if (spikes(pixels[pixel_of(i)], t))
            send(&layers[0], i, 1, scratch->input);
    //@end
    return scratch->input;
}

//@else
/* The current that pixels bring. */
static number *current_of_pixels(const given_t *pixels, net_scratch *scratch) {
    for (uint32_t j = 0; j < layers[0].receivers; j++)
        scratch->input[j] = 0;
    for (uint32_t i = 0; i < layers[0].senders; i++) {
        //@insert enter
        if (x != 0)
            send(&layers[0], i, x, scratch->input);
    }
    return scratch->input;
}

//@end
void net_run(const given_t *pixels, number *logits, net_scratch *scratch) {
    for (uint32_t j = 0; j < NEURONS; j++) {
        scratch->membrane[j] = 0;
        //@if adapts
        scratch->adapted[j] = 0;
        //@end
        scratch->fired[j] = 0;
    }
    //@if constant
    /* the current is the same in all steps, so it is computed once */
    number *input = current_of_pixels(pixels, scratch);
    //@end
    for (uint32_t t = 0; t < STEPS; t++) {
        //@if latency
        number *input = current_of_spiking_pixels(pixels, t, scratch);
        //@end
        step(&layers[0], input, scratch);
        //@if hidden
        for (uint32_t k = 1; k < LAYERS; k++)
            step(&layers[k], current_of_spikes(k, scratch), scratch);
        //@end
        read_out(t, logits, scratch);
    }
    //@if float
    for (uint32_t c = 0; c < NET_CLASSES; c++)
        logits[c] *= LOGIT_SCALE;
    //@end
    //@if units
    to_units(logits);
    //@end
}
