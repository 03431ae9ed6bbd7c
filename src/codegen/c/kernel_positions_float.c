/* The square of the distance between a place and dendrite site b. */
static float squared_distance(const layer *l, const float place[COORDINATES], uint32_t b) {
    float sum = l->base;
    //@if maps
    for (uint32_t x = 0; x < l->coordinates; x++) {
        float d = place[x] - l->dendrite_position[b * l->coordinates + x];
        sum += d * d;
    }
    //@else
    for (uint32_t x = 0; x < COORDINATES; x++) {
        float d = place[x] - l->dendrite_position[b * COORDINATES + x];
        sum += d * d;
    }
    //@end
    return sum;
}

/* Where axon site a is. */
static void find_axon(const layer *l, uint32_t a, float place[COORDINATES]) {
    //@if sheet
    if (l->axon_position == 0) {
        uint32_t pixel = pixel_of(a);
        for (uint32_t x = 0; x < COORDINATES; x++) {
            uint32_t step = x == 0 ? pixel % WIDTH : x == 1 ? pixel / WIDTH : 0;
            place[x] = grid_origin[x] + (float)step * GRID_PITCH;
        }
        return;
    }
    //@end
    //@if maps
    if (l->maps != 0) { /* on a grid: place by place, the maps side by side */
        uint32_t k = a % l->maps, stands = a / l->maps, across = l->coordinates - 2u;
        place[0] = l->column_place[stands % l->columns];
        place[1] = l->row_place[stands / l->columns];
        for (uint32_t x = 0; x < across; x++)
            place[2 + x] = l->axon_position[k * across + x];
        return;
    }
    //@end
    for (uint32_t x = 0; x < COORDINATES; x++)
        place[x] = l->axon_position[a * COORDINATES + x];
}

//@if delays
/* Axon site a, which is at that place, sends x to a receiver: adds x times what its sites are worth
 * to what arrives there when it does, shared out between two steps. */
static void send_site(const layer *l, uint32_t a, const float place[COORDINATES], uint32_t receiver,
                      float x, arrivals to) {
    uint32_t first = receiver * l->dendrites, end = first + l->dendrites;
    for (uint32_t b = first; b < end; b++) {
        float square = squared_distance(l, place, b), distance = sqrtf(square);
        //@if inverse
        float closeness = 1.0f / distance;
        //@end
        //@if inverse_square
        float closeness = 1.0f / square;
        //@end
        //@if exponential
        float closeness = expf(-distance * l->inverse_length);
        //@end
        //@if gaussian
        float closeness = expf(-0.5f * square * l->inverse_length * l->inverse_length);
        //@end
        //@if range
        closeness -= l->cutoff;
        if (closeness <= 0.0f)
            continue;
        //@end
        //@if dendrite_charges
        float weight = l->dendrite_charge[b] * closeness;
        //@else
        float weight = closeness;
        //@end
        //@if sheet
        if (l->axon_charge != 0)
            weight *= l->axon_charge[a];
        //@else
        weight *= l->axon_charge[a];
        //@end
        float late = distance * l->pace;
        //@if recurrent
        late = late > l->soonest ? late - l->soonest : 0.0f;
        //@end
        late = late < l->latest ? late : l->latest;
        uint32_t whole = (uint32_t)late, step = whole * l->receivers + receiver;
        float part = late - (float)whole, next = part * weight;
        *later(to, step) += x * (weight - next);
        if (part > 0.0f)
            *later(to, step + l->receivers) += x * next;
    }
}

/* Sender i sends x to all receivers. */
static void send(const layer *l, uint32_t i, float x, arrivals to) {
    for (uint32_t a = i * l->axons; a < (i + 1) * l->axons; a++) {
        float place[COORDINATES];
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
static float weight_of_site(const layer *l, uint32_t a, const float place[COORDINATES],
                            uint32_t receiver) {
    float sum = 0.0f;
    uint32_t first = receiver * l->dendrites, end = first + l->dendrites;
    for (uint32_t b = first; b < end; b++) {
        //@if inverse
        float closeness = 1.0f / sqrtf(squared_distance(l, place, b));
        //@end
        //@if inverse_square
        float closeness = 1.0f / squared_distance(l, place, b);
        //@end
        //@if exponential
        float closeness = expf(-sqrtf(squared_distance(l, place, b)) * l->inverse_length);
        //@end
        //@if gaussian
        float square = squared_distance(l, place, b);
        float closeness = expf(-0.5f * square * l->inverse_length * l->inverse_length);
        //@end
        //@if range
        closeness -= l->cutoff;
        if (closeness <= 0.0f)
            continue;
        //@end
        //@if dendrite_charges
        sum += l->dendrite_charge[b] * closeness;
        //@else
        sum += closeness;
        //@end
    }
    //@if uncharged
    if (l->axon_charge == 0)
        return sum;
    //@end
    //@if maps
    if (l->maps != 0)
        a %= l->maps; /* the neurons of a map have one charge */
    //@end
    return l->axon_charge[a] * sum;
}

//@if near
/* Whether the nearest sites of two neurons are close enough. */
static int connected(const layer *l, uint32_t i, uint32_t j) {
    for (uint32_t a = i * l->axons; a < (i + 1) * l->axons; a++) {
        float place[COORDINATES];
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
static float weight(const layer *l, uint32_t i, uint32_t j) {
    float sum = 0.0f;
    //@if near
    if (!connected(l, i, j))
        return 0.0f;
    //@end
    for (uint32_t a = i * l->axons; a < (i + 1) * l->axons; a++) {
        float place[COORDINATES];
        find_axon(l, a, place);
        sum += weight_of_site(l, a, place, j);
    }
    //@if strong
    if (sum <= l->strong && sum >= -l->strong)
        return 0.0f;
    //@end
    return sum;
}

/* Sender i sends x: adds x times its weights to the sums of all receivers. */
static void send(const layer *l, uint32_t i, float x, float *sums) {
    for (uint32_t j = 0; j < l->receivers; j++)
        sums[j] += x * weight(l, i, j);
}
//@else
/* Sender i sends x: adds x times its weights to the sums of all receivers. */
static void send(const layer *l, uint32_t i, float x, float *sums) {
    for (uint32_t a = i * l->axons; a < (i + 1) * l->axons; a++) {
        float place[COORDINATES];
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
