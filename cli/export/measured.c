/* What exports that choose scales on data have in common. */
#include <string.h>
#include <sys/stat.h>

#include "export/export.h"

/* Points of accuracy lost, or none. */
static void print_accuracy(const loci_export_report *r) {
    char accuracy[CLI_WORD], count[CLI_WORD], before[CLI_WORD];
    printf("accuracy          %s on %s samples, ", cli_percent(accuracy, r->accuracy),
           cli_count(count, r->samples));
    double lost = 100 * (r->accuracy_before - r->accuracy);
    if (lost < 0.005 && lost > -0.005)
        printf("as before export\n");
    else
        printf("%.2f points %s than before export (%s)\n", lost > 0 ? lost : -lost,
               lost > 0 ? "less" : "more", cli_percent(before, r->accuracy_before));
}

/* How far off a regressor is, in units of the data, and was before. */
static void print_errors(const loci_export_report *r) {
    char count[CLI_WORD];
    printf("R2                %.4f on %s samples, %.4f before export\n", r->regression.r2,
           cli_count(count, r->samples), r->regression_before.r2);
    printf("MAE               %.4g, %.4g before export\n", r->regression.mae,
           r->regression_before.mae);
    printf("RMSE              %.4g, %.4g before export\n", r->regression.rmse,
           r->regression_before.rmse);
}

void export_print_quality(const loci_export_report *r) {
    if (r->task == LOCI_TASK_REGRESS)
        print_errors(r);
    else
        print_accuracy(r);
}

void export_add_quality(json_t *object, const loci_export_report *r, const loci_dataset *data) {
    if (r->task == LOCI_TASK_CLASSIFY) {
        json_object_set_new(object, "accuracy_before", json_real(r->accuracy_before));
        json_object_set_new(object, "accuracy", json_real(r->accuracy));
        json_object_set_new(object, "points_lost",
                            json_real(100 * (r->accuracy_before - r->accuracy)));
        return;
    }
    json_t *names = json_array();
    for (uint32_t k = 0; k < loci_dataset_outputs(data); k++)
        json_array_append_new(names, cli_json_text(loci_dataset_output_name(data, k)));
    json_object_set_new(object, "outputs", names);
    json_object_set_new(object, "r2_before", json_real(r->regression_before.r2));
    json_object_set_new(object, "r2", json_real(r->regression.r2));
    json_object_set_new(object, "mae_before", json_real(r->regression_before.mae));
    json_object_set_new(object, "mae", json_real(r->regression.mae));
    json_object_set_new(object, "rmse_before", json_real(r->regression_before.rmse));
    json_object_set_new(object, "rmse", json_real(r->regression.rmse));
}

int export_open_data(const export_request *request, const loci_network *network,
                     loci_dataset **data) {
    static loci_config config; /* what the options may point into */
    loci_error error = {0};
    cli_data wanted = request->data;
    bool of_run = wanted.name == NULL;
    wanted.options.test_optional = 1; /* then the training part measures, too */
    if (of_run) {
        if (!cli_is_folder(request->model))
            return cli_usage("--data", "say what to choose scales on and to measure with, for "
                                       "example --data mnist; only a run folder knows its data");
        if (cli_data_of_run(&wanted, request->model, &config, &error) != LOCI_OK)
            return cli_error(&error);
    }
    if (cli_data_for(&wanted, network, &error) != LOCI_OK ||
        cli_open_data(data, &wanted, of_run ? &config : NULL, &error) != LOCI_OK)
        return cli_error(&error);
    return CLI_GO_ON;
}

int export_failed(const loci_error *error) {
    static const char *const options[] = {"mode",       "flash",      "ram",
                                          "input-type", "input-unit", "bits"};
    char where[16];
    if (error->code == LOCI_E_ARGUMENT)
        return cli_usage_error(error, "--");
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        if (strcmp(error->where, options[i]) != 0)
            continue;
        snprintf(where, sizeof where, "--%s", options[i]);
        return cli_fail(where, "%s", error->message);
    }
    return cli_error(error);
}

void export_print_file(const char *path) {
    struct stat info;
    char size[CLI_WORD];
    if (stat(path, &info) == 0 && S_ISREG(info.st_mode))
        printf("%s: %s\n", CLI_SHOWN(path), cli_bytes(size, (double)info.st_size));
}
