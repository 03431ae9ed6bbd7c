/* Recordings of spikes that are well-formed HDF5 and say something strange: what the bytes are is
 * said of types, lengths, chunks and lists, of which a file is made; at last some of its bytes are
 * changed. fuzz_spikes.c has the file itself, of which HDF5 refuses nearly all changes. */
#define _GNU_SOURCE
#include "hdf5_caches.h"
#include "target_folder.h"

#include <hdf5.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "data/dataset.h"
#include "data/formats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SAMPLES = 8, MOST_LIST = 24 };

/* The bytes that decide; zeros follow where they end. */
typedef struct decisions {
    const uint8_t *next;
    size_t left;
} decisions;

static unsigned decide(decisions *d, unsigned n) {
    unsigned byte = d->left > 0 ? *d->next : 0;
    d->next += d->left > 0;
    d->left -= d->left > 0;
    return byte % n;
}

/* Doubles of all kinds, few of which are times or channels. */
static double decide_number(decisions *d) {
    static const double some[] = {-1, 1e9, 1.0000001e9, 1e300, 0.5, 70000, 4294967296.0, 1e-300};
    unsigned byte = decide(d, 256);
    return byte < 8 ? some[byte] : byte < 16 ? (double)byte / 0x7fffffff : (double)byte / 16;
}

static hid_t decide_type(decisions *d) {
    const hid_t types[] = {H5T_IEEE_F64LE, H5T_IEEE_F32LE, H5T_STD_U16LE, H5T_STD_I64BE,
                           H5T_STD_I8LE,   H5T_IEEE_F32BE, H5T_C_S1,      H5T_STD_U64LE};
    return types[decide(d, 8)];
}

/* Chunks, deflated or not, or none; what is no list may have sums, or stand in its header. */
static hid_t decide_layout(decisions *d, hsize_t count, bool lists) {
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    hsize_t chunk = 1 + decide(d, 6);
    unsigned way = decide(d, 5);
    if (way == 4 && chunk % 2 == 0 && !lists) {
        H5Pset_layout(list, H5D_COMPACT);
    } else if (way > 0 && count > 0) {
        H5Pset_chunk(list, 1, &chunk);
        if (way == 4 && !lists)
            H5Pset_fletcher32(list);
        if (way == 2)
            H5Pset_shuffle(list);
        if (way >= 2 && way < 4)
            H5Pset_deflate(list, 4);
    }
    return list;
}

/* A small buffer to convert in: by itself HDF5 asks for a MB each time. */
static hid_t small_buffer(void) {
    hid_t list = H5Pcreate(H5P_DATASET_XFER);
    H5Pset_buffer(list, 4096, NULL, NULL);
    return list;
}

static void put_set(hid_t file, const char *name, hid_t stored, hid_t given, hid_t layout,
                    hsize_t count, const void *values) {
    hid_t space = H5Screate_simple(1, &count, NULL);
    hid_t set = H5Dcreate2(file, name, stored, space, H5P_DEFAULT, layout, H5P_DEFAULT);
    hid_t transfer = small_buffer();
    if (set >= 0 && count > 0 && values != NULL)
        H5Dwrite(set, given, H5S_ALL, H5S_ALL, transfer, values);
    if (set >= 0)
        H5Dclose(set);
    H5Pclose(transfer);
    H5Sclose(space);
}

static void put_lists(hid_t file, const char *name, decisions *d, hsize_t count) {
    static double values[SAMPLES][MOST_LIST];
    hvl_t lists[SAMPLES] = {{0}};
    bool plain = decide(d, 8) > 0;
    hid_t item = plain ? (name[7] == 't' ? H5T_IEEE_F64LE : H5T_STD_U16LE) : decide_type(d);
    hid_t stored = decide(d, 16) > 0 ? H5Tvlen_create(item) : H5Tcopy(item);
    hid_t given = H5Tvlen_create(H5T_NATIVE_DOUBLE), layout = decide_layout(d, count, true);
    for (size_t i = 0; i < count; i++) {
        lists[i].len = 3 + (decide(d, 32) == 1);
        lists[i].p = values[i];
        for (size_t v = 0; v < MOST_LIST; v++)
            values[i][v] = v < lists[i].len ? decide_number(d) : 0;
    }
    put_set(file, name, stored, given, layout, count, lists);
    H5Pclose(layout);
    H5Tclose(given);
    H5Tclose(stored);
}

static void put_numbers(hid_t file, const char *name, decisions *d, hsize_t count) {
    int64_t values[SAMPLES];
    for (size_t i = 0; i < SAMPLES; i++)
        values[i] = (int64_t)decide(d, 4) - (decide(d, 16) == 1);
    hid_t type = decide(d, 8) > 0 ? H5T_STD_U8LE : decide_type(d);
    hid_t layout = decide_layout(d, count, false);
    put_set(file, name, type, H5T_NATIVE_INT64, layout, count, values);
    H5Pclose(layout);
}

static void put_texts(hid_t file, decisions *d) {
    static const char *const texts[] = {"one", "", "dr\xc3\xb6", "\xff\xfe", "four"};
    char fixed[5][6] = {"one", "two", "t\xc3\xb6", "\xff", "four"};
    hsize_t count = decide(d, 6);
    hid_t type = H5Tcopy(H5T_C_S1);
    bool free_length = decide(d, 2) == 0;
    H5Tset_size(type, free_length ? H5T_VARIABLE : 6);
    put_set(file, "extra/keys", type, type, H5P_DEFAULT, count,
            free_length ? (const void *)texts : fixed);
    H5Tclose(type);
}

static void put_group(hid_t file, const char *name) {
    hid_t group = H5Gcreate2(file, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Gclose(group);
}

static void fill(hid_t file, decisions *d) {
    hsize_t count = 1 + decide(d, SAMPLES), other = decide(d, 16) == 0 ? 1 : 0;
    put_group(file, "spikes");
    put_lists(file, "spikes/times", d, count);
    put_lists(file, "spikes/units", d, count > other ? count - other : count);
    if (decide(d, 16) > 0)
        put_numbers(file, "labels", d, decide(d, 16) > 0 ? count : 1);
    if (decide(d, 2) == 0)
        return;
    put_group(file, "extra");
    put_numbers(file, "extra/speaker", d, count);
    put_texts(file, d);
    if (decide(d, 8) == 0)
        H5Lcreate_soft("/labels", file, "extra/link", H5P_DEFAULT, H5P_DEFAULT);
}

/* The whole file; free() it. */
static uint8_t *make_image(decisions *d, size_t *size) {
    hid_t access = H5Pcreate(H5P_FILE_ACCESS), creation = H5Pcreate(H5P_FILE_CREATE);
    H5Pset_fapl_core(access, 4096, 0);
    if (decide(d, 32) == 1)
        H5Pset_sizes(creation, 4, 4);
    hid_t file = H5Fcreate("fuzz", H5F_ACC_TRUNC, creation, access);
    fill(file, d);
    H5Fflush(file, H5F_SCOPE_GLOBAL);
    ssize_t length = H5Fget_file_image(file, NULL, 0);
    uint8_t *image = length > 0 ? malloc((size_t)length) : NULL;
    *size = image != NULL ? (size_t)length : 0;
    if (image != NULL)
        H5Fget_file_image(file, image, *size);
    H5Fclose(file);
    H5Pclose(creation);
    H5Pclose(access);
    return image;
}

/* Three bytes each: where, counted from the nearest 64 KiB, and what to. Most changes fall on the
 * heap of lists, which Loci reads by itself. */
static void damage(uint8_t *image, size_t size, decisions *d) {
    const uint8_t *heap = size > 0 ? memmem(image, size, "GCOL", 4) : NULL;
    size_t from = heap != NULL ? (size_t)(heap - image) : 0;
    while (d->left >= 3 && size > 0) {
        size_t at = decide(d, 256) << 8;
        at |= decide(d, 256);
        image[(from + at) % size] ^= (uint8_t)decide(d, 256);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const names[] = {"recording.h5"};
    size_t length;
    decisions d = {data, size};
    loci_data_options options;
    loci_error error = {0};
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    keep_caches();
    loci_data_options_defaults(&options);
    options.time_steps = 1 + decide(&d, 8);
    options.duration = decide(&d, 2) == 0 ? 0 : 0.5;
    options.group_channels = decide(&d, 3);
    if (decide(&d, 2) == 0) {
        options.group_column = "speaker";
        options.validation_groups = 1;
    }
    uint8_t *image = make_image(&d, &length);
    damage(image, length, &d);
    if (image == NULL)
        return 0;
    target_folder_make(names, 1);
    target_folder_put(0, image, length);
    free(image);
    loci_dataset *set = loci_dataset_new("fuzz");
    if (set != NULL) {
        set->steps = options.time_steps;
        set->grouped = options.group_channels;
        int status = loci_spikes_fill(set, target_paths[0], &options, &error);
        if (status == LOCI_OK)
            loci_dataset_finish(set, target_paths[0], &error);
        else if (error.message[0] == '\0')
            abort();
    }
    loci_dataset_free(set);
    if (H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL) != 0)
        abort(); /* what was opened is closed */
    return 0;
}
