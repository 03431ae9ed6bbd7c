#include "data/unlabelled.h"

#include "base/error.h"
#include "data/dataset.h"

int loci_dataset_unlabelled(const loci_dataset *data) {
    return data->unlabelled;
}

int loci_dataset_check_answers(const loci_dataset *data, loci_error *error) {
    if (!data->unlabelled)
        return LOCI_OK;
    return loci_fail(error, LOCI_E_ARGUMENT, data->name,
                     "its rows were opened to be predicted, without answers; there is nothing to "
                     "learn from them or to measure");
}
