#include "train/quantise_check.h"

#include "base/error.h"
#include "network/layout.h"
#include "network/rounding.h"

bool loci_quantise_weights(const loci_train_options *options, const loci_spec *spec) {
    bool only = spec->wiring == LOCI_WIRING_DENSE || options->quantise == LOCI_QUANTISE_TERNARY;
    return options->quantise_what == LOCI_QUANTISE_WEIGHTS ||
           (options->quantise_what == LOCI_QUANTISE_AUTO && only);
}

int loci_quantise_check(const loci_spec *spec, const loci_train_options *options,
                        loci_error *error) {
    if (options->quantise == LOCI_QUANTISE_NO)
        return LOCI_OK;
    if (loci_quantise_weights(options, spec)) {
        if (loci_has_weights_to_round(spec))
            return LOCI_OK;
        return loci_fail(error, LOCI_E_ARGUMENT, "quantise-what",
                         "weights of connections that take time, or of a layer to itself, are not "
                         "rounded; give positions");
    }
    if (options->quantise == LOCI_QUANTISE_TERNARY)
        return loci_fail(error, LOCI_E_ARGUMENT, "quantise",
                         "ternary is for weights; positions have 8, 4 or 2 bits");
    if (spec->wiring == LOCI_WIRING_DENSE)
        return loci_fail(error, LOCI_E_ARGUMENT, "quantise-what",
                         "a conventional net has no positions; leave the option out");
    if (loci_channels_have_places(spec))
        return loci_fail(error, LOCI_E_UNSUPPORTED, "quantise",
                         "the channels of a sheet have places that exported C does not know; give "
                         "--input grid or random, or --quantise-what weights");
    return LOCI_OK;
}
