/* The operations of src/codegen/c/run_maps.c, for one kind of number: included by
 * source_twin_body.h, with its macros. The source makes the same sums row by row. */

/* What a stencil at a place brings to the maps there: sums [m]. */
static void NAMED(look)(const loci_codegen_pair *pair, const loci_stencil *s, const NUMBER *in,
                        size_t row, size_t column, NUMBER *sums, loci_codegen_tally *tally) {
    size_t half = s->window / 2;
    memset(sums, 0, pair->m * sizeof *sums);
    for (size_t k = 0; k < s->window * s->window; k++) {
        size_t y = row * s->stride + k / s->window - half;
        size_t x = column * s->stride + k % s->window - half;
        if (y >= s->height || x >= s->width) /* below 0 is very large */
            continue;
        const NUMBER *from = in + (y * s->width + x) * s->in;
        for (size_t c = 0; c < s->in; c++)
            if (from[c] != 0)
                NAMED(send)(pair, k * s->in + c, from[c], sums, tally);
    }
}

/* The largest sums of a square of places: best [m]. */
static void NAMED(pool)(const loci_codegen_pair *pair, const loci_stencil *s, const NUMBER *in,
                        size_t row, size_t column, NUMBER *best, loci_codegen_tally *tally) {
    NUMBER sums[LOCI_CODEGEN_MAPS];
    for (size_t k = 0; k < s->pool * s->pool; k++) {
        NAMED(look)
        (pair, s, in, row * s->pool + k / s->pool, column * s->pool + k % s->pool, sums, tally);
        for (size_t j = 0; j < pair->m; j++)
            best[j] = k == 0 || sums[j] > best[j] ? sums[j] : best[j];
    }
}

/* To layer l + 1, which has maps. */
static void NAMED(cross_maps)(const loci_export *export, uint32_t l, const NUMBER *in, NUMBER *sums,
                              loci_codegen_tally *tally) {
    const loci_stencil stencil = loci_stencil_of(export->spec, l);
    const loci_maxpool pool = loci_stencil_pool(&stencil);
    size_t columns = pool.width / pool.side, m = export->pair[l].m;
    for (size_t at = 0; at < pool.height / pool.side * columns; at++)
        NAMED(pool)
    (&export->pair[l], &stencil, in, at / columns, at % columns, sums + at * m, tally);
}
