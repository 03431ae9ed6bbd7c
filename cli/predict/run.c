/* One sample through a network, prepared or, where it is too large for that, as it is. */
#include "predict/predict.h"

int predictor_run(predictor *p, uint32_t number, loci_error *error) {
    if (p->prepared == NULL)
        return loci_network_run(p->network, NULL, p->inputs, 1, p->logits, error);
    return loci_prepared_run(p->prepared, p->inputs, number, p->logits, &p->activity, error);
}
