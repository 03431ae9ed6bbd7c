/* Files of pruned networks: they come back as they were, cost next to nothing, and are refused when
 * they lie. */
#include "forgery.h"
#include "no_sync.h"
#include "prune_fixture.h"

static size_t size_of(const char *path) {
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    return (size_t)info.st_size;
}

static void assert_same_kept(const loci_network *a, const loci_network *b) {
    for (uint32_t l = 0; l <= a->spec.hidden_count; l++) {
        size_t all = loci_spec_layer_size(&a->spec, l) * loci_spec_layer_size(&a->spec, l + 1);
        size_t count_a, count_b;
        uint8_t *kept_a = loci_alloc(all, 1), *kept_b = loci_alloc(all, 1);
        assert_int_equal(loci_network_kept(a, l, kept_a, &count_a, NULL), LOCI_OK);
        assert_int_equal(loci_network_kept(b, l, kept_b, &count_b, NULL), LOCI_OK);
        assert_int_equal(count_a, count_b);
        assert_memory_equal(kept_a, kept_b, all);
        free(kept_a);
        free(kept_b);
    }
}

static void check_save_load_save(const loci_network *network) {
    const char *first = scratch_path(folder, "first"), *second = scratch_path(folder, "second");
    loci_network *loaded = NULL;
    loci_error error = {0};
    float *x = prune_inputs(3, 1), a[3 * CLASSES], b[3 * CLASSES];
    assert_int_equal(loci_network_save(network, first, NULL), LOCI_OK);
    if (loci_network_load(&loaded, first, &error) != LOCI_OK)
        fail_msg("%s", error.message);
    assert_int_equal(loci_network_save(loaded, second, NULL), LOCI_OK);
    scratch_assert_same(first, second);
    assert_memory_equal(network->parameters, loaded->parameters,
                        network->parameter_count * sizeof(float));
    assert_int_equal(loci_network_pruned_by(network), loci_network_pruned_by(loaded));
    assert_int_equal(loci_network_connections(network), loci_network_connections(loaded));
    assert_same_kept(network, loaded);
    prune_run(network, x, 3, a);
    prune_run(loaded, x, 3, b);
    assert_memory_equal(a, b, sizeof a);
    loci_network_free(loaded);
    free(x);
}

static void test_save_load_save(void **state) {
    (void)state;
    for (size_t i = 0; i < PRUNE_NETS; i++)
        for (int by = 0; by < PRUNE_WAYS; by++)
            for (size_t k = 0; k < PRUNE_SHARES; k += 3) {
                loci_network *network = prune_made(prune_nets[i], i, prune_shares[k], by);
                check_save_load_save(network);
                if (by != LOCI_PRUNE_BY_RANGE) {
                    assert_int_equal(loci_network_freeze(network, NULL), LOCI_OK);
                    check_save_load_save(network);
                }
                loci_network_free(network);
            }
}

/* Over the whole net a layer may keep all it has, or a network a range of its own. */
static void test_save_load_save_others(void **state) {
    (void)state;
    loci_network *network = prune_make(
        "neuron=relu hidden=40 tied=no spread=0.05 gap=3,0.1 range=-1,0.5 train-range=layer", 1);
    check_save_load_save(network);
    loci_network_free(network);
    network = prune_make("neuron=relu hidden=40 tied=no spread=0.05 gap=3,0.1", 1);
    for (int by = 0; by < PRUNE_WAYS; by += 2) {
        size_t count;
        prune_cut(network, 0.05, by, LOCI_PRUNE_SCOPE_NET);
        assert_int_equal(loci_network_kept(network, 1, NULL, &count, NULL), LOCI_OK);
        assert_int_equal(count, 40 * CLASSES); /* all are nearer than any of the first pair */
        check_save_load_save(network);
    }
    loci_network_free(network);
}

static void test_size(void **state) {
    (void)state;
    const char *path = scratch_path(folder, "size");
    for (size_t i = 0; i < PRUNE_NETS; i++) {
        loci_network *network = prune_make(prune_nets[i], i);
        assert_int_equal(loci_network_save(network, path, NULL), LOCI_OK);
        size_t before = size_of(path), most = before + 256;
        for (int by = 0; by < PRUNE_WAYS; by++) {
            prune_cut(network, 0.8, by, LOCI_PRUNE_SCOPE_LAYER);
            assert_int_equal(loci_network_save(network, path, NULL), LOCI_OK);
            /* of a conventional one, only what is kept is stored */
            assert_in_range(size_of(path), 1, prune_stored(network) ? before * 2 / 3 : most);
        }
        loci_network_free(network);
    }
}

/* ---- notes that lie ---- */

/* nets[0]: 36-20-12-4, 1008 connections; cut to a half: 360, 120 and 24. */
static const char *const wrong_notes[] = {
    "",
    "x",
    "[]",
    "{}",
    "null",
    "{\"connections\":1008",
    "{\"by\":\"distance\",\"cut\":[1,1,1],\"kept\":[360,120,24]}",
    "{\"connections\":-1}",
    "{\"connections\":1007}",
    "{\"connections\":1008.0}",
    "{\"connections\":\"1008\"}",
    "{\"connections\":99999999999999999999}",
    "{\"connections\":1008,\"connections\":1008}",
    "{\"connections\":1008,\"by\":\"nothing\"}",
    "{\"connections\":1008,\"by\":0}",
    "{\"connections\":1008,\"by\":null}",
    "{\"connections\":1008,\"by\":\"\"}",
    "{\"connections\":1008,\"by\":\"set\"}",
    "{\"connections\":1008,\"by\":\"distance\"}",
    "{\"connections\":1008,\"by\":\"distance\",\"cut\":[1,1,1]}",
    "{\"connections\":1008,\"by\":\"distance\",\"kept\":[360,120,24]}",
    "{\"connections\":1008,\"by\":\"distance\",\"cut\":[1,1],\"kept\":[360,120,24]}",
    "{\"connections\":1008,\"by\":\"distance\",\"cut\":[1,1,1,1],\"kept\":[360,120,24,1]}",
    "{\"connections\":1008,\"by\":\"distance\",\"cut\":{},\"kept\":[360,120,24]}",
    "{\"connections\":1008,\"by\":\"distance\",\"cut\":[1,1,null],\"kept\":[360,120,24]}",
    "{\"connections\":1008,\"by\":\"distance\",\"cut\":[1,1,\"1\"],\"kept\":[360,120,24]}",
    "{\"connections\":1008,\"by\":\"distance\",\"cut\":[1,1,NaN],\"kept\":[360,120,24]}",
    "{\"connections\":1008,\"by\":\"distance\",\"cut\":[1,1,1e99],\"kept\":[360,120,24]}",
    "{\"connections\":1008,\"by\":\"distance\",\"cut\":[-1,-1,-1],\"kept\":[-720,240,48]}",
    "{\"connections\":1008,\"by\":\"distance\",\"cut\":[-1,-1,-1],\"kept\":[721,240,48]}",
    "{\"connections\":1008,\"by\":\"distance\",\"cut\":[-1,-1,-1],\"kept\":[720,239,48]}",
    "{\"connections\":1008,\"by\":\"distance\",\"cut\":[-1,-1,-1],\"kept\":[720.0,240,48]}",
    "{\"connections\":1008,\"by\":\"distance\",\"cut\":[-1,-1,-1],\"kept\":[99999999999999999999]}",
    "{\"connections\":1008,\"by\":\"distance\",\"cut\":[1e9,-1,-1],\"kept\":[720,240,48]}",
    "{\"connections\":1008,\"by\":\"weight\",\"cut\":[1e9,-1,-1],\"kept\":[1,240,48]}",
    "{\"connections\":1008,\"by\":\"range\",\"cut\":[-1,-1,1e9],\"kept\":[720,240,48]}",
};

static void test_wrong_notes(void **state) {
    (void)state;
    loci_network *network = prune_made(prune_nets[0], 1, 0.5, LOCI_PRUNE_BY_DISTANCE);
    forgery f;
    assert_int_equal(loci_network_connections(network), 1008);
    forgery_open(&f, network);
    assert_int_equal(forgery_load(&f, ""), LOCI_OK);
    for (size_t i = 0; i < sizeof wrong_notes / sizeof *wrong_notes; i++) {
        forgery_note(&f, "pruning", wrong_notes[i]);
        if (forgery_load(&f, "") != LOCI_E_FORMAT)
            fail_msg("%s: was not refused", wrong_notes[i]);
    }
    forgery_note(&f, "pruning",
                 "{\"connections\":1008,\"by\":\"distance\",\"cut\":[-1,-1,-1],\"kept\":[720,240,"
                 "48]}"); /* the list above fails for what it says it does */
    assert_int_equal(forgery_load(&f, ""), LOCI_OK);
    forgery_close(&f);
    loci_network_free(network);
}

/* The kept count is what tells that a cut does not mean what it did: one off, or a cut moved past
 * one connection, in any layer. */
static void test_wrong_cuts(void **state) {
    (void)state;
    for (size_t i = 0; i < PRUNE_NETS; i += 3)
        for (int by = 0; by < PRUNE_WAYS; by++) {
            loci_network *network = prune_made(prune_nets[i], i, 0.6, by);
            for (uint32_t l = 0; !prune_stored(network) && l <= network->spec.hidden_count; l++)
                for (int change = 0; change < 4; change++) {
                    forgery f;
                    loci_cut cut = network->cut[l];
                    network->cut[l].kept += (size_t)(change < 2 ? 1 - 2 * change : 0);
                    if (change >= 2)
                        network->cut[l].value *= change == 2 ? 1.5f : 0.5f;
                    forgery_open(&f, network);
                    assert_int_equal(forgery_load(&f, "layer pair"), LOCI_E_FORMAT);
                    forgery_close(&f);
                    network->cut[l] = cut;
                }
            loci_network_free(network);
        }
}

/* A conventional network keeps a set, whatever the note says. */
static void test_stored_with_cuts(void **state) {
    (void)state;
    loci_network *network = prune_make(prune_nets[PRUNE_STORED], 1);
    forgery f;
    forgery_open(&f, network);
    forgery_note(
        &f, "pruning",
        "{\"connections\":711,\"by\":\"weight\",\"cut\":[-1,-1,-1],\"kept\":[540,135,36]}");
    assert_int_equal(forgery_load(&f, "keeps a set"), LOCI_E_FORMAT);
    forgery_close(&f);
    loci_network_free(network);
}

/* ---- arrays that lie ---- */

static loci_network *frozen(size_t net) {
    loci_network *network = prune_made(prune_nets[net], 1, 0.8, LOCI_PRUNE_BY_DISTANCE);
    assert_int_equal(loci_network_freeze(network, NULL), LOCI_OK);
    return network;
}

/* A lie about the set of a pair. */
static void tell(forgery *f, int lie) {
    size_t at = forgery_find(f, "pair1.kept");
    switch (lie) {
    case 0:
        forgery_drop(f, "pair1.kept");
        break;
    case 1:
        f->arrays[at].shape[0]++;
        break;
    case 2:
        f->arrays[at].shape[0]--;
        break;
    case 3:
        f->arrays[at].dtype = LOCI_F32;
        break;
    case 4: /* as many bytes, in two dimensions */
        f->arrays[at].rank = 2;
        f->arrays[at].shape[1] = 1;
        break;
    case 5:
        f->arrays[at].name = "pair7.kept";
        break;
    case 6:
        forgery_add(f, "pair7.kept", 0);
        break;
    case 7:
        forgery_add(f, "input.pixels", 0);
        break;
    case 8:
        forgery_note(f, "pruning", "{\"connections\":1000000}"); /* what are the sets for? */
        break;
    default:
        forgery_note(f, "pruning", "{\"connections\":1000000,\"by\":\"distance\"}");
        break;
    }
}

static void test_wrong_sets(void **state) {
    (void)state;
    for (size_t i = 0; i < PRUNE_NETS; i += PRUNE_STORED)
        for (int lie = 0; lie < 10; lie++) {
            loci_network *network = frozen(i);
            forgery f;
            forgery_open(&f, network);
            tell(&f, lie);
            if (forgery_load(&f, "") != LOCI_E_FORMAT)
                fail_msg("%s: lie %d was not refused", prune_nets[i], lie);
            forgery_close(&f);
            loci_network_free(network);
        }
}

/* 9 x 5 connections: the last byte has bits that are none. */
static void test_bits_past_the_end(void **state) {
    (void)state;
    for (uint8_t bit = 0x80; bit >= 0x20; bit >>= 1) {
        loci_network *network =
            prune_made("neuron=relu hidden=9,5 tied=no", 1, 0.4, LOCI_PRUNE_BY_DISTANCE);
        forgery f;
        assert_int_equal(loci_network_freeze(network, NULL), LOCI_OK);
        forgery_open(&f, network);
        size_t at = forgery_find(&f, "pair1.kept");
        assert_int_equal(f.arrays[at].shape[0], 6);
        ((uint8_t *)f.data[at])[5] |= bit;
        assert_int_equal(forgery_load(&f, "past its end"), LOCI_E_FORMAT);
        forgery_close(&f);
        loci_network_free(network);
    }
}

/* The kept weights of a conventional pair are as many as its set says, all of them numbers. */
static void test_wrong_weights(void **state) {
    (void)state;
    for (int lie = 0; lie < 6; lie++) {
        loci_network *network = frozen(PRUNE_STORED);
        forgery f;
        forgery_open(&f, network);
        size_t weight = forgery_find(&f, "pair0.weight"), kept = forgery_find(&f, "pair0.kept");
        assert_int_equal(f.arrays[weight].rank, 1);
        if (lie == 0)
            f.arrays[weight].shape[0]++;
        else if (lie == 1)
            f.arrays[weight].shape[0]--;
        else if (lie == 2)
            ((uint8_t *)f.data[kept])[0] ^= 1;
        else if (lie == 3)
            ((float *)f.data[weight])[3] = NAN;
        else if (lie == 4)
            f.arrays[weight].name = "pair2.weight";
        else
            f.arrays[weight].shape[0] = 0;
        assert_int_equal(forgery_load(&f, ""), LOCI_E_FORMAT);
        forgery_close(&f);
        loci_network_free(network);
    }
}

/* Cut off anywhere. */
static void test_truncated(void **state) {
    (void)state;
    const char *path = scratch_path(folder, "whole"), *cut = scratch_path(folder, "truncated");
    for (size_t i = 0; i < PRUNE_NETS; i += PRUNE_STORED) {
        loci_network *network = frozen(i);
        size_t size;
        assert_int_equal(loci_network_save(network, path, NULL), LOCI_OK);
        unsigned char *bytes = scratch_read(path, &size);
        for (size_t length = 0; length < size; length += 1 + length % 7) {
            loci_network *loaded = NULL;
            scratch_write(cut, bytes, length);
            assert_int_equal(loci_network_load(&loaded, cut, NULL), LOCI_E_FORMAT);
            assert_null(loaded);
        }
        free(bytes);
        loci_network_free(network);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_save_load_save), cmocka_unit_test(test_save_load_save_others),
        cmocka_unit_test(test_size),           cmocka_unit_test(test_wrong_notes),
        cmocka_unit_test(test_wrong_cuts),     cmocka_unit_test(test_stored_with_cuts),
        cmocka_unit_test(test_wrong_sets),     cmocka_unit_test(test_bits_past_the_end),
        cmocka_unit_test(test_wrong_weights),  cmocka_unit_test(test_truncated),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
