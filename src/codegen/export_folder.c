/* The folder of an export. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "codegen/emit.h"
#include "codegen/export_name.h"
#include "codegen/template.h"
#include "data/samples.h"

/* A file of the folder: "%s" stands for the export's name. */
static const struct {
    const char *name, *template;
} files[] = {{"%s.h", "net.h"},
             {"%s.c", "net.c"},
             {"%s_test.c", "net_test.c"},
             {"Makefile", "Makefile"},
             {"CMakeLists.txt", "CMakeLists.txt"},
             {"README.md", "README.md"},
             {"report.json", "report.json"}};
enum { FILES = sizeof files / sizeof *files };

static void insert(const void *context, const char *part, FILE *to);

/* The templates speak of classes, and of images; what a regressor and a table have in their place.
 */
static const loci_word of_regressor[] = {{"logits", "outputs"},
                                         {"LOGIT_SCALE", "OUTPUT_SCALE"},
                                         {"NET_CLASSES", "NET_OUTPUTS"},
                                         {NULL, NULL}};
static const loci_word of_events[] = {
    {"pixels", "counts"}, {"image", "sample"}, {"images", "samples"}, {NULL, NULL}};
static const loci_word of_table[] = {{"pixel", "column"},
                                     {"pixels", "inputs"},
                                     {"image", "row"},
                                     {"images", "rows"},
                                     {"pixel_of", "column_of"},
                                     {"pixels_used", "columns_used"},
                                     {"current_of_pixels", "current_of_inputs"},
                                     {"current_of_spiking_pixels", "current_of_spiking_inputs"},
                                     {NULL, NULL}};
/* The type of what a run takes, and the samples of the self-test. */
static const loci_word of_bytes[] = {
    {"given_t", "uint8_t"}, {"given_inputs", "images"}, {NULL, NULL}};
static const loci_word of_others[] = {
    {"given_t", "net_input"}, {"given_inputs", "inputs"}, {NULL, NULL}};

/* Where charges are stored as positions are. */
static const loci_word of_one_store[] = {{"stowed", "stored"}, {"charge_at", "at"}, {NULL, NULL}};

static loci_filling filling_of(const loci_export *export) {
    return (loci_filling){
        .context = export,
        .name = export->name,
        .words = {loci_codegen_takes_pixels(export) ? of_bytes : of_others,
                  loci_codegen_regresses(export) ? of_regressor : NULL,
                  export->events                  ? of_events
                  : loci_codegen_is_table(export) ? of_table
                                                  : NULL,
                  loci_codegen_stores_charges_apart(export) ? NULL : of_one_store},
        .flag = loci_emit_flag,
        .insert = insert};
}

static void insert_template(const loci_export *export, const char *file, FILE *to) {
    loci_filling filling = filling_of(export);
    loci_template_write(file, &filling, to);
}

/* A part of the source, and the blank line after it. */
static void insert_part(const loci_export *export, const char *file, FILE *to) {
    insert_template(export, file, to);
    putc('\n', to);
}

/* How a layer sends. */
static void insert_kernel(const loci_export *export, FILE *to) {
    bool positions = export->options.mode == LOCI_EXPORT_POSITIONS;
    bool laws = loci_codegen_has_law_tables(export);
    if (!export->events)
        insert_part(export, "input.c", to);
    if (positions && export->fixed) {
        if (laws || export->delays)
            insert_part(export, "kernel_zeros.c", to);
        insert_part(export, laws ? "kernel_law_fixed.c" : "kernel_root_fixed.c", to);
        if (export->delays)
            insert_part(export, "kernel_delay_fixed.c", to);
    }
    if (export->delays)
        insert_part(export, "arrivals.c", to);
    insert_part(export,
                !positions      ? "kernel_weights.c"
                : export->fixed ? "kernel_positions_fixed.c"
                                : "kernel_positions_float.c",
                to);
}

/* What a layer is, and the layers. */
static void insert_tables(const loci_export *export, FILE *to) {
    bool positions = export->options.mode == LOCI_EXPORT_POSITIONS;
    size_t parameters;
    insert_part(export, "types.c", to);
    insert_part(export,
                !positions      ? "layer_weights.c"
                : export->fixed ? "layer_positions_fixed.c"
                                : "layer_positions_float.c",
                to);
    if (export->spec->maps_count > 0)
        insert_part(export, "grid.c", to);
    loci_emit_tables(export, to, &parameters);
}

static void insert_run(const loci_export *export, FILE *to) {
    if (export->spiking)
        insert_part(export, "neurons_spiking.c", to);
    insert_part(export,
                export->stepped   ? "run_steps.c"
                : export->spiking ? "run_spiking.c"
                                  : "run_relu.c",
                to);
    if (export->spec->maps_count > 0)
        insert_part(export, "run_maps.c", to);
}

/* Within the description of a layer. */
static void insert_neurons(const loci_export *export, FILE *to) {
    loci_filling filling = filling_of(export);
    filling.indent = 4;
    loci_template_write("layer_neurons.c", &filling, to);
}

/* Within a loop over what enters. */
static void insert_enter(const loci_export *export, FILE *to) {
    loci_filling filling = filling_of(export);
    filling.indent = 8;
    loci_template_write("enter.c", &filling, to);
}

/* How a program calls it, in the README. */
static void put_call(const loci_export *export, FILE *to) {
    const char *given = export->events                  ? "counts"
                        : loci_codegen_is_table(export) ? "inputs"
                                                        : "pixels";
    if (loci_codegen_scales(export))
        fprintf(to, "%s_scale(measurements, %s); /* from floats, see below */\n", export->name,
                given);
    if (loci_codegen_regresses(export))
        fprintf(to, "%s_run(%s, scratch.outputs, &scratch); /* ", export->name, given);
    else
        fprintf(to, "int class = %s_classify(%s, &scratch); /* ", export->name, given);
    loci_emit_given_shortly(export, to);
    fprintf(to, " */\n");
}

static void insert(const void *context, const char *part, FILE *to) {
    const loci_export *export = context;
    if (strcmp(part, "banner") == 0)
        loci_emit_banner(export, to);
    else if (strcmp(part, "sizes") == 0)
        loci_emit_sizes(export, to);
    else if (strcmp(part, "inner_sizes") == 0)
        loci_emit_inner_sizes(export, to);
    else if (strcmp(part, "neurons") == 0)
        insert_neurons(export, to);
    else if (strcmp(part, "scratch") == 0)
        loci_emit_scratch(export, to);
    else if (strcmp(part, "tables") == 0)
        insert_tables(export, to);
    else if (strcmp(part, "kernel") == 0)
        insert_kernel(export, to);
    else if (strcmp(part, "run") == 0)
        insert_run(export, to);
    else if (strcmp(part, "cases") == 0)
        loci_emit_cases(export, to);
    else if (strcmp(part, "summary") == 0)
        loci_emit_summary(export, to);
    else if (strcmp(part, "library") == 0)
        loci_emit_library(export, to);
    else if (strcmp(part, "input_type") == 0)
        loci_emit_input(export, to);
    else if (strcmp(part, "scaling") == 0)
        loci_emit_scaling(export, to);
    else if (strcmp(part, "scale_inputs") == 0)
        insert_template(export, "scale.c", to);
    else if (strcmp(part, "scaling_words") == 0)
        loci_emit_scaling_words(export, to);
    else if (strcmp(part, "outputs") == 0)
        loci_emit_listed_outputs(export, to);
    else if (strcmp(part, "inputs") == 0)
        loci_emit_listed_inputs(export, to);
    else if (strcmp(part, "enter") == 0)
        insert_enter(export, to);
    else if (strcmp(part, "call") == 0)
        put_call(export, to);
    else if (strcmp(part, "figures") == 0)
        loci_emit_figures(export, to);
}

/* Leaves one blank line where lines that were left out have left several, and none at the end. */
static size_t squeeze(char *text, size_t size) {
    size_t kept = 0;
    for (size_t i = 0; i < size; i++)
        if (kept < 2 || text[i] != '\n' || text[kept - 1] != '\n' || text[kept - 2] != '\n')
            text[kept++] = text[i];
    return kept > 1 && text[kept - 2] == '\n' ? kept - 1 : kept;
}

/* What file i is called in an export of that name. */
static void name_file(char *file, size_t size, const char *name, size_t i) {
    if (strchr(files[i].name, '%') != NULL)
        snprintf(file, size, "%s%s", name, files[i].name + 2);
    else
        snprintf(file, size, "%s", files[i].name);
}

static int write_one(const loci_export *export, const char *folder, size_t i, loci_error *error) {
    char name[80], path[4096], *text = NULL;
    size_t size = 0;
    name_file(name, sizeof name, export->name, i);
    int status = loci_path_join(path, sizeof path, folder, name, error);
    if (status != LOCI_OK)
        return status;
    FILE *memory = open_memstream(&text, &size);
    if (memory == NULL)
        return loci_fail_memory(error, "export");
    if (strcmp(files[i].template, "report.json") == 0)
        loci_emit_report(export, memory);
    else
        insert_template(export, files[i].template, memory);
    bool failed = ferror(memory) != 0;
    failed |= fclose(memory) != 0 || size == 0; /* a report that there was no memory for */
    status = failed ? loci_fail_memory(error, "export")
                    : loci_samples_check(export->options.data, error);
    if (status == LOCI_OK)
        status = loci_file_write(path, text, squeeze(text, size), error);
    free(text);
    return status;
}

/* Removes a folder and the files in it. */
static void remove_folder(const char *folder) {
    DIR *open = opendir(folder);
    struct dirent *entry;
    while (open != NULL && (entry = readdir(open)) != NULL)
        if (entry->d_name[0] != '.')
            unlinkat(dirfd(open), entry->d_name, 0);
    if (open != NULL)
        closedir(open);
    rmdir(folder);
}

/* The name of the export in a folder, which its report tells; false where there is none. */
static bool find_export(const char *directory, char name[LOCI_CODEGEN_NAME + 1]) {
    enum { MOST_REPORT = 1 << 20 };
    char path[4096];
    uint64_t flash;
    json_error_t ignored;
    json_t *report;
    if (loci_json_load(&report, directory, "report.json", MOST_REPORT, path, &ignored, NULL) !=
        LOCI_OK)
        return false;
    bool found = loci_json_text(report, "name", name, LOCI_CODEGEN_NAME + 1) &&
                 loci_json_count(report, "flash_bytes", INT64_MAX, &flash) &&
                 loci_codegen_is_identifier(name);
    json_decref(report);
    return found;
}

/* What may be in the way: nothing, an empty folder, an export, whose name `old` receives. */
static int check_place(const char *directory, int force, char old[LOCI_CODEGEN_NAME + 1],
                       loci_error *error) {
    struct stat info;
    old[0] = '\0';
    if (lstat(directory, &info) != 0)
        return LOCI_OK;
    if (!S_ISDIR(info.st_mode))
        return loci_fail(error, LOCI_E_EXISTS, directory, "is there already and is no folder");
    if (rmdir(directory) == 0) /* it was empty */
        return LOCI_OK;
    if (!find_export(directory, old))
        return loci_fail(error, LOCI_E_EXISTS, directory,
                         "is there already and holds no export; name a folder that is not there, "
                         "such as %s/net",
                         LOCI_SHOWN(300, directory));
    if (!force)
        return loci_fail(error, LOCI_E_EXISTS, directory,
                         "holds an export already; replace it with --force");
    return LOCI_OK;
}

/* Removes the source of an export that now has another name: a build of the whole folder would have
 * both networks in it. */
static void remove_source(const char *folder, const char *old, const char *name) {
    char file[80], path[4096];
    for (size_t i = 0; i < FILES && strcmp(old, name) != 0; i++) {
        name_file(file, sizeof file, old, i);
        if (strchr(files[i].name, '%') != NULL &&
            loci_path_join(path, sizeof path, folder, file, NULL) == LOCI_OK)
            unlink(path);
    }
}

/* Moves the files of a new folder over those of an old one. */
static int move_files(const char *from, const char *to, loci_error *error) {
    DIR *open = opendir(from);
    struct dirent *entry;
    int status = LOCI_OK;
    if (open == NULL)
        return loci_fail_errno(error, LOCI_E_IO, from, errno, "cannot open");
    while (status == LOCI_OK && (entry = readdir(open)) != NULL) {
        char source[4096], target[4096];
        if (entry->d_name[0] == '.')
            continue;
        status = loci_path_join(source, sizeof source, from, entry->d_name, error);
        if (status == LOCI_OK)
            status = loci_path_join(target, sizeof target, to, entry->d_name, error);
        if (status == LOCI_OK)
            status = loci_file_rename(source, target, error);
    }
    closedir(open);
    return status;
}

int loci_export_write(const loci_export *export, const char *directory, int force,
                      loci_error *error) {
    char place[4096], temporary[4096], old[LOCI_CODEGEN_NAME + 1];
    size_t length = strlen(directory);
    while (length > 1 && directory[length - 1] == '/')
        length--;
    if (export->options.linear)
        return loci_fail(error, LOCI_E_ARGUMENT, "linear",
                         "is for ONNX; C has outputs of another kind");
    if (length == 0 || length + 16 > sizeof place)
        return loci_fail(error, LOCI_E_ARGUMENT, directory, "is no folder's name");
    snprintf(place, sizeof place, "%.*s", (int)length, directory);
    snprintf(temporary, sizeof temporary, "%.*s.??????", (int)length, directory);
    memset(temporary + length + 1, 'X', 6); /* for mkdtemp() */
    int status = check_place(place, force, old, error);
    if (status != LOCI_OK)
        return status;
    char *slash = strrchr(place, '/');
    if (slash != NULL && slash != place) {
        *slash = '\0';
        status = loci_make_folders(place, error);
        *slash = '/';
    }
    if (status != LOCI_OK)
        return status;
    if (mkdtemp(temporary) == NULL)
        return loci_fail_errno(error, LOCI_E_IO, place, errno, "cannot make it");
    for (size_t i = 0; i < FILES && status == LOCI_OK; i++)
        status = write_one(export, temporary, i, error);
    if (status == LOCI_OK && chmod(temporary, 0755) != 0)
        status = loci_fail_errno(error, LOCI_E_IO, place, errno, "cannot make it");
    bool replace = old[0] != '\0';
    if (status == LOCI_OK)
        status = replace ? move_files(temporary, place, error)
                         : loci_file_rename(temporary, place, error);
    if (status == LOCI_OK && replace)
        remove_source(place, old, export->name);
    if (status != LOCI_OK || replace)
        remove_folder(temporary);
    return status;
}
