/* In place of nir.c and nir_file.c where there was no HDF5 to build with. */
#include <loci/exchange.h>

#include "base/error.h"

int loci_exchange_nir(const loci_network *network, double dt, const char *path, loci_error *error) {
    (void)network;
    (void)dt;
    return loci_fail(error, LOCI_E_UNSUPPORTED, path,
                     "not written: this loci was built without HDF5; install libhdf5-dev and build "
                     "it again");
}
