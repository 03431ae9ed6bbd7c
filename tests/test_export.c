/* ONNX and NIR files: how they are written, and what cannot be. What is in them is looked at by
 * other programs: tests/onnx, exchange_nir.py. */
#include "no_sync.h"
#include "prune_fixture.h"
#include "scratch_folder.h"

#include <loci/exchange.h>

#include "exchange/protobuf.h"

#define RELU "neuron=relu hidden=9"
#define LIF "hidden=9,5 time-steps=4"
#define LATE "hidden=9 time-steps=5 dendrite-sites=2 delay=distance recurrent=yes"

typedef int export_function(const loci_network *network, const char *path, loci_error *error);

static int export_nir(const loci_network *network, const char *path, loci_error *error) {
    return loci_exchange_nir(network, LOCI_NIR_DT, path, error);
}

/* Whether this build writes NIR. */
static bool has_nir(void) {
    loci_network *network = prune_make(LIF, 1);
    const char *path = scratch_path(folder, "probe");
    int status = export_nir(network, path, NULL);
    if (status == LOCI_OK)
        assert_int_equal(remove(path), 0);
    else
        assert_int_equal(status, LOCI_E_UNSUPPORTED);
    loci_network_free(network);
    return status == LOCI_OK;
}

static size_t read_varint(const unsigned char *bytes, size_t *at) {
    size_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        unsigned char byte = bytes[(*at)++];
        value |= (size_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
}

/* The examples of protobuf.dev/programming-guides/encoding, and the lengths around which a length
 * grows by a byte. */
static void test_protobuf(void **state) {
    (void)state;
    static const unsigned char wanted[] = {0x08, 0x96, 0x01, 0x12, 0x07, 't',  'e',
                                           's',  't',  'i',  'n',  'g',  0x1a, 0x03,
                                           0x08, 0x96, 0x01, 0x82, 0x01, 0x00};
    loci_protobuf p = {0};
    loci_protobuf_number(&p, 1, 150);
    loci_protobuf_text(&p, 2, "testing");
    size_t inside = loci_protobuf_begin(&p, 3);
    loci_protobuf_number(&p, 1, 150);
    loci_protobuf_end(&p, inside);
    loci_protobuf_end(&p, loci_protobuf_begin(&p, 16));
    assert_false(p.lost);
    assert_int_equal(p.size, sizeof wanted);
    assert_memory_equal(p.bytes, wanted, sizeof wanted);
    free(p.bytes);
    for (size_t length = 120; length < 17000; length += length < 140 ? 1 : 4001) {
        char *text = memset(loci_alloc(length + 1, 1), 'x', length);
        size_t at = 0, begin;
        p = (loci_protobuf){0};
        begin = loci_protobuf_begin(&p, 5);
        loci_protobuf_text(&p, 1, text);
        loci_protobuf_end(&p, begin);
        assert_int_equal(p.bytes[at++], 5 << 3 | 2);
        size_t outer = read_varint(p.bytes, &at);
        assert_int_equal(outer, p.size - at);
        assert_int_equal(p.bytes[at++], 1 << 3 | 2);
        assert_int_equal(read_varint(p.bytes, &at), length);
        assert_memory_equal(p.bytes + at, text, length);
        assert_int_equal(p.size, at + length);
        free(p.bytes);
        free(text);
    }
}

static void check_repeats(export_function *export, const char *options) {
    const char *first = scratch_path(folder, "first"), *second = scratch_path(folder, "second");
    loci_network *network = prune_make(options, 2);
    assert_int_equal(export(network, first, NULL), LOCI_OK);
    assert_int_equal(export(network, second, NULL), LOCI_OK);
    scratch_assert_same(first, second);
    assert_int_equal(remove(first), 0);
    assert_int_equal(remove(second), 0);
    loci_network_free(network);
}

static void test_repeats(void **state) {
    (void)state;
    check_repeats(loci_exchange_onnx, RELU);
    check_repeats(loci_exchange_onnx, LIF " coding=latency");
    check_repeats(loci_exchange_onnx, LATE " neuron=adlif");
    if (has_nir())
        check_repeats(export_nir, LIF " train-beta=neuron");
    if (has_nir())
        check_repeats(export_nir, LATE);
}

/* Is refused with this status and words; nothing is left behind, and what was there stays. */
static void check_refused(export_function *export, const loci_network *network, int status,
                          const char *words) {
    const char *path = scratch_path(folder, "refused");
    loci_error error = {0};
    size_t size;
    assert_int_equal(export(network, path, &error), status);
    assert_int_equal(error.code, status);
    if (strstr(error.message, words) == NULL)
        fail_msg("refused because: %s; expected '%s'", error.message, words);
    assert_int_equal(scratch_each(folder, NULL), 0);
    scratch_write(path, "old", 3);
    assert_int_equal(export(network, path, NULL), status);
    assert_int_equal(scratch_each(folder, NULL), 1);
    unsigned char *bytes = scratch_read(path, &size);
    assert_int_equal(size, 3);
    assert_memory_equal(bytes, "old", 3);
    free(bytes);
    assert_int_equal(remove(path), 0);
}

static void check_options_refused(export_function *export, const char *options, int status,
                                  const char *words) {
    loci_network *network = prune_make(options, 3);
    check_refused(export, network, status, words);
    loci_network_free(network);
}

static void test_refused(void **state) {
    (void)state;
    check_options_refused(loci_exchange_onnx, LIF " coding=poisson", LOCI_E_UNSUPPORTED,
                          "drawn at random");
    check_options_refused(loci_exchange_onnx,
                          "hidden=3 time-steps=1000 dendrite-sites=2 delay=distance "
                          "longest-delay=999",
                          LOCI_E_UNSUPPORTED, "spikes arrive in 2000000 ways, more than 1000000");
    check_options_refused(loci_exchange_onnx,
                          "hidden=1800,1800 time-steps=250 dendrite-sites=2 delay=distance "
                          "longest-delay=249",
                          LOCI_E_UNSUPPORTED, "2 GiB");
    if (!has_nir()) {
        check_options_refused(export_nir, LIF, LOCI_E_UNSUPPORTED, "built without HDF5");
        return;
    }
    check_options_refused(export_nir, RELU, LOCI_E_UNSUPPORTED, "no neurons that do not spike");
    check_options_refused(export_nir, LIF " neuron=adlif", LOCI_E_UNSUPPORTED,
                          "no neurons that adapt");
    loci_network *network = prune_make(LIF " train-beta=neuron", 3);
    network->parameters[network->layer[1].beta + 2] = 1.5f; /* acts as 1 */
    check_refused(export_nir, network, LOCI_E_UNSUPPORTED, "1 of 9 neurons of layer 1 do not leak");
    loci_error error = {0};
    const double wrong[] = {0, -1, NAN, INFINITY};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(
            loci_exchange_nir(network, wrong[i], scratch_path(folder, "refused"), &error),
            LOCI_E_ARGUMENT);
    assert_int_equal(scratch_each(folder, NULL), 0);
    loci_network_free(network);
}

static void check_diverged(export_function *export, const char *options) {
    loci_network *network = prune_make(options, 4);
    network->parameters[network->layer[1].bias + 1] = NAN;
    check_refused(export, network, LOCI_E_DIVERGED, "layer1.bias");
    network->parameters[network->layer[1].bias + 1] = 0;
    network->parameters[network->projection[0].log_scale] =
        200; /* finite, but its weights are not */
    check_refused(export, network, LOCI_E_DIVERGED, "a weight of layer pair 0");
    loci_network_free(network);
}

/* Of loops, and of connections that take time. */
static void check_diverged_in_time(export_function *export) {
    loci_network *network = prune_make(LATE, 4);
    network->parameters[network->projection[2].log_scale] = 200;
    check_refused(export, network, LOCI_E_DIVERGED, "a weight of recurrent layer 1");
    network->parameters[network->projection[0].log_scale] = 200;
    check_refused(export, network, LOCI_E_DIVERGED, "a weight of layer pair 0");
    loci_network_free(network);
}

static void test_not_finite(void **state) {
    (void)state;
    check_diverged(loci_exchange_npz, RELU);
    check_diverged(loci_exchange_onnx, RELU);
    check_diverged(loci_exchange_onnx, LIF);
    check_diverged_in_time(loci_exchange_onnx);
    if (has_nir())
        check_diverged(export_nir, LIF);
    if (has_nir())
        check_diverged_in_time(export_nir);
}

static void check_full_disk(export_function *export, const char *options) {
    loci_network *network = prune_make(options, 5);
    const char *path = scratch_path(folder, "full");
    scratch_disk_limit(2000);
    int status = export(network, path, NULL);
    size_t left = scratch_each(folder, NULL);
    scratch_disk_limit(RLIM_INFINITY);
    assert_int_equal(status, LOCI_E_IO);
    assert_int_equal(left, 0);
    assert_int_equal(export(network, "/nonexistent/file", NULL), LOCI_E_IO);
    loci_network_free(network);
}

static void test_full_disk(void **state) {
    (void)state;
    check_full_disk(loci_exchange_npz, RELU);
    check_full_disk(loci_exchange_onnx, RELU);
    if (has_nir())
        check_full_disk(export_nir, LIF);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_protobuf),  cmocka_unit_test(test_repeats),
        cmocka_unit_test(test_refused),   cmocka_unit_test(test_not_finite),
        cmocka_unit_test(test_full_disk),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
