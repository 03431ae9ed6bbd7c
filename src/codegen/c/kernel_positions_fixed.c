/* The square of the distance between a place and dendrite site b. */
static uint32_t squared_distance(const layer *l, const int32_t place[COORDINATES], uint32_t b) {
    uint32_t sum = 0;
    //@if maps
    for (uint32_t x = 0; x < l->coordinates; x++) {
        int32_t d = place[x] - at(l->dendrite_position, b * l->coordinates + x);
        sum += (uint32_t)(d * d);
    }
    //@else
    for (uint32_t x = 0; x < COORDINATES; x++) {
        int32_t d = place[x] - at(l->dendrite_position, b * COORDINATES + x);
        sum += (uint32_t)(d * d);
    }
    //@end
    return (sum << 8) + l->base;
}

/* Where axon site a is. */
static void find_axon(const layer *l, uint32_t a, int32_t place[COORDINATES]) {
    //@if sheet
    if (l->axon_position == 0) {
        uint32_t pixel = pixel_of(a);
        for (uint32_t x = 0; x < COORDINATES; x++) {
            uint32_t step = x == 0 ? pixel % WIDTH : x == 1 ? pixel / WIDTH : 0;
            place[x] = (grid_origin[x] + (int32_t)step * GRID_PITCH) >> 8;
        }
        return;
    }
    //@end
    //@if maps
    if (l->maps != 0) { /* on a grid: place by place, the maps side by side */
        uint32_t k = a % l->maps, stands = a / l->maps, across = l->coordinates - 2u;
        place[0] = at(l->column_place, stands % l->columns);
        place[1] = at(l->row_place, stands / l->columns);
        for (uint32_t x = 0; x < across; x++)
            place[2 + x] = at(l->axon_position, k * across + x);
        return;
    }
    //@end
    for (uint32_t x = 0; x < COORDINATES; x++)
        place[x] = at(l->axon_position, a * COORDINATES + x);
}

//@if delays
/* Axon site a, which is at that place, sends x to a receiver: adds x times what its sites are worth
 * to what arrives there when it does, shared out between two steps. */
static void send_site(const layer *l, uint32_t a, const int32_t place[COORDINATES],
                      uint32_t receiver, int32_t x, arrivals to) {
    uint32_t first = receiver * l->dendrites, end = first + l->dendrites;
    for (uint32_t b = first; b < end; b++) {
        uint32_t square = squared_distance(l, place, b);
        //@if range
        if (square >= l->reach)
            continue;
        //@if inverse
        int32_t closeness = inverse_root(square, l->root_shift) - (int32_t)l->cutoff;
        //@else
        int32_t closeness = law_at(l, square) - (int32_t)l->cutoff;
        //@end
        if (closeness <= 0)
            continue;
        //@else
        //@if inverse
        int32_t closeness = inverse_root(square, l->root_shift);
        //@else
        int32_t closeness = law_at(l, square);
        //@end
        //@end
        //@if dendrite_charges
        int32_t weight = charge_at(l->dendrite_charge, b) * closeness;
        //@else
        int32_t weight = closeness;
        //@end
        //@if sheet
        if (l->axon_charge != 0)
            weight = charge_at(l->axon_charge, a) * (weight >> l->charge_shift);
        //@else
        weight = charge_at(l->axon_charge, a) * (weight >> l->charge_shift);
        //@end
        weight >>= l->weight_shift;
        uint32_t late = delay_of(l, square), step = (late >> 8) * l->receivers + receiver;
        int32_t next = weight * (int32_t)(late & 255) >> 8;
        *later(to, step) += x * (weight - next);
        if ((late & 255) != 0)
            *later(to, step + l->receivers) += x * next;
    }
}

/* Sender i sends x to all receivers. */
static void send(const layer *l, uint32_t i, int32_t x, arrivals to) {
    for (uint32_t a = i * l->axons; a < (i + 1) * l->axons; a++) {
        int32_t place[COORDINATES];
        find_axon(l, a, place);
        for (uint32_t j = 0; j < l->receivers; j++) {
            //@if recurrent
            if (l->own && j == i)
                continue;
            //@end
            send_site(l, a, place, j, x, to);
        }
    }
}
//@else
/* The weight between axon site a, which is at that place, and a receiver. */
static int32_t weight_of_site(const layer *l, uint32_t a, const int32_t place[COORDINATES],
                              uint32_t receiver) {
    int32_t sum = 0;
    uint32_t first = receiver * l->dendrites, end = first + l->dendrites;
    for (uint32_t b = first; b < end; b++) {
        uint32_t square = squared_distance(l, place, b);
        //@if range
        if (square >= l->reach)
            continue;
        //@if inverse
        int32_t closeness = inverse_root(square, l->root_shift) - (int32_t)l->cutoff;
        //@else
        int32_t closeness = law_at(l, square) - (int32_t)l->cutoff;
        //@end
        if (closeness <= 0)
            continue;
        //@else
        //@if inverse
        int32_t closeness = inverse_root(square, l->root_shift);
        //@else
        int32_t closeness = law_at(l, square);
        //@end
        //@end
        //@if dendrite_charges
        sum += charge_at(l->dendrite_charge, b) * closeness;
        //@else
        sum += closeness;
        //@end
    }
    //@if uncharged
    if (l->axon_charge == 0)
        return sum >> l->weight_shift;
    //@end
    //@if maps
    if (l->maps != 0)
        a %= l->maps; /* the neurons of a map have one charge */
    //@end
    return charge_at(l->axon_charge, a) * (sum >> l->charge_shift) >> l->weight_shift;
}

//@if near
/* Whether the nearest sites of two neurons are close enough. */
static int connected(const layer *l, uint32_t i, uint32_t j) {
    for (uint32_t a = i * l->axons; a < (i + 1) * l->axons; a++) {
        int32_t place[COORDINATES];
        find_axon(l, a, place);
        for (uint32_t b = j * l->dendrites; b < (j + 1) * l->dendrites; b++)
            if (squared_distance(l, place, b) <= l->near)
                return 1;
    }
    return 0;
}

//@end
//@if cut
/* The weight between two neurons; 0 where the connection is cut. */
static int32_t weight(const layer *l, uint32_t i, uint32_t j) {
    int32_t sum = 0;
    //@if near
    if (!connected(l, i, j))
        return 0;
    //@end
    for (uint32_t a = i * l->axons; a < (i + 1) * l->axons; a++) {
        int32_t place[COORDINATES];
        find_axon(l, a, place);
        sum += weight_of_site(l, a, place, j);
    }
    //@if strong
    if (sum <= l->strong && sum >= -l->strong)
        return 0;
    //@end
    return sum;
}

/* Sender i sends x: adds x times its weights to the sums of all receivers. */
static void send(const layer *l, uint32_t i, int32_t x, int32_t *sums) {
    for (uint32_t j = 0; j < l->receivers; j++)
        sums[j] += x * weight(l, i, j);
}
//@else
/* Sender i sends x: adds x times its weights to the sums of all receivers. */
static void send(const layer *l, uint32_t i, int32_t x, int32_t *sums) {
    for (uint32_t a = i * l->axons; a < (i + 1) * l->axons; a++) {
        int32_t place[COORDINATES];
        find_axon(l, a, place);
        //@if recurrent
        for (uint32_t j = 0; j < l->receivers; j++)
            if (!l->own || j != i)
                sums[j] += x * weight_of_site(l, a, place, j);
        //@else
        for (uint32_t j = 0; j < l->receivers; j++)
            sums[j] += x * weight_of_site(l, a, place, j);
        //@end
    }
}
//@end
//@end
