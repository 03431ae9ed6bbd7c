/* Whether the last of very many samples is what the file ends with:  large DATA, made by large.py
 */
#include <stdio.h>

#include <loci/data.h>

enum { COUNT = 5500000, PIXELS = 28 * 28 };

int main(int argc, char **argv) {
    static uint8_t pixels[2 * PIXELS];
    loci_dataset *data = NULL;
    loci_error error = {0};
    if (argc != 2 || loci_dataset_open(&data, argv[1], NULL, &error) != LOCI_OK) {
        fprintf(stderr, "%s: %s\n", error.where, error.message);
        return 1;
    }
    int wrong = loci_dataset_count(data, LOCI_TRAIN) != COUNT;
    wrong += loci_dataset_bytes(data, LOCI_TRAIN, COUNT - 2, 2, pixels) != LOCI_OK;
    for (int i = 0; i < PIXELS; i++)
        wrong += pixels[i] != 0 || pixels[PIXELS + i] != i % 251;
    for (size_t i = COUNT - 2; i < COUNT; i++)
        wrong += loci_dataset_label(data, LOCI_TRAIN, i) != (i == COUNT - 1);
    loci_dataset_free(data);
    if (wrong)
        fprintf(stderr, "%s: %d values are wrong\n", argv[1], wrong);
    return wrong > 0;
}
