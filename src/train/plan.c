/* From options by name to the configuration of a run. */
#include <stdbool.h>
#include <string.h>

#include <loci/train.h>

#include "base/error.h"
#include "base/names.h"
#include "base/text.h"
#include "option/fields.h"
#include "train/data_fields.h"
#include "train/maps_defaults.h"
#include "train/teacher_list.h"

/* One table of options and what its rows are members of. */
typedef struct table {
    const loci_field *fields;
    size_t count;
    void *object;
} table;
enum { TABLES = 4 };

static void list_tables(table all[TABLES], loci_config *config) {
    all[0].fields = loci_spec_fields(&all[0].count);
    all[1].fields = loci_train_fields(&all[1].count);
    all[2].fields = loci_data_fields(&all[2].count);
    all[3].fields = loci_source_fields(&all[3].count);
    all[0].object = &config->spec;
    all[1].object = &config->train;
    all[2].object = all[3].object = config;
}

/* The table that has the option; NULL after the error. */
static const table *find(const table all[TABLES], const char *name, loci_error *error) {
    loci_nearest nearest = {name, NULL, SIZE_MAX};
    for (size_t t = 0; t < TABLES; t++)
        for (size_t i = 0; i < all[t].count; i++)
            if (strcmp(all[t].fields[i].name, name) == 0)
                return &all[t];
    for (size_t t = 0; t < TABLES && error != NULL; t++)
        for (size_t i = 0; i < all[t].count; i++)
            loci_nearest_offer(&nearest, all[t].fields[i].name);
    loci_nearest_offer(&nearest, "seed");
    if (nearest.best != NULL)
        loci_fail(error, LOCI_E_ARGUMENT, name, "no such option; did you mean '%s'?", nearest.best);
    else
        loci_fail(error, LOCI_E_ARGUMENT, name, "no such option");
    return NULL;
}

static int set_seed(loci_config *config, const char *text, loci_error *error) {
    uint64_t seed = 0;
    bool fits = *text != '\0';
    for (const char *p = text; fits && *p != '\0'; p++)
        fits = loci_is_digit(*p) && !__builtin_mul_overflow(seed, 10, &seed) &&
               !__builtin_add_overflow(seed, (uint64_t)(*p - '0'), &seed);
    if (!fits || seed > INT64_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "seed", "'%s' is not a whole number from 0 to %jd",
                         LOCI_SHOWN(40, text), (intmax_t)INT64_MAX);
    config->seed = seed;
    return LOCI_OK;
}

int loci_config_set(loci_config *config, const char *name, const char *text, loci_error *error) {
    table all[TABLES];
    if (strcmp(name, "seed") == 0)
        return set_seed(config, text, error);
    if (strcmp(name, "teacher") == 0)
        return loci_teacher_read(config, text, error);
    list_tables(all, config);
    const table *its = find(all, name, error);
    return its == NULL ? LOCI_E_ARGUMENT
                       : loci_field_set(its->fields, its->count, its->object, name, text, error);
}

static bool is_given(const loci_given *given, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(given[i].name, name) == 0)
            return true;
    return false;
}

/* A preset's lists may be longer than the hidden layers asked for instead of its own; what was
 * given is left for loci_spec_resolve() to judge. */
static void cut_lists(loci_spec *spec, const loci_given *given, size_t count) {
    for (uint32_t pair = loci_spec_hidden_layers(spec) + 1; pair < LOCI_MAX_PAIRS; pair++) {
        if (!is_given(given, count, "axon-sites"))
            spec->axon_sites[pair] = 0;
        if (!is_given(given, count, "dendrite-sites"))
            spec->dendrite_sites[pair] = 0;
        if (!is_given(given, count, "gap"))
            spec->gap[pair] = 0;
        if (!is_given(given, count, "range"))
            spec->range[pair] = 0;
        if (!is_given(given, count, "length"))
            spec->length[pair] = 0;
    }
}

/* What maps cannot be without is there before data are: as loci_config_choose() takes it. A preset
 * says what it is, and whoever wants maps of it is told what they lack. */
static int prepare_maps(loci_config *config, const loci_given *given, size_t count,
                        loci_error *error) {
    loci_maps_default list[LOCI_MAPS_DEFAULTS];
    size_t listed = config->preset[0] == '\0' ? loci_maps_defaults(&config->spec, list) : 0;
    int status = LOCI_OK;
    for (size_t i = 0; i < listed && status == LOCI_OK; i++)
        if (list[i].needed && !is_given(given, count, list[i].name))
            status = loci_spec_set(&config->spec, list[i].name, list[i].text, error);
    return status;
}

/* A network forgets what it has no use for; who asks for it by name is mistaken. What a preset asks
 * for may be overridden. */
static int check_use(const loci_config *config, const loci_given *given, size_t count,
                     loci_error *error) {
    int status = LOCI_OK;
    for (size_t i = 0; i < count && status == LOCI_OK; i++)
        status = loci_config_use(config, given[i].name, error);
    return status;
}

int loci_config_plan(loci_config *config, const char *preset, const loci_given *given, size_t count,
                     loci_error *error) {
    int status = LOCI_OK;
    loci_config_defaults(config);
    if (preset != NULL && preset[0] != '\0') {
        status = loci_preset(preset, &config->spec, &config->train, error);
        if (status == LOCI_OK)
            loci_shown(config->preset, sizeof config->preset, preset);
    }
    for (size_t i = 0; i < count && status == LOCI_OK; i++)
        status = loci_config_set(config, given[i].name, given[i].text, error);
    bool events = status == LOCI_OK && config->spec.coding == LOCI_CODING_EVENTS;
    if (events && !is_given(given, count, "neuron") && !loci_spec_spikes(&config->spec))
        config->spec.neuron = LOCI_NEURON_LIF; /* of others there is no time */
    if (status == LOCI_OK)
        status = prepare_maps(config, given, count, error);
    if (status == LOCI_OK)
        status = check_use(config, given, count, error);
    if (status != LOCI_OK)
        return status;
    if (config->train.epochs == 0)
        return loci_fail(error, LOCI_E_ARGUMENT, "epochs",
                         "nothing would be trained; give at least 1");
    cut_lists(&config->spec, given, count);
    loci_spec resolved = config->spec;
    return loci_spec_resolve(&resolved, error);
}
