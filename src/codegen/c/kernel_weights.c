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
    uint32_t places = l->taps * l->receivers;
    for (uint32_t place = 0; place < places; place++)
        *later(to, place) += x * at(l->weight, i * places + place);
    //@end
}
//@else
/* Sender i sends x: adds x times its weights to the sums of all receivers. */
static void send(const layer *l, uint32_t i, number x, number *sums) {
    //@if pruned
    uint32_t receiver = 0;
    for (uint32_t k = l->start[i]; k < l->start[i + 1]; k++) {
        receiver += l->step[k];
        sums[receiver] += x * at(l->weight, k);
    }
    //@else
    uint32_t first = i * l->receivers;
    for (uint32_t j = 0; j < l->receivers; j++)
        sums[j] += x * at(l->weight, first + j);
    //@end
}
//@end
