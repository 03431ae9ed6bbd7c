/* A NIR file under way: an HDF5 file in memory, as nir.write() of github.com/neuromorphs/NIR lays
 * it out. Only in builds with HDF5.
 *
 *     /version            text
 *     /node               a graph: type "NIRGraph", edges [E, 2] texts, metadata, nodes
 *     /node/nodes/NAME    a node: type, what belongs to it, metadata */
#ifndef LOCI_EXCHANGE_NIR_FILE_H
#define LOCI_EXCHANGE_NIR_FILE_H

#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <loci/status.h>

/* Room for the name of a node. */
enum { LOCI_NIR_NAME = 24 };

typedef struct loci_nir {
    hid_t file, graph, nodes;       /* groups /node and /node/nodes */
    hid_t text;                     /* the type of texts: UTF-8 of any length */
    hid_t untimed;                  /* creation without times, so that bytes can be repeated */
    char (*edge)[2][LOCI_NIR_NAME]; /* [edges, 2] the nodes that each joins */
    size_t edges, room;
    bool failed; /* something could not be made; nothing more is */
} loci_nir;

/* Begins a file. Close it in any case. */
void loci_nir_open(loci_nir *nir);
void loci_nir_close(loci_nir *nir);
/* Writes the graph's edges and the file, all or nothing. LOCI_E_MEMORY or LOCI_E_IO. */
int loci_nir_save(loci_nir *nir, const char *path, loci_error *error);

/* Adds a node; close it with loci_nir_end(). */
hid_t loci_nir_node(loci_nir *nir, const char *name, const char *type);
/* What leaves one node enters another. */
void loci_nir_edge(loci_nir *nir, const char *from, const char *to);
/* The group for what NIR has no place for, of a node or the graph; likewise. */
hid_t loci_nir_metadata(loci_nir *nir, hid_t node);
void loci_nir_end(loci_nir *nir, hid_t group);

/* What belongs to a node or its metadata. */
void loci_nir_text(loci_nir *nir, hid_t group, const char *name, const char *text);
void loci_nir_integer(loci_nir *nir, hid_t group, const char *name, int64_t value);
void loci_nir_real(loci_nir *nir, hid_t group, const char *name, float value);
void loci_nir_shape(loci_nir *nir, hid_t group, const char *name, size_t size);
void loci_nir_floats(loci_nir *nir, hid_t group, const char *name, uint32_t rank,
                     const size_t *shape, const float *numbers);
/* An array [size] that is one number everywhere. It takes no room in the file: HDF5 keeps the
 * number alone, as what stands where nothing was written. */
void loci_nir_uniform(loci_nir *nir, hid_t group, const char *name, size_t size, float number);

#endif
