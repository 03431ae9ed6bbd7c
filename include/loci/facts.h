/**
 * @file facts.h
 * @brief What a data set knows beyond its arrays: names of columns, what is held out together,
 * times.
 *
 * Arrays with the facts of the data they were copied from train as these do, in another process,
 * too:
 *
 *     loci_dataset_facts(data, &facts);
 *     train.facts = &facts;
 *     loci_dataset_borrow(&twin, name, height, width, &train, &test, &error);
 */
#ifndef LOCI_FACTS_H
#define LOCI_FACTS_H

#include <loci/data.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What is known of samples beyond their numbers and answers, where they were read from a file. */
struct loci_data_facts {
    const char *columns;             /**< as loci_dataset_columns() has it; NULL = none */
    const char *const *column_names; /**< of a table's inputs [width], UTF-8; NULL = none */
    /** [training samples] the same of those that stay together when some are held out for
     * validation, which these numbers choose; NULL = samples are drawn by their order. */
    const uint64_t *row_keys;
    uint32_t validation_groups; /**< with row_keys: so many of them are held out; 0 = none are */
    double duration;            /**< seconds that time steps cover; 0 = not known */
    uint32_t event_channels;    /**< of recordings, before they are grouped; 0 = not known */
    uint32_t grouped;           /**< so many neighbouring channels became one; 0 or 1 = none */
    int deep;    /**< non-zero: samples are pixels, whole numbers of 16 bits, all scaled alike */
    int dark;    /**< non-zero: bytes that go up to less than 128 are divided by the largest */
    int reading; /**< enum loci_reading, as loci_dataset_reading() has it; 0 = the first */
    /** Non-zero: samples to predict, which have neither labels nor targets; with outputs there are
     * numbers to predict. */
    int unlabelled;
};

/**
 * What is known of a data set beyond its arrays: with it, and with these, loci_dataset_borrow()
 * makes one that trains the same.
 * @param data the data set.
 * @param[out] facts receives it; pointers are borrowed.
 */
LOCI_API void loci_dataset_facts(const loci_dataset *data, loci_data_facts *facts);

#ifdef __cplusplus
}
#endif
#endif
