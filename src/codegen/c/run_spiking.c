//@if fixed
/* What is left of a membrane after a step; beta is in 2^-15. */
static int32_t decay(int32_t membrane, int32_t beta) {
    int32_t high = membrane >> 15, low = membrane & 0x7fff;
    return high * beta + (low * beta >> 15);
}
//@else
/* What is left of a membrane after a step. */
static float decay(float membrane, float beta) {
    return beta * membrane;
}
//@end

//@if latency
//@if table
/* Whether an input spikes in time step t: large ones early, small ones late, 0 never. */
//@else
/* Whether a pixel spikes in time step t: bright ones early, dark ones late, black ones never. */
//@end
static int spikes(uint32_t pixel, uint32_t t) {
    /* in 510ths of a step, rounded to the nearest; what is too early wraps around */
    uint32_t moment = 2 * (255 - pixel) * (STEPS - 1) + 255;
    return pixel != 0 && moment - 510 * t < 510;
}

//@end
/* One time step of a layer: membranes decay, take up current, and fire. */
static void step(const layer *l, const number *current, net_scratch *scratch) {
    number *membrane = scratch->membrane + l->first;
    uint8_t *fired = scratch->fired + l->first;
    for (uint32_t j = 0; j < l->receivers; j++) {
        //@if reset_zero
        number before = fired[j] ? 0 : membrane[j];
        //@else
        number before = membrane[j];
        //@end
        //@if beta_each
        number u = decay(before, l->beta[j]);
        //@else
        number u = decay(before, l->beta);
        //@end
        //@if gain
        u += l->gain[j] * current[j] + l->bias[j];
        //@end
        //@if scale
        u += l->scale * current[j] + l->bias[j];
        //@end
        //@if plain
        u += current[j] + l->bias[j];
        //@end
        //@if threshold_each
        if (l->threshold != 0) {
            //@if reset_subtract
            u -= fired[j] ? l->threshold[j] : 0;
            //@end
            fired[j] = u > l->threshold[j];
        }
        //@else
        //@if reset_subtract
        u -= fired[j] ? l->threshold : 0;
        //@end
        fired[j] = u > l->threshold;
        //@end
        membrane[j] = u;
    }
}

/* The logits after time step t. */
static void read_out(uint32_t t, number *logits, const net_scratch *scratch) {
    uint32_t first = layers[LAYERS - 1].first;
    for (uint32_t c = 0; c < layers[LAYERS - 1].receivers; c++) {
        //@if read_count
        logits[c] = (t == 0 ? 0 : logits[c]) + scratch->fired[first + c];
        //@end
        //@if read_mean
        logits[c] = (t == 0 ? 0 : logits[c]) + scratch->membrane[first + c];
        //@end
        //@if read_max
        number v = scratch->membrane[first + c];
        logits[c] = t == 0 || v > logits[c] ? v : logits[c];
        //@end
        //@if read_last
        (void)t;
        logits[c] = scratch->membrane[first + c];
        //@end
    }
}

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
