//@if stencils
/* Makes all stencils of positions. */
static void make_stencils(net_scratch *scratch) {
    for (uint32_t k = 0; k < MAPS; k++) {
        held *to = scratch->stencils + grids[k].stencil;
        for (uint32_t i = 0; i < layers[k].senders; i++) {
            for (uint32_t j = 0; j < layers[k].receivers; j++)
                scratch->sums[j] = 0;
            send(&layers[k], i, 1, scratch->sums);
            for (uint32_t j = 0; j < layers[k].receivers; j++)
                *to++ = (held)scratch->sums[j];
        }
    }
}

//@end
//@if pruned
/* Row i of a stencil takes x: what send() does, with less on the way. */
static void take(const layer *l, uint32_t i, number x, number *sums) {
    //@if packed
    send(l, i, x, sums);
    //@else
    const stored *weight = l->weight + l->start[i];
    const uint8_t *step = l->step + l->start[i], *end = l->step + l->start[i + 1];
    while (step < end) {
        sums += *step++;
        *sums += x * *weight++;
    }
    //@end
}
//@else
//@if quarters_stored
/* Row i of a stencil takes x: its weights times x are added to the sums of all maps. */
static void take(const stored *weights, uint32_t i, number x, uint32_t maps, number *sums) {
    for (uint32_t j = 0; j < maps; j++)
        sums[j] += x * at(weights, i * maps + j);
}
//@else
//@if nibbles_stored
/* Row i of a stencil takes x: its weights times x are added to the sums of all maps. */
static void take(const stored *weights, uint32_t i, number x, uint32_t maps, number *sums) {
    uint32_t first = i * maps, j = 0;
    if (first % 2 == 1) /* the second of two in a byte */
        sums[j++] += x * at(weights, first);
    const stored *two = weights + (first + j) / 2;
    for (; j + 1 < maps; j += 2) {
        number both = *two++;
        sums[j] += x * (((both & 15) ^ 8) - 8);
        sums[j + 1] += x * (((both >> 4) ^ 8) - 8);
    }
    if (j < maps)
        sums[j] += x * at(weights, first + j);
}
//@else
/* Row i of a stencil takes x: its weights times x are added to the sums of all maps. */
//@if stencils
static void take(const held *weights, uint32_t i, number x, uint32_t maps, number *sums)
    //@else
    static void take(const stored *weights, uint32_t i, number x, uint32_t maps, number *sums)
//@end
{
    weights += i * maps;
    for (; maps >= 4; maps -= 4, weights += 4, sums += 4) {
        sums[0] += x * weights[0];
        sums[1] += x * weights[1];
        sums[2] += x * weights[2];
        sums[3] += x * weights[3];
    }
    while (maps-- > 0)
        *sums++ += x * *weights++;
}
//@end
//@end
//@end

/* What the stencil over row y, column x brings to the maps there: sums [receivers]. */
static void look(uint32_t k, uint32_t y, uint32_t x, const net_scratch *scratch, number *sums) {
    const layer *l = &layers[k];
    const grid *g = &grids[k];
    uint32_t window = g->window, half = window / 2, maps = g->maps, receivers = l->receivers;
    uint32_t width = (uint32_t)g->columns * maps;
    //@if stencils
    const held *weights = scratch->stencils + g->stencil;
    //@else
    //@if pruned
    //@else
    const stored *weights = l->weight;
    //@end
    //@end
    y *= g->stride;
    x *= g->stride;
    /* what of the window lies on the grid: rows and columns from `top` and `left` on */
    uint32_t top = y < half ? half - y : 0, left = x < half ? half - x : 0;
    uint32_t bottom = g->rows + half - y, right = g->columns + half - x;
    bottom = bottom < window ? bottom : window;
    right = right < window ? right : window;
    uint32_t slot = (y + top - half) % g->kept, count = (right - left) * maps;
    for (uint32_t j = 0; j < receivers; j++)
        sums[j] = 0;
    for (uint32_t dy = top; dy < bottom; dy++) {
        const held *from = scratch->rows + g->first + slot * width + (x + left - half) * maps;
        const held *end = from + count;
        for (uint32_t i = (dy * window + left) * maps; from < end; i++) {
            number sent = *from++;
            if (sent != 0) /* what is silent costs nothing */
                //@if pruned
                take(l, i, sent, sums);
            //@else
            take(weights, i, sent, receivers, sums);
            //@end
        }
        slot = slot + 1 < g->kept ? slot + 1 : 0;
    }
}

/* What the maps at row y, column x send: best [receivers]. */
static void make_place(uint32_t k, uint32_t y, uint32_t x, net_scratch *scratch) {
    const grid *g = &grids[k];
    for (uint32_t a = 0; a < g->pool; a++)
        for (uint32_t b = 0; b < g->pool; b++) {
            number *sums = a + b == 0 ? scratch->best : scratch->sums;
            look(k, y * g->pool + a, x * g->pool + b, scratch, sums);
            for (uint32_t j = 0; j < layers[k].receivers; j++)
                if (sums[j] > scratch->best[j])
                    scratch->best[j] = sums[j];
        }
    settle(&layers[k], 1, scratch->best);
}

/* Row y of layer k + 1, which the next one looks at; or it goes on from there: sums [receivers]. */
static void make_row(uint32_t k, uint32_t y, number *sums, net_scratch *scratch) {
    const number *best = scratch->best;
    uint32_t maps = layers[k].receivers, columns = grids[k].made_columns;
    for (uint32_t x = 0; x < columns; x++) {
        make_place(k, y, x, scratch);
        if (k + 1 < MAPS) {
            held *to = scratch->rows + grids[k + 1].first;
            to += (y % grids[k + 1].kept * columns + x) * maps;
            for (uint32_t j = 0; j < maps; j++)
                to[j] = (held)best[j];
            continue;
        }
        for (uint32_t j = 0; j < maps; j++)
            if (best[j] != 0)
                send(&layers[MAPS], (y * columns + x) * maps + j, best[j], sums);
    }
}

/* Whether all is there that row y of layer k + 1 looks at, of which there are so many rows. */
static int is_ready(uint32_t k, uint32_t y, uint32_t there) {
    const grid *g = &grids[k];
    uint32_t end = ((y + 1u) * g->pool - 1u) * g->stride + g->window / 2u + 1u;
    return there >= (end < g->rows ? end : g->rows);
}

//@if float
/* A row of pixels, or where there are none of inputs scaled by the caller. */
static void take_row(const given_t *pixels, const float *inputs, uint32_t row, held *rows)
    //@else
    /* A row of pixels. */
    static void take_row(const given_t *pixels, uint32_t row, held *rows)
//@end
{
    uint32_t width = (uint32_t)grids[0].columns * grids[0].maps;
    held *to = rows + row % grids[0].kept * width;
    for (uint32_t i = row * width; i < (row + 1) * width; i++) {
        //@if float
        if (pixels == 0) {
            *to++ = inputs[pixel_of(i)];
            continue;
        }
        //@end
        //@insert enter
        *to++ = (held)x;
    }
}

/* From the sums of the first layer behind the maps on. */
static void finish(number *sums, number *logits, net_scratch *scratch) {
    settle(&layers[MAPS], LAYERS > MAPS + 1, sums);
    for (uint32_t k = MAPS + 1; k < LAYERS; k++) {
        const number *from = sums;
        sums = make_room(k, logits, scratch);
        for (uint32_t i = 0; i < layers[k].senders; i++)
            if (from[i] != 0)
                send(&layers[k], i, from[i], sums);
        settle(&layers[k], k + 1 < LAYERS, sums);
    }
    //@if units
    to_units(logits);
    //@end
}

//@if float
static void run(const given_t *pixels, const float *inputs, number *logits, net_scratch *scratch)
    //@else
    //@if stencils
    void net_run_prepared(const given_t *pixels, number *logits, net_scratch *scratch)
    //@else
    void net_run(const given_t *pixels, number *logits, net_scratch *scratch)
//@end
//@end
{
    number *sums = make_room(MAPS, logits, scratch);
    uint32_t made[MAPS + 1] = {0}; /* rows of the image, and of each layer of maps */
    while (made[MAPS] < grids[MAPS - 1].made_rows) {
        uint32_t k = MAPS; /* the last layer goes on first: so no more is kept than it looks at */
        while (k > 0 && !is_ready(k - 1, made[k], made[k - 1]))
            k--;
        //@if float
        if (k == 0)
            take_row(pixels, inputs, made[0], scratch->rows + grids[0].first);
        //@else
        if (k == 0)
            take_row(pixels, made[0], scratch->rows + grids[0].first);
        //@end
        else
            make_row(k - 1, made[k], sums, scratch);
        made[k]++;
    }
    finish(sums, logits, scratch);
}
//@if stencils

void net_prepare(net_scratch *scratch) {
    make_stencils(scratch);
}

//@if float
void net_run_prepared(const given_t *pixels, float *logits, net_scratch *scratch) {
    run(pixels, 0, logits, scratch);
}

//@end
void net_run(const given_t *pixels, number *logits, net_scratch *scratch) {
    net_prepare(scratch);
    net_run_prepared(pixels, logits, scratch);
}
//@else
//@if float

void net_run(const given_t *pixels, float *logits, net_scratch *scratch) {
    run(pixels, 0, logits, scratch);
}
//@end
//@end
//@if float

void net_run_real(const float *inputs, float *logits, net_scratch *scratch) {
    //@if stencils
    make_stencils(scratch);
    //@end
    run(0, inputs, logits, scratch);
}
//@end
