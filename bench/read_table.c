/* Opens a table as a data set and does no more, to be timed:
 *
 *     read_table FILE */
#include <stdio.h>

#include <loci/data.h>

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: read_table FILE\n");
        return 2;
    }
    loci_error error;
    loci_dataset *data;
    if (loci_dataset_open(&data, argv[1], NULL, &error) != LOCI_OK) {
        fprintf(stderr, "read_table: %s: %s\n", error.where, error.message);
        return 1;
    }
    printf("%zu %zu\n", loci_dataset_count(data, LOCI_TRAIN), loci_dataset_count(data, LOCI_TEST));
    loci_dataset_free(data);
    return 0;
}
