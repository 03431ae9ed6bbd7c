/* The readers of data sets. Each fills size, parts and, where the format has them, class names of
 * an empty data set; loci_dataset_finish() is the caller's. On failure the data set is half filled
 * and only good for freeing. All return LOCI_OK, LOCI_E_NOT_FOUND, LOCI_E_IO, LOCI_E_FORMAT,
 * LOCI_E_ARGUMENT or LOCI_E_MEMORY. */
#ifndef LOCI_DATA_FORMATS_H
#define LOCI_DATA_FORMATS_H

#include <stdbool.h>

#include "data/dataset.h"

/* No data file may be larger. Files are read whole; this only keeps sums from overflowing. */
#define LOCI_DATA_MOST ((size_t)1 << 40)

/* Draws the built-in set glyphs. */
int loci_glyphs_fill(loci_dataset *data, bool skip_test, loci_error *error);

/* The built-in set glyphs-SIDE: the same digits, drawn as they are needed. */
int loci_glyphs_fill_sized(loci_dataset *data, uint32_t side, bool skip_test, loci_error *error);

/* Draws the built-in set places-SIDE: a glyph somewhere in a picture of side x side pixels; the row
 * and the column of its middle are to be predicted. */
enum { LOCI_PLACES_LEAST = 32, LOCI_PLACES_MOST = 128 };
int loci_places_fill(loci_dataset *data, uint32_t side, bool skip_test, loci_error *error);

/* Draws the built-in set yin-yang; bias: with a fifth input that is 1; validate: the test part is
 * the published set for validation. */
int loci_yin_yang_fill(loci_dataset *data, bool bias, bool validate, bool skip_test,
                       loci_error *error);

/* A folder with the four IDX files of MNIST and its kin. */
int loci_idx_fill(loci_dataset *data, const char *folder, bool skip_test, loci_error *error);
/* Whether the folder holds all files that loci_idx_fill() needs. */
bool loci_idx_present(const char *folder, bool skip_test);
/* Whether it holds any file of a test part. */
bool loci_idx_has_test(const char *folder);
/* Whether one at least of the four files is there. */
bool loci_idx_begun(const char *folder);
/* Finds NAME, or the spelling with '.' for the last '-', each plain or with ".gz", in a folder. */
bool loci_idx_find(char *path, size_t size, const char *folder, const char *name);
/* Reads one part from the bytes of an images file and of a labels file, plain or gzipped. */
int loci_idx_parse(loci_dataset *data, enum loci_split split, const void *images,
                   size_t images_size, const char *images_where, const void *labels,
                   size_t labels_size, const char *labels_where, loci_error *error);

/* A .npz with x_train, y_train and, unless it has none, a test part: data/arrays.h. */
int loci_npz_fill(loci_dataset *data, const char *path, bool skip_test, loci_error *error);
/* A folder with the same as .npy files. */
int loci_npy_fill(loci_dataset *data, const char *folder, bool skip_test, loci_error *error);
/* Whether the folder holds an x_train.npy, or an events_train.npy. */
bool loci_npy_present(const char *folder);

/* Recordings of spikes in HDF5 files: a folder with train.h5 and test.h5, or shd_train.h5 and the
 * like; or one such file, which has no test part. */
int loci_spikes_fill(loci_dataset *data, const char *path, const loci_data_options *options,
                     loci_error *error);
/* Whether the folder holds the file of a training part. */
bool loci_spikes_present(const char *folder);
/* The path of a folder's file of a part. False where there is none. */
bool loci_spikes_find(char *path, size_t size, const char *folder, enum loci_split split);

/* A folder with one sub-folder of pictures a class, or with folders train and test of such. Without
 * a test part one is split off. */
int loci_folder_fill(loci_dataset *data, const char *folder, const loci_data_options *options,
                     loci_error *error);
/* Whether the folder has sub-folders, as that needs. */
bool loci_folder_present(const char *folder);

/* A table. */
int loci_csv_fill(loci_dataset *data, const char *path, const loci_data_options *options,
                  loci_error *error);

#endif
