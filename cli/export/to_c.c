/* loci export --to c: a network as C for small machines. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "export/export.h"

enum { KEY_MODE = CLI_KEY_OWN, KEY_BITS, KEY_SAMPLES, KEY_FLASH, KEY_RAM, KEY_TYPE, KEY_UNIT };

void export_c_add(cli_options *options, export_request *request) {
    loci_export_options_defaults(&request->c);
    request->only_c = options->count;
    cli_options_group(options, "C (--to c):");
    cli_options_add(options, "mode", KEY_MODE, "NAME",
                    "positions (weights are computed from them as they are needed), weights, "
                    "pruned (the weights of connections that are kept) [positions]");
    cli_options_add(options, "bits", KEY_BITS, "N",
                    "of a stored number. c: 8, 4, 2, or 32 for floats; but for floats all "
                    "arithmetic is in 32-bit integers [as trained with --quantise, else 8]. onnx: "
                    "8 (--samples, --threads, --json and --data are for that, too), or 32 for "
                    "floats [32]");
    cli_options_add(options, "input-type", KEY_TYPE, "TYPE",
                    "what inputs are given as: float (measurements, which NAME_scale() scales), or "
                    "counts of a sensor, which a run scales in integers: int8, uint8, int16, "
                    "uint16 [float]");
    cli_options_add(options, "input-unit", KEY_UNIT, "U[,U...]",
                    "what one count is in the data: one number for all inputs, or one each [1]");
    cli_options_text(options, "name", 0, "NAME", &request->c.name,
                     "what names in the source begin with [that of the preset]");
    cli_options_add(options, "samples", KEY_SAMPLES, "N",
                    "training samples that scales are chosen on [2000]");
    cli_options_add(options, "flash", KEY_FLASH, "BYTES",
                    "fail when constants take more; 16k is 16384");
    cli_options_add(options, "ram", KEY_RAM, "BYTES", "fail when scratch and stack take more");
    cli_options_flag(options, "force", &request->force, "replace an export that is there");
    cli_options_threads(options, &request->threads);
    cli_options_flag(options, "json", &request->json, "print the figures as one JSON object");
    cli_data_add(options, &request->data);
}

static error_t take_mode(export_request *request, const char *argument) {
    const char *name;
    for (size_t i = 0; (name = loci_export_mode_name(i)) != NULL; i++)
        if (strcmp(name, argument) == 0) {
            request->c.mode = (int)i;
            return 0;
        }
    cli_usage("--mode", "'%s' is none of positions, weights, pruned", argument);
    return EINVAL;
}

static error_t take_bits(export_request *request, const char *argument) {
    static const char *const known[] = {"32", "8", "4", "2"};
    bool found = false;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        found |= strcmp(argument, known[i]) == 0;
    if (!found) {
        cli_usage("--bits", "'%s' is none of 32, 8, 4, 2", argument);
        return EINVAL;
    }
    request->c.bits = (uint32_t)atoi(argument);
    request->bits_given = true;
    return 0;
}

static error_t take_type(export_request *request, const char *argument) {
    const char *name, *names[8];
    char list[64] = "";
    size_t count = 0;
    for (; (name = loci_export_input_name(count)) != NULL; names[count++] = name) {
        if (strcmp(name, argument) == 0) {
            request->c.input_type = (int)count;
            return 0;
        }
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", count > 0 ? ", " : "", name);
    }
    const char *near = loci_suggest(argument, names, count);
    if (near != NULL)
        cli_usage("--input-type", "'%s' is none of %s; did you mean '%s'?", CLI_SHOWN(argument),
                  list, near);
    else
        cli_usage("--input-type", "'%s' is none of %s", CLI_SHOWN(argument), list);
    return EINVAL;
}

/* "0.1", or "0.1,1,25". The numbers are kept until the program ends. */
static error_t take_units(export_request *request, const char *argument) {
    size_t most = 1;
    for (const char *c = argument; *c != '\0'; c++)
        most += *c == ',';
    double *units = calloc(most, sizeof *units);
    if (units == NULL)
        return ENOMEM;
    free(request->units);
    request->units = units;
    request->c.input_unit = units;
    request->c.input_units = most;
    const char *at = argument;
    for (size_t i = 0; i < most; i++) {
        char *end;
        units[i] = strtod(at, &end);
        if (end == at || *end != (i + 1 < most ? ',' : '\0') ||
            !(units[i] >= 1e-9 && units[i] <= 1e9)) {
            cli_usage("--input-unit",
                      "'%s' is no number from 1e-9 to 1e9, and no list of such with commas",
                      CLI_SHOWN(argument));
            return EINVAL;
        }
        at = end + 1;
    }
    return 0;
}

/* "4096" or "4k". */
static error_t take_bytes(const char *option, const char *argument, uint64_t *bytes) {
    char digits[24];
    size_t length = strlen(argument);
    bool kilo = length > 1 && (argument[length - 1] == 'k' || argument[length - 1] == 'K');
    snprintf(digits, sizeof digits, "%.*s", (int)(kilo ? length - 1 : length), argument);
    if (length >= sizeof digits) {
        cli_usage(option, "'%s' is too long for a number of bytes", CLI_SHOWN(argument));
        return EINVAL;
    }
    if (!cli_read_number(option, digits, 1, UINT32_MAX, bytes))
        return EINVAL;
    *bytes *= kilo ? 1024 : 1;
    return 0;
}

error_t export_c_take(export_request *request, int key, char *argument) {
    uint64_t number;
    switch (key) {
    case KEY_MODE:
        return take_mode(request, argument);
    case KEY_BITS:
        return take_bits(request, argument);
    case KEY_SAMPLES:
        if (!cli_read_number("--samples", argument, 1, 60000, &number))
            return EINVAL;
        request->c.samples = (uint32_t)number;
        return 0;
    case KEY_TYPE:
        return take_type(request, argument);
    case KEY_UNIT:
        return take_units(request, argument);
    case KEY_FLASH:
        return take_bytes("--flash", argument, &request->c.flash);
    case KEY_RAM:
        return take_bytes("--ram", argument, &request->c.ram);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void print_count(const char *what, double mean, double most) {
    char a[CLI_WORD], b[CLI_WORD];
    printf("%-16s  %s per inference, %s where nothing is silent\n", what,
           cli_count(a, (uint64_t)(mean + 0.5)), cli_count(b, (uint64_t)most));
}

/* How inputs are scaled, if they are. */
static void print_scaling(const loci_export_report *r) {
    char inputs[CLI_WORD], bytes[CLI_WORD];
    if (r->scaled == 0)
        return;
    cli_count(inputs, r->scaled);
    cli_count(bytes, r->scaling_flash);
    if (r->input_type == LOCI_EXPORT_FLOAT)
        printf("input scaling     %s inputs in floats, by %s_scale() before a run; %s bytes of "
               "constants\n",
               inputs, r->name, bytes);
    else
        printf("input scaling     %s inputs from %s counts, a product and a shift each; %s bytes "
               "of constants\n",
               inputs, loci_export_input_name((size_t)r->input_type), bytes);
}

/* Of a net whose layers take each step together: what a step takes at most. */
static void print_step(const loci_export_report *r, const char *roots) {
    char a[CLI_WORD], b[CLI_WORD];
    if (r->steps == 0)
        return;
    printf("currents          %s bytes of the scratch, of this step and of later ones\n",
           cli_count(a, r->currents));
    printf("in a time step    %s multiply-adds", cli_count(a, (uint64_t)r->multiply_adds_step));
    if (r->roots_step > 0)
        printf(", %s %s", cli_count(b, (uint64_t)r->roots_step), roots);
    printf(" where nothing is silent, %u steps\n", r->steps);
}

static void print(const export_request *request, const loci_network *network,
                  const loci_export_report *r) {
    char a[CLI_WORD], b[CLI_WORD], c[CLI_WORD];
    printf("%s: %s.c, %s ", CLI_SHOWN(request->output), r->name,
           loci_export_mode_name((size_t)r->mode));
    if (r->bits == 32)
        printf("as floats\n");
    else if (r->charge_bits != r->bits)
        printf("in %u bits, charges in %u\n", r->bits, r->charge_bits);
    else
        printf("in %u bits\n", r->bits);
    export_print_quality(r);
    printf("flash             %s bytes of constants, %s of them parameters; code comes on top\n",
           cli_count(a, r->flash), cli_count(b, r->parameters));
    printf("RAM               %s bytes: %s of scratch, about %s of stack\n",
           cli_count(a, r->scratch + r->stack), cli_count(b, r->scratch), cli_count(c, r->stack));
    print_count("multiply-adds", r->multiply_adds, r->multiply_adds_most);
    bool root = loci_network_spec(network)->law == LOCI_LAW_INVERSE;
    const char *roots = root ? "reciprocal roots" : "laws of distance";
    if (r->roots_most > 0)
        print_count(roots, r->roots, r->roots_most);
    print_step(r, roots);
    print_scaling(r);
}

/* In mode pruned a connection costs its place in a list, too, which the pruned ones must make up
 * for. */
static void note_size(const loci_network *network, const loci_export_report *r) {
    char kept_text[CLI_WORD], all_text[CLI_WORD];
    size_t kept, all = loci_network_connections(network);
    bool taps = loci_network_spec(network)->delay != LOCI_DELAY_NONE; /* `weights` has all */
    if (r->mode != LOCI_EXPORT_PRUNED || taps ||
        loci_network_count_kept(network, &kept, NULL) != LOCI_OK)
        return;
    double as_weights = (double)r->parameters + (double)(all - kept) * r->bits / 8;
    if ((double)r->flash > as_weights)
        cli_note("--mode weights takes less flash: %s of %s connections are kept",
                 cli_count(kept_text, kept), cli_count(all_text, all));
}

/* As in report.json. */
static void add_scaling(json_t *object, const loci_export_report *r) {
    if (r->scaled == 0)
        return;
    json_object_set_new(object, "input_type",
                        json_string(loci_export_input_name((size_t)r->input_type)));
    json_object_set_new(object, "inputs_scaled", json_integer((json_int_t)r->scaled));
    json_object_set_new(object, "scaling_bytes", json_integer((json_int_t)r->scaling_flash));
    if (r->input_type != LOCI_EXPORT_FLOAT)
        json_object_set_new(object, "scaling_off", json_real(r->scaling_off));
}

static void add_step(json_t *object, const loci_export_report *r) {
    if (r->steps == 0)
        return;
    json_object_set_new(object, "time_steps", json_integer(r->steps));
    json_object_set_new(object, "current_bytes", json_integer((json_int_t)r->currents));
    json_object_set_new(object, "multiply_adds_step_most", json_real(r->multiply_adds_step));
    json_object_set_new(object, "roots_step_most", json_real(r->roots_step));
}

static int print_json(const export_request *request, const loci_export_report *r,
                      const loci_dataset *data) {
    json_t *object = json_object();
    json_object_set_new(object, "output", cli_json_text(request->output));
    json_object_set_new(object, "name", cli_json_text(r->name));
    json_object_set_new(object, "mode", json_string(loci_export_mode_name((size_t)r->mode)));
    json_object_set_new(object, "bits", json_integer(r->bits));
    if (r->charge_bits != r->bits)
        json_object_set_new(object, "charge_bits", json_integer(r->charge_bits));
    json_object_set_new(object, "dataset", cli_json_text(loci_dataset_name(data)));
    json_object_set_new(object, "samples", json_integer((json_int_t)r->samples));
    export_add_quality(object, r, data);
    json_object_set_new(object, "parameter_bytes", json_integer((json_int_t)r->parameters));
    json_object_set_new(object, "flash_bytes", json_integer((json_int_t)r->flash));
    json_object_set_new(object, "scratch_bytes", json_integer((json_int_t)r->scratch));
    json_object_set_new(object, "stack_bytes", json_integer((json_int_t)r->stack));
    json_object_set_new(object, "multiply_adds", json_real(r->multiply_adds));
    json_object_set_new(object, "multiply_adds_most", json_real(r->multiply_adds_most));
    json_object_set_new(object, "roots", json_real(r->roots));
    json_object_set_new(object, "roots_most", json_real(r->roots_most));
    add_scaling(object, r);
    add_step(object, r);
    return cli_json_print(object);
}

static int export_and_report(const export_request *request, const loci_network *network,
                             const loci_dataset *data) {
    loci_error error = {0};
    loci_export *export = NULL;
    loci_export_options options = request->c;
    options.data = data;
    options.pool = cli_pool(request->threads);
    if (options.pool == NULL)
        return CLI_FAILED;
    int status = CLI_DONE;
    if (loci_export_create(&export, network, &options, &error) != LOCI_OK)
        status = export_failed(&error);
    else if (loci_export_write(export, request->output, request->force, &error) != LOCI_OK)
        status = cli_error(&error);
    else if (request->json)
        status = print_json(request, loci_export_report_of(export), data);
    else
        print(request, network, loci_export_report_of(export));
    if (status == CLI_DONE)
        note_size(network, loci_export_report_of(export));
    loci_export_free(export);
    loci_pool_free(options.pool);
    return status;
}

int export_c(const export_request *request, const loci_network *network) {
    loci_dataset *data = NULL;
    int status = export_open_data(request, network, &data);
    if (status == CLI_GO_ON)
        status = cli_check_outputs(network, data);
    if (status == CLI_GO_ON)
        status = export_and_report(request, network, data);
    loci_dataset_free(data);
    return status;
}
