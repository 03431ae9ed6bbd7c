/* loci predict of rows: a line a row. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "predict/predict.h"

bool predict_is_table(const char *path) {
    static const char *const endings[] = {".npz", ".h5", ".hdf5"};
    size_t length = strlen(path);
    bool table = loci_is_table(path);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t tail = strlen(endings[i]);
        table |= length > tail && strcasecmp(path + length - tail, endings[i]) == 0;
    }
    return table;
}

static void put_header(const predictor *p) {
    char name[CLI_WORD];
    if (!predict_regresses(p)) {
        printf("row,class,confidence\n");
        return;
    }
    printf("row");
    for (uint32_t k = 0; k < p->spec->classes; k++) {
        putchar(',');
        cli_put_field(stdout, cli_output_name(p->names, k, name));
    }
    putchar('\n');
}

static void put_row(const predictor *p, size_t row) {
    char name[CLI_WORD];
    printf("%zu", row);
    for (uint32_t k = 0; predict_regresses(p) && k < p->spec->classes; k++)
        printf(",%.9g", (double)p->logits[k]);
    if (!predict_regresses(p)) {
        putchar(',');
        cli_put_field(stdout, cli_output_name(p->names, p->order[0], name));
        printf(",%.6f", (double)p->logits[p->order[0]]);
    }
    putchar('\n');
}

static json_t *row_json(const predictor *p, const predict_request *request, const char *path,
                        size_t row) {
    json_t *entry = json_object();
    json_object_set_new(entry, "file", cli_json_text(path));
    json_object_set_new(entry, "row", json_integer((json_int_t)row));
    predict_put(p, request->top > 0 ? request->top : 1, entry);
    cli_activity_json(entry, p->spec, &p->activity);
    return entry;
}

static int predict_row(predictor *p, const predict_request *request, const loci_dataset *data,
                       const char *path, size_t i, json_t *results) {
    loci_error error = {0};
    if (loci_network_sample(p->network, data, LOCI_TRAIN, i, p->inputs) != LOCI_OK)
        return loci_dataset_steps(data) == 0 &&
                       loci_spec_inputs(p->spec) > loci_spec_pixels(p->spec)
                   ? cli_fail(path, "its samples have no time; the model takes temporal data")
                   : cli_fail(path, "has inputs of %u x %u; the model takes %u x %u",
                              loci_dataset_height(data), loci_dataset_width(data), p->spec->height,
                              p->spec->width);
    if (predictor_run(p, (uint32_t)i, &error) != LOCI_OK)
        return cli_error(&error);
    if (!predict_regresses(p))
        predict_rank(p);
    if (request->json) {
        json_array_append_new(results, row_json(p, request, path, i + 1));
    } else if (request->csv) {
        put_row(p, i + 1);
    } else {
        if (request->file_count > 1)
            printf("%s ", CLI_SHOWN(path));
        printf("%zu: ", i + 1);
        predict_print(p, request->top > 0 ? request->top : 1);
        putchar('\n');
    }
    return CLI_GO_ON;
}

int predict_table(predictor *p, predict_request *request, const char *path, json_t *results) {
    loci_error error = {0};
    loci_dataset *data;
    cli_data from = request->data;
    if (cli_data_for(&from, p->network, &error) != LOCI_OK)
        return cli_error(&error);
    from.name = path;
    from.options.unlabelled = 1;
    if (from.missing != NULL && strcmp(from.missing, "drop") == 0)
        return cli_usage("--missing", "there is a line for each row; give mean, or complete the "
                                      "table");
    if (cli_open_data(&data, &from, NULL, &error) != LOCI_OK)
        return cli_error(&error);
    if (request->csv && !request->json)
        put_header(p);
    int status = CLI_GO_ON;
    for (size_t i = 0; i < loci_dataset_count(data, LOCI_TRAIN) && status == CLI_GO_ON; i++)
        status = predict_row(p, request, data, path, i, results);
    loci_dataset_free(data);
    return status;
}
