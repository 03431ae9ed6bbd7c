/* Writing the parts of an export's source. */
#ifndef LOCI_CODEGEN_EMIT_H
#define LOCI_CODEGEN_EMIT_H

#include <jansson.h>
#include <stdio.h>

#include "codegen/export.h"

/* emit_flags.c: which lines of the templates an export has. */
bool loci_emit_flag(const void *export, const char *name);
/* emit_flags_neurons.c: those that tell of neurons; NULL: no such name. */
typedef bool loci_emit_rule(const loci_export *export);
loci_emit_rule *loci_emit_neuron_rule(const char *name);

/* emit_tables.c: the constants of all layers, and the layers themselves; returns the bytes they
 * take on a 32-bit machine. `to` NULL: counts only. */
size_t loci_emit_tables(const loci_export *export, FILE *to, size_t *parameters);

/* emit_layers.c: the layers that point to the tables; returns their bytes likewise. */
size_t loci_emit_layers(const loci_export *export, FILE *to);

/* emit_maps.c: the grids of layers of maps; returns their bytes. `to` NULL: counts only. */
size_t loci_emit_grids(const loci_export *export, FILE *to);

/* emit_header.c */
void loci_emit_banner(const loci_export *export, FILE *to);
void loci_emit_sizes(const loci_export *export, FILE *to);
void loci_emit_inner_sizes(const loci_export *export, FILE *to); /* those of the .c file alone */
void loci_emit_scratch(const loci_export *export, FILE *to);
/* Bytes of it. */
size_t loci_emit_scratch_bytes(const loci_export *export);

/* emit_names.c: how names of macros begin. */
void loci_emit_upper(char out[64], const char *name);
/* Within the header; `name` is how macros begin. */
void loci_emit_output_names(const loci_export *export, const char *name, FILE *to);
void loci_emit_input_names(const loci_export *export, FILE *to);
/* The same within the README, a line each. */
void loci_emit_listed_outputs(const loci_export *export, FILE *to);
void loci_emit_listed_inputs(const loci_export *export, FILE *to);

/* emit_input.c: the constants of the scaling of inputs; returns their bytes. `to` NULL: counts
 * only. */
size_t loci_emit_scaling(const loci_export *export, FILE *to);
const char *loci_emit_input_type(const loci_export *export);
void loci_emit_input_sizes(const loci_export *export, FILE *to);
/* What a run is given: a type, with what is to be known of it; and in a few words behind a call. */
void loci_emit_input(const loci_export *export, FILE *to);
void loci_emit_given_shortly(const loci_export *export, FILE *to);
/* Where inputs are scaled: how, for the README, and figures. */
void loci_emit_scaling_words(const loci_export *export, FILE *to);
void loci_emit_scaling_figures(const loci_export *export, FILE *to);
/* 0, or -1 where memory is short. */
int loci_emit_scaling_report(const loci_export *export, json_t *object);

/* emit_cases.c: the images of the self-test. They are made beforehand, LOCI_E_MEMORY: what writes
 * needs no memory that could be short. */
int loci_emit_make_cases(loci_export *export, loci_error *error);
void loci_emit_cases(const loci_export *export, FILE *to);

/* emit_library.c: what of math.h the source calls, and what a compiler puts in by itself, in
 * sentences; whether it calls anything. */
void loci_emit_library(const loci_export *export, FILE *to);
bool loci_emit_calls_library(const loci_export *export);
/* Whether a law of distance can be written in floats. */
bool loci_emit_knows_law(int law);

/* emit_report.c */
void loci_emit_summary(const loci_export *export, FILE *to);
void loci_emit_figures(const loci_export *export, FILE *to);
void loci_emit_report(const loci_export *export, FILE *to); /* nothing where memory is short */

/* c_array.c: a constant array, as many numbers to a line as fit. */
typedef struct loci_array {
    FILE *to;
    int column;
} loci_array;

/* Opens "static const TYPE NAME[COUNT] = {". */
loci_array loci_array_open(FILE *to, const char *type, const char *name, size_t count);
void loci_array_integer(loci_array *array, int64_t number);
void loci_array_float(loci_array *array, float number);
void loci_array_close(loci_array *array);
/* A float as C has it, "0.25f". */
void loci_print_float(char text[32], float number);

/* The name of a layer's table, "bias_0"; of one that no layer has, "input_low". */
#define LOCI_NO_LAYER UINT32_MAX
void loci_table_name(char name[64], const char *stem, uint32_t l);

#endif
