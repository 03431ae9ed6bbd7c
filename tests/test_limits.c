/* How large networks may be, at the border and beyond, where nothing of that size is made; and what
 * refuses arrays of all connections in one line. */
#include "scratch.h"

#include <loci/codegen.h>
#include <loci/exchange.h>
#include <loci/inspect.h>
#include <loci/prune.h>
#include <loci/view.h>

#include "infer/session.h"
#include "network/contents.h"

static loci_spec make(uint32_t side, const char *options) {
    loci_spec spec;
    loci_spec_defaults(&spec);
    spec.height = spec.width = side;
    spec.classes = 10;
    char text[256], *rest = NULL;
    snprintf(text, sizeof text, "%s", options);
    for (char *at = strtok_r(text, " ", &rest); at != NULL; at = strtok_r(NULL, " ", &rest)) {
        char *value = strchr(at, '=');
        *value++ = '\0';
        assert_int_equal(loci_spec_set(&spec, at, value, NULL), LOCI_OK);
    }
    return spec;
}

/* Numbers of a specification as it is resolved; 0 = too many. */
static size_t count(uint32_t side, const char *options) {
    loci_spec spec = make(side, options);
    loci_parameter_counts counts;
    assert_int_equal(loci_spec_resolve(&spec, NULL), LOCI_OK);
    loci_spec_count(&spec, &counts);
    return counts.total;
}

static void test_sizes(void **state) {
    (void)state;
    loci_spec spec;
    loci_error error;
    loci_spec_defaults(&spec);
    assert_int_equal(loci_spec_set(&spec, "hidden", "10000001", &error), LOCI_E_ARGUMENT);
    assert_int_equal(loci_spec_set(&spec, "hidden", "4294967297", &error), LOCI_E_ARGUMENT);
    spec = make(4096, "hidden=10000000");
    spec.hidden[0]++;
    assert_int_equal(loci_spec_resolve(&spec, &error), LOCI_E_ARGUMENT);
    assert_non_null(strstr(error.message, "1..10000000"));

    /* 2^24 inputs of 3 numbers, 10^7 neurons of 2 + 3 and 1, 10 outputs of 2 and 1, two gaps */
    spec = make(4096, "hidden=10000000 input=random tied=no");
    assert_int_equal(loci_spec_resolve(&spec, NULL), LOCI_OK);
    assert_int_equal(loci_spec_connections(&spec), (((size_t)1 << 24) + 10) * 10000000);
    assert_int_equal(count(4096, "hidden=10000000 input=random tied=no"),
                     3 * ((size_t)1 << 24) + 6 * (size_t)10000000 + 30 + 2);
    /* 2^30 + 64 10^7 + 43 10^7 + 10 sites are just below 2^31; with 44 they are above */
#define NEARLY "hidden=10000000 axon-sites=64,%d dendrite-sites=64,1 tied=no input=random"
    char text[128];
    snprintf(text, sizeof text, NEARLY, 43);
    assert_true(count(4096, text) > (size_t)1 << 32);
    snprintf(text, sizeof text, NEARLY, 44);
    assert_int_equal(count(4096, text), 0);
    loci_network *network = NULL;
    spec = make(4096, text);
    assert_int_equal(loci_network_create(&network, &spec, 1, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.message, "more than 2^31 sites");
    /* a conventional one: 2^12 x 2^19 weights, biases on top */
    assert_int_equal(count(64, "wiring=dense hidden=524288"), 0);
    assert_true(count(64, "wiring=dense hidden=522000") > 0);
    /* a layer to itself counts */
    assert_int_equal(count(8, "wiring=dense neuron=lif recurrent=yes hidden=50000"), 0);
}

static void test_matrices(void **state) {
    (void)state;
    loci_error error;
    assert_int_equal(loci_check_matrix("x", 1 << 15, 1 << 15, NULL), LOCI_OK);
    assert_int_equal(loci_check_matrix("x", 1 << 15, (1 << 15) + 1, &error), LOCI_E_UNSUPPORTED);
    assert_string_equal(error.where, "x");
    assert_non_null(strstr(error.message, "32768 x 32769 neurons is too large"));
    assert_int_equal(loci_check_matrix("x", SIZE_MAX, 3, NULL), LOCI_E_UNSUPPORTED);
    assert_int_equal(loci_check_matrix("x", (size_t)1 << 32, (size_t)1 << 32, NULL),
                     LOCI_E_UNSUPPORTED);
}

static void no_visit(void *context, const loci_way *ways, size_t ways_count) {
    (void)context, (void)ways, (void)ways_count;
}

/* A network of 2^30 + 2^20 connections, as a model of a few megabytes; nothing that is asked of it
 * writes to the NULL that it is given. */
static void test_refused(void **state) {
    (void)state;
    loci_spec spec = make(1024, "hidden=1025");
    loci_network *network, *small;
    loci_error error;
    size_t kept;
    assert_int_equal(loci_network_create(&network, &spec, 1, NULL), LOCI_OK);
#define REFUSED(call, whom)                                                                        \
    do {                                                                                           \
        memset(&error, 0, sizeof error);                                                           \
        assert_int_equal(call, LOCI_E_UNSUPPORTED);                                                \
        assert_string_equal(error.where, whom);                                                    \
        assert_non_null(strstr(error.message, "1048576 x 1025 neurons is too large"));             \
    } while (0)
    REFUSED(loci_network_check_matrix(network, 0, "mine", &error), "mine");
    assert_int_equal(loci_network_check_matrix(network, 1, "mine", NULL), LOCI_OK);
    assert_int_equal(loci_network_check_matrix(network, 2, "mine", NULL), LOCI_E_ARGUMENT);
    REFUSED(loci_network_weights(network, 0, NULL, &error), "weights");
    REFUSED(loci_network_lengths(network, 0, NULL, &error), "lengths");
    REFUSED(loci_network_kept(network, 0, NULL, &kept, &error), "kept");
    REFUSED(loci_network_ways(network, 0, no_visit, NULL, &error), "ways");
    REFUSED(loci_network_shrink(&small, network, &error), "shrink");
    REFUSED(loci_exchange_npz(network, "never", &error), "export");
    char *text;
    REFUSED(loci_view_payload(&text, network, NULL, &error), "page");
    loci_network_free(network);
}

/* Samples that are evaluated at a time: as many as ever, but of large inputs or layers. */
static void test_batches(void **state) {
    (void)state;
    static const struct {
        uint32_t side;
        const char *options;
        size_t most;
    } nets[] = {{28, "hidden=20", 1000},
                {366, "hidden=20", 1000},
                {512, "hidden=20", 512},
                {4, "hidden=1000000", 134}};
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++) {
        loci_spec spec = make(nets[i].side, nets[i].options);
        loci_network *network;
        loci_session session;
        assert_int_equal(loci_network_create(&network, &spec, 1, NULL), LOCI_OK);
        assert_int_equal(loci_session_open(&session, network, 5000, NULL, NULL), LOCI_OK);
        assert_int_equal(session.pass->most, nets[i].most);
        loci_session_close(&session);
        loci_network_free(network);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_matrices),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_batches),
    };
    return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}
