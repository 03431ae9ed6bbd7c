#include "network/rounding_note.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "network/layout.h"
#include "network/rounding.h"

static json_t *unit_to_json(double unit) {
    json_t *json = json_object();
    if (json_object_set_new(json, "weight", json_real(unit)) == 0)
        return json;
    json_decref(json);
    return NULL;
}

/* {"step", "zero", "axon_charge", "dendrite_charge"}; the last two where there are such charges.
 * {"weight"} where weights are rounded. */
static json_t *projection_to_json(const loci_rulers *rulers) {
    if (rulers->weight > 0)
        return unit_to_json(rulers->weight);
    json_t *json = json_object(), *zero = json_array();
    bool failed = json_object_set_new(json, "step", json_real(rulers->place.step)) != 0;
    for (size_t x = 0; x < rulers->place.axes; x++)
        failed |= json_array_append_new(zero, json_real(rulers->place.zero[x])) != 0;
    failed |= json_object_set(json, "zero", zero) != 0;
    if (rulers->axon > 0)
        failed |= json_object_set_new(json, "axon_charge", json_real(rulers->axon)) != 0;
    if (rulers->dendrite > 0)
        failed |= json_object_set_new(json, "dendrite_charge", json_real(rulers->dendrite)) != 0;
    json_decref(zero);
    if (!failed)
        return json;
    json_decref(json);
    return NULL;
}

char *loci_rounding_note(const loci_network *network) {
    const loci_rounding *by = network->rounding;
    json_t *json = json_object(), *list = json_array();
    bool failed = false;
    if (by->weight_bits > 0) {
        failed |= json_object_set_new(json, "weight_bits", json_integer(by->weight_bits)) != 0;
    } else {
        failed |= json_object_set_new(json, "position_bits", json_integer(by->position_bits)) != 0;
        failed |= json_object_set_new(json, "charge_bits", json_integer(by->charge_bits)) != 0;
    }
    for (size_t p = 0; p < network->projection_count; p++)
        failed |= json_array_append_new(list, projection_to_json(&by->of[p])) != 0;
    failed |= json_object_set(json, "projections", list) != 0;
    /* seventeen digits read back as the same double */
    char *text = failed ? NULL : loci_json_print(json, JSON_COMPACT | JSON_REAL_PRECISION(17));
    json_decref(json);
    json_decref(list);
    return text;
}

/* ---- reading ---- */

static int wrong(const char *path, const char *what, loci_error *error) {
    return loci_fail(error, LOCI_E_FORMAT, path, "the note on rounding is not valid: %s", what);
}

static bool read_bits(const json_t *json, const char *key, uint32_t *bits) {
    json_int_t number = json_integer_value(json_object_get(json, key));
    *bits = (uint32_t)number;
    return number >= 2 && number <= 8;
}

/* Above 0; missing is 0. */
static bool read_unit(const json_t *json, const char *key, double *unit) {
    const json_t *value = json_object_get(json, key);
    *unit = json_number_value(value);
    return value == NULL || (json_is_number(value) && *unit > 0 && isfinite(*unit));
}

/* Of a projection with C coordinates. */
static bool read_projection(loci_rulers *rulers, const json_t *json, size_t C, uint32_t bits) {
    const json_t *zero = json_object_get(json, "zero");
    rulers->place = (loci_ruler){.axes = C, .bits = bits};
    bool good = json_object_get(json, "step") != NULL && json_array_size(zero) == C &&
                read_unit(json, "step", &rulers->place.step) &&
                read_unit(json, "axon_charge", &rulers->axon) &&
                read_unit(json, "dendrite_charge", &rulers->dendrite);
    for (size_t x = 0; good && x < C; x++) {
        rulers->place.zero[x] = json_number_value(json_array_get(zero, x));
        good = json_is_number(json_array_get(zero, x)) && isfinite(rulers->place.zero[x]);
    }
    return good;
}

/* Weights act in floats. */
static bool read_weight(loci_rulers *rulers, const json_t *json) {
    double unit = json_number_value(json_object_get(json, "weight"));
    rulers->weight = unit;
    return unit > 0 && unit < 1e30 && isnormal((float)unit) && (double)(float)unit == unit;
}

static const char *read_weights(loci_rounding *by, const json_t *json,
                                const loci_network *network) {
    const json_t *list = json_object_get(json, "projections");
    if (!loci_has_weights_to_round(&network->spec))
        return "these weights are not rounded";
    if (!read_bits(json, "weight_bits", &by->weight_bits))
        return "bits";
    if (json_array_size(list) != network->projection_count)
        return "not one unit for each projection";
    for (size_t p = 0; p < network->projection_count; p++)
        if (!read_weight(&by->of[p], json_array_get(list, p)))
            return "a unit that cannot be";
    return NULL;
}

static const char *read(loci_rounding *by, const json_t *json, const loci_network *network) {
    const json_t *list = json_object_get(json, "projections");
    if (json_object_get(json, "weight_bits") != NULL)
        return read_weights(by, json, network);
    if (network->spec.wiring == LOCI_WIRING_DENSE)
        return "a conventional network has no positions";
    if (!read_bits(json, "position_bits", &by->position_bits) ||
        !read_bits(json, "charge_bits", &by->charge_bits))
        return "bits";
    if (json_array_size(list) != network->projection_count)
        return "not one ruler for each projection";
    for (size_t p = 0; p < network->projection_count; p++)
        if (!read_projection(&by->of[p], json_array_get(list, p),
                             loci_pair_coordinates(&network->spec, p), by->position_bits))
            return "a ruler that cannot be";
    return NULL;
}

int loci_rounding_read(loci_network *network, const char *text, const char *path,
                       loci_error *error) {
    loci_rounding *by = calloc(1, sizeof *by);
    if (by == NULL)
        return loci_fail_memory(error, path);
    json_error_t why;
    json_t *json = loci_json_read(text, strlen(text), &why);
    if (loci_json_is_short(json, &why)) {
        free(by);
        return loci_fail_memory(error, path);
    }
    const char *what = read(by, json, network);
    json_decref(json);
    if (what != NULL) {
        free(by);
        return wrong(path, what, error);
    }
    free(network->rounding);
    network->rounding = by;
    return LOCI_OK;
}
