/* Which options have something to act on. A network forgets what it has no use for; somebody who
 * asks for that by name is mistaken, and is told why. */
#include "network/spec_use.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "option/fields.h"
#include "wiring/law.h"

static bool has_positions(const loci_spec *spec) {
    return spec->wiring != LOCI_WIRING_DENSE;
}

static bool spikes(const loci_spec *spec) {
    return loci_spec_spikes(spec);
}

static bool is_continuous(const loci_spec *spec) {
    return !loci_spec_spikes(spec);
}

static bool has_hidden(const loci_spec *spec) {
    return loci_spec_hidden_layers(spec) > 0;
}

static bool fires(const loci_spec *spec) {
    return spikes(spec) && (has_hidden(spec) || spec->readout == LOCI_READOUT_COUNT);
}

static bool has_steps(const loci_spec *spec) {
    return spec->time_steps > 1;
}

static bool has_delays(const loci_spec *spec) {
    return spikes(spec) && has_positions(spec) && has_steps(spec) && spec->delay != LOCI_DELAY_NONE;
}

static bool has_loops(const loci_spec *spec) {
    return spikes(spec) && has_hidden(spec) && has_positions(spec) && has_steps(spec) &&
           spec->recurrent;
}

static bool has_latency(const loci_spec *spec) {
    return spikes(spec) && spec->coding == LOCI_CODING_LATENCY;
}

static bool adapts(const loci_spec *spec) {
    return spec->neuron == LOCI_NEURON_ADLIF;
}

static bool has_planes(const loci_spec *spec) {
    return spec->planes != LOCI_PLANES_RELAXED;
}

static bool has_mask(const loci_spec *spec) {
    return spec->sign == LOCI_SIGN_MASK;
}

static bool has_grid(const loci_spec *spec) {
    return spec->maps_count == 0 && spec->input != LOCI_INPUT_RANDOM;
}

/* The pixels of a grid start with noise, those of a sheet do not; the sites that are spread over
 * the square have it in coordinates beyond its two. */
static bool is_noisy(const loci_spec *spec) {
    bool grid = spec->input == LOCI_INPUT_GRID;
    return spec->maps_count == 0 && (grid || (spec->input == LOCI_INPUT_SHEET && spec->dim > 3));
}

/* Without hidden layers all sites over a grid lie on it; then only a length may follow from the
 * spread. */
static bool has_cloud(const loci_spec *spec) {
    bool follows = false;
    for (uint32_t l = 0; l < loci_spec_pairs_listed(spec); l++)
        follows |= spec->length[l] == -1;
    return has_hidden(spec) || !has_grid(spec) || (follows && loci_law_has_length(spec->law));
}

static bool has_maps(const loci_spec *spec) {
    return spec->maps_count > 0;
}

static bool has_no_maps(const loci_spec *spec) {
    return spec->maps_count == 0;
}

static bool has_length(const loci_spec *spec) {
    return loci_law_has_length(spec->law);
}

static bool has_range(const loci_spec *spec) {
    for (uint32_t l = 0; l < loci_spec_pairs_listed(spec); l++)
        if (spec->range[l] > 0)
            return true;
    return false;
}

/* An entry of a list that may not be resolved yet: 0 = as the pair before. */
static double entry(const double *list, uint32_t l) {
    while (l > 0 && list[l] == 0)
        l--;
    return list[l];
}

/* Gap and softening alone are a distance; out of a shorter range no connection ever comes back. */
static bool has_reach(const loci_spec *spec) {
    double softening = fmax(spec->softening, 0);
    if (spec->softening == -1 && !has_planes(spec))
        softening = 0.01;
    for (uint32_t l = 0; l < loci_spec_pairs_listed(spec); l++) {
        double gap = has_planes(spec) ? entry(spec->gap, l) : 0, range = entry(spec->range, l);
        if (range > 0 && !(gap * gap + softening * softening < range * range))
            return false;
    }
    return true;
}

static const struct need {
    unsigned bit;
    bool (*is_met)(const loci_spec *);
    const char *tells; /* the option whose value the text has for its %s, or NULL */
    const char *text;
} all[] = {
    {LOCI_NEEDS_POSITIONS, has_positions, NULL,
     "a conventional net has no positions; leave the option out"},
    {LOCI_NEEDS_TIME, spikes, NULL, "is for spiking nets; add --neuron lif"},
    {LOCI_NEEDS_CONTINUOUS, is_continuous, NULL,
     "is for neurons that do not spike; leave the option out, or give --neuron relu"},
    {LOCI_NEEDS_HIDDEN, has_hidden, NULL, "there are no hidden neurons; give some with --hidden N"},
    {LOCI_NEEDS_FIRING, fires, "readout",
     "no neuron fires, without hidden layers and with the readout '%s'; give --hidden N or "
     "--readout count"},
    {LOCI_NEEDS_STEPS, has_steps, NULL,
     "with one time step nothing is carried on to another; give --time-steps 2 or more"},
    {LOCI_NEEDS_PLANES, has_planes, NULL,
     "relaxed planes have no gap; leave the option out, or give --planes fixed or learned"},
    {LOCI_NEEDS_MASK, has_mask, NULL, "free charges have no mask; add --sign mask"},
    {LOCI_NEEDS_GRID, has_grid, NULL,
     "no input starts on a pixel grid; add --input grid or --input sheet"},
    {LOCI_NEEDS_NOISY, is_noisy, "input",
     "with the input '%s' nothing starts on a grid with noise; give --input grid"},
    {LOCI_NEEDS_CLOUD, has_cloud, "input",
     "with the input '%s' and no hidden layer nothing starts at random distances; leave the option "
     "out, or give --hidden N"},
    {LOCI_NEEDS_LENGTH, has_length, "law",
     "the law '%s' has no length; give --law exponential or gaussian"},
    {LOCI_NEEDS_RANGE, has_range, NULL,
     "there is no range to train; give one to start from with --range R"},
    {LOCI_NEEDS_DELAY, has_delays, NULL, "spikes take no time; add --delay distance"},
    {LOCI_NEEDS_LOOP, has_loops, NULL, "no layer is wired to itself by positions; add --recurrent"},
    {LOCI_NEEDS_LATENCY, has_latency, NULL, "is for --coding latency"},
    {LOCI_NEEDS_ADAPTATION, adapts, NULL, "is for adaptive neurons; add --neuron adlif"},
    {LOCI_NEEDS_MAPS, has_maps, NULL, "there are no maps; give some with --maps N"},
    {LOCI_NEEDS_FREE_INPUT, has_no_maps, NULL,
     "an image under maps stands still; leave the option out"},
    {LOCI_NEEDS_FREE_SITES, has_no_maps, NULL,
     "neurons of maps have sites of their own for each side; leave the option out"},
    {LOCI_NEEDS_REACH, has_reach, "range",
     "the range (%s) does not reach across gap and softening: no weight would ever differ from 0; "
     "give a longer one, or less of these"},
};

/* By enum loci_field_nets; whether there is a teacher a specification does not know. */
static const unsigned by_nets[] = {0, LOCI_NEEDS_POSITIONS, LOCI_NEEDS_TIME, 0,
                                   LOCI_NEEDS_CONTINUOUS};

/* What the row needs for the networks it is for; "neuron" makes a net what it is. */
static unsigned needs_by_nets(const loci_field *field) {
    return strcmp(field->name, "neuron") == 0 ? 0 : by_nets[field->nets];
}

static const struct need *find_missing(const loci_spec *spec, unsigned needs) {
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if ((needs & all[i].bit) && !all[i].is_met(spec))
            return &all[i];
    return NULL;
}

static int check(const loci_spec *spec, const loci_field *field, unsigned needs,
                 loci_error *error) {
    const struct need *missing = find_missing(spec, needs);
    char value[256] = "...";
    if (missing == NULL)
        return LOCI_OK;
    if (missing->tells != NULL)
        loci_spec_get(spec, missing->tells, value, sizeof value);
    return loci_fail(error, LOCI_E_ARGUMENT, field->name, missing->text, value);
}

int loci_spec_check_nets(const loci_spec *spec, const loci_field *field, loci_error *error) {
    return check(spec, field, needs_by_nets(field), error);
}

int loci_spec_use(const loci_spec *spec, const char *name, loci_error *error) {
    size_t count;
    const loci_field *fields = loci_spec_fields(&count), *field = NULL;
    for (size_t i = 0; i < count; i++)
        if (strcmp(fields[i].name, name) == 0)
            field = &fields[i];
    if (field == NULL)
        return loci_fail(error, LOCI_E_ARGUMENT, name, "no such option");
    int status = loci_spec_check_nets(spec, field, error);
    if (status == LOCI_OK && !loci_field_is_idle(field, spec))
        status = check(spec, field, field->needs, error);
    return status;
}

/* ---- what two networks differ in ---- */

/* A range that does not reach is a mistake of its own, no lack of what it acts on. */
static bool acts(const loci_spec *spec, const loci_field *field) {
    unsigned needs = needs_by_nets(field) | field->needs;
    const int *by = (const void *)((const char *)spec + field->acts_by);
    return find_missing(spec, needs & ~(unsigned)LOCI_NEEDS_REACH) == NULL &&
           (field->acts_by == 0 || *by == field->acts_at);
}

static bool differs(const loci_spec *a, const loci_spec *b, const loci_field *field) {
    char of_a[1024] = "", of_b[1024] = "";
    if (field->carried == LOCI_CARRIED_FREE || !acts(a, field) || !acts(b, field))
        return false;
    loci_spec_get(a, field->name, of_a, sizeof of_a);
    loci_spec_get(b, field->name, of_b, sizeof of_b);
    return strcmp(of_a, of_b) != 0;
}

const loci_field *loci_spec_difference(const loci_spec *from, const loci_spec *to, size_t i) {
    size_t count;
    const loci_field *fields = loci_spec_fields(&count);
    for (size_t f = 0; f < count; f++)
        if (differs(from, to, &fields[f]) && i-- == 0)
            return &fields[f];
    return NULL;
}
