/* The operations of src/codegen/c/run_steps.c, for one kind of number: included by source_twin.c
 * after source_twin_body.h, with the same macros. */

/* Adds what sender i sends to what arrives at layer l + 1 when it does, from this step on. */
static void NAMED(send_on)(const loci_export *export, uint32_t p, uint32_t l, size_t i, NUMBER x,
                           loci_codegen_room *room, loci_codegen_tally *tally) {
    const loci_codegen_pair *pair = &export->pair[p];
    const NUMBER *w = PART(pair)->w + i * pair->width;
    NUMBER *ring = (NUMBER *)room->ring[l];
    for (size_t k = 0; k < pair->taps; k++) {
        NUMBER *to = ring + (room->now[l] + k) % export->slots[l] * pair->m;
        for (size_t j = 0; j < pair->m; j++)
            to[j] += x * w[k * pair->m + j];
    }
    tally->multiply_adds += (double)pair->products[i];
    tally->roots += (double)pair->roots[i];
}

/* What a constant input brings to the first layer in each of its taps. */
static void NAMED(take_constant)(const loci_export *export, const NUMBER *in,
                                 loci_codegen_room *room, loci_codegen_tally *tally) {
    const loci_codegen_pair *pair = &export->pair[0];
    NUMBER *arriving = (NUMBER *)room->arriving;
    memset(room->constant, 0, pair->m * sizeof *arriving);
    memset(arriving, 0, pair->width * sizeof *arriving);
    for (size_t i = 0; i < pair->n; i++) {
        const NUMBER *w = PART(pair)->w + i * pair->width;
        if (in[i] == 0)
            continue;
        for (size_t k = 0; k < pair->width; k++)
            arriving[k] += in[i] * w[k];
        tally->multiply_adds += (double)pair->products[i];
        tally->roots += (double)pair->roots[i];
    }
}

static void NAMED(enter_constant)(const loci_export *export, uint32_t t, loci_codegen_room *room) {
    const loci_codegen_pair *pair = &export->pair[0];
    NUMBER *constant = (NUMBER *)room->constant, *arriving = (NUMBER *)room->arriving;
    NUMBER *current = (NUMBER *)room->ring[0] + room->now[0] * pair->m;
    for (size_t j = 0; j < pair->m; j++) {
        if (t < pair->taps)
            constant[j] += arriving[t * pair->m + j];
        current[j] += constant[j];
    }
}

/* What enters in time step t. */
static void NAMED(enter_step)(const loci_export *export, const NUMBER *in, uint32_t t,
                              loci_codegen_room *room, loci_codegen_tally *tally) {
    size_t n = export->pair[0].n;
    if (export->spec->coding == LOCI_CODING_CONSTANT) {
        NAMED(enter_constant)(export, t, room);
        return;
    }
    for (size_t i = 0; i < n; i++)
        if (export->events && in[t * n + i] != 0)
            NAMED(send_on)(export, 0, 0, i, in[t * n + i], room, tally);
        else if (!export->events && NAMED(spikes)(export, in[i], t))
            NAMED(send_on)(export, 0, 0, i, 1, room, tally);
}

/* Layer l + 1 in this time step; what it sends itself arrives in the next. */
static void NAMED(run_layer)(const loci_export *export, uint32_t l, loci_codegen_room *room,
                             loci_codegen_tally *tally) {
    const loci_codegen_pair *pair = &export->pair[l];
    NUMBER *current = (NUMBER *)room->ring[l] + room->now[l] * pair->m;
    memcpy(room->sums[l], current, pair->m * sizeof *current);
    memset(current, 0, pair->m * sizeof *current);
    NAMED(step)(export, l, room);
    room->now[l] = (room->now[l] + 1) % export->slots[l];
    if (!loci_codegen_has_loop(export, l))
        return;
    uint32_t p = (uint32_t) export->pairs + l;
    for (size_t j = 0; j < pair->m; j++)
        if (room->fired[l][j] != 0)
            NAMED(send_on)(export, p, l, j, PART(&export->pair[p])->spike, room, tally);
}

static void NAMED(run_stepped)(const loci_export *export, const NUMBER *in, loci_codegen_room *room,
                               NUMBER *logits, loci_codegen_tally *tally) {
    NAMED(rest)(export, room);
    if (export->spec->coding == LOCI_CODING_CONSTANT)
        NAMED(take_constant)(export, in, room, tally);
    for (uint32_t t = 0; t < export->spec->time_steps; t++) {
        NAMED(enter_step)(export, in, t, room, tally);
        NAMED(run_layer)(export, 0, room, tally);
        for (uint32_t l = 1; l < export->pairs; l++) {
            for (size_t i = 0; i < export->pair[l].n; i++)
                if (room->fired[l - 1][i] != 0)
                    NAMED(send_on)(export, l, l, i, 1, room, tally);
            NAMED(run_layer)(export, l, room, tally);
        }
        NAMED(read_out)(export, t, room, logits);
    }
}
