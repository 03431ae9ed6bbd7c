/* loci_network_weights(): what it shows is what the network computes with. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <loci/network.h>

enum { SIDE = 9, INPUTS = SIDE * SIDE, CLASSES = 70 }; /* more than one tile either way */

/* Without hidden layers, the logits for an input of a single 1 are that input's weights plus the
 * biases. */
static void check(const char *options[][2]) {
    loci_spec spec;
    loci_network *network = NULL;
    loci_error error = {0};
    loci_spec_defaults(&spec);
    spec.height = spec.width = SIDE;
    spec.classes = CLASSES;
    assert_int_equal(loci_spec_set(&spec, "hidden", "0", &error), LOCI_OK);
    for (size_t i = 0; options[i][0] != NULL; i++)
        assert_int_equal(loci_spec_set(&spec, options[i][0], options[i][1], &error), LOCI_OK);
    assert_int_equal(loci_network_create(&network, &spec, 3, &error), LOCI_OK);
    static float weights[INPUTS * CLASSES], inputs[(INPUTS + 1) * INPUTS],
        logits[(INPUTS + 1) * CLASSES];
    for (size_t i = 0; i < INPUTS; i++)
        inputs[i * INPUTS + i] = 1; /* the last row stays 0 */
    assert_int_equal(loci_network_run(network, NULL, inputs, INPUTS + 1, logits, &error), LOCI_OK);
    assert_int_equal(loci_network_weights(network, 0, weights, &error), LOCI_OK);
    float largest = 0;
    for (size_t i = 0; i < INPUTS; i++)
        for (size_t j = 0; j < CLASSES; j++) {
            float wanted = logits[i * CLASSES + j] - logits[INPUTS * CLASSES + j];
            float found = weights[i * CLASSES + j];
            largest = fmaxf(largest, fabsf(found));
            assert_true(fabsf(found - wanted) <= 1e-5f * fmaxf(1, fabsf(wanted)));
        }
    assert_true(largest > 0.01f);
    assert_int_equal(loci_network_weights(network, 1, weights, &error), LOCI_E_ARGUMENT);
    loci_network_free(network);
}

static void test_one_layer(void **state) {
    (void)state;
    check((const char *[][2]){{NULL, NULL}});
    check((const char *[][2]){
        {"dendrite-sites", "4"}, {"axon-sites", "2"}, {"dim", "5"}, {NULL, NULL}});
    check((const char *[][2]){
        {"sign", "mask"}, {"planes", "learned"}, {"scale", "one"}, {NULL, NULL}});
    check((const char *[][2]){{"input", "sheet"}, {"dendrite-sites", "3"}, {NULL, NULL}});
    check((const char *[][2]){{"planes", "relaxed"}, {NULL, NULL}});
    check((const char *[][2]){{"wiring", "dense"}, {NULL, NULL}});
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_one_layer)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
