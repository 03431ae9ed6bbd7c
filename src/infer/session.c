#include "infer/session.h"

/* The most inputs at a time; and the most numbers that these, or what a layer says of them, are: of
 * a million pixels fewer are taken. */
enum { MOST = 1000, NUMBERS = 1 << 27 };

static size_t most_of(const loci_spec *spec, size_t wanted) {
    size_t most = wanted < MOST ? wanted : MOST, widest = loci_spec_pixels(spec);
    for (uint32_t l = 1; l <= loci_spec_hidden_layers(spec) + 1; l++)
        widest = loci_spec_layer_size(spec, l) > widest ? loci_spec_layer_size(spec, l) : widest;
    size_t fit = NUMBERS / widest;
    return most < fit ? most : fit;
}

int loci_inference_batch(loci_batch **out, const loci_network *network, size_t most, uint64_t seed,
                         loci_pool *pool, loci_error *error) {
    const loci_spec *spec = &network->spec;
    const loci_coding_options coding = loci_coding_of(spec, seed);
    int status = loci_batch_create(out, most, loci_spec_pixels(spec), false, &coding, error);
    if (status != LOCI_OK)
        return status;
    (*out)->pool = pool;
    loci_batch_scale(*out, network->low, network->span);
    loci_batch_scale_targets(*out, network->target_mean, network->target_deviation);
    return loci_batch_choose(*out, network->pixels, spec->inputs, error);
}

int loci_session_open(loci_session *s, const loci_network *network, size_t most, loci_pool *pool,
                      loci_error *error) {
    *s = (loci_session){.network = network};
    most = loci_pass_most(&network->spec, most_of(&network->spec, most));
    int status = loci_pass_create(&s->pass, network, most, false, pool, error);
    if (status == LOCI_OK)
        status = loci_inference_batch(&s->batch, network, most, LOCI_EVALUATION_SEED, pool, error);
    return status;
}

void loci_session_close(loci_session *s) {
    loci_pass_free(s->pass);
    loci_batch_free(s->batch);
}
