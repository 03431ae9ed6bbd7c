#include "wiring/pair_law.h"

static float inverse_length(const loci_wiring *w) {
    return w->length > 0 ? 1 / w->length : 0;
}

void loci_wiring_set_law(loci_wiring *w, int law, float length, float inverse_range) {
    w->law = law;
    w->length = length;
    w->inverse_range = inverse_range;
    w->cutoff = w->length_cutoff = 0;
    if (inverse_range == 0)
        return;
    const loci_law_distance end = loci_law_end(inverse_range);
    w->cutoff = loci_law_value(law, end, inverse_length(w));
    w->length_cutoff =
        end.square * inverse_length(w) * loci_law_slope(law, end, w->cutoff, inverse_length(w));
}

/* dL/dR = dL/df(R) f'(R). */
double loci_wiring_range_gradient(const loci_wiring *w, const loci_pair_sums *sums, double R) {
    if (w->law == LOCI_LAW_INVERSE) /* to the last bit what it always was */
        return sums->reach / (R * R);
    return sums->reach * R *
           loci_law_slope(w->law, loci_law_end(w->inverse_range), w->cutoff, inverse_length(w));
}
