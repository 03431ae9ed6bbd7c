/* What a model says of its columns: read and written again it is the same, and a table is read by
 * it, or refused. */
#include "memory_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "data/formats.h"
#include "data/schema.h"
#include "mutate_words.h"
#include "short_memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *print(const loci_schema *schema) {
    json_t *json = loci_schema_json(schema);
    char *text = json == NULL ? NULL : loci_json_print(json, JSON_COMPACT);
    json_decref(json);
    return text;
}

/* Written and read once more. */
static void write_and_read(const loci_schema *schema) {
    loci_schema again;
    char *text = print(schema), *second;
    if (text == NULL || loci_schema_from_text(&again, text, "", NULL) != LOCI_OK)
        abort();
    second = print(&again);
    if (second == NULL || strcmp(text, second) != 0 ||
        loci_schema_inputs(schema) != loci_schema_inputs(&again))
        abort();
    free(text);
    free(second);
    loci_schema_free(&again);
}

static void read_table_by(const char *text) {
    static const char table[] = "length,colour,width,kind\n5.1,red,3.5,a\n,blue,3,b\n4.7,,NA,\n";
    char path[32];
    loci_data_options options;
    int fd = memory_file((const uint8_t *)table, sizeof table - 1, path);
    for (int i = 0; i < 4 && fd >= 0; i++) {
        loci_dataset *set = loci_dataset_new("fuzz");
        loci_data_options_defaults(&options);
        options.known_columns = text;
        options.unlabelled = i < 3;
        options.missing = i == 1 ? LOCI_MISSING_MEAN : i == 2 ? LOCI_MISSING_DROP : 0;
        options.task = i == 3 ? LOCI_TASK_REGRESS : -1;
        if (set != NULL && loci_csv_fill(set, path, &options, NULL) == LOCI_OK)
            loci_dataset_finish(set, path, NULL);
        loci_dataset_free(set);
    }
    if (fd >= 0)
        close(fd);
}

static int run(const uint8_t *data, size_t size) {
    loci_schema schema;
    char *text = malloc(size + 1);
    if (text == NULL)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    if (loci_schema_from_text(&schema, text, "", NULL) == LOCI_OK) {
        read_table_by(text);
        memory_is_enough();
        write_and_read(&schema);
    }
    loci_schema_free(&schema);
    free(text);
    return 0;
}

WITH_SHORT_MEMORY(run)
MUTATE_WORDS
