#include "base/error.h"
#include "network/layout.h"
#include "train/quantise.h"

int loci_quantise_check(const loci_network *network, const loci_train_options *options,
                        loci_error *error) {
    const loci_spec *spec = &network->spec;
    if (options->quantise == LOCI_QUANTISE_NO)
        return LOCI_OK;
    if (spec->wiring == LOCI_WIRING_DENSE)
        return loci_fail(error, LOCI_E_ARGUMENT, "quantise",
                         "a conventional net has no positions; leave the option out");
    if (loci_channels_have_places(spec))
        return loci_fail(error, LOCI_E_UNSUPPORTED, "quantise",
                         "the channels of a sheet have places that exported C does not know; give "
                         "--input grid or random");
    return LOCI_OK;
}
