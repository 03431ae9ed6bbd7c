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
