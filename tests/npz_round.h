/* A network to an archive and back. After a fixture that has made `folder`. */
#ifndef LOCI_TESTS_NPZ_ROUND_H
#define LOCI_TESTS_NPZ_ROUND_H

static inline void must_import(loci_network **out, const char *path, loci_import_report *report) {
    loci_error error = {0};
    if (loci_import_npz(out, path, report, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
}

/* Model to npz to model to npz: both pairs of files are the same. */
static inline void check_round(const loci_network *network) {
    const char *first = scratch_path(folder, "first.npz");
    const char *second = scratch_path(folder, "second.npz");
    loci_network *back = NULL;
    loci_import_report report;
    assert_int_equal(loci_exchange_npz(network, first, NULL), LOCI_OK);
    must_import(&back, first, &report);
    assert_int_equal(report.stale_weights + report.fixed_set + report.new_count, 0);
    assert_int_equal(loci_exchange_npz(back, second, NULL), LOCI_OK);
    scratch_assert_same(first, second);
    const char *model = scratch_path(folder, "model"), *again = scratch_path(folder, "again");
    assert_int_equal(loci_network_save(network, model, NULL), LOCI_OK);
    assert_int_equal(loci_network_save(back, again, NULL), LOCI_OK);
    scratch_assert_same(model, again);
    loci_network_free(back);
}

#endif
