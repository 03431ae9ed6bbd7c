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
    //@if latency_span
    /* in 510ths of a step / 4096, rounded to the nearest; what is too early wraps around */
    uint32_t moment = 2 * (255 - pixel) * LATEST + 255 * 4096;
    return pixel != 0 && moment - 510 * 4096 * t < 510 * 4096;
    //@else
    /* in 510ths of a step, rounded to the nearest; what is too early wraps around */
    uint32_t moment = 2 * (255 - pixel) * (STEPS - 1) + 255;
    return pixel != 0 && moment - 510 * t < 510;
    //@end
}

//@end
//@if adapts
//@if fixed
/* Within what is held: an adaptation can make a membrane swing. */
static int32_t hold(int32_t value) {
    return value > HELD ? HELD : value < -HELD ? -HELD : value;
}

//@end
/* The adaptation of neuron j after a step. */
static number adapt(const layer *l, uint32_t j, number before, number membrane, int fired) {
    //@if adaptation_each
    if (l->kept == 0)
        return 0; /* of a layer that does not fire */
    number a = decay(before, l->kept[j]) + decay(membrane, l->by_membrane[j]);
    a += fired ? l->by_spike[j] : 0;
    //@else
    (void)j;
    number a = decay(before, l->kept) + decay(membrane, l->by_membrane);
    a += fired ? l->by_spike : 0;
    //@end
    //@if fixed
    return hold(a);
    //@else
    return a;
    //@end
}

//@end
/* One time step of a layer: membranes decay, take up current, and fire. */
static void step(const layer *l, const number *current, net_scratch *scratch) {
    number *membrane = scratch->membrane + l->first;
    uint8_t *fired = scratch->fired + l->first;
    //@if adapts
    number *adapted = scratch->adapted + l->first;
    //@end
    for (uint32_t j = 0; j < l->receivers; j++) {
        //@if adapts
        adapted[j] = adapt(l, j, adapted[j], membrane[j], fired[j]);
        //@end
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
        //@if adapts
        u -= adapted[j];
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
        //@if held
        membrane[j] = hold(u);
        //@else
        membrane[j] = u;
        //@end
    }
}

//@if read_softmax
//@if fixed
/* 2^15 exp(-below), below in units of a membrane: powers of 2 from a table of a halving. */
static uint32_t power(uint32_t below) {
    uint32_t digits = below >> SOFTMAX_SHIFT;
    if (digits > 65535)
        return 0;
    uint32_t halvings = digits * SOFTMAX_FACTOR >> SOFTMAX_REST;
    uint32_t i = halvings >> 6 & 31, part = halvings & 63;
    uint32_t drop = (uint32_t)(halving_table[i] - halving_table[i + 1]);
    halvings >>= 11;
    return halvings < 16 ? (halving_table[i] - (drop * part >> 6)) >> halvings : 0;
}

//@end
/* Adds the softmax of the membranes to the logits. */
static void add_softmax(const number *membrane, number *logits) {
    number most = membrane[0];
    for (uint32_t c = 1; c < NET_CLASSES; c++)
        most = membrane[c] > most ? membrane[c] : most;
    //@if fixed
    uint32_t sum = 0;
    for (uint32_t c = 0; c < NET_CLASSES; c++)
        sum += power((uint32_t)most - (uint32_t)membrane[c]);
    uint32_t one = 0xffffffffu / sum;
    for (uint32_t c = 0; c < NET_CLASSES; c++)
        logits[c] += (int32_t)(power((uint32_t)most - (uint32_t)membrane[c]) * one >> 17);
    //@else
    float sum = 0.0f;
    for (uint32_t c = 0; c < NET_CLASSES; c++)
        sum += expf(membrane[c] - most);
    for (uint32_t c = 0; c < NET_CLASSES; c++)
        logits[c] += expf(membrane[c] - most) / sum;
    //@end
}

//@end
/* The logits after time step t. */
static void read_out(uint32_t t, number *logits, const net_scratch *scratch) {
    uint32_t first = layers[LAYERS - 1].first;
    //@if read_softmax
    for (uint32_t c = 0; t == 0 && c < NET_CLASSES; c++)
        logits[c] = 0;
    add_softmax(scratch->membrane + first, logits);
    //@else
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
    //@end
}
