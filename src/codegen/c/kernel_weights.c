//@if delays
/* Sender i sends x: adds x times its weights to what arrives at all receivers, and when. */
static void send(const layer *l, uint32_t i, number x, arrivals to) {
    //@if pruned
    uint32_t place = 0;
    for (uint32_t k = l->start[i]; k < l->start[i + 1]; k++) {
        place += l->step[k];
        *later(to, place) += x * at(l->weight, k);
    }
    //@else
    for (uint32_t k = 0; k < l->taps; k++) {
        uint32_t first = (i * l->taps + k) * l->receivers;
        number *current = later(to, k * l->receivers);
        for (uint32_t j = 0; j < l->receivers; j++)
            current[j] += x * at(l->weight, first + j);
    }
    //@end
}
//@else
/* Sender i sends x: adds x times its weights to the sums of all receivers. */
static void send(const layer *l, uint32_t i, number x, number *sums) {
    //@if pruned
    //@if signs
    const uint8_t *to = l->receiver + l->start[i], *end = l->receiver + l->start[i + 1];
    const uint8_t *minus = to + l->plus[i];
    while (to < minus)
        sums[*to++] += x;
    while (to < end)
        sums[*to++] -= x;
    //@else
    uint32_t receiver = 0;
    for (uint32_t k = l->start[i]; k < l->start[i + 1]; k++) {
        receiver += l->step[k];
        sums[receiver] += x * at(l->weight, k);
    }
    //@end
    //@else
    uint32_t first = i * l->receivers;
    for (uint32_t j = 0; j < l->receivers; j++)
        sums[j] += x * at(l->weight, first + j);
    //@end
}
//@end
