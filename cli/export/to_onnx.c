/* loci export --to onnx: a graph of floats, or in 8 bits. */
#include "export/export.h"

bool export_onnx_is_quantised(const export_request *request) {
    return request->bits_given && request->c.bits != 32;
}

static int print_json(const export_request *request, const loci_export_report *r,
                      const loci_dataset *data) {
    json_t *object = json_object();
    json_object_set_new(object, "output", cli_json_text(request->output));
    json_object_set_new(object, "bits", json_integer(r->bits));
    json_object_set_new(object, "dataset", cli_json_text(loci_dataset_name(data)));
    json_object_set_new(object, "samples", json_integer((json_int_t)r->samples));
    export_add_quality(object, r, data);
    return cli_json_print(object);
}

static int quantise(const export_request *request, const loci_network *network,
                    const loci_dataset *data) {
    loci_error error = {0};
    loci_export *export = NULL;
    loci_export_options options = request->c;
    options.data = data;
    options.linear = 1;
    options.mode = LOCI_EXPORT_WEIGHTS;
    options.pool = cli_pool(request->threads);
    if (options.pool == NULL)
        return CLI_FAILED;
    int status = CLI_DONE;
    if (loci_export_create(&export, network, &options, &error) != LOCI_OK) {
        status = export_failed(&error);
    } else if (loci_exchange_onnx_quantised(export, request->output, &error) != LOCI_OK) {
        status = cli_error(&error);
    } else if (request->json) {
        status = print_json(request, loci_export_report_of(export), data);
    } else {
        export_print_file(request->output);
        export_print_quality(loci_export_report_of(export));
    }
    loci_export_free(export);
    loci_pool_free(options.pool);
    return status;
}

int export_onnx(const export_request *request, const loci_network *network) {
    loci_error error = {0};
    loci_dataset *data = NULL;
    if (!export_onnx_is_quantised(request)) {
        if (loci_exchange_onnx(network, request->output, &error) != LOCI_OK)
            return cli_error(&error);
        export_print_file(request->output);
        return CLI_DONE;
    }
    int status = export_open_data(request, network, &data);
    if (status == CLI_GO_ON)
        status = cli_check_outputs(network, data);
    if (status == CLI_GO_ON)
        status = quantise(request, network, data);
    loci_dataset_free(data);
    return status;
}
