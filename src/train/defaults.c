/* What a network and its training are where nobody said: rules that follow from the data.
 *
 * They were chosen once for all, on samples held out of the training parts of ten small public sets
 * (bench/tables.py; docs/results.md has the table), so that a first try is about as good as a usual
 * network behind a scaler:
 *
 * A table: one hidden layer of 100. An input that is one of few has more sites to be told apart by,
 * 8 of at most 32 columns, 4 of at most 256, then 2; outputs have 16 dendrites, hidden neurons 8.
 * Columns are standardised, but for spiking nets. 30 epochs of small batches; many rows make larger
 * batches, and fewer epochs once there are steps enough; very few rows make more epochs.
 * Images: arbor-mlp-10k, in 40 epochs; many images make fewer, of some ten thousand steps in all.
 * With maps: arbors as the presets arbor-conv-* have them, nothing between the last maps and the
 * outputs, in 20 epochs.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <loci/network.h>
#include <loci/train.h>

#include "base/error.h"
#include "data/dataset.h"
#include "train/maps_defaults.h"
#include "train/network_for.h"

/* How far a choice goes: where what was given leaves a further one no use, nearer ones stay. */
enum reach { TRAINING, SITES, PLACES };

typedef struct choice {
    const char *name;
    char text[64];
    enum reach reach;
} choice;

typedef struct choices {
    size_t rows; /* that are trained on */
    choice list[16];
    size_t count;
    const char *const *given; /* names that stay as they are */
    size_t given_count;
} choices;

static bool is_given(const choices *all, const char *name) {
    for (size_t i = 0; i < all->given_count; i++)
        if (strcmp(all->given[i], name) == 0)
            return true;
    return false;
}

static void choose(choices *all, enum reach reach, const char *name, const char *text) {
    if (is_given(all, name))
        return;
    choice *one = &all->list[all->count++];
    *one = (choice){.name = name, .reach = reach};
    snprintf(one->text, sizeof one->text, "%s", text);
}

/* A whole number. */
static void choose_number(choices *all, enum reach reach, const char *name, double number) {
    char text[32];
    snprintf(text, sizeof text, "%lu", (unsigned long)number);
    choose(all, reach, name, text);
}

/* ---- how long ---- */

typedef struct amount {
    double batch, epochs, steps;
} amount;

static double between(double low, double number, double high) {
    return fmin(fmax(number, low), high);
}

/* Batches of at least `smallest`; `usual` epochs where rows are neither few nor many: at least
 * `fewest` steps of them, and once there are `enough` no more, but for some looks at each row. */
typedef struct measure {
    double smallest, usual, fewest, enough;
} measure;

static amount amount_for(const choices *all, const loci_config *config, measure by) {
    amount a = {.batch = by.smallest};
    while (a.batch < 128 && (double)all->rows > 250 * a.batch)
        a.batch *= 2;
    if (is_given(all, "batch"))
        a.batch = config->train.batch;
    double of_epoch = ceil((double)all->rows / a.batch);
    a.epochs = between(ceil(by.fewest / of_epoch), by.usual, fmax(5, ceil(by.enough / of_epoch)));
    a.epochs = fmin(a.epochs, 300);
    if (is_given(all, "epochs"))
        a.epochs = config->train.epochs;
    a.steps = a.epochs * of_epoch;
    return a;
}

/* A value for the first layer pair, and one for the rest if there is any. */
static void choose_pairs(choices *all, const loci_config *config, enum reach reach,
                         const char *name, const char *first, const char *rest) {
    char text[32];
    bool single = is_given(all, "hidden") && config->spec.hidden_count == 0;
    snprintf(text, sizeof text, single ? "%s" : "%s,%s", first, rest);
    choose(all, reach, name, text);
}

/* ---- tables ---- */

/* Outputs are few, and all that the net says goes through them: they have more dendrites. */
static void choose_dendrites(choices *all, const loci_config *config) {
    uint32_t layers = is_given(all, "hidden") ? config->spec.hidden_count : 1;
    char text[32] = "";
    size_t used = 0;
    for (uint32_t l = 0; l < layers && used + 4 < sizeof text && layers <= 8; l++)
        used += (size_t)snprintf(text + used, sizeof text - used, "8,");
    snprintf(text + used, sizeof text - used, layers <= 8 ? "16" : "8");
    choose(all, SITES, "dendrite-sites", text);
}

static void choose_for_table(choices *all, const loci_config *config, const loci_dataset *data) {
    const loci_spec *spec = &config->spec;
    bool spatial = spec->wiring != LOCI_WIRING_DENSE, spikes = loci_spec_spikes(spec);
    const float *mean, *deviation;
    uint32_t columns = loci_dataset_width(data);
    amount a = amount_for(all, config, (measure){16, 30, 200, 20000});
    loci_dataset_standard_scaling(data, &mean, &deviation);
    choose(all, TRAINING, "hidden", "100");
    if (spatial) {
        const char *sites = columns <= 32 ? "8" : columns <= 256 ? "4" : "2";
        bool alone = spec->input == LOCI_INPUT_SHEET; /* whose inputs have one site each */
        choose_pairs(all, config, SITES, "axon-sites", alone ? "1" : sites, "4");
        choose_dendrites(all, config);
    }
    if (!spikes && mean != NULL)
        choose(all, TRAINING, "input-scaling", "standard");
    choose_number(all, TRAINING, "batch", a.batch);
    choose_number(all, TRAINING, "epochs", a.epochs);
    choose(all, TRAINING, "lr", spatial ? "0.01" : "0.003");
}

/* ---- images ---- */

/* What an image shows stays the same a pixel further on; where it is does not. */
static bool may_be_shifted(const loci_dataset *data) {
    bool large = loci_dataset_height(data) >= 16 && loci_dataset_width(data) >= 16;
    return large && loci_dataset_task(data) == LOCI_TASK_CLASSIFY;
}

/* Layers of maps, which are given. */
static void choose_for_maps(choices *all, const loci_config *config, const loci_dataset *data) {
    bool spatial = config->spec.wiring != LOCI_WIRING_DENSE;
    amount a = amount_for(all, config, (measure){32, 20, 1500, 10000});
    choose(all, TRAINING, "hidden", "0");
    loci_maps_default list[LOCI_MAPS_DEFAULTS];
    size_t count = loci_maps_defaults(&config->spec, list);
    for (size_t i = 0; i < count; i++)
        choose(all, list[i].sites ? SITES : PLACES, list[i].name, list[i].text);
    if (a.steps >= 20)
        choose_number(all, TRAINING, "warmup", fmin(300, floor(a.steps / 20)));
    if (loci_spec_spikes(&config->spec))
        choose(all, TRAINING, "time-steps", "10");
    choose_number(all, TRAINING, "batch", a.batch);
    choose_number(all, TRAINING, "epochs", a.epochs);
    choose(all, TRAINING, "lr", spatial ? "0.02" : "0.003");
    if (may_be_shifted(data))
        choose(all, TRAINING, "shift", "1");
}

static void choose_for_images(choices *all, const loci_config *config, const loci_dataset *data) {
    const loci_spec *spec = &config->spec;
    bool spatial = spec->wiring != LOCI_WIRING_DENSE;
    amount a = amount_for(all, config, (measure){32, 40, 1500, 10000});
    choose(all, TRAINING, "hidden", spatial ? "192,80" : "256");
    if (spatial) {
        bool alone = spec->input == LOCI_INPUT_SHEET;
        choose(all, PLACES, "input", "grid");
        choose_pairs(all, config, SITES, "axon-sites", "1", "2");
        choose_pairs(all, config, SITES, "dendrite-sites", alone ? "10" : "9", "4");
        choose_pairs(all, config, PLACES, "range", "1.2", "2");
        if (a.steps >= 20)
            choose_number(all, TRAINING, "warmup", fmin(500, floor(a.steps / 20)));
    }
    if (loci_spec_spikes(spec))
        choose(all, TRAINING, "time-steps", "10");
    choose_number(all, TRAINING, "batch", a.batch);
    choose_number(all, TRAINING, "epochs", a.epochs);
    choose(all, TRAINING, "lr", spatial ? "0.02" : "0.003");
    if (spatial && may_be_shifted(data))
        choose(all, TRAINING, "shift", "1");
}

/* ---- temporal data ---- */

/* What enters when is what the data say, so neurons spike; distances are delays. Whether channels
 * that follow each other are alike nobody says, so they start anywhere. */
static void choose_for_events(choices *all, const loci_config *config, const loci_dataset *data) {
    const loci_spec *spec = &config->spec;
    bool spatial = spec->wiring != LOCI_WIRING_DENSE;
    amount a = amount_for(all, config, (measure){32, 30, 1500, 10000});
    if (!loci_spec_spikes(spec))
        choose(all, TRAINING, "neuron", "lif");
    choose(all, TRAINING, "hidden", "128");
    choose_number(all, TRAINING, "time-steps", loci_dataset_steps(data));
    choose(all, TRAINING, "readout", "softmax-sum");
    if (spatial) {
        choose(all, TRAINING, "delay", "distance");
        choose_pairs(all, config, SITES, "axon-sites", "1", "2");
        choose_pairs(all, config, SITES, "dendrite-sites", "8", "4");
    }
    choose_number(all, TRAINING, "batch", a.batch);
    choose_number(all, TRAINING, "epochs", a.epochs);
    choose(all, TRAINING, "lr", spatial ? "0.01" : "0.003");
}

/* What was asked for, and temporal data have no use for. */
static int check_events(const choices *all, const loci_config *config, const loci_dataset *data,
                        loci_error *error) {
    const loci_spec *spec = &config->spec;
    if (is_given(all, "neuron") && !loci_spec_spikes(spec))
        return loci_fail(error, LOCI_E_ARGUMENT, "neuron",
                         "%s holds temporal data, and neurons that do not spike have no time; give "
                         "lif or adlif",
                         data->name);
    if (is_given(all, "coding") && spec->coding != LOCI_CODING_EVENTS)
        return loci_fail(error, LOCI_E_ARGUMENT, "coding",
                         "%s holds temporal data, which enter as they are: by events", data->name);
    return LOCI_OK;
}

/* ---- where there is a model to start from ---- */

/* Its parameters go into a network like its own. False where it cannot be read: of that the run
 * will tell. */
static bool take_over(loci_config *config, const choices *all) {
    size_t count;
    const loci_field *fields = loci_spec_fields(&count);
    loci_network *model;
    if (config->init[0] == '\0' || loci_network_load(&model, config->init, NULL) != LOCI_OK)
        return false;
    const loci_spec *spec = loci_network_spec(model);
    for (size_t i = 0; i < count; i++) {
        char text[1024];
        if (strcmp(fields[i].name, "task") != 0 && !is_given(all, fields[i].name) &&
            loci_spec_get(spec, fields[i].name, text, sizeof text) == LOCI_OK)
            loci_spec_set(&config->spec, fields[i].name, text, NULL);
    }
    loci_network_free(model);
    return true;
}

static bool is_of_spec(const loci_config *config, const char *name) {
    char scratch[1024];
    return loci_spec_get(&config->spec, name, scratch, sizeof scratch) == LOCI_OK;
}

static void leave_network(choices *all, const loci_config *config) {
    size_t kept = 0;
    for (size_t i = 0; i < all->count; i++)
        if (!is_of_spec(config, all->list[i].name))
            all->list[kept++] = all->list[i];
    all->count = kept;
}

/* ---- presets ---- */

/* Options of a preset that are for images. */
static void drop_image_options(choices *all, const loci_config *config, const loci_dataset *data) {
    static const char *const warps[] = {"shift", "rotate", "zoom", "shear", "elastic", "flip"};
    const loci_train_options *train = &config->train;
    const double by[] = {train->shift, train->rotate,  train->zoom,
                         train->shear, train->elastic, train->flip};
    size_t before = all->count;
    /* columns of a table stand in no order, channels of a sensor may */
    if (config->spec.input != LOCI_INPUT_RANDOM && loci_dataset_steps(data) == 0)
        choose(all, PLACES, "input", "random");
    for (size_t i = 0; i < sizeof warps / sizeof *warps; i++)
        if (by[i] > 0)
            choose(all, TRAINING, warps[i], strcmp(warps[i], "flip") == 0 ? "no" : "0");
    if (all->count == before)
        return; /* it is for any data, as it is */
    double steps = train->epochs * ceil((double)all->rows / train->batch);
    if (train->warmup > steps / 10)
        choose_number(all, TRAINING, "warmup", floor(steps / 10));
    const float *mean, *deviation;
    loci_dataset_standard_scaling(data, &mean, &deviation);
    if (mean != NULL && !loci_spec_spikes(&config->spec))
        choose(all, TRAINING, "input-scaling", "standard");
}

/* ---- all of it ---- */

static int apply(loci_config *config, const choices *all, int reach, loci_error *error) {
    int status = LOCI_OK;
    for (size_t i = 0; i < all->count && status == LOCI_OK; i++) {
        const choice *one = &all->list[i];
        if ((int)one->reach > reach)
            continue;
        status = is_of_spec(config, one->name)
                     ? loci_spec_set(&config->spec, one->name, one->text, error)
                     : loci_train_set(&config->train, one->name, one->text, error);
    }
    return status;
}

/* Whether all that was given has something to act on, and there is such a network. */
static bool fits(const loci_config *config, const choices *all, const loci_dataset *data) {
    loci_spec spec = config->spec;
    loci_spec_for(&spec, data);
    for (size_t i = 0; i < all->given_count; i++)
        if (loci_config_use(config, all->given[i], NULL) != LOCI_OK)
            return false;
    return loci_spec_resolve(&spec, NULL) == LOCI_OK;
}

/* What was chosen, as it would be typed, behind why. */
static void tell(char *note, size_t size, const choices *all, int reach, const loci_config *config,
                 const loci_dataset *data) {
    size_t used, rows = loci_dataset_count(data, LOCI_TRAIN), before;
    if (loci_dataset_steps(data) > 0)
        used =
            (size_t)snprintf(note, size, "chosen for %zu samples of %u channels over time:", rows,
                             loci_dataset_width(data));
    else if (config->preset[0] != '\0')
        used = (size_t)snprintf(note, size, "the preset is one for images; for a table:");
    else if (loci_dataset_height(data) == 1)
        used = (size_t)snprintf(note, size, "chosen for a table of %zu rows and %u columns:", rows,
                                loci_dataset_width(data));
    else
        used = (size_t)snprintf(note, size, "chosen for %zu images of %u x %u:", rows,
                                loci_dataset_height(data), loci_dataset_width(data));
    before = used;
    for (size_t i = 0; i < all->count; i++)
        if ((int)all->list[i].reach <= reach && used < size)
            used += (size_t)snprintf(note + used, size - used, " --%s %s", all->list[i].name,
                                     all->list[i].text);
    if (used == before && size > 0)
        note[0] = '\0';
}

int loci_config_choose(loci_config *config, const loci_dataset *data, const char *const *given,
                       size_t given_count, char *note, size_t size, loci_error *error) {
    choices all = {.given = given, .given_count = given_count};
    bool table = loci_dataset_height(data) == 1, preset = config->preset[0] != '\0';
    loci_config start = *config, chosen;
    bool events = loci_dataset_steps(data) > 0;
    int reach = PLACES, status = events ? check_events(&all, config, data, error) : LOCI_OK;
    size_t held_out;
    if (status == LOCI_OK)
        status = loci_dataset_held_out(data, config->train.validation, &held_out, error);
    if (status != LOCI_OK)
        return status;
    all.rows = loci_dataset_count(data, LOCI_TRAIN) - held_out;
    if (events && !preset)
        choose_for_events(&all, config, data);
    else if (preset && table)
        drop_image_options(&all, config, data);
    else if (!preset && table && config->spec.maps_count == 0)
        choose_for_table(&all, config, data);
    else if (!preset && config->spec.maps_count > 0)
        choose_for_maps(&all, config, data);
    else if (!preset)
        choose_for_images(&all, config, data);
    if (!preset && take_over(&start, &all))
        leave_network(&all, config);
    if (events) { /* whatever was given */
        start.spec.coding = LOCI_CODING_EVENTS;
        start.spec.time_steps = loci_dataset_steps(data);
    }
    do {
        chosen = start;
        status = apply(&chosen, &all, reach, error);
        /* of what a preset lacks the one who gave it is told */
    } while (status == LOCI_OK && !preset && !fits(&chosen, &all, data) && --reach >= TRAINING);
    if (status != LOCI_OK)
        return status;
    tell(note, size, &all, reach, config, data);
    *config = chosen;
    return LOCI_OK;
}
