//@if delays
/* What arrives at layer k. */
static arrivals arrivals_of(uint32_t k, net_scratch *scratch) {
    const layer *l = &layers[k];
    arrivals to = {scratch->current + l->ring, l->steps * l->receivers, scratch->now[k]};
    return to;
}
//@else
typedef number *arrivals;

/* What arrives at layer k. */
static arrivals arrivals_of(uint32_t k, net_scratch *scratch) {
    return scratch->current + layers[k].first;
}
//@end

/* Layer k in this time step, once all has arrived; what it sends itself arrives in the next. */
static void run_layer(uint32_t k, net_scratch *scratch) {
    const layer *l = &layers[k];
    //@if delays
    number *current = scratch->current + l->ring + scratch->now[k];
    //@else
    number *current = scratch->current + l->first;
    //@end
    step(l, current, scratch);
    for (uint32_t j = 0; j < l->receivers; j++)
        current[j] = 0;
    //@if delays
    scratch->now[k] += l->receivers;
    if (scratch->now[k] == l->steps * l->receivers)
        scratch->now[k] = 0;
    //@end
    //@if recurrent
    arrivals to = arrivals_of(k, scratch);
    for (uint32_t j = 0; k + 1 < LAYERS && j < l->receivers; j++)
        if (scratch->fired[l->first + j]) /* what is silent costs nothing */
            send(&loops[k], j, loops[k].spike, to);
    //@end
}

/* A time step, once what enters has been sent. */
static void run_all_layers(number *logits, net_scratch *scratch) {
    run_layer(0, scratch);
    //@if hidden
    for (uint32_t k = 1; k < LAYERS; k++) {
        arrivals to = arrivals_of(k, scratch);
        const uint8_t *fired = scratch->fired + layers[k - 1].first;
        for (uint32_t i = 0; i < layers[k].senders; i++)
            if (fired[i]) /* what is silent costs nothing */
                send(&layers[k], i, 1, to);
        run_layer(k, scratch);
    }
    //@end
    read_out(scratch->step, logits, scratch);
    scratch->step++;
}

/* Everything at rest. */
static void rest(net_scratch *scratch) {
    for (uint32_t j = 0; j < NEURONS; j++) {
        scratch->membrane[j] = 0;
        //@if adapts
        scratch->adapted[j] = 0;
        //@end
        scratch->fired[j] = 0;
    }
    for (uint32_t j = 0; j < CURRENTS; j++)
        scratch->current[j] = 0;
    //@if delays
    for (uint32_t k = 0; k < LAYERS; k++)
        scratch->now[k] = 0;
    //@end
    scratch->step = 0;
}

/* From what is summed up to logits. */
static void finish(number *logits) {
    //@if float
    for (uint32_t c = 0; c < NET_CLASSES; c++)
        logits[c] *= LOGIT_SCALE;
    //@else
    (void)logits;
    //@end
    //@if units
    to_units(logits);
    //@end
}

//@if events
void net_start(net_scratch *scratch) {
    rest(scratch);
    for (uint32_t c = 0; c < NET_CLASSES; c++)
        scratch->logits[c] = 0;
}

void net_step(const uint16_t *channels, uint32_t count, net_scratch *scratch) {
    arrivals to = arrivals_of(0, scratch);
    for (uint32_t e = 0; e < count; e++)
        send(&layers[0], channels[e], 1, to);
    run_all_layers(scratch->logits, scratch);
}

void net_read(number *logits, const net_scratch *scratch) {
    for (uint32_t c = 0; c < NET_CLASSES; c++)
        logits[c] = scratch->logits[c];
    finish(logits);
}

//@if classes
int net_class(const net_scratch *scratch) {
    int best = 0;
    for (int c = 1; c < NET_CLASSES; c++)
        if (scratch->logits[c] > scratch->logits[best])
            best = c;
    return best;
}

//@end
void net_run(const given_t *counts, number *logits, net_scratch *scratch) {
    net_start(scratch);
    for (uint32_t t = 0; t < STEPS; t++) {
        arrivals to = arrivals_of(0, scratch);
        for (uint32_t i = 0; i < layers[0].senders; i++) {
            number x = counts[t * NET_CHANNELS + i];
            if (x != 0)
                send(&layers[0], i, x, to);
        }
        run_all_layers(scratch->logits, scratch);
    }
    net_read(logits, scratch);
}
//@else
//@if constant
/* What pixels bring, which is the same in all steps. */
static void take_pixels(const given_t *pixels, net_scratch *scratch) {
    for (uint32_t j = 0; j < layers[0].receivers; j++)
        scratch->input[j] = 0;
    //@if delays
    arrivals to = {scratch->arriving, layers[0].taps * layers[0].receivers, 0};
    for (uint32_t j = 0; j < to.size; j++)
        to.ring[j] = 0;
    //@else
    arrivals to = scratch->input;
    //@end
    for (uint32_t i = 0; i < layers[0].senders; i++) {
        //@insert enter
        if (x != 0)
            send(&layers[0], i, x, to);
    }
}

/* The current that pixels bring by now. */
static void enter_step(uint32_t t, net_scratch *scratch) {
    //@if delays
    number *current = scratch->current + layers[0].ring + scratch->now[0];
    //@else
    number *current = scratch->current + layers[0].first;
    //@end
    for (uint32_t j = 0; j < layers[0].receivers; j++) {
        //@if delays
        if (t < layers[0].taps)
            scratch->input[j] += scratch->arriving[t * layers[0].receivers + j];
        //@end
        current[j] += scratch->input[j];
    }
    //@if delays
    //@else
    (void)t;
    //@end
}
//@else
/* What pixels send in time step t. */
static void enter_step(const given_t *pixels, uint32_t t, net_scratch *scratch) {
    arrivals to = arrivals_of(0, scratch);
    for (uint32_t i = 0; i < layers[0].senders; i++) {
        //@if counts
        if (spikes((uint32_t)enter(pixels, i), t))
            send(&layers[0], i, 1, to);
        //@else
        if (spikes(pixels[pixel_of(i)], t))
            send(&layers[0], i, 1, to);
        //@end
    }
}
//@end

void net_run(const given_t *pixels, number *logits, net_scratch *scratch) {
    rest(scratch);
    //@if constant
    take_pixels(pixels, scratch);
    //@end
    for (uint32_t t = 0; t < STEPS; t++) {
        //@if constant
        enter_step(t, scratch);
        //@else
        enter_step(pixels, t, scratch);
        //@end
        run_all_layers(logits, scratch);
    }
    finish(logits);
}
//@end
