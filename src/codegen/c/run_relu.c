//@if hidden
//@if activation_table
/* What a hidden neuron sends: straight lines between the entries of a table. The first bits of the
 * sum, counted from the least that the table reaches, tell the entry. */
static int32_t activate(const layer *l, int32_t sum) {
    int32_t most = INT32_MAX >> l->activation_shift;
    sum = sum > most ? most : sum < -most - 1 ? -most - 1 : sum;
    uint32_t digits = ((uint32_t)sum << l->activation_shift) ^ 0x80000000u;
    uint32_t i = digits >> (32 - l->activation_bits);
    int32_t part = (int32_t)(digits >> (16 - l->activation_bits) & 0xffff);
    return l->activation[i] + ((l->activation[i + 1] - l->activation[i]) * part >> 16);
}

//@end
//@end
//@if leaky
static float activate(float sum) {
    return sum > 0.0f ? sum : 0.01f * sum;
}

//@end
//@if tanh
static float activate(float sum) {
    return tanhf(sum);
}

//@end
//@if gelu
static float activate(float sum) {
    return 0.5f * sum * (1.0f + erff(sum * 0.70710678f));
}

//@end
//@if sine
static float activate(float sum) {
    return sinf(sum);
}

//@end
//@if rectified
/* From a receiver's sum to its output: the bias is added, hidden neurons rectify. */
//@else
/* From a receiver's sum to its output: the bias is added, hidden neurons have an activation. */
//@end
static void settle(const layer *l, int hidden, number *sums) {
    for (uint32_t j = 0; j < l->receivers; j++) {
        //@if gain
        number sum = l->gain[j] * sums[j] + l->bias[j];
        //@end
        //@if scale
        number sum = l->scale * sums[j] + l->bias[j];
        //@end
        //@if plain
        number sum = sums[j] + l->bias[j];
        //@end
        //@if fixed
        //@if hidden
        if (hidden) {
            //@if activation_table
            sum = activate(l, sum);
            //@else
            sum = sum > 0 ? sum >> l->output_shift : 0;
            sum = sum < MOST ? sum : MOST;
            //@end
        }
        //@else
        (void)hidden;
        //@end
        //@else
        //@if rectified
        if (hidden)
            sum = sum > 0.0f ? sum : 0.0f;
        else
            sum *= LOGIT_SCALE;
        //@else
        sum = hidden ? activate(sum) : sum * LOGIT_SCALE;
        //@end
        //@end
        sums[j] = sum;
    }
}

/* Where layer k puts its sums, all 0. */
static number *make_room(uint32_t k, number *logits, net_scratch *scratch) {
    number *sums = logits;
    //@if deep
    //@if maps
    if (k + 1 < LAYERS)
        sums = (k - MAPS) % 2 == 0 ? scratch->even : scratch->odd;
    //@else
    if (k + 1 < LAYERS)
        sums = k % 2 == 0 ? scratch->even : scratch->odd;
    //@end
    //@end
    //@if single
    if (k + 1 < LAYERS)
        sums = scratch->even;
    //@end
    //@if none
    (void)scratch;
    //@end
    for (uint32_t j = 0; j < layers[k].receivers; j++)
        sums[j] = 0;
    return sums;
}

//@if maps
//@else
//@if classes
/* From the sums of the first layer to the logits. */
//@else
/* From the sums of the first layer to the outputs. */
//@end
static void finish(number *sums, number *logits, net_scratch *scratch) {
    settle(&layers[0], LAYERS > 1, sums);
    for (uint32_t k = 1; k < LAYERS; k++) {
        const number *from = sums;
        sums = make_room(k, logits, scratch);
        for (uint32_t i = 0; i < layers[k].senders; i++)
            if (from[i] != 0) /* what is silent costs nothing */
                send(&layers[k], i, from[i], sums);
        settle(&layers[k], k + 1 < LAYERS, sums);
    }
    //@if units
    to_units(logits);
    //@end
}

void net_run(const given_t *pixels, number *logits, net_scratch *scratch) {
    number *sums = make_room(0, logits, scratch);
    for (uint32_t i = 0; i < layers[0].senders; i++) {
        //@insert enter
        if (x != 0)
            send(&layers[0], i, x, sums);
    }
    finish(sums, logits, scratch);
}

//@if float
void net_run_real(const float *inputs, float *logits, net_scratch *scratch) {
    float *sums = make_room(0, logits, scratch);
    for (uint32_t i = 0; i < layers[0].senders; i++)
        if (inputs[pixel_of(i)] != 0.0f)
            send(&layers[0], i, inputs[pixel_of(i)], sums);
    finish(sums, logits, scratch);
}

//@end
//@end
