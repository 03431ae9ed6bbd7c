/* The samples that a figure shows. */
#include "figure/figure.h"

int figure_test_part(const figure_request *request, const loci_network *network,
                     loci_dataset **data) {
    static loci_config config; /* what the options may point into */
    cli_data from = request->data;
    loci_error error = {0};
    bool of_run = from.name == NULL;
    if (of_run && !cli_is_folder(request->runs[0]))
        return cli_usage("--data", "say which data to show it; only a run folder knows its data");
    int status = of_run ? cli_data_of_run(&from, request->runs[0], &config, &error) : LOCI_OK;
    if (status == LOCI_OK)
        status = cli_data_for(&from, network, &error);
    from.options.test_optional = 1;
    if (status == LOCI_OK)
        status = cli_open_data(data, &from, of_run ? &config : NULL, &error);
    if (status != LOCI_OK)
        return cli_error(&error);
    if (loci_dataset_count(*data, LOCI_TEST) == 0)
        return cli_fail(loci_dataset_name(*data), "has no test part; name other data with --data");
    return CLI_GO_ON;
}
