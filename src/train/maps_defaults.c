#include "train/maps_defaults.h"

#include <stdio.h>

/* Lists of more values than these would not fit. */
enum { MOST_LISTED = 8 };

static void add(loci_maps_default *to, const char *name, const char *text) {
    *to = (loci_maps_default){.name = name};
    snprintf(to->text, sizeof to->text, "%s", text);
}

/* One value for each pair that leads to maps, and one for the pair behind them. */
static void add_pairs(loci_maps_default *to, const loci_spec *spec, const char *name,
                      const char *first, const char *maps, const char *last) {
    *to = (loci_maps_default){.name = name};
    size_t used = (size_t)snprintf(to->text, sizeof to->text, "%s,", first);
    for (uint32_t l = 1; l < spec->maps_count; l++)
        used += (size_t)snprintf(to->text + used, sizeof to->text - used, "%s,", maps);
    snprintf(to->text + used, sizeof to->text - used, "%s", last);
}

size_t loci_maps_defaults(const loci_spec *spec, loci_maps_default list[LOCI_MAPS_DEFAULTS]) {
    size_t count = 0;
    if (spec->maps_count == 0 || spec->wiring == LOCI_WIRING_DENSE)
        return 0;
    add(&list[count], "dim", "5");
    list[count++].needed = true;
    add(&list[count++], "spread", "0.7");
    add(&list[count++], "gap", "0.3");
    if (spec->maps_count <= MOST_LISTED) {
        add_pairs(&list[count], spec, "dendrite-sites", "6", "12", "24");
        list[count].needed = list[count].sites = true;
        count++;
        add_pairs(&list[count++], spec, "range", "1.5", "1.5", "2.25");
    }
    return count;
}
