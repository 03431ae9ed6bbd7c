/**
 * @file data.h
 * @brief Labelled data sets: built in, from files, from memory.
 *
 * A data set holds a training and a test part. A sample is a vector of `features` numbers, an image
 * of height x width pixels in row-major order, each of `channels` values side by side. 8-bit
 * samples read as value / 255; those of a file whose largest training value is below 128 as value /
 * that (catalogue and memory always / 255). Float samples are used as they are when all training
 * values lie in [0, 1]; otherwise each feature is brought to [0, 1] by its range in the training
 * part (see loci_dataset_input_scaling()).
 */
#ifndef LOCI_DATA_H
#define LOCI_DATA_H

#include <stddef.h>
#include <stdint.h>

#include <loci/spec.h>
#include <loci/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A data set. Immutable once opened; may be read by several threads. */
typedef struct loci_dataset loci_dataset;

/** The two parts of a data set. */
enum loci_split {
    LOCI_TRAIN = 0, /**< for training and validation */
    LOCI_TEST = 1   /**< for reporting only */
};

/** What becomes of a row of a table in which a value is missing: a cell that is empty, ?, NA, N/A,
 * NaN, null or none. */
enum loci_missing {
    LOCI_MISSING_REFUSE = 0, /**< the table is refused, with line and column */
    /** The mean of the column over the training part stands in for it; of a column of words, the
     * share of each. A missing label or target is refused. */
    LOCI_MISSING_MEAN = 1,
    LOCI_MISSING_DROP = 2 /**< the row is left out */
};

/** Whether the first row of a table names its columns. */
enum loci_header {
    LOCI_HEADER_FOUND = 0, /**< found out by the first rows */
    LOCI_HEADER_YES = 1,
    LOCI_HEADER_NO = 2
};

/** Which edition's rules a file is read by. */
enum loci_reading {
    LOCI_READING_NEWEST = 0, /**< these */
    /** Version 0.1's: cells are separated by commas, whole numbers from 0 to 255, one at least of
     * 128 or more, are pixels, rows go into the test part by their numbers. */
    LOCI_READING_FIRST = 1,
    LOCI_READING_SECOND = 2 /**< as follows */
};

/** How to find and read a data set. Fill with loci_data_options_defaults() first. */
typedef struct loci_data_options {
    /** Where to look: DIR/NAME, then DIR. NULL = $LOCI_DATA, the cache, then what is installed.
     * Default NULL. */
    const char *directory;
    /** CSV: name, or 1-based number, of the label column. NULL = the last. Default NULL. */
    const char *label_column;
    const char *test_file; /**< CSV: file with the test part. NULL = a seeded split. Default NULL */
    /** CSV without test_file, arrays without a test part: share of rows kept for testing, (0, 1).
     * Default 0.2. */
    double test_fraction;
    uint64_t split_seed; /**< likewise: seed of that split. Default 1 */
    /** Non-zero: the test part is never read and has 0 samples; the training part is the same as
     * without. Default 0. */
    int skip_test;
    /** CSV: non-zero: a first column that has no name and counts the rows is learnt from like
     * any other, as version 0.1 did. Default 0. */
    int keep_row_numbers;
    /** Non-zero: a file or folder without a test part is no mistake, and all of it is for training:
     * arrays are not split. Default 0. */
    int test_optional;
    /** enum loci_task, or -1 = as the data say: numbers of floating point in y_train, or target
     * columns, are predicted, all else are classes. Default -1. */
    int task;
    /** CSV: names, or 1-based numbers, of the columns to predict, separated by commas. NULL = none
     * are named. Default NULL. */
    const char *target_columns;
    /** CSV: the column of the samples' weights, by name or number. NULL = none. Default NULL. In a
     * .npz the arrays weight_train and weight_test are taken, in a folder weight_train.npy and
     * weight_test.npy. */
    const char *weight_column;
    /** CSV: what separates cells: a character, or comma, semicolon, tab, space (one blank or more).
     * NULL = found. Default NULL. */
    const char *separator;
    int header; /**< CSV: enum loci_header. Default LOCI_HEADER_FOUND */
    /** CSV: the columns to learn from, by name or number, separated by commas. NULL = all that are
     * nothing else. Default NULL. */
    const char *columns;
    const char *without; /**< CSV: columns to leave out, likewise. Default NULL */
    /** CSV: columns whose numbers are names, each an input of its own, likewise. Columns of words
     * are that by themselves. Default NULL. */
    const char *one_hot;
    int missing; /**< CSV: enum loci_missing. Default LOCI_MISSING_REFUSE */
    int pixels; /**< CSV: non-zero: whole numbers from 0 to 255 are pixels of an image. Default 0 */
    /** CSV: rows with the same text in this column, by name or number, go together to one side of
     * every split; the column is not learnt from. NULL = none. Default NULL. */
    const char *group_column;
    /** With group_column: so many groups are held out for validation. Default 0. */
    uint32_t validation_groups;
    /** enum loci_reading. Default LOCI_READING_NEWEST. */
    int reading;
    /** CSV: what the columns are, as the note "columns" of a model trained on such a table says:
     * they are found by their names. NULL = found out. Default NULL. */
    const char *known_columns;
    /** The names of the outputs, a JSON array as the note "classes" of a model: a class may lack
     * samples then, and another label is refused. NULL = found out. Default NULL. */
    const char *known_outputs;
    /** CSV and arrays: non-zero: rows need neither labels nor targets; the data set then has one
     * part, LOCI_TRAIN, of all rows (of a .npz of x, else x_test, else x_train), whose labels are
     * -1. With known_columns and known_outputs. Default 0. */
    int unlabelled;
    /** Non-zero: arrays without a test part are split in spite of test_optional, as they were for a
     * run that was trained on them. Default 0. */
    int split_always;
    /** "grey": samples of red, green and blue are merged, by 0.299, 0.587 and 0.114; "keep" or
     * NULL: they stay. Default NULL. */
    const char *colour;
    /** Folder of pictures: "HxW", the rows and columns that they are averaged to. NULL = all must
     * have one size. Default NULL. */
    const char *image_size;
    int bias_input; /**< yin-yang: non-zero: a fifth input that is 1 in all samples. Default 0 */
    /** Temporal data: steps that a sample is gathered into, 1..1000. 0 = as many as arrays have,
     * 100 of recordings. Default 0. */
    uint32_t time_steps;
    /** Recordings: seconds that the steps cover; later events are left out. 0 = up to the last
     * event of the training part. Default 0. */
    double duration;
    /** Temporal data: so many neighbouring channels are added up to one. 0 or 1 = none. Default 0.
     */
    uint32_t group_channels;
    /** Recordings: channels that there are, before they are added up; an event beyond is a mistake.
     * 0 = up to the last one of the training part. Default 0. */
    uint32_t event_channels;
} loci_data_options;

/** Sets every field to its default. */
LOCI_API void loci_data_options_defaults(loci_data_options *options);

/**
 * Opens a data set.
 * @param[out] out receives the data set; the caller frees it with loci_dataset_free(). Untouched on
 * failure.
 * @param name "glyphs", "glyphs-256" or "yin-yang" (built in, need no file), "mnist", or another
 * name of the catalogue; or a path to a folder with four IDX files (plain or gzipped), to a .npz
 * with x_train, y_train, x_test, y_test or a folder with these as .npy files, to a folder with one
 * sub-folder of PNG or JPEG pictures a class, or with train and test of such, or to a .csv. A name
 * of the catalogue wins over a file: write ./NAME. Arrays: [n, h, w]; [n, h, w, c], an image of c
 * channels; [n, c, h, w] with c at most 4 and w > 4, too; [n, columns]. Unsigned bytes are 8-bit
 * samples, other types are floats. y_* hold numbers or texts, which become classes in the order of
 * their values or letters; `classes` [n] names the labels 0, 1, ..., `targets` [outputs] the
 * numbers to predict. Without x_test and y_test a share of each class is kept for testing, chosen
 * by what samples hold: neither their order nor a copy of one changes it, and equal samples are in
 * one part. CSV: a first column without a name that counts the rows from 0 or 1 is left out, see
 * loci_dataset_note(); with `pixels` whole numbers from 0 to 255 are 8-bit samples. 8-bit samples
 * in columns whose number is a square, 16 or more, are square images; other tables have height 1.
 * @param options NULL = all defaults.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_NOT_FOUND, LOCI_E_IO, LOCI_E_FORMAT, LOCI_E_ARGUMENT or LOCI_E_MEMORY.
 */
LOCI_API int loci_dataset_open(loci_dataset **out, const char *name,
                               const loci_data_options *options, loci_error *error);

/** Non-zero where a file's name ends as that of a table does: .csv, .tsv, .txt, or these with .gz,
 * in letters of either case. */
LOCI_API int loci_is_table(const char *path);

/**
 * Makes a data set from arrays in memory; everything is copied.
 * @param[out] out as in loci_dataset_open().
 * @param name what reports call it, 1..63 bytes.
 * @param height image height, >= 1.
 * @param width image width, >= 1 (features = height * width).
 * @param train training samples [train_count, height*width]; finite.
 * @param train_labels [train_count], each 0..65535; the number of classes is the largest label + 1.
 * @param train_count >= 1.
 * @param test test samples [test_count, height*width]; may be NULL when test_count is 0.
 * @param test_labels [test_count]; a label that no training sample has is an error.
 * @param test_count 0 allowed.
 * @param error filled on failure, may be NULL.
 */
LOCI_API int loci_dataset_from_arrays(loci_dataset **out, const char *name, uint32_t height,
                                      uint32_t width, const float *train,
                                      const int32_t *train_labels, size_t train_count,
                                      const float *test, const int32_t *test_labels,
                                      size_t test_count, loci_error *error);

/** What is known of samples beyond their numbers: facts.h. */
typedef struct loci_data_facts loci_data_facts;

/** One part of a data set in the caller's memory. */
typedef struct loci_arrays {
    size_t count;          /**< samples; 0 = none, then nothing else counts */
    const float *samples;  /**< [count, height*width*channels], finite; or */
    const uint8_t *bytes;  /**< [count, height*width*channels], read as value / 255 */
    const int32_t *labels; /**< [count], each 0..65535: classes; or */
    const float *targets;  /**< [count, outputs], finite: numbers to predict */
    uint32_t outputs;      /**< with targets: numbers a sample, 1..65536 */
    const float *weights;  /**< [count], >= 0, how much a sample counts; NULL = all the same */
    uint32_t channels;     /**< values a pixel, side by side; both parts have the same. 0 = 1 */
    /** With labels, of the training part: how many classes there are, some of which may lack
     * samples; 0 = the largest label + 1. */
    uint32_t classes;
    /** Of the training part: names of the classes [classes], or of the numbers to predict
     * [outputs], UTF-8; copied. NULL = they are numbered from 0. */
    const char *const *names;
    /** Of temporal data: time steps of a sample, 1..1000, the same in both parts; samples [count,
     * steps, width] are then how many events there are, whole numbers 0..65535, and are copied. The
     * height is 1. 0 = samples have no time. */
    uint32_t steps;
    /** Of the training part: what else is known; copied. NULL = nothing. */
    const loci_data_facts *facts;
} loci_arrays;

/**
 * Makes a data set of arrays that stay the caller's: nothing is copied, but for events, so they
 * must live, and stay as they are, as long as the data set.
 * @param[out] out as in loci_dataset_open().
 * @param name what reports call it, 1..63 bytes.
 * @param height image height, >= 1.
 * @param width image width, >= 1.
 * @param train the training part, count >= 1.
 * @param test the test part, with labels where train has them, else targets; NULL = none.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_ARGUMENT or LOCI_E_MEMORY.
 */
LOCI_API int loci_dataset_borrow(loci_dataset **out, const char *name, uint32_t height,
                                 uint32_t width, const loci_arrays *train, const loci_arrays *test,
                                 loci_error *error);

/** Frees a data set. NULL is allowed. */
LOCI_API void loci_dataset_free(loci_dataset *data);

/** What reports call it: a catalogue name, or a file's name without folder. Borrowed. */
LOCI_API const char *loci_dataset_name(const loci_dataset *data);
/** Line i of what a person should know of how the data were read: what was taken for granted, or
 * left out. NULL past the last one. Borrowed. */
LOCI_API const char *loci_dataset_note(const loci_dataset *data, size_t i);
/** Samples in a part. */
LOCI_API size_t loci_dataset_count(const loci_dataset *data, enum loci_split split);
/** Image height in pixels (1 for tables). */
LOCI_API uint32_t loci_dataset_height(const loci_dataset *data);
/** Image width in pixels (for tables: the number of feature columns). */
LOCI_API uint32_t loci_dataset_width(const loci_dataset *data);
/** Values a pixel, side by side in a sample: 1 of a grey image or a table, 3 of red, green and
 * blue. */
LOCI_API uint32_t loci_dataset_channels(const loci_dataset *data);
/** Time steps of a sample, where data are temporal: lists of what happened in which step on which
 * of `width` channels. 0 = samples have no time. loci_dataset_sample() then gives how often each
 * channel has an event over all steps. */
LOCI_API uint32_t loci_dataset_steps(const loci_dataset *data);
/** Seconds that the steps of temporal data cover; 0 where that is not known. */
LOCI_API double loci_dataset_duration(const loci_dataset *data);
/** How many neighbouring channels of the file are one here. */
LOCI_API uint32_t loci_dataset_grouped(const loci_dataset *data);
/**
 * What happens in a sample of temporal data.
 * @param data the data set.
 * @param split which part.
 * @param i which sample.
 * @param[out] out [steps, width]: how many events, in each step on each channel.
 * @return LOCI_OK, or LOCI_E_ARGUMENT where there is no such sample, or no time.
 */
LOCI_API int loci_dataset_events(const loci_dataset *data, enum loci_split split, size_t i,
                                 float *out);
/**
 * Whether the samples have the shape that a network takes: the same, or one of the same order in
 * memory, as a network of version 0.1 for images of colour has it: as wide as there are values in a
 * row.
 * @return 1 or 0.
 */
LOCI_API int loci_dataset_fits(const loci_dataset *data, const loci_spec *spec);
/**
 * Brings images to the shape that a network takes, where they are seen in another way there: as
 * wide as there are values in a row, in which order ever (networks of version 0.1); grey, 0.299 red
 * + 0.587 green + 0.114 blue; or, of grey ones, as red, green and blue that are the same. The last
 * two a note of the data set tells. Samples that fit, and those that cannot be made to, are left as
 * they are.
 * @param data the data set; opened, or copied from arrays: those that are borrowed stay.
 * @param spec the network's specification.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_MEMORY, or LOCI_E_FORMAT where the grey values cannot be used.
 */
LOCI_API int loci_dataset_fit(loci_dataset *data, const loci_spec *spec, loci_error *error);
/** What it is to teach: enum loci_task. */
LOCI_API int loci_dataset_task(const loci_dataset *data);
/** Outputs that a network for it has: the number of classes, or of numbers to predict. */
LOCI_API uint32_t loci_dataset_outputs(const loci_dataset *data);
/** Name of output k: of a class, or of a number to predict: its column in a CSV, otherwise its
 * number. Borrowed; NULL when k is out of range. */
LOCI_API const char *loci_dataset_output_name(const loci_dataset *data, uint32_t k);
/** Number of classes; 0 where numbers are to be predicted. */
LOCI_API uint32_t loci_dataset_classes(const loci_dataset *data);
/** Name of class c: the label's text in a CSV, otherwise its number. Borrowed; NULL when c is out
 * of range. */
LOCI_API const char *loci_dataset_class_name(const loci_dataset *data, uint32_t c);
/** Name of input f of a table: the header's text in a CSV, of a column of words "NAME=WORD".
 * Borrowed; NULL for images, without a header, and when f is out of range. */
LOCI_API const char *loci_dataset_column_name(const loci_dataset *data, size_t f);
/** What the columns of a table are, JSON for the note "columns" of a model and
 * loci_data_options.known_columns: {"columns": [{"name", "kind": "number" or "words", "words",
 * "mean"},
 * ...], "label", "targets", "weight", "group", "missing", "header", "pixels", "places", "width"}.
 * Borrowed; NULL where the data are no table, or are read as version 0.1 did. */
LOCI_API const char *loci_dataset_columns(const loci_dataset *data);
/** enum loci_reading: LOCI_READING_FIRST where version 0.1 would have read the same, else
 * LOCI_READING_SECOND, which a run must remember. */
LOCI_API int loci_dataset_reading(const loci_dataset *data);
/** Label of sample i, 0..classes-1; -1 when i is out of range or there are no classes. */
LOCI_API int32_t loci_dataset_label(const loci_dataset *data, enum loci_split split, size_t i);
/** Targets of sample i [outputs], in their own units. Borrowed; NULL when i is out of range or
 * there are classes. */
LOCI_API const float *loci_dataset_target(const loci_dataset *data, enum loci_split split,
                                          size_t i);
/** Weight of sample i, as given; 1 where the data have none. */
LOCI_API float loci_dataset_weight(const loci_dataset *data, enum loci_split split, size_t i);
/** Weights of a part [count]. Borrowed; NULL where the data have none, all are 1 then. */
LOCI_API const float *loci_dataset_weights(const loci_dataset *data, enum loci_split split);
/** Mean and standard deviation of each target over the training part, in which a network learns it:
 * t = (raw - mean) / deviation.
 * @param data the data set.
 * @param[out] mean receives a borrowed array [outputs]; NULL of classes.
 * @param[out] deviation likewise; every entry > 0.
 */
LOCI_API void loci_dataset_target_scaling(const loci_dataset *data, const float **mean,
                                          const float **deviation);
/** Non-zero when samples are 8-bit numbers, which a network without an input scaling of its own
 * takes as value / 255. */
LOCI_API int loci_dataset_is_bytes(const loci_dataset *data);
/** Non-zero when rows were opened as loci_data_options.unlabelled says: they have neither labels
 * nor targets, so that nothing can be learnt from them or measured. */
LOCI_API int loci_dataset_unlabelled(const loci_dataset *data);
/** Non-zero when there was no test part of its own: it is some of the samples that were there,
 * chosen by what they hold. */
LOCI_API int loci_dataset_parted(const loci_dataset *data);
/**
 * How many samples of the training part are held out for validation; the others are trained on.
 * @param data the data set; where it was opened with validation_groups, these are held out.
 * @param validation samples that are to be held out, as the training option says; fewer are where
 * some belong together.
 * @param[out] held receives how many they are; untouched on failure.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_ARGUMENT (none would be left to train on) or LOCI_E_MEMORY.
 */
LOCI_API int loci_dataset_held_out(const loci_dataset *data, uint32_t validation, size_t *held,
                                   loci_error *error);
/**
 * Copies sample i, as a network trained on these data sees it, to out [height*width*channels]. For
 * a network that may have been trained on others there is loci_network_sample().
 * @return LOCI_OK, or LOCI_E_ARGUMENT when i is out of range.
 */
LOCI_API int loci_dataset_sample(const loci_dataset *data, enum loci_split split, size_t i,
                                 float *out);
/**
 * Copies samples as the data hold them, before any scaling: what a network's own scaling is
 * applied to (loci_network_inputs()).
 * @param data the data set.
 * @param split which part.
 * @param first the first sample.
 * @param count how many.
 * @param[out] values [count, height*width*channels]; of 8-bit samples 0..255.
 * @return LOCI_OK, or LOCI_E_ARGUMENT when there are not so many.
 */
LOCI_API int loci_dataset_values(const loci_dataset *data, enum loci_split split, size_t first,
                                 size_t count, float *values);
/** Likewise 8-bit samples as they are. @return LOCI_E_ARGUMENT also where they are none. */
LOCI_API int loci_dataset_bytes(const loci_dataset *data, enum loci_split split, size_t first,
                                size_t count, uint8_t *bytes);
/**
 * The per-feature range that brings raw data to [0, 1]: x = (raw - low) / span, raw of 8-bit
 * samples 0..255. A network trained on them stores it (or the next, as its specification says), and
 * is given other data by that range, never by theirs.
 * @param data the data set.
 * @param[out] low receives a borrowed array [height*width*channels], or NULL when samples are used
 * as they are.
 * @param[out] span likewise; every entry > 0.
 */
LOCI_API void loci_dataset_input_scaling(const loci_dataset *data, const float **low,
                                         const float **span);

/**
 * Mean and standard deviation of each column of a table of numbers over the training part, for
 * networks whose inputs are standardised (`input_scaling` in spec.h): x = (raw - mean) / deviation.
 * @param data the data set.
 * @param[out] mean receives a borrowed array [width]; NULL where the data are no such table:
 * images, and samples of 8 bits.
 * @param[out] deviation likewise; every entry > 0, 1 of a constant column.
 */
LOCI_API void loci_dataset_standard_scaling(const loci_dataset *data, const float **mean,
                                            const float **deviation);

/** Bytes of a fingerprint's text: 16 hexadecimal digits and the 0 that ends it. */
enum { LOCI_FINGERPRINT = 17 };

/**
 * Tells data apart: the fingerprint of a part as it was loaded, from size, inputs, labels and names
 * of classes; where it was loaded from does not matter. The same on every machine.
 * @param data the data set.
 * @param split which part; one without samples has a fingerprint, too.
 * @param[out] text receives it.
 */
LOCI_API void loci_dataset_fingerprint(const loci_dataset *data, enum loci_split split,
                                       char text[LOCI_FINGERPRINT]);

/**
 * Reads a PNG or JPEG of any colours and size as a grey image for a network: averaged to height x
 * width, values in [0, 1]. What shows through transparent pixels is white, or black where the
 * drawing itself is nearly white.
 * @param path the file.
 * @param height rows wanted.
 * @param width columns wanted.
 * @param invert non-zero: 1 - value (dark strokes on light paper become light on dark, as in
 * MNIST).
 * @param[out] out [height, width].
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_NOT_FOUND, LOCI_E_IO, LOCI_E_FORMAT, LOCI_E_UNSUPPORTED or LOCI_E_MEMORY.
 */
LOCI_API int loci_image_read(const char *path, uint32_t height, uint32_t width, int invert,
                             float *out, loci_error *error);

/**
 * Reads a PNG or JPEG of any size as a network takes it: in colour for one of three channels, in
 * grey for one of one, with how opaque it is as the fourth of four. Values of 16 bits keep them. A
 * network of version 0.1 for images of colour is as wide as there are values in a row: a picture of
 * colour with exactly its pixels is read for it in colour.
 * @param path the file.
 * @param spec the network's specification.
 * @param invert non-zero: 1 - value, transparency left out.
 * @param[out] out [loci_spec_pixels()], values in [0, 1].
 * @param[out] channels receives how many channels were read.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_NOT_FOUND, LOCI_E_IO, LOCI_E_FORMAT, LOCI_E_UNSUPPORTED (another number
 * of channels; a JPEG, and loci was built without libjpeg) or LOCI_E_MEMORY.
 */
LOCI_API int loci_image_read_for(const char *path, const loci_spec *spec, int invert, float *out,
                                 uint32_t *channels, loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
