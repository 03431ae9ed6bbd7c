/* What is said of maps: what cannot be is refused with a way out, what can be is kept. */
#include "spiking_fixture.h"

#include "scratch.h"

#include <loci/run.h>
#include <stdio.h>
#include <string.h>

#include "train/config.h"

enum { CLASSES = 3 };

/* Lists of windows and pools that are all as usual come back as long as they were. */
static void test_configuration(void **state) {
    (void)state;
    loci_config config, loaded;
    loci_error error = {0};
    char folder[256];
    scratch_make(folder);
    loci_config_defaults(&config);
    config.spec.height = config.spec.width = 12;
    config.spec.classes = CLASSES;
    fixture_set(&config.spec, "maps=2,3,2 hidden=4 window=5,5,3 pool=2,1 dim=5 dendrite-sites=2");
    assert_int_equal(loci_spec_resolve(&config.spec, NULL), LOCI_OK);
    assert_int_equal(loci_config_save(&config, folder, NULL), LOCI_OK);
    assert_int_equal(loci_config_load(&loaded, folder, NULL), LOCI_OK);
    if (loci_config_compare(&config, &loaded, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    scratch_remove(folder);
}

/* A hint is an option that works. */
static void test_what_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *spec, *where, *hint, *instead;
    } nets[] = {
        {"maps=2 hidden=0 dendrite-sites=2", "dim", "give --dim 5", "dim=5"},
        {"maps=2 hidden=0 dim=5", "dendrite-sites", "at least 2 sites", "dendrite-sites=2"},
        {"maps=2,2,2,2,2 hidden=0 dim=5 dendrite-sites=2", "pool", "--pool 2,2,2,1,1",
         "pool=2,2,2,1,1"},
        {"maps=2,2 pool=8 hidden=0 dim=5 dendrite-sites=2", "pool", "--pool 8,1", "pool=8,1"},
        {"maps=2 window=4 hidden=0 dim=5 dendrite-sites=2", "window", "for example 5", "window=5"},
        {"maps=2 hidden=0 dim=5 dendrite-sites=2 recurrent=yes neuron=lif", "recurrent",
         "leave out", "recurrent=no"},
    };
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++) {
        loci_error error = {0};
        loci_spec spec;
        loci_spec_defaults(&spec);
        spec.height = spec.width = 12;
        spec.classes = CLASSES;
        fixture_set(&spec, nets[i].spec);
        loci_spec mended = spec;
        if (loci_spec_resolve(&spec, &error) != LOCI_E_ARGUMENT)
            fail_msg("%s is taken", nets[i].spec);
        assert_string_equal(error.where, nets[i].where);
        if (strstr(error.message, nets[i].hint) == NULL)
            fail_msg("%s does not say %s", error.message, nets[i].hint);
        fixture_set(&mended, nets[i].instead);
        if (loci_spec_resolve(&mended, &error) != LOCI_OK)
            fail_msg("%s with %s: %s", nets[i].spec, nets[i].instead, error.message);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_configuration),
        cmocka_unit_test(test_what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
