#include "exchange/nir_file.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/file.h"

/* The version of the nir package whose layout this is: the first with v_reset. */
#define NIR_VERSION "1.0.6"

enum { BLOCK = 1 << 16 }; /* by which the file grows in memory */

/* Notes a failure; returns the identifier as it is. */
static hid_t check(loci_nir *nir, hid_t id) {
    nir->failed |= id < 0;
    return id;
}

static hid_t make_group(loci_nir *nir, hid_t parent, const char *name) {
    if (nir->failed)
        return -1;
    return check(nir, H5Gcreate2(parent, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
}

/* Writes a dataset and closes it. numbers NULL: none are written. */
static void put(loci_nir *nir, hid_t group, const char *name, hid_t stored, hid_t native,
                uint32_t rank, const size_t *shape, hid_t creation, const void *numbers) {
    hsize_t size[2] = {rank > 0 ? shape[0] : 1, rank > 1 ? shape[1] : 1};
    if (nir->failed)
        return;
    hid_t space =
        check(nir, rank > 0 ? H5Screate_simple((int)rank, size, NULL) : H5Screate(H5S_SCALAR));
    hid_t set = nir->failed ? -1
                            : check(nir, H5Dcreate2(group, name, stored, space, H5P_DEFAULT,
                                                    creation, H5P_DEFAULT));
    if (!nir->failed && numbers != NULL)
        nir->failed |= H5Dwrite(set, native, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers) < 0;
    if (set >= 0)
        H5Dclose(set);
    if (space >= 0)
        H5Sclose(space);
}

void loci_nir_text(loci_nir *nir, hid_t group, const char *name, const char *text) {
    put(nir, group, name, nir->text, nir->text, 0, NULL, nir->untimed, &text);
}

void loci_nir_integer(loci_nir *nir, hid_t group, const char *name, int64_t value) {
    put(nir, group, name, H5T_STD_I64LE, H5T_NATIVE_INT64, 0, NULL, nir->untimed, &value);
}

void loci_nir_real(loci_nir *nir, hid_t group, const char *name, float value) {
    put(nir, group, name, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, 0, NULL, nir->untimed, &value);
}

void loci_nir_shape(loci_nir *nir, hid_t group, const char *name, size_t size) {
    const size_t one = 1;
    int64_t value = (int64_t)size;
    put(nir, group, name, H5T_STD_I64LE, H5T_NATIVE_INT64, 1, &one, nir->untimed, &value);
}

void loci_nir_floats(loci_nir *nir, hid_t group, const char *name, uint32_t rank,
                     const size_t *shape, const float *numbers) {
    put(nir, group, name, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, rank, shape, nir->untimed, numbers);
}

void loci_nir_uniform(loci_nir *nir, hid_t group, const char *name, size_t size, float number) {
    if (nir->failed)
        return;
    hid_t creation = check(nir, H5Pcopy(nir->untimed));
    if (creation < 0)
        return;
    nir->failed |= H5Pset_fill_value(creation, H5T_NATIVE_FLOAT, &number) < 0 ||
                   H5Pset_alloc_time(creation, H5D_ALLOC_TIME_LATE) < 0;
    put(nir, group, name, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, 1, &size, creation, NULL);
    H5Pclose(creation);
}

hid_t loci_nir_node(loci_nir *nir, const char *name, const char *type) {
    hid_t group = make_group(nir, nir->nodes, name);
    loci_nir_text(nir, group, "type", type);
    return group;
}

void loci_nir_edge(loci_nir *nir, const char *from, const char *to) {
    if (nir->edges == nir->room) {
        size_t room = 2 * nir->room + 64;
        void *grown = nir->failed ? NULL : realloc(nir->edge, room * sizeof *nir->edge);
        nir->failed |= grown == NULL;
        if (nir->failed)
            return;
        nir->edge = grown;
        nir->room = room;
    }
    snprintf(nir->edge[nir->edges][0], LOCI_NIR_NAME, "%s", from);
    snprintf(nir->edge[nir->edges++][1], LOCI_NIR_NAME, "%s", to);
}

hid_t loci_nir_metadata(loci_nir *nir, hid_t node) {
    return make_group(nir, node, "metadata");
}

void loci_nir_end(loci_nir *nir, hid_t group) {
    if (group >= 0)
        nir->failed |= H5Gclose(group) < 0;
}

/* ---- the file ---- */

void loci_nir_open(loci_nir *nir) {
    *nir = (loci_nir){.file = -1, .graph = -1, .nodes = -1, .text = -1, .untimed = -1};
    hid_t access = check(nir, H5Pcreate(H5P_FILE_ACCESS));
    /* in memory, and never to a file of its own */
    nir->failed |= access < 0 || H5Pset_fapl_core(access, BLOCK, 0) < 0;
    if (!nir->failed)
        nir->file = check(nir, H5Fcreate("loci.nir", H5F_ACC_TRUNC, H5P_DEFAULT, access));
    if (access >= 0)
        H5Pclose(access);
    nir->text = check(nir, H5Tcopy(H5T_C_S1));
    nir->untimed = check(nir, H5Pcreate(H5P_DATASET_CREATE));
    nir->failed = nir->failed || H5Tset_size(nir->text, H5T_VARIABLE) < 0 ||
                  H5Tset_cset(nir->text, H5T_CSET_UTF8) < 0 ||
                  H5Pset_obj_track_times(nir->untimed, 0) < 0;
    loci_nir_text(nir, nir->file, "version", NIR_VERSION);
    nir->graph = make_group(nir, nir->file, "node");
    loci_nir_text(nir, nir->graph, "type", "NIRGraph");
    nir->nodes = make_group(nir, nir->graph, "nodes");
}

void loci_nir_close(loci_nir *nir) {
    const hid_t groups[] = {nir->nodes, nir->graph};
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        if (groups[i] >= 0)
            H5Gclose(groups[i]);
    if (nir->untimed >= 0)
        H5Pclose(nir->untimed);
    if (nir->text >= 0)
        H5Tclose(nir->text);
    if (nir->file >= 0)
        H5Fclose(nir->file);
    free(nir->edge);
    *nir = (loci_nir){.file = -1, .graph = -1, .nodes = -1, .text = -1, .untimed = -1};
}

static void put_edges(loci_nir *nir) {
    const size_t shape[2] = {nir->edges, 2};
    const char **ends = malloc((2 * nir->edges + 1) * sizeof *ends);
    nir->failed |= ends == NULL;
    for (size_t i = 0; !nir->failed && i < 2 * nir->edges; i++)
        ends[i] = nir->edge[i / 2][i % 2];
    put(nir, nir->graph, "edges", nir->text, nir->text, 2, shape, nir->untimed, ends);
    free(ends);
}

int loci_nir_save(loci_nir *nir, const char *path, loci_error *error) {
    void *bytes = NULL;
    ssize_t size = -1;
    put_edges(nir);
    nir->failed = nir->failed || H5Fflush(nir->file, H5F_SCOPE_GLOBAL) < 0;
    if (!nir->failed)
        size = H5Fget_file_image(nir->file, NULL, 0);
    if (size > 0)
        bytes = malloc((size_t)size);
    /* in memory, nothing else can be short */
    if (bytes == NULL || H5Fget_file_image(nir->file, bytes, (size_t)size) != size) {
        free(bytes);
        return loci_fail_memory(error, path);
    }
    int status = loci_file_write(path, bytes, (size_t)size, error);
    free(bytes);
    return status;
}
