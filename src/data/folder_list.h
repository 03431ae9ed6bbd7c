/* A folder with one sub-folder of pictures a class: what is in it. */
#ifndef LOCI_DATA_FOLDER_LIST_H
#define LOCI_DATA_FOLDER_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <loci/status.h>

typedef struct loci_folder_picture {
    char *path;
    uint32_t label; /* its class */
} loci_folder_picture;

/* Classes by name, and of each its pictures by name; byte by byte, as no locale changes. Hidden
 * files and folders are not there at all. */
typedef struct loci_folder_list {
    char **classes; /* [class_count] */
    size_t class_count;
    loci_folder_picture *pictures; /* [count] */
    size_t count;
    char *left_out; /* the first entry that is neither a picture nor a class; NULL = none */
    size_t others;  /* how many such there are */
} loci_folder_list;

/* Lists a folder. known: the list of the training part, whose classes these must be, and keep their
 * numbers; NULL = none. loci_folder_list_free() is the caller's, on failure too. LOCI_E_IO,
 * LOCI_E_FORMAT where there is no class or a file's name is too long, LOCI_E_MEMORY. */
int loci_folder_list_read(loci_folder_list *out, const char *folder, const loci_folder_list *known,
                          loci_error *error);
void loci_folder_list_free(loci_folder_list *list);

/* Whether the folder has sub-folders, hidden ones left out. */
bool loci_folder_has_folders(const char *folder);
/* Whether it has pictures, which no sub-folder names a class of. */
bool loci_folder_has_pictures(const char *folder);

#endif
