/* The operations of src/embed/c/run_relu.c and run_spiking.c, for one kind of number: NUMBER is
 * its type, NAMED(x) gives x a name of its own, PART(pair) is the pair's numbers, SETTLE(part, j,
 * sum) a sum in its layer's unit with the bias added, DECAY(membrane, part, j) what is left of a
 * membrane after a step. Included by run.c, once for each kind. */

/* Adds what sender i sends to the sums of all receivers. */
static void NAMED(send)(const loci_embed_pair *pair, size_t i, NUMBER x, NUMBER *sums,
                        loci_embed_tally *tally) {
    const NUMBER *w = PART(pair)->w + i * pair->m;
    for (size_t j = 0; j < pair->m; j++)
        sums[j] += x * w[j];
    tally->multiply_adds += pair->products[i];
    tally->roots += pair->roots[i];
}

static void NAMED(cross)(const loci_embed_pair *pair, const NUMBER *in, NUMBER *sums,
                         loci_embed_tally *tally) {
    memset(sums, 0, pair->m * sizeof *sums);
    for (size_t i = 0; i < pair->n; i++)
        if (in[i] != 0)
            NAMED(send)(pair, i, in[i], sums, tally);
}

void NAMED(loci_embed_sums)(const loci_export *export, uint32_t l, const NUMBER *in, NUMBER *out) {
    loci_embed_tally tally;
    NAMED(cross)(&export->pair[l], in, out, &tally);
    for (size_t j = 0; j < export->pair[l].m; j++)
        out[j] = SETTLE(PART(&export->pair[l]), j, out[j]);
}

static NUMBER *NAMED(run_rectified)(const loci_export *export, NUMBER *const *sums,
                                    const NUMBER *in, loci_embed_tally *tally) {
    for (uint32_t l = 0;; l++) {
        const loci_embed_pair *pair = &export->pair[l];
        NAMED(cross)(pair, in, sums[l], tally);
        for (size_t j = 0; j < pair->m; j++) {
            NUMBER sum = SETTLE(PART(pair), j, sums[l][j]);
            sums[l][j] = l + 1 < export->pairs ? RECTIFY(PART(pair), sum) : sum;
        }
        if (l + 1 == export->pairs)
            return sums[l];
        in = sums[l];
    }
}
