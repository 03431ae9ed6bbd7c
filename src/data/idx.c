/* IDX, the format of MNIST: two zero bytes, a type, a rank, `rank` big-endian sizes, then the
 * items. Here the type is always 8, unsigned bytes. Files are plain or gzipped; their content
 * decides, not their name. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "data/formats.h"
#include "data/inflate.h"
#include "data/row_file.h"
#include "data/temporary_file.h"

static const char *const file_names[2][2] = {
    {"train-images-idx3-ubyte", "train-labels-idx1-ubyte"},
    {"t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"},
};

bool loci_idx_find(char *path, size_t size, const char *folder, const char *name) {
    char dotted[64];
    snprintf(dotted, sizeof dotted, "%s", name);
    char *idx = strstr(dotted, "-idx");
    if (idx != NULL)
        *idx = '.';
    const char *const spellings[] = {name, dotted};
    const char *const endings[] = {"", ".gz"};
    for (int i = 0; i < 4; i++) {
        char file[80];
        snprintf(file, sizeof file, "%s%s", spellings[i / 2], endings[i % 2]);
        struct stat info;
        if (loci_path_join(path, size, folder, file, NULL) == LOCI_OK && stat(path, &info) == 0)
            return true;
    }
    return false;
}

bool loci_idx_present(const char *folder, bool skip_test) {
    char path[4096];
    for (int s = 0; s < (skip_test ? 1 : 2); s++)
        for (int f = 0; f < 2; f++)
            if (!loci_idx_find(path, sizeof path, folder, file_names[s][f]))
                return false;
    return true;
}

static bool has_any(const char *folder, int split) {
    char path[4096];
    return loci_idx_find(path, sizeof path, folder, file_names[split][0]) ||
           loci_idx_find(path, sizeof path, folder, file_names[split][1]);
}

bool loci_idx_has_test(const char *folder) {
    return has_any(folder, LOCI_TEST);
}

bool loci_idx_begun(const char *folder) {
    return has_any(folder, LOCI_TRAIN) || has_any(folder, LOCI_TEST);
}

typedef struct loci_idx {
    uint32_t rank;
    size_t shape[4];
    size_t item; /* bytes of one sample: the product of shape past the first */
} loci_idx;

/* Reads and checks the header. What it claims must fit into what the file can hold at most. */
static int read_header(loci_inflater *file, loci_idx *idx, loci_error *error) {
    unsigned char header[20];
    size_t got;
    int status = loci_inflater_read(file, header, 4, &got, error);
    if (status != LOCI_OK)
        return status;
    if (got < 4 || header[0] != 0 || header[1] != 0)
        return loci_fail(error, LOCI_E_FORMAT, file->where, "not an IDX file");
    if (header[2] != 8)
        return loci_fail(error, LOCI_E_FORMAT, file->where,
                         "items of type 0x%02x; only unsigned bytes (0x08) are read", header[2]);
    idx->rank = header[3];
    if (idx->rank < 1 || idx->rank > 4)
        return loci_fail(error, LOCI_E_FORMAT, file->where, "%u dimensions; 1 to 4 are read",
                         idx->rank);
    status = loci_inflater_read(file, header, 4 * (size_t)idx->rank, &got, error);
    if (status != LOCI_OK)
        return status;
    if (got < 4 * (size_t)idx->rank)
        return loci_fail(error, LOCI_E_FORMAT, file->where, "cut short in the header");
    size_t total = 1;
    idx->item = 1;
    for (uint32_t r = 0; r < idx->rank; r++) {
        const unsigned char *p = header + 4 * r;
        idx->shape[r] = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
        if (__builtin_mul_overflow(total, idx->shape[r], &total) ||
            (r > 0 && __builtin_mul_overflow(idx->item, idx->shape[r], &idx->item)))
            return loci_fail(error, LOCI_E_FORMAT, file->where, "sizes that overflow");
    }
    if (total > loci_inflater_most(file))
        return loci_fail(error, LOCI_E_FORMAT, file->where,
                         "cut short: the header claims %zu bytes, the file cannot hold them",
                         total);
    return LOCI_OK;
}

/* That nothing follows the items. */
static int check_end(loci_inflater *file, size_t total, loci_error *error) {
    size_t more;
    unsigned char extra;
    int status = loci_inflater_read(file, &extra, 1, &more, error);
    return status == LOCI_OK && more > 0
               ? loci_fail(error, LOCI_E_FORMAT, file->where,
                           "longer than the %zu bytes its header claims", total)
               : status;
}

/* Reads exactly shape[0] * item bytes and makes sure that nothing follows. */
static int read_items(loci_inflater *file, const loci_idx *idx, uint8_t **out, loci_error *error) {
    size_t total = idx->shape[0] * idx->item, got;
    uint8_t *bytes = loci_alloc(total, 1);
    if (bytes == NULL)
        return loci_fail_memory(error, file->where);
    int status = loci_inflater_read(file, bytes, total, &got, error);
    if (status == LOCI_OK && got < total)
        status = loci_fail(error, LOCI_E_FORMAT, file->where,
                           "cut short: %zu of %zu bytes are there", got, total);
    if (status == LOCI_OK)
        status = check_end(file, total, error);
    if (status != LOCI_OK) {
        free(bytes);
        return status;
    }
    *out = bytes;
    return LOCI_OK;
}

/* Items that memory should not hold: unpacked into a temporary file, *out. */
static int unpack(loci_inflater *file, size_t total, int *out, loci_error *error) {
    enum { PIECE = 1 << 20 };
    unsigned char *piece = malloc(PIECE);
    int to = piece == NULL ? -1 : loci_temporary_file(error), status = LOCI_OK;
    if (to < 0)
        status = piece == NULL ? loci_fail_memory(error, file->where) : LOCI_E_IO;
    for (size_t done = 0, got; done < total && status == LOCI_OK; done += got) {
        size_t want = total - done < PIECE ? total - done : PIECE;
        status = loci_inflater_read(file, piece, want, &got, error);
        if (status == LOCI_OK && got < want)
            status = loci_fail(error, LOCI_E_FORMAT, file->where,
                               "cut short: %zu of %zu bytes are there", done + got, total);
        if (status == LOCI_OK)
            status = loci_temporary_write(to, piece, got, error);
    }
    if (status == LOCI_OK)
        status = check_end(file, total, error);
    free(piece);
    if (status != LOCI_OK && to >= 0)
        close(to);
    *out = to;
    return status;
}

/* Images that stay in their file, or go to a temporary one. */
static int leave_images(loci_samples *part, loci_inflater *file, const loci_idx *idx,
                        loci_error *error) {
    size_t total = idx->shape[0] * idx->item, at = 0;
    int own, status;
    if (file->gzipped || file->file < 0) {
        status = unpack(file, total, &own, error);
        if (status != LOCI_OK)
            return status;
    } else {
        at = file->position;
        if (file->size - at > total)
            return loci_fail(error, LOCI_E_FORMAT, file->where,
                             "longer than the %zu bytes its header claims", total);
        own = fcntl(file->file, F_DUPFD_CLOEXEC, 0);
        if (own < 0)
            return loci_fail_errno(error, LOCI_E_IO, file->where, errno, "cannot open again");
    }
    return loci_row_file_use(part, own, at, idx->item, NULL, file->where, error);
}

static int parse_images(loci_dataset *data, loci_samples *part, loci_inflater *file,
                        loci_error *error) {
    loci_idx idx = {.rank = 0};
    int status = read_header(file, &idx, error);
    if (status != LOCI_OK)
        return status;
    if (idx.rank < 2)
        return loci_fail(error, LOCI_E_FORMAT, file->where, "holds labels, not images");
    status = loci_dataset_set_shape(data, idx.rank, idx.shape, 1, file->where, error);
    if (status != LOCI_OK)
        return status;
    part->count = idx.shape[0];
    return idx.shape[0] * idx.item > loci_row_file_from()
               ? leave_images(part, file, &idx, error)
               : read_items(file, &idx, &part->bytes, error);
}

static int parse_labels(loci_samples *part, loci_inflater *file, const char *images_where,
                        loci_error *error) {
    loci_idx idx = {.rank = 0};
    uint8_t *bytes;
    int status = read_header(file, &idx, error);
    if (status != LOCI_OK)
        return status;
    if (idx.rank != 1)
        return loci_fail(error, LOCI_E_FORMAT, file->where, "holds images, not labels");
    if (idx.shape[0] != part->count)
        return loci_fail(error, LOCI_E_FORMAT, file->where, "%zu labels for the %zu images of %s",
                         idx.shape[0], part->count, images_where);
    status = read_items(file, &idx, &bytes, error);
    if (status != LOCI_OK)
        return status;
    part->labels = loci_alloc(part->count, sizeof *part->labels);
    if (part->labels == NULL) {
        free(bytes);
        return loci_fail_memory(error, file->where);
    }
    for (size_t i = 0; i < part->count; i++)
        part->labels[i] = bytes[i];
    free(bytes);
    return LOCI_OK;
}

/* One of a part's two files, which is open: images (labels NULL) or labels of those. */
static int parse_file(loci_dataset *data, enum loci_split split, loci_inflater *file,
                      const char *images_where, loci_error *error) {
    return images_where == NULL ? parse_images(data, &data->part[split], file, error)
                                : parse_labels(&data->part[split], file, images_where, error);
}

int loci_idx_parse(loci_dataset *data, enum loci_split split, const void *images,
                   size_t images_size, const char *images_where, const void *labels,
                   size_t labels_size, const char *labels_where, loci_error *error) {
    loci_inflater file;
    int status = loci_inflater_open(&file, images, images_size, images_where, error);
    if (status == LOCI_OK)
        status = parse_file(data, split, &file, NULL, error);
    loci_inflater_close(&file);
    if (status != LOCI_OK)
        return status;
    status = loci_inflater_open(&file, labels, labels_size, labels_where, error);
    if (status == LOCI_OK)
        status = parse_file(data, split, &file, images_where, error);
    loci_inflater_close(&file);
    return status;
}

/* A file of any size, piece by piece. */
static int parse_path(loci_dataset *data, enum loci_split split, const char *path,
                      const char *images_where, loci_error *error) {
    loci_inflater inflater;
    int file;
    off_t size;
    int status = loci_file_open(&file, &size, path, error);
    if (status != LOCI_OK)
        return status;
    status = loci_inflater_open_file(&inflater, file, (size_t)size, path, error);
    if (status == LOCI_OK)
        status = parse_file(data, split, &inflater, images_where, error);
    loci_inflater_close(&inflater);
    close(file);
    return status;
}

static int fill_part(loci_dataset *data, enum loci_split split, const char *folder,
                     loci_error *error) {
    char paths[2][4096];
    for (int f = 0; f < 2; f++)
        if (!loci_idx_find(paths[f], sizeof paths[f], folder, file_names[split][f]))
            return loci_fail(error, LOCI_E_NOT_FOUND, folder, "no file %s, plain or .gz",
                             file_names[split][f]);
    int status = parse_path(data, split, paths[0], NULL, error);
    return status == LOCI_OK ? parse_path(data, split, paths[1], paths[0], error) : status;
}

int loci_idx_fill(loci_dataset *data, const char *folder, bool skip_test, loci_error *error) {
    int status = fill_part(data, LOCI_TRAIN, folder, error);
    if (status == LOCI_OK && !skip_test)
        status = fill_part(data, LOCI_TEST, folder, error);
    return status;
}
