/* What is known of a catalogue entry beyond what loci_catalogue() shows. */
#ifndef LOCI_DATA_CATALOGUE_H
#define LOCI_DATA_CATALOGUE_H

#include <loci/catalogue.h>
#include <loci/data.h>
#include <stdbool.h>

enum { LOCI_CATALOGUE_FILES = 4 };

typedef struct loci_remote_file {
    const char *name;   /* without ".gz", or ".zip"; NULL = no further file */
    const char *sha256; /* of the decompressed content, 64 hex digits; it comes as NAME.gz */
    const char *md5;    /* or of the archive that it comes in, NAME.zip, 32 hex digits */
} loci_remote_file;

typedef struct loci_remote {
    loci_catalogue_entry entry;
    const char *mirrors[3]; /* URLs that end in '/', to be followed by NAME.gz or NAME.zip;
                               NULL-terminated */
    loci_remote_file files[LOCI_CATALOGUE_FILES];
    int32_t classes;   /* labels go from 0 to one less */
    uint32_t channels; /* of recordings of spikes; 0 = they are images */
} loci_remote;

/* The entry of this name; NULL for none, and then error, where given, suggests the nearest. */
const loci_remote *loci_catalogue_find(const char *name, loci_error *error);

/* The folder data sets are kept in: $XDG_CACHE_HOME/loci or ~/.cache/loci. LOCI_E_ARGUMENT when
 * neither variable is set or the path is too long. */
int loci_cache_folder(char *path, size_t size, loci_error *error);

/* The folder of a name in the data folder, or, where that is NULL or "", in $LOCI_DATA or the
 * cache: DIR/NAME, if `holds` says that it has what is looked for.
 * LOCI_E_NOT_FOUND, or LOCI_E_ARGUMENT where the path is too long. */
int loci_data_folder(char *path, size_t size, const char *name, const char *directory,
                     bool (*holds)(const char *folder));

/* loci_fetch() of an entry that need not be in the catalogue. */
int loci_fetch_remote(const loci_remote *remote, const loci_fetch_options *options,
                      loci_error *error);

/* The side of the pictures of places-SIDE or glyphs-SIDE; 0 for any other name. */
uint32_t loci_catalogue_side(const char *name);

#endif
